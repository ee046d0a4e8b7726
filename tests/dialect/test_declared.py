"""What a program declares is read from its source, which is not run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from polyhy.errors import ManifestError
from polyhy.sessions.declared import declared


@pytest.fixture(autouse=True)
def _toys(toys: Path) -> None:
    """The toy is known."""


def specs(source: str) -> list[str]:
    return [str(spec) for spec in declared(source, "program.hy")]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('(import-from "toy" greet)', ["toy:greet"]),
        ('(import-from "toy" greet :as g "b@^2" [x] @s/p)', ["toy:greet", "toy:b@^2", "toy:@s/p"]),
        ('(import "greet" :from "toy")', ["toy:greet"]),
        ("(import os numpy :as np)", []),
        ('(import os "greet" :from "toy" [x])', ["toy:greet"]),
        ('(defn f [] (when x (import-from "toy" greet)))', ["toy:greet"]),
        ('[{"a" (import-from "toy" greet)}]', ["toy:greet"]),
        ('(polyhy.import-from "toy" greet)', ["toy:greet"]),
        ('(hy.R.polyhy.import-from "toy" greet)', ["toy:greet"]),
        ('(import-from "toy" greet) (import-from "toy" greet)', ["toy:greet"]),
        ('\'(import-from "toy" greet)', []),
        ('`(import-from "toy" greet)', []),
        ('(quote [(import-from "toy" greet)])', []),
        ('#_ (import-from "toy" greet)', []),
        ('; (import-from "toy" greet)', []),
        ('"(import-from \\"toy\\" greet)"', []),
        ('(import-from "doll" "./own.toy" own)', []),
        ('(import-from "toy" "./own.toy")', []),
        ('#!/usr/bin/env polyhy\n(import-from "toy" greet)', ["toy:greet"]),
        ('#unheard-of (f) (import-from "toy" greet)', ["toy:greet"]),
        ('#unheard-of (import-from "toy" greet)', ["toy:greet"]),
        ('f"{(import-from "toy" greet)}"', ["toy:greet"]),
    ],
)
def test_literal_forms_at_any_depth_are_declarations(source: str, expected: list[str]) -> None:
    assert specs(source) == expected


@pytest.mark.parametrize(
    "mistake",
    [
        '(import-from "toi" x)',
        "(import-from toy x)",
        '(import-from "toy" [])',
        '(import-from "toy" "gr eet")',
        '(import "x")',
        "(import-from)",
    ],
)
def test_a_mistake_is_left_to_the_compiler(mistake: str) -> None:
    assert specs(f'{mistake} (import-from "toy" greet)') == ["toy:greet"]


def test_a_source_that_does_not_parse_declares_what_stands_before() -> None:
    assert specs('(import-from "toy" greet) (f') == ["toy:greet"]
    assert specs('(import-from "toy" greet) ) (import-from "toy" two)') == ["toy:greet"]


def test_nothing_is_run_by_reading() -> None:
    source = '(eval-and-compile (raise SystemExit)) (import-from "toy" greet)'
    assert specs(f"(defreader boom (raise SystemExit)) {source}") == ["toy:greet"]


def test_the_header_declares_too_and_comes_first() -> None:
    header = ';; /// polyhy\n;; toy.two-words = "^2"\n;; ///\n'
    assert specs(f'{header}(import-from "toy" greet)') == ["toy:two-words@^2", "toy:greet"]


def test_a_bad_header_says_where() -> None:
    with pytest.raises(ManifestError, match=r"program\.hy:2"):
        specs(";; /// polyhy\n;; toy.two-words = \n;; ///\n")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from polyhy.toy import greet", ["toy:greet"]),
        ("from polyhy.toy import greet as g, two_words", ["toy:greet", "toy:two-words"]),
        ("from polyhy.toy.greet import hello", ["toy:greet"]),
        ("from polyhy.toy.greet.loud import hello", ["toy:greet/loud"]),
        ("import polyhy.toy.greet, os", ["toy:greet"]),
        ("def f():\n    from polyhy.toy import greet", ["toy:greet"]),
        ("import polyhy\npolyhy.import_from('toy', '@s/p@^2', ['x'])", ["toy:@s/p@^2"]),
        ("from polyhy import import_from\nimport_from('toy', 'greet')", ["toy:greet"]),
        ("from polyhy.toy import *", []),
        ("from polyhy.errors import GuestError", []),
        ("from polyhy import evaluate", []),
        ("import polyhy.toy", []),
        ("from .polyhy.toy import greet", []),
        ("import polyhy\npolyhy.import_from('doll', './own.toy')", []),
        ("import polyhy\npolyhy.import_from('toy', './own.toy')", []),
        ("import polyhy\npolyhy.import_from('toy', name)", []),
        ("import polyhy\npolyhy.import_from('toy', 'gr eet')", []),
        ("from polyhy.toy import greet\n(", []),
        ("'from polyhy.toy import greet'", []),
    ],
)
def test_imports_of_a_python_file_are_declarations(source: str, expected: list[str]) -> None:
    assert [str(spec) for spec in declared(source, "program.py")] == expected


def test_a_python_header_says_the_version_of_what_the_file_imports() -> None:
    header = '# /// script\n# tool.polyhy.dependencies.toy.greet = "^2"\n# ///\n'
    source = f"{header}from polyhy.toy import greet, two\n"
    assert [str(spec) for spec in declared(source, "program.py")] == ["toy:greet@^2", "toy:two"]


def test_polyhy_itself_may_stand_in_the_header_of_a_python_file() -> None:
    header = '# /// script\n# dependencies = ["six", "polyhy>=0.1"]\n# ///\n'
    assert [str(spec) for spec in declared(header, "program.py")] == ["pypi:six"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('dependencies = ["polyhy>=99"]', "the script wants polyhy>=99, which this polyhy is not"),
        ('requires-python = ">=3.99"', "the script wants Python >=3.99, and this is 3."),
        ('requires-python = "three"', "requires-python is no range: 'three'"),
        ("requires-python = 3", "requires-python is no range: 3"),
    ],
)
def test_a_header_that_this_polyhy_or_python_does_not_answer_is_an_error_with_its_line(
    line: str, said: str
) -> None:
    with pytest.raises(ManifestError, match=re.escape(said)) as caught:
        declared(f"# /// script\n# {line}\n# ///\n", "program.py")
    assert "program.py:2" in str(caught.value)


def test_a_header_that_names_a_python_in_range_is_read_as_any() -> None:
    header = '# /// script\n# requires-python = ">=3.10"\n# dependencies = ["six"]\n# ///\n'
    assert [str(spec) for spec in declared(header, "program.py")] == ["pypi:six"]
