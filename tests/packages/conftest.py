"""A toy registry, a cache of its own and an empty project for each test."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from polyhy import plugins
from polyhy.packages import env
from polyhy.testing import ToyEcosystem

sys.path.append(str(Path(__file__).parent))  # for loopback.py


@pytest.fixture(scope="module", autouse=True)
def toy_registry() -> Iterator[None]:
    others = dict(plugins._added["polyhy.ecosystems"])
    plugins.add(ToyEcosystem)
    yield
    for room in others.values():
        plugins.add(room)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("POLYHY_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("POLYHY_ENV", raising=False)
    yield tmp_path / "cache"
    env.use(None)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    return tmp_path / "project"
