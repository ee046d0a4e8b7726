"""Loops and comprehensions of typed functions, over ranges, lists, and several lists at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hy.models import List

from polyhy.emit import EmitError
from polyhy.emit.code import BREAK, block
from polyhy.emit.scopes import clauses_of, head

from .forms import assign, put, truth
from .types import INT, NEVER, NONE, STR, UNKNOWN, Type, list_of, owned, tuple_of
from .writer import DROP, Value, Writer, form


@form("while")
def while_(w: Writer, form: Any, wanted: Type | None) -> Value:
    if len(form) < 2:
        raise EmitError(form, "while takes a condition: (while test …)")
    test = truth(w, form[1])
    body, leaves = _body(w, form[2:])
    if str(form[1]) == "True":
        return Value(f"loop {{{block([body])}}}", NONE if leaves else NEVER)
    return Value(f"while {test.text} {{{block([body])}}}", NONE)


@form("for")
def for_(w: Writer, form: Any, wanted: Type | None) -> Value:
    if len(form) < 2 or not isinstance(form[1], List) or not form[1]:
        raise EmitError(form, "for takes its clauses in brackets: (for [x xs] …)")
    text = nested(w, list(clauses_of(form[1])), lambda: _body(w, form[2:])[0])
    return Value(text, NONE)


def _body(w: Writer, forms: Sequence[Any]) -> tuple[str, bool]:
    """The text of a loop's body, and whether it breaks off the loop."""
    if forms and head(forms[-1]) == "else":
        raise EmitError(forms[-1], "loops of typed functions have no else")
    w.loops, around = [*w.loops, False], w.loops
    try:
        return w.body(forms, DROP), w.loops[-1]
    finally:
        w.loops = around


@form("break", "continue")
def leave(w: Writer, form: Any, wanted: Type | None) -> Value:
    if not w.loops:
        raise EmitError(form, f"{head(form)} outside of a loop")
    w.loops[-1] = w.loops[-1] or head(form) == "break"
    return Value(head(form), NEVER)


def nested(w: Writer, clauses: Sequence[Any], body: Callable[[], str]) -> str:
    """Nested loops, and what `body` says in the innermost."""
    if not clauses:
        return body()
    (kind, target, value), *rest = clauses
    if kind == "if":
        return f"if {truth(w, value).text} {{{block([nested(w, rest, body)])}}}"
    if kind == "do":
        return f"{w.say(value, DROP).text};{BREAK}{nested(w, rest, body)}"
    if kind == "setv":
        return f"{assign(w, target, value)};{BREAK}{nested(w, rest, body)}"
    if kind == "async":
        raise EmitError(value, "typed functions await nothing")
    many, item = iterated(w, value)
    step = w.temp()
    given = put(w, target, Value(step, item), value) + ";"
    return f"for {step} in {many} {{{block([given, nested(w, rest, body)])}}}"


def iterated(w: Writer, form: Any) -> tuple[str, Type]:
    """What is looped over, as an iterator that gives values of that type."""
    kind = head(form)
    if kind in _ITERATORS and w.find(kind) is None:
        return _ITERATORS[kind](w, form)
    value = w.say(form)
    if value.type.name == "list":
        if not value.place:
            return f"{value.text}.into_iter()", value.type.item
        each = "copied" if value.type.item.is_copied else "cloned"
        return f"{value.text}.iter().{each}()", value.type.item
    if value.type == STR:
        return f"{value.text}.chars().map(String::from)", STR
    raise EmitError(form, f"what is of type {value.type} has no items to loop over")


def _range(w: Writer, form: Any) -> tuple[str, Type]:
    if not 2 <= len(form) <= 4:
        raise EmitError(form, "range takes one to three ints")
    bounds = [w.say(each, INT).text for each in form[1:]]
    if len(bounds) < 3:
        start, stop = ("0", bounds[0]) if len(bounds) == 1 else bounds
        return f"({start}..{stop})", INT
    return f"lisp::steps({', '.join(bounds)})", INT


def _enumerate(w: Writer, form: Any) -> tuple[str, Type]:
    many, item = _only(w, form)
    return f"(0i64..).zip({many})", tuple_of(INT, item)


def _zip(w: Writer, form: Any) -> tuple[str, Type]:
    if len(form) != 3:
        raise EmitError(form, "here zip takes two lists")
    (a, one), (b, other) = (iterated(w, each) for each in form[1:])
    return f"{a}.zip({b})", tuple_of(one, other)


def _reversed(w: Writer, form: Any) -> tuple[str, Type]:
    many, item = _only(w, form)
    return f"{many}.rev()", item


def _only(w: Writer, form: Any) -> tuple[str, Type]:
    if len(form) != 2:
        raise EmitError(form, f"{head(form)} takes one list or range")
    return iterated(w, form[1])


_ITERATORS: dict[str, Callable[[Writer, Any], tuple[str, Type]]] = {
    "range": _range,
    "enumerate": _enumerate,
    "zip": _zip,
    "reversed": _reversed,
}


# --- comprehensions


@form("lfor", "gfor")
def comprehension(w: Writer, form: Any, wanted: Type | None) -> Value:
    item = wanted.item if wanted is not None and wanted.name == "list" else None
    item = None if item == UNKNOWN else item
    temp = w.temp()
    kinds: list[Type] = []

    def push(made: Any) -> str:
        value = w.owned(made, item)
        kinds.append(value.type)
        return f"{temp}.push({value.text});"

    text = gathered(w, form, push)
    before = f"let mut {temp} = Vec::<{owned(kinds[0])}>::new();"
    return Value(f"{{ {before} {text} {temp} }}", list_of(kinds[0]))


def gathered(w: Writer, form: Any, give: Callable[[Any], str]) -> str:
    """The loops of a comprehension, and what `give` says of its result in the innermost."""
    if len(form) < 4:
        raise EmitError(form, f"{head(form)} takes clauses and what to gather: (lfor x xs x)")
    clauses = list(clauses_of(form[1:-1]))
    targets = [target for kind, target, _ in clauses if kind in ("for", "setv")]
    first = clauses[0]
    # What is looped over first is of the scope around.
    many = iterated(w, first[2]) if first[0] == "for" else None
    with w.renamed(targets), w.no_loop():
        if many is None:
            text = nested(w, clauses, lambda: give(form[-1]))
        else:
            step = w.temp()
            given = put(w, first[1], Value(step, many[1]), first[2]) + ";"
            inner = nested(w, clauses[1:], lambda: give(form[-1]))
            text = f"for {step} in {many[0]} {{{block([given, inner])}}}"
    return text
