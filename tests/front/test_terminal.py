"""`polyhy repl` in a real terminal (tmux): colours, lines, completion, help, history, Ctrl-C."""

from __future__ import annotations

import re
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import POLYHY, soon


class Screen:
    """A terminal of 90 columns and 30 lines, with the REPL in it."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.name = uuid.uuid4().hex[:8]
        kept = ("PYTHONPATH", "POLYHY_HISTORY", "POLYHY_CACHE", "PATH", "HOME")
        variables = [f"{key}={environment[key]}" for key in kept if key in environment]
        start = ["env", "TERM=screen-256color", *variables, str(POLYHY), "repl"]
        self.tmux("new-session", "-d", "-s", "s", "-x", "90", "-y", "30", "-c", str(folder), *start)

    def tmux(self, *words: str) -> str:
        command = ["tmux", "-L", self.name, "-f", "/dev/null", *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def type(self, *keys: str) -> None:
        """Type texts and keys: `type("(f)", "Enter")`."""
        for key in keys:
            literal = () if re.fullmatch(r"[A-Z]\w+|[CM]-\w", key) else ("-l",)
            self.tmux("send-keys", "-t", "s", *literal, key)

    def text(self, *how: str) -> str:
        return self.tmux("capture-pane", "-p", *how, "-t", "s")

    def shows(self, pattern: str) -> str:
        """Wait until the screen shows a pattern, and return the screen."""
        try:
            return soon(lambda: re.search(pattern, self.text(), re.MULTILINE) and self.text())
        except AssertionError:
            raise AssertionError(f"no {pattern!r} in:\n{self.text()}") from None

    def end(self) -> None:
        subprocess.run(["tmux", "-L", self.name, "kill-server"], capture_output=True)


@pytest.fixture
def screen(tmp_path: Path, environment: dict[str, str]) -> Iterator[Screen]:
    opened = Screen(tmp_path, environment)
    try:
        opened.shows("^=>$")
        yield opened
    finally:
        opened.end()


def test_forms_of_many_lines_are_indented_and_evaluated(screen: Screen) -> None:
    screen.type("(defn f [a]", "Enter", "(* a 2))", "Enter", "(f 21)", "Enter")
    assert re.search(
        r"=> \(defn f \[a\]\n +…   \(\* a 2\)\)\n=> \(f 21\)\n42\n", screen.shows("^42$")
    )


def test_what_is_typed_has_colours(screen: Screen) -> None:
    screen.type('(defn f [] "text")')
    soon(
        lambda: re.search(r"\x1b\[[\d;]*mdefn", screen.tmux("capture-pane", "-p", "-e", "-t", "s"))
    )


def test_tab_completes_names_members_and_commands(screen: Screen) -> None:
    screen.type("(import json)", "Enter", "(json.dum", "Tab")
    screen.shows(r"json\.dumps +function")
    screen.type("Tab", "Tab", "Enter", " [1])", "Enter")
    screen.shows(r'^"\[1\]"$')
    screen.type(":runt", "Tab")
    screen.shows("^=> :runtimes$")
    screen.type("Enter")
    screen.shows(r"^toy +not started")


def test_a_signature_shows_while_a_call_is_typed(screen: Screen) -> None:
    screen.type('(defn scale [xs [by 2]] "Times by." xs)', "Enter", "(scale [1] ")
    screen.shows(r"scale\(xs, by=2\)  Times by\.")
    screen.type("F1")
    screen.shows(r"^scale\(xs, by=2\)  \(python function\)\nTimes by\.")


def test_targets_have_prompts_and_rules_of_their_own(screen: Screen) -> None:
    screen.type("(setv xs [1 2])", "Enter", ":target py", "Enter")
    screen.shows(r"^\(py\)>$")
    screen.type("for x in xs:", "Enter", "print(x * 10)", "Enter", "Enter")
    screen.shows(r"^10\n20$")
    screen.type("ys = [x + 1 for x in xs]", "Enter", ":target hy", "Enter", "(sum ys)", "Enter")
    screen.shows(r"^5$")


def test_a_list_of_dicts_is_a_table(screen: Screen) -> None:
    screen.type('[{"name" "fig" "n" 1} {"name" "plum" "n" 22}]', "Enter")
    screen.shows(r"^name +n *\nfig +1 *\nplum +22")


def test_ctrl_c_stops_a_loop_and_clears_a_line(screen: Screen) -> None:
    screen.type('(setv n 0) (print "running") (while True (setv n 1))', "Enter")
    screen.shows("^running$")
    screen.type("C-c")
    screen.shows("^interrupted$")
    screen.type("(this is given up")
    screen.shows("given up")
    screen.type("C-c", "(+ 40 n 1)", "Enter")
    screen.shows("^42$")


@pytest.mark.parametrize(
    ("target", "source"),
    [
        ("js", "console.log('begun'); for (;;) {}"), ("sh", "echo begun; sleep 60"),
        ("lua", "print('begun') while true do end"),
        ("py", "while 1: kept = kept or print('begun') or 41"),
    ],
)  # fmt: skip
def test_ctrl_c_stops_a_guests_loop_and_keeps_the_session(
    screen: Screen, target: str, source: str
) -> None:
    screen.type("(setv kept 41)", "Enter", f":target {target}", "Enter")
    screen.shows(rf"^\({target}\)>$")
    if target == "py":
        screen.type("kept = 0", "Enter")
    screen.type(source, "Enter", *(["Enter"] if target == "py" else []))
    screen.shows("^begun$")
    screen.type("C-c")
    screen.shows("^interrupted$")
    screen.type("echo $((kept + 1))" if target == "sh" else "kept + 1", "Enter")
    screen.shows("^42$")


def test_timers_fire_while_the_prompt_waits(screen: Screen, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    screen.type(f'(defn begin [] (.close (open "{begun}" "w")))', "Enter", ":target js", "Enter")
    screen.type("n = 0; setInterval(() => { if (n++ < 3) console.log('tick', n) }, 50); 0", "Enter")
    screen.type("40 + ")
    screen.shows("^tick 1\ntick 2\ntick 3\n.*40 \\+")
    screen.type("2", "Enter")
    screen.shows("^42$")
    screen.type("setTimeout(() => { throw new TypeError('late') }, 50); 0", "Enter")
    screen.shows("TypeError: late")
    screen.type("setTimeout(() => { begin(); for (;;) {} }, 50); 0", "Enter")
    soon(begun.exists)
    screen.type("C-c", "6 * 7 + 1", "Enter")
    screen.shows("^43$")
    screen.type("setTimeout(() => process.exit(3), 50); 0", "Enter")
    soon(lambda: subprocess.run(["tmux", "-L", screen.name, "ls"], capture_output=True).returncode)


def test_tasks_go_on_while_the_prompt_waits(screen: Screen) -> None:
    screen.type("(import asyncio)", "Enter")
    screen.type(
        '(defn :async later [] (await (asyncio.sleep 0.3)) (print "later") (/ 1 0))', "Enter"
    )
    screen.type("(setv task (.create-task (asyncio.get-event-loop) (later)))", "Enter")
    screen.shows("^later$")
    screen.type("(del task)", "Enter")
    screen.shows("ZeroDivisionError")


def test_an_error_is_short_and_coloured(screen: Screen) -> None:
    screen.type("(/ 1 0)", "Enter")
    text = screen.shows("^ZeroDivisionError: division by zero")
    assert text.count("File ") == 1
    assert re.search(
        r"\x1b\[[\d;]*31m.*ZeroDiv", screen.tmux("capture-pane", "-p", "-e", "-t", "s")
    )


def test_history_lasts_and_is_searched(
    screen: Screen, tmp_path: Path, environment: dict[str, str]
) -> None:
    screen.type("(+ 1000 234)", "Enter", "(+ 1 1)", "Enter")
    screen.shows("^2$")
    screen.type("C-d")
    soon(lambda: subprocess.run(["tmux", "-L", screen.name, "ls"], capture_output=True).returncode)
    again = Screen(tmp_path, environment)
    try:
        again.shows("^=>$")
        again.type("C-r", "1000", "Enter", "Enter")
        again.shows("^1234$")
    finally:
        again.end()


def test_brackets_in_a_pasted_text_are_kept_whole(screen: Screen) -> None:
    text = "(defn g [x]\n  (when x\n    (+ x 1)))\n(g 4)"
    screen.tmux("set-buffer", text)
    screen.tmux("paste-buffer", "-p", "-t", "s")
    screen.type("Enter")
    screen.shows("^5$")
