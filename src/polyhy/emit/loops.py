"""Loops and comprehensions, which share their clauses: `[x xs  :if c  :setv y 1  :do z]`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hy.models import List, Symbol

from polyhy.emit.code import Code, EmitError
from polyhy.emit.functions import contains
from polyhy.emit.scopes import clause_names, clauses_of, head
from polyhy.emit.target import Function
from polyhy.emit.types import LIST
from polyhy.emit.walker import DROP, Walker, expression, statement


class Loop:
    """A loop that is being said: whether it is left by break or continue, and where it stands."""

    def __init__(self, w: Walker, *, otherwise: bool) -> None:
        w.count += 1
        self.label = w.count
        self.depth = len(w.scope.function.guards)
        self.continues = False
        self.flag = w.temp() if otherwise else ""


@statement("while")
def while_(w: Walker, form: Any, place: str) -> None:
    if len(form) < 2:
        raise EmitError(form, "while takes a condition: (while test …)")
    body, otherwise = _parted(form[2:])
    loop = _begin(w, otherwise)
    with w.block() as before:
        test: Code | None = w.test(form[1])
    if before and test is not None:
        with w.block() as inside:
            w.add(before)
            stop = w.gathered(lambda: w.leave(w.target.left(w, "stop")))
            w.say(w.target.branches(w.target.negated(test), stop, None))
            _inside(w, loop, body)
        test = None
    else:
        inside = w.gathered(lambda: _inside(w, loop, body))
    w.say(w.target.while_loop(w, test, inside, loop), form)
    _end(w, loop, otherwise)
    w.give(place, w.none)


@statement("for")
def for_(w: Walker, form: Any, place: str) -> None:
    if len(form) < 2 or not isinstance(form[1], List) or not form[1]:
        raise EmitError(form, "for takes its clauses in brackets: (for [x xs] …)")
    body, otherwise = _parted(form[2:])
    clauses = list(clauses_of(form[1]))
    loop = _begin(w, otherwise)
    _loops(w, clauses, lambda: w.body([*body, Symbol("None")], DROP), loop)
    _end(w, loop, otherwise)
    w.give(place, w.none)


def _parted(forms: Sequence[Any]) -> tuple[list[Any], list[Any] | None]:
    """A loop's body, and what `(else …)` at its end holds."""
    if forms and head(forms[-1]) == "else":
        return list(forms[:-1]), list(forms[-1][1:])
    return list(forms), None


def _begin(w: Walker, otherwise: Any) -> Loop:
    loop = Loop(w, otherwise=otherwise is not None)
    if loop.flag:
        w.give(loop.flag, w.target.literal(True))
    return loop


def _end(w: Walker, loop: Loop, otherwise: list[Any] | None) -> None:
    if otherwise is not None:
        test = Code(loop.flag, type="boolean")
        said = w.gathered(lambda: w.body([*otherwise, Symbol("None")], DROP))
        if said:
            w.say(w.target.branches(test, said, None))


def _inside(w: Walker, loop: Loop, body: Sequence[Any]) -> None:
    w.loops.append(loop)
    w.body([*body, Symbol("None")], DROP)
    w.loops.pop()


def _loops(w: Walker, clauses: Sequence[Any], body: Callable[[], None], loop: Loop | None) -> None:
    """Say nested loops, and `body` in the innermost."""
    if not clauses:
        body()
        return
    (kind, target, value), *rest = clauses
    if kind == "if":
        test = w.test(value)
        w.say(w.target.branches(test, w.gathered(lambda: _loops(w, rest, body, loop)), None), value)
    elif kind == "do":
        w.into(value, DROP)
        _loops(w, rest, body, loop)
    elif kind == "setv":
        from polyhy.emit.assignment import assign

        assign(w, target, value)
        _loops(w, rest, body, loop)
    else:
        mine = loop or Loop(w, otherwise=False)
        _loop(w, mine, kind, target, value, lambda: _loops(w, rest, body, None))


def _loop(
    w: Walker, loop: Loop, kind: str, target: Any, value: Any, body: Callable[[], None]
) -> None:
    from polyhy.emit.assignment import place_of, store

    counts = kind == "for" and head(value) == "range" and w.scope.find("range") is None
    if counts and 2 <= len(value) <= 4 and not w.around.bound("range"):
        bounds = [w.keep(code) for code in w.exprs(value[1:])]
        things = None
    else:
        bounds, things = [], w.expr(value)
    w.count += 1
    step = w.target.temporary(w.count)

    def said() -> None:
        w.loops.append(loop)
        current = Code(step, fixed=True, type="number" if things is None else "")
        if isinstance(target, Symbol):
            w.say(w.target.assigned(place_of(w, target), current))
        else:
            store(w, target, current)
        body()
        w.loops.pop()

    block = w.gathered(said)
    if things is None:
        w.say(w.target.counting_loop(w, step, bounds, block, loop), value)
    else:
        text = w.target.each_loop(w, step, things, block, loop, awaits=kind == "async")
        w.say(text, value)


@statement("break")
def break_(w: Walker, form: Any, place: str) -> None:
    loop = _current(w, form)
    if loop.flag:
        w.give(loop.flag, w.target.literal(False))
    w.leave(w.target.left(w, "break"), form)


@statement("continue")
def continue_(w: Walker, form: Any, place: str) -> None:
    _current(w, form).continues = True
    w.leave(w.target.left(w, "continue"), form)


def _current(w: Walker, form: Any) -> Loop:
    if not w.loops:
        raise EmitError(form, f"{head(form)} outside of a loop")
    return w.loops[-1]


# --- comprehensions


@statement("lfor", "sfor", "dfor")
def comprehension(w: Walker, form: Any, place: str) -> None:
    kind = head(form)
    results = 2 if kind == "dfor" else 1
    if len(form) < 3 + results or _is_unfinished(form[1:-results]):
        raise EmitError(form, f"{kind} takes clauses and what to gather: ({kind} x xs x)")
    clauses, made = form[1:-results], form[-results:]
    gathered = w.temp()
    w.give(gathered, w.target.list(w, [], []))

    def add() -> None:
        codes = w.exprs(made)
        value = codes[0] if results == 1 else w.target.list(w, codes, [False, False])
        w.give(DROP, w.call("push", Code(gathered), value))

    loops, w.loops = w.loops, []
    with w.renamed(set(clause_names(clauses))):
        _types(w, clauses)
        _loops(w, list(clauses_of(clauses)), add, None)
    w.loops = loops
    if kind == "lfor":
        w.give(place, Code(gathered, type=LIST, fixed=True))
    else:
        made_of = w.call("set" if kind == "sfor" else "dict", Code(gathered, fixed=True))
        w.give(place, made_of)


def _is_unfinished(clauses: Any) -> bool:
    """True where the last clause lacks a part, as the result was taken for it."""
    return len(clauses) < 2


def _types(w: Walker, clauses: Any) -> None:
    """A variable that counts through a range, and is not set otherwise, is a number."""
    from hy import mangle

    kinds: dict[str, str] = {}
    for kind, target, value in clauses_of(clauses):
        if kind == "for" and isinstance(target, Symbol):
            name = mangle(str(target))
            counts = head(value) == "range" and name not in kinds
            kinds[name] = "number" if counts else ""
    w.scope.types.update({name: kind for name, kind in kinds.items() if kind})


@expression("gfor")
def gfor(w: Walker, form: Any) -> Code:
    if len(form) < 4 or _is_unfinished(form[1:-1]):
        raise EmitError(form, "gfor takes clauses and what to give: (gfor x xs x)")
    clauses, made = form[1:-1], form[-1]
    first, *rest = list(clauses_of(clauses))
    # As in Python, what is looped over first is evaluated at once.
    things = w.keep(w.expr(first[2])) if first[0] == "for" else None
    with w.function([], sorted(set(clause_names(clauses)))) as scope, w.block() as block:
        scope.is_generator = True
        scope.hoisted += scope.names.values()
        if things is not None:
            name = "_things"
            scope.names[name] = things.text
            first = (first[0], first[1], Symbol(name))

        def give() -> None:
            w.give(DROP, w.target.yielded(w, w.expr(made), everything=False))

        _loops(w, [first, *rest], give, None)
    function = Function("", [], scope.hoisted, block, contains([made], "await"), True)
    return w.target.called(w, w.target.function(w, function), [], [])
