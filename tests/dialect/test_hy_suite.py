"""Hy's own test-suite, from its sdist, gives the same result with polyhy loaded as without."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from importlib.metadata import version
from pathlib import Path

import pytest
import uv

PLUGIN = "import polyhy, polyhy.macros\n"


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hy")
    pip = [uv.find_uv_bin(), "run", "--no-project", "--with", "pip", "python", "-m", "pip"]
    words = ["download", "--no-deps", "--no-binary", ":all:", f"hy=={version('hy')}", "-d"]
    subprocess.run([*pip, *words, str(folder)], check=True, capture_output=True, timeout=300)
    (packed,) = folder.glob("hy-*.tar.gz")
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
    (unpacked,) = (each for each in folder.iterdir() if each.is_dir())
    (folder / "loaded.py").write_text(PLUGIN)
    return unpacked


def result(suite: Path, *plugins: str) -> tuple[set[str], str]:
    """The tests that do not pass, and how many do."""
    words = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-rfE",
        "-p",
        "no:cacheprovider",
        *plugins,
        "tests",
    ]
    done = subprocess.run(
        words,
        cwd=suite,
        capture_output=True,
        text=True,
        timeout=500,
        env={**os.environ, "PYTHONPATH": str(suite.parent)},
    )
    failed = set(re.findall(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE))
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed, done.stdout + done.stderr
    return failed, passed[1]


@pytest.mark.registry
@pytest.mark.slow
def test_hy_s_own_suite_gives_the_same_with_polyhy_loaded(suite: Path) -> None:
    without = result(suite)
    assert int(without[1]) >= 50
    assert result(suite, "-p", "loaded") == without
