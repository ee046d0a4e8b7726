"""Walks Lisp and says it in the target: names, literals, the order of things. Forms are tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, Protocol

from hy import mangle
from hy.models import (
    Bytes,
    Complex,
    Expression,
    Float,
    Integer,
    Keyword,
    String,
    Symbol,
)

from polyhy.emit.code import Code, EmitError, at
from polyhy.emit.scopes import Scope, assigned, head, outer
from polyhy.emit.types import BOOLEAN, type_of, variables

if TYPE_CHECKING:
    from polyhy.emit.target import Target

DROP: Final = ""
RETURN: Final = "return"
"""What becomes of a form's value; else the variable that takes it."""

EXPRESSIONS: dict[str, Callable[[Walker, Any], Code]] = {}
STATEMENTS: dict[str, Callable[[Walker, Any, str], None]] = {}
"""The forms there are. A statement gives its value, if it has one, to a destination."""


def expression(*names: str) -> Callable[[Any], Any]:
    """Register what says a form as an expression."""

    def register(function: Any) -> Any:
        for name in names:
            EXPRESSIONS[name] = function
        return function

    return register


def statement(*names: str) -> Callable[[Any], Any]:
    """Register what says a form as statements."""

    def register(function: Any) -> Any:
        for name in names:
            STATEMENTS[name] = function
        return function

    return register


RENAMED: Final = {"iter": "iterator"}
"""Built-in functions whose names are those of other functions in a prelude."""


class Around(Protocol):
    """The Hy around the code."""

    def bound(self, name: str) -> bool:
        """True where `name` is a variable there."""
        ...

    def names(self) -> Iterable[str]:
        """All variables that are known there, for hints."""
        ...


class Block(list[str]):
    """Statements. After one that leaves (`return`), nothing more is said."""

    ended = False


class Walker:
    """One piece of Lisp on its way into a target."""

    def __init__(self, target: Target, around: Around, *, imports_inside: bool = False) -> None:
        self.target = target
        self.imports_inside = imports_inside
        self.imports: dict[tuple[str, str, str], str] = {}
        self.errors: list[Code] = []
        self.classes: set[str] = set()
        self.around = around
        self.scope = Scope(None, function=True)
        self.out = Block()
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

    # --- forms

    def expr(self, form: Any) -> Code:
        """Say a form as an expression; statements that it needs are said before."""
        if isinstance(form, Symbol):
            return self.symbol(form)
        kind = head(form)
        if kind in EXPRESSIONS:
            return EXPRESSIONS[kind](self, form)
        if kind in STATEMENTS:
            place = self.temp()
            self.into(form, place)
            return Code(place, type=type_of(form, self.type), fixed=True)
        if isinstance(form, Expression):
            if not form:
                raise EmitError(form, "an empty form calls nothing")
            if kind in _ELSEWHERE:
                raise EmitError(
                    form, f"{kind} has no meaning in {self.target.name}{_ELSEWHERE[kind]}"
                )
            return EXPRESSIONS["(call)"](self, form)
        if type(form) not in _SAYS:
            raise EmitError(form, f"{type(form).__name__} has no meaning in {self.target.name}")
        return _SAYS[type(form)](self, form)

    def into(self, form: Any, place: str) -> None:
        """Say a form as statements, and give its value to `place`."""
        if self.out.ended:
            return
        kind = head(form)
        if kind in STATEMENTS:
            STATEMENTS[kind](self, form, place)
            return
        mark = at(form)
        code = self.expr(form)
        if place != DROP or not (code.fixed or isinstance(form, Symbol)):
            self.give(place, code, mark)

    def body(self, forms: Sequence[Any], place: str) -> None:
        """Say forms in order; the last one's value is that of the whole."""
        for form in forms[:-1]:
            self.into(form, DROP)
        if forms:
            self.into(forms[-1], place)
        else:
            self.give(place, self.none)

    def exprs(self, forms: Sequence[Any]) -> list[Code]:
        """Say forms as expressions that are evaluated in their order."""
        parts: list[tuple[Block, Code]] = []
        for form in forms:
            with self.block() as before:
                code = self.expr(form)
            parts.append((before, code))
        last = max((i for i, (before, _) in enumerate(parts) if before), default=-1)
        codes = []
        for i, (before, code) in enumerate(parts):
            self.out += before
            codes.append(self.keep(code) if i < last and not code.fixed else code)
        return codes

    def keep(self, code: Code) -> Code:
        """Evaluate `code` now, once."""
        if code.fixed:
            return code
        place = self.temp()
        self.give(place, code)
        return Code(place, type=code.type, fixed=True)

    def test(self, form: Any) -> Code:
        """Say a form for its truth alone: an empty list is false, as in Python."""
        kind = head(form)
        if kind in ("and", "or") and len(form) > 1:
            with self.block() as before:
                tests = [self.test(each) for each in form[1:]]
            if not before:
                return self.target.joined(kind, tests)
        if kind == "not" and len(form) == 2:
            return self.target.negated(self.test(form[1]))
        return self.truth(self.expr(form))

    def truth(self, code: Code) -> Code:
        if code.type == BOOLEAN:
            return code
        native = self.target.truths.get(code.type)
        if native:
            return native(code)
        return self.call("truthy", code)._replace(type=BOOLEAN)

    # --- statements

    def say(self, text: str, form: Any = None) -> None:
        """Add a statement."""
        if not self.out.ended:
            self.out.append(at(form) + text)

    def leave(self, text: str, form: Any = None) -> None:
        """Add a statement after which nothing follows."""
        self.say(text, form)
        self.out.ended = True

    def give(self, place: str, code: Code, mark: str = "") -> None:
        """Give a value to a destination."""
        if place == RETURN:
            self.leave(mark + self.target.returned(self, code))
        elif place == DROP:
            if not code.fixed:
                self.say(mark + self.target.evaluated(code))
        else:
            self.say(mark + self.target.assigned(place, code))

    @contextmanager
    def block(self) -> Iterator[Block]:
        """Gather statements apart."""
        before, self.out = self.out, Block()
        try:
            yield self.out
        finally:
            self.out = before

    def gathered(self, say: Callable[[], None]) -> Block:
        with self.block() as block:
            say()
        return block

    # --- names

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

    def imported(self, wanted: tuple[str, str, str]) -> Code:
        """A package, or a member of one: passed in, or imported as the target does it."""
        if self.imports_inside:
            return self.target.imported(self, *wanted)
        if wanted not in self.imports:
            self.imports[wanted] = self.unique(wanted[2] or wanted[1].rpartition("/")[2])
        return Code(self.imports[wanted])

    def _unknown(self, text: str) -> str:
        known = {*self.target.builtins, *self.target.globals, *self.around.names()}
        scope: Scope | None = self.scope
        while scope is not None:
            known.update(scope.names)
            scope = scope.parent
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


_ELSEWHERE = {
    "defmacro": ": define it outside, macros serve every target",
    "require": ": require it outside, macros serve every target",
    "quote": ": there are no models at its run time",
    "quasiquote": ": there are no models at its run time",
    "eval-and-compile": ": use it outside",
    "eval-when-compile": ": use it outside",
    "do-mac": ": use it outside",
    "py": ": write Python outside, and pass in what it makes",
    "pys": ": write Python outside, and pass in what it makes",
    "deftype": "",
    "pragma": "",
    "export": "",
    "local-macros": "",
    "get-macro": "",
    "defreader": ": define it outside",
    "unquote": " outside of a quasiquote",
    "except": " outside of try",
    "else": " outside of try, for or while",
    "finally": " outside of try",
    "unpack-iterable": ": it stands in a call, a list or a target",
    "unpack-mapping": ": it stands in a call or a dict",
}


def _number(w: Walker, form: Any) -> Code:
    return w.target.literal(int(form) if isinstance(form, Integer) else float(form))


def _refuse(w: Walker, form: Any) -> Code:
    raise EmitError(form, f"{w.target.name} has no complex numbers")


_SAYS: dict[Any, Callable[[Walker, Any], Code]] = {
    Integer: _number,
    Float: _number,
    Complex: _refuse,
    String: lambda w, form: w.target.literal(str(form)),
    Keyword: lambda w, form: w.target.literal(str(form.name)),
    Bytes: lambda w, form: w.target.bytes(w, bytes(form)),
}


def says(*kinds: Any) -> Callable[[Any], Any]:
    """Register what says a kind of literal."""

    def register(function: Any) -> Any:
        _SAYS.update(dict.fromkeys(kinds, function))
        return function

    return register


def counted(form: Any, wanted: int) -> None:
    """Check how many forms there are after the first."""
    if len(form) - 1 != wanted:
        noun = "form" if wanted == 1 else "forms"
        raise EmitError(form, f"{head(form)} takes {wanted} {noun}, not {len(form) - 1}")
