"""The shell: values never become source, output and exit codes come back, state stays."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import polyhy
from polyhy.bridges.sh.done import Done, ShError
from polyhy.bridges.sh.quoting import filled
from polyhy.errors import ConversionError, NoSuchFile, Stopped, UsageError
from polyhy.guests import host, runtime

WORDS = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=12)


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    yield
    host.stop("sh")


def sh(source: str) -> Done:
    return polyhy.evaluate("sh", source, "script.hy:7")


def fill(parts: list[str], *values: Any) -> Done:
    return host.filled("sh", parts, "script.hy:7", *values)


def test_output_complaints_and_exit_code_are_values() -> None:
    assert sh("echo out; echo err >&2; exit_with() { return 3; }; exit_with") == (
        "out\n",
        "err\n",
        3,
    )
    assert sh("true")
    assert not sh("false")
    assert str(sh("printf 'a\\nb\\n'")) == "a\nb"
    assert sh("printf 'a\\nb\\n'").lines == ["a", "b"]


def test_what_is_no_text_is_bytes() -> None:
    assert sh("printf '\\377'").out == b"\xff"


def test_folder_variables_and_functions_stay(tmp_path: Path) -> None:
    fill(["cd ", '; x=5; twice() { echo "$1$1"; }'], tmp_path)
    assert str(sh("pwd; echo $x; twice a")) == f"{tmp_path}\n5\naa"


def test_an_exit_ends_the_shell_and_the_next_use_starts_another() -> None:
    sh("x=5")
    assert sh("exit 4").code == 4
    assert str(sh("echo [$x]")) == "[]"


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(WORDS)
def test_a_value_is_one_word_in_every_quoting(word: str) -> None:
    for before, after in (("", ""), ("'", "'"), ('"', '"'), ('"$(printf %s ', ')"')):
        done = fill([f"printf '%s\\0' {before}", f"{after}"], word)
        wanted = word if "$(" not in before else word.rstrip("\n")
        assert done.out == f"{wanted}\0", (before, word)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(WORDS, max_size=4))
def test_a_list_is_as_many_words(words: list[str]) -> None:
    done = fill(['f() { printf "%s\\0" "$#" "$@"; }; f ', ""], words)
    assert done.out == "".join(f"{x}\0" for x in [len(words), *words])


ATTACKS = ["; touch owned", "$(touch owned)", "`touch owned`", "| touch owned", "\ntouch owned\n"]
ATTACKS += [
    "' ; touch owned '",
    '" ; touch owned "',
    "&& touch owned",
    "> owned",
    "*",
    "~",
    "-n",
    "$HOME",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_in_a_value_is_run(attack: str, tmp_path: Path) -> None:
    fill(["cd ", ""], tmp_path)
    for parts in (
        ["echo ", ""],
        ["echo '", "'"],
        ['echo "', '"'],
        ["x=", "; echo $x"],
        ["echo a", "b"],
    ):
        fill(parts, attack)
    host.globals("sh").echo(attack)
    assert os.listdir(tmp_path) == []


def test_numbers_and_paths_are_words_and_other_values_are_refused() -> None:
    assert str(fill(["echo ", " ", " ", ""], 1, 2.5, Path("/a b"))) == "1 2.5 /a b"
    for value in (None, True, b"x", {"a": 1}, object()):
        with pytest.raises(ConversionError, match=r"values\[0\]: \w+ is no word of a shell"):
            fill(["echo ", ""], value)
    with pytest.raises(ConversionError, match=r"values\[0\]\[1\]"):
        fill(["echo ", ""], ["a", None])
    with pytest.raises(ConversionError, match="no NUL"):
        fill(["echo ", ""], "a\0b")


def test_where_a_value_could_be_read_as_source_it_is_refused() -> None:
    with pytest.raises(UsageError, match="beside"):
        filled(["echo `ls ", "`"], ["x"])
    with pytest.raises(UsageError, match="here-document"):
        filled(["cat <<END\n", "\nEND"], ["x"])


def test_a_command_is_a_function_of_its_words() -> None:
    commands = host.globals("sh")
    assert str(commands.printf("%s|", "a b", 5)) == "a b|5|"
    assert "printf" in dir(commands)
    with pytest.raises(AttributeError, match="no command 'no_such_command'"):
        commands.no_such_command()


def test_check_raises_where_the_exit_code_is_not_0() -> None:
    assert sh("true").check() == ("", "", 0)
    with pytest.raises(ShError, match="exit code 2: ls: ") as caught:
        sh("ls /no/such/folder").check()
    assert caught.value.value.code == 2


def test_a_complaint_of_bash_names_the_line_of_the_lisp() -> None:
    assert "script.hy: line 8: no-such-command" in str(sh("echo a\nno-such-command").err)
    assert "script.hy: line 7: syntax error" in str(sh("if )").err)


def test_a_file_is_loaded_into_the_shell(tmp_path: Path) -> None:
    (tmp_path / "lib.sh").write_text("greet() { echo hello $1; }\n")
    commands = host.load("sh", str(tmp_path / "lib.sh"))
    assert str(commands.greet("you")) == "hello you"
    with pytest.raises(NoSuchFile):
        host.load("sh", str(tmp_path / "none.sh"))


def test_named_shells_are_apart() -> None:
    one, other = runtime.start("sh", "one"), runtime.start("sh", "other")
    one.eval("x=1")
    assert str(other.eval("echo [$x]")) == "[]"
    runtime.stop("one")
    runtime.stop("other")


def test_a_stopped_shell_s_commands_say_so() -> None:
    echo = host.globals("sh").echo
    host.stop("sh")
    with pytest.raises(Stopped):
        echo("x")


def test_nothing_is_left_behind_when_the_process_ends(tmp_path: Path) -> None:
    program = "import polyhy; polyhy.evaluate('sh', 'echo $$')"
    words = [sys.executable, "-c", program]
    subprocess.run(words, check=True, env={**os.environ, "TMPDIR": str(tmp_path)}, timeout=60)
    assert os.listdir(tmp_path) == []


def test_lisp_writes_values_in_braces(tmp_path: Path, run: Any) -> None:
    program = """(require polyhy * :readers *)
(setv name "a; b" flags ["-n" "x y"])
(print (str (sh f"printf '<%s>' {name} '{name}'")))
(print (str (sh f"echo {flags}")))
(print (. (sh "exit 3") code))
(print (str (sh:printf "%s" "$HOME")))
"""
    done = run("hy", "-c", program, cwd=tmp_path)
    assert done.stdout.splitlines() == ["<a; b><a; b>", "x y", "3", "$HOME"], done.stderr


IN_BETWEEN = """
import sys, threading, time, polyhy
from polyhy import owner
from polyhy.guests import host

sh = lambda source: polyhy.evaluate("sh", source, "script.hy:1")
sh("true")
got = []

def work():
    for n in range(20):
        got.append(owner.run(lambda: str(sh(f"echo inner {n}"))))

thread = threading.Thread(target=work)
thread.start()
for n in range(5):
    assert str(sh(f"sleep 0.02; echo outer {n}; echo and more")) == f"outer {n}\\nand more"
host.cell("sh", "for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.03; done", "cell:1", {})
thread.join()
assert got == [f"inner {n}" for n in range(20)], got
"""


def test_a_call_for_another_thread_runs_a_command_between_those_of_the_main_thread() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IN_BETWEEN], capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stdout) == (0, "".join(f"{i}\n" for i in range(1, 9))), done
