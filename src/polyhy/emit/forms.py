"""Core forms: do, if, and, or, setv, let, del; and members by a dot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hy import mangle
from hy.models import (
    Expression,
    List,
    Symbol,
    Tuple,
)

from polyhy.emit.code import Code, EmitError
from polyhy.emit.scopes import head, names_in
from polyhy.emit.types import BOOLEAN, LIST, NUMBER, type_of
from polyhy.emit.walker import DROP, Walker, counted, expression, statement

# --- in order, and by condition


@statement("do")
def do(w: Walker, form: Any, place: str) -> None:
    w.body(form[1:], place)


@statement("when")
def when(w: Walker, form: Any, place: str) -> None:
    if len(form) < 2:
        raise EmitError(form, "when needs a condition: (when test …)")
    branch(w, form[1], Expression([Symbol("do"), *form[2:]]), None, place)


@statement("if")
def if_(w: Walker, form: Any, place: str) -> None:
    _three(form)
    branch(w, form[1], form[2], form[3], place)


def _three(form: Any) -> None:
    if len(form) != 4:
        raise EmitError(form, "if takes a condition and two forms: (if test then else)")


def branch(w: Walker, test: Any, then: Any, other: Any, place: str) -> None:
    """Say a choice; with a place for its value as an expression, where that is possible."""
    condition = w.test(test)
    yes = w.gathered(lambda: w.into(then, place))
    no = w.gathered(lambda: w.into(Symbol("None") if other is None else other, place))
    if place == DROP and not yes and not no:
        w.give(DROP, condition)
        return
    w.say(w.target.branches(condition, yes, no or None), test)
    w.out.ended = yes.ended and no.ended


def _choice(w: Walker, form: Any) -> Code:
    """`if` within an expression: without statements, where the target can."""
    _three(form)
    other = form[3]
    with w.block() as before:
        condition = w.test(form[1])
    hoisted, count = list(w.scope.function.hoisted), w.count
    with w.block() as statements:
        chosen = w.target.choice(condition, w.expr(form[2]), w.expr(other))
    if chosen is not None and not statements:
        w.out += before
        return chosen
    w.scope.function.hoisted[:], w.count = hoisted, count
    w.out += before
    place = w.temp()
    w.say(
        w.target.branches(
            condition,
            w.gathered(lambda: w.into(form[2], place)),
            w.gathered(lambda: w.into(other, place)),
        )
    )
    return Code(place, fixed=True)


expression("if")(_choice)


@expression("and", "or")
def logic(w: Walker, form: Any) -> Code:
    """The value that decides, as in Python."""
    kind, forms = head(form), form[1:]
    if not forms:
        return w.target.literal(True if kind == "and" else None)
    if len(forms) > 1 and all(_is_test(w, each) for each in forms):
        with w.block() as before:
            tests = [w.test(each) for each in forms]
        if not before:
            return w.target.joined(kind, tests)
    place = w.temp()
    _decide(w, kind, forms, place)
    return Code(place, fixed=True)


def _is_test(w: Walker, form: Any) -> bool:
    return type_of(form, w.type) == BOOLEAN


def _decide(w: Walker, kind: str, forms: Sequence[Any], place: str) -> None:
    w.into(forms[0], place)
    if len(forms) > 1:
        value = w.truth(Code(place, fixed=True))
        test = value if kind == "and" else w.target.negated(value)
        rest = w.gathered(lambda: _decide(w, kind, forms[1:], place))
        w.say(w.target.branches(test, rest, None))


@expression("not")
def not_(w: Walker, form: Any) -> Code:
    counted(form, 1)
    return w.target.negated(w.test(form[1]))


# --- assignment


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


@statement("pass")
def pass_(w: Walker, form: Any, place: str) -> None:
    w.give(place, w.none)


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
    elif kind == "annotate":
        store(w, target[1], value)
    else:
        raise EmitError(
            target, "this can't be assigned to: a name, (. x y), (get x i) or [a b] can"
        )


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


@statement("let")
def let(w: Walker, form: Any, place: str) -> None:
    if len(form) < 2 or not isinstance(form[1], (List, Expression)):
        raise EmitError(form, "let begins with its bindings: (let [a 1  b 2] …)")
    bindings = _bindings(form[1])
    _bind(w, bindings, form[2:], place)


def _bindings(form: Any) -> list[tuple[Any, Any]]:
    if isinstance(form, Expression):
        for pair in form:
            if not isinstance(pair, Expression) or len(pair) != 2:
                raise EmitError(pair, "each binding is a pair: (let ((a 1) (b 2)) …)")
        return [(pair[0], pair[1]) for pair in form]
    if len(form) % 2:
        raise EmitError(form[-1], "this binding has no value: (let [a 1  b 2] …)")
    return list(zip(form[::2], form[1::2], strict=True))


def _bind(w: Walker, bindings: Sequence[Any], body: Sequence[Any], place: str) -> None:
    """Bind one after the other: each sees those before it."""
    if not bindings:
        w.body(body, place)
        return
    (target, value), *rest = bindings
    code = w.expr(value)
    setter = Expression([Symbol("setv"), target, value])
    with w.renamed(set(names_in(target)), [setter, *(b[1] for b in rest), *body]):
        store(w, target, code)
        _bind(w, rest, body, place)


@statement("del")
def del_(w: Walker, form: Any, place: str) -> None:
    for target in form[1:]:
        if isinstance(target, Symbol):
            w.give(place_of(w, target), w.none)
        elif head(target) == "get":
            *things, key = w.exprs(target[1:])
            thing = things[0]
            for each in things[1:]:
                thing = w.call("get", thing, each)
            w.give(DROP, w.call("del_item", thing, key))
        elif head(target) == "." and isinstance(target[-1], Symbol):
            thing = w.expr(
                Expression([Symbol("."), *target[1:-1]]) if len(target) > 3 else target[1]
            )
            name = w.target.literal(w.target.member_name(str(target[-1])))
            w.give(DROP, w.call("del_member", thing, name))
        else:
            raise EmitError(target, "this can't be deleted: a name, (. x y) or (get x i) can")
    w.give(place, w.none)


# --- members


@expression(".")
def dot(w: Walker, form: Any) -> Code:
    """`(. x name [key] (method arg))`."""
    if len(form) < 2 or str(form[1]) == "None":
        raise EmitError(form, "a method stands before its object: (.name object)")
    code = w.expr(form[1])
    for part in form[2:]:
        if isinstance(part, Symbol):
            code = w.target.member(code, w.target.member_name(str(part)))
        elif isinstance(part, List) and len(part) == 1:
            code = w.call("get", code, w.expr(part[0]))
        elif isinstance(part, Expression) and part and isinstance(part[0], Symbol):
            from polyhy.emit.calls import method_of

            code = method_of(w, code, part, w.target.method)
        else:
            raise EmitError(part, "after a dot stands a name, [a key] or (a method)")
    return code
