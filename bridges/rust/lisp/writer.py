"""What is known while a typed function is said: its scopes, and the types of its variables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any, Final, NamedTuple

from hy import mangle
from hy.models import Expression, Float, Integer, String, Symbol

from polyhy.emit import Around, EmitError
from polyhy.emit.code import BREAK, at, register
from polyhy.emit.scopes import head, names_in

from .declare import Function, local_name
from .types import BOOL, FLOAT, INT, NEVER, NONE, STR, Type, joined

# How tightly what is said binds.
ORDER, SUM, PRODUCT, UNARY, ATOM = 3, 8, 9, 11, 99

DROP: Final = Type("dropped")
"""What is wanted of a form whose value is not."""


class Value(NamedTuple):
    """An expression. `place` is true for a variable or an item, which stays when it is read."""

    text: str
    type: Type
    level: int = ATOM
    place: bool = False


FORMS: dict[str, Callable[[Writer, Any, Type | None], Value]] = {}
"""The forms there are. Each takes what is wanted: a type, DROP, or None for what it gives."""

form = register(FORMS)
"""Registers what says a form."""


class Writer:
    """What is known while a function is said: its scopes, and the types of its variables."""

    def __init__(
        self,
        function: Function,
        defined: Mapping[str, Function],
        around: Around,
        types: dict[str, Type],
        *,
        is_draft: bool = False,
    ) -> None:
        self.function, self.defined, self.around, self.types = function, defined, around, types
        self.parameters = {local_name(p.name): p for p in function.parameters}
        self.types.update({name: p.type for name, p in self.parameters.items()})
        self.is_draft = is_draft
        self.has_math = around.bound("math")
        self.scopes: list[dict[str, str]] = [{p.name: n for n, p in self.parameters.items()}]
        self.locals: dict[str, None] = {}
        self.replaced: dict[str, None] = {}
        self.modules: set[str] = set()
        self.loops: list[bool] = []
        """Those around, innermost last, each with whether it is broken off."""
        self.count = 0

    # --- forms

    def say(self, form: Any, wanted: Type | None = None) -> Value:
        """Say a form, as what is wanted of it; in a draft, what can't be said is passed over."""
        try:
            return self._say(form, wanted)
        except EmitError:
            if not self.is_draft:
                raise
            return Value("", NEVER)

    def _say(self, form: Any, wanted: Type | None) -> Value:
        kind = head(form)
        if kind in FORMS:
            value = FORMS[kind](self, form, wanted)
        elif isinstance(form, Expression):
            if not form:
                raise EmitError(form, "an empty form calls nothing")
            value = FORMS["(call)"](self, form, wanted)
        else:
            value = self._plain(form, wanted)
        value = self.fit(value, wanted, form)
        return value._replace(text=at(form) + value.text) if isinstance(form, Expression) else value

    def _plain(self, form: Any, wanted: Type | None) -> Value:
        if isinstance(form, Symbol):
            return self.symbol(form)
        if isinstance(form, Integer):
            if not -(2**63) <= form < 2**63:
                raise EmitError(form, "this is beyond an int of Rust's, which has 64 bits")
            text = f"{int(form)}f64" if wanted == FLOAT else f"{int(form)}"
            kind = FLOAT if wanted == FLOAT else INT
            return Value(text, kind, UNARY if form < 0 else ATOM)
        if isinstance(form, Float):
            return Value(_float(float(form)), FLOAT, UNARY if form < 0 else ATOM)
        if isinstance(form, String):
            return Value(f"{quoted(str(form))}", STR, place=True)
        name = type(form).__name__
        if name not in FORMS:
            raise EmitError(form, f"typed functions have no {name.lower()}; {THERE_IS}")
        return FORMS[name](self, form, wanted)

    def fit(self, value: Value, wanted: Type | None, form: Any) -> Value:
        """The value as what is wanted, or an error under its form."""
        if wanted in (None, DROP, value.type) or value.type == NEVER:
            return value
        assert wanted is not None
        if value.type == INT and wanted == FLOAT:
            return Value(f"({wrap(value, UNARY)} as f64)", FLOAT)
        if joined(value.type, wanted) == wanted and value.type.name != "tuple":
            return value
        if wanted == NONE:
            return Value(f"{{ let _ = {value.text}; }}", NONE)
        raise EmitError(form, f"this is of type {value.type}, and {wanted} is wanted")

    def owned(self, form: Any, wanted: Type | None = None) -> Value:
        """Say a form as a value of its own: what stays where it is, is copied."""
        value = self.say(form, wanted)
        if not value.place or value.type.is_copied:
            return value
        return Value(f"{wrap(value, ATOM)}.to_owned()", value.type)

    def body(self, forms: Sequence[Any], wanted: Type | None) -> str:
        return self.block(forms, wanted)[0]

    def block(self, forms: Sequence[Any], wanted: Type | None) -> tuple[str, Type]:
        """Forms in order, and the type of the last; `wanted` is what is wanted of that."""
        parts = [f"{at(each)}{self.say(each, DROP).text};" for each in forms[:-1]]
        if not forms:
            return "", NONE
        drops = wanted in (DROP, NONE)
        last = self.say(forms[-1], DROP) if drops else self.owned(forms[-1], wanted)
        parts.append(f"{last.text};" if drops else last.text)
        return BREAK.join(parts), NEVER if last.type == NEVER else NONE if drops else last.type

    # --- names

    def symbol(self, form: Symbol) -> Value:
        text = str(form)
        if text in ("True", "False"):
            return Value(text.lower(), BOOL)
        if text == "None":
            return Value("()", NONE)
        name = self.find(text)
        if name is None:
            raise EmitError(form, self._unknown(text))
        if name not in self.types:
            raise EmitError(form, f"{text} has no value yet, so its type is not known")
        return Value(name, self.types[name], place=True)

    def find(self, text: str) -> str | None:
        name = mangle(text)
        return next((s[name] for s in reversed(self.scopes) if name in s), None)

    def _unknown(self, text: str) -> str:
        if self.around.bound(text):
            return (
                f"{text} is a variable of the Lisp around, and Rust is compiled once: "
                "make it a parameter"
            )
        known = {name for scope in self.scopes for name in scope} | set(self.defined)
        close = get_close_matches(mangle(text), sorted(known), 1)
        hint = f'did you mean "{close[0]}"?' if close else "set it first, or make it a parameter"
        return f"rust knows no variable {text!r}; {hint}"

    def become(self, form: Symbol, kind: Type) -> str:
        """The variable that is given a value of that type; its type is what all values have."""
        text = str(form)
        if text in ("True", "False", "None"):
            raise EmitError(form, f"{text} can't be assigned to")
        name = self.find(text)
        if name is None:
            name = self.scopes[0][mangle(text)] = local_name(mangle(text))
        return self.retype(name, kind, form)

    def retype(self, name: str, kind: Type, form: Any) -> str:
        if name in self.parameters:
            if not self.types[name].is_copied:
                self._replace(name, form)
        else:
            self.locals[name] = None
        known = self.types.get(name, kind)
        both = joined(known, kind)
        if both is None or (name in self.parameters and both != known):
            raise EmitError(form, f"{form} is of type {known}, and here it would become {kind}")
        if both not in (NONE, NEVER):
            self.types[name] = both
        elif kind == NONE:
            raise EmitError(form, f"what {form} would become has no value")
        return name

    def _replace(self, name: str, form: Any) -> None:
        if self.parameters[name].name in self.function.changed:
            raise EmitError(
                form, f"{form} is either replaced or changed in place: give one of the two a name"
            )
        self.replaced[name] = None

    @contextmanager
    def renamed(self, targets: Sequence[Any]) -> Iterator[None]:
        """A scope of `let` or a comprehension: its variables are the function's, renamed."""
        scope: dict[str, str] = {}
        for target in targets:
            number = self.function.numbers.setdefault(id(target), len(self.function.numbers) + 1)
            scope |= {name: f"{local_name(name)}_{number}" for name in names_in(target)}
        self.scopes.append(scope)
        try:
            yield
        finally:
            self.scopes.pop()

    @contextmanager
    def no_loop(self) -> Iterator[None]:
        """What is not to be left by `break`: a comprehension."""
        around, self.loops = self.loops, []
        try:
            yield
        finally:
            self.loops = around

    def temp(self) -> str:
        self.count += 1
        return f"t_{self.count}"


THERE_IS = 'there are numbers, texts, lists and tuples; (rust "…") takes Rust itself'


def wrap(value: Value, level: int) -> str:
    """The text of an operand: a block at the head of a statement would be all of it."""
    is_block = value.text.endswith("}")
    return value.text if value.level >= level and not is_block else f"({value.text})"


def _float(value: float) -> str:
    if value != value:
        return "f64::NAN"
    if value in (float("inf"), -float("inf")):
        return "f64::INFINITY" if value > 0 else "f64::NEG_INFINITY"
    return f"{value!r}f64"


def quoted(text: str) -> str:
    return (
        '"' + "".join(c if " " <= c <= "~" and c not in '"\\' else _escape(c) for c in text) + '"'
    )


def _escape(char: str) -> str:
    return f"\\u{{{ord(char):x}}}"
