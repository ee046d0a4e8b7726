"""Each figure stands beside its floor in one run: `pytest tests/bench --benchmark-enable`.

The last lines of a run are the ratios. A time never fails a test: these are measurements.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

GOALS = {
    "js f(int)": 1.4,
    "js f(str)": 1.8,
    "js callback": 1.5,
    "js property": 2.0,
    "js list of 100": 0.09,
    "js graph of 1 MB": 1.0,
    "node f(int)": 0.8,
    "lua f(int)": 2.0,
    "lua f(str)": 2.0,
    "lua list of 100 in": 1.2,
    "lua 100 callbacks": 1.5,
    "polyhy run": 8.0,
    "c f(int, int)": 1.6,
    "c f(double)": 1.6,
    "c f(str)": 2.0,
    "c fast f(double)": 1.3,
}
"""At most this many times the floor, or the one peer where there is no floor."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Other ways into a language (the group `bench`) are only for measurements."""
    if not config.getoption("benchmark_enable"):
        items[:] = [item for item in items if not item.get_closest_marker("peer")]


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
        if "polyhy" not in times:
            continue
        goal = GOALS.get(group)
        aim = f"  (goal: at most {goal})" if goal else ""
        for kind in sorted(times.keys() - {"polyhy"}, key="floor".__ne__):
            ratio = times["polyhy"] / times[kind]
            of = "" if kind == "floor" else f" of {kind}"
            terminalreporter.write_line(f"{group:24} {ratio:6.2f} x{of}{aim}")
            group = aim = ""
