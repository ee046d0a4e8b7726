"""Lisp in other languages: definitions, blocks, what is passed in, errors with their line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import polyhy
from polyhy.guests import host

Run = Callable[..., Any]

HEAD = "(require polyhy * :readers *)\n"
BOTH = ["js", "lua"]

# ruff: noqa: E501
# (program, what it prints); LANG is the target
SAME = [
    ("(LANG:defn add [a b] (+ a b)) (print (add 1 2) (add \"a\" \"b\"))", "3 ab"),
    ("(LANG (defn add [a b] (+ a b))) (print (add 1 2))", "3"),
    ("(print ((LANG:fn [x] (* x 2)) 21))", "42"),
    ("(print (LANG (+ 1 2)))", "3"),
    ('(print (LANG "1 + 2"))', "3"),
    ("(LANG:print 1 [2 None] \"x\")", "1 [2, None] x"),
    ("(LANG (defn even? [n] (if (= n 0) True (odd? (- n 1))))"
     " (defn odd? [n] (if (= n 0) False (even? (- n 1))))) (print (even? 10) (odd? 4))",
     "True False"),
    ("(print (LANG (defn f [x] (+ x 1)) (defn g [x] (f (f x))) (g 1)))", "3"),
    ("(LANG (defn f [x] (+ x 1)) (defn g [x] (f (f x)))) (print (f 1) (g 1))", "2 3"),
    ("(setv k 10) (LANG:defn f [x] (* k x)) (print (f 2))", "20"),
    ("(setv xs [1 2 3]) (print (LANG (lfor x xs (* x x))))", "[1, 4, 9]"),
    ("(defn f [k] (LANG:fn [x] (+ x k))) (print ((f 5) 6))", "11"),
    ("(defn f [] (LANG (+ later 1))) (setv later 1) (print (f))", "2"),
    ("(let [a 4] (print (LANG (* a a))))", "16"),
    ("(print (lfor i (range 3) (LANG (* i 10))))", "[0, 10, 20]"),
    ("(defn host [x] (+ x 100)) (LANG:defn f [x] (host x)) (print (f 1))", "101"),
    ("(defmacro twice [x] `(* 2 ~x)) (print (LANG (twice 21)))", "42"),
    ("(require hyrule [-> unless]) (print (LANG (-> 5 (- 2) (* 3))) (LANG (unless False 7)))", "9 7"),
    ("(macro LANG:thrice [x] `(* 3 ~x)) (print (LANG (thrice 2)) (LANG:thrice 3))", "6 9"),
    ("(defmacro m [] 1) (macro LANG:m [] 2) (print (m) (LANG (m)))", "1 2"),
    ("(LANG:defclass P [] (defn __init__ [self x] (setv self.x x)) (defn get-x [self] self.x))"
     " (print (. (P 7) x) (.get-x (P 8)))", "7 8"),
    ("(LANG:defn f [a [b 2] #* rest] [a b (list rest)]) (print (f 1) (f 1 5 6 7))",
     "[1, 2, []] [1, 5, [6, 7]]"),
    ("(LANG:defn f [a * [scale 1] other] [a scale other]) (print (f 1 :scale 3 :other 4))",
     "[1, 3, 4]"),
    ("(LANG:defn f [x #** options] (get options \"k\")) (print (f 1 :k 5))", "5"),
    ("(LANG:defn gen [n] (for [i (range n)] (yield i))) (print (list (gen 3)))", "[0, 1, 2]"),
    ("(LANG:defn #^ float half [#^ float x] (/ x 2)) (print (half 5))", "2.5"),
    ("(print (LANG:let [a 1 b 2] (+ a b)) (LANG:lfor x [1 2] (* x x)))", "3 [1, 4]"),
    ("(import math) (LANG:defn f [x] (math.floor x)) (print (f 2.5))", "2"),
    ("(LANG:defn f [x] (import math) (math.floor x)) (print (f 2.5))", "2"),
    ("(setv xs [1 2]) (print (LANG (+ 1 (LANG (len xs)) (LANG:let [a 3] (+ a (get xs 0))))))", "7"),
    ("(import polyhy) (with [_ (polyhy.scope)] (LANG (len [1]))) (print (LANG (len [1 2])))", "2"),
]  # fmt: skip


@pytest.mark.parametrize("language", BOTH)
def test_lisp_runs_in_a_target(language: str, tmp_path: Path, run: Run) -> None:
    wanted = []
    program = HEAD
    for text, printed in SAME:
        if language == "lua" and "None]" in text:
            continue
        program += text.replace("LANG", language) + "\n"
        wanted.append(printed)
    (tmp_path / "program.hy").write_text(program)
    done = run("hy", "program.hy", cwd=tmp_path)
    assert done.stdout.splitlines() == wanted, done.stderr


@pytest.mark.parametrize("language", BOTH)
def test_a_variable_of_the_file_s_own_comes_before_a_language(
    language: str, tmp_path: Path, run: Run
) -> None:
    program = f"(defn {language} [x] (* x 2)) (print ({language} 4)) (setv {language} 5) (print {language})"
    assert run("hy", "-c", HEAD + program, cwd=tmp_path).stdout == "8\n5\n"


def test_python_is_what_hy_makes_of_it(tmp_path: Path, run: Run) -> None:
    program = (
        '(print (py (+ 1 2)) (py "1 + 5") ((py:fn [x] (* x 2)) 4))\n(py:defn f [] 9) (py:print (f))'
    )
    done = run("hy", "-c", HEAD + program, cwd=tmp_path)
    assert done.stdout == "3 6 8\n9\n", done.stderr


def test_await_makes_a_block_of_javascript_async_and_waits_for_it(tmp_path: Path, run: Run) -> None:
    program = """
(print (js (await (Promise.resolve 5))))
(js:defn later [x] (await (Promise.resolve x)))
(defn double [x] (* 2 (await (later x))))
(print (await (double 21)))
"""
    done = run("hy", "-c", HEAD + program, cwd=tmp_path)
    assert done.stdout == "5\n42\n", done.stderr


FAILING = """(require polyhy * :readers *)
(LANG:defn check [x]
  (let [y x]
    (when (> x 1)
      (raise (ValueError
        f"no {y}")))))
(LANG:defn outer [x]
  (setv a 1)

  (check
    (+ x 1)))
(try (outer 3)
  (except [e Exception]
    (print e.type-name e.message (lfor f e.frames #((get (.rsplit f.file "/" 1) -1) f.line)))))
"""


@pytest.mark.parametrize("language", BOTH)
def test_an_error_names_the_lines_of_the_lisp(language: str, tmp_path: Path, run: Run) -> None:
    (tmp_path / "failing.hy").write_text(FAILING.replace("LANG", language))
    done = run("hy", "failing.hy", cwd=tmp_path)
    assert done.stdout.startswith("ValueError no 4 [('failing.hy', 5)"), done.stdout + done.stderr
    if language == "js":  # LuaJIT forgets the frame of a call in tail position
        assert "('failing.hy', 10)" in done.stdout


def test_a_free_variable_is_passed_once_for_a_block(tmp_path: Path, run: Run) -> None:
    program = """
(defclass Counted [list]
  (setv n 0)
  (defn __iter__ [self] (+= Counted.n 1) (.__iter__ (super))))
(setv source (hy.read "(js (+ (len xs) (get xs 0) (sum xs) (max xs)))"))
(import polyhy.guests.targets :as targets  hy.compiler [HyASTCompiler]  types [ModuleType])
(setv module (ModuleType "m"))
(setv module.xs [1 2])
(setv piece (targets.written (HyASTCompiler module "m.hy" "") "js" (cut source 1 None)))
(print piece.passed (.count piece.source "xs"))
"""
    done = run("hy", "-c", HEAD + program, cwd=tmp_path)
    assert done.stdout.startswith("('xs',) "), done.stderr


def test_a_block_is_read_once_by_its_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    source, read, evaluate = "function(L, x) return x end", [], host.evaluate
    monkeypatch.setattr(host, "evaluate", lambda *args: read.append(args[1]) or evaluate(*args))
    assert [polyhy.emitted("lua", source, "once.hy:1", i) for i in range(3)] == [0, 1, 2]
    assert read.count(source) == 1


def test_expanding_starts_no_runtime_and_imports_no_engine(tmp_path: Path, run: Run) -> None:
    (tmp_path / "quiet.hy").write_text(HEAD + "(defn f [] (js (+ 1 2)) (lua (+ 1 2)))")
    program = (
        "import hy, sys, quiet\nfrom polyhy.guests import host\n"
        "print(host.running(), [m for m in ('pythonmonkey', 'lupa') if m in sys.modules])"
    )
    assert run("python", "-c", program, cwd=tmp_path).stdout == "[] []\n"


def test_a_member_is_called_as_a_python_attribute_is(tmp_path: Path, run: Run) -> None:
    """The same bytecode, whichever language the object is of."""
    program = f"""{HEAD}
(import dis)
(defn ours [lodash xs] (lodash:chunk xs 2))
(setv theirs (py "lambda lodash, xs: lodash.chunk(xs, 2)"))
(defn shown [f] (lfor i (dis.get-instructions f) #(i.opname i.argval)))
(print (= (shown ours) (shown theirs)))
"""
    done = run("hy", "-c", program, cwd=tmp_path)
    assert done.stdout == "True\n", done.stderr


def test_what_values_may_not_be_put_into_is_said(tmp_path: Path, run: Run) -> None:
    done = run("hy", "-c", HEAD + '(setv x 1) (js f"1 + {x}")', cwd=tmp_path)
    assert "what is put into it could be read as code" in done.stderr
