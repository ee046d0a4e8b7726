"""Operators: native where the types are known, else by the prelude; and comparison in a row."""

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
from polyhy.emit.scopes import head
from polyhy.emit.types import BOOLEAN, LIST, NUMBER, TEXT, type_of
from polyhy.emit.walker import Walker, counted, expression, statement

HELPERS = {
    **{"+": "add", "-": "sub", "*": "mul", "/": "div", "//": "floordiv", "%": "mod", "**": "power"},
    **{"<<": "lshift", ">>": "rshift", "&": "band", "|": "bor", "^": "bxor", "@": "matmul"},
    **{"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "=": "eq", "!=": "ne"},
    **{"is": "same", "in": "contains"},
}
"""The functions of the prelude behind operators, for what is not known to be numbers."""

COMPARISONS = ("<", "<=", ">", ">=", "=", "!=", "is", "is-not", "in", "not-in")

_EITHER = frozenset({"-", "<", "<=", ">", ">="})
"""Operators that have numbers on both sides if they have one on either, or fail aloud."""

_NATIVE_IF_EQUAL = frozenset({NUMBER, TEXT, BOOLEAN})
_EMPTY = {"+": 0, "*": 1, "|": 0}


def operate(w: Walker, operator: str, a: Code, b: Code) -> Code:
    """Say one operation: natively where the types are known, else by the prelude."""
    kinds = {a.type, b.type}
    if operator in ("=", "!="):
        if TEXT in kinds or (len(kinds) == 1 and kinds <= _NATIVE_IF_EQUAL):
            return w.target.binary(operator, a, b)
        return w.call(HELPERS[operator], a, b)._replace(type=BOOLEAN)
    result = BOOLEAN if operator in ("<", "<=", ">", ">=") else NUMBER
    trusted = w.target.trusts and operator in _EITHER and kinds == {NUMBER, ""}
    if (
        (kinds == {NUMBER} or trusted)
        and operator in w.target.operators
        and not _divides_by_zero(operator, b)
    ):
        return w.target.binary(operator, a, b)._replace(type=result)
    if operator == "+" and kinds == {TEXT}:
        return w.target.joined_text([a, b])
    if operator == "*" and LIST in kinds:
        return w.call("mul", a, b)._replace(type=LIST)
    known = result == BOOLEAN or kinds == {NUMBER}
    return w.call(HELPERS[operator], a, b)._replace(type=result if known else "")


def _divides_by_zero(operator: str, b: Code) -> bool:
    """Division by what may be zero is the prelude's: it raises ZeroDivisionError."""
    literal = b.fixed and b.text.lstrip("-(").rstrip(")").replace(".", "", 1).isdigit()
    return operator in ("/", "//", "%") and not (literal and float(b.text.strip("()")) != 0)


@expression("+", "-", "*", "/", "//", "%", "**", "<<", ">>", "&", "|", "^", "@")
def arithmetic(w: Walker, form: Any) -> Code:
    operator = head(form)
    codes = w.exprs(form[1:])
    if not codes:
        if operator not in _EMPTY:
            raise EmitError(form, f"{operator} needs an operand")
        return w.target.literal(_EMPTY[operator])
    if len(codes) == 1:
        return _unary(w, operator, codes[0], form)
    if operator == "**":
        result = codes[-1]
        for each in reversed(codes[:-1]):
            result = operate(w, operator, each, result)
        return result
    result = codes[0]
    for each in codes[1:]:
        result = operate(w, operator, result, each)
    return result


def _unary(w: Walker, operator: str, code: Code, form: Any) -> Code:
    if operator == "-":
        return (
            operate(w, "-", w.target.literal(0), code)
            if code.type == NUMBER
            else w.call("neg", code)
        )
    if operator == "/":
        return operate(w, "/", w.target.literal(1), code)
    if operator in ("+", "*", "&", "|"):
        return code
    raise EmitError(form, f"{operator} needs two operands")


@expression("bnot")
def bnot(w: Walker, form: Any) -> Code:
    counted(form, 1)
    return w.call("bnot", w.expr(form[1]))._replace(type=NUMBER)


@statement(*(f"{op}=" for op in HELPERS if op not in ("<", "<=", ">", ">=", "=", "!=", "is", "in")))
def augmented(w: Walker, form: Any, place: str) -> None:
    if len(form) < 3:
        raise EmitError(form, f"{head(form)} takes a target and a value: ({head(form)} x 1)")
    operator, target = head(form)[:-1], form[1]
    values = form[2:]
    if head(target) in (".", "get"):
        target = _kept_target(w, target)
    value = values[0] if len(values) == 1 else Expression([Symbol("+"), *values])
    if operator == "+" and not _is_number(w, target, value):
        codes = w.exprs([target, value])
        store(w, target, w.call("iadd", *codes))
    else:
        a, b = w.exprs([target, value])
        store(w, target, operate(w, operator, a, b))
    w.give(place, w.none)


def _is_number(w: Walker, *forms: Any) -> bool:
    return all(type_of(each, w.type) in (NUMBER, TEXT) for each in forms)


def _kept_target(w: Walker, target: Any) -> Any:
    """The same target with what it holds evaluated once."""
    parts = [target[0]]
    for each in target[1:-1]:
        parts.append(_kept(w, each) if not parts[1:] or head(target) == "get" else each)
    last = target[-1]
    if isinstance(last, List):
        last = List([_kept(w, last[0])])
    elif head(target) == "get":
        last = _kept(w, last)
    return Expression([*parts, last])


def _kept(w: Walker, form: Any) -> Any:
    if isinstance(form, Symbol) or not isinstance(form, Expression):
        return form
    code = w.keep(w.expr(form))
    name = f"_kept{w.count}"
    w.scope.names[name] = code.text
    return Symbol(name)


@expression(*COMPARISONS)
def comparison(w: Walker, form: Any) -> Code:
    return _chain(w, form, [(head(form), each) for each in form[2:]])


@expression("chainc")
def chainc(w: Walker, form: Any) -> Code:
    if len(form) < 4 or len(form) % 2:
        raise EmitError(form, "chainc compares in a row: (chainc a < b <= c)")
    pairs = [(str(form[i]), form[i + 1]) for i in range(2, len(form), 2)]
    for (operator, _), each in zip(pairs, form[2::2], strict=True):
        if operator not in COMPARISONS:
            raise EmitError(each, f"chainc compares by {', '.join(COMPARISONS)}")
    return _chain(w, form, pairs)


def _chain(w: Walker, form: Any, pairs: Sequence[tuple[str, Any]]) -> Code:
    if len(form) < 2:
        raise EmitError(form, f"{head(form)} needs an operand")
    codes = w.exprs([form[1], *(each for _, each in pairs)])
    if not pairs:
        return w.target.literal(True)
    if len(pairs) > 1:
        codes = [w.keep(code) for code in codes]
    tests = [
        _compared(w, operator, a, b)
        for (operator, _), a, b in zip(pairs, codes, codes[1:], strict=False)
    ]
    return tests[0] if len(tests) == 1 else w.target.joined("and", tests)


def _compared(w: Walker, operator: str, a: Code, b: Code) -> Code:
    if operator in ("not-in", "is-not"):
        return w.target.negated(_compared(w, {"not-in": "in", "is-not": "is"}[operator], a, b))
    if operator == "in":
        return w.call("contains", b, a)._replace(type=BOOLEAN)
    if operator == "is":
        return w.call("same", a, b)._replace(type=BOOLEAN)
    return operate(w, operator, a, b)
