"""Typed functions as they are declared: parameters, the result, and which lists they change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from hy import mangle
from hy.models import Expression, List, String, Symbol

from polyhy.emit import EmitError
from polyhy.emit.code import words
from polyhy.emit.functions import head_of, plain
from polyhy.emit.scopes import head

from .types import NONE, Type, read


class Parameter(NamedTuple):
    name: str
    type: Type
    form: Any


class Function:
    """A function as it is declared. `changed` are the parameters whose items it sets."""

    def __init__(self, form: Any, name: str, result: Type, given: Sequence[Parameter]) -> None:
        self.form, self.name, self.result, self.parameters = form, name, result, list(given)
        self.body: Sequence[Any] = ()
        self.doc = ""
        self.changed: set[str] = set()
        self.numbers: dict[int, int] = {}
        """Of the forms that bind names of their own, so that these are the same whenever said."""


def declared(form: Any) -> Function:
    """Read `(defn #^ float name [#^ float x] …)`."""
    is_async, decorators, rest = head_of(form[1:])
    if is_async or decorators:
        raise EmitError(form, "a typed function is neither async nor decorated")
    name = plain(rest[0]) if rest else None
    if not isinstance(name, Symbol) or len(rest) < 2 or not isinstance(rest[1], List):
        raise EmitError(form, "defn takes types, a name and parameters: " + _EXAMPLE)
    if head(rest[0]) != "annotate":
        raise EmitError(name, "this function does not say the type of its result: " + _EXAMPLE)
    parameters = [_parameter(each) for each in rest[1]]
    for i, each in enumerate(parameters):
        if each.name in (before.name for before in parameters[:i]):
            raise EmitError(each.form, f"there are two parameters {each.form}")
    function = Function(form, mangle(str(name)), read(rest[0][2]), parameters)
    body = list(rest[2:])
    if len(body) > 1 and isinstance(body[0], String):
        function.doc = str(body.pop(0))
    function.body = body
    return function


_EXAMPLE = "(rust:defn #^ float mean [#^ (get list float) xs] …)"


def _parameter(form: Any) -> Parameter:
    name = plain(form)
    if isinstance(name, List) or head(name).startswith("unpack") or str(name) in ("*", "/"):
        raise EmitError(form, "a typed function has plain parameters: no defaults, no #* and #**")
    if not isinstance(name, Symbol):
        raise EmitError(form, "a parameter is a name with its type: #^ float x")
    if head(form) != "annotate":
        raise EmitError(form, f"this parameter has no type: #^ float {name}")
    kind = read(form[2])
    if kind == NONE:
        raise EmitError(form[2], "a parameter is something: int, float, bool, str, (get list …)")
    return Parameter(mangle(str(name)), kind, name)


def find_changes(defined: Mapping[str, Function]) -> None:
    """Find which parameters a function changes, itself or by handing them on."""
    for _ in range(len(defined) + 1):
        for function in defined.values():
            function.changed = set(_changes(function.body, defined))


def _changes(forms: Any, defined: Mapping[str, Function]) -> Iterator[str]:
    for form in forms:
        if not isinstance(form, (Expression, List)) or not form:
            continue
        kind = head(form)
        targets = form[1:2] if kind.endswith("=") else form[1::2] if kind == "setv" else ()
        for target in targets:
            if head(target) == "get":
                yield _owner(target)
        if len(form) > 1 and method_of(form) in _CHANGING:
            yield _owner(form[1])
        called = defined.get(mangle(kind)) if kind else None
        if called:
            for parameter, given in zip(called.parameters, form[1:], strict=False):
                if parameter.name in called.changed:
                    yield _owner(given)
        yield from _changes(form, defined)


def _owner(form: Any) -> str:
    """The variable that holds what `(get (get xs 0) 1)` is of."""
    while head(form) == "get":
        form = form[1]
    return mangle(str(form)) if isinstance(form, Symbol) else ""


_CHANGING = words("append pop sort reverse")


def method_of(form: Any) -> str:
    """The name of the method that `(.name x)` calls."""
    first: Any = form[0] if isinstance(form, Expression) and form else None
    calls = head(first) == "." and len(first) == 3 and str(first[1]) == "None"
    return str(first[2]) if calls else ""


RESERVED = words(
    "as async await box break const continue crate dyn else enum extern false final fn for gen if "
    "impl in let lisp loop macro match mod move mut override priv pub ref return self Self static "
    "struct super trait true try type typeof union unsafe unsized use virtual where while yield "
    "abstract become do"
)


def local_name(name: str) -> str:
    return f"{name}_" if name in RESERVED else name
