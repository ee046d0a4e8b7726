"""Lisp as Rust: typed functions of numbers, texts and lists. It is text alone, as for any target.

types.py        what annotations say
declare.py      a function's parameters and result
functions.py    how it is said
writer.py       names and types, while it is
forms.py items.py loops.py operators.py calls.py builtins.py maths.py    the forms, a topic a file
prelude.rs      what Lisp means by its operators
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any

from hy.models import String

from polyhy.emit import Around, EmitError, Language, Module, Piece, in_place, pretty
from polyhy.emit.code import BREAK
from polyhy.emit.scopes import head

from . import calls, forms, items, loops, operators
from .declare import Function, declared, find_changes, local_name
from .functions import said
from .maths import is_math

TOPICS = (forms, items, operators, calls, loops)


class Rust(Language):
    """Functions with types, compiled ahead: what they define is a module of native functions."""

    name = "rust"
    suffix = ".rs"

    def piece(self, forms: Sequence[Any], around: Around, names: Sequence[str]) -> Piece:
        text = _functions(forms, around)
        first = next((line for each in forms if (line := getattr(each, "start_line", 0))), 1)
        members = tuple(map(local_name, names))
        return Piece(in_place(text, first) + _prelude(), first, False, members=members)

    def module(self, forms: Sequence[Any], around: Around) -> Module:
        source, marks = pretty(_functions(forms, around), "    ")
        return Module(source + _prelude(), marks)


def _functions(forms: Sequence[Any], around: Around) -> str:
    defined: dict[str, Function] = {}
    for form in forms:
        if isinstance(form, String):
            continue
        if is_math(form):
            around = _Math(around)
            continue
        if head(form) != "defn":
            raise EmitError(
                form, 'Rust has typed functions here, (rust:defn #^ float f [#^ float x] …), or "…"'
            )
        function = declared(form)
        defined[function.name] = function
    find_changes(defined)
    return BREAK.join(said(function, defined, around) for function in defined.values())


class _Math:
    """The Lisp around, with `math` imported beside the functions."""

    def __init__(self, around: Around) -> None:
        self.around = around

    def bound(self, name: str) -> bool:
        return name == "math" or self.around.bound(name)

    def names(self) -> Iterable[str]:
        return self.around.names()


def _prelude() -> str:
    return files(__package__ or "").joinpath("prelude.rs").read_text("utf-8")
