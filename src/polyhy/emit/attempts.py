"""Errors: try, raise, assert; and `with`, which ends what it began."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hy import mangle
from hy.models import Keyword, List, Symbol

from polyhy.emit.code import Code, EmitError
from polyhy.emit.scopes import head
from polyhy.emit.walker import DROP, RETURN, Walker, statement


@statement("try")
def try_(w: Walker, form: Any, place: str) -> None:
    body, excepts, otherwise, at_last = _parted(form)
    if place == RETURN and (otherwise or not w.target.returns_from_try):
        place_, place = place, w.temp()
        _attempt(w, body, excepts, otherwise, at_last, place)
        w.give(place_, Code(place, fixed=True))
    else:
        _attempt(w, body, excepts, otherwise, at_last, place)


def _parted(form: Any) -> tuple[list[Any], list[Any], list[Any] | None, list[Any] | None]:
    body: list[Any] = []
    excepts: list[Any] = []
    parts: dict[str, list[Any]] = {}
    for each in form[1:]:
        kind = head(each)
        if kind == "except":
            excepts.append(each)
        elif kind in ("else", "finally"):
            parts[kind] = list(each[1:])
        elif kind == "except*":
            raise EmitError(each, "there are no groups of errors here: use except")
        elif excepts or parts:
            raise EmitError(each, "after except, else and finally nothing more is tried")
        else:
            body.append(each)
    if not excepts and "finally" not in parts:
        raise EmitError(form, "try has an except or a finally: (try … (except [e ValueError] …))")
    return body, excepts, parts.get("else"), parts.get("finally")


def _attempt(w: Walker, body: Any, excepts: Any, otherwise: Any, at_last: Any, place: str) -> None:
    fine = w.temp() if otherwise is not None else ""
    if fine:
        w.give(fine, w.target.literal(False))

    def tried() -> None:
        w.body(body, DROP if fine else place)
        if fine:
            w.give(fine, w.target.literal(True))

    def caught(error: Code) -> None:
        _catch(w, excepts, error, place)

    def finished() -> None:
        w.body([*(at_last or ()), Symbol("None")], DROP)

    if fine and at_last is not None:
        # What `else` holds is not watched by `except`, but `finally` comes after it.
        def both() -> None:
            w.target.attempt(w, tried, caught if excepts else None, None)
            _else(w, fine, otherwise, place)

        w.target.attempt(w, both, None, finished)
        return
    w.target.attempt(
        w, tried, caught if excepts else None, finished if at_last is not None else None
    )
    if fine:
        _else(w, fine, otherwise, place)


def _else(w: Walker, fine: str, otherwise: Any, place: str) -> None:
    said = w.gathered(lambda: w.body(otherwise, place))
    w.say(w.target.branches(Code(fine, type="boolean"), said, None))


def _catch(w: Walker, excepts: Sequence[Any], error: Code, place: str) -> None:
    """Say the first `except` that takes the error, and so on; else it goes on."""
    if not excepts:
        w.leave(w.target.raised(w, error, None))
        return
    first, *rest = excepts
    clause = first[1] if len(first) > 1 and isinstance(first[1], List) else None
    if clause is None or len(clause) > 2:
        raise EmitError(
            first, "except takes what it catches in brackets: (except [e ValueError] …)"
        )
    name = clause[0] if len(clause) == 2 else None
    kinds = _kinds(clause[-1]) if clause else []

    def taken() -> None:
        if name is not None:
            scope = w.scope.find(mangle(str(name)))
            if scope is not None:
                w.say(w.target.assigned(scope.names[mangle(str(name))], error))
        w.errors.append(error)
        w.body(first[2:], place)
        w.errors.pop()

    if not kinds or any(str(kind) == "BaseException" for kind in kinds):
        taken()
        return
    tests = [w.call("isinstance", error, w.expr(kind))._replace(type="boolean") for kind in kinds]
    test = tests[0] if len(tests) == 1 else w.target.joined("or", tests)
    yes = w.gathered(taken)
    no = w.gathered(lambda: _catch(w, rest, error, place))
    w.say(w.target.branches(test, yes, no), first)


def _kinds(form: Any) -> list[Any]:
    return list(form) if isinstance(form, List) else [form]


@statement("raise")
def raise_(w: Walker, form: Any, place: str) -> None:
    if len(form) == 1:
        if not w.errors:
            raise EmitError(form, "outside of except, raise takes an error")
        w.leave(w.target.raised(w, w.errors[-1], None), form)
        return
    if len(form) not in (2, 4) or (len(form) == 4 and form[2] != Keyword("from")):
        raise EmitError(form, 'raise takes an error: (raise (ValueError "no") :from cause)')
    cause = w.expr(form[3]) if len(form) == 4 and form[2] == Keyword("from") else None
    error = w.expr(form[1])
    if isinstance(form[1], Symbol) and mangle(str(form[1])) in w.needs:
        error = w.target.constructed(w, error, [], [])
    w.leave(w.target.raised(w, error, cause), form)


@statement("assert")
def assert_(w: Walker, form: Any, place: str) -> None:
    if len(form) not in (2, 3):
        raise EmitError(form, "assert takes a condition and a text")
    test = w.target.negated(w.test(form[1]))

    def fail() -> None:
        text = [w.expr(form[2])] if len(form) == 3 else []
        error = Code(w.need("AssertionError"))
        w.leave(w.target.raised(w, w.target.constructed(w, error, text, [False] * len(text)), None))

    w.say(w.target.branches(test, w.gathered(fail), None), form)
    w.give(place, w.none)


@statement("with")
def with_(w: Walker, form: Any, place: str) -> None:
    if len(form) < 2 or not isinstance(form[1], List) or not form[1]:
        raise EmitError(form, "with takes its things in brackets: (with [f (open x)] …)")
    things = [each for each in form[1] if each != Keyword("async")]
    pairs = (
        [(None, things[0])]
        if len(things) == 1
        else list(zip(things[::2], things[1::2], strict=False))
    )
    if place == RETURN and not w.target.returns_from_try:
        place_, place = place, w.temp()
        _entered(w, pairs, form[2:], place)
        w.give(place_, Code(place, fixed=True))
    else:
        _entered(w, pairs, form[2:], place)


def _entered(w: Walker, pairs: Sequence[Any], body: Any, place: str) -> None:
    from polyhy.emit.assignment import store

    if not pairs:
        w.body(body, place)
        return
    (target, value), *rest = pairs
    thing = w.keep(w.expr(value))
    entered = w.call("enter", thing)
    if target is None or str(target) == "_":
        w.give(DROP, entered)
    else:
        store(w, target, entered)
    failed = w.temp()
    w.give(failed, w.none)

    def caught(error: Code) -> None:
        w.give(failed, error)
        swallowed = w.call("exit", thing, error)._replace(type="boolean")
        go_on = w.gathered(lambda: w.leave(w.target.raised(w, error, None)))
        w.say(w.target.branches(w.target.negated(swallowed), go_on, None))

    def finished() -> None:
        test = w.call("same", Code(failed), w.none)._replace(type="boolean")
        ending = w.gathered(lambda: w.give(DROP, w.call("exit", thing, w.none)))
        w.say(w.target.branches(test, ending, None))

    w.target.attempt(w, lambda: _entered(w, rest, body, place), caught, finished)
