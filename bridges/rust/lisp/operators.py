"""Operators of typed functions, as in Python; but an int beyond 64 bits is an OverflowError."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hy.models import Expression, Integer, Symbol

from polyhy.emit import EmitError
from polyhy.emit.scopes import head
from polyhy.emit.types import ARITHMETIC

from .forms import counted, setv
from .types import BOOL, FLOAT, INT, STR, Type, joined
from .writer import ORDER, PRODUCT, SUM, UNARY, Value, Writer, form, wrap

_INTS = {
    **{"+": "add", "-": "sub", "*": "mul", "//": "floordiv", "%": "modulo", "**": "power"},
    **{"<<": "lshift", ">>": "rshift"},
}
_FLOATS = {"//": "floordiv_float", "%": "modulo_float", "**": "power_float"}
_SIGNS = {"+": SUM, "-": SUM, "*": PRODUCT}
_BITS = {"&": 6, "^": 5, "|": 4}
_EMPTY = {"+": "0", "*": "1", "|": "0"}


@form(*sorted(ARITHMETIC - {"bnot"}))
def arithmetic(w: Writer, form: Any, wanted: Type | None) -> Value:
    operator = head(form)
    if len(form) == 1:
        if operator not in _EMPTY:
            raise EmitError(form, f"{operator} needs an operand")
        return Value(_EMPTY[operator], INT)
    hint = FLOAT if wanted == FLOAT and operator in ("+", "-", "*") else None
    values = [_operand(w, each, hint) for each in form[1:]]
    if len(values) == 1:
        return _unary(operator, values[0], form)
    if operator == "**":
        result = values[-1]
        for each, base in zip(reversed(values[:-1]), reversed(form[1:-1]), strict=True):
            result = _power(each, result, form[-1], base)
        return result
    result = values[0]
    for value, each in zip(values[1:], form[2:], strict=True):
        result = operate(operator, result, value, each)
    return result


def _operand(w: Writer, form: Any, hint: Type | None) -> Value:
    """A form as an operand: literals and sums of what is wanted as a float are floats at once."""
    if hint == FLOAT and isinstance(form, Integer):
        return w.say(form, FLOAT)
    return w.say(form)


def operate(operator: str, a: Value, b: Value, form: Any) -> Value:
    """One operation, between values that are said."""
    if operator == "+" and a.type == b.type == STR:
        return Value(f'format!("{{}}{{}}", {a.text}, {b.text})', STR)
    if operator == "+" and a.type.name == "list" and joined(a.type, b.type):
        kind = joined(a.type, b.type)
        assert kind is not None
        return Value(f"[&{a.text}[..], &{b.text}[..]].concat()", kind)
    if operator == "*" and "list" in (a.type.name, b.type.name) and INT in (a.type, b.type):
        items, times = (a, b) if b.type == INT else (b, a)
        return Value(f"lisp::repeat(&{items.text}, {times.text})", items.type)
    a, b = _number(a, operator, form), _number(b, operator, form)
    if operator == "/":
        return Value(f"lisp::div({_float(a)}, {_float(b)})", FLOAT)
    if FLOAT in (a.type, b.type):
        return _floats(operator, a, b, form)
    if operator in _BITS:
        level = _BITS[operator]
        return Value(f"{wrap(a, level)} {operator} {wrap(b, level + 1)}", INT, level)
    if operator not in _INTS:
        raise EmitError(form, f"{operator} is not for numbers")
    return Value(f"lisp::{_INTS[operator]}({a.text}, {b.text})", INT)


def _floats(operator: str, a: Value, b: Value, form: Any) -> Value:
    if operator in _SIGNS:
        level = _SIGNS[operator]
        left, right = (v._replace(text=_float(v), level=_level(v)) for v in (a, b))
        return Value(f"{wrap(left, level)} {operator} {wrap(right, level + 1)}", FLOAT, level)
    if operator not in _FLOATS:
        raise EmitError(form, f"{operator} is for ints")
    return Value(f"lisp::{_FLOATS[operator]}({_float(a)}, {_float(b)})", FLOAT)


def _power(a: Value, b: Value, exponent: Any, form: Any) -> Value:
    """`(** x 2)`; a negative exponent that stands there makes a float."""
    if a.type == b.type == INT and isinstance(exponent, Integer) and exponent < 0:
        a = Value(_float(a), FLOAT)
    return operate("**", a, b, form)


def _number(value: Value, operator: str, form: Any) -> Value:
    if value.type == BOOL:
        return Value(f"i64::from({value.text})", INT)
    if value.type not in (INT, FLOAT):
        raise EmitError(form, f"{operator} is for numbers; {value.type} is none")
    return value


def _float(value: Value) -> str:
    """The text of a number as a float."""
    if value.type == FLOAT:
        return value.text
    plain = value.text.lstrip("-").isdigit()
    return f"{value.text}f64" if plain else f"({value.text} as f64)"


def _level(value: Value) -> int:
    return value.level if value.type == FLOAT or value.level == UNARY else 99


def _unary(operator: str, value: Value, form: Any) -> Value:
    value = _number(value, operator, form[1])
    if operator == "-":
        if value.type == INT:
            return Value(f"lisp::sub(0, {value.text})", INT)
        return Value(f"-{wrap(value, UNARY)}", FLOAT, UNARY)
    if operator == "/":
        return Value(f"lisp::div(1f64, {_float(value)})", FLOAT)
    if operator in ("+", "*", "&", "|"):
        return value
    raise EmitError(form, f"{operator} needs two operands")


@form("bnot")
def bnot(w: Writer, form: Any, wanted: Type | None) -> Value:
    counted(form, 1)
    return Value(f"!{wrap(w.say(form[1], INT), UNARY)}", INT, UNARY)


@form(*(f"{operator}=" for operator in sorted(ARITHMETIC - {"bnot"})))
def augmented(w: Writer, form: Any, wanted: Type | None) -> Value:
    if len(form) < 3:
        raise EmitError(form, f"{head(form)} takes a target and a value: ({head(form)} x 1)")
    operator, target, *values = head(form)[:-1], *form[1:]
    value = values[0]
    if len(values) > 1:
        value = Expression([Symbol("+"), *values]).replace(form, recursive=False)
    whole = Expression([Symbol(operator), target, value]).replace(form, recursive=False)
    said = Expression([Symbol("setv"), target, whole]).replace(form, recursive=False)
    return setv(w, said, wanted)


# --- comparison


@form("<", "<=", ">", ">=", "=", "!=", "in", "not-in")
def comparison(w: Writer, form: Any, wanted: Type | None) -> Value:
    return _row(w, form, [(head(form), each) for each in form[2:]])


@form("chainc")
def chainc(w: Writer, form: Any, wanted: Type | None) -> Value:
    if len(form) < 4 or len(form) % 2:
        raise EmitError(form, "chainc compares in a row: (chainc a < b <= c)")
    return _row(w, form, [(str(form[i]), form[i + 1]) for i in range(2, len(form), 2)])


def _row(w: Writer, form: Any, pairs: Sequence[tuple[str, Any]]) -> Value:
    """Comparisons in a row: each operand is evaluated once, and only where it is asked for."""
    if len(form) < 2:
        raise EmitError(form, f"{head(form)} needs an operand")
    if len(pairs) == 1:
        return _compared(pairs[0][0], w.say(form[1]), w.say(pairs[0][1]), form)
    first = w.temp()
    value = w.say(form[1])
    text = _rest(w, form, Value(first, value.type), pairs)
    return Value(f"{{ let {first} = {_lent(value)}; {text} }}", BOOL)


def _rest(w: Writer, form: Any, before: Value, pairs: Sequence[tuple[str, Any]]) -> str:
    if not pairs:
        return "true"
    (operator, each), *rest = pairs
    name, value = w.temp(), w.say(each)
    test = _compared(operator, before, Value(name, value.type), form).text
    more = f" && {{ {_rest(w, form, Value(name, value.type), rest)} }}" if rest else ""
    return f"let {name} = {_lent(value)}; {test}{more}"


def _lent(value: Value) -> str:
    return f"&{value.text}[..]" if value.place and not value.type.is_copied else value.text


def _compared(operator: str, a: Value, b: Value, form: Any) -> Value:
    if operator in ("in", "not-in"):
        found = _contains(b, a, form)
        return found if operator == "in" else Value(f"!{found.text}", BOOL, UNARY)
    if operator not in _SAID:
        raise EmitError(form, f"{operator} does not compare in a row here")
    if BOOL in (a.type, b.type) and a.type != b.type:
        a, b = _number(a, operator, form), _number(b, operator, form)
    kind = joined(a.type, b.type)
    if kind is None:
        raise EmitError(form, f"{a.type} and {b.type} don't compare")
    if kind == FLOAT:
        a, b = Value(_float(a), FLOAT, _level(a)), Value(_float(b), FLOAT, _level(b))
    return Value(f"{wrap(a, ORDER + 1)} {_SAID[operator]} {wrap(b, ORDER + 1)}", BOOL, ORDER)


_SAID = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "=": "==", "!=": "!="}


def _contains(items: Value, item: Value, form: Any) -> Value:
    if items.type == item.type == STR:
        return Value(f"{wrap(items, 99)}.contains(&{wrap(item, 99)}[..])", BOOL)
    if items.type.name != "list":
        raise EmitError(form, f"what is of type {items.type} contains nothing")
    kind = joined(items.type.item, item.type)
    if kind is None:
        raise EmitError(form, f"a {items.type} contains no {item.type}")
    text = _float(item) if kind == FLOAT else item.text
    each = "(*each as f64)" if kind == FLOAT and items.type.item == INT else "*each"
    return Value(f"{wrap(items, 99)}.iter().any(|each| {each} == {text})", BOOL)
