"""Cells of a prompt: items that the next cells see, statements that run, a value at the end."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from importlib.resources import files
from math import isfinite
from typing import Any

from polyhy.errors import ConversionError

from .errors import RustSyntaxError
from .pieces import TYPES, Piece, pieces

ENTRY = "polyhy_cell"

_LET = re.compile(r"let\s+(?P<pattern>[^=:;]+)")
_WORD = re.compile(r"(?<![\w.'])([a-z_]\w*)\b(?!\s*(?:[!(]|::))")
_GONE = re.compile(r"(?:moved|uninitialized|possibly-uninitialized):? .*?`(\w+)`|value: `(\w+)`")
_UNKNOWN = re.compile(r"cannot find value `(\w+)`")


class Shown(str):
    """A value that is no data, as Rust's `Debug` writes it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


class Cells:
    """What cells know from one to the next: the items that they defined.

    Each cell is a module of its own, with the items of earlier ones beside it. Types of theirs that
    it uses are its own: what a cell defines takes objects that were made since.
    """

    def __init__(self, load: Callable[..., Any]) -> None:
        self.load = load
        self.items: dict[str, str] = {}
        self.made: dict[str, Any] = {}

    def run(self, source: str, origin: str, names: MutableMapping[str, Any]) -> Any:
        """Define what the cell defines, run what it does, and return the value at its end."""
        some = pieces(source)
        new = {piece.key: piece.text for piece in some if piece.key}
        steps = [piece for piece in some if not piece.key]
        kept = {key: text for key, text in self.items.items() if not _is_replaced(key, new)}
        given = {name: names[name] for name in _used(steps) if name in names}
        module = self._compiled(some, kept, given, origin)
        self.items = {**kept, **new}
        for key in [*new, *(key for key in kept if key.startswith(TYPES))]:
            name = key.rpartition(" ")[2]
            if name.isidentifier() and hasattr(module, name):
                names[name] = getattr(module, name)
        if not steps:
            return None
        value, shared = eval(getattr(module, ENTRY)(), {"float": float, "Shown": Shown})
        names.update({n: x for n, x in shared.items() if n not in given or given[n] != x})
        return value

    def _compiled(
        self, some: Sequence[Piece], kept: Mapping[str, str], given: Mapping[str, Any], origin: str
    ) -> Any:
        """The module of a cell; a name whose value was moved away in the end is not shared."""
        lets = {name: text for name, value in given.items() if (text := _let(name, value))}
        shared = dict.fromkeys([*lets, *_bound(some)])
        while True:
            try:
                return self._loaded(_source(some, kept, lets.values(), shared), origin)
            except RustSyntaxError as error:
                gone = [n for found in _GONE.findall(error.message) for n in found if n in shared]
                if error.type_name not in ("E0382", "E0381") or not gone:
                    raise _explained(error, given, lets) from None
                for name in gone:
                    shared.pop(name, None)

    def _loaded(self, text: str, origin: str) -> Any:
        """The module for a text, made once."""
        if text not in self.made:  # told at a terminal, by a line that goes away again
            self.made[text] = self.load(text, origin, told=sys.stderr.isatty())
        return self.made[text]


def _is_replaced(key: str, new: Mapping[str, str]) -> bool:
    """True for an item that the cell defines anew, and what was implemented for such a type."""
    names = {each.rpartition(" ")[2] for each in new if each.startswith(TYPES)}
    return key in new or (
        key.startswith(("impl", "#")) and bool(names & set(re.findall(r"\w+", key)))
    )


def _used(steps: Iterable[Piece]) -> list[str]:
    return list(dict.fromkeys(name for step in steps for name in _WORD.findall(step.text)))


def _bound(some: Iterable[Piece]) -> list[str]:
    """The names that statements bind by `let` at the top."""
    patterns = (found["pattern"] for piece in some if (found := _LET.match(piece.text)))
    return [
        n for p in patterns for n in re.findall(r"\b[a-z_]\w*", p) if n not in ("mut", "ref", "_")
    ]


def _source(
    some: Sequence[Piece], kept: Mapping[str, str], lets: Iterable[str], shared: Iterable[str]
) -> str:
    """The module's text: items on their own lines, then statements on theirs, then the rest."""
    first = next((i for i, piece in enumerate(some) if not piece.key), len(some))
    later = [piece for piece in some[first:] if piece.key]
    steps = [piece for piece in some[first:] if not piece.key]
    text = ""
    for piece in some[:first]:
        text = _down(text, piece) + piece.public()
    if steps:
        *before, last = steps
        text = _down(text, steps[0]) + f"pub fn {ENTRY}() -> String {{ {' '.join(lets)} "
        for step in before:
            text = _down(text, step) + step.text
        ends = last.text.endswith(";")
        lent = "&" if last.text.strip().isidentifier() else ""  # so that the name keeps it
        text = _down(text, last) + ("" if ends else f"let polyhy_value = {lent}") + last.text
        text += "\nlet polyhy_value = ();" if ends else ";"
        pairs = "".join(
            f'let polyhy_names = polyhy_names + "\'{name}\': " + &Say(&{name}).said() + ",";\n'
            for name in shared
        )
        text += f"\n{_END[0]}{pairs}{_END[1]}"
    rest = [*(piece.public() for piece in later), *(_private(k, t) for k, t in kept.items())]
    return "\n".join([text, *rest, _said()])


def _said() -> str:
    return files(__spec__.parent).joinpath("cell.rs").read_text("utf-8")


_END = (
    "#[allow(unused_imports)] use crate::polyhy::{Say, Shown};\n"
    "let polyhy_names = String::new();\n",
    "let _ = std::io::Write::flush(&mut std::io::stdout());\n"
    'format!("({}, {{{}}})", Say(&polyhy_value).said(), polyhy_names)\n}',
)


def _down(text: str, piece: Piece) -> str:
    """Go on to the line of a piece."""
    missing = piece.line - 1 - text.count("\n")
    return text + ("\n" * missing if missing > 0 else " ")


def _private(key: str, text: str) -> str:
    """An earlier cell's item; its types must be as public as what is made of them."""
    return Piece(text, 1).public() if key.startswith(TYPES) else f"#[allow(unused)] {text}"


def _let(name: str, value: Any) -> str:
    text = _literal(value)
    return f"let mut {name} = {text};" if text else ""


def _literal(value: Any) -> str:
    """Data as Rust writes it; empty for what has no exact form there."""
    if type(value) is bool:
        return str(value).lower()
    if type(value) is int:
        for kind, bits in (("i64", 63), ("i128", 127)):
            if -(2**bits) < value < 2**bits:
                return f"({value}_{kind})"
    if type(value) is float:
        return f"({value!r}_f64)" if isfinite(value) else f"f64::from_bits({_bits(value)})"
    if type(value) is str:
        letters = "".join(f"\\u{{{ord(c):x}}}" for c in value)
        return f'String::from("{letters}")'
    if type(value) is list and value and len({type(x) for x in value}) == 1:
        items = [_literal(x) for x in value]
        return f"vec![{', '.join(items)}]" if all(items) else ""
    return ""


def _bits(value: float) -> int:
    import struct

    return struct.unpack("<Q", struct.pack("<d", value))[0]


def _explained(
    error: RustSyntaxError, given: Mapping[str, Any], lets: Mapping[str, str]
) -> Exception:
    """The error; where it is of a session's name that can't cross, one that says so."""
    unknown = _UNKNOWN.search(error.message)
    name = unknown[1] if unknown else ""
    if name in given and name not in lets:
        kind = type(given[name]).__name__
        return ConversionError(f"this {kind} has no exact form in a cell of Rust", path=name)
    return error
