"""From a line of JavaScript that ran to the line that was written, by source maps (version 3)."""

from __future__ import annotations

import base64
import bisect
import json
import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_DIGITS = {letter: digit for digit, letter in enumerate(_ALPHABET)}
_NAMED = re.compile(r"^//[#@]\s*sourceMappingURL=(\S+)\s*$", re.MULTILINE)
_DATA = re.compile(r"data:application/json[^,]*?(;base64)?,")
_SCHEME = re.compile(r"[a-z][\w+.-]+:")
_TAIL = 4096  # where in a file the name of its source map stands, from the end
_maps: dict[str, Path | None] = {}
_heads: dict[str, int] = {}


class Place(NamedTuple):
    """Where a piece of code was written; lines count from 1, columns from 0."""

    file: str
    line: int
    column: int


def mapped(path: str, source_map: Path | None) -> None:
    """Say that `path` runs as a text made of it, with this source map."""
    _maps[path] = source_map


def compiled(path: str, head: int) -> None:
    """Say that the first line of `path` runs behind as many characters."""
    _heads[path] = head


def written(file: str, line: int, column: int) -> Place:
    """Where the code at a place of `file` was written; the place itself where no map says more.

    A file that was converted has a map of ours, and what that leads to may have one of its own.
    """
    if line == 1:
        column = max(column - _heads.get(file, 0), 0)
    place = Place(file, line, column)
    if source_map := _maps.get(file):
        place = _through(_read(source_map), place, os.path.dirname(file), file) or place
    return _shipped(place) or place


def _shipped(place: Place) -> Place | None:
    """Where a package says that its own file was made of."""
    known = _own_map(place.file)
    return known and _through(known, place, os.path.dirname(place.file), None)


def _through(known: _Map, place: Place, folder: str, only: str | None) -> Place | None:
    if place.line > len(known.lines):
        return None
    segments = known.lines[place.line - 1]
    at = bisect.bisect_right(segments, (place.column, 1 << 30)) - 1
    if at < 0:
        return None
    _, source, line, column = segments[at]
    file = only or _joined(folder, unquote(known.sources[source]))
    return Place(file, line + 1, column)


def _joined(folder: str, name: str) -> str:
    """A source's name from a folder; one like `webpack:/a.js` is no file, and stays as it is."""
    return name if _SCHEME.match(name) else os.path.normpath(os.path.join(folder, name))


class _Map(NamedTuple):
    """The lines that ran: of each piece its column, and its source, line and column as written."""

    sources: list[str]
    lines: list[list[tuple[int, int, int, int]]]


@lru_cache(maxsize=64)
def _read(file: Path) -> _Map:
    try:
        return _parse(json.loads(file.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return _Map([], [])


@lru_cache(maxsize=64)
def _own_map(file: str) -> _Map | None:
    try:
        with open(file, "rb") as source:
            source.seek(max(os.path.getsize(file) - _TAIL, 0))
            names = _NAMED.findall(source.read().decode("utf-8", "replace"))
        if not names:
            return None
        if data := _DATA.match(names[-1]):
            return _inline(file, bool(data[1]))
        return _read(Path(os.path.dirname(file), unquote(names[-1])))
    except (OSError, ValueError):
        return None


def _inline(file: str, coded: bool) -> _Map | None:
    name = _NAMED.findall(Path(file).read_text("utf-8", "replace"))[-1]
    text = name.partition(",")[2]
    try:
        return _parse(json.loads(base64.b64decode(text) if coded else unquote(text)))
    except (ValueError, KeyError, TypeError):
        return None


def _parse(source_map: dict[str, Any]) -> _Map:
    root = source_map.get("sourceRoot") or ""
    sources = [_joined(root, name or "") for name in source_map["sources"]]
    lines: list[list[tuple[int, int, int, int]]] = []
    source = line = at = 0
    for text in source_map["mappings"].split(";"):
        segments, column = [], 0
        for piece in text.split(",") if text else ():
            fields = _numbers(piece)
            column += fields[0]
            if len(fields) >= 4:
                source, line, at = source + fields[1], line + fields[2], at + fields[3]
                segments.append((column, source, line, at))
        lines.append(segments)
    return _Map(sources, lines)


def _numbers(piece: str) -> list[int]:
    """The numbers of a piece, in base 64 with variable length: `AAgBC` is 0, 0, 16, 1."""
    numbers, value, shift = [], 0, 0
    for letter in piece:
        digit = _DIGITS[letter]
        value |= (digit & 31) << shift
        shift += 5
        if not digit & 32:
            numbers.append(-(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    return numbers
