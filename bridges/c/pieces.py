"""C source of a prompt's cell in pieces, and the text to compile that is put together of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

ENTRY = "polyhy_cell"

_TOKEN = re.compile(
    r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|//[^\n]*|/\*.*?\*/'
    r"|(?P<directive>^[ \t]*\#(?:\\.|[^\n\\])*)|(?P<mark>[(){}\[\];])|\w+|.",
    re.DOTALL | re.MULTILINE,
)
_BLOCK = re.compile(r"(?:\)|\belse|\bdo|^)\s*$")
_ELSE = re.compile(r"\s*(?:else|while)\b")
_INITIAL = re.compile(r"(?P<declared>[\w\s*]+?\b(?P<name>\w+)\s*)=(?P<value>[^=].*)", re.DOTALL)


class Piece(NamedTuple):
    """A declaration, a statement or a directive, and the line on which it begins."""

    text: str
    line: int

    def halves(self) -> tuple[Piece, Piece] | None:
        """`int x = f();` as a declaration and an assignment; None for others."""
        found = _INITIAL.fullmatch(self.text.strip())
        if found is None:
            return None
        assigned = f"{found['name']} = {found['value']}"
        return Piece(f"{found['declared']};", self.line), Piece(assigned, self.line)


class Text(NamedTuple):
    """Source to compile, and for each of its lines the line of the cell that it comes from."""

    source: str
    lines: list[int]

    def line(self, at: int) -> int:
        return self.lines[min(at, len(self.lines)) - 1] if self.lines else 1


def pieces(source: str) -> list[Piece]:
    """Cut a cell at the ends of its declarations and statements."""
    found: list[Piece] = []
    start = depth = 0
    head = ""
    for token in _TOKEN.finditer(source):
        mark = token["mark"] or ""
        depth += (mark in "([{") - (mark in ")]}") if mark else 0
        ends = mark == ";" and depth <= 0
        if mark == "}" and depth <= 0:
            more = _ELSE.match(source, token.end())
            ends = _BLOCK.search(head) is not None and not more
        if token["directive"] and not source[start : token.start()].strip():
            ends = True
        if mark != "{" and depth <= 0:
            head += token[0]
        if ends:
            found.append(_piece(source, start, token.end()))
            start, depth, head = token.end(), 0, ""
    return [p for p in (*found, _piece(source, start, len(source))) if p.text.strip()]


def _piece(source: str, start: int, end: int) -> Piece:
    text = source[start:end]
    blank = len(text) - len(text.lstrip())
    return Piece(text[blank:], source.count("\n", 0, start + blank) + 1)


def definitions(some: Iterable[Piece]) -> Text:
    """What stands at the top of a file."""
    return _text(some)


def with_value(defined: Iterable[Piece], steps: list[Piece]) -> Text:
    """The steps in a function that returns the value of the last one."""
    *first, last = steps
    line = last.line
    last = Piece(last.text.strip().rstrip(";"), line)
    head = [Piece("__typeof__((0, (", line), last, Piece(f"))) {ENTRY}(void) {{", line)]
    return _text([*defined, *head, *first, Piece("return (", line), last, Piece("); }", line)])


def without_value(defined: Iterable[Piece], steps: list[Piece]) -> Text:
    """The steps in a function that returns nothing."""
    head, end = Piece(f"void {ENTRY}(void) {{", steps[0].line), Piece(";}", steps[-1].line)
    return _text([*defined, head, *steps, end])


def _text(some: Iterable[Piece]) -> Text:
    lines = list(_numbered(some))
    return Text("\n".join(text for text, _ in lines) + "\n", [line for _, line in lines])


def _numbered(some: Iterable[Piece]) -> Iterator[tuple[str, int]]:
    for piece in some:
        for number, line in enumerate(piece.text.split("\n")):
            yield line, piece.line + number
