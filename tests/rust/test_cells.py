"""Cells of a prompt, cut into items and statements: nothing is lost, and whole ones stay whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyhy.bridges.rust.pieces import _BLANK, Piece, incomplete, pieces

SOURCES = [
    ["fn f<'a>(x: &'a str) -> char { '{' }", "struct P { x: f64 }", "P { x: 1.5 }.x"],
    ["let x = if a { 1 } else { 2 };", "for i in 0..3 { f(i) }", "*p = 1;", "x"],
    ["use a::b;", 'let s = r#"};"#;', "/* ; } */ match s { _ => 1 }"],
    ["#[derive(Debug)]\nenum E { A, B(i32) }", "impl E { fn f() {} }", "E::f();"],
    ["let y = unsafe { f() } + 1;", "macro_rules! m { () => { 1 }; }", "m!()"],
    ["pub(crate) const N: usize = 3;", "while true { break; }", "-1"],
]


@pytest.mark.parametrize("parts", SOURCES, ids=lambda parts: parts[0])
def test_a_cell_is_cut_at_the_ends_of_its_items_and_statements(parts: list[str]) -> None:
    found = pieces("\n".join(parts))
    assert [p.text for p in found] == [part.removeprefix("/* ; } */ ") for part in parts]
    lines = [1 + "\n".join(parts[:i]).count("\n") + (i > 0) for i in range(len(parts))]
    assert [p.line for p in found] == lines


@given(st.text(alphabet="ab{}()[];\"'/*\n #!.=", max_size=40))
def test_any_text_is_cut_and_none_is_lost(source: str) -> None:
    at = 0
    for piece in pieces(source):
        start = source.index(piece.text, at)
        assert source.count("\n", 0, start) + 1 == piece.line
        assert _BLANK.fullmatch(source, at, start), "something between two pieces is lost"
        at = start + len(piece.text)
    assert _BLANK.fullmatch(source, at)
    incomplete(source)


@pytest.mark.parametrize(
    ("text", "key", "public"),
    [
        ("fn f() {}", "fn f", "pub fn f() {}"), ("pub fn f() {}", "fn f", "pub fn f() {}"),
        ("async fn f() {}", "fn f", "pub async fn f() {}"), ("x + 1", "", "x + 1"),
        ("#[derive(Debug)] struct P;", "struct P", "#[derive(Debug)] pub struct P;"),
        ("use a::b;", "use a::b;", "use a::b;"), ("static mut N: i32 = 1;", "static N",
        "pub static mut N: i32 = 1;"), ("macro_rules! m { () => {} }", "macro_rules! m",
        "macro_rules! m { () => {} }"), ("constant(1)", "", "constant(1)"),
    ],
)  # fmt: skip
def test_an_item_is_known_by_its_kind_and_name(text: str, key: str, public: str) -> None:
    piece = Piece(text, 1)
    assert (piece.key, piece.public()) == (key, public)
