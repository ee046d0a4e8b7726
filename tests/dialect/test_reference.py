"""The reference is made from the docstrings, is complete, and its examples return what they say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from polyhy import plugins
from polyhy.macros import reference

ROOT = Path(__file__).parents[2]
ENTRIES = reference.entries()
EXAMPLES = [
    (entry.name, program) for entry in ENTRIES for program in reference.examples(entry.text)
]
OFFLINE = [(name, program) for name, program in EXAMPLES if "npm" not in program]

Run = Callable[..., Any]

# Runs the forms of a program; prints what each returns that says `;=>` after it, and what it says.
DRIVER = """
import json, re, sys, types, hy, polyhy.sessions.lisp
name, program = json.loads(sys.stdin.read())
module = types.ModuleType(name)
module.__file__ = sys.argv[1] + "/example.hy"
cells = polyhy.sessions.lisp.Cells(module)
from polyhy import coroutines
lines = program.splitlines()
start = 0
for end, line in enumerate(lines, 1):
    source = "\\n".join(lines[start:end])
    if cells.incomplete(source):
        continue
    start = end
    code = cells.compile(source, "example.hy")
    coroutines.run(code.body, module.__dict__)
    value = coroutines.run(code.last, module.__dict__)
    said = re.search(r";=> (.*)$", line)
    if said:
        print(json.dumps([repr(value), said[1].strip()]))
"""


def test_the_page_is_what_the_docstrings_say() -> None:
    """If not: `python -m polyhy.macros.reference > macros/REFERENCE.md`."""
    assert (ROOT / "macros" / "REFERENCE.md").read_text("utf-8") == reference.page()


def test_every_macro_has_a_docstring_and_a_topic() -> None:
    import hy

    from polyhy import macros

    told = {entry.name.replace(":", ".") for entry in ENTRIES}
    words = re.compile(r"(?!js)\w+(\.|->)|\w+-spoken|.*\.macros\.|(js|py)\.(?!call|import)")
    names = {hy.unmangle(name) for name in macros._hy_macros}
    languages = {*plugins.languages(), *plugins.emitters()} - {reference.SHOWN}
    assert {n for n in names - languages if not words.match(n)} <= told


def test_most_entries_have_an_example() -> None:
    assert len(EXAMPLES) >= 25
    assert sum(";=>" in program for _, program in EXAMPLES) >= 22


@pytest.mark.parametrize(("name", "program"), OFFLINE, ids=[name for name, _ in OFFLINE])
def test_an_example_returns_what_it_says(name: str, program: str, tmp_path: Path, run: Run) -> None:
    done = run(
        "python", "-c", DRIVER, tmp_path, cwd=tmp_path, stdin=json.dumps(["example", program])
    )
    assert done.returncode == 0, done.stderr
    pairs = [json.loads(line) for line in done.stdout.splitlines()]
    assert [got for got, _ in pairs] == [said for _, said in pairs]
    assert len(pairs) == program.count(";=>")
