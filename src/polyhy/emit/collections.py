"""Lists, dicts, sets, texts: how they are written, and their items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hy.models import (
    Dict,
    FString,
    Keyword,
    List,
    Set,
    String,
    Tuple,
)

from polyhy.emit.code import Code, EmitError
from polyhy.emit.scopes import head
from polyhy.emit.types import LIST, NUMBER, TEXT
from polyhy.emit.walker import Walker, expression, says


@expression("get")
def get(w: Walker, form: Any) -> Code:
    if len(form) < 3:
        raise EmitError(form, "get takes a collection and a key: (get xs 0)")
    thing, *keys = w.exprs(form[1:])
    for key in keys:
        known = thing.type == LIST and key.type == NUMBER
        thing = w.call("at" if known else "get", thing, key)
    return thing


@expression("cut")
def cut(w: Walker, form: Any) -> Code:
    if not 2 <= len(form) <= 5:
        raise EmitError(form, "cut takes a sequence and up to three places: (cut xs 1 3)")
    thing, *places = w.exprs(form[1:])
    if len(places) == 1:
        places = [w.none, places[0]]
    return w.call("cut", thing, *places)


def items(w: Walker, forms: Sequence[Any]) -> tuple[list[Code], list[bool]]:
    """Items of a list or arguments of a call, with which of them are spread."""
    spread = [head(each) == "unpack-iterable" for each in forms]
    plain = [each[1] if s else each for each, s in zip(forms, spread, strict=True)]
    codes = w.exprs(plain)
    return [w.call("iter", c) if s else c for c, s in zip(codes, spread, strict=True)], spread


@says(List, Tuple)
def list_(w: Walker, form: Any) -> Code:
    codes, spread = items(w, list(form))
    return w.target.list(w, codes, spread)._replace(type=LIST)


@says(Set)
def set_(w: Walker, form: Any) -> Code:
    codes, spread = items(w, list(form))
    return w.call("set", w.target.list(w, codes, spread))._replace(type="set")


@says(Dict)
def dict_(w: Walker, form: Any) -> Code:
    rest, groups = list(form), [[]]
    while rest:
        key = rest.pop(0)
        if head(key) == "unpack-mapping":
            groups += [key[1], []]
        elif not rest:
            raise EmitError(key, "this key has no value")
        else:
            groups[-1].append((key, rest.pop(0)))
    parts = [_pairs(w, g) if isinstance(g, list) else w.expr(g) for g in groups if g != []]
    if len(groups) == 1:
        return parts[0] if parts else w.target.dict(w, [], textual=True)
    return w.call("merged", *parts)


def _pairs(w: Walker, pairs: Sequence[tuple[Any, Any]]) -> Code:
    textual = all(isinstance(key, (String, Keyword)) for key, _ in pairs)
    codes = w.exprs([each for pair in pairs for each in pair])
    return w.target.dict(w, list(zip(codes[::2], codes[1::2], strict=True)), textual=textual)


@says(FString)
def fstring(w: Walker, form: Any) -> Code:
    parts = [
        w.target.literal(str(each)) if isinstance(each, String) else _shown(w, each)
        for each in form
    ]
    return w.target.joined_text(parts or [w.target.literal("")])


def _shown(w: Walker, component: Any) -> Code:
    code = w.expr(component[0])
    if component.conversion in ("r", "a"):
        code = w.call("repr", code)
    elif component.conversion == "s":
        code = w.call("str", code)
    if len(component) > 1:
        spec = w.target.joined_text(
            [
                w.target.literal(str(each)) if isinstance(each, String) else _shown(w, each)
                for each in component[1:]
            ]
        )
        return w.call("format", code, spec)._replace(type=TEXT)
    return code if code.type == TEXT else w.call("str", code)._replace(type=TEXT)
