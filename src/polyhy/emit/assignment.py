"""Assignment: setv, setx, del; to names, members, items, and lists of such."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hy import mangle
from hy.models import Expression, List, Symbol, Tuple

from polyhy.emit.code import Code, EmitError
from polyhy.emit.scopes import head
from polyhy.emit.types import LIST, NUMBER
from polyhy.emit.walker import DROP, Walker, counted, expression, statement


@statement("setv")
def setv(w: Walker, form: Any, place: str) -> None:
    rest = list(form[1:])
    while rest:
        target = rest.pop(0)
        if not rest:
            raise EmitError(target, "setv takes names and values in pairs: (setv x 1)")
        assign(w, target, rest.pop(0))
    w.give(place, w.none)


@expression("setx")
def setx(w: Walker, form: Any) -> Code:
    counted(form, 2)
    assign(w, form[1], form[2])
    return w.keep(w.expr(form[1]))


@statement("annotate")
def annotate(w: Walker, form: Any, place: str) -> None:
    w.give(place, w.none)


@statement("nonlocal")
def nonlocal_(w: Walker, form: Any, place: str) -> None:
    for name in form[1:]:
        found = w.scope.function.parent and w.scope.function.parent.find(mangle(str(name)))
        if not found:
            raise EmitError(name, f"no function around has a variable {str(name)!r}")
    w.give(place, w.none)


@statement("global")
def global_(w: Walker, form: Any, place: str) -> None:
    raise EmitError(
        form, "a variable of the Hy around is passed by value: return what it should become"
    )


def assign(w: Walker, target: Any, value: Any) -> None:
    """Say an assignment of a form to a target."""
    if head(target) == "annotate":
        target = target[1]
    if isinstance(target, Symbol):
        w.into(value, place_of(w, target))
    elif isinstance(target, (List, Tuple)) and _swaps(target, value):
        for each, code in zip(target, [w.keep(c) for c in w.exprs(list(value))], strict=True):
            store(w, each, code)
    else:
        store(w, target, w.expr(value))


def _swaps(target: Any, value: Any) -> bool:
    """True for `(setv [a b] [b a])`: no list is needed."""
    starred = any(head(each) == "unpack-iterable" for x in (target, value) for each in _items(x))
    return isinstance(value, (List, Tuple)) and len(value) == len(target) and not starred


def _items(form: Any) -> Sequence[Any]:
    return list(form) if isinstance(form, (List, Tuple)) else ()


def place_of(w: Walker, target: Any) -> str:
    name = mangle(str(target))
    if str(target) in ("True", "False", "None"):
        raise EmitError(target, f"{target} can't be assigned to")
    scope = w.scope.find(name)
    if scope is None:
        raise EmitError(target, f"{target} can't be assigned to here")
    return scope.names[name]


def store(w: Walker, target: Any, value: Code) -> None:
    """Say that `value` becomes that of a target: a name, a member, an item, a list of targets."""
    kind = head(target)
    if isinstance(target, Symbol):
        w.give(place_of(w, target), value)
    elif isinstance(target, (List, Tuple)):
        _destructure(w, target, value)
    elif kind == "." and len(target) > 2:
        _store_member(w, target, value)
    elif kind == "get" and len(target) > 2:
        value = w.keep(value) if "(" in value.text else value
        thing, *keys = w.exprs(target[1:])
        for key in keys[:-1]:
            thing = w.call("get", thing, key)
        known = thing.type == LIST and keys[-1].type == NUMBER
        w.give(DROP, w.call("set_at" if known else "set_item", thing, keys[-1], value))
    elif kind == "cut" and len(target) > 1:
        value = w.keep(value) if "(" in value.text else value
        thing, *places = _span(w, target)
        w.give(DROP, w.call("set_cut", thing, value, *places))
    elif kind == "annotate":
        store(w, target[1], value)
    else:
        raise EmitError(
            target, "this can't be assigned to: a name, (. x y), (get x i) or [a b] can"
        )


def _span(w: Walker, target: Any) -> list[Code]:
    """A list and the places between which it changes."""
    if len(target) > 4:
        raise EmitError(target[4], "what is assigned to or deleted by cut has no steps")
    thing, *places = w.exprs(target[1:])
    return [thing, *([w.none, *places] if len(places) == 1 else places or [w.none, w.none])]


def _store_member(w: Walker, target: Any, value: Code) -> None:
    *path, last = target[1:]
    if len(path) > 1 or not isinstance(path[0], Symbol) or isinstance(last, List):
        value = w.keep(value)
    thing = w.expr(path[0] if len(path) == 1 else Expression([Symbol("."), *path]))
    if isinstance(last, List):
        w.give(DROP, w.call("set_item", thing, w.expr(last[0]), value))
    else:
        place = w.target.member(thing, w.target.member_name(str(last)))
        w.say(w.target.assigned(place.text, value))


def _destructure(w: Walker, target: Any, value: Code) -> None:
    stars = [i for i, each in enumerate(target) if head(each) == "unpack-iterable"]
    if len(stars) > 1:
        raise EmitError(target[stars[1]], "only one #* may stand in a target")
    before = stars[0] if stars else len(target)
    after = len(target) - before - 1 if stars else -1
    codes = w.target.unpacked(w, value, before, after)
    for each, code in zip(target, codes, strict=True):
        store(w, each[1] if head(each) == "unpack-iterable" else each, code)


@statement("del")
def del_(w: Walker, form: Any, place: str) -> None:
    for target in form[1:]:
        if isinstance(target, Symbol):
            w.give(place_of(w, target), w.none)
        elif head(target) == "get" and len(target) > 2:
            *things, key = w.exprs(target[1:])
            thing = things[0]
            for each in things[1:]:
                thing = w.call("get", thing, each)
            w.give(DROP, w.call("del_item", thing, key))
        elif head(target) == "cut" and len(target) > 1:
            thing, *places = _span(w, target)
            empty = w.target.list(w, [], [])
            w.give(DROP, w.call("set_cut", thing, empty, *places))
        elif head(target) == "." and len(target) > 2 and isinstance(target[-1], Symbol):
            thing = w.expr(
                Expression([Symbol("."), *target[1:-1]]) if len(target) > 3 else target[1]
            )
            name = w.target.literal(w.target.member_name(str(target[-1])))
            w.give(DROP, w.call("del_member", thing, name))
        else:
            raise EmitError(target, "this can't be deleted: a name, (. x y) or (get x i) can")
    w.give(place, w.none)
