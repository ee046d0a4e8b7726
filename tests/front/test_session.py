"""A session: cells of Hy and guests share names; values, errors and macros last."""

from __future__ import annotations

import sys

import pytest
from hy.errors import HyLanguageError

from polyhy.errors import GuestError, UnknownLanguage
from polyhy.sessions import trace
from polyhy.sessions.session import LISP, Session, target

from .conftest import ctrl_c_when


def test_a_cell_has_the_value_of_its_last_expression(session: Session) -> None:
    assert session.evaluate("(setv x 3) (+ x 1)") == 4
    assert session.evaluate("x") == 3
    assert session.evaluate("(setv y 1)") is None
    assert session.evaluate("") is None


def test_the_dialect_needs_no_require(session: Session) -> None:
    assert session.evaluate('(eval-in "toy" "1 + 1")') == 2


def test_macros_and_reader_macros_last(session: Session) -> None:
    session.evaluate("(defmacro twice [x] `(do ~x ~x)) (defreader five 5)")
    assert session.evaluate("(setv n 0) (twice (setv n (+ n 1))) #five") == 5
    assert session.names["n"] == 2


def test_the_last_three_values_and_the_last_error_have_names(session: Session) -> None:
    for source in ("1", "2", "None", "3"):
        session.evaluate(source)
    assert session.evaluate("[*1 *2 *3]") == [3, 2, 1]
    with pytest.raises(ZeroDivisionError) as raised:
        session.evaluate("(/ 1 0)")
    assert session.evaluate("*e") is raised.value


def test_sessions_of_one_module_have_each_their_own_results(session: Session) -> None:
    other = Session(session.module)
    session.evaluate("(setv shared 5) 1")
    assert other.evaluate("[shared *1]") == [5, None]
    assert session.evaluate("*1") == 1


def test_guests_share_the_names(session: Session) -> None:
    session.evaluate("(setv xs [1 2 3])")
    assert session.evaluate("ys = [x * 2 for x in xs]\nys", "python") == [2, 4, 6]
    assert session.evaluate("(sum ys)") == 12
    assert session.evaluate("*1", LISP) == 12


def test_a_target_is_the_language_of_the_cells_that_follow(session: Session) -> None:
    session.switch("py")
    assert (session.target, session.label) == ("python", "py")
    assert session.evaluate("1 if True else 2") == 1
    session.switch("hy")
    assert session.evaluate("(+ 1 1)") == 2


def test_a_guest_without_cells_of_its_own_evaluates_expressions(session: Session) -> None:
    session.switch("toy")
    assert session.evaluate("1 + 2") == 3
    with pytest.raises(GuestError, match="no"):
        session.evaluate("error('no')")


def test_a_target_is_named_by_the_ending_of_its_files_too(toys: object) -> None:
    assert [target(name) for name in ("hy", "toy", "py", "python")] == [
        "hy", "toy", "python", "python",
    ]  # fmt: skip
    with pytest.raises(UnknownLanguage, match="toy"):
        target("tyo")


def test_await_at_the_top_waits_on_a_loop_that_stays(session: Session) -> None:
    session.evaluate("(import asyncio) (setv q (asyncio.Queue))")
    assert session.evaluate("(await (asyncio.sleep 0 7))") == 7
    session.evaluate(
        "(setv task (.create-task (asyncio.get-event-loop) (q.get))) (await (q.put 4))"
    )
    assert session.evaluate("await task", "python") == 4
    assert session.evaluate("(setv [a b] (await (asyncio.gather (asyncio.sleep 0 1) (q.put 2)))) a")


def test_an_interrupted_await_is_cancelled_and_the_loop_goes_on(session: Session) -> None:
    session.evaluate("(import asyncio) (setv seen [] begun [])")
    ctrl_c_when(lambda: session.names["begun"])
    with pytest.raises(KeyboardInterrupt):
        session.evaluate(
            "(await ((fn :async [] (try (.append begun 1) (await (asyncio.sleep 60))"
            " (except [e asyncio.CancelledError] (.append seen 1) (raise))))))"
        )
    assert session.evaluate("[seen (await (asyncio.sleep 0 2))]") == [[1], 2]


def test_an_await_that_ends_by_an_interrupt_of_its_own_ends(session: Session) -> None:
    with pytest.raises(KeyboardInterrupt):
        session.evaluate("(await ((fn :async [] (raise (KeyboardInterrupt)))))")
    assert session.evaluate("(import asyncio) (await (asyncio.sleep 0 3))") == 3


def test_an_interrupted_loop_leaves_the_session(session: Session) -> None:
    ctrl_c_when(lambda: session.names.get("n"))
    with pytest.raises(KeyboardInterrupt):
        session.evaluate("(setv n 0) (while True (setv n (+ n 1)))")
    assert session.evaluate("(> n 0)")


def test_a_mistake_in_a_cell_leaves_the_compiler_whole(session: Session) -> None:
    session.evaluate("(setv gen (gfor x [1 2 3] (do (try (int x)) x)))")
    for source in ("(defn f [] (let [x", "(let [x 1] (defmacro m [] (raise (KeyError 1))) (m))"):
        with pytest.raises((SyntaxError, HyLanguageError)):
            session.evaluate(source)
    assert session.evaluate("(setv z (if True (do (setv q 1) q) 2)) [z (list gen)]") == [
        1,
        [1, 2, 3],
    ]


def test_an_error_shows_the_users_frames_alone(session: Session) -> None:
    session.evaluate("(defn f [x]\n  (/ x 0))")
    with pytest.raises(ZeroDivisionError) as raised:
        session.evaluate("\n(f 1)")
    text = trace.text(trace.trim(raised.value))
    assert 'File "<hy-2>", line 2, in <module>\n    (f 1)\n' in text
    assert 'File "<hy-1>", line 2, in f\n    (/ x 0))\n' in text
    assert "polyhy/sessions/session.py" not in text
    assert "coroutines.py" not in text


@pytest.mark.parametrize(
    ("source", "marks"),
    [
        ("(print 1 (/ 1 0) 2)", "             ^^^^^^^"), ("(foo bar)", "     ^^^"),
        ("(do\n  (setv x (len 5))\n  3)", "            ^^^^^^^"), ("(é (bar))", "     ^"),
        ("(foo-bar 1)", "     ^^^^^^^"),
        ("(defn f [a]\n  (+ 1 (get {} a)))\n(f 2)", "         ^^^^^^^^^^"),
    ],
)  # fmt: skip
def test_marks_stand_under_the_form_that_failed(session: Session, source: str, marks: str) -> None:
    with pytest.raises(Exception) as raised:  # noqa: PT011
        session.evaluate(source)
    lines = trace.text(trace.trim(raised.value)).splitlines()
    wanted = [marks] if sys.version_info >= (3, 11) else []  # 3.10 marks no part of a line
    assert [line for line in lines if line and not line.strip(" ^")][-1:] == wanted


def test_an_error_in_a_macro_shows_no_frame_of_the_compiler(session: Session) -> None:
    session.evaluate("(defmacro bad [] (raise (ValueError 1)))")
    with pytest.raises(Exception, match="expanding") as raised:
        session.evaluate("(bad)")
    text = trace.text(trace.trim(raised.value))
    assert "site-packages" not in text
    assert 'File "<hy-1>", line 1, in bad' in text


@pytest.mark.parametrize(
    ("language", "source", "shown"),
    [
        ("hy", ")", ['  File "<hy-1>", line 1', "    )", "    ^"]),
        ("python", "def q(:", ['  File "<python-1>", line 1', "    def q(:", "          ^"]),
        ("toy", "1 +", ['  File "<toy-1>", line 1', "    1 +"]),
    ],
)
def test_a_mistake_shows_its_line_and_no_frame(
    session: Session, language: str, source: str, shown: list[str]
) -> None:
    with pytest.raises(SyntaxError) as raised:
        session.evaluate(source, language)
    lines = trace.text(trace.trim(raised.value)).splitlines()
    start = lines.index(shown[0])
    assert lines[start : start + len(shown)] == shown
    assert not any("site-packages" in line or "ast.py" in line for line in lines)


def test_names_are_told_as_they_are_written(session: Session) -> None:
    with pytest.raises(NameError) as raised:
        session.evaluate("1 + 2")
    assert "NameError: name '+' is not defined" in trace.text(trace.trim(raised.value))


def test_an_error_whose_text_fails_is_shown_all_the_same() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert "Mute" in trace.text(Mute())


def test_a_cell_in_a_file_names_the_file(session: Session) -> None:
    with pytest.raises(NameError) as raised:
        session.evaluate("\n\n(nope)", file="editor.hy")
    assert 'File "editor.hy", line 3' in trace.text(trace.trim(raised.value))


def test_forms_are_evaluated_one_by_one(session: Session) -> None:
    assert list(session.each("1 (setv x 2) (+ x 1)")) == [1, None, 3]
    assert list(session.each("(defmacro m [] 9) (m) (defreader r 8) #r"))[1::2] == [9, 8]
    seen: list[object] = []
    with pytest.raises(ZeroDivisionError):
        seen.extend(session.each("(setv before 1) (/ 1 0) (setv after 1)"))
    assert "before" in session.names
    assert "after" not in session.names


def test_a_later_form_that_does_not_read_keeps_what_came_before(session: Session) -> None:
    with pytest.raises(SyntaxError):
        list(session.each("(setv kept 1) (foo"))
    assert session.names["kept"] == 1


@pytest.mark.parametrize(
    ("source", "language", "more"),
    [
        ("(foo", "hy", True), ('"a', "hy", True), ("#[[x]", "hy", True), ("'", "hy", True),
        ("(foo)", "hy", False), (")", "hy", False), ("", "hy", False), ("; (", "hy", False),
        ("def f():", "python", True), ("def f():\n  1", "python", True), ("[1,", "python", True),
        ("def f():\n  1\n", "python", False), ("x = 1", "python", False), ("x =", "python", False),
        ("'''a", "python", True), ("a\x00", "python", False), ("1 +", "toy", False),
    ],
)  # fmt: skip
def test_a_prompt_knows_when_more_must_follow(
    session: Session, source: str, language: str, more: bool
) -> None:
    assert session.incomplete(source, language) is more


def test_what_ran_is_kept_for_saving(session: Session) -> None:
    session.evaluate("(setv x 1)")
    session.evaluate("y = 2", "python")
    with pytest.raises(NameError):
        session.evaluate("(nope)")
    assert [(c.target, c.source) for c in session.history] == [
        ("hy", "(setv x 1)"),
        ("python", "y = 2"),
    ]
