"""Versions and ranges as LuaRocks reads them: `2.1rc2-1`, `~> 1.13`, `>= 1, < 3`."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cmp_to_key, lru_cache
from typing import Any, NamedTuple

from polyhy.errors import SpecError

_WORDS = {
    "dev": 120_000_000.0,
    "scm": 110_000_000.0,
    "cvs": 100_000_000.0,
    "rc": -1000.0,
    "pre": -10_000.0,
    "beta": -100_000.0,
    "alpha": -1_000_000.0,
}
"""What a word in a version weighs; any other weighs as its first letter."""

_REVISION = re.compile(r"(.*)-(\d+)", re.DOTALL)
_TOKEN = re.compile(r"(?:(\d+)|([A-Za-z]+))[._-]*", re.ASCII)
_CONSTRAINT = re.compile(r"([<>=~!]*)\s*([\w.-]+)[\s,]*", re.ASCII)


class Version(NamedTuple):
    """The numbers of a version, and its revision if it has one."""

    parts: tuple[float, ...]
    revision: int | None


@lru_cache(maxsize=4096)
def version(text: str) -> Version:
    """Read a version; `rc`, `beta` and the like stand below what has no such word."""
    found = _REVISION.fullmatch(text.strip())
    rest, revision = (found[1], int(found[2])) if found else (text.strip(), None)
    parts: list[float] = []
    word: float | None = None
    while token := _TOKEN.match(rest):
        if token[1]:
            number = float(token[1])
            parts.append(number if word is None else word + number / 100_000)
            word = None
        else:
            word = _WORDS.get(token[2], ord(token[2][0]) / 1000)
        rest = rest[token.end() :]
    return Version((*parts, *(() if word is None else (word,))), revision)


def order(text: str) -> Any:
    """What sorts versions, given as texts."""
    return _order(version(text))


def fits(text: str, wanted: str) -> bool:
    """True where a version is in a range: `fits("2.1-1", ">= 2, < 3")`; any is in `""` or `*`."""
    return all(holds(version(text), version(bound)) for holds, bound in constraints(wanted))


Test = Callable[[Version, Version], bool]


@lru_cache(maxsize=4096)
def constraints(wanted: str) -> tuple[tuple[Test, str], ...]:
    """A range as pairs of a test and its bound; SpecError where LuaRocks would not read it."""
    rest, found = wanted.strip(), []
    while rest not in ("", "*"):
        match = _CONSTRAINT.match(rest)
        if not match or match[1] not in _TESTS:
            raise SpecError(f"LuaRocks has no range {wanted!r}", spec=wanted, hint=_RANGES)
        found.append((_TESTS[match[1]], match[2]))
        rest = rest[match.end() :]
    return tuple(found)


_RANGES = "write 1.2, == 1.2, >= 1.2, < 2, or ~> 1.2"


def _before(a: Version, b: Version) -> bool:
    width = max(len(a.parts), len(b.parts))
    first, second = (v.parts + (0.0,) * (width - len(v.parts)) for v in (a, b))
    if first != second:
        return first < second
    return None not in (a.revision, b.revision) and (a.revision or 0) < (b.revision or 0)


def _compare(a: Version, b: Version) -> int:
    return _before(b, a) - _before(a, b)


_order = cmp_to_key(_compare)


def _same(a: Version, b: Version) -> bool:
    return a.parts == b.parts and (None in (a.revision, b.revision) or a.revision == b.revision)


def _begins(a: Version, b: Version) -> bool:
    padded = a.parts + (0.0,) * (len(b.parts) - len(a.parts))
    return padded[: len(b.parts)] == b.parts and b.revision in (None, a.revision)


_TESTS: dict[str, Test] = {
    **dict.fromkeys(("==", "=", ""), _same),
    **dict.fromkeys(("~=", "!="), lambda a, b: not _same(a, b)),
    "<": _before,
    ">": lambda a, b: _before(b, a),
    "<=": lambda a, b: not _before(b, a),
    ">=": lambda a, b: not _before(a, b),
    "~>": _begins,
}
