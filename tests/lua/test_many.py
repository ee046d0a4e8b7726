"""Many values and many calls, by hand: `pytest -m slow tests/lua`."""

from __future__ import annotations

import gc
import resource
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Eval = Callable[[str], Any]

pytestmark = pytest.mark.slow

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
PLAIN = st.one_of(
    st.booleans(),
    st.integers(1 - 2**53, 2**53 - 1),
    st.floats(allow_nan=False).filter(lambda x: not x.is_integer() or abs(x) > 2**53),
    TEXT,
    st.none(),
)
DATA = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, min_size=1, max_size=5)
    ),
    max_leaves=20,
)
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=20_000, deadline=None, suppress_health_check=SLOW, database=None)
@given(DATA)
def test_twenty_thousand_values_come_back_as_they_were(lua: Eval, data: Any) -> None:
    back = lua("function(x) return x end")(data)
    assert back == data
    assert _kinds(back) == _kinds(data)


def _kinds(data: Any) -> Any:
    if isinstance(data, list):
        return [_kinds(x) for x in data]
    return {k: _kinds(v) for k, v in data.items()} if isinstance(data, dict) else type(data)


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
