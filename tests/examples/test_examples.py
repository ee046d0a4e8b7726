"""Every program in examples/ prints what its last comment says, by `polyhy run` and by `hy`."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.registry

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.hy"))


@pytest.fixture(scope="module")
def folder(clone: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clone(tmp_path_factory.mktemp("clone"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda file: file.name)
def test_an_example_prints_what_its_last_comment_says(example: Path, folder: Path) -> None:
    assert _output(folder, "polyhy", "run", f"examples/{example.name}") == promised(example)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda file: file.name)
def test_after_a_sync_plain_hy_prints_the_same(example: Path, folder: Path) -> None:
    assert " packages in " in _output(folder, "polyhy", "sync", "--locked")
    assert _output(folder, "hy", f"examples/{example.name}") == promised(example)


def promised(example: Path) -> str:
    """The comment lines after `;; Output:`, with which the file ends."""
    found = re.search(r"^;; Output:\n((?:;;.*\n)+)\Z", example.read_text("utf-8"), re.MULTILINE)
    assert found, f"{example.name} does not end with ;; Output: and what it prints"
    return re.sub(r"^;; ?", "", found[1], flags=re.MULTILINE)


def _output(folder: Path, program: str, *words: str) -> str:
    command = [str(Path(sys.executable).with_name(program)), *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout
