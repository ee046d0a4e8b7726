"""Lua: calls, tables, callbacks and buffers, through polyhy and by bare lupa in the same run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from lupa import luajit21

import polyhy

HUNDRED = list(range(100))
LENGTH = "function(t) return #t end"
OUT = (
    "(function() local t = {} for i = 1, 100 do t[i] = i end return function() return t end end)()"
)
CALLS = "function(f) local s = 0 for i = 1, 100 do s = s + f(i) end return s end"


def through(source: str) -> Any:
    return polyhy.evaluate("lua", source)


def bare(source: str) -> tuple[Any, Any]:
    vm = luajit21.LuaRuntime(unpack_returned_tuples=True)
    return vm, vm.eval(source)


@pytest.mark.benchmark(group="lua list of 100 in")
@pytest.mark.parametrize("which", ["polyhy", "floor"])
def test_list_in(benchmark: Any, which: str) -> None:
    vm, length = bare(LENGTH)
    lent = through(LENGTH)
    f = (lambda: lent(HUNDRED)) if which == "polyhy" else lambda: length(vm.table_from(HUNDRED))
    assert benchmark(f) == 100


@pytest.mark.benchmark(group="lua table of 100 out")
@pytest.mark.parametrize("which", ["polyhy", "floor"])
def test_table_out(benchmark: Any, which: str) -> None:
    f = through(OUT) if which == "polyhy" else bare(OUT)[1]
    assert len(benchmark(f)) == 100


@pytest.mark.benchmark(group="lua 100 callbacks")
@pytest.mark.parametrize("which", ["polyhy", "floor"])
def test_callbacks(benchmark: Any, which: str) -> None:
    call = through(CALLS) if which == "polyhy" else bare(CALLS)[1]
    same: Any = lambda x: x  # noqa: E731
    assert benchmark(call, same) == 5050


@pytest.mark.benchmark(group="lua 10 MB of float64")
def test_buffer(benchmark: Any) -> None:
    assert benchmark(through("function(b) return #b end"), np.ones(1_250_000)) == 1_250_000
