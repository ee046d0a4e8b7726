"""Macros first: every macro call in a piece is expanded before any of it is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hy.models import Dict, Expression, FComponent, FString, List, Set, Tuple

from polyhy.emit.code import EmitError
from polyhy.emit.scopes import head

Macro = Callable[[Expression], Any]
"""Expands the macro call that a form is, once; returns the very form where it is none."""


def expanded(form: Any, macro: Macro) -> Any:
    """Expand a form and all forms in it. What is quoted, and patterns of `match`, stay."""
    while isinstance(form, Expression) and form:
        before, form = form, macro(form)
        if form is before:
            break
    kind = head(form)
    if kind in ("quote", "quasiquote"):
        return form
    if kind in _LENGTHS and len(form) != _LENGTHS[kind]:
        raise EmitError(form, f"{kind} takes {_LENGTHS[kind] - 1} forms, not {len(form) - 1}")
    if kind == "match":
        return _match(form, macro)
    if isinstance(form, FComponent):
        return _like(form, [expanded(form[0], macro), *form[1:]])
    if isinstance(form, _HOLDERS):
        return _like(form, [expanded(each, macro) for each in form])
    return form


_LENGTHS = {"annotate": 3, "unpack-iterable": 2, "unpack-mapping": 2}
"""How long are the forms that `#^`, `#*` and `#**` are read as."""

_HOLDERS = (Expression, List, Dict, Set, Tuple, FString)


def _match(form: Any, macro: Macro) -> Any:
    from polyhy.emit.patterns import cases

    parts: list[Any] = [form[0], expanded(form[1], macro)] if len(form) > 1 else list(form)
    for pattern, name, guard, result in cases(form) if len(form) > 2 else ():
        parts.append(pattern)
        if name is not None:
            parts += [_keyword("as"), name]
        if guard is not None:
            parts += [_keyword("if"), expanded(guard, macro)]
        parts.append(expanded(result, macro))
    return Expression(parts).replace(form, recursive=False)


def _keyword(name: str) -> Any:
    from hy.models import Keyword

    return Keyword(name)


def _like(form: Any, parts: list[Any]) -> Any:
    if all(a is b for a, b in zip(form, parts, strict=True)):
        return form
    made: Any
    if isinstance(form, FComponent):
        made = FComponent(parts, conversion=getattr(form, "conversion", None))
    elif isinstance(form, FString):
        made = FString(parts, brackets=getattr(form, "brackets", None))
    else:
        made = type(form)(parts)
    return made.replace(form, recursive=False)
