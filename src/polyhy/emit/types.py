"""What is known of a value before the program runs: `number`, `text`, `boolean`, `list`, or ""."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from hy import mangle
from hy.models import Bytes, Dict, Expression, Float, FString, Integer, List, Set, String, Symbol

from polyhy.emit.code import EmitError
from polyhy.emit.scopes import clauses_of, head, names_in

Known = Callable[[str], str]
"""The type of a variable."""

NUMBER, TEXT, BOOLEAN, LIST = "number", "text", "boolean", "list"

_LITERALS = {
    Integer: NUMBER,
    Float: NUMBER,
    String: TEXT,
    FString: TEXT,
    List: LIST,
    Dict: "dict",
    Set: "set",
    Bytes: "bytes",
}
ARITHMETIC = frozenset({"+", "-", "*", "/", "//", "%", "**", "<<", ">>", "&", "|", "^", "bnot"})
RESULTS = {
    **dict.fromkeys(("len", "int", "float", "abs", "round", "ord", "hash"), NUMBER),
    **dict.fromkeys(("str", "repr", "chr", "format"), TEXT),
    **dict.fromkeys(("list", "sorted", "lfor"), LIST),
    **dict.fromkeys(("=", "!=", "<", "<=", ">", ">=", "not", "in", "not-in"), BOOLEAN),
    **dict.fromkeys(("is", "is-not", "any", "all", "isinstance", "callable", "bool"), BOOLEAN),
}
"""What built-in functions and operators return."""

ANNOTATED = {"int": NUMBER, "float": NUMBER, "str": TEXT, "bool": BOOLEAN, "list": LIST}


def type_of(form: Any, known: Known) -> str:
    """The type of a form, where `known` tells those of variables; empty if it is not known."""
    if isinstance(form, Symbol):
        return BOOLEAN if str(form) in ("True", "False") else known(mangle(str(form)))
    if type(form) in _LITERALS:
        return _LITERALS[type(form)]
    kind = head(form)
    if kind in ARITHMETIC:
        return _sum(kind, {type_of(each, known) for each in form[1:]})
    if kind == "if" and len(form) == 4:
        return _same(type_of(each, known) for each in form[2:])
    if kind == "do" and len(form) > 1:
        return type_of(form[-1], known)
    if kind in ("and", "or"):
        return _same(type_of(each, known) for each in form[1:])
    if kind == "setx" and len(form) == 3:
        return type_of(form[2], known)
    return RESULTS.get(kind, "") if kind and not known(mangle(kind)) else ""


def variables(forms: Iterable[Any], names: set[str], known: Known) -> dict[str, str]:
    """The types of variables, from all that is assigned to each: `names` are those asked for."""
    values: dict[str, list[Any]] = {name: [] for name in names}
    for name, value in _assignments(forms):
        if name in values:
            values[name].append(value)
    types = {name: "?" for name, found in values.items() if found}
    # Begin by hoping: `?` is whatever the others are. What contradicts is given up.
    for _ in range(len(types) + 2):
        before = dict(types)
        for name in types:
            types[name] = _agreed(
                values[name], lambda n: types.get(n, "" if n in names else known(n))
            )
        if types == before:
            break
    return {name: kind for name, kind in types.items() if kind in (NUMBER, TEXT, BOOLEAN, LIST)}


def _agreed(values: list[Any], known: Known) -> str:
    kinds = {v if isinstance(v, _Given) else _hoped(v, known) for v in values} - {"?"}
    return str(kinds.pop()) if len(kinds) == 1 else ("" if kinds else "?")


def _hoped(form: Any, known: Known) -> str:
    if isinstance(form, Symbol) or head(form) in ARITHMETIC or head(form) in ("if", "do"):
        return type_of(form, known)
    return type_of(form, lambda name: "" if known(name) == "?" else known(name))


class _Given(str):
    """A type that stands for a value: that of a counting loop's variable."""


def _assignments(forms: Iterable[Any]) -> Iterable[tuple[str, Any]]:
    for form in forms:
        kind = head(form)
        if kind in ("fn", "defn", "defclass", "quote"):
            yield from ((name, _Given()) for name in _reached(form))
            continue
        if kind in ("setv", "setx"):
            for target, value in zip(form[1::2], form[2::2], strict=False):
                yield from _assignment(target, value)
        elif kind.endswith("=") and kind[:-1] in ARITHMETIC and len(form) > 2:
            value = Expression([Symbol(kind[:-1]), form[1], *form[2:]])
            yield from _assignment(form[1], value)
        elif kind == "for" and len(form) > 1 and isinstance(form[1], List) and _reads(form[1]):
            for clause, target, value in clauses_of(form[1]):
                if clause == "for" and head(value) == "range":
                    yield from ((name, _Given(NUMBER)) for name in names_in(target))
                elif clause != "if":
                    yield from ((name, _Given()) for name in names_in(target))
        elif kind in ("with", "match", "except", "import", "import-from", "del"):
            yield from ((name, _Given()) for name in _mentioned(form))
        if isinstance(form, (Expression, List, Dict)):
            yield from _assignments(form)


def _reads(clauses: Any) -> bool:
    try:
        return bool(list(clauses_of(clauses)))
    except EmitError:
        return False


def _assignment(target: Any, value: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(target, Symbol):
        yield mangle(str(target)), value
    else:
        yield from ((name, _Given()) for name in names_in(target))


def _reached(form: Any) -> set[str]:
    """What a function within may assign: the names of its `nonlocal`."""
    if head(form) == "nonlocal":
        return _mentioned(form)
    inner = form if isinstance(form, (Expression, List)) else ()
    return {name for each in inner for name in _reached(each)}


def _mentioned(form: Any) -> set[str]:
    if isinstance(form, Symbol):
        return {mangle(str(form))}
    inner = form if isinstance(form, (Expression, List, Dict)) else ()
    return {name for each in inner for name in _mentioned(each)}


def _sum(operator: str, kinds: set[str]) -> str:
    if kinds == {"?"}:
        return "?"
    kinds = kinds - {"?"}
    if kinds == {NUMBER}:
        return NUMBER
    if LIST in kinds and (operator == "*" or (operator == "+" and kinds == {LIST})):
        return LIST
    return TEXT if operator == "+" and kinds == {TEXT} else ""


def _same(kinds: Iterable[str]) -> str:
    found = set(kinds) - {"?"}
    return found.pop() if len(found) == 1 else ("" if found else "?")
