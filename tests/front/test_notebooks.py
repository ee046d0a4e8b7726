"""The notebooks of examples/ give what they show; nbconvert makes pages and scripts of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from .conftest import POLYHY

NOTEBOOKS = sorted((Path(__file__).parents[2] / "examples").glob("*.ipynb"))

pytestmark = pytest.mark.usefixtures("installed")


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.name)
def test_a_notebook_gives_what_it_shows(file: Path, tmp_path: Path) -> None:
    kept: Any = nbformat.read(file, as_version=4)
    again: Any = nbformat.read(file, as_version=4)
    NotebookClient(again, timeout=60, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert kept.metadata.kernelspec.name == "polyhy"
    assert len(shown(kept)) > 5
    assert shown(again) == shown(kept)


def shown(notebook: Any) -> list[tuple[str, list[Any]]]:
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [(c.source, [o.get("data") or o.get("text") or o for o in c.outputs]) for c in cells]


@pytest.mark.parametrize(
    ("form", "suffix", "parts"),
    [
        ("script", ".hy", ["(setv fruit", ";; # One notebook", "host.cell"]),
        ("html", ".html", ['<span class="kd">defn</span>', "FIG!", "<td>pear</td>"]),
        ("markdown", ".md", ["```hy\n(setv fruit", "rested"]),
    ],
)
def test_nbconvert_makes_scripts_and_pages(
    form: str, suffix: str, parts: list[str], tmp_path: Path
) -> None:
    notebook = next(file for file in NOTEBOOKS if file.stem == "languages")
    words = ["-m", "nbconvert", "--to", form, "--output-dir", str(tmp_path), str(notebook)]
    done = subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, timeout=100, env=os.environ
    )
    assert done.returncode == 0, done.stderr
    page = (tmp_path / f"languages{suffix}").read_text("utf-8")
    assert [part for part in parts if part not in page] == []


def test_a_script_of_a_notebook_runs(tmp_path: Path) -> None:
    notebook = next(file for file in NOTEBOOKS if file.stem == "languages")
    words = ["-m", "nbconvert", "--to", "script", "--output-dir", str(tmp_path), str(notebook)]
    subprocess.run([sys.executable, *words], check=True, capture_output=True, timeout=100)
    with (tmp_path / "languages.hy").open("a", encoding="utf-8") as script:
        script.write("(print total (len heavy))")
    done = subprocess.run(
        [POLYHY, "run", "languages.hy"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "no: division by zero\n244 2\n", done.stderr
