"""Hy text as an editor sees it: what is open, where words begin, how far lines are indented."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polyhy.sessions.reading import closers, indentation, place, word_at

HY = st.text(alphabet="()[]{}\"';`~#:=a b\\\n|", max_size=60)


@pytest.mark.parametrize(
    ("text", "heads", "inside", "word"),
    [
        ("(foo (bar ba", ["foo", "bar"], "", "ba"),
        ("(foo [1 {2 ", ["foo", "1", "2"], "", ""),
        ("(foo) ba", [], "", "ba"),
        ('(foo "a (b', ["foo"], "string", "a (b"),
        ('(foo "a\\" b" c', ["foo"], "", "c"),
        ("(foo #[[a ] (", ["foo"], "string", "a ] ("),
        ("(foo #[x[a]] ]x] c", ["foo"], "", "c"),
        ("(foo ; (bar", ["foo"], "comment", " (bar"),
        ("(foo ; (bar\n b", ["foo"], "", "b"),
        ('(foo b"by', ["foo"], "string", "by"),
        ("(a ] b", ["a"], "", "b"),
        ("", [], "", ""),
    ],
)
def test_a_place_is_known(text: str, heads: list[str], inside: str, word: str) -> None:
    found = place(text)
    assert [form.head for form in found.forms] == heads
    assert (found.inside, found.word) == (inside, word)
    assert text[found.start :] == word


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("(defn f [x]", 2), ("(print 1", 7), ("(print", 2), ("(let [a 1", 6), ("[1 2", 1),
        ("(when x\n  (foo bar", 7), ("{1 2", 1), ("(foo)", 0), ("x", 0), ("#(1", 2),
        ("(cond\n  True", 2), ("(foo\n  bar", 2), ("((f 1)", 2), ("(with-file f", 2),
    ],
)  # fmt: skip
def test_a_line_is_indented_as_lisp_is(text: str, column: int) -> None:
    assert indentation(text) == column


@pytest.mark.parametrize(
    ("text", "cursor", "word"),
    [("(foo bar)", 2, "foo"), ("(foo bar)", 8, "bar"), ("(foo  )", 6, "foo"), ("", 0, "")],
)
def test_the_word_at_a_cursor_is_the_nearest(text: str, cursor: int, word: str) -> None:
    assert word_at(text, cursor) == word


def test_closers_close_what_is_open() -> None:
    assert closers("(a [b {c") == "}])"
    assert closers("(a)") == ""


@given(HY)
def test_any_text_has_a_place(text: str) -> None:
    found = place(text)
    assert text[found.start :] == found.word
    assert indentation(text) >= 0
    assert all(
        text[form.start :].lstrip("#~'`@^*").startswith(form.bracket) for form in found.forms
    )


@settings(deadline=None)  # it reads every beginning of each text
@given(st.recursive(st.sampled_from(["a", "b-c", '"x)y"', ":k"]), lambda inner: st.lists(inner)))
def test_whole_forms_leave_nothing_open(tree: object) -> None:
    def written(x: object) -> str:
        return x if isinstance(x, str) else f"({' '.join(map(written, x))})"  # type: ignore[arg-type]

    text = written(tree)
    assert place(text + " ").forms == []
    for end in range(len(text)):
        begun = place(text[:end])
        if begun.inside != "string":
            assert place(text[:end] + " " + closers(text[:end])).forms == []
