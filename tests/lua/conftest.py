"""Both Luas for tests that say `lua`; and the way to write Lua in a test."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import polyhy
from polyhy.guests import host

Eval = Callable[[str], Any]


def lives_of(version: str) -> Iterator[None]:
    """A runtime of that version from here on, also in child processes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POLYHY_LUA", version)
        host.stop("lua")
        yield
        host.stop("lua")


@pytest.fixture(scope="module", params=["jit", "5.4"])
def lua(request: pytest.FixtureRequest) -> Iterator[Eval]:
    """Evaluate Lua, in LuaJIT and in 5.4."""
    for _ in lives_of(request.param):
        yield lambda source: polyhy.evaluate("lua", source, origin="test.hy:1")


@pytest.fixture
def jit() -> Iterator[Eval]:
    """Evaluate Lua in LuaJIT alone."""
    for _ in lives_of("jit"):
        yield lambda source: polyhy.evaluate("lua", source, origin="test.hy:1")


@pytest.fixture
def lua54() -> Iterator[Eval]:
    """Evaluate Lua in 5.4 alone."""
    for _ in lives_of("5.4"):
        yield lambda source: polyhy.evaluate("lua", source, origin="test.hy:1")


@pytest.fixture(scope="session")
def rocks_server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server of rocks in a folder: see rocks.py."""
    made = runpy.run_path(str(Path(__file__).with_name("rocks.py")))
    server = made["Server"](tmp_path_factory.mktemp("rocks"))
    made["written"](server)
    return server
