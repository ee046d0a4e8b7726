"""Calls of JavaScript: polyhy, the bare engine under it, and other ways into JavaScript.

The others are the dependency group `bench`; without it they are errors.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

import polyhy
from polyhy.bridges.js.engine import core
from polyhy.guests import host
from polyhy.packages import env, install
from polyhy.spec import Spec

Make = Callable[[str], Callable[..., Any]]

GRAPH = [
    {"id": i, "name": f"item {i}", "tags": ["a", "b"], "at": {"x": i * 1.5}, "on": i % 2 == 0}
    for i in range(11_000)
]
"""About a megabyte as JSON."""

TEXT = "a text of 20 letters"


def _polyhy(source: str) -> Callable[..., Any]:
    return polyhy.evaluate("js", source)


def _floor(source: str) -> Callable[..., Any]:
    return core().eval(source)


@lru_cache(maxsize=1)
def _racer() -> Any:
    from py_mini_racer import MiniRacer

    return MiniRacer()


def _mini_racer(source: str) -> Callable[..., Any]:
    _racer().eval(f"f = {source}")
    return lambda *args: _racer().call("f", *args)


def _quickjs(source: str) -> Callable[..., Any]:
    import quickjs

    context = quickjs.Context()
    f = context.eval(f"({source})")
    return lambda *args: f(*map(_flat(context), args))


def _flat(context: Any) -> Callable[[Any], Any]:
    """quickjs takes no containers: they go as JSON, as its own Function does it."""
    return lambda x: context.parse_json(json.dumps(x)) if isinstance(x, (list, dict)) else x


def _stpyv8(source: str) -> Callable[..., Any]:
    import STPyV8

    context = STPyV8.JSContext()
    context.enter()
    return context.eval(f"({source})")


def _javascript(source: str) -> Callable[..., Any]:
    import javascript

    return javascript.eval_js(f"return {source}")


PEERS: dict[str, Make] = {
    "polyhy": _polyhy,
    "mini-racer": _mini_racer,
    "quickjs": _quickjs,
    "stpyv8": _stpyv8,
    "javascript": _javascript,
    "floor": _floor,
}
"""The floor comes last: the texts that it lends the bare engine slow all that comes after."""


ALL = tuple(PEERS)
HERE = ("polyhy", "floor")


def by(*names: str) -> Any:
    found = [name for name in PEERS if name in names]
    return pytest.mark.parametrize(
        "make", [pytest.param(PEERS[name], id=name, marks=_marks(name)) for name in found]
    )


def _marks(name: str) -> tuple[Any, ...]:
    return () if name in HERE else (pytest.mark.peer,)


@pytest.mark.benchmark(group="js f(int)")
@by(*ALL)
def test_an_integer(benchmark: Any, make: Make) -> None:
    f = make("(x) => x + 1")
    assert benchmark(f, 1) == 2


@pytest.mark.benchmark(group="js f(str)")
@by(*ALL)
def test_a_text(benchmark: Any, make: Make) -> None:
    f = make("(s) => s")
    assert str(benchmark.pedantic(f, (TEXT,), iterations=20, rounds=200)) == TEXT


@pytest.mark.benchmark(group="js callback")
@by(*HERE)
def test_a_callback(benchmark: Any, make: Make) -> None:
    f = make("(f) => f(1)")
    assert benchmark(f, lambda x: x) == 1


@pytest.mark.benchmark(group="js property")
@by(*HERE)
def test_a_property(benchmark: Any, make: Make) -> None:
    thing: Any = make("(() => ({ n: 7, f() {} }))()" if make is _floor else "({ n: 7, f() {} })")
    assert benchmark(lambda: thing.n) == 7


@pytest.mark.benchmark(group="js list of 100")
@by(*HERE)
def test_a_list(benchmark: Any, make: Make) -> None:
    """The bare engine's `map` of a list of Python's ends the process within some hundred calls."""
    if make is _floor:
        raw = make("(xs) => Array.from(xs).map(x => x + 1)")
        f: Callable[..., Any] = lambda xs: list(raw(xs))  # noqa: E731
    else:
        f = make("(xs) => xs.map(x => x + 1)")
    xs = list(range(100))
    assert benchmark.pedantic(f, (xs,), iterations=20, rounds=50, warmup_rounds=2)[99] == 100


def _by_json(make: Make) -> Callable[[Any], Any]:
    """In and out as JSON text, the quickest way that the others have."""
    f = make("(text) => JSON.stringify(JSON.parse(text))")
    return lambda x: json.loads(str(f(json.dumps(x))))


@pytest.mark.benchmark(group="js graph of 1 MB")
@by("polyhy", "mini-racer", "quickjs", "floor")
def test_a_graph(benchmark: Any, make: Make) -> None:
    f = make("(x) => x") if make is _polyhy else _by_json(make)
    assert benchmark.pedantic(f, (GRAPH,), iterations=1, rounds=7)[10]["at"]["x"] == 15


@pytest.mark.benchmark(group="js 10 MB of float64")
@by("polyhy")
def test_a_buffer(benchmark: Any, make: Make) -> None:
    f, xs = make("(xs) => xs[xs.length - 1]"), np.ones(1_250_000)
    assert benchmark(f, xs) == 1


@pytest.mark.benchmark(group="js 10 MB of float64 out")
@by("polyhy")
def test_a_view(benchmark: Any, make: Make) -> None:
    f: Any = make("() => new Float64Array(1250000)")
    assert benchmark(lambda: np.asarray(f())).size == 1_250_000


@pytest.fixture(scope="module")
def node_env() -> Iterator[None]:
    """An env of one npm package, which brings what speaks to Node."""
    before = env.find()
    env.use(install.script([Spec("npm", "lodash")]))
    yield
    host.stop("node")
    env.use(before)


def _node(source: str) -> Callable[..., Any]:
    return polyhy.evaluate("node", source)


@pytest.mark.registry
@pytest.mark.benchmark(group="node f(int)")
@pytest.mark.parametrize(
    "make",
    [
        pytest.param(_node, id="polyhy"),
        pytest.param(_javascript, id="javascript", marks=pytest.mark.peer),
    ],
)
@pytest.mark.usefixtures("node_env")
def test_an_integer_to_a_node_process(benchmark: Any, make: Make) -> None:
    f = make("(x) => x + 1")
    assert benchmark.pedantic(f, (1,), iterations=20, rounds=100, warmup_rounds=5) == 2
