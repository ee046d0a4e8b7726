"""Many calls, by hand: `pytest -m slow tests/lua`."""

from __future__ import annotations

import gc
import resource
from collections.abc import Callable
from typing import Any

import pytest

Eval = Callable[[str], Any]

pytestmark = pytest.mark.slow


def test_a_million_tables_there_and_back_leave_no_memory_behind(lua: Eval) -> None:
    same = lua("function(x) return x end")
    data = {"id": 1, "tags": ["a", "b"], "at": {"x": 1.5}}

    def trips(count: int) -> float:
        for _ in range(count):
            same(data)
        gc.collect()
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize() / 1e6

    before = trips(200_000)
    grown = trips(1_000_000) - before
    assert grown < 12, f"{grown:.1f} MB more"
