"""C++ compiled for tests; every test here needs the extra `cpp`."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import polyhy

_numbers = count()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.cpp)


@pytest.fixture
def cpp() -> Callable[[str], Any]:
    """Compile C++ in a namespace of the test's own, and return that namespace."""

    def cpp(source: str) -> Any:
        name = f"test_{next(_numbers)}"
        head, _, body = source.rpartition("---\n")
        made = polyhy.evaluate("cpp", f"{head}namespace {name} {{ {body} }}", origin="test.hy:1")
        return getattr(made, name)

    return cpp
