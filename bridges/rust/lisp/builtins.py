"""Python's built-in functions in typed ones: len, sum, min, sorted and the like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hy.models import List

from polyhy.emit import EmitError
from polyhy.emit.code import register
from polyhy.emit.scopes import head

from .forms import as_truth, counted, truth
from .loops import comprehension, gathered, iterated
from .operators import operate
from .types import BOOL, FLOAT, INT, STR, Type, joined, list_of
from .writer import ATOM, UNARY, Value, Writer, wrap

BUILTINS: dict[str, Callable[[Writer, Any, Type | None], Value]] = {}

builtin = register(BUILTINS)
_COMPREHENSIONS = ("gfor", "lfor")


@builtin("len")
def len_(w: Writer, form: Any, wanted: Type | None) -> Value:
    counted(form, 1)
    value = w.say(form[1])
    if value.type == STR:
        return Value(f"({wrap(value, ATOM)}.chars().count() as i64)", INT)
    if value.type.name != "list":
        raise EmitError(form[1], f"what is of type {value.type} has no length")
    return Value(f"({wrap(value, ATOM)}.len() as i64)", INT)


@builtin("abs")
def abs_(w: Writer, form: Any, wanted: Type | None) -> Value:
    value = _number(w, form)
    if value.type == INT:
        return Value(f"lisp::abs({value.text})", INT)
    return Value(f"{wrap(value, ATOM)}.abs()", FLOAT)


@builtin("int")
def int_(w: Writer, form: Any, wanted: Type | None) -> Value:
    value = _number(w, form)
    return value if value.type == INT else Value(f"lisp::whole({value.text}.trunc())", INT)


@builtin("float")
def float_(w: Writer, form: Any, wanted: Type | None) -> Value:
    return w.fit(_number(w, form), FLOAT, form)


@builtin("round")
def round_(w: Writer, form: Any, wanted: Type | None) -> Value:
    value = _number(w, form)
    if value.type == INT:
        return value
    return Value(f"lisp::whole({wrap(value, ATOM)}.round_ties_even())", INT)


@builtin("bool")
def bool_(w: Writer, form: Any, wanted: Type | None) -> Value:
    counted(form, 1)
    return truth(w, form[1])


def _number(w: Writer, form: Any) -> Value:
    counted(form, 1)
    value = w.say(form[1])
    if value.type == BOOL:
        return Value(f"i64::from({value.text})", INT)
    if value.type not in (INT, FLOAT):
        raise EmitError(form[1], f"this is of type {value.type}, and a number is wanted")
    return value


@builtin("sum")
def sum_(w: Writer, form: Any, wanted: Type | None) -> Value:
    if len(form) not in (2, 3):
        raise EmitError(form, "sum takes what is added, and where to begin")
    start = w.say(form[2]) if len(form) == 3 else Value("0", INT)
    name, item = w.temp(), w.temp()
    kinds: list[Type] = []

    def add(value: Value, each: Any) -> str:
        kind = INT if value.type == BOOL else value.type
        kinds.append(joined(kind, start.type) or kind)
        return f"{name} = {operate('+', Value(name, kinds[0]), value, each).text};"

    text = _for_each(w, form[1], item, add)
    begin = w.fit(start, kinds[0], form[2]).text if len(form) == 3 else _zero(kinds[0], form)
    return Value(f"{{ let mut {name} = {begin}; {text} {name} }}", kinds[0])


def _for_each(w: Writer, things: Any, item: str, do: Callable[[Value, Any], str]) -> str:
    """A loop that does something with each value of a comprehension, or of what has many."""
    if head(things) in _COMPREHENSIONS:
        return gathered(w, things, lambda each: do(w.say(each), each))
    many, kind = iterated(w, things)
    return f"for {item} in {many} {{ {do(Value(item, kind), things)} }}"


def _zero(kind: Type, form: Any) -> str:
    if kind not in (INT, FLOAT):
        raise EmitError(form[1], f"sum is for numbers, not for {kind}")
    return "0i64" if kind == INT else "0f64"


@builtin("any", "all")
def any_(w: Writer, form: Any, wanted: Type | None) -> Value:
    counted(form, 1)
    name, item, label = w.temp(), w.temp(), f"'{w.temp()}"
    found = head(form) == "any"

    def ask(value: Value, each: Any) -> str:
        test = as_truth(value, each)
        test = test if found else Value(f"!{wrap(test, UNARY)}", BOOL)
        return f"if {test.text} {{ {name} = {str(found).lower()}; break {label}; }}"

    text = _for_each(w, form[1], item, ask)
    before = f"let mut {name} = {str(not found).lower()};"
    return Value(f"{{ {before} {label}: {{ {text} }} {name} }}", BOOL)


@builtin("min", "max")
def min_(w: Writer, form: Any, wanted: Type | None) -> Value:
    if len(form) < 2:
        raise EmitError(form, f"{head(form)} takes a list, or what is compared")
    sign = "<" if head(form) == "min" else ">"
    if len(form) == 2:
        many, kind = iterated(w, form[1])
    else:
        whole = w.say(List(form[1:]).replace(form, recursive=False))
        if whole.type.name != "list":
            return whole
        many, kind = whole.text.replace("vec!", "", 1) + ".into_iter()", whole.type.item
    return Value(f"lisp::best({many}, |a, b| a {sign} b)", kind)


@builtin("list")
def list_(w: Writer, form: Any, wanted: Type | None) -> Value:
    if len(form) == 1:
        return w.say(List([]), wanted)
    counted(form, 1)
    if head(form[1]) in _COMPREHENSIONS:
        return comprehension(w, form[1], wanted)
    many, kind = iterated(w, form[1])
    return Value(f"{many}.collect::<Vec<_>>()", list_of(kind))


@builtin("sorted")
def sorted_(w: Writer, form: Any, wanted: Type | None) -> Value:
    made = list_(w, form, None)
    name = w.temp()
    text = f"{{ let mut {name} = {made.text}; {name}.sort_by(lisp::order); {name} }}"
    return Value(text, made.type)


@builtin("range", "enumerate", "zip", "reversed")
def outside(w: Writer, form: Any, wanted: Type | None) -> Value:
    raise EmitError(form, f"{head(form)} is looped over; a list is made by (list …)")
