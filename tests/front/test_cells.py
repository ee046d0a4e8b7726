"""Cells of languages that are compiled, and of the shell: names are shared, errors say the line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from polyhy.errors import ConversionError, GuestSyntaxError
from polyhy.guests import host
from polyhy.sessions.session import Session

from .conftest import Kernel, ctrl_c_when


@pytest.fixture
def cells() -> Session:
    """A session, and new runtimes, for what a cell defines lasts."""
    for language in ("c", "rust", "sh"):
        host.stop(language)
    return Session()


def refused(session: Session, language: str, source: str) -> GuestSyntaxError:
    with pytest.raises(GuestSyntaxError) as raised:
        session.evaluate(source, language)
    return raised.value


class TestC:
    def test_a_function_is_there_in_lisp_and_in_later_cells(self, cells: Session) -> None:
        assert cells.evaluate("int twice(int x) { return 2 * x; }", "c") is None
        assert cells.evaluate("(twice 4)") == 8
        cells.evaluate("int thrice(int x) { return twice(x) + x; }", "c")
        assert cells.evaluate("thrice(5) + 1", "c") == 16

    def test_names_pass_both_ways(self, cells: Session) -> None:
        cells.evaluate('(setv n 5 x 0.5 xs [1.5 2] words "h\\"i")')
        assert cells.evaluate("n * 2 + x", "c") == 10.5
        assert cells.evaluate("xs[0] + sizeof xs / sizeof *xs", "c") == 3.5
        assert cells.evaluate("words", "c") == 'h"i'
        cells.evaluate("n += 7; int total = n * 2;", "c")
        assert cells.evaluate("[n total]") == [12, 24]
        cells.evaluate("(setv total 100)")
        assert cells.evaluate("total", "c") == 100

    def test_statements_run_and_print(self, cells: Session, capfd: Any) -> None:
        source = '#include <stdio.h>\nfor (int i = 0; i < 3; i++) printf("%d ", i);'
        assert cells.evaluate(source, "c") is None
        assert capfd.readouterr().out == "0 1 2 "
        assert cells.evaluate('if (1) { puts("yes"); } else { puts("no"); }', "c") is None
        assert capfd.readouterr().out == "yes\n"

    def test_types_and_macros_last(self, cells: Session) -> None:
        cells.evaluate("#include <math.h>\ntypedef struct { double x, y; } P;\n#define TEN 10", "c")
        cells.evaluate("double norm(P p) { return sqrt(p.x * p.x + p.y * p.y); }", "c")
        assert cells.evaluate("(norm (P :x 3 :y 4))") == 5.0
        assert cells.evaluate("P p = {6, 8};\nnorm(p) + TEN", "c") == 20.0

    def test_a_definition_may_be_made_again(self, cells: Session) -> None:
        cells.evaluate("int f(int x) { return x; }\nint g(int x) { return f(x); }", "c")
        cells.evaluate("int f(double x) { return 100 * x; }", "c")
        assert cells.evaluate("f(0.5) + g(1)", "c") == 51

    @pytest.mark.parametrize(
        ("source", "line", "said"),
        [
            ("int f(int x) {\n  return nope;\n}", 2, "'nope'"), ("\n\nmissing", 3, "'missing'"),
            ("int x = ;", 1, "expected expression"),
            ("int a = 1;\nfor (;;) { nope(); }", 2, "nope"),
        ],
    )  # fmt: skip
    def test_a_mistake_is_told_at_its_line(
        self, cells: Session, source: str, line: int, said: str
    ) -> None:
        error = refused(cells, "c", source)
        assert (error.frames[0].file, error.frames[0].line) == ("<c-1>", line)
        assert said in error.message

    def test_a_cell_that_is_run_again_begins_anew(self, cells: Session) -> None:
        for _ in range(2):
            cells.evaluate("int count = 10;\nint next(void) { return ++count; }", "c")
            assert cells.evaluate("next() + next()", "c") == 23
            assert cells.evaluate("count") == 12

    def test_a_failed_cell_leaves_what_was_there(self, cells: Session) -> None:
        cells.evaluate("int f(int x) { return x; }", "c")
        refused(cells, "c", "int f(double x) { return nope; }")
        assert cells.evaluate("f(3)", "c") == 3

    @pytest.mark.parametrize("value", ["(** 2 70)", '{"a" 1}', '"a\\x00"', "[1 (** 2 70)]", "None"])
    def test_what_c_can_not_hold_is_refused(self, cells: Session, value: str) -> None:
        cells.evaluate(f"(setv x {value})")
        with pytest.raises(ConversionError, match=r"^x: "):
            cells.evaluate("x", "c")


class TestRust:
    def test_names_pass_both_ways_and_the_end_has_a_value(self, cells: Session) -> None:
        cells.evaluate("fn twice(x: i64) -> i64 { 2 * x }\nstruct P { pub x: f64 }", "rust")
        assert cells.evaluate("(twice 4)") == 8
        assert cells.evaluate("(. (P 2.5) x)") == 2.5
        cells.evaluate('(setv n 5 xs [1.5 2.5] s "h\\"i")')
        source = (
            "n += 1;\nlet total = twice(n) as f64 + xs.iter().sum::<f64>();\n"
            "let v = vec![(1, true)];\nlet w = v;\n(total, s.len(), Some('c'), w.clone())"
        )
        assert cells.evaluate(source, "rust") == (16.0, 3, "c", [(1, True)])
        assert cells.evaluate("[n total w]") == [6, 16.0, [(1, True)]]
        assert "v" not in cells.names, "its value was moved away"

    def test_a_mistake_is_told_at_its_line(self, cells: Session) -> None:
        source = 'fn f() -> i64 {\n  1\n}\nlet n = 1;\nlet x: i32 = "a";\nn'
        error = refused(cells, "rust", source)
        assert (error.frames[0].file, error.frames[0].line) == ("<rust-1>", 5)
        assert "mismatched types" in error.message
        cells.evaluate('(setv d {"a" 1})')
        with pytest.raises(ConversionError, match=r"^d: this dict"):
            cells.evaluate("d", "rust")


class TestSh:
    def test_output_is_printed_as_it_comes(self, cells: Session, capsys: Any) -> None:
        assert cells.evaluate("echo out; echo err >&2", "sh") is None
        assert capsys.readouterr() == ("out\n", "err\n")
        assert cells.evaluate("printf 'no line'", "sh") is None
        assert capsys.readouterr().out == "no line"

    def test_the_value_is_the_exit_code_where_it_is_not_0(
        self, cells: Session, capsys: Any
    ) -> None:
        assert cells.evaluate("(exit 3)", "sh") == 3
        cells.evaluate("echo $?", "sh")
        assert capsys.readouterr().out == "3\n"

    def test_names_pass_both_ways(self, cells: Session, capsys: Any) -> None:
        cells.evaluate('(setv n 5 xs ["a b" "c"])')
        cells.evaluate("echo $n ${#xs[@]} \"${xs[0]}\"; y=7; n=$((n+1)); a=(1 '2 3')", "sh")
        assert capsys.readouterr().out == "5 2 a b\n"
        assert cells.evaluate("[n xs y a]") == ["6", ["a b", "c"], "7", ["1", "2 3"]]
        cells.evaluate("echo $HOME$PATH > /dev/null", "sh")
        assert "PATH" not in cells.names

    def test_a_function_is_there_in_lisp(self, cells: Session) -> None:
        cells.evaluate('greet() { echo "hi $1"; }', "sh")
        assert str(cells.evaluate('(greet "ann; ls")')) == "hi ann; ls"

    def test_a_complaint_says_its_line(self, cells: Session, capsys: Any) -> None:
        assert cells.evaluate("true\nno-such-command", "sh") == 127
        assert capsys.readouterr().err == "<sh-1>: line 2: no-such-command: command not found\n"

    def test_what_is_no_word_is_refused(self, cells: Session) -> None:
        cells.evaluate('(setv d {"a" 1})')
        with pytest.raises(ConversionError, match="d: dict is no word"):
            cells.evaluate("echo $d", "sh")

    @pytest.mark.parametrize(
        "source",
        [
            "echo begun; >$file; sleep 60",
            "f() { echo begun; >$file; while :; do :; done; }; f; x=2",
            "echo begun; >$file; while :; do sleep 0.1; done",
        ],
    )
    def test_ctrl_c_ends_a_command_and_keeps_the_shell(
        self, cells: Session, source: str, capsys: Any, tmp_path: Path
    ) -> None:
        begun = tmp_path / "begun"
        cells.names["file"] = str(begun)
        cells.evaluate("x=1; g() { :; }", "sh")
        ctrl_c_when(begun.exists)
        with pytest.raises(KeyboardInterrupt):
            cells.evaluate(source, "sh")
        assert capsys.readouterr().out == "begun\n"
        cells.evaluate("declare -F g && y=$x", "sh")
        assert cells.names["y"] == "1"


@pytest.mark.parametrize(
    ("language", "source", "more"),
    [
        ("sh", "for i in 1 2", True), ("sh", 'echo "', True), ("sh", "a |", True),
        ("sh", "a \\", True), ("sh", "cat <<E\nx", True), ("sh", "cat <<E\nx\nE", False),
        ("sh", "ls", False), ("sh", "if )", False), ("sh", "", False),
        ("rust", "fn f() {", True), ("rust", 'let s = "', True), ("rust", "/* a", True),
        ("rust", "let c = '{';", False), ("rust", "fn f<'a>(x: &'a str) {}", False),
        ("rust", 'r#"("#', False), ("rust", "1 + 1", False), ("rust", "b'('", False),
        ("c", "int f(void) {", True), ("c", "1 + 1", False),
    ],
)  # fmt: skip
def test_a_prompt_knows_when_more_must_follow(
    cells: Session, language: str, source: str, more: bool
) -> None:
    assert cells.incomplete(source, language) is more


def test_all_targets_at_one_prompt(talk: Any) -> None:
    done = talk(
        "(setv n 20)", ":target c", "int twice(int x) {", "  return 2 * x; }", "twice(n)",
        ":target sh", "m=$((n + 1))", "for i in 1 2; do", "echo $i", "done", ":target hy", "[n m]",
        "(twice 4)",
    )  # fmt: skip
    assert done.stdout == '40\n1\n2\n[20 "21"]\n8\n', done.stderr


def test_cells_of_a_notebook(kernel: Kernel) -> None:
    kernel.value("(setv n 20)")
    assert kernel.value("%%c\nint twice(int x) { return 2 * x; }\ntwice(n)") == "40"
    assert kernel.run("%%sh\necho $n; m=$((n + 1))")["text"] == "20\n"
    assert kernel.value("[m (twice 4)]") == '["21" 8]'
    error = kernel.run("%%c\n\nint x = nope;")
    assert error["reply"]["ename"] == "CSyntaxError"
    assert "line 2" in re.sub(r"\x1b\[[\d;]*m", "", error["error"])
    kernel.hears('%%c\n#include <stdio.h>\nputs("from C");', "from C\n")
    assert kernel.value("%%rust\nfn half(x: f64) -> f64 { x / 2.0 }\nhalf(n as f64)") == "10.0"
    assert kernel.value("(half 5.0)") == "2.5"
