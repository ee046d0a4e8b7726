"""import-from and import with :from, in every clause, spelling and way of running."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

HEAD = "(require polyhy * :readers *)\n"
MACROS = "(require polyhy *)\n"

CLAUSES = [
    ('(import-from "toy" greet)', '(greet.hello "x")', "hello x"),
    ('(import-from "toy" "greet")', '(greet.hello "x")', "hello x"),
    ('(import-from "toy" greet :as g)', '(g.hello "x")', "hello x"),
    ('(import-from "toy" "greet@2" :as g)', "g.n", "7"),
    ('(import-from "toy" greet@2)', "greet.n", "7"),
    ('(import-from "toy" "@scope/pkg")', "(pkg.scoped)", "True"),
    ('(import-from "toy" @scope/pkg)', "(pkg.scoped)", "True"),
    ('(import-from "toy" "greet/loud")', "(loud.bye)", "BYE"),
    ('(import-from "toy" greet/loud)', "(loud.bye)", "BYE"),
    ('(import-from "toy" "two-words")', "(two-words.twice 1)", "[1, 1]"),
    ('(import-from "toy" two-words)', "two_words.maxLen", "80"),
    ('(import-from "toy" "chart.js")', "(chart-js.draw)", "drawn"),
    ('(import-from "toy" chart.js :as chart)', "(chart.draw)", "drawn"),
    ('(import-from "toy" greet [hello])', '(hello "x")', "hello x"),
    ('(import-from "toy" greet [hello :as hi n])', '[(hi "x") n]', "['hello x', 7]"),
    ('(import-from "toy" greet [loud-name])', '(loud-name "x")', "X"),
    ('(import-from "toy" greet ["loudName" :as l])', '(l "x")', "X"),
    ('(import-from "toy" "greet/loud" *)', "(bye)", "BYE"),
    (
        '(import-from "toy" greet :as g "two-words" [twice :as t] "@scope/pkg")',
        "[g.n (t 1) (pkg.scoped)]",
        "[7, [1, 1], True]",
    ),
    ('(import-from "toy" greet)', '(greet.loud-name "x")', "X"),
    ('(import-from "doll" "./own.toy")', "own", "mine"),
    ('(import-from "doll" own :as o)', "o", "mine"),
    ('(import-from "doll" "toy:seven")', "seven", "7"),
    ('(import-from "doll" own :as o :louder True)', "o", "MINE"),
    ('(import-from "doll" own :louder False :in "toy" :as o)', "o", "mine"),
    ('(import "./own.toy" :from "doll" :louder True :as o)', "o", "MINE"),
    ('(import own :from "doll" [upper :as up] :louder True)', "(up)", "MINE"),
    ('(import "greet" :from "toy")', "greet.n", "7"),
    ('(import "greet" :from "toy" :as g)', "g.n", "7"),
    ('(import "greet" :as g :from "toy")', "g.n", "7"),
    ('(import greet :from "toy")', "greet.n", "7"),
    ('(import "greet" :from "toy" [hello n :as m])', '[(hello "x") m]', "['hello x', 7]"),
    ('(import os "greet" :from "toy" math [pi])', "[os.sep greet.n (int pi)]", "['/', 7, 3]"),
    ("(import os.path math [pi :as p] json :as j)", "(+ os.path.sep (j.dumps (int p)))", "/3"),
    ("", '((fn [] (import-from "toy" greet) (greet.hello "x")))', "hello x"),
    ("", '((fn [] (import "greet" :from "toy" [hello]) (hello "x")))', "hello x"),
    ("", '(let [a 1] (import-from "toy" greet :as a) a.n)', "7"),
    ('(defclass A [] (import-from "toy" greet))', "A.greet.n", "7"),
    ("", '(do (import-from "toy" greet) (import-from "toy" greet [n]) n)', "7"),
    ('(import-from "toy")', "1", "1"),
]


@pytest.fixture
def here(toy_project: Path) -> Path:
    """A folder within the toy project, with a file of the project's own."""
    folder = Path(tempfile.mkdtemp(dir=toy_project))
    (folder / "own.toy").write_text("'mine'")
    return folder


def test_every_clause_binds_what_it_says(here: Path, run: Run) -> None:
    for number, (form, shown, _) in enumerate(CLAUSES):
        (here / f"case{number}.hy").write_text(f"{HEAD}{form}\n(print {shown})\n")
    cases = "".join(f"import case{number}\n" for number in range(len(CLAUSES)))
    done = run("python", "-c", f"import hy\n{cases}", cwd=here)
    assert done.stdout.splitlines() == [printed for _, _, printed in CLAUSES], done.stderr


PROGRAM = '(import-from "toy" greet [hello])\n(import-from "doll" own)\n(print (hello own))\n'


@pytest.mark.parametrize("head", [HEAD, MACROS])
def test_a_script_runs(here: Path, run: Run, head: str) -> None:
    (here / "script.hy").write_text(head + PROGRAM)
    done = run("hy", "script.hy", cwd=here)
    assert (done.stdout, done.stderr) == ("hello mine\n", "")


def test_a_script_runs_from_anywhere(here: Path, run: Run) -> None:
    (here / "script.hy").write_text(HEAD + PROGRAM)
    assert run("hy", here / "script.hy", cwd=Path("/")).stdout == "hello mine\n"


def test_a_module_runs(here: Path, run: Run) -> None:
    (here / "script.hy").write_text(HEAD + PROGRAM)
    assert run("hy", "-m", "script", cwd=here).stdout == "hello mine\n"


def test_standard_input_runs(here: Path, run: Run) -> None:
    assert run("hy", "-", cwd=here, stdin=HEAD + PROGRAM).stdout == "hello mine\n"


def test_a_command_runs(here: Path, run: Run) -> None:
    assert run("hy", "-c", HEAD + PROGRAM, cwd=here).stdout == "hello mine\n"


def test_a_module_is_imported_and_again_from_its_bytecode(here: Path, run: Run) -> None:
    (here / "script.hy").write_text(HEAD + PROGRAM)
    for _ in range(2):
        done = run("python", "-c", "import hy, script", cwd=here, PYTHONDONTWRITEBYTECODE="")
        assert (done.stdout, done.stderr) == ("hello mine\n", "")
    assert list((here / "__pycache__").glob("script.*.pyc"))


def test_hyc_compiles(here: Path, run: Run) -> None:
    (here / "script.hy").write_text(HEAD + PROGRAM)
    assert run("hyc", "script.hy", cwd=here).returncode == 0
    (compiled,) = (here / "__pycache__").glob("script.*.pyc")
    moved = compiled.rename(here / "alone.pyc")
    assert run("python", moved, cwd=here).stdout == "hello mine\n"


def test_hy2py_writes_what_a_person_would(here: Path, run: Run) -> None:
    (here / "script.hy").write_text(
        HEAD + '(import-from "toy" greet :as g "two-words" [twice :as t maxLen] "@scope/pkg@^2")'
    )
    python = run("hy2py", "script.hy", cwd=here).stdout
    pair = "(t, maxLen)" if sys.version_info < (3, 11) else "t, maxLen"
    assert python.splitlines()[3:] == [
        "import polyhy as _polyhy",
        "g = _polyhy.import_from('toy', 'greet')",
        f"{pair} = _polyhy.import_from('toy', 'two-words', ['twice', 'maxLen'])",
        "pkg = _polyhy.import_from('toy', '@scope/pkg@^2')",
    ]


def test_what_hy2py_writes_runs(here: Path, run: Run) -> None:
    (here / "script.hy").write_text(HEAD + PROGRAM)
    (here / "written.py").write_text(run("hy2py", "script.hy", cwd=here).stdout)
    assert run("python", "written.py", cwd=here).stdout == "hello mine\n"


def test_a_repl_understands(here: Path, run: Run) -> None:
    done = run("hy", "-i", "-c", HEAD + PROGRAM, cwd=here, stdin="(print (hello 'again))\n")
    assert "hello mine" in done.stdout


def test_one_macro_may_be_required_alone_or_by_its_full_name(here: Path, run: Run) -> None:
    alone = '(require polyhy [import-from]) (import-from "toy" greet) (print greet.n)'
    full = '(require polyhy) (polyhy.import-from "toy" greet) (print greet.n)'
    once = '(hy.R.polyhy.import-from "toy" greet) (print greet.n)'
    for program in (alone, full, once):
        done = run("hy", "-c", program, cwd=here)
        assert (done.stdout, done.stderr) == ("7\n", "")


def test_a_require_inside_a_function_counts_there(here: Path, run: Run) -> None:
    program = '(defn f [] (require polyhy *) (import "greet" :from "toy") greet.n) (print (f))'
    assert run("hy", "-c", program, cwd=here).stdout == "7\n"


def test_a_file_that_did_not_require_polyhy_keeps_the_import_of_hy(here: Path, run: Run) -> None:
    (here / "plain.hy").write_text('(import os :from "toy")')
    (here / "main.hy").write_text(HEAD + '(import-from "toy" greet)\n(import plain)')
    done = run("hy", "main.hy", cwd=here)
    assert "parse error for pattern macro 'import'" in done.stderr


def test_no_warning_about_a_shadowed_core_macro(here: Path, run: Run) -> None:
    (here / "script.hy").write_text(HEAD + '(import "greet" :from "toy") (print greet.n)')
    done = run("python", "-W", "error", "-m", "hy", "script.hy", cwd=here)
    assert (done.stdout, done.stderr) == ("7\n", "")


def test_an_import_names_the_line_of_its_form(here: Path, run: Run) -> None:
    (here / "script.hy").write_text(HEAD + '\n\n(import-from "toy" never-locked)')
    done = run("hy", "script.hy", cwd=here)
    assert f'File "{here}/script.hy", line 4' in done.stderr
    assert "NotLocked: toy:never-locked is not locked" in done.stderr
    assert "run: polyhy add toy:never-locked" in done.stderr
