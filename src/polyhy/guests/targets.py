"""Lisp for other languages, as a macro asks for it: what is around a form, and its macros."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from polyhy import plugins
from polyhy.errors import UsageError


def written(compiler: Any, language: str, forms: Sequence[Any], names: Sequence[str] = ()) -> Any:
    """Write forms in `language`: a `polyhy.emit.Piece`. What can't be is a HySyntaxError."""
    from hy.errors import HySyntaxError

    from polyhy import emit

    target = plugins.emitter(language)
    try:
        return emit.piece(target, forms, Around(compiler), macros(compiler, language), names)
    except emit.EmitError as error:
        form = error.form if getattr(error.form, "start_line", None) else compiler.this
        raise HySyntaxError(error.message, form, compiler.filename, compiler.source) from None


def identity(language: str) -> str:
    """The source of a function that returns what it is given."""
    import hy

    from polyhy import emit

    forms: Any = [hy.read("(fn [x] x)")]
    if language not in plugins.emitters() or not isinstance(plugins.emitter(language), emit.Target):
        raise UsageError(f"{language} keeps no values that are sent to it")
    return emit.piece(plugins.emitter(language), forms, _Nothing(), lambda form: form).source


class _Nothing:
    """No Hy around: a file, or a piece that needs none."""

    def bound(self, name: str) -> bool:
        return False

    def names(self) -> Iterable[str]:
        return ()


class Around:
    """The variables of the Hy around a form that is being compiled."""

    def __init__(self, compiler: Any) -> None:
        self.compiler = compiler

    def bound(self, name: str) -> bool:
        from polyhy import variables

        return variables.bound(self.compiler, name)

    def names(self) -> Iterable[str]:
        from polyhy import variables

        return variables.names(self.compiler)


def macros(compiler: Any, language: str) -> Any:
    """What expands a macro call in a piece: a target's own macros, then the user's, then Hy's.

    A block of the same language within is part of the piece: what it takes is passed in once.
    """
    from hy import mangle
    from hy.core import result_macros
    from hy.macros import macroexpand
    from hy.models import Expression, Symbol

    from polyhy.emit import EmitError
    from polyhy.emit.scopes import head
    from polyhy.emit.walker import EXPRESSIONS, STATEMENTS

    core = result_macros._hy_macros  # pyright: ignore[reportAttributeAccessIssue]

    def expand(form: Any) -> Any:
        kind = head(form)
        within = _block(compiler, form)
        if within:
            return _merged(form, within, language)
        if kind == "." and len(form) > 2 and str(form[1]) == language and _names(compiler, form[1]):
            own = form[2] if len(form) == 3 else Expression([form[0], *form[2:]])
            return own.replace(form, recursive=False)
        if not kind:
            return form
        own = f"{language}.macros.{mangle(kind)}"
        if _macro(compiler, own) is not None:
            return macroexpand(
                Expression([_dotted(own), *form[1:]]).replace(form),
                compiler.module,
                compiler,
                once=True,
                result_ok=False,
            )
        found = _macro(compiler, mangle(kind))
        place = "" if found is None else found.__module__
        ours = found is None or place.startswith(("polyhy.macros", "hy.core"))
        if ours and (kind in EXPRESSIONS or kind in STATEMENTS or mangle(kind) in core):
            return form
        if place.startswith("polyhy.macros") and kind not in _ANYWHERE:
            raise EmitError(form, f"{kind} is for the Lisp around: pass in what it gives")
        return macroexpand(form, compiler.module, compiler, once=True, result_ok=False)

    def _dotted(name: str) -> Any:
        return Expression([Symbol("."), *map(Symbol, name.split("."))])

    return expand


_ANYWHERE = frozenset({"alias"})
"""Macros of the dialect that expand to what any language has."""


def _block(compiler: Any, form: Any) -> str:
    """The language that `(js …)` or `(js:defn …)` names; empty for any other form."""
    from hy.models import Expression

    from polyhy.emit.scopes import head

    first: Any = form[0] if isinstance(form, Expression) and form else None
    name = str(first[1]) if head(first) == "." and len(first) == 3 else str(first)
    return name if _names(compiler, name) else ""


def _names(compiler: Any, name: Any) -> bool:
    """True where a name is that of a language, and of no variable."""
    return str(name) in plugins.emitters() and not Around(compiler).bound(str(name))


def _merged(form: Any, named: str, language: str) -> Any:
    """A block within a block of the same language, as a part of that."""
    from hy.models import Expression, String, Symbol

    from polyhy.emit import EmitError

    if named != language:
        raise EmitError(form, f"{named} stands outside of {language}: pass in what it gives")
    if any(isinstance(each, String) for each in form[1:2]) and isinstance(form[0], Symbol):
        raise EmitError(form[1], f"source of {named} stands outside of Lisp: pass in what it gives")
    first = Symbol("do") if isinstance(form[0], Symbol) else form[0][2]
    return Expression([first.replace(form[0]), *form[1:]]).replace(form, recursive=False)


def _macro(compiler: Any, name: str) -> Any:
    """The macro of that name that the file sees, without those that Hy itself has."""
    tables = [state["macros"] for state in reversed(compiler.local_state_stack)]
    for table in (compiler.extra_macros, *tables, getattr(compiler.module, "_hy_macros", {})):
        if name in table:
            return table[name]
    return None
