"""Limits: calls end in time, Lua keeps to its memory, Ctrl-C ends a loop, recursion an error."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

import polyhy
from polyhy.bridges.lua.bridge import Lua
from polyhy.errors import GuestError, OutOfMemory, TimedOut, UnknownOption
from polyhy.guests import host

Eval = Callable[[str], Any]

SPIN = "function() while true do end end"

ENDLESS = [
    SPIN,
    "function() while true do pcall(function() while true do end end) end end",
    "function() while true do xpcall(error, function() end) end end",
    "function() coroutine.wrap(function() while true do end end)() end",
    "function() local f = function() while 1 do end end"
    " while 1 do coroutine.resume(coroutine.create(f)) end end",
    "function() local co = coroutine.wrap(function() while 1 do coroutine.yield() end end)"
    " while true do co() end end",
    "function() for _ in function() return 1 end do end end",
    "function() local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end})"
    " while true do pcall(function() return t[1] end) end end",
    "function() local function f() return f() end f() end",
    "function() table.sort({3, 2, 1, 5, 4}, function(a, b) while true do end end) end",
    "function() ('x'):gsub('x', function() while true do end end) end",
]


@pytest.mark.parametrize("source", ENDLESS)
def test_an_endless_call_ends_in_time(lua: Eval, source: str) -> None:
    endless, began = lua(source), time.monotonic()
    with pytest.raises(TimedOut, match=r"0\.1 s are over") as caught:
        polyhy.limited(endless, timeout=0.1)()
    assert time.monotonic() - began < 5
    assert isinstance(caught.value, GuestError)
    assert caught.value.language == "lua"
    assert lua("function(x) return x + 1 end")(1) == 2


def test_a_stack_that_overflows_again_and_again_ends_no_call_before_its_time(lua: Eval) -> None:
    overflows = lua(
        "function() local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end})"
        " while true do pcall(function() return t[1] end) end end"
    )
    for _ in range(5):
        began = time.monotonic()
        with pytest.raises(TimedOut):
            polyhy.limited(overflows, timeout=0.3)()
        assert time.monotonic() - began >= 0.3


def test_a_coroutine_from_before_the_limit_ends_in_time(lua: Eval) -> None:
    co = lua("coroutine.wrap(function() coroutine.yield(1) while true do end end)")
    assert co() == 1
    with pytest.raises(TimedOut):
        polyhy.limited(co, timeout=0.1)()


def test_a_call_that_waits_in_python_ends_when_it_returns(lua: Eval) -> None:
    often = lua("function(f) for i = 1, 100 do f(i) end end")
    began = time.monotonic()
    with pytest.raises(TimedOut):
        polyhy.limited(often, timeout=0.1)(lambda i: time.sleep(0.03))
    assert time.monotonic() - began < 2


def test_limits_nest_and_the_nearest_counts(lua: Eval) -> None:
    spin = lua(SPIN)
    inner, outer = polyhy.limited(spin, timeout=0.05), lua("function(f) return pcall(f) end")
    done, error = polyhy.limited(outer, timeout=5)(inner)
    assert not done
    assert isinstance(error, TimedOut)
    assert "0.05 s" in str(error)
    with pytest.raises(TimedOut, match=r"0\.1 s"):
        polyhy.limited(outer, timeout=0.1)(polyhy.limited(spin, timeout=5))
    assert lua("1 + 1") == 2


def test_a_call_within_its_limits_is_as_ever(lua: Eval) -> None:
    work = lua("function(n) local s = 0 for i = 1, n do s = s + i end return s, {1, {x = 'y'}} end")
    assert polyhy.limited(work, timeout=30, memory=10**9)(100_000) == (5000050000, [1, {"x": "y"}])


HUNGRY = [
    "function() local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end end",
    "function() return #('x'):rep(1e8) end",
    "function() local s = 'x' while true do s = s .. s end end",
    "function() local t = {} for i = 1, 1e9 do t[i] = i end end",
    "function() local co = {} while true do co[#co + 1] = coroutine.create(print) end end",
]


@pytest.mark.parametrize("source", HUNGRY)
def test_a_call_that_wants_too_much_memory_is_an_error(lua: Eval, source: str) -> None:
    with pytest.raises(OutOfMemory, match="may hold 20,000,000 bytes"):
        polyhy.limited(lua(source), memory=20_000_000)()
    assert len(lua("function() return ('x'):rep(1000) end")()) == 1000


def test_garbage_is_not_held_against_a_call(lua: Eval) -> None:
    waste = lua(
        "function() local n = 0 for i = 1, 20000 do n = n + #('x'):rep(5000) end return n end"
    )
    assert polyhy.limited(waste, memory=20_000_000)() == 100_000_000


def test_what_python_hands_over_does_not_end_the_process(lua: Eval) -> None:
    fill = lua("""function(f) local t = {}
        pcall(function() while true do t[#t + 1] = ('x'):rep(100) .. #t end end)
        for i = 1, 50 do t[#t] = f(i) end return true end""")
    big = ["y" * 1000, object(), [1, 2, {"k": "v"}], lambda: 1, "é"]
    with suppress(OutOfMemory):
        polyhy.limited(fill, memory=10_000_000)(lambda i: big[i % 5])
    assert lua("1 + 1") == 2


INTERRUPTED = """
import os, signal, sys, threading, time
import polyhy
spin = polyhy.evaluate("lua", "function() local s = 0 while true do s = s + 1 end end")
threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
try:
    polyhy.limited(spin, timeout=20)()
except KeyboardInterrupt:
    print("interrupted", polyhy.evaluate("lua", "1 + 1"))
"""


@pytest.mark.parametrize("version", ["jit", "5.4"])
def test_ctrl_c_ends_a_loop_within_limits(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLYHY_LUA", version)
    assert _printed(INTERRUPTED) == "interrupted 2\n"


def _printed(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


RECURSION = """
import sys
import polyhy
sys.setrecursionlimit({limit})
apply = polyhy.evaluate("lua", "function(f, x) return 1 + f(x) end")
make = polyhy.evaluate("lua", "function(f) return coroutine.wrap(function() return f() end)() end")
for ring in (lambda x: apply(ring, x), lambda x=0: make(lambda: ring())):
    try:
        ring(1)
    except (RecursionError, polyhy.errors.GuestError) as error:
        print(type(error).__name__)
print(polyhy.evaluate("lua", "1 + 1"))
"""


@pytest.mark.parametrize("version", ["jit", "5.4"])
@pytest.mark.parametrize("limit", [1000, 100_000])
def test_recursion_through_both_is_an_error_however_deep_python_may_go(
    version: str, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLYHY_LUA", version)
    said = _printed(RECURSION.format(limit=limit)).split()
    assert said[-1] == "2"
    assert set(said[:-1]) <= {"RecursionError", "LuaError"}
    assert len(said) == 3


@pytest.fixture(params=["jit", "5.4"])
def limited(request: pytest.FixtureRequest) -> Iterator[Lua]:
    life = Lua(request.param)
    life.start([], timeout=0.2, memory=20_000_000)
    yield life
    life.stop()


def test_a_runtime_may_limit_each_of_its_calls(limited: Lua) -> None:
    spin, add = limited.eval(SPIN, "t:1"), limited.eval("function(a, b) return a + b end", "t:1")
    for _ in range(3):
        with pytest.raises(TimedOut):
            spin()
        with pytest.raises(TimedOut):
            limited.eval("(function() while true do end end)()", "t:1")
        with pytest.raises(OutOfMemory):
            limited.eval("('x'):rep(1e8)", "t:1")
        assert add(1, 2) == 3
        time.sleep(0.25)
    lazy = limited.eval("setmetatable({}, {__index = function() while true do end end})", "t:1")
    with pytest.raises(TimedOut):
        _ = lazy.name
    one = limited.eval("function(x) while x do end return x end", "t:1")
    with pytest.raises(TimedOut):
        one(1)


def test_an_import_may_be_limited(lua: Eval, tmp_path: Any) -> None:
    (tmp_path / "spin.lua").write_text(f"return {{spin = {SPIN}, n = 1}}")
    path = str(tmp_path / "spin.lua")
    spin = host.load("lua", path, options={"timeout": 0.1})
    assert spin.n == 1
    with pytest.raises(TimedOut):
        spin.spin()
    assert host.load("lua", path, options={"timeout": 0.1}) == spin
    assert host.load("lua", path) != spin
    with pytest.raises(UnknownOption, match="memory"):
        host.load("lua", path, options={"memry": 1})
