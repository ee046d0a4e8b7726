"""Calls: through polyhy, and through the bare engine under it, in the same run."""

from __future__ import annotations

from typing import Any

import pytest
from lupa import luajit21

import polyhy


def js(source: str) -> Any:
    return polyhy.evaluate("js", source)


def lua(source: str) -> Any:
    return polyhy.evaluate("lua", f"return {source}")


def raw_lua(source: str) -> Any:
    return luajit21.LuaRuntime(unpack_returned_tuples=True).eval(source)


def both(floor: Any, through: Any) -> Any:
    """The floor comes last: the texts that it lends the bare engine slow all that comes after."""
    return pytest.mark.parametrize(
        "make", [pytest.param(through, id="polyhy"), pytest.param(floor, id="floor")]
    )


INCREMENT = "(x) => x + 1"
LUA_INCREMENT = "function(x) return x + 1 end"


@pytest.mark.benchmark(group="lua f(int)")
@both(lambda: raw_lua(LUA_INCREMENT), lambda: lua(LUA_INCREMENT))
def test_lua_int(benchmark: Any, make: Any) -> None:
    f = make()
    assert benchmark(f, 1) == 2


@pytest.mark.benchmark(group="lua f(str)")
@both(lambda: raw_lua("function(s) return s end"), lambda: lua("function(s) return s end"))
def test_lua_text(benchmark: Any, make: Any) -> None:
    f = make()
    assert benchmark(f, "a text of 20 letters")


@pytest.mark.benchmark(group="python call")
@both(lambda: lambda x: x + 1, lambda: js(INCREMENT))
def test_python_int(benchmark: Any, make: Any) -> None:
    f = make()
    assert benchmark(f, 1) == 2
