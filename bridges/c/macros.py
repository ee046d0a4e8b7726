"""Macros: the values of those that are constants, the parameters of those that are called."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from . import clang

_FORMS = {
    "polyhy_a_": "__auto_type {} = ({});",
    "polyhy_s_": "char *{} = {};",
    "polyhy_p_": "__UINTPTR_TYPE__ {} = (__UINTPTR_TYPE__)({});",
}
_WIDTH = 9
_DEFINITION = re.compile(rb"(\w+)(\([^)]*\))?[ \t]*((?:\\\r?\n|/\*.*?\*/|[^\n])*)", re.DOTALL)
_COMMENT = re.compile(r"/\*.*?\*/|//.*")
_INTEGER = re.compile(r"\(*(-?)(0[xX][\da-fA-F]+|0[0-7]*|[1-9]\d*)[uUlL]*\)*")
_STRING = re.compile(r'\(*"([^"\\]*)"\)*')


class Macros:
    """The macros of one library. `source` includes its headers."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.records: dict[str, dict[str, Any]] = {}
        self.unclear: dict[str, None] = {}
        self.aliases: dict[str, str] = {}

    def define(self, name: str, where: str, offset: int) -> None:
        """Take a definition as it stands in its file. Literals are read, the rest is for clang."""
        found = _DEFINITION.match(_bytes(where.rpartition(":")[0]), offset)
        if not found:
            return
        body = re.sub(r"\\\r?\n\s*", " ", found[3].decode("utf-8", "replace"))
        body = _COMMENT.sub("", body).strip()
        self.unclear.pop(name, None)
        self.records.pop(name, None)
        self.aliases.pop(name, None)
        if found[2] is not None:
            inside = found[2].decode("utf-8", "replace")[1:-1]
            parameters = [p.strip() for p in inside.split(",") if p.strip()]
            record = {"kind": "macro", "parameters": parameters, "body": body, "where": where}
            self.records[name] = record
        elif (value := _literal(body)) is not None:
            self.records[name] = {"kind": "constant", "value": value}
        elif body.isidentifier():
            self.aliases[name] = body
            self.unclear[name] = None
        elif body:
            self.unclear[name] = None

    def parse(self, flags: Sequence[str]) -> Callable[[], None]:
        """Have clang say the rest: as a number or text, as a text, as a pointer that is a number.

        It parses elsewhere in the meantime; the function that is returned takes the values.
        """
        names = list(self.unclear)
        if not names:
            return lambda: None
        lines = [
            f"static const {form.format(f'{prefix}{number}', name)}\n"
            for prefix, form in _FORMS.items()
            for number, name in enumerate(names)
        ]
        source = self.source + "".join(lines)
        worker = ThreadPoolExecutor(1)
        parsed = worker.submit(clang.parse, source, flags, macros=False)
        worker.shutdown(wait=False)
        return lambda: self._evaluate(names, parsed.result().unit)

    def _evaluate(self, names: Sequence[str], unit: Any) -> None:
        types: dict[str, str] = {}
        for cursor in clang.declarations(unit, ["VAR_DECL"]):
            form, number = cursor.spelling[:_WIDTH], cursor.spelling[_WIDTH:]
            if form in _FORMS and names[int(number)] not in self.records:
                self._take(names[int(number)], form, cursor, types)

    def _take(self, name: str, form: str, cursor: Any, types: dict[str, str]) -> None:
        value = clang.evaluate(cursor)
        if form == "polyhy_a_" and value is None:
            types[name] = _pointer_type(cursor)
        if value is None or (form == "polyhy_s_" and not isinstance(value, str)):
            return
        if form != "polyhy_p_":
            self.records[name] = {"kind": "constant", "value": value}
        elif types.get(name):
            self.records[name] = {"kind": "constant", "value": value, "type": types[name]}


def _literal(body: str) -> int | str | None:
    """The value of `16`, `(0x10UL)` or `"text"`, which most macros are."""
    if found := _INTEGER.fullmatch(body):
        digits = found[2]
        octal = digits[0] == "0" and digits.isdigit()
        value = int(digits, 8 if octal else 0)
        return -value if found[1] else value
    if found := _STRING.fullmatch(body):
        return found[1]
    return None


def _pointer_type(cursor: Any) -> str:
    """The typedef or C name of a constant pointer's type; empty for anything else."""
    type = cursor.type
    if type.get_canonical().kind.name != "POINTER":
        return ""
    return type.spelling.removeprefix("const ").removesuffix(" const").replace("*const", "*")


@cache
def _bytes(file: str) -> bytes:
    return Path(file).read_bytes()
