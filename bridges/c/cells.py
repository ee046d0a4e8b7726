"""Cells of a prompt: definitions that the next cells see, statements that run, a value at the end.

What earlier cells defined is declared in a header that is included before a cell; their code and
their variables stay in their shared objects, which the cell is linked with. A number of the session
that a cell uses becomes such a variable; a text or a list becomes a constant of the cell.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import tempfile
import weakref
from collections.abc import MutableMapping
from math import isfinite
from pathlib import Path
from types import ModuleType
from typing import Any

from polyhy.errors import ConversionError, Frame

from . import clang, pieces
from .compiler import build
from .errors import CSyntaxError
from .files import cache_folder, digest, staged
from .index import load
from .library import Library
from .locate import Located
from .pieces import ENTRY, Piece, Text

_UNKNOWN = re.compile(r"undeclared (?:identifier|function) '(\w+)'")
_AGAIN = re.compile(
    r"(?:redefinition of|types for|redefinition with different types|kind of symbol:?).*?'(\w+)'"
)
_NOT_CONSTANT = "not a compile-time constant"
_SCALARS = {bool: "_Bool", int: "long long", float: "double"}
_DEFINED = ("FUNCTION_DECL", "VAR_DECL")
_NAMED = (*_DEFINED, "STRUCT_DECL", "UNION_DECL", "ENUM_DECL", "TYPEDEF_DECL")

_loaded: set[str] = set()


class Cells:
    """What cells know from one to the next: declarations, shared objects, variables."""

    def __init__(self) -> None:
        self.declared: dict[str, str] = {}
        """What a cell includes, by the names that it declares; directives by themselves."""
        self.objects: list[str] = []
        self.folder = tempfile.mkdtemp(prefix="polyhy-c-")
        weakref.finalize(self, _remove, self.folder, os.getpid())
        self.variables: dict[str, tuple[Library, Any]] = {}
        """Numbers that are names of the session too: where they are, and the last value given."""

    def run(self, source: str, origin: str, names: MutableMapping[str, Any]) -> Any:
        """Define what the cell defines, run what it does, and return the value at its end."""
        cell = _Cell(self, names)
        text = cell.sorted(pieces.pieces(source), origin)
        library = self._library(text, cell.header(), origin)
        self.declared = cell.declared
        self._give(names, source)
        for name in self._remember(library, text, cell.header()):
            value = getattr(library, name, None)
            if name in library.__all__ or isinstance(value, type):
                names[name] = value
        try:
            return getattr(library, ENTRY)() if ENTRY in library.__all__ else None
        finally:
            ctypes.CDLL(None).fflush(None)
            self._take(names)

    def define(self, name: str, kind: str) -> str:
        """Make a number of the session a variable of C, and return its declaration."""
        text = pieces.definitions([Piece(f"{kind} {name};", 1)])
        self._remember(self._library(text, "", "<cell>:1"), text, "")
        return self.declared[name]

    def _library(self, text: Text, header: str, origin: str) -> Library:
        made = str(build(text.source, [*_including(header), *self.objects, "-lm"], origin=origin))
        kept = cache_folder("cells") / f"{digest([made])}.c"
        if not kept.exists():
            with staged(kept) as into:
                into.write_text(text.source, "utf-8")
        own, flags = [str(kept)], _including(header)
        located = lambda: Located("cell", "", own, own, flags, [made], own)  # noqa: E731
        index = load(["cell", str(kept), made], located)
        index.located = index.located._replace(objects=[self._fresh(made)])
        return Library("cell", index)

    def _fresh(self, made: str) -> str:
        """A shared object that this process has not loaded: its variables begin anew."""
        if made in _loaded:
            copy = Path(self.folder, f"{len(_loaded)}.so")
            shutil.copy2(made, copy)
            made = str(copy)
        _loaded.add(made)
        return made

    def _remember(self, library: Library, text: Text, header: str) -> list[str]:
        """Keep what a later cell needs of this one, and return the names that it defines."""
        self.objects.insert(0, library.located.objects[0])
        new = _declarations(text.source, _including(header))
        self.declared |= new
        for name, declared in new.items():
            if declared.startswith("extern") and name in library.__all__:
                self.variables[name] = library, None
        return [*dict.fromkeys([*new, *(n for n in library.__all__ if n != ENTRY)])]

    def _give(self, names: MutableMapping[str, Any], source: str) -> None:
        """Set variables that the session has changed since."""
        for name, (library, last) in self.variables.items():
            value = names.get(name)
            if type(value) in _SCALARS and (value != last or type(value) is not type(last)):
                try:
                    setattr(library.raw, name, value)
                except (OverflowError, TypeError) as error:
                    if re.search(rf"\b{name}\b", source):
                        raise ConversionError(str(error), path=name) from None
                    continue
                self.variables[name] = library, value

    def _take(self, names: MutableMapping[str, Any]) -> None:
        """Give the session the numbers that C has changed."""
        for name, (library, last) in self.variables.items():
            value = getattr(library, name)
            if type(value) in _SCALARS and value != last:
                names[name] = value
                self.variables[name] = library, value


def _remove(folder: str, process: int) -> None:
    """Remove what a process made, when it ends; a fork of it ends too."""
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


class _Cell:
    """One cell on its way to a source that clang takes."""

    def __init__(self, cells: Cells, names: MutableMapping[str, Any]) -> None:
        self.cells, self.names = cells, names
        self.declared = dict(cells.declared)
        self.constants: dict[str, str] = {}

    def header(self) -> str:
        return "\n".join([*self.declared.values(), *self.constants.values()])

    def sorted(self, some: list[Piece], origin: str) -> Text:
        """Put what the cell defines at the top of a file, and what it does into a function."""
        text = pieces.definitions(some)
        wrong = self.wrong(text)
        if not wrong:
            return text
        defined: list[Piece] = []
        steps: list[Piece] = []
        for piece in some:
            self._sort(piece, defined, steps)
        if not steps:
            raise self._refused(wrong, text, origin)
        ends = steps[-1].text.rstrip().endswith((";", "}"))
        if not ends:
            valued = pieces.with_value(defined, steps)
            if not self.wrong(valued):
                return valued
        plain = pieces.without_value(defined, steps)
        if found := self.wrong(plain):
            raise self._refused(found, plain, origin)
        return plain

    def _sort(self, piece: Piece, defined: list[Piece], steps: list[Piece]) -> None:
        wrong = self.wrong(pieces.definitions([*defined, piece]))
        if not wrong:
            defined.append(piece)
            return
        halves = piece.halves() if any(_NOT_CONSTANT in said for _, said in wrong) else None
        if halves and not self.wrong(pieces.definitions([*defined, halves[0]])):
            defined.append(halves[0])
            steps.append(halves[1])
        elif _is_function(piece.text):
            defined.append(piece)
        else:
            steps.append(piece)

    def wrong(self, text: Text) -> list[tuple[int, str]]:
        """What clang says against a text, once it knows the session's names: (line, text)."""
        seen: set[str] = set()
        while True:
            said = clang.complaints(text.source, _including(self.header()))
            new = {name for each in said if (name := self._missing(each[3]))} - seen
            if not new:
                return [(line if file == clang.MAIN else 1, words) for _, file, line, words in said]
            seen.update(new)

    def _missing(self, said: str) -> str:
        """The name of which a complaint is, where something can be done for it."""
        again = _AGAIN.search(said)
        if again and again[1] in self.declared:
            del self.declared[again[1]]
            return again[1]
        unknown = _UNKNOWN.search(said)
        if unknown is None or unknown[1] not in self.names:
            return ""
        name, value = unknown[1], self.names[unknown[1]]
        if callable(value) or isinstance(value, ModuleType):
            return ""
        if kind := _SCALARS.get(type(value)):
            self.declared.setdefault(name, self.cells.define(name, kind))
        else:
            self.constants[name] = _constant(name, value)
        return name

    @staticmethod
    def _refused(wrong: list[tuple[int, str]], text: Text, origin: str) -> CSyntaxError:
        file, _, line = origin.rpartition(":")
        first = int(line) if line.isdigit() else 1
        frames = tuple(Frame(file or origin, first + text.line(at) - 1, "") for at, _ in wrong)
        where = f"{frames[0].file}:{frames[0].line}"
        said = wrong[0][1]
        return CSyntaxError(type_name="C", message=said, language="c", frames=frames, origin=where)


def _constant(name: str, value: Any) -> str:
    """A text, bytes or a list of numbers as a constant of C."""
    if isinstance(value, str) and "\0" not in value:
        return f"static const char *const {name} = {_quoted(value.encode())};"
    if isinstance(value, bytes):
        return f"static const unsigned char {name}[] = {_quoted(value)};"
    numbers: Any = value if isinstance(value, (list, tuple)) else ()
    if not numbers or not all(map(_is_number, numbers)):
        kind = type(value).__name__
        raise ConversionError(f"this {kind} has no exact form as a constant of C", path=name)
    kind = "double" if float in map(type, numbers) else "long long"
    return f"static const {kind} {name}[] = {{{', '.join(map(repr, numbers))}}};"


def _is_number(value: Any) -> bool:
    """True for what C holds exactly."""
    if type(value) is float:
        return isfinite(value)
    return type(value) is int and -(2**63) < value < 2**63


def _quoted(data: bytes) -> str:
    return '"' + "".join(f"\\{byte:03o}" for byte in data) + '"'


def _including(header: str) -> list[str]:
    """The words by which a compiler reads a header before the source."""
    if not header:
        return []
    file = cache_folder("cells") / f"{digest([header])}.h"
    if not file.exists():
        with staged(file) as into:
            into.write_text(header, "utf-8")
    return ["-include", str(file)]


def _declarations(source: str, flags: list[str]) -> dict[str, str]:
    """What a later cell has to include to see what a source defines."""
    data, found = source.encode(), {}
    spans = {}
    for cursor in clang.declarations(clang.parse_whole(source, flags), _NAMED):
        if str(cursor.location.file) == clang.MAIN and cursor.spelling != ENTRY:
            spans[cursor.extent.start.offset] = cursor
    for piece in pieces.pieces(source):
        if piece.text.lstrip().startswith("#"):
            found[piece.text] = piece.text
    for start, cursor in spans.items():
        text = data[start : cursor.extent.end.offset].decode()
        found[cursor.spelling] = _declaration(cursor, text)
    return found


def _declaration(cursor: Any, text: str) -> str:
    kind = cursor.kind.name
    if kind not in _DEFINED or re.match(r"\s*(?:static|inline)\b", text):
        return f"{text};"
    if kind == "VAR_DECL":
        return f"extern __typeof__({cursor.type.spelling}) {cursor.spelling};"
    return f"{text.partition('{')[0]};"


def _is_function(text: str) -> bool:
    """True for the definition of a function, whatever is wrong in its body."""
    head = text.partition("{")[0]
    words = re.findall(r"\w+", head)
    control = ("for", "while", "if", "switch", "do", "else")
    return (
        "{" in text and head.rstrip().endswith(")") and len(words) > 1 and words[0] not in control
    )
