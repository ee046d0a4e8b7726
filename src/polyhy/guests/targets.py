"""Lisp for other languages, as a macro asks for it: what is around a form, and its macros."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from polyhy import plugins


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
    """What expands a macro call in a piece: a target's own macros, then the user's, then Hy's."""
    from hy import mangle
    from hy.core import result_macros
    from hy.macros import macroexpand
    from hy.models import Expression, Symbol

    from polyhy.emit.scopes import head
    from polyhy.emit.walker import EXPRESSIONS, STATEMENTS

    core = result_macros._hy_macros  # pyright: ignore[reportAttributeAccessIssue]

    def expand(form: Any) -> Any:
        kind = head(form)
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
        ours = found is None or found.__module__.startswith(("polyhy.macros", "hy.core"))
        if ours and (kind in EXPRESSIONS or kind in STATEMENTS or mangle(kind) in core):
            return form
        return macroexpand(form, compiler.module, compiler, once=True, result_ok=False)

    def _dotted(name: str) -> Any:
        return Expression([Symbol("."), *map(Symbol, name.split("."))])

    return expand


def _macro(compiler: Any, name: str) -> Any:
    """The macro of that name that the file sees, without those that Hy itself has."""
    tables = [state["macros"] for state in reversed(compiler.local_state_stack)]
    for table in (compiler.extra_macros, *tables, getattr(compiler.module, "_hy_macros", {})):
        if name in table:
            return table[name]
    return None
