"""Metatables count in Python as they do in Lua; errors show where they come from."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import pytest

Eval = Callable[[str], Any]

EVERY = """(function()
    local V = {}
    V.__index = V
    local function new(x) return setmetatable({x = x}, V) end
    local function of(a) return type(a) == 'number' and a or a.x end
    for event, f in pairs({
        __add = function(a, b) return a + b end, __sub = function(a, b) return a - b end,
        __mul = function(a, b) return a * b end, __div = function(a, b) return a / b end,
        __mod = function(a, b) return a % b end, __pow = function(a, b) return a ^ b end,
        __idiv = function(a, b) return math.floor(a / b) end,
        __band = function(a, b) return 100 + a + b end,
        __bor = function(a, b) return 200 + a + b end,
        __bxor = function(a, b) return 300 + a + b end,
        __shl = function(a, b) return 400 + a + b end,
        __shr = function(a, b) return 500 + a + b end,
    }) do V[event] = function(a, b) return new(f(of(a), of(b))) end end
    V.__unm = function(a) return new(-a.x) end
    V.__bnot = function(a) return new(-1 - a.x) end
    V.__lt = function(a, b) return of(a) < of(b) end
    V.__le = function(a, b) return of(a) <= of(b) end
    return new
end)()"""


def test_arithmetic_and_order(lua: Eval) -> None:
    new = lua(EVERY)
    a, b = new(7), new(2)
    assert [x.x for x in (a + b, a - b, a * b, a / b, a % b, a**b, -a)] == [
        9,
        5,
        14,
        3.5,
        1,
        49,
        -7,
    ]
    assert [x.x for x in (1 + a, 9 - a, 2 * a, 14 / a, 9 % a, 2**b)] == [8, 2, 14, 2, 2, 4]
    assert (a > b, a >= b, a < b, b <= a) == (True, True, False, True)


def test_the_operators_of_5_4(lua54: Eval) -> None:
    new = lua54(EVERY)
    a, b = new(7), new(2)
    found = [x.x for x in (a // b, a & b, a | b, a ^ b, a << b, a >> b, ~a, 20 // a, 1 & a)]
    assert found == [3, 109, 209, 309, 409, 509, -8, 2, 108]


def test_luajit_has_not_the_operators_of_5_4(jit: Eval) -> None:
    a = jit(EVERY)(7)
    for use in (lambda: a & a, lambda: a // a, lambda: ~a):
        with pytest.raises(TypeError):
            use()


def test_concatenation_answers_plus_where_there_is_no_add(lua: Eval) -> None:
    p = lua(
        "setmetatable({}, {__concat = function(a, b) return 'joined ' .. type(a) .. type(b) end})"
    )
    assert (p + "x", "x" + p) == ("joined tablestring", "joined stringtable")


def test_a_close_makes_a_context(lua: Eval) -> None:
    p, log = lua("""(function()
        local log = {}
        return setmetatable({}, {__close = function(o, e) log[#log + 1] = tostring(e) end}),
            function() return log end
    end)()""")
    with p as inside:
        assert inside is p
    with pytest.raises(KeyError), p:
        raise KeyError("why")
    assert log() == ["nil", "'why'"]
    with pytest.raises(TypeError, match="no __close"), lua("setmetatable({}, {})"):
        pass


def test_next_takes_a_coroutines_values_one_by_one(lua: Eval) -> None:
    co = lua("coroutine.create(function() coroutine.yield(1) coroutine.yield(2) end)")
    assert (next(co), next(co)) == (1, 2)
    with pytest.raises(StopIteration):
        next(co)


def test_lua_frames_stand_in_the_traceback(lua: Eval, tmp_path: Any) -> None:
    from polyhy.guests import host

    file = tmp_path / "deep.lua"
    file.write_text(
        "local M = {}\nlocal function inner(f)\n  local x = f()\n  return x\nend\n"
        "function M.outer(f)\n  local y = inner(f)\n  return y\nend\nreturn M\n"
    )
    outer = host.load("lua", str(file)).outer

    def fail() -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError) as caught:
        outer(fail)
    steps = [(f.filename, f.lineno) for f in traceback.extract_tb(caught.value.__traceback__)]
    lua_lines = [line for name, line in steps if name == str(file)]
    assert lua_lines == [7, 3]
    assert steps.index((str(file), 3)) < [n for n, _ in steps].index(__file__, 1)
    assert "local x = f()" in "".join(traceback.format_exception(caught.value))


def test_an_error_of_lua_has_its_frames_in_the_traceback(lua: Eval) -> None:
    with pytest.raises(Exception, match="bad") as caught:
        lua("function()\n  local y = 1\n  error('bad')\nend")()
    steps = [(f.filename, f.lineno) for f in traceback.extract_tb(caught.value.__traceback__)]
    assert ("test.hy", 3) in steps


def test_a_python_exception_passes_through_coroutines_as_itself(lua: Eval) -> None:
    mine = ValueError("mine")

    def fail() -> None:
        raise mine

    for source in (
        "function(f) coroutine.wrap(function() f() end)() end",
        "function(f) error(select(2, coroutine.resume(coroutine.create(function() f() end)))) end",
    ):
        with pytest.raises(ValueError, match="mine") as caught:
            lua(source)(fail)
        assert caught.value is mine


def test_the_cause_of_an_exception_is_left_alone(lua: Eval) -> None:
    cause = KeyError("cause")

    def fail() -> None:
        raise ValueError("effect") from cause

    with pytest.raises(ValueError, match="effect") as caught:
        lua("function(f) f() end")(fail)
    assert caught.value.__cause__ is cause
