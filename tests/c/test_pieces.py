"""Cells of a prompt, cut into declarations and statements: nothing is lost, lines are known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyhy.bridges.c.pieces import Piece, definitions, pieces, with_value

SOURCES = [
    ["#include <math.h>", "int f(int x) { return x; }", "f(2)"],
    ["struct P { int x; } p = {1};", "typedef struct { int y; } Q;", "p.x"],
    ["if (a) { f(); } else { g(); }", "do { n++; } while (n < 3);", "for (;;) { break; }"],
    ['char *s = "};{"; // ;', "char c = '}';", "#define A(x) \\\n  (x)", "A(1)"],
]


@pytest.mark.parametrize("parts", SOURCES, ids=lambda parts: parts[0])
def test_a_cell_is_cut_at_the_ends_of_its_declarations_and_statements(parts: list[str]) -> None:
    found = pieces("\n".join(parts))
    whole = "".join("".join(p.text.split()) for p in found)
    assert whole == "".join("".join(part.split()) for part in parts)
    starts = [p.text.removeprefix("// ;").lstrip()[:6] for p in found]
    assert starts == [part[:6] for part in parts]


@given(st.text(alphabet="ab{}()[];\"'/*\n #=.", max_size=40))
def test_any_text_is_cut_and_none_is_lost(source: str) -> None:
    at = 0
    for piece in pieces(source):
        start = source.index(piece.text, at)
        assert source.count("\n", 0, start) + 1 == piece.line
        assert not source[at:start].strip()
        at = start + len(piece.text)
    assert not source[at:].strip()


def test_a_text_knows_of_which_lines_it_is_made() -> None:
    text = with_value([Piece("int a;", 2)], [Piece("a = 1;", 4), Piece("a +\n nope", 5)])
    lines = text.source.splitlines()
    assert [text.line(i + 1) for i, line in enumerate(lines) if "nope" in line] == [6, 6]
    assert text.line(1) == 2
    assert definitions([]).line(1) == 1


def test_an_initialiser_that_is_no_constant_becomes_an_assignment() -> None:
    halves = Piece("int total = f(2);", 3).halves()
    assert halves is not None
    assert [half.text.replace(" ", "") for half in halves] == ["inttotal;", "total=f(2);"]
    assert Piece("f(2);", 1).halves() is None
    assert Piece("int x[] = {1};", 1).halves() is None
