"""What the walker makes: pieces and files of a Target, with what they need of its prelude."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from hy.models import Symbol

from polyhy.emit import (
    assignment,
    attempts,
    calls,
    classes,
    collections,
    forms,
    functions,
    imports,
    loops,
    operators,
    patterns,
)
from polyhy.emit.code import Code, at, in_place, pretty
from polyhy.emit.language import Around, Module, Piece
from polyhy.emit.scopes import assigned, head
from polyhy.emit.target import Target
from polyhy.emit.walker import DROP, RETURN, Walker

TOPICS = (forms, assignment, operators, collections, calls, functions, classes, loops)
TOPICS += (attempts, patterns, imports)


def piece(target: Target, forms: Sequence[Any], around: Around, names: Sequence[str]) -> Piece:
    """Say forms as one expression."""
    first = next((line for form in forms if (line := getattr(form, "start_line", 0))), 1)
    w = Walker(target, around)
    own = assigned(forms)
    w.begin(own, forms)
    with w.block() as block:
        _say(w, forms, names)
    text, takes = target.as_piece(w, block)
    source = in_place(text, first)
    return Piece(source, first, takes, tuple(w.free), tuple(w.imports), w.scope.is_async)


def _say(w: Walker, forms: Sequence[Any], names: Sequence[str]) -> None:
    w.scope.is_async = functions.contains(forms, "await")
    if len(forms) == 1 and names and w.target.names_functions and functions.is_plain_defn(forms[0]):
        w.give(RETURN, functions.defined(w, forms[0]), at(forms[0]))
        w.scope.hoisted.clear()
    elif names:
        _say_defined(w, forms, names)
    else:
        w.body(forms, RETURN)


def _say_defined(w: Walker, forms: Sequence[Any], names: Sequence[str]) -> None:
    """Say forms, and give what they define: a list of `names`, and of the last value in a list."""
    last = forms[-1]
    defines = head(last) in ("defn", "defclass")
    w.body([*forms[:-1], Symbol("None")], DROP)
    value = DROP if defines else w.temp()
    w.into(last, value)
    codes = [w.symbol(Symbol(name)) for name in names]
    if not defines:
        codes.append(w.target.list(w, [Code(value)], [False]))
    only = len(codes) == 1
    w.give(RETURN, codes[0] if only else w.target.list(w, codes, [False] * len(codes)))


def module(target: Target, forms: Sequence[Any], around: Around) -> Module:
    """Say a whole file."""
    w = Walker(target, around, imports_inside=True)
    own = assigned(forms)
    w.begin(own, forms)
    w.scope.is_async = functions.contains(forms, "await")
    with w.block() as block:
        w.body([*forms, Symbol("None")], DROP)
    exports = {w.scope.names[name]: name for name in sorted(own) if name[:1] != "_"}
    text = target.as_module(w, block, exports, shaken(target, w.needs))
    source, marks = pretty(text)
    return Module(source, marks, w.scope.is_async)


# --- the prelude


def shaken(target: Target, needs: Sequence[str] | dict[str, None]) -> str:
    """The definitions of the prelude that `needs` name, and those that these need."""
    definitions = prelude(target)
    wanted, rest = set(), list(needs)
    while rest:
        name = rest.pop()
        if name in wanted or name not in definitions:
            continue
        wanted.add(name)
        words = set(re.findall(target.word, definitions[name]))
        rest += [each for each in definitions if target.prelude_name(each) in words]
    return "\n".join(text for name, text in definitions.items() if name in wanted)


@cache
def prelude(target: Target) -> dict[str, str]:
    """The definitions of a target's prelude by name: each begins at the start of a line."""
    starts = list(re.finditer(target.defines, target.prelude, re.MULTILINE))
    ends = [match.start() for match in starts[1:]] + [len(target.prelude)]
    texts = [target.prelude[m.start() : end].strip() for m, end in zip(starts, ends, strict=True)]
    return {target.plain_name(match[1]): text for match, text in zip(starts, texts, strict=True)}
