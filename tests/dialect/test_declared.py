"""What a program declares is read from its source, which is not run."""

from __future__ import annotations

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
