"""Adding packages to an empty project, beside the ecosystem's own client: no cache holds them yet.

What rooms need themselves comes once a machine, and is there before, as the clients are. The peer
of each does as much: it declares, locks and brings (for crates: `cargo add`, then `cargo fetch`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SPECS = {
    "pypi": ["httpx"],
    "pypi, large": ["pandas", "fastapi"],
    "npm": ["express"],
    "crates": ["serde_json"],
}
PYPROJECT = '[project]\nname = "x"\nversion = "0"\nrequires-python = ">=3.10"\n'
CARGO = '[package]\nname = "x"\nversion = "0.0.0"\n[lib]\npath = "lib.rs"\n'
PROJECTS = {
    "pypi": {"pyproject.toml": PYPROJECT},
    "npm": {"package.json": '{"name": "x", "version": "0.0.0"}'},
    "crates": {"Cargo.toml": CARGO, "lib.rs": ""},
}
CACHES = ("UV_CACHE_DIR", "npm_config_cache", "CARGO_HOME")
Fresh = Callable[[], tuple[Path, dict[str, str]]]


def run(words: list[str], folder: Path, variables: dict[str, str]) -> None:
    done = subprocess.run(words, cwd=folder, env=variables, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def add(*specs: str) -> list[str]:
    return [str(Path(sys.executable).with_name("polyhy")), "add", "--quiet", "--yes", *specs]


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that holds what rooms need themselves, and nothing that clients keep."""
    folder, cache = tmp_path_factory.mktemp("rooms"), tmp_path_factory.mktemp("cache")
    run(add("npm:ms"), folder, {**os.environ, "POLYHY_CACHE": str(cache)})
    shutil.rmtree(cache / "clients")
    return cache


@pytest.fixture
def fresh(rooms: Path, tmp_path: Path) -> Fresh:
    """A new project, and the variables that give every client an empty cache."""
    numbers = iter(range(1000))

    def make() -> tuple[Path, dict[str, str]]:
        folder = tmp_path / str(next(numbers))
        shutil.copytree(rooms, folder / "cache", copy_function=os.link, symlinks=True)
        (folder / "project").mkdir()
        variables = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        variables |= {name: str(folder / name) for name in CACHES}
        return folder / "project", {**variables, "POLYHY_CACHE": str(folder / "cache")}

    return make


def client(ecosystem: str, names: list[str], folder: Path, variables: dict[str, str]) -> None:
    """Let the ecosystem's own client add the packages, and bring them."""
    told = {
        "pypi": [[sys.executable, "-m", "uv", "add", "--python", sys.executable, *names]],
        "npm": [["npm", "install", *names]],
        "crates": [["cargo", "add", *names], ["cargo", "fetch"]],
    }
    for file, text in PROJECTS[ecosystem].items():
        (folder / file).write_text(text)
    for words in told[ecosystem]:
        run(words, folder, variables)


def polyhy(ecosystem: str, names: list[str], folder: Path, variables: dict[str, str]) -> None:
    run(add(*(f"{ecosystem}:{name}" for name in names)), folder, variables)


@pytest.mark.slow
@pytest.mark.registry
@pytest.mark.parametrize("which", [client, polyhy], ids=["floor", "polyhy"])
@pytest.mark.parametrize("case", SPECS)
def test_add(benchmark: Any, fresh: Fresh, case: str, which: Callable[..., None]) -> None:
    benchmark.group = f"polyhy add, {case}"
    ecosystem = case.partition(",")[0]
    benchmark.pedantic(which, setup=lambda: ((ecosystem, SPECS[case], *fresh()), {}), rounds=5)
