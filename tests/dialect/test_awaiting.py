"""`await`, `for`, `with` and comprehensions of the asynchronous, at the top of files and cells."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from polyhy import coroutines
from polyhy.sessions.lisp import Cells

Run = Callable[..., Any]

START = """(import asyncio time)
(defn later [x] (await (asyncio.sleep 0)) x)
(defn count [n] (for [i (range n)] (yield (await (later i)))))
(defclass Room []
  (defn __aenter__ [self] (print (await (later "in"))) self)
  (defn __aexit__ [self kind error trace]
    (print (await (later "out")) (if kind kind.__name__ ""))
    (is kind KeyError)))
(setv total 0)
"""

FORMS = [
    ("(for [:async x (count 3)] (+= total x)) (print total x)", "3 2"),
    ("(for [:async x (count 9)] (when (= x 2) (break)) (print x))", "0\n1"),
    ("(for [:async x (count 3)  :if x  :async y (count x)] (print x y))", "1 0\n2 0\n2 1"),
    ("(for [:async x (count 1)] (print x) (else (print \"all\")))", "0\nall"),
    ("(print (lfor :async x (count 3) (* x x)))", "[0, 1, 4]"),
    ("(print (lfor :async x (count 2) (await (later x))))", "[0, 1]"),
    ("(print (dfor :async x (count 2) x (+ x 1)))", "{0: 1, 1: 2}"),
    ("(print (sfor :async x (count 1) x))", "{0}"),
    ("(print (list (gfor :async x (count 2) x)))", "[0, 1]"),
    ("(with [:async r (Room)] (setv made (type r))) (print made.__name__)", "in\nout \nRoom"),
    ("(with [:async (Room)] (print (await (later 5))))", "in\n5\nout "),
    ("(with [:async a (Room)  :async b (Room)] None)", "in\nin\nout \nout "),
    ("(with [:async r (Room)] (raise (KeyError 1))) (print 1)", "in\nout KeyError\n1"),
    ("(try (with [:async r (Room)] (/ 1 0)) (except [ZeroDivisionError] (print 2)))",
     "in\nout ZeroDivisionError\n2"),
    ("(with [:async r (await (later (Room)))] (print 3))", "in\n3\nout "),
    ("(print (with [:async (asyncio.Lock)] 4))", "4"),
    ("(defn f [] (for [:async x (count 1)] (return [x]))) (print (await (f)))", "[0]"),
]  # fmt: skip


def test_what_is_asynchronous_runs_at_the_top_of_a_file(tmp_path: Path, run: Run) -> None:
    program = "(require polyhy * :readers *)\n" + START + "\n".join(form for form, _ in FORMS)
    (tmp_path / "top.hy").write_text(program)
    done = run("hy", "top.hy", cwd=tmp_path)
    wanted = [line for _, printed in FORMS for line in printed.split("\n")]
    assert done.stdout.splitlines() == wanted, done.stderr


def test_a_cell_runs_them_too(capsys: pytest.CaptureFixture[str]) -> None:
    module = types.ModuleType("cell")
    cells = Cells(module)
    # In a cell, as within a function, a generator that awaits is an asynchronous one.
    for source in [START, *(form for form, _ in FORMS if "gfor" not in form)]:
        for code in cells.each(source, "<cell>"):
            coroutines.run(code.body, module.__dict__)
            coroutines.run(code.last, module.__dict__)
    wanted = [printed for form, printed in FORMS if "gfor" not in form]
    assert capsys.readouterr().out == "\n".join(wanted) + "\n"


@pytest.mark.skipif(sys.version_info < (3, 11), reason="asyncio.timeout is of Python 3.11")
@pytest.mark.parametrize(
    ("body", "printed"),
    [
        ("(await (asyncio.sleep 5))", "late"),
        ("(await (later 1)) (time.sleep 0.1) (await (later 1)) (await (later 1))", "late"),
        ("(await (later 1))", "in time"),
    ],
)
def test_all_in_a_with_is_one_task_that_a_timeout_cancels(
    body: str, printed: str, tmp_path: Path, run: Run
) -> None:
    program = f"""(require polyhy * :readers *)
{START}
(try
  (with [:async _ (asyncio.timeout 0.05)] {body})
  (print "in time")
  (except [TimeoutError] (print "late")))
(print (await (later "still")))
"""
    done = run("hy", "-c", program, cwd=tmp_path)
    assert done.stdout == f"{printed}\nstill\n", done.stderr


def test_an_error_names_the_line(tmp_path: Path, run: Run) -> None:
    program = "(require polyhy * :readers *)\n\n(for [:async x [1]]\n  x)\n"
    (tmp_path / "top.hy").write_text(program)
    done = run("hy", "top.hy", cwd=tmp_path)
    assert "'list' object is not an async iterable" in done.stderr
    assert 'top.hy", line 3' in done.stderr
