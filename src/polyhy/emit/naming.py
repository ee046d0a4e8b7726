"""The names of a piece: its variables in their scopes, what is passed in, what is needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from hy import mangle
from hy.models import Symbol

from polyhy.emit.code import Code, EmitError, words
from polyhy.emit.language import Around
from polyhy.emit.scopes import Scope, assigned, outer
from polyhy.emit.types import variables

if TYPE_CHECKING:
    from polyhy.emit.target import Target

RENAMED: Final = {"iter": "iterator"}
"""Built-in functions whose names are those of other functions in a prelude."""


_OF_HYRULE: Final = words("-> ->> as-> some-> doto case unless loop defmain lif do-n list-n of")
"""Those of its macros that people look for in Lisp."""


class Names:
    """The names of one piece of Lisp on its way into a target."""

    def __init__(self, target: Target, around: Around, *, imports_inside: bool = False) -> None:
        self.target = target
        self.imports_inside = imports_inside
        self.imports: dict[tuple[str, str, str], str] = {}
        self.classes: set[str] = set()
        self.around = around
        self.scope = Scope(None, function=True)
        self.needs: dict[str, None] = {}
        self.free: dict[str, str] = {}
        self.loops: list[Any] = []
        self.used: set[str] = set()
        self.count = 0

    def begin(self, own: Iterable[str], forms: Sequence[Any]) -> None:
        """Begin with the variables that the piece itself assigns."""
        names = sorted(own)
        self.scope.names = {name: self.target.local_name(name) for name in names}
        self.scope.hoisted = list(self.scope.names.values())
        self.scope.types = variables(forms, set(names), self.type)

    @property
    def none(self) -> Code:
        return self.target.literal(None)

    def type(self, name: str) -> str:
        """The type of a variable, if it is known."""
        scope = self.scope.find(name)
        if scope is not None:
            return scope.types.get(name, "")
        return "shadowed" if self.around.bound(name) and name not in ("range",) else ""

    def symbol(self, form: Symbol) -> Code:
        """Say a name: a local one, one of the Hy around, a built-in, or one of the target's own."""
        text = str(form)
        if text in ("True", "False", "None"):
            return self.target.literal({"True": True, "False": False, "None": None}[text])
        name = mangle(text)
        scope = self.scope.find(name)
        if scope is not None:
            return Code(scope.names[name], type=scope.types.get(name, ""))
        if self.around.bound(text):
            return Code(self.passed(name))
        own = self.target.own_name(text)
        if name in self.target.builtins:
            return Code(self.need(RENAMED.get(name) or name))
        if own:
            return Code(own)
        raise EmitError(form, self._unknown(text))

    def passed(self, name: str) -> str:
        """The name under which a variable of the Hy around is passed in."""
        if name not in self.free:
            self.free[name] = self.unique(name)
        return self.free[name]

    def _unknown(self, text: str) -> str:
        known = {*self.target.builtins, *self.target.globals, *self.around.names()}
        scope: Scope | None = self.scope
        while scope is not None:
            known.update(scope.names)
            scope = scope.parent
        if text == "super":
            return "super stands before a method, in a class: (.name (super))"
        if text in _OF_HYRULE:
            return f"{text} is a macro of hyrule: (require hyrule [{text}])"
        close = get_close_matches(mangle(text), sorted(known), 1)
        hint = (
            f'did you mean "{close[0]}"?' if close else "define it first, here or in the Hy around"
        )
        return f"{self.target.name} knows no variable {text!r}; {hint}"

    def need(self, name: str) -> str:
        """Use a function of the target's prelude."""
        self.needs[name] = None
        return self.target.prelude_name(name)

    def call(self, helper: str, *args: Code) -> Code:
        """Call a function of the target's prelude."""
        text = ", ".join(arg.text for arg in args)
        return Code(f"{self.need(helper)}({text})", self.target.CALL)

    def temp(self) -> str:
        """A new variable of the function, which is assigned once."""
        self.count += 1
        name = self.target.temporary(self.count)
        self.scope.function.hoisted.append(name)
        return name

    def unique(self, name: str) -> str:
        """A name of the target for a renamed variable, unlike any other that is seen here."""
        wanted = first = self.target.local_name(name)
        while wanted in self.used or self._taken(wanted):
            self.count += 1
            wanted = f"{first}_{self.count}"
        self.used.add(wanted)
        return wanted

    def _taken(self, wanted: str) -> bool:
        scope: Scope | None = self.scope
        while scope is not None:
            if scope.is_function and wanted in scope.names.values():
                return True
            scope = scope.parent
        return False

    # --- scopes

    @contextmanager
    def function(self, forms: Sequence[Any], parameters: Sequence[str] = ()) -> Iterator[Scope]:
        """A function's scope: its own variables are those that `forms` assign."""
        before, self.scope = self.scope, Scope(self.scope, function=True)
        loops, self.loops = self.loops, []
        own = (assigned(forms) - outer(forms)) | set(parameters)
        self.scope.names = {name: self.target.local_name(name) for name in sorted(own)}
        self.scope.hoisted += [self.scope.names[n] for n in sorted(own - set(parameters))]
        self.scope.types = variables(forms, own - set(parameters), self.type)
        try:
            yield self.scope
        finally:
            self.scope, self.loops = before, loops

    @contextmanager
    def renamed(self, names: Iterable[str], forms: Sequence[Any] = ()) -> Iterator[Scope]:
        """A scope of `let` or a comprehension: its variables are the function's, renamed."""
        before, self.scope = self.scope, Scope(self.scope)
        own = set(names)
        unique = {name: self.unique(name) for name in sorted(own)}
        self.scope.names.update(unique)
        self.scope.function.hoisted += unique.values()
        self.scope.types = variables(forms, own, self.type)
        try:
            yield self.scope
        finally:
            self.scope = before
