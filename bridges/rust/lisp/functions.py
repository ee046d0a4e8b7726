"""A typed function, said; before that, drafts of it until the types of its variables are found."""

from __future__ import annotations

from collections.abc import Mapping

from polyhy.emit import Around, EmitError
from polyhy.emit.code import at, block

from .declare import Function, Parameter, local_name
from .types import NONE, Type, lent, owned
from .writer import Writer, quoted


def said(function: Function, defined: Mapping[str, Function], around: Around) -> str:
    """Say a function, once the types of its variables are found by drafts."""
    types: dict[str, Type] = {}
    before: dict[str, Type] | None = None
    while types != before:
        before = dict(types)
        Writer(function, defined, around, types, is_draft=True).body(function.body, function.result)
    if not function.body and function.result != NONE:
        raise EmitError(function.form, f"this function is to give {function.result}, and is empty")
    writer = Writer(function, defined, around, types)
    return _laid_out(writer, writer.body(function.body, function.result))


def _laid_out(w: Writer, body: str) -> str:
    function = w.function
    head = ", ".join(_declared(w, p) for p in function.parameters)
    result = "" if function.result == NONE else f" -> {owned(function.result)}"
    docs = f"#[doc = {quoted(function.doc)}] " if function.doc else ""
    parts = [f"let mut {n}: {owned(kind)};" for n, kind in w.types.items() if n in w.locals]
    copies = [f"let mut {n} = {n}.to_owned();" for n in w.replaced]
    opening = f"{docs}{at(function.form)}pub fn {local_name(function.name)}({head}){result} "
    return f"{opening}{{{block([*copies, *parts, body])}}}"


def _declared(w: Writer, parameter: Parameter) -> str:
    changed = parameter.name in w.function.changed
    name, kind = local_name(parameter.name), lent(parameter.type, changed=changed)
    return f"{name if kind[0] == '&' else f'mut {name}'}: {kind}"
