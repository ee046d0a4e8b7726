"""Values in shell source: they become parameters, and stand where they stand as one word each."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Any

from polyhy.errors import ConversionError, UsageError

PLAIN, SINGLE, DOUBLE = "plain", "single", "double"


def filled(parts: Sequence[str], values: Sequence[Any]) -> tuple[str, list[str]]:
    """Return source with parameters between its parts, and the words that these are.

    >>> filled(["grep ", " '", ".txt'"], ["a b", "$x"])
    ('grep "${1}" \\'\\'"${2}"\\'.txt\\'', ['a b', '$x'])
    >>> filled(["ls ", ""], [["-l", "a b"]])
    ('ls "${@:1:2}"', ['-l', 'a b'])
    """
    text, contexts = parts[0], [PLAIN]
    some: list[str] = []
    _read(parts[0], contexts)
    for i, (value, part) in enumerate(zip(values, parts[1:], strict=True)):
        new = words(value, f"values[{i}]")
        if re.search(r"<<-?\s*['\"\\\w]", text):
            raise UsageError("a value can't stand in a here-document", hint="write: <<< {value}")
        text += _parameters(len(some) + 1, len(new), isinstance(value, (list, tuple)), contexts[-1])
        some += new
        text += part
        _read(part, contexts)
    return text, some


def words(value: Any, path: str) -> list[str]:
    """The words that a value is; ConversionError, with that path, where it is none."""
    if isinstance(value, (list, tuple)):
        return [_word(each, f"{path}[{j}]") for j, each in enumerate(value)]
    return [_word(value, path)]


def _word(value: Any, path: str) -> str:
    if isinstance(value, (bool, type(None), bytes)) or not isinstance(
        value, (str, int, float, os.PathLike)
    ):
        kind = type(value).__name__
        raise ConversionError(f"{kind} is no word of a shell; make a text of it", path=path)
    return os.fspath(value) if isinstance(value, os.PathLike) else str(value)


def _parameters(first: int, count: int, several: bool, context: str) -> str:
    inner = f"${{@:{first}:{count}}}" if several else f"${{{first}}}"
    return {PLAIN: f'"{inner}"', DOUBLE: inner, SINGLE: f"'\"{inner}\"'"}[context]


def _read(part: str, contexts: list[str]) -> None:
    """Follow the quotes of a part: `contexts` ends with the one that its end is in."""
    i = 0
    while i < len(part):
        c, context = part[i], contexts[-1]
        if context == SINGLE:
            if c == "'":
                contexts.pop()
        elif c == "\\":
            i += 1
        elif c == "`":
            raise UsageError("a value can't stand beside `…`", hint="write: $(…)")
        elif c == '"':
            contexts.pop() if context == DOUBLE else contexts.append(DOUBLE)
        elif part[i : i + 2] in ("$(", "<(", ">("):
            contexts.append(PLAIN)
            i += 1
        elif context == PLAIN:
            if c == "'":
                contexts.append(SINGLE)
            elif c == "(":
                contexts.append(PLAIN)
            elif c == ")" and len(contexts) > 1:
                contexts.pop()
        i += 1
