"""The seeds' spellings beside Hy's own, async without a word, and nothing for who did not ask."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

HEAD = "(require polyhy * :readers *)\n"

FORMS = [
    ("(print (let ((a 1) (b 2)) (+ a b)))", "3"),
    ("(print (let [a 1 b 2] (+ a b)))", "3"),
    ("(print (let ((a 1) (b (+ a 1))) [a b]))", "[1, 2]"),
    ("(print (let () 5))", "5"),
    ("(print (let ((f (fn [x] (* x 2)))) (f 4)))", "8"),
    ("(defn f [x] (await (asyncio.sleep 0)) x) (print (await (f 1)))", "1"),
    ("(setv g (fn [x] (await (f x)))) (print (await (g 2)))", "2"),
    ("(print (+ 1 (await (f 3))))", "4"),
    ("(defn h [] (for [:async x (agen)] (return x))) (print (await (h)))", "7"),
    ("(print (lfor x [1 2] (await (f x))))", "[1, 2]"),
    ("(setv r (await (f 5))) (print r)", "5"),
    ("(defn :async explicit [] 6) (print (await (explicit)))", "6"),
    ("(defn outer [] (defn inner [] (await (f 1))) (inner)) (print (await (outer)))", "1"),
    ("(defclass C [] (defn m [self] (await (f 8)))) (print (await (.m (C))))", "8"),
    ("(defn plain [] (fn [] (await (f 1)))) (print (callable (plain)))", "True"),
]
START = "(import asyncio)\n(defn :async agen [] (yield 7))\n"


def test_the_forms_do_what_they_say(tmp_path: Path, run: Run) -> None:
    (tmp_path / "forms.hy").write_text(HEAD + START + "\n".join(form for form, _ in FORMS))
    done = run("hy", "forms.hy", cwd=tmp_path)
    assert done.stdout.splitlines() == [printed for _, printed in FORMS], done.stderr


def test_nothing_warns_of_a_shadowed_core_macro(tmp_path: Path, run: Run) -> None:
    (tmp_path / "forms.hy").write_text(HEAD + START + "\n".join(form for form, _ in FORMS))
    done = run("python", "-W", "error", "-m", "hy", "forms.hy", cwd=tmp_path)
    assert done.stderr == ""


PLAIN = [
    "(let ((a 1)) a)",
    "(defn f [] (await 1))",
    "(await 1)",
    '(import os :from "toy")',
    '(js:call "Math.max" 1)',
]


@pytest.mark.parametrize("form", PLAIN)
def test_a_file_that_did_not_ask_gets_what_hy_gives(form: str, tmp_path: Path, run: Run) -> None:
    (tmp_path / "plain.hy").write_text(form)
    (tmp_path / "loads.hy").write_text(HEAD + "(import plain)")
    alone = run("hy", "plain.hy", cwd=tmp_path)
    beside = run("hy", "loads.hy", cwd=tmp_path)
    assert alone.returncode == beside.returncode == 1
    assert alone.stderr.splitlines()[-1] == beside.stderr.splitlines()[-1]
