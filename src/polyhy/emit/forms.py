"""Core forms: do, if, and, or, let; and members by a dot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hy.models import (
    Expression,
    List,
    Symbol,
)

from polyhy.emit.assignment import store
from polyhy.emit.code import Code, EmitError
from polyhy.emit.scopes import head, names_in
from polyhy.emit.types import BOOLEAN, type_of
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
        w.add(before)
        return chosen
    w.scope.function.hoisted[:], w.count = hoisted, count
    w.add(before)
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


@statement("pass")
def pass_(w: Walker, form: Any, place: str) -> None:
    w.give(place, w.none)


# --- let


@statement("let")
def let(w: Walker, form: Any, place: str) -> None:
    if len(form) < 2 or not isinstance(form[1], (List, Expression)):
        raise EmitError(form, "let begins with its bindings: (let [a 1  b 2] …)")
    bindings = bindings_of(form[1])
    _bind(w, bindings, form[2:], place)


def bindings_of(form: Any) -> list[tuple[Any, Any]]:
    """The pairs of names and values in `[a 1  b 2]` or `((a 1) (b 2))`."""
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
