"""`import-from` within a piece: the package is loaded outside, and passed in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hy import mangle
from hy.models import Keyword, List, String, Symbol

from polyhy.emit.code import Code, EmitError
from polyhy.emit.scopes import head
from polyhy.emit.walker import Walker, statement


def targets(form: Any) -> Iterator[tuple[Symbol, tuple[str, str, str]]]:
    """The names that an import binds: each with ecosystem, package and member."""
    if head(form) == "import":
        yield from _modules(form)
    else:
        yield from _packages(form)


@statement("import-from")
def import_from(w: Walker, form: Any, place: str) -> None:
    for name, wanted in targets(form):
        w.say(
            w.target.assigned(
                w.scope.names.get(mangle(str(name))) or _place(w, name), w.imported(wanted)
            ),
            form,
        )
    w.give(place, w.none)


@statement("import")
def import_(w: Walker, form: Any, place: str) -> None:
    for name, (_, module, member) in targets(form):
        helper = f"{module}_{member}" if member else f"{module}_module"
        if module not in w.target.modules or helper not in w.target.prelude_names:
            raise EmitError(
                name, f"{w.target.name} has no {module}; import it outside, and it is passed in"
            )
        w.say(w.target.assigned(_place(w, name), Code(w.need(helper))), form)
    w.give(place, w.none)


def _place(w: Walker, name: Symbol) -> str:
    from polyhy.emit.assignment import place_of

    return place_of(w, name)


def _modules(form: Any) -> Iterator[tuple[Symbol, tuple[str, str, str]]]:
    rest = list(form[1:])
    while rest:
        module = rest.pop(0)
        name = str(module)
        if not isinstance(module, Symbol):
            raise EmitError(module, "a package is imported by import-from")
        if rest and rest[0] == Keyword("as") and len(rest) > 1:
            yield rest[1], ("", name, "")
            del rest[:2]
        elif rest and isinstance(rest[0], List):
            yield from _members("", name, rest.pop(0))
        else:
            yield module, ("", name, "")


def _packages(form: Any) -> Iterator[tuple[Symbol, tuple[str, str, str]]]:
    rest = list(form[1:])
    if not rest or not isinstance(rest[0], String):
        raise EmitError(form, 'it names an ecosystem and packages: (import-from "npm" lodash)')
    ecosystem = str(rest.pop(0))
    while rest:
        package = rest.pop(0)
        if rest and rest[0] == Keyword("as") and len(rest) > 1:
            yield rest[1], (ecosystem, str(package), "")
            del rest[:2]
        elif rest and isinstance(rest[0], List):
            yield from _members(ecosystem, str(package), rest.pop(0))
        elif isinstance(package, Symbol):
            yield package, (ecosystem, str(package), "")
        else:
            raise EmitError(package, 'within a piece, say the name: "date-fns" :as dates')


def _members(ecosystem: str, package: str, form: Any) -> Iterator[Any]:
    rest = list(form)
    while rest:
        member = rest.pop(0)
        if not isinstance(member, (Symbol, String)):
            raise EmitError(member, "a member is a name or a string: [format addDays :as add]")
        name = member
        if rest and rest[0] == Keyword("as") and len(rest) > 1:
            name = rest[1]
            del rest[:2]
        if not isinstance(name, (Symbol, String)):
            raise EmitError(name, "after :as stands a name: :as name")
        yield Symbol(str(name)).replace(member), (ecosystem, package, str(member))
