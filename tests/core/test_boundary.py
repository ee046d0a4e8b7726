"""What crosses into guests is counted by line, and costs nothing where nobody asks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import polyhy
from polyhy import plugins
from polyhy.guests import boundary
from polyhy.testing import ToyBridge


@pytest.fixture(autouse=True)
def toy() -> None:
    plugins.add(ToyBridge)


def line_of(function: Callable[..., Any], text: str) -> int:
    """The line of this file that holds `text`, in a function."""
    code = function.__code__
    lines = Path(code.co_filename).read_text("utf-8").splitlines()
    return next(n for n, line in enumerate(lines, 1) if n > code.co_firstlineno and text in line)


def test_a_loop_that_crosses_for_each_element_is_told() -> None:
    def program() -> None:
        increment = polyhy.evaluate("toy", "lambda x: x + 1")
        for i in range(150):
            increment(i)

    with boundary.watching() as report:
        program()
    (row,) = report.rows()
    assert row.line == line_of(program, "increment(i)")
    assert row.calls == 150
    assert row.size == 150 * 16
    assert row.hint == "crosses 150 times in one loop: pass it all at once, or loop there"


def test_calls_of_a_function_that_has_no_loop_get_no_hint() -> None:
    increment = polyhy.evaluate("toy", "lambda x: x + 1")

    def once(i: int) -> int:
        return increment(i)

    with boundary.watching() as report:
        for i in range(150):
            once(i)
    (row,) = report.rows()
    assert (row.calls, row.hint) == (150, "")


def test_callbacks_count_where_they_are_defined() -> None:
    each = polyhy.evaluate("toy", "lambda f: [f(i) for i in range(120)] and None")

    def program() -> None:
        def called(x: int) -> None: ...

        each(called)

    with boundary.watching() as report:
        program()
    row = next(row for row in report.rows() if row.callbacks)
    assert row.callbacks == 120
    assert row.line == line_of(program, "def called")
    assert row.hint == "is called back 120 times: do this step in the guest"


def test_copies_and_bytes_are_those_of_arguments_and_results() -> None:
    double = polyhy.evaluate("toy", "lambda x: x + x")
    with boundary.watching() as report:
        double(["ab", ["c"]])
    (row,) = report.rows()
    assert (row.calls, row.copies, row.size) == (1, 5, 9)


def test_the_report_is_a_table_with_the_source() -> None:
    length = polyhy.evaluate("toy", "lambda x: len(x)")
    with boundary.watching() as report:
        length("four")
    head, line = report.text().splitlines()
    assert head.split() == ["calls", "callbacks", "copies", "bytes", "line"]
    assert line.split()[:4] == ["1", "0", "1", "12"]
    assert line.endswith('length("four")')


def test_a_program_that_crosses_nowhere_says_so() -> None:
    with boundary.watching() as report:
        len([1])
    assert report.text() == "nothing crossed into a guest\n"


def test_nothing_is_watched_before_or_after() -> None:
    before = sys.getprofile()
    with boundary.watching():
        assert sys.getprofile() is not before
    assert sys.getprofile() is before


def test_the_command_shows_the_table_after_the_program(run: Any, tmp_path: Path) -> None:
    (tmp_path / "p.hy").write_text(
        '(setv f (eval-in "toy" "lambda x: x + 1"))\n'
        "(for [i (range 100)]\n  (f i))\n"
        '(print "done")\n'
    )
    done = run("polyhy", "run", "--inspect-boundary", "p.hy", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "done\n")
    assert "100          0       0   1600  p.hy:3  (f i))" in done.stderr
    assert "crosses 100 times in one loop" in done.stderr
