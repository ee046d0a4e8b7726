"""Colour for terminals: source by its language's lexer, and tracebacks."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import cache
from typing import Any, TextIO

RED, CYAN, GREEN, DIM, BOLD = "\x1b[31m", "\x1b[36m", "\x1b[32m", "\x1b[2m", "\x1b[1m"
_OFF = "\x1b[0m"


def wanted(stream: TextIO) -> bool:
    """True where `stream` is a terminal that shows colour, and NO_COLOR does not forbid it."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") in ("dumb", "")
    return stream.isatty() and not plain


def paint(text: str, *codes: str) -> str:
    """Put codes around a text: `paint("no", RED)`."""
    return f"{''.join(codes)}{text}{_OFF}" if text else ""


@cache
def lexer(language: str) -> Any:
    """The Pygments lexer of a language (`hy`, `javascript`), plain text where there is none."""
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    if language == "hy":
        from polyhy.front.lexer import PolyhyLexer

        return PolyhyLexer()
    try:
        return get_lexer_by_name(language)
    except ClassNotFound:
        return get_lexer_by_name("text")


def source(text: str, language: str) -> str:
    """Colour source for a terminal."""
    from pygments import highlight
    from pygments.formatters import TerminalFormatter

    return highlight(text, lexer(language), TerminalFormatter()).rstrip("\n")


def traceback(text: str) -> str:
    """Colour a traceback as Python prints it."""
    language, lines = "python", []
    for line in text.splitlines():
        for pattern, paints in _LINES:
            if found := pattern.match(line):
                lines.append(paints(found, language))
                break
        else:
            lines.append(source(line, language) if line.startswith("    ") else paint(line, RED))
        if found := _FRAME.match(line):
            language = _language(found[2])
    return "\n".join(lines) + "\n"


def _frame(found: re.Match[str], _: str) -> str:
    return found[1] + paint(found[2], CYAN) + found[3] + paint(found[4], GREEN) + found[5]


def _whole(*codes: str) -> Callable[[re.Match[str], str], str]:
    return lambda found, _: paint(found[0], *codes)


def _error(found: re.Match[str], _: str) -> str:
    return paint(found[1], RED, BOLD) + found[2]


_FRAME = re.compile(r'(\s+File ")([^"]*)(", line )(\d+)(.*)')
_LINES = [
    (_FRAME, _frame),
    (re.compile(r"Traceback \(most recent call last\):|\s+[~^]+\s*$"), _whole(DIM)),
    (re.compile(r"(?:During handling|The above exception).*"), _whole(DIM)),
    (re.compile(r"([\w.]+)(:.*|$)"), _error),
]


def _language(file: str) -> str:
    """The language of a frame's file: of a cell `<js-3>`, or by its ending."""
    cell = re.match(r"<([a-z]+)-\d+>", file)
    if cell:
        return cell[1]
    return "hy" if file.endswith(".hy") else "python"
