"""The distributions, built once from a clone, and machines that have nothing but Python."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import uv

from polyhy.packages import manifest

ROOT = Path(__file__).parents[2]


class Built(NamedTuple):
    """`again` is the wheel built from the sdist."""

    clone: Path
    sdist: Path
    wheel: Path
    again: Path


class Machine(NamedTuple):
    """A venv that polyhy is installed in, and a folder to work in. PATH is the venv alone."""

    bin: Path
    folder: Path

    def run(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the venv."""
        dropped = {"PYTHONPATH", "VIRTUAL_ENV", "POLYHY_ENV"}
        kept = {name: value for name, value in os.environ.items() if name not in dropped}
        return subprocess.run(
            [str(self.bin / command[0]), *command[1:]],
            cwd=self.folder,
            env={**kept, "PATH": str(self.bin), "COLUMNS": "200", **variables},
            capture_output=True,
            text=True,
            timeout=300,
        )


@pytest.fixture(scope="session")
def built(clone: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Built:
    """An sdist and a wheel of a clone, and the wheel of the sdist."""
    folder = clone(tmp_path_factory.mktemp("clone"))
    sdist = _build("--sdist", folder, tmp_path_factory.mktemp("sdist"))
    wheel = _build("--wheel", folder, tmp_path_factory.mktemp("wheel"))
    again = _build("--wheel", sdist, tmp_path_factory.mktemp("again"))
    return Built(folder, sdist, wheel, again)


@pytest.fixture
def machine(tmp_path: Path) -> Callable[..., Machine]:
    """Make a machine and install something on it, as `uv pip install` takes it."""

    def machine(*wanted: str) -> Machine:
        venv, overrides, folder = (tmp_path / name for name in ("venv", "overrides", "empty"))
        folder.mkdir()
        overrides.write_text("\n".join(_overrides()), "utf-8")
        _uv("venv", "--python", sys.executable, venv)
        python = venv / "bin" / "python"
        _uv("pip", "install", "--python", python, "--overrides", overrides, *wanted)
        return Machine(venv / "bin", folder)

    return machine


def _overrides() -> list[str]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    tool = tomllib.loads((ROOT / manifest.FILE).read_text("utf-8"))["tool"]
    return tool["uv"]["override-dependencies"]


def _build(kind: str, source: Path, into: Path) -> Path:
    _uv("build", "--python", sys.executable, kind, "--out-dir", into, source)
    return next(file for file in into.iterdir() if file.suffix in (".whl", ".gz"))


def _uv(*words: str | Path) -> None:
    command = [uv.find_uv_bin(), *map(str, words), "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
