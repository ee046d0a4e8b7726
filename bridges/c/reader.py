"""Headers read by libclang: functions, types, constants and macros, as records of an index."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from . import clang
from .docs import settle
from .locate import ALL
from .macros import Macros
from .shape import Function, Parameter
from .spell import Types, Unsupported
from .summary import summarise

_NONNULL = re.compile(r"nonnull(?:\(([\d, ]*)\))?")

_PRELUDE = "".join(f"#include <{name}.h>\n" for name in ("stddef", "stdint", "stdio", "sys/types"))
"""What many headers forget to include."""


class Reading(NamedTuple):
    """What headers say: records by name, what they leave out and why, the files that were read."""

    records: dict[str, dict[str, Any]]
    missing: dict[str, str]
    files: list[str]
    headers: list[str]


def read(
    headers: Sequence[str],
    flags: Sequence[str],
    own: Collection[str],
    exported: Callable[[str], bool],
) -> Reading:
    """Read `headers`; what is declared in the files `own` counts, and what that needs.

    Functions that no object exports are named in `missing`, like those whose types can't be said.
    """
    kept, unit = _parse(headers, flags)
    return _Reader(kept, unit, own, exported).read(flags)


def _parse(headers: Sequence[str], flags: Sequence[str]) -> tuple[list[str], Any]:
    """Parse those headers that can be included together; the first ones win."""
    kept = list(headers)
    while True:
        parsed = clang.parse(including(kept), flags)
        faulty = set(_faulty(parsed, kept))
        rest = [header for header in kept if header not in faulty]
        if rest == kept or not rest:
            return kept, parsed.unit
        kept = rest


def including(headers: Sequence[str]) -> str:
    """C that includes these headers."""
    return _PRELUDE + "".join(f'#include "{header}"\n' for header in headers)


def _faulty(parsed: clang.Parsed, headers: Sequence[str]) -> Iterator[str]:
    """The headers in which errors are, or in what only they include."""
    broken = {file for _, file, _, _ in parsed.complaints}
    if not broken:
        return
    top: dict[str, str] = {}
    current = ""
    for include in parsed.unit.get_includes():
        if include.depth == 1:
            current = include.include.name
        top.setdefault(include.include.name, current)
    for file in broken:
        yield file if file in headers else top.get(file, file)


class _Reader:
    def __init__(
        self,
        headers: list[str],
        unit: Any,
        own: Collection[str],
        exported: Callable[[str], bool],
    ) -> None:
        self.headers, self.unit, self.own, self.exported = headers, unit, own, exported
        self.all = ALL in own
        self.types = Types()
        self.records: dict[str, dict[str, Any]] = {}
        self.missing: dict[str, str] = {}
        self.files: dict[int, str] = {}
        self.macros = Macros(including(headers))

    def read(self, flags: Sequence[str]) -> Reading:
        readers = {
            "FUNCTION_DECL": self._function,
            "VAR_DECL": self._variable,
            "TYPEDEF_DECL": self._typedef,
            "STRUCT_DECL": self._record,
            "UNION_DECL": self._record,
            "ENUM_DECL": self._enum,
            "MACRO_DEFINITION": self._macro,
        }
        cursors = clang.declarations(self.unit, readers)
        values = [cursor for cursor in cursors if cursor.kind.name in _VALUES]
        self._each(values, readers)
        take_macros = self.macros.parse(flags)
        self._each([cursor for cursor in cursors if cursor.kind.name not in _VALUES], readers)
        settle(self.records)
        self.types.flush()
        take_macros()
        self.records = {**self.macros.records, **self.records, **self._type_records()}
        self.records |= self._aliases()
        self.records |= summarise(self.records)
        return Reading(self.records, self.missing, sorted(set(self._included())), self.headers)

    def _each(self, cursors: Iterable[Any], readers: Mapping[str, Any]) -> None:
        for cursor in cursors:
            number, line, offset = clang.place(cursor)
            if not number or not self._is_own(number):
                continue
            try:
                read = readers[cursor.kind.name]
                read(cursor, f"{self.files[number]}:{line}", offset)
            except Unsupported as error:
                self.missing[cursor.spelling] = f"cffi can't say {error}"

    def _is_own(self, number: int) -> bool:
        if number not in self.files:
            name = str(Path(clang.file_name(number)).resolve())
            self.files[number] = name if self.all or name in self.own else ""
        return bool(self.files[number])

    def _included(self) -> Iterator[str]:
        for include in self.unit.get_includes():
            yield str(Path(include.include.name).resolve())

    # --- declarations

    def _function(self, cursor: Any, where: str, offset: int) -> None:
        name = cursor.spelling
        if name in self.records:
            self._document(name, cursor)
            return
        exported = self.exported(name)
        inline = not exported and (
            cursor.storage_class.name == "STATIC"
            or (cursor.is_definition() and clang.is_inlined(cursor))
        )
        if not inline and not exported:
            self.missing[name] = "it is declared, and no object of the library exports it"
            return
        self.missing.pop(name, None)
        result_type = cursor.result_type
        result, shape = self.types.of(result_type, result_type.spelling)
        parameters = tuple(self._parameters(cursor))
        variadic = clang.is_variadic(cursor.type)
        parts = [p.type for p in parameters] + (["..."] if variadic else [])
        text = f"{self._call(result, name, ', '.join(parts) or 'void')};"
        doc = cursor.raw_comment or ""
        function = Function(name, text, parameters, result, shape, variadic, inline, where, doc)
        self.records[name] = function.store()

    def _parameters(self, cursor: Any) -> Iterator[Parameter]:
        nonnull = _nonnull(clang.attributes(cursor))
        for number, each in enumerate(cursor.get_arguments(), 1):
            declared = each.type
            spelled = declared.spelling
            text, shape = self.types.of(declared, spelled)
            if shape.kind == "array":
                shape = shape._replace(kind="pointer")
                text = f"{text}[]" if spelled.endswith("]") and "[" not in text else text
            is_pointer = shape.kind == "pointer"
            required = is_pointer and (
                number in nonnull or 0 in nonnull or clang.nullability(declared) == 0
            )
            yield Parameter(each.spelling, text, shape, required)

    def _call(self, result: str, name: str, parameters: str) -> str:
        """`int f(void)`; where the result is a pointer to a function, that stands around it."""
        if "(*" in result:
            return result.replace("(*", f"(*{name}({parameters})", 1)
        return f"{result}{'' if result.endswith('*') else ' '}{name}({parameters})"

    def _document(self, name: str, cursor: Any) -> None:
        record = self.records[name]
        if record["kind"] == "function" and not record["doc"]:
            record["doc"] = cursor.raw_comment or ""

    def _variable(self, cursor: Any, where: str, offset: int) -> None:
        name = cursor.spelling
        if cursor.storage_class.name == "STATIC":
            self.macros.unclear[name] = None
            return
        if not self.exported(name):
            self.missing[name] = "it is declared, and no object of the library exports it"
            return
        text, shape = self.types.declare(cursor.type, name), self.types.shape(cursor.type)
        # cffi takes what is const for a number to be compiled in
        text = text.replace("*const ", "*") if "*" in text else text.removeprefix("const ")
        record = {"kind": "variable", "declaration": f"extern {text};", "shape": shape}
        self.records[name] = {**record, "where": where, "doc": cursor.raw_comment or ""}

    def _typedef(self, cursor: Any, where: str, offset: int) -> None:
        self.types.typedef(cursor)

    def _record(self, cursor: Any, where: str, offset: int) -> None:
        if not self.types._unnamed(cursor):
            self.types.record(cursor)

    def _enum(self, cursor: Any, where: str, offset: int) -> None:
        self.types.enum(cursor)
        for name, value in self.types._constants(cursor).items():
            self.records[name] = {"kind": "constant", "value": value}

    def _macro(self, cursor: Any, where: str, offset: int) -> None:
        self.macros.define(cursor.spelling, where, offset)

    def _aliases(self) -> dict[str, dict[str, Any]]:
        """Other names of functions and variables: `#define mpz_init __gmpz_init`."""
        return {
            name: {"kind": "alias", "to": to}
            for name, to in self.macros.aliases.items()
            if name not in self.records and self.records.get(to, {}).get("kind") in _ALIASED
        }

    def _type_records(self) -> dict[str, dict[str, Any]]:
        types = self.types
        made: dict[str, dict[str, Any]] = {}
        for name, text in types.declarations.items():
            if " " not in name:
                kind = "typedef"
                made[name] = {"kind": kind, "declaration": text, "shape": types.shapes.get(name)}
            elif name in types.enums:
                made[name] = {"kind": "enum", "declaration": text, "values": types.enums[name]}
            else:
                layout = types.layouts.get(name)
                made[name] = {"kind": "record", "declaration": text, "layout": layout}
        return made


_VALUES = frozenset({"MACRO_DEFINITION", "VAR_DECL"})
"""What clang must be asked about a second time: it parses while the rest is read."""

_ALIASED = frozenset({"function", "variable", "macro", "typedef"})


def _nonnull(attributes: str) -> set[int]:
    """The numbers of parameters that may not be NULL; 0 for all."""
    found: set[int] = set()
    for match in _NONNULL.finditer(attributes):
        found |= {int(n) for n in (match[1] or "0").split(",")}
    return found
