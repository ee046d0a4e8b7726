"""Colons in names, aliases, and the words that reach other languages by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import hy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyhy.names import dotted, teach

Run = Callable[..., Any]

HEAD = "(require polyhy * :readers *)\n"
PROGRAM = HEAD + '(import math os) (print (math:sqrt 9) os:path:sep [(cut "abc" 1 None)])'

UNTOUCHED = [
    *("1:3", "a:1", "a::b", "http://x", ":key", "a:", "1.5:x", "-1:b", "::", "a.b", "x:2y"),
    *("file:" + "///x", "a:b/c", "*", "+", "a"),
]


@pytest.fixture
def script(tmp_path: Path) -> Path:
    (tmp_path / "script.hy").write_text(PROGRAM)
    return tmp_path


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("image:load", "image.load"),
        ("numpy:fft:fft2", "numpy.fft.fft2"),
        ("np:linalg.norm", "np.linalg.norm"),
        ("a.b:c-d", "a.b.c-d"),
        ("x:y2", "x.y2"),
    ],
)
def test_a_colon_between_words_is_a_dot(written: str, read: str) -> None:
    assert dotted(written) == read


@pytest.mark.parametrize("name", UNTOUCHED)
def test_digits_double_colons_and_addresses_stay(name: str) -> None:
    assert dotted(name) == name


@given(st.from_regex(r"[a-z][a-z0-9-]*(:[a-z][a-z0-9-]*)*", fullmatch=True))
def test_any_words_between_colons_are_members(name: str) -> None:
    assert dotted(name) == name.replace(":", ".")


@given(
    st.text(st.characters(blacklist_categories=["Cs"]), min_size=1).filter(lambda t: ":" not in t)
)
def test_a_name_without_colons_is_itself(name: str) -> None:
    assert dotted(name) == name


def test_a_reader_that_was_not_asked_reads_as_hy_does() -> None:
    teach()
    assert str(hy.read("a:b")) == "a:b"
    assert hy.read("{:a b:c}") == hy.models.Dict([hy.models.Keyword("a"), hy.models.Symbol("b:c")])


WAYS = [
    ("hy", "script.hy"),
    ("hy", "-m", "script"),
    ("hy", "-c", PROGRAM),
    ("python", "-c", "import hy, script"),
    ("polyhy", "run", "script.hy"),
]
PRINTED = "3.0 / ['bc']\n"


@pytest.mark.parametrize("way", WAYS, ids=lambda way: " ".join(way[:2]))
def test_colons_are_read_in_every_way_of_running(
    way: tuple[str, ...], script: Path, run: Run
) -> None:
    done = run(*way, cwd=script)
    assert done.stdout == PRINTED, done.stderr


def test_colons_are_read_from_standard_input(script: Path, run: Run) -> None:
    assert run("hy", "-", cwd=script, stdin=PROGRAM).stdout == PRINTED


def test_hyc_and_hy2py_read_colons(script: Path, run: Run) -> None:
    assert run("hyc", "script.hy", cwd=script).returncode == 0
    assert "print(math.sqrt(9), os.path.sep" in run("hy2py", "script.hy", cwd=script).stdout


def test_a_repl_reads_colons(script: Path, run: Run) -> None:
    done = run(
        "hy", "-i", "-c", HEAD + "(import math)", cwd=script, stdin="(print (math:sqrt 16))\n"
    )
    assert "4.0" in done.stdout


def test_a_file_that_did_not_ask_keeps_its_colons(tmp_path: Path, run: Run) -> None:
    (tmp_path / "plain.hy").write_text("(setv a:b 5) (print a:b)")
    (tmp_path / "main.hy").write_text(HEAD + "(import plain)")
    assert run("hy", "main.hy", cwd=tmp_path).stdout == "5\n"


FORMS = [
    ('(python:call "math.sqrt" 9)', "3.0"),
    ('(js:call "Math.max" 1 5 2)', "5"),
    ("(js:Math:max 1 7)", "7"),
    ("(js:Math.max 1 8)", "8"),
    ("(lua:math:floor 2.5)", "2"),
    ("(py:math:floor 2.5)", "2"),
    ('(js:JSON:stringify {"a" 1})', '{"a":1}'),
    ('(let ((m ($py "math"))) ((. m sqrt) 16))', "4.0"),
    ('(do (py.import "json" :as j) (j.dumps [1]))', "[1]"),
    ('(do (py.import "os.path") (path.basename "a/b"))', "b"),
    ("(do (import math) (py-> math sqrt 25))", "5.0"),
    ('(py-> "math" sqrt 36)', "6.0"),
    ('(js-> (eval-in "js" "({f: (x) => x + 1})") f 1)', "2"),
    ('(lua-> (eval-in "lua" "{f = function(x) return x * 2 end}") f 4)', "8"),
    ("(do (import os) (alias os.path.basename) (basename \"a/b\"))", "b"),
    ("(do (import math) (alias math:floor :as down math.ceil) [(down 2.5) (ceil 2.5)])", "[2, 3]"),
    ('(in "sqrt" (do (import math) (members math)))', "True"),
    ('(in "JSON" (members "js"))', "True"),
    ('(signature (eval-in "js" "(xs, size = 1) => xs"))', "(xs, size = 1)"),
    ("(do (import os) (in \"basename\" (members os.path)))", "True"),
    ("(do (import math) (in \"square root\" (doc math.sqrt)))", "True"),
    ("(do (setv doc str) (doc 5))", "5"),
    ("(do (setv js {\"a\" 1}) (js:get \"a\"))", "1"),
]  # fmt: skip


def test_every_form_reaches_what_it_names(tmp_path: Path, run: Run) -> None:
    calls = "".join(f"(print ((fn [] {form})))\n" for form, _ in FORMS)
    done = run("hy", "-c", HEAD + calls, cwd=tmp_path)
    assert done.stdout.splitlines() == [printed for _, printed in FORMS], done.stderr
