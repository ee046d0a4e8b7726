"""Calls of typed functions: of each other, of Python's built-in functions, methods, and math."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from hy import mangle
from hy.models import Expression, Keyword, Symbol

from polyhy.emit import EmitError
from polyhy.emit.scopes import head

from .builtins import BUILTINS
from .declare import Function, local_name, method_of
from .forms import counted
from .maths import math_call
from .types import BOOL, FLOAT, INT, NONE, STR, UNKNOWN, Type, list_of
from .writer import ATOM, THERE_IS, Value, Writer, form, wrap


@form("(call)")
def call(w: Writer, form: Any, wanted: Type | None) -> Value:
    for each in form[1:]:
        if isinstance(each, Keyword):
            raise EmitError(each, "arguments of typed functions are given in their order")
        if head(each).startswith("unpack"):
            raise EmitError(each, "arguments of typed functions are given one by one")
    if name := method_of(form):
        return _method(w, form, name)
    first = form[0]
    if head(first) == "." and len(first) == 3 and str(first[1]) == "math":
        return math_call(w, form, first)
    if head(first) == "." and len(first) == 3 and w.find(str(first[1])):
        inner = Expression([Symbol("."), Symbol("None"), first[2]])
        return _method(w, Expression([inner, first[1], *form[1:]]).replace(form), str(first[2]))
    if not isinstance(first, Symbol):
        raise EmitError(first, "a typed function calls what has a name")
    name = str(first)
    if w.find(name) is None and mangle(name) in w.defined:
        return _defined(w, form, w.defined[mangle(name)])
    if w.find(name) is None and name in BUILTINS:
        return BUILTINS[name](w, form, wanted)
    raise EmitError(first, _unknown(w, name))


def _unknown(w: Writer, name: str) -> str:
    if w.find(name) is not None or w.around.bound(name):
        return f"{name} is no typed function of this block: define it in one (rust …) with this one"
    close = get_close_matches(name, [*BUILTINS, *w.defined], 1)
    said = f'did you mean "{close[0]}"?' if close else THERE_IS
    return f"typed functions have no form {name!r}; {said}"


def _defined(w: Writer, form: Any, function: Function) -> Value:
    given, wanted = form[1:], function.parameters
    if len(given) != len(wanted):
        raise EmitError(form, f"{form[0]} takes {len(wanted)} arguments, not {len(given)}")
    args = []
    for each, parameter in zip(given, wanted, strict=True):
        value = w.say(each, parameter.type)
        if parameter.type == STR or parameter.type.name == "list":
            changed = parameter.name in function.changed
            whole = changed and parameter.type.item not in (INT, FLOAT)
            lent = "&mut " if changed else "&"
            args.append(f"{lent}{wrap(value, ATOM)}{'' if whole else '[..]'}")
        else:
            args.append(w.owned(each, parameter.type).text)
    return Value(f"{local_name(function.name)}({', '.join(args)})", function.result)


# --- methods


def _method(w: Writer, form: Any, name: str) -> Value:
    if len(form) < 2:
        raise EmitError(form, "a method needs its object: (.name object)")
    thing = w.say(form[1])
    kind = "list" if thing.type.name == "list" else str(thing.type)
    if (kind, name) not in METHODS:
        raise EmitError(form, f"what is of type {thing.type} has no method {name!r} here")
    wanted, say = METHODS[kind, name]
    counted(Expression([Symbol(name), *form[2:]]).replace(form), wanted)
    return say(w, thing, form)


def _append(w: Writer, thing: Value, form: Any) -> Value:
    value = w.owned(form[2], None if thing.type.item == UNKNOWN else thing.type.item)
    if isinstance(form[1], Symbol) and thing.type.item == UNKNOWN:
        w.retype(thing.text, list_of(value.type), form[1])
    if not thing.place:
        raise EmitError(form[1], "only a list with a name can be appended to")
    parameter = w.parameters.get(thing.text)
    if parameter and parameter.type.item in (INT, FLOAT):
        raise EmitError(form[1], "a list of numbers that is passed in keeps its length: copy it")
    return Value(f"{thing.text}.push({value.text})", NONE)


def _pop(w: Writer, thing: Value, form: Any) -> Value:
    if w.parameters.get(thing.text) and thing.type.item in (INT, FLOAT):
        raise EmitError(form[1], "a list of numbers that is passed in keeps its length: copy it")
    return Value(f"lisp::popped(&mut {thing.text})", thing.type.item)


def _spoken(text: str, kind: Type | None = None) -> Callable[[Writer, Value, Any], Value]:
    """A method that Rust has in these words; without a type, its result is of the object's."""

    def say(w: Writer, thing: Value, form: Any) -> Value:
        given = [w.say(each, thing.type if thing.type == STR else None).text for each in form[2:]]
        return Value(text.format(wrap(thing, ATOM), *given), kind or thing.type)

    return say


METHODS: dict[tuple[str, str], tuple[int, Callable[[Writer, Value, Any], Value]]] = {
    ("list", "append"): (1, _append),
    ("list", "pop"): (0, _pop),
    ("list", "sort"): (0, _spoken("{0}.sort_by(lisp::order)", NONE)),
    ("list", "reverse"): (0, _spoken("{0}.reverse()", NONE)),
    ("list", "copy"): (0, _spoken("{0}.to_vec()")),
    ("str", "upper"): (0, _spoken("{0}.to_uppercase()")),
    ("str", "lower"): (0, _spoken("{0}.to_lowercase()")),
    ("str", "strip"): (0, _spoken("{0}.trim().to_owned()")),
    ("str", "startswith"): (1, _spoken("{0}.starts_with(&{1}[..])", BOOL)),
    ("str", "endswith"): (1, _spoken("{0}.ends_with(&{1}[..])", BOOL)),
    ("str", "split"): (
        0,
        _spoken("{0}.split_whitespace().map(String::from).collect::<Vec<_>>()", list_of(STR)),
    ),
}
