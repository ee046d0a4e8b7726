"""`polyhy repl` from a pipe and at a dumb terminal: values, errors, commands, guests."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
from pathlib import Path

import pytest

from .conftest import POLYHY, Talk, soon


def test_values_are_printed_as_hy_writes_them(talk: Talk) -> None:
    done = talk("(setv x 3)", "x", "[1 {:a 2}]", '"a\\nb"', "None", "(fn [])", "", "*1")
    lines = done.stdout.splitlines()
    assert lines[:3] == ["3", "[1 {:a 2}]", '"a\\nb"']
    assert lines[3].startswith("<function <lambda>")
    assert lines[4] == lines[3]
    assert (done.stderr, done.returncode) == ("", 0)


def test_a_form_may_have_many_lines(talk: Talk) -> None:
    assert talk("(defn f [a]", "  (* a", "2))", "(f 21)").stdout == "42\n"


def test_an_error_is_told_and_the_session_goes_on(talk: Talk) -> None:
    done = talk("(defn f []", "  (/ 1 0))", "(f)", "(+ 1 1)", "*e")
    assert done.stdout == '2\nZeroDivisionError("division by zero")\n'.replace('"', "'")
    assert 'File "<hy-1>", line 2, in f' in done.stderr
    assert "polyhy/" not in done.stderr


def test_what_is_left_open_at_the_end_is_a_mistake(talk: Talk) -> None:
    assert "Premature end of input" in talk("(+ 1").stderr


def test_targets_share_names(talk: Talk) -> None:
    done = talk(
        "(setv xs [1 2])", ":target py", "ys = [x * 2 for x in xs]", "for y in ys:", "  print(y)",
        "", "ys", ":target", ":target hy", "(sum ys)",
    )  # fmt: skip
    assert done.stdout == "2\n4\n[2 4]\npy\n6\n", done.stderr


def test_an_unknown_target_is_told(talk: Talk) -> None:
    done = talk(":target pyhton", "(+ 1 1)")
    assert done.stdout == "2\n"
    assert 'did you mean "python"?' in done.stderr


def test_doc_source_and_type(talk: Talk) -> None:
    done = talk(
        '(defn f [a] "Doc." a)', ":doc f", ":source f", ":type (f 1.5)", ":doc", ":doc nope"
    )
    assert done.stdout.splitlines() == [
        "f(a)  (python function)", "Doc.", "; <hy-1>:1", '(defn f [a] "Doc." a)', "float",
    ]  # fmt: skip
    assert "write: :doc NAME" in done.stderr
    assert "there is nothing named nope" in done.stderr


def test_time_who_runtimes_and_help(talk: Talk) -> None:
    done = talk("(setv my-name 3)", ":time (+ 1 1)", ":who", ":runtimes", ":help")
    lines = done.stdout.splitlines()
    assert lines[0] == "2"
    assert lines[1].endswith("s")
    assert lines[2].split() == ["my-name", "int", "3"]
    assert any(line.split() == ["toy", "not", "started"] for line in lines)
    assert any(line.startswith(":target LANGUAGE") for line in lines)


def test_a_keyword_is_no_command(talk: Talk) -> None:
    assert talk(":other", "[:doc :who]").stdout == ":other\n[:doc :who]\n"


def test_load_and_save(talk: Talk, tmp_path: Path) -> None:
    (tmp_path / "a.hy").write_text("(setv a 1)")
    (tmp_path / "b.py").write_text("b = a + 1")
    done = talk(
        ":load a.hy", ":load b.py", "(nope)", "(print (+ a b))", ":save out.hy", ":load gone.hy"
    )
    assert done.stdout == "3\n3 cells in out.hy\n"
    assert "can't read gone.hy" in done.stderr
    run = subprocess.run([POLYHY, "run", "out.hy"], cwd=tmp_path, capture_output=True, text=True)
    assert (run.stdout, run.stderr) == ("3\n", "")


def test_a_file_is_loaded_first(talk: Talk, tmp_path: Path) -> None:
    (tmp_path / "a.hy").write_text("(setv a 5)")
    assert talk("a", words=("a.hy",)).stdout == "5\n"
    assert talk("5 + 1", words=("--target", "py")).stdout == "6\n"


def test_reload_gives_the_new_names_and_macros(talk: Talk, tmp_path: Path) -> None:
    file = tmp_path / "mine.hy"
    file.write_text("(defn f [] 1) (defmacro m [] 10)")
    new = "(defn f [] 22) (defmacro m [] 2020)"
    done = talk(
        "(import mine [f]) (require mine [m])", "[(f) (m)]",
        f"(with [o (open {str(file)!r} \"w\")] (.write o \"{new}\"))".replace("'", '"'),
        ":reload", "[(f) (m)]", ":reload mine", ":reload nope",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.stdout.splitlines() == [
        "[1 10]",
        "35",
        "reloaded mine",
        "[22 2020]",
        "reloaded mine",
    ]
    assert "no module nope was imported" in done.stderr
    assert talk(":reload").stdout == "no module of the project was imported\n"


def test_add_installs_for_the_session(talk: Talk, tmp_path: Path) -> None:
    done = talk(":add toy:greet", '(import-from "toy" greet)', "greet.n", ":add", ":add nope:x")
    assert done.stdout.splitlines()[-1] == "7", done.stderr
    assert "toy" in (tmp_path / "pyproject.toml").read_text()


def test_exit_ends_it_with_its_code(talk: Talk) -> None:
    assert talk("(import sys) (sys.exit 7)", "(print 1)").returncode == 7
    assert talk(":quit", "(print 1)").stdout == ""
    assert talk('(import sys) (sys.exit "gone")').stderr == "gone\n"


def test_a_program_may_read_what_follows(talk: Talk) -> None:
    assert talk("(setv x (input))", "some text", "x").stdout == '"some text"\n'


def test_huge_values_are_cut_and_whole_in_star_1(talk: Talk) -> None:
    done = talk("(list (range 100000))", "(len *1)")
    assert "more characters; the value is whole in *1" in done.stdout
    assert done.stdout.endswith("\n100000\n")
    assert len(done.stdout) < 60_000


def test_what_is_no_text_does_not_end_it(talk: Talk) -> None:
    done = talk(b"\xff\xfe(", b")", b'"\x00"', '"\\ud800"', '(print "\\ud800")', "(+ 1 1)")
    assert done.stdout.endswith("2\n")
    assert done.returncode == 0


@pytest.mark.parametrize("source", ["(while True)", "(import time) (time.sleep 60)"])
def test_ctrl_c_stops_a_cell_and_keeps_the_session(
    environment: dict[str, str], tmp_path: Path, source: str
) -> None:
    child = subprocess.Popen(
        [POLYHY, "repl"], cwd=tmp_path, env=environment, text=True, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(f'(print "begun" :flush True) {source}\n')
    child.stdin.flush()
    assert child.stdout.readline() == "begun\n"
    child.send_signal(signal.SIGINT)
    out, err = child.communicate("(+ 40 2)\n", timeout=60)
    assert (out, err, child.returncode) == ("42\n", "\ninterrupted\n", 0)


def test_a_dumb_terminal_has_a_plain_prompt(environment: dict[str, str], tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [POLYHY, "repl"], cwd=tmp_path, env={**environment, "TERM": "dumb"},
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    said = b""

    def until(text: bytes) -> bool:
        nonlocal said
        said += os.read(ours, 4096)
        return text in said

    soon(lambda: until(b"=> "))
    os.write(ours, b"(+ 40\n")
    soon(lambda: until(b"... "))
    os.write(ours, b'2)\n[{"a" 1} {"a" 2}]\n:target py\n')
    soon(lambda: until(b"(py)> "))
    os.write(ours, b"\x04")
    assert child.wait(60) == 0
    os.close(ours)
    assert b"\n42\r\n" in said
    assert b'[{"a" 1} {"a" 2}]\r\n' in said
    assert b"\x1b" not in said
