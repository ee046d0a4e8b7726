"""Functions, with all their parameters; return, await and yield."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hy import mangle
from hy.models import Expression, Keyword, List, String, Symbol

from polyhy.emit.code import Code, EmitError
from polyhy.emit.scopes import head
from polyhy.emit.target import Function, Parameter
from polyhy.emit.types import ANNOTATED
from polyhy.emit.walker import DROP, RETURN, Walker, expression, statement


@expression("fn")
def fn(w: Walker, form: Any) -> Code:
    is_async, _, rest = head_of(form[1:])
    if not rest or not isinstance(plain(rest[0]), List):
        raise EmitError(form, "fn takes a list of parameters: (fn [a b] …)")
    return function(w, "", plain(rest[0]), rest[1:], is_async=is_async)


@statement("defn")
def defn(w: Walker, form: Any, place: str) -> None:
    is_async, decorators, rest = head_of(form[1:])
    check_defn(form, rest)
    symbol = plain(rest[0])
    scope = w.scope.find(mangle(str(symbol)))
    name = scope.names[mangle(str(symbol))] if scope else w.target.local_name(mangle(str(symbol)))
    parameters = [p for p, _, _ in _parameters(w, rest[1], dry=True)]
    if scope and not decorators:
        scope.signatures[mangle(str(symbol))] = parameters
    code = function(w, name, rest[1], rest[2:], is_async=is_async)
    for decorator in reversed(decorators):
        code = w.target.called(w, w.expr(decorator), [code], [False])
    w.say(w.target.assigned(name, code), form)
    w.give(place, w.none)


def is_plain_defn(form: Any) -> bool:
    """True for a `defn` without decorators."""
    return head(form) == "defn" and not head_of(form[1:])[1]


def defined(w: Walker, form: Any) -> Code:
    """The function that a plain `defn` defines, which knows itself by its name."""
    is_async, _, rest = head_of(form[1:])
    check_defn(form, rest)
    name = mangle(str(plain(rest[0])))
    w.scope.signatures[name] = [p for p, _, _ in _parameters(w, rest[1], dry=True)]
    return function(w, w.scope.names[name], rest[1], rest[2:], is_async=is_async)


def check_defn(form: Any, rest: Any) -> None:
    """Check that a name and parameters are there."""
    if len(rest) < 2 or not isinstance(plain(rest[0]), Symbol) or not isinstance(rest[1], List):
        raise EmitError(form, "defn takes a name and parameters: (defn name [a b] …)")


def head_of(forms: Sequence[Any]) -> tuple[bool, list[Any], list[Any]]:
    """What stands before a function's name: `:async`, decorators."""
    rest = list(forms)
    is_async = bool(rest) and rest[0] == Keyword("async")
    if is_async:
        rest.pop(0)
    decorators: list[Any] = []
    if len(rest) > 2 and isinstance(rest[0], List) and isinstance(plain(rest[1]), Symbol):
        decorators = list(rest.pop(0))
    return is_async, decorators, rest


def plain(form: Any) -> Any:
    """A name or list without its annotation."""
    return form[1] if head(form) == "annotate" else form


def function(
    w: Walker,
    name: str,
    parameters: Any,
    body: Sequence[Any],
    *,
    is_async: bool = False,
    owner: str = "",
    kind: str = "",
) -> Code:
    """Say a function. It is async or a generator if its body awaits or yields."""
    said = _parameters(w, parameters)
    captured = [(p.default, code) for p, _, code in said if code is not None]
    said = [(p, symbol) for p, symbol, _ in said]
    own = [mangle(str(symbol)) for _, symbol in said]
    if len(body) > 1 and isinstance(body[0], String):
        body = body[1:]
    with w.function(body, own) as scope, w.block() as block:
        scope.super, scope.this = owner, scope.names[own[0]] if owner and own else ""
        scope.is_async = is_async or contains(body, "await")
        scope.is_generator = contains(body, "yield")
        for parameter, symbol in said:
            scope.types[mangle(str(symbol))] = parameter.type
        place = DROP if scope.is_generator or kind == "init" else RETURN
        if body:
            w.body(body, place)
    found = [p._replace(name=scope.names[n]) for (p, _), n in zip(said, own, strict=True)]
    made = Function(
        *(name, found, scope.hoisted, block, scope.is_async, scope.is_generator, owner, kind)
    )
    numbers = frozenset(scope.names[n] for n, kind in scope.types.items() if kind == "number")
    code = w.target.function(w, made._replace(numbers=numbers))
    if captured:
        code = w.target.closed(w, code, captured)
    return code._replace(type="function")


def _parameters(
    w: Walker, form: Any, *, dry: bool = False
) -> list[tuple[Parameter, Symbol, Code | None]]:
    """Read `[a [b 2] #* rest  * key [other 3] #** options]`.

    A default is evaluated once, where the function is defined: one that is no literal comes with
    each, for the function to close over.
    """
    found: list[tuple[Parameter, Symbol, Code | None]] = []
    by_name = False
    for each in form:
        if str(each) == "/":
            continue
        if str(each) == "*":
            by_name = True
            continue
        annotated, each = each, plain(each)
        kind, default, symbol = "keyword" if by_name else "plain", None, each
        closed: Code | None = None
        if head(each) == "unpack-iterable":
            kind, symbol, by_name = "rest", plain(each[1]), True
        elif head(each) == "unpack-mapping":
            kind, symbol = "options", plain(each[1])
        elif isinstance(each, List) and len(each) == 2:
            annotated, symbol = each[0], plain(each[0])
            default, closed = ("", None) if dry else _default(w, each[1])
        if not isinstance(symbol, Symbol):
            raise EmitError(each, "a parameter is a name, [name default], #* rest or #** options")
        if mangle(str(symbol)) in (p.name for p, _, _ in found):
            raise EmitError(symbol, f"there are two parameters {symbol}")
        if kind in ("rest", "options") and kind in (p.kind for p, _, _ in found):
            raise EmitError(each, "one parameter takes the rest: #* by place, #** by name")
        known = ANNOTATED.get(str(annotated[2]), "") if head(annotated) == "annotate" else ""
        known = "list" if kind == "rest" else known
        name = mangle(str(symbol))
        found.append((Parameter(name, kind, default, name, known), symbol, closed))
    return found


def _default(w: Walker, form: Any) -> tuple[str, Code | None]:
    code = w.expr(form)
    if code.fixed and not isinstance(form, Expression):
        return code.text, None
    w.count += 1
    return w.target.temporary(w.count), code


def contains(forms: Any, kind: str) -> bool:
    """True where a form of that kind stands in `forms`, outside of functions within."""
    for form in forms:
        if head(form) == kind or (
            kind == "await" and isinstance(form, List) and form and form[0] == Keyword("async")
        ):
            return True
        inner = isinstance(form, (Expression, list, tuple)) and head(form) not in _FUNCTIONS
        if inner and contains(form, kind):
            return True
    return False


_FUNCTIONS = frozenset({"fn", "defn", "defclass", "gfor", "quote"})


@statement("return")
def return_(w: Walker, form: Any, place: str) -> None:
    if len(form) > 2:
        raise EmitError(form[2], "return takes one value")
    w.into(form[1] if len(form) == 2 else Symbol("None"), RETURN)


@expression("await")
def await_(w: Walker, form: Any) -> Code:
    if len(form) != 2:
        raise EmitError(form, "await takes one form")
    w.scope.function.is_async = True
    return w.target.awaited(w, w.expr(form[1]), form)


@expression("yield")
def yield_(w: Walker, form: Any) -> Code:
    everything = len(form) == 3 and form[1] == Keyword("from")
    if len(form) > 3 or (len(form) == 3 and not everything):
        raise EmitError(form, "yield takes one value, or :from and what has many")
    if w.scope.function.parent is None:
        raise EmitError(form, "yield stands in a function, which it makes a generator")
    value = w.expr(form[-1]) if len(form) > 1 else w.none
    return w.target.yielded(w, value, everything=everything)
