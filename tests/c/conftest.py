"""C libraries of this machine for tests, and the compiler for sources in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import polyhy


@pytest.fixture(scope="session")
def zlib() -> Any:
    return polyhy.import_from("c", "zlib")


@pytest.fixture(scope="session")
def sqlite() -> Any:
    return polyhy.import_from("c", "sqlite3")


@pytest.fixture(scope="session")
def libc() -> Any:
    return polyhy.import_from("c", "c")


@pytest.fixture(scope="session")
def libm() -> Any:
    return polyhy.import_from("c", "m")


@pytest.fixture
def c() -> Callable[[str], Any]:
    """Compile C and bind what it defines."""
    return lambda source: polyhy.evaluate("c", source, origin="test.hy:1")


@pytest.fixture
def header(tmp_path: Path) -> Callable[..., Any]:
    """Bind a header of one's own, with what `source` defines as its shared object."""

    def header(text: str, source: str = "", **options: Any) -> Any:
        from polyhy.bridges.c.compiler import build

        file = tmp_path / "thing.h"
        file.write_text(text, "utf-8")
        made = build(f'#include "{file}"\n{source}')
        return polyhy.import_from("c", str(file), lib=str(made), **options)

    return header
