"""`polyhy run`: a file, code, a module, standard input; what it installs, prints and returns."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from polyhy.errors import UsageError
from polyhy.sessions.program import run_file, run_module

Run = Callable[..., Any]

CALL = "import sys; from polyhy.sessions import program; sys.exit(program.{}(*eval(sys.argv[1])))"


@pytest.fixture
def session(run: Run, tmp_path: Path) -> Callable[..., Any]:
    """Call a function of the session in a process of its own, in `tmp_path`."""

    def call(function: str, *args: Any, **more: Any) -> Any:
        return run("python", "-c", CALL.format(function), repr(args), **{"cwd": tmp_path, **more})

    return call


def test_a_program_needs_no_require(tmp_path: Path, session: Run) -> None:
    (tmp_path / "p.hy").write_text('(import-from "toy" greet [hello])\n(print (hello "you"))\n')
    done = session("run_file", "p.hy")
    assert (done.stdout, done.stderr, done.returncode) == ("hello you\n", "", 0)


def test_a_program_may_require_polyhy_all_the_same(tmp_path: Path, session: Run) -> None:
    (tmp_path / "p.hy").write_text(
        '(require polyhy * :readers *)\n(import "greet" :from "toy")\n(print greet.n)\n'
    )
    assert session("run_file", "p.hy").stdout == "7\n"


def test_a_file_is_main_and_gets_its_arguments(tmp_path: Path, session: Run) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "other.hy").write_text("(setv x 1)")
    (tmp_path / "sub" / "p.hy").write_text(
        "(import sys other)\n(print sys.argv __name__ __file__ (get sys.path 0))\n"
        '(print (is (. sys modules ["__main__"] __dict__) (globals)))'
    )
    done = session("run_file", "sub/p.hy", ["a", "-b"])
    file = tmp_path / "sub" / "p.hy"
    expected = f"['sub/p.hy', 'a', '-b'] __main__ {file} {file.parent}\nTrue\n"
    assert done.stdout == expected, done.stderr


def test_code_runs(session: Run) -> None:
    code = '(import sys) (import-from "toy" greet) (print sys.argv greet.n)'
    assert session("run_code", code, ["a"]).stdout == "['-c', 'a'] 7\n"


def test_standard_input_runs(session: Run) -> None:
    program = '(import sys) (import-from "toy" greet) (print sys.argv greet.n)'
    assert session("run_stdin", ["a"], stdin=program).stdout == "['-', 'a'] 7\n"


@pytest.mark.parametrize("file", ["some_mod.hy", "some_mod/__main__.hy"])
def test_a_module_runs(tmp_path: Path, session: Run, file: str) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    if "/" in file:
        (tmp_path / "some_mod" / "__init__.py").write_text("")
    (tmp_path / file).write_text(
        '(import sys) (import-from "toy" greet) (print (cut sys.argv 1 None) __package__ greet.n)'
    )
    package = "some_mod" if "/" in file else ""
    assert session("run_module", "some-mod", ["a"]).stdout == f"['a'] {package} 7\n"


def test_python_runs_too_and_what_it_imports_is_installed(tmp_path: Path, session: Run) -> None:
    (tmp_path / "p.py").write_text("from polyhy.toy import greet\nprint(__name__, greet.n)\n")
    done = session("run_file", "p.py")
    assert done.stdout == "__main__ 7\n", done.stderr


@pytest.mark.parametrize("way", ["spawn", "forkserver"])
@pytest.mark.parametrize(
    ("name", "program"),
    [
        (
            "p.hy",
            """
(import-from "toy" greet) (import multiprocessing :as mp) (import sys)
(defn job [n] [n greet.n (get sys.argv 1) (= __name__ "__mp_main__")])
(when (= __name__ "__main__")
  (with [pool (.Pool (mp.get-context "{}") 1)] (print (.map pool job [3]))))
""",
        ),
        (
            "p.py",
            """
from polyhy.toy import greet; import multiprocessing as mp, sys
def job(n): return [n, greet.n, sys.argv[1], __name__ == "__mp_main__"]
if __name__ == "__main__":
    with mp.get_context("{}").Pool(1) as pool: print(pool.map(job, [3]))
""",
        ),
    ],
)
def test_workers_of_multiprocessing_have_the_program_and_its_packages(
    tmp_path: Path, session: Run, name: str, program: str, way: str
) -> None:
    (tmp_path / name).write_text(program.format(way))
    done = session("run_file", name, ["a"])
    assert done.stdout == "[[3, 7, 'a', True]]\n", done.stderr


def test_an_imported_file_is_not_given_the_dialect(tmp_path: Path, session: Run) -> None:
    (tmp_path / "other.hy").write_text('(import-from "toy" greet)')
    (tmp_path / "p.hy").write_text("(import other)")
    assert "NameError" in session("run_file", "p.hy").stderr


def test_no_bytecode_of_the_program_is_left(tmp_path: Path, session: Run) -> None:
    (tmp_path / "p.hy").write_text("(print 1)")
    session("run_file", "p.hy", PYTHONDONTWRITEBYTECODE="")
    assert not (tmp_path / "__pycache__").exists()


# --- installing


def test_the_env_of_the_project_is_used_where_it_has_all(
    toy_project: Path, session: Run, tmp_path: Path
) -> None:
    file = toy_project / "uses.hy"
    file.write_text(
        '(import-from "toy" greet)\n(import polyhy.packages [env])\n(print (. (env.find) root))'
    )
    assert session("run_file", str(file), cwd=toy_project).stdout == f"{toy_project}\n"


def test_what_the_project_lacks_is_installed_beside_what_it_has(
    toy_project: Path, session: Run
) -> None:
    file = toy_project / "more.hy"
    file.write_text(
        ';; /// polyhy\n;; toy.never-locked = "*"\n;; ///\n'
        '(import-from "toy" greet on-demand)\n(print greet.n (on-demand.f))'
    )
    before = (toy_project / "polyhy.lock").read_bytes()
    done = session("run_file", str(file), cwd=toy_project)
    assert done.stdout == "7 fetched\n", done.stderr
    assert (toy_project / "polyhy.lock").read_bytes() == before


def test_progress_is_reported(tmp_path: Path, toys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from polyhy.packages import env

    monkeypatch.setattr(env, "_chosen", None)
    monkeypatch.setattr(sys, "argv", sys.argv)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setenv("POLYHY_CACHE", str(tmp_path / "cache"))
    (tmp_path / "p.hy").write_text('(import-from "toy" greet)')
    stages: list[str] = []

    def report(stage: str, done: int, total: int) -> None:
        stages.append(stage)

    assert run_file(tmp_path / "p.hy", progress=lambda: nullcontext(report)) == 0
    assert "fetch toy" in stages


# --- what is returned and printed


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("(import sys) (sys.exit 7)", 7, ""),
        ("(import sys) (sys.exit)", 0, ""),
        ('(import sys) (sys.exit "gone wrong")', 1, "gone wrong\n"),
        ("(raise KeyboardInterrupt)", 130, ""),
        ("", 0, ""),
    ],
)
def test_an_exit_code_is_kept(session: Run, code: str, status: int, error: str) -> None:
    done = session("run_code", code)
    assert (done.returncode, done.stderr) == (status, error)


def test_an_error_shows_the_lines_of_the_program_alone(tmp_path: Path, session: Run) -> None:
    (tmp_path / "p.hy").write_text(
        '(import-from "toy" broken)\n(defn f []\n  (broken.fail))\n(f)\n'
    )
    done = session("run_file", "p.hy")
    file = tmp_path / "p.hy"
    assert done.returncode == 1
    assert f'File "{file}", line 4, in <module>' in done.stderr
    assert f'File "{file}", line 3, in f\n    (broken.fail)' in done.stderr
    assert "GuestError: RuntimeError: broken inside" in done.stderr
    assert "broken.toy:1" in done.stderr
    for ours in ("program.py", "proxy.py", "testing.py", "/site-packages/hy/"):
        assert ours not in done.stderr


def test_an_error_of_code_shows_its_line(session: Run) -> None:
    done = session("run_code", "(setv x 1)\n(/ x 0)")
    assert 'File "<string>", line 2, in <module>\n    (/ x 0)' in done.stderr


def test_a_syntax_error_shows_its_line(session: Run) -> None:
    done = session("run_code", '(import-from "toi" x)')
    assert done.returncode == 1
    assert '(import-from "toi" x)\n' in done.stderr
    assert "program.py" not in done.stderr


def test_a_cause_is_shown_with_its_error(session: Run) -> None:
    done = session("run_code", "(try (/ 1 0) (except [e Exception] (raise KeyError :from e)))")
    assert "ZeroDivisionError" in done.stderr
    assert "direct cause" in done.stderr


def test_an_excepthook_of_the_program_is_asked(session: Run) -> None:
    done = session("run_code", '(import sys) (setv sys.excepthook (fn [#* _] (print "mine"))) (f)')
    assert (done.stdout, done.stderr, done.returncode) == ("mine\n", "", 1)


def test_timers_of_guests_are_waited_for(session: Run) -> None:
    code = '((eval-in "toy" "lambda f: later(f)") (fn [] (print "late"))) (print "early")'
    assert session("run_code", code).stdout == "early\nlate\n"


def test_an_error_in_a_timer_is_shown(session: Run) -> None:
    code = '((eval-in "toy" "lambda f: later(f)") (fn [] (/ 1 0)))'
    done = session("run_code", code)
    assert (done.returncode, "ZeroDivisionError" in done.stderr) == (1, True)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
def test_ctrl_c_ends_a_program_with_130(tmp_path: Path, toys: Path) -> None:
    program = '(print "ready" :flush True) (import time) (time.sleep 30)'
    child = subprocess.Popen(
        [sys.executable, "-c", CALL.format("run_code"), repr((program,))],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    time.sleep(0.1)
    child.send_signal(signal.SIGINT)
    assert child.communicate(timeout=20)[1] == ""
    assert child.returncode == 130


def test_a_missing_file_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match=r"can't read gone\.hy: No such file"):
        run_file("gone.hy")


def test_a_missing_module_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    for name in ("no_such_module", "no.such.module", "sys"):
        with pytest.raises(UsageError, match=f"there is no module '{name}' to run"):
            run_module(name)
