"""What the tests of Rust share: a compiled module of small functions, and envs of real crates."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import polyhy
from polyhy import plugins
from polyhy.bridges.rust.bridge import Rust

SOURCES = Path(__file__).with_name("sources")


@pytest.fixture(scope="session", autouse=True)
def quick() -> Iterator[None]:
    """Extensions are compiled once here, not again in the background."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POLYHY_OPTIMIZE", "never")
        yield


@pytest.fixture(scope="session")
def compiled() -> Callable[[str], Any]:
    """The module of a file in `sources`, compiled once."""

    def compile_(name: str) -> Any:
        source = (SOURCES / f"{name}.rs").read_text("utf-8")
        return polyhy.evaluate("rust", source, origin=f"{name}.hy:1")

    return compile_


@pytest.fixture(scope="session")
def values(compiled: Callable[[str], Any]) -> Any:
    return compiled("values")


@pytest.fixture(scope="session")
def safety(compiled: Callable[[str], Any]) -> Any:
    return compiled("safety")


@pytest.fixture(scope="session")
def shapes(compiled: Callable[[str], Any]) -> Any:
    return compiled("shapes")


@pytest.fixture(scope="session")
def crate(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """`crate("regex")`: a crate of the registry, fetched, linked and imported."""

    def load(spec: str, **options: Any) -> Any:
        bridge = Rust()
        bridge.start([linked(spec, tmp_path_factory.mktemp("crate"))])
        return bridge.load(plugins.ecosystem("crates").spec(spec).name, **options)

    return load


def linked(spec: str, folder: Path) -> Path:
    """An env with a crate and all that it needs."""
    room = plugins.ecosystem("crates")
    pins = room.wanted(room.resolve([room.spec(spec)], []))
    (folder / "into").mkdir()
    (folder / "env").mkdir()
    room.link(room.fetch(pins, folder / "into"), folder / "env")
    shutil.rmtree(folder / "into")
    return folder / "env"
