"""Which names stand in the Hy around a form, as its compiler knows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from hy import mangle


def bound(compiler: Any, name: str) -> bool:
    """True where `name` is a variable of the Hy around, or one that its file defines below."""
    name = mangle(name)
    return name in names(compiler) or (
        _within_function(compiler) and _defined_below(compiler, name)
    )


def names(compiler: Any) -> set[str]:
    """The variables that are defined by now: of the scopes around, and of the module."""
    module = compiler.module.__dict__
    known = {name for name in module if not (name.startswith("__") and name.endswith("__"))}
    for scope in _scopes(compiler):
        for kind in ("defined", "bindings", "iterators"):
            known.update(getattr(scope, kind, ()))
    return known - {"hy", "_polyhy", "_hy_macros", "_hy_reader_macros"}


def _scopes(compiler: Any) -> Iterator[Any]:
    scope = compiler.scope
    while scope is not None:
        yield scope
        scope = scope.parent


def _within_function(compiler: Any) -> bool:
    return any(getattr(scope, "is_fn", False) for scope in _scopes(compiler))


def _defined_below(compiler: Any, name: str) -> bool:
    """A function may use what its file defines after it."""
    defining = re.finditer(_DEFINES, compiler.source or "", re.MULTILINE)
    return any(mangle(match[1]) == name for match in defining)


_DEFINES = (
    r"(?:^|(?<=\) ))\((?:[\w.:-]*:)?(?:setv|defn|defclass|import|defmain)\s+([^\s()\[\]{}\";.:]+)"
)
