"""What cffi must be told before a name can be used: each declaration once, and no more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import cffi

from .errors import Unbound
from .shape import Shape

if TYPE_CHECKING:
    from .library import Library

_WORD = re.compile(r"(?:struct|union|enum) \w+|[A-Za-z_]\w*")
_POINTED = re.compile(r"(?:(?:struct|union) )?[A-Za-z_]\w* (?:const )?(?=\*)")
_DECLARED = frozenset({"function", "typedef", "record", "enum", "variable"})
_ORDER = ("enum", "typedef", "record", "rest", "packed")


class Declarations:
    """The declarations of one library, as far as cffi has them."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.index = library._index
        self.given: set[str] = set()
        self.completed: set[str] = set()

    def names(self, text: str) -> Iterator[tuple[str, str]]:
        """The kinds and declarations that `text` needs; those of records without their bodies."""
        for word in _WORD.findall(text):
            if word in self.given or word not in self.index:
                continue
            record = self.index[word]
            if record["kind"] not in _DECLARED or not record["declaration"]:
                continue
            self.given.add(word)
            if record["kind"] == "record":
                yield "typedef", f"{word};"
            else:
                yield from self.names(record["declaration"])
                kind = record["kind"] if record["kind"] in _ORDER else "rest"
                yield kind, record["declaration"]
                yield from self._items(record)

    def whole(self, text: str) -> list[str]:
        """Complete the records that `text` names, itself or by a typedef; return their tags."""
        tags: list[str] = []
        lines = list(self.names(text))
        for word in _WORD.findall(text):
            for tag in self._tags(word):
                lines += self._body(tag, tags)
        self.give(text, lines)
        return tags

    def give(self, text: str, lines: Iterable[tuple[str, str]]) -> None:
        """Hand declarations to cffi, `text` being what they are for."""
        sorted_lines: dict[str, list[str]] = {kind: [] for kind in _ORDER}
        for kind, line in lines:
            sorted_lines[kind].append(line)
        packed = sorted_lines.pop("packed")
        try:
            if plain := [line for some in sorted_lines.values() for line in some]:
                self.library.ffi.cdef("\n".join(plain))
            if packed:
                self.library.ffi.cdef("\n".join(packed), packed=True)
        except (cffi.CDefError, cffi.FFIError, NotImplementedError, TypeError) as error:
            detail = f"cffi can't read its declaration: {error}"
            raise Unbound(detail, name=text, library=self.library.__name__) from None

    def _body(self, tag: str, tags: list[str]) -> Iterator[tuple[str, str]]:
        """A record's body, behind those of the records that lie within it."""
        record = self.index.get(tag)
        if tag in self.completed or not record or not record.get("layout"):
            return
        self.completed.add(tag)
        layout, body = record["layout"], record["declaration"]
        yield from self.names(body)
        for inner in self._inner(layout["fields"], body):
            yield from self._body(inner, tags)
        yield ("packed" if layout.get("packed") else "record"), body
        tags.append(tag)

    def _items(self, record: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """What a typedef of an array needs: cffi wants to know the size of its items."""
        shape = Shape.load(record["shape"]) if record.get("shape") else Shape("void")
        if shape.kind == "array" and _innermost(shape).kind == "record":
            yield from self._body(_innermost(shape).name, [])

    def _inner(self, fields: Iterable[Any], body: str) -> Iterator[str]:
        """The tags of records that lie within one; all it names, where one of them has no tag."""
        held = [_innermost(Shape.load(shape)) for *_, shape in fields]
        records = [shape.name for shape in held if shape.kind == "record"]
        yield from filter(None, records)
        if any(shape.kind == "callback" for shape in held):
            yield from (tag for w in _WORD.findall(by_value(body)) for tag in self._tags(w))
        if not all(records):
            yield from (tag for word in _WORD.findall(body) for tag in self._tags(word))

    def _tags(self, word: str) -> Iterator[str]:
        """The record that a word means: by its tag, by a typedef of it, of an array, a pointer."""
        record = self.index.get(word) or {}
        if record.get("kind") == "record":
            yield word
        elif record.get("kind") == "typedef" and record["shape"]:
            shape = Shape.load(record["shape"])
            inner = shape if shape.kind == "record" or not shape.to else shape.to
            if inner.kind == "record" and inner.name:
                yield inner.name
            elif shape.kind == "callback":
                others = _WORD.findall(by_value(record["declaration"]))
                yield from (tag for each in others if each != word for tag in self._tags(each))


def by_value(text: str) -> str:
    """What is left of a declaration without the types that it only points to."""
    return _POINTED.sub(" ", text)


def _innermost(shape: Shape) -> Shape:
    while shape.kind == "array" and shape.to:
        shape = shape.to
    return shape
