"""The examples in docstrings run, against the real runtimes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACES = {"src/polyhy": "polyhy", "bridges": "polyhy.bridges", "macros": "polyhy.macros"}
PROGRAM = """
import doctest, importlib, sys
print(*doctest.testmod(importlib.import_module(sys.argv[1])))
"""


def module(file: Path, folder: str) -> str:
    parts = file.relative_to(ROOT / folder).with_suffix("").parts
    return ".".join([PLACES[folder], *(part for part in parts if part != "__init__")])


MODULES = sorted(
    module(file, folder)
    for folder in PLACES
    for file in (ROOT / folder).rglob("*.py")
    if ">>> " in file.read_text("utf-8")
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_are_so(name: str, tmp_path: Path) -> None:
    words = [sys.executable, "-c", PROGRAM, name]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    *said, attempted = done.stdout.split()
    assert (said, int(attempted) > 0) == (["0"], True), done.stdout


def test_the_public_face_has_an_example() -> None:
    assert "polyhy" in MODULES
