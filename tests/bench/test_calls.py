"""Calls: through polyhy, and through the bare engine under it, in the same run."""

from __future__ import annotations

from typing import Any

import pytest
from lupa import luajit21

import polyhy
from polyhy.bridges.js.engine import core

GRAPH = [
    {"id": i, "name": f"item {i}", "tags": ["a", "b"], "at": {"x": i * 1.5}, "on": i % 2 == 0}
    for i in range(11_000)
]
"""About a megabyte as JSON."""


def read(x: Any) -> Any:
    """Read a raw result out, as any program would have to: the engine's own is a live view."""
    if isinstance(x, list):
        return [read(v) for v in x]
    if isinstance(x, dict):
        return {k: read(v) for k, v in x.items()}
    return x


def js(source: str) -> Any:
    return polyhy.evaluate("js", source)


def raw(source: str) -> Any:
    return core().eval(source)


def raw_list(source: str) -> Any:
    """A function of the bare engine whose result, a live view of an array, is read out."""
    f = raw(source)
    return lambda xs: list(f(xs))


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
RAW_MAP = "(xs) => Array.from(xs).map(x => x + 1)"
"""The bare engine's `map` of a list of Python's ends the process within some hundred calls."""

LUA_INCREMENT = "function(x) return x + 1 end"


@pytest.mark.benchmark(group="js f(int)")
@both(lambda: raw(INCREMENT), lambda: js(INCREMENT))
def test_js_int(benchmark: Any, make: Any) -> None:
    f = make()
    assert benchmark(f, 1) == 2


@pytest.mark.benchmark(group="js f(str)")
@both(lambda: raw("(s) => s"), lambda: js("(s) => s"))
def test_js_text(benchmark: Any, make: Any) -> None:
    f = make()
    assert benchmark.pedantic(f, ("a text of 20 letters",), iterations=20, rounds=200)


@pytest.mark.benchmark(group="js callback")
@both(lambda: raw("(f) => f(1)"), lambda: js("(f) => f(1)"))
def test_js_callback(benchmark: Any, make: Any) -> None:
    f = make()
    assert benchmark(f, lambda x: x) == 1


@pytest.mark.benchmark(group="js list of 100")
@both(lambda: raw_list(RAW_MAP), lambda: js("(xs) => xs.map(x => x + 1)"))
def test_js_list(benchmark: Any, make: Any) -> None:
    f, xs = make(), list(range(100))
    assert benchmark.pedantic(f, (xs,), iterations=20, rounds=50, warmup_rounds=2)[99] == 100


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


@pytest.mark.benchmark(group="js graph of 1 MB")
@both(
    lambda: (
        raw("(x) => JSON.parse(JSON.stringify(x))"),
        read,
    ),
    lambda: (js("(x) => x"), lambda x: x),
)
def test_js_graph(benchmark: Any, make: Any) -> None:
    f, out = make()
    assert benchmark.pedantic(lambda: out(f(GRAPH)), iterations=1, rounds=5)[10]["at"]["x"] == 15
