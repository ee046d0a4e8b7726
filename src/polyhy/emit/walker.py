"""Walks Lisp and says it in the target: literals, and the order of things. Forms are tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

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

from polyhy.emit.code import Code, EmitError, at, register
from polyhy.emit.language import Around
from polyhy.emit.naming import Names
from polyhy.emit.scopes import head
from polyhy.emit.types import BOOLEAN, type_of

if TYPE_CHECKING:
    from polyhy.emit.target import Target

DROP: Final = ""
RETURN: Final = "return"
"""What becomes of a form's value; else the variable that takes it."""

EXPRESSIONS: dict[str, Callable[[Walker, Any], Code]] = {}
STATEMENTS: dict[str, Callable[[Walker, Any, str], None]] = {}
"""The forms there are. A statement gives its value, if it has one, to a destination."""

expression, statement = register(EXPRESSIONS), register(STATEMENTS)
"""They register what says a form as an expression, or as statements."""


class Block(list[str]):
    """Statements. After one that leaves (`return`), nothing more is said."""

    ended = False


class Walker(Names):
    """One piece of Lisp on its way into a target."""

    def __init__(self, target: Target, around: Around, *, imports_inside: bool = False) -> None:
        super().__init__(target, around, imports_inside=imports_inside)
        self.out = Block()
        self.errors: list[Code] = []
        """The errors that are being handled, innermost last."""

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
            self.add(before)
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

    def imported(self, wanted: tuple[str, str, str]) -> Code:
        """A package, or a member of one: passed in, or imported as the target does it."""
        if self.imports_inside:
            return self.target.imported(self, *wanted)
        if wanted not in self.imports:
            self.imports[wanted] = self.unique(wanted[2] or wanted[1].rpartition("/")[2])
        return Code(self.imports[wanted])

    # --- statements

    def say(self, text: str, form: Any = None) -> None:
        """Add a statement."""
        if not self.out.ended:
            self.out.append(at(form) + text)

    def add(self, block: Block) -> None:
        """Add statements that were gathered apart."""
        if not self.out.ended:
            self.out += block
            self.out.ended = block.ended

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
