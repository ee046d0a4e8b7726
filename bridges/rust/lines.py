"""Lines: source of which rustc may refuse single lines, each of which stands for one thing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .certain import is_certain
from .classes import Class
from .kinds import distinct
from .plan import Api, Entry

LINTS = (
    *("warnings", "never_type_fallback_flowing_into_unsafe", "unconditional_panic"),
    *("dependency_on_unit_never_type_fallback", "arithmetic_overflow", "invalid_value"),
    *("useless_deprecated", "enum_intrinsics_non_enums"),
)
HEAD = f"""\
#![allow({", ".join(LINTS)})]
#[macro_use]
extern crate polyhy_prelude as prelude;
use prelude::names::*;
here!();
"""

MOST_WAYS = 5
"""How many types of arguments a function may be compiled for."""
_RESULT = re.compile(r"(?P<shape>\b\w+) \{(?P<type>[^{}]*)\}(?= f k s )")


class Lines:
    """Source whose lines can be dropped: `at` says what stands on a line, and as which text."""

    def __init__(self, classes: Sequence[Class]) -> None:
        self.text = HEAD.splitlines()
        self.shapes = {own.text: own.shape for own in classes}
        self.at: dict[int, tuple[Entry | Class, str]] = {}

    def add(self, line: str, what: Entry | Class, ident: str = "", text: str = "") -> None:
        """Add a line of a plan; `text` is how it is written, where that differs."""
        written = (text or line).replace("@ID", ident).replace("\n", " ")
        self.text.append(_RESULT.sub(self._result, written))
        self.at[len(self.text)] = (what, line)

    def bind(self, entry: Entry, classes: Sequence[str]) -> None:
        """Add the best line of an entry; or several, of which the arguments of a call choose."""
        rows = [(entry.open.get(line, ()), line) for line in entry.lines]
        ways = distinct(rows, classes, MOST_WAYS)
        if len(ways) == 1:
            self.add(ways[0], entry, entry.ident)
            return
        idents = [f"{entry.ident}_{at}" for at in range(len(ways))]
        for way, ident in zip(ways, idents, strict=True):
            self.add(way, entry, ident, f"way! {{ @ID {way[way.index('|') :]}")
        head = ways[0][: ways[0].index("|")].replace("shim!", "either!").replace("@ID", entry.ident)
        self.text.append(f"{head}[{' '.join(idents)}] }}")

    def _result(self, found: re.Match[str]) -> str:
        """`plain` for `plain {Foo}`; `plain_data` where Foo crosses whatever rustc says."""
        return found["shape"] + "_data" * is_certain(found["type"], self.shapes)

    def __str__(self) -> str:
        return "\n".join([*self.text, ""])


def candidates(api: Api) -> Lines:
    """All classes and all alternatives of all entries."""
    lines = Lines(api.classes)
    for own in api.classes:
        lines.add(own.declaration, own)
    for number, entry in enumerate(api.entries):
        for at, line in enumerate(entry.lines):
            lines.add(line, entry, f"e{number}_{at}")
    return lines
