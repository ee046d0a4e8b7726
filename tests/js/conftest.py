"""`js("x => x")` evaluates in the one runtime of this process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import polyhy


@pytest.fixture
def js() -> Callable[[str], Any]:
    return lambda source: polyhy.evaluate("js", source, origin="test.hy:1")
