"""Rust source of a prompt's cell in pieces: items, which last, and statements, which run."""

from __future__ import annotations

import re
from typing import NamedTuple

_TOKEN = re.compile(
    r'b?r(?P<hash>\#*)".*?"(?P=hash)|b?"(?:[^"\\]|\\.)*"|b?\'(?:[^\'\\\n]|\\[^\n]{1,9}?)\''
    r"|//[^\n]*|/\*.*?\*/|(?P<mark>[(){}\[\];])|\w+|.",
    re.DOTALL,
)
_BLANK = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_ITEM = re.compile(
    r"(?P<head>(?:\#!?\[[^\]]*\]\s*)*)(?P<pub>pub\b(?:\s*\([^)]*\))?\s*)?"
    r"(?:(?:default|const|async|unsafe|extern\s*\"[^\"]*\")\s+)*"
    r"(?P<kind>fn|struct|enum|union|trait|type|mod|static|const|use|impl|macro_rules!)(?=[\s<])"
    r"\s*(?:mut\s+)?(?P<name>\w*)"
)
_MORE = re.compile(r"\s*(?:else\b|[.?;])|[ \t]*(?:[-+*/%=<>|&^,]|as\b)")
"""What goes on with an expression that ended in a brace."""

TYPES = ("struct", "enum", "union", "trait", "type")
_NAMED = (*TYPES, "fn", "mod", "static", "const")


class Piece(NamedTuple):
    """An item or a statement, and the line on which it begins."""

    text: str
    line: int

    @property
    def key(self) -> str:
        """What an item is known by: `fn twice`; an `impl` and a `use` by their text."""
        found = _ITEM.match(self.text)
        if found is None:
            return ""
        named = found["kind"] in _NAMED or found["kind"] == "macro_rules!"
        return f"{found['kind']} {found['name']}" if named else self.text

    def public(self) -> str:
        """The item, for the host to see."""
        found = _ITEM.match(self.text)
        if found is None or found["pub"] or found["kind"] not in _NAMED:
            return self.text
        return f"{found['head']}pub {self.text[found.end('head') :]}"


def pieces(source: str) -> list[Piece]:
    """Cut a cell at the ends of its items and statements."""
    found: list[Piece] = []
    start = depth = 0
    for token in _TOKEN.finditer(source):
        mark = token["mark"] or ""
        depth += (mark in ("(", "[", "{")) - (mark in (")", "]", "}"))
        if mark == "}" and not _ITEM.match(source, _begin(source, start)):
            mark = "" if _MORE.match(source, token.end()) else mark
        if depth <= 0 and mark in (";", "}"):
            found.append(_piece(source, start, token.end()))
            start, depth = token.end(), 0
    return [p for p in (*found, _piece(source, start, len(source))) if p.text.strip()]


def incomplete(source: str) -> bool:
    """True where a bracket, a comment or a text is still open."""
    depth = 0
    for token in _TOKEN.finditer(source):
        mark = token["mark"] or ""
        depth += (mark in ("(", "[", "{")) - (mark in (")", "]", "}"))
        opens_comment = token[0] == "/" and source.startswith("/*", token.start())
        if token[0] == '"' or opens_comment:
            return True
    return depth > 0


def _begin(source: str, start: int) -> int:
    """Where the text behind blanks and comments begins."""
    blank = _BLANK.match(source, start)
    return blank.end() if blank else start


def _piece(source: str, start: int, end: int) -> Piece:
    begin = min(_begin(source, start), end)
    return Piece(source[begin:end], source.count("\n", 0, begin) + 1)
