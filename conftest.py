"""What all tests share: a cache of their own, a project to work in, and the toys as a plugin."""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from polyhy import plugins
from polyhy.packages import env
from polyhy.spec import Spec

# how long an example takes says more of the machine than of the property
_CALM = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("loaded", settings(), **_CALM)
settings.load_profile("loaded")

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # as a shell starts jobs in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of this run, unless POLYHY_CACHE names another."""
    folder = os.environ.setdefault("POLYHY_CACHE", str(tmp_path_factory.mktemp("cache")))
    return Path(folder)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, in no other project, with no env chosen."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("POLYHY_ENV", raising=False)
    monkeypatch.setattr(env, "_chosen", None)
    return tmp_path


@pytest.fixture(scope="session")
def files() -> list[Path]:
    """The project's own files, relative to its root: all that .gitignore leaves."""
    root = Path(__file__).parent
    ignored = [".git", *(root / ".gitignore").read_text().replace("/\n", "\n").split()]
    found = []
    for folder, folders, names in os.walk(root):
        for some in (folders, names):
            some[:] = [n for n in some if not any(fnmatch(n, each) for each in ignored)]
        found += [Path(folder, name).relative_to(root) for name in names]
    return sorted(found)


@pytest.fixture(scope="session")
def clone(files: list[Path]) -> Callable[[Path], Path]:
    """Copy the project's own files into a folder, as a fresh clone of it."""

    def clone(into: Path) -> Path:
        for file in files:
            (into / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(Path(__file__).parent / file, into / file)
        return into

    return clone


@pytest.fixture(scope="session")
def toys() -> Path:
    """A folder for PYTHONPATH, where a distribution declares the toy language and its packages.

    This process knows them too.
    """
    from polyhy.testing import ToyBridge

    folder = Path(__file__).parent / "tests" / "toys"
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    plugins.add(ToyBridge)
    plugins.add(importlib.import_module("toys").Toys)
    plugins.add(importlib.import_module("toys").Doll)
    return folder


@pytest.fixture(scope="session")
def run(toys: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command of this environment (`hy`, `python`) in a process that knows the toys."""

    def run(
        *command: str | Path, cwd: Path, stdin: str | None = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        program = str(Path(sys.executable).with_name(str(command[0])))
        return subprocess.run(
            [program, *map(str, command[1:])],
            cwd=cwd,
            input=stdin,
            env={**os.environ, "PYTHONPATH": str(toys), **variables},
            capture_output=True,
            text=True,
            timeout=300,  # the first to run compiles the dialect, on a machine that does much else
        )

    return run


@pytest.fixture(scope="session")
def toy_project(toys: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose toy packages are locked and installed, all but the UNLOCKED ones."""
    from polyhy.packages import install

    root = tmp_path_factory.mktemp("toys")
    room = sys.modules["toys"]
    names = [name for name in room.Toys.registry if name not in room.UNLOCKED]
    install.add(root, [Spec("toy", name) for name in names])
    return root
