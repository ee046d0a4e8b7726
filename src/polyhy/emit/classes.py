"""Classes: `defclass`, with methods and values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hy import mangle
from hy.models import List, String, Symbol

from polyhy.emit.code import Code, EmitError
from polyhy.emit.functions import check_defn, function, head_of, plain
from polyhy.emit.scopes import head
from polyhy.emit.walker import Walker, statement


@statement("defclass")
def defclass(w: Walker, form: Any, place: str) -> None:
    _, decorators, rest = head_of(form[1:])
    if not rest or not isinstance(rest[0], Symbol):
        raise EmitError(form, "defclass takes a name: (defclass Point [] …)")
    name, body = mangle(str(rest[0])), rest[1:]
    bases = w.exprs(list(body[0])) if body and isinstance(body[0], List) else []
    if body and isinstance(body[0], List):
        body = body[1:]
    if len(bases) > 1:
        raise EmitError(rest[1][1], f"a class of {w.target.name} has one class above it")
    scope = w.scope.find(name)
    place_ = scope.names[name] if scope else w.target.local_name(name)
    w.classes.add(place_)
    members = list(_members(w, place_, body))
    w.say(w.target.classed(w, place_, bases, members, form), form)
    for decorator in reversed(decorators):
        code = w.target.called(w, w.expr(decorator), [Code(place_)], [False])
        w.say(w.target.assigned(place_, code))
    w.give(place, w.none)


class Member:
    """A member of a class: a method, or a value."""

    def __init__(self, name: str, kind: str, code: Code) -> None:
        self.name, self.kind, self.code = name, kind, code


_DECORATORS = {"staticmethod": "static", "classmethod": "class", "property": "property"}


def _members(w: Walker, owner: str, body: Sequence[Any]) -> Any:
    for form in body:
        kind = head(form)
        if isinstance(form, String) or str(form) == "None":
            continue
        if kind == "setv":
            for target, value in zip(form[1::2], form[2::2], strict=False):
                name = plain(target)
                yield Member(w.target.member_name(str(name)), "value", w.expr(value))
        elif kind == "defn":
            yield _method(w, owner, form)
        elif kind not in ("annotate", "pass"):
            raise EmitError(form, "a class holds defn and setv")


def _method(w: Walker, owner: str, form: Any) -> Member:
    is_async, decorators, rest = head_of(form[1:])
    kind = "method"
    for decorator in decorators:
        if str(decorator) not in _DECORATORS:
            raise EmitError(decorator, "a method may be a staticmethod, classmethod or property")
        kind = _DECORATORS[str(decorator)]
    check_defn(form, rest)
    symbol = plain(rest[0])
    if kind != "static" and not rest[1]:
        raise EmitError(rest[1], "a method takes its object first: [self]")
    how = "init" if str(symbol) == "__init__" else kind
    code = function(w, "", rest[1], rest[2:], is_async=is_async, owner=owner, kind=how)
    return Member(w.target.member_name(str(symbol)), kind, code)
