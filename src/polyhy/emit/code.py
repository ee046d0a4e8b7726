"""Pieces of target source, and how they are laid out: line for line like the Lisp, or pretty."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

ATOM: Final = 99
"""The level of what never needs parentheses."""


class Code(NamedTuple):
    """An expression in the target. `level` is how tightly it binds; `type` is empty if unknown."""

    text: str
    level: int = ATOM
    type: str = ""
    fixed: bool = False
    """True where it can be evaluated later without a difference: a literal, a temporary."""


class EmitError(Exception):
    """A form that the target can't have. `form` is where, for a caret."""

    def __init__(self, form: Any, message: str) -> None:
        super().__init__(message)
        self.form, self.message = form, message


# Within the text of code: where a line of Lisp begins, and how deep statements nest.
_LINE, _END, BREAK, IN, OUT = "\x01", "\x02", "\n", "\x0e", "\x0f"
_MARKS = re.compile(f"{_LINE}(\\d+){_END}|([{BREAK}{IN}{OUT}])")
RETURNS: Final = re.compile(f"({_LINE}\\d+{_END}|)return (.*);", re.DOTALL)
"""A body that only returns: where it stands, and what it returns."""


def register(table: dict[str, Any]) -> Callable[..., Callable[[Any], Any]]:
    """A decorator that enters a function in a table, under the names that it is given."""

    def under(*names: str) -> Callable[[Any], Any]:
        def enter(function: Any) -> Any:
            table.update(dict.fromkeys(names, function))
            return function

        return enter

    return under


def words(text: str) -> frozenset[str]:
    """A table of words, written as text."""
    return frozenset(text.split())


def wrapped(code: Code, level: int) -> str:
    """The text of an operand: in parentheses, unless it binds at least as tightly as `level`."""
    return code.text if code.level >= level else f"({code.text})"


def at(form: Any) -> str:
    """Mark where the line of `form` begins."""
    line = getattr(form, "start_line", None)
    return f"{_LINE}{line}{_END}" if line else ""


def block(statements: list[str]) -> str:
    """Statements, indented, each on a line of its own; begins and ends with a line break."""
    return IN + "".join(BREAK + each for each in statements) + OUT + BREAK


def bare(text: str) -> str:
    """The text without marks."""
    return _MARKS.sub("", text)


def in_place(text: str, first: int) -> str:
    """Lay code out so that what stands on a line of Lisp stands on the same line of the source.

    `first` is the line on which the source begins. Errors of the guest then name the right line.
    """
    line, parts = first, []
    for piece, at_line, mark in _pieces(text):
        parts.append(piece)
        if at_line > line:
            parts.append("\n" * (at_line - line))
            line = at_line
        elif mark == BREAK:
            parts.append(" ")
    return "".join(parts).rstrip()


def pretty(text: str, indent: str = "  ") -> tuple[str, list[tuple[int, int, int]]]:
    """Lay code out for readers, and say where its parts are from.

    Marks are (line, column, line of the Lisp), counted from 0, 0 and 1.
    """
    lines, depth, marks = [""], 0, []
    for piece, at_line, mark in _pieces(text):
        if piece and not lines[-1]:
            lines[-1] = indent * depth
        lines[-1] += piece
        if at_line:
            marks.append((len(lines) - 1, len(lines[-1]) or len(indent) * depth, at_line))
        elif mark == BREAK:
            lines.append("")
        else:
            depth += {IN: 1, OUT: -1}.get(mark, 0)
    return "\n".join(lines) + "\n", marks


def _pieces(text: str) -> Iterator[tuple[str, int, str]]:
    """Split at marks: each piece, with the line or the mark after it."""
    start = 0
    for match in _MARKS.finditer(text):
        yield text[start : match.start()], int(match[1] or 0), match[2] or ""
        start = match.end()
    yield text[start:], 0, ""
