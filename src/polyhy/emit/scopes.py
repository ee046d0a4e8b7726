"""Variables of emitted code: functions own them, `let` and comprehensions rename theirs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hy import mangle
from hy.models import Dict, Expression, List, Symbol, Tuple

from polyhy.emit.code import EmitError


class Scope:
    """The names of a function, or of a `let` within one. `names` says how the target calls each.

    In a method, `super` is its class and `this` its first parameter. `guards` are the functions of
    the target that this function's body is cut into, each with the ways in which it is left.
    """

    def __init__(self, parent: Scope | None, *, function: bool = False) -> None:
        self.parent = parent
        self.is_function = function
        self.names: dict[str, str] = {}
        self.types: dict[str, str] = {}
        self.hoisted: list[str] = []
        self.is_async = self.is_generator = False
        self.signatures: dict[str, Any] = {}
        self.super = self.this = ""
        self.guards: list[set[str]] = []

    @property
    def function(self) -> Scope:
        """The function that this is, or is in."""
        scope = self
        while not scope.is_function and scope.parent is not None:
            scope = scope.parent
        return scope

    def find(self, name: str) -> Scope | None:
        """The scope that has `name`, innermost first."""
        scope: Scope | None = self
        while scope is not None and name not in scope.names:
            scope = scope.parent
        return scope


def head(form: Any) -> str:
    """The name that a form begins with; empty where it begins with none."""
    if isinstance(form, Expression) and form and isinstance(form[0], Symbol):
        return str(form[0])
    return ""


def assigned(forms: Any) -> set[str]:
    """The names that `forms` assign in the function around them, without functions inside."""
    return {name for form in forms for name in _assigned(form)}


def outer(forms: Any) -> set[str]:
    """The names that `forms` declare to be those of a function around."""
    found: set[str] = set()
    for form in forms:
        if head(form) == "nonlocal":
            found.update(mangle(str(name)) for name in form[1:])
        elif isinstance(form, (Expression, List)) and head(form) not in _OWN:
            found |= outer(form)
    return found


def names_in(target: Any) -> Iterator[str]:
    """The names in a target of assignment: `x`, `[a #(b #* c)]`."""
    if isinstance(target, Symbol):
        yield mangle(str(target))
    elif isinstance(target, (List, Tuple)):
        for each in target:
            yield from names_in(each)
    elif head(target) in ("unpack-iterable", "annotate"):
        yield from names_in(target[1])


_OWN = frozenset({"fn", "defn", "defclass", "quote", "quasiquote", "defmacro"})


def _assigned(form: Any) -> Iterator[str]:
    kind = head(form)
    if kind in _ASSIGNS:
        yield from _ASSIGNS[kind](form)
    elif kind in ("quote", "quasiquote"):
        return
    elif isinstance(form, (Expression, List, Tuple, Dict)):
        for each in form:
            yield from _assigned(each)


def _pairs(form: Any) -> Iterator[str]:
    rest = list(form[1:])
    for target, value in zip(rest[::2], rest[1::2], strict=False):
        yield from names_in(target)
        yield from _assigned(value)


def _augmented(form: Any) -> Iterator[str]:
    for target in form[1:2]:
        yield from names_in(target)
    for value in form[2:]:
        yield from _assigned(value)


def _defined(form: Any) -> Iterator[str]:
    for name in form[1:]:
        name = name[1] if head(name) == "annotate" else name
        if isinstance(name, Symbol):
            yield mangle(str(name))
            return


def _looped(form: Any) -> Iterator[str]:
    if len(form) > 1 and isinstance(form[1], List):
        yield from _bound(form[1])
    for each in form[1:]:
        yield from _assigned(each)


def clause_names(clauses: Any) -> Iterator[str]:
    """The names that the clauses of a loop bind: `[x xs  :setv y 1]`."""
    for kind, target, _ in clauses_of(clauses):
        if kind in ("for", "async", "setv"):
            yield from names_in(target)


def _bound(clauses: Any) -> list[str]:
    """The same, where a clause that can't be is left for later to say."""
    try:
        return list(clause_names(clauses))
    except EmitError:
        return []


def clauses_of(clauses: Any) -> Iterator[tuple[str, Any, Any]]:
    """Read `[x xs :if c :setv y 1 :do z]`: kind, target, value."""
    rest = list(clauses)
    while rest:
        first = rest.pop(0)
        kind = str(first.name) if type(first).__name__ == "Keyword" else "for"
        if kind in ("if", "do"):
            wanted = 1
        elif kind in ("setv", "async"):
            wanted = 2
        elif kind == "for":
            rest.insert(0, first)
            wanted = 2
        else:
            raise EmitError(first, f"a loop has no clause :{kind}; there are :if, :do and :setv")
        if len(rest) < wanted:
            raise EmitError(first, "this clause of the loop lacks what it loops over")
        parts = [rest.pop(0) for _ in range(wanted)]
        yield kind, parts[0], parts[-1]


def _comprehended(form: Any) -> Iterator[str]:
    own = set(_bound(form[1 : -2 if head(form) == "dfor" else -1]))
    yield from (name for each in form[1:] for name in _assigned(each) if name not in own)


def _let(form: Any) -> Iterator[str]:
    bindings = list(form[1]) if len(form) > 1 else []
    own = {name for target in bindings[::2] for name in names_in(target)}
    for value in bindings[1::2]:
        yield from _assigned(value)
    yield from (name for each in form[2:] for name in _assigned(each) if name not in own)


def _with(form: Any) -> Iterator[str]:
    targets = [x for x in form[1] if str(x) != ":async"] if isinstance(form[1], List) else []
    for target in targets[::2] if len(targets) > 1 else []:
        yield from names_in(target)
    for each in form[1:]:
        yield from _assigned(each)


def _caught(form: Any) -> Iterator[str]:
    if len(form) > 1 and isinstance(form[1], List) and len(form[1]) == 2:
        yield from names_in(form[1][0])
    for each in form[2:]:
        yield from _assigned(each)


def _matched(form: Any) -> Iterator[str]:
    from polyhy.emit.patterns import captures, cases

    if len(form) < 2:
        return
    yield from _assigned(form[1])
    for pattern, name, guard, result in cases(form):
        yield from captures(pattern)
        if name is not None:
            yield from names_in(name)
        yield from _assigned(guard)
        yield from _assigned(result)


def _imported(form: Any) -> Iterator[str]:
    from polyhy.emit.imports import targets

    for name, _ in targets(form):
        yield mangle(str(name))


_AUGMENTED = ("+", "-", "*", "/", "//", "%", "**", "<<", ">>", "&", "|", "^", "@")

_ASSIGNS: Any = {
    "setv": _pairs,
    "setx": _pairs,
    **{f"{op}=": _augmented for op in _AUGMENTED},
    "defn": _defined,
    "defclass": _defined,
    "fn": lambda form: iter(()),
    "for": _looped,
    **dict.fromkeys(("lfor", "sfor", "gfor", "dfor"), _comprehended),
    "let": _let,
    "with": _with,
    "except": _caught,
    "match": _matched,
    "import": _imported,
    "import-from": _imported,
}
