"""Hostile Lua: limits at odd moments, values that lie, errors of every kind; in child processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from polyhy.bridges.lua.errors import LuaError

Eval = Callable[[str], Any]

HEAD = """
import sys, threading, time
import polyhy
from polyhy.bridges.lua.bridge import Lua
life = Lua(sys.argv[1]); life.start([])
lua = lambda source: life.eval(source, "t:1")
ends = set()
def tried(f, *args):
    try:
        return f(*args)
    except BaseException as error:
        ends.add(type(error).__name__)
"""
TAIL = """
print(*sorted(ends), lua("1 + 1"))
"""


def survives(version: str, program: str) -> list[str]:
    """The errors that a program of its own meets; it must end, and Lua must run after it."""
    code = HEAD + program + TAIL
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", code, version],
        capture_output=True,
        text=True,
        timeout=90,
    )
    said = done.stdout.split()
    assert (done.returncode, said[-1:]) == (0, ["2"]), done.stderr[-2000:]
    return said[:-1]


ODD_MOMENTS = {
    "a Proxy is asked for all that it answers": """
o = lua("setmetatable({}, {__index = function(t, k) return ('x'):rep(1e6) .. k end,"
        "__tostring = function() return ('x'):rep(1e6) end})")
for memory in (1, 100_000, 3_000_000):
    with life.limited(5, memory):
        for f in (lambda: o.foo, lambda: o[1], lambda: repr(o), lambda: len(o), lambda: dir(o),
                  lambda: lua("function() end")(), lambda: lua("{1, {2}}"), lambda: lua(")("),
                  lambda: life.cell("x = 1", "c:1", {}), lambda: setattr(o, "y", [1, [2]])):
            tried(f)
ends -= {"LuaSyntaxError", "TypeError", "LuaError"}
""",
    "a callback fills memory with all that crosses": """
fill = lua("function(f) local t = {} for i = 1, 1e6 do t[#t + 1] = f(i, 'x') end end")
for result in ("y" * 1000, [1, 2, {"a": "b"}], object(), lambda: 1, (1, "é" * 100, [1])):
    for memory in (1, 1_000, 500_000):
        tried(polyhy.limited(fill, memory=memory), lambda i, s: result)
""",
    "arguments are larger than memory": """
same, twice = lua("function(x) return {x} end"), lua("function(s) return s .. s end")
for memory in (1, 100_000, 1_000_000):
    tried(polyhy.limited(same, memory=memory), [list(range(1000)) for _ in range(100)])
    tried(polyhy.limited(twice, memory=memory), "x" * 1_000_000)
""",
    "no memory is left for the hook that ends it": """
full = lua('''function() local t = {} while true do pcall(function()
    while true do t[#t + 1] = {('x'):rep(100) .. #t} end end) end end''')
for memory in (1_000_000, 3_000_000):
    tried(polyhy.limited(full, memory=memory, timeout=0.5))
""",
    "errors are made of what is left": """
last = lua('''function(f) local t = {}
    pcall(function() while true do t[#t + 1] = {('x'):rep(100) .. #t} end end)
    for i = 1, 20 do local _, e = pcall(f) t[#t + 1] = e end
    error(setmetatable({}, {__tostring = function() return ('z'):rep(1e7) end})) end''')
def fail():
    raise ValueError("x" * 1000)
for memory in (1_000_000, 5_000_000):
    tried(polyhy.limited(last, memory=memory, timeout=5), fail)
ends -= {"LuaError"}
ends.add("OutOfMemory")
""",
}


@pytest.mark.parametrize("version", ["jit", "5.4"])
@pytest.mark.parametrize("program", ODD_MOMENTS.values(), ids=ODD_MOMENTS)
def test_memory_may_end_at_any_moment(version: str, program: str) -> None:
    assert set(survives(version, program)) <= {"OutOfMemory", "TimedOut"}


@pytest.mark.parametrize("version", ["jit", "5.4"])
def test_limits_of_several_threads_end_each_of_their_calls(version: str) -> None:
    program = """
often, spin = lua("function(f) while true do f(1) end end"), lua("function() while 1 do end end")
count = []
def calls(f, *args):
    for _ in range(3):
        tried(polyhy.limited(f, timeout=0.2), *args)
        count.append(1)
threads = [threading.Thread(target=calls, args=a) for a in [(often, lambda i: i), (spin,)] * 2]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert len(count) == 12
"""
    assert survives(version, program) == ["TimedOut"]


@pytest.mark.parametrize("version", ["jit", "5.4"])
def test_a_runtime_may_be_stopped_by_what_it_calls(version: str) -> None:
    program = """
for settings in ({}, {"timeout": 5.0, "memory": 50_000_000}):
    other = Lua(sys.argv[1]); other.start([], **settings)
    f = other.eval("function(f) f() return {1, {2}} end", "t:1")
    tried(f, other.stop)
    tried(f, other.stop)
"""
    assert survives(version, program) == ["Stopped"]


@pytest.mark.parametrize("version", ["jit", "5.4"])
def test_what_coroutines_hand_over_outlives_them(version: str) -> None:
    program = '''
kept = []
hand = lua("""function(f) coroutine.wrap(function()
    local co = coroutine.create(f) f(co) f({co}) f(print, {}, co) end)() end""")
for _ in range(200):
    hand(lambda *all: kept.append(all))
for _ in range(3):
    life.collect()
lua("(function() local t = {} for i = 1, 1e5 do t[i] = {} end return #t end)()")
kept.clear()
'''
    assert survives(version, program) == []


def test_a_runtime_goes_with_the_views_of_memory_that_were_lent_to_it() -> None:
    program = """
import gc
for _ in range(20):
    other = Lua(sys.argv[1]); other.start([])
    keep = other.eval("function(b) kept = b return #b end", "t:1")
    assert keep(memoryview(bytearray(100))) == 100
    assert keep(bytearray(100)) == 100
    other.stop()
    del other, keep
    gc.collect()
"""
    assert survives("jit", program) == []


LIARS = ["1e300", "-5", "0/0", "{}", "'x'", "2^53", "1.5", "nil"]


@pytest.mark.parametrize("length", LIARS)
def test_a_length_that_is_none_is_no_length(lua: Eval, length: str) -> None:
    liar = lua(f"setmetatable({{1, 2}}, {{__len = function() return {length} end}})")
    with pytest.raises(TypeError, match="has no length"):
        len(liar)
    assert repr(liar) == "{1: 1, 2: 2}"
    assert list(liar) == [1, 2]
    assert len(lua("setmetatable({}, {__len = function() return 3.0 end})")) == 3


ERRORS = [
    *("nil", "1", "1.5", "true", "{}", "print", "io.stdout", "coroutine.create(print)"),
    "setmetatable({}, {__tostring = function() error('t') end})",
    "setmetatable({}, {__tostring = function() return 1 end})",
    "setmetatable({}, {__tostring = 1})",
    "setmetatable({}, {__tostring = coroutine.yield})",
    "setmetatable({}, {__index = function() error('i') end})",
    "setmetatable({}, {__name = setmetatable({}, {__index = error})})",
    "setmetatable({}, setmetatable({}, {__index = function() error('m') end}))",
    "setmetatable({message = 1}, {__index = error})",
    "setmetatable({}, {__metatable = 1})",
]


@pytest.mark.parametrize("value", ERRORS)
def test_an_error_may_be_anything(lua: Eval, value: str) -> None:
    with pytest.raises(LuaError) as caught:
        lua(f"error({value})")
    assert "polyhy/" not in str(caught.value)


def test_an_error_of_ours_does_not_name_our_files(lua: Eval) -> None:
    with pytest.raises(LuaError) as caught:
        repr(lua("setmetatable({}, {__tostring = 1})"))
    assert "polyhy/" not in caught.value.message


def test_a_missing_attribute_is_nil_and_one_that_fails_an_error(lua: Eval) -> None:
    class Odd:
        @property
        def failing(self) -> int:
            raise KeyError("mine")

    get = lua("function(o, name) return o[name] end")
    assert get(Odd(), "missing") is None
    with pytest.raises(KeyError, match="mine"):
        get(Odd(), "failing")


def test_os_exit_takes_a_number_or_a_boolean(lua: Eval) -> None:
    for code, status in (("", 0), ("true", 0), ("false", 1), ("3", 3)):
        with pytest.raises(SystemExit) as caught:
            lua(f"os.exit({code})")
        assert caught.value.code == status
    with pytest.raises(TypeError, match="number or a boolean"):
        lua("os.exit({})")


def test_a_built_in_function_is_shown_by_its_kind(lua: Eval) -> None:
    assert repr(lua("print")) == "<lua function>"


INTERRUPTED = """
import os, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
spin = lua("function() {body} end")
threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
tried(spin)
assert lua("function(n) local s = 0 for i = 1, n do s = s + i end return s end")(1000) == 500500
"""
LOOPS = [
    "while true do end",
    "local s = 0 while true do s = s + 1 end",
    "for i = 1, 1e15 do local x = i end",
    "local function f(x) return x + 1 end local s = 0 while true do s = f(s) end",
    "while true do pcall(function() while true do end end) end",
    "local t = {} while true do t[1] = {} end",
]


@pytest.mark.parametrize("version", ["jit", "5.4"])
@pytest.mark.parametrize("body", LOOPS)
def test_ctrl_c_ends_a_loop_outside_limits(version: str, body: str) -> None:
    assert survives(version, INTERRUPTED.replace("{body}", body)) == ["KeyboardInterrupt"]


COROUTINES = [
    "wrap(function() while true do end end)()",
    "local co = coroutine.create(function() while true do end end) coroutine.resume(co)",
    "wrap(function() wrap(function() end)() while true do end end)()",
    "local co = wrap(function() coroutine.yield() while true do end end) co() co()",
    "wrap(function() while true do pcall(function() while true do end end) end end)()",
    "while true do wrap(function() for i = 1, 1e3 do end end)() end",
    "local co = wrap(function() while true do coroutine.yield() end end) while true do co() end",
]


@pytest.mark.parametrize("version", ["jit", "5.4"])
@pytest.mark.parametrize("body", COROUTINES)
def test_ctrl_c_ends_a_loop_in_a_coroutine(version: str, body: str) -> None:
    body = "local wrap = coroutine.wrap " + body
    assert survives(version, INTERRUPTED.replace("{body}", body)) == ["KeyboardInterrupt"]


def test_looks_leave_a_hook_of_the_programs_own_alone(lua: Eval) -> None:
    count = lua("""function(n)
        local lines = 0
        debug.sethook(function() lines = lines + 1 end, "l")
        for i = 1, n do
            local x = i
        end
        local hook = debug.gethook()
        debug.sethook()
        return lines, hook ~= nil
    end""")
    lines, kept = count(300_000)
    assert kept
    assert lines > 300_000
