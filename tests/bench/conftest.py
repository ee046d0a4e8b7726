"""Each figure stands beside its floor in one run: `pytest tests/bench --benchmark-enable`.

The last lines of a run are the ratios. A time never fails a test: these are measurements.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

GOALS = {
    "js f(int)": 1.5,
    "js list of 100": 0.15,
    "js graph of 1 MB": 0.2,
    "lua f(int)": 2.2,
    "polyhy run": 8.0,
}
"""At most this many times the floor."""


@pytest.hookimpl(hookwrapper=True)
def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> Iterator[None]:
    yield
    session = getattr(config, "_benchmarksession", None)
    groups: dict[str, dict[str, float]] = {}
    for each in getattr(session, "benchmarks", []):
        kind = each.name.rpartition("[")[2].rstrip("]")
        groups.setdefault(each.group, {})[kind] = each.stats.min
    if groups:
        terminalreporter.section("ratios to the floor, by the best time")
    for group, times in groups.items():
        if {"polyhy", "floor"} <= times.keys():
            ratio, goal = times["polyhy"] / times["floor"], GOALS.get(group)
            aim = f"  (goal: at most {goal})" if goal else ""
            terminalreporter.write_line(f"{group:24} {ratio:6.2f} x{aim}")
