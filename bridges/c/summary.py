"""What the functions of a library say together: the members of each type, common prefixes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .shape import Shape

ABOUT = " about"
"""The name of the record that `summarise` makes; no name of C's has a space at its front."""

_PREFIX = re.compile(r"[a-zA-Z]\w*?_|[a-z]{2,}(?=[A-Z])")
_DATA = frozenset({"int", "real", "bool", "enum", "char", "array", "record"})


def summarise(records: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """One record of the whole library, and for each type one of the functions that concern it."""
    functions = {name: r for name, r in records.items() if r["kind"] == "function"}
    takes: dict[str, list[str]] = {}
    makes: dict[str, list[str]] = {}
    for name, record in functions.items():
        for kind, owner in _concerns(record):
            named = (takes if kind == "takes" else makes).setdefault(owner, [])
            if name not in named:
                named.append(name)
    made = {
        f"members {owner}": {"takes": takes.get(owner, []), "makes": makes.get(owner, [])}
        for owner in {**takes, **makes}
    }
    plain = sorted(_plain(records, set(makes)))
    about = {"plain": plain, "calls_back": _calls_back(records), "prefixes": _prefixes(functions)}
    return {**made, ABOUT: about}


def owner(shape: Shape) -> str:
    """The type that a pointer is a handle of: `struct sqlite3`, `CURL`; empty for any other."""
    to = shape.to
    if shape.kind != "pointer" or to is None:
        return ""
    return to.name if to.kind == "record" or (to.kind == "void" and to.name != "void") else ""


def _concerns(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    first = True
    for _, _, shape, _ in record["parameters"]:
        behind = shape.to if shape.kind == "pointer" else None
        if behind is not None and (made := owner(behind)):
            yield "makes", made
        elif first:
            first = False
            if owner(shape):
                yield "takes", owner(shape)
    if owner(record["shape"]):
        yield "makes", owner(record["shape"])


def _plain(records: Mapping[str, dict[str, Any]], made: set[str]) -> Iterator[str]:
    """Records that hold mere data and that no function makes: C fills them in for its caller."""
    for name, record in records.items():
        known = record["kind"] == "record" and record["layout"] and name not in made
        if known and _is_data(name, records, depth=0):
            yield name


def _is_data(name: str, records: Mapping[str, dict[str, Any]], depth: int) -> bool:
    record = records.get(name)
    fields = ((record or {}).get("layout") or {}).get("fields") or ()
    if not fields or depth > 4:
        return False
    return all(_holds_data(shape, records, depth) for *_, shape in fields)


def _holds_data(shape: Shape, records: Mapping[str, dict[str, Any]], depth: int) -> bool:
    if shape.kind not in _DATA or (shape.kind == "array" and not shape.size):
        return False
    if shape.kind == "record":
        return _is_data(shape.name, records, depth + 1)
    return shape.kind != "array" or (shape.to is not None and _holds_data(shape.to, records, depth))


def _calls_back(records: Mapping[str, dict[str, Any]]) -> bool:
    for record in records.values():
        shapes: Iterable[Any] = [record.get("shape")]
        if record["kind"] == "function":
            shapes = [shape for _, _, shape, _ in record["parameters"]]
        elif record["kind"] == "record" and record["layout"]:
            shapes = [shape for *_, shape in record["layout"]["fields"]]
        if any(shape is not None and shape.kind == "callback" for shape in shapes):
            return True
    return False


def _prefixes(functions: Mapping[str, Any]) -> list[str]:
    """What a third of the functions begin with: `sqlite3_`, `xml`."""
    found = Counter(match[0] for name in functions if (match := _PREFIX.match(name)))
    return [prefix for prefix, count in found.most_common(3) if count * 3 >= len(functions) > 4]
