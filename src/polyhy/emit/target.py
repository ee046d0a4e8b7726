"""The contract of a language that Lisp is written in: how it says what the walker found."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

from polyhy.emit.code import Code, words
from polyhy.emit.language import Around, Language, Module, Piece

if TYPE_CHECKING:
    from polyhy.emit.walker import Block, Walker

BUILTINS: Final = words(
    """
    ArithmeticError AssertionError AttributeError BaseException Exception IndexError
    KeyError LookupError NameError NotImplementedError OSError OverflowError RuntimeError
    StopIteration TypeError ValueError ZeroDivisionError abs all any bin bool callable chr
    dict divmod enumerate filter float format frozenset getattr hasattr hex int isinstance
    issubclass iter len list map max min next oct ord pow print range repr reversed round set
    setattr sorted str sum tuple type zip
    """
)
"""What programs may use of Python's built-in names, as far as the target's prelude has them."""


class Parameter(NamedTuple):
    """A parameter as the target names it.

    `kind` is plain, rest, keyword (by name only) or options.
    """

    name: str
    kind: str = "plain"
    default: str | None = None
    called: str = ""
    """The name that callers use, where it is given by name."""
    type: str = ""


class Function(NamedTuple):
    """A function's parts, said already."""

    name: str
    parameters: Sequence[Parameter]
    hoisted: Sequence[str]
    body: Block
    is_async: bool = False
    is_generator: bool = False
    owner: str = ""
    """Its class, where it is a method; `kind` then is method, static, class or property."""
    kind: str = ""
    numbers: frozenset[str] = frozenset()
    """Those of `hoisted` that are always numbers."""


class Target(Language):
    """A language that can say all of Lisp, as the walker finds it."""

    CALL: ClassVar[int]
    """The level of a call."""

    absent: ClassVar[Code]
    """What is passed for a parameter that is left out."""

    prelude: str
    """Source of what the language lacks: definitions, each after an empty line."""

    prelude_names: frozenset[str]
    """The names of what it defines."""

    builtins: frozenset[str]
    """The names of the prelude that programs may use: `len`, `sorted`, `ValueError`."""

    methods: frozenset[str]
    """The methods of Python's own types that the prelude has."""

    constructors: ClassVar[frozenset[str]]
    globals: ClassVar[frozenset[str]]
    operators: ClassVar[Mapping[str, tuple[str, int]]]
    """Native operators between numbers: their sign and level."""

    truths: ClassVar[Mapping[str, Callable[[Code], Code]]]
    """How the truth of a value of a known type is asked for natively."""

    modules: ClassVar[frozenset[str]] = frozenset({"math", "functools"})
    """Modules of Python that the prelude has something of: `math_floor`."""

    trusts: ClassVar[bool] = False
    """True where `x - 1` and `x < 1` of what is no number are errors of the language itself."""

    names_functions: ClassVar[bool] = False
    """True where a function expression can have a name, which it sees itself."""

    returns_from_try: ClassVar[bool] = True
    """True where a function can be left out of a `try`."""

    word: ClassVar[str]
    defines: ClassVar[str]
    """Patterns: a name; the beginning of a definition of the prelude, with its name."""

    def __init__(self, package: str | None, parts: Sequence[str]) -> None:
        """Read the prelude, which lies in the folder `lisp` of the room's package."""
        folder = files(package or "").joinpath("lisp")
        texts = (folder.joinpath(f"{name}{self.suffix}").read_text("utf-8") for name in parts)
        self.prelude = "\n".join(texts)
        defined = re.findall(self.defines, self.prelude, re.MULTILINE)
        self.prelude_names = frozenset(map(self.plain_name, defined))
        self.methods = frozenset(n[2:] for n in self.prelude_names if n.startswith("m_"))
        self.builtins = self.prelude_names & BUILTINS

    def piece(self, forms: Sequence[Any], around: Around, names: Sequence[str]) -> Piece:
        from polyhy.emit import walked

        return walked.piece(self, forms, around, names)

    def module(self, forms: Sequence[Any], around: Around) -> Module:
        from polyhy.emit import walked

        return walked.module(self, forms, around)

    # --- names

    @abstractmethod
    def plain_name(self, name: str) -> str:
        """The name within the prelude's own: the other way round of `prelude_name`."""

    @abstractmethod
    def imported(self, w: Walker, ecosystem: str, package: str, member: str) -> Code:
        """What a module of its own imports."""

    @abstractmethod
    def local_name(self, name: str) -> str: ...

    @abstractmethod
    def member_name(self, name: str) -> str: ...

    @abstractmethod
    def own_name(self, name: str) -> str:
        """What the language has under that name; empty if nothing."""

    @abstractmethod
    def prelude_name(self, name: str) -> str: ...

    @abstractmethod
    def temporary(self, number: int) -> str: ...

    # --- expressions

    @abstractmethod
    def literal(self, value: Any) -> Code: ...

    @abstractmethod
    def bytes(self, w: Walker, value: bytes) -> Code: ...

    @abstractmethod
    def list(self, w: Walker, items: Sequence[Code], spread: Sequence[bool]) -> Code: ...

    @abstractmethod
    def dict(self, w: Walker, pairs: Sequence[tuple[Code, Code]], *, textual: bool) -> Code: ...

    @abstractmethod
    def options(self, w: Walker, pairs: Sequence[tuple[str, Code]], rest: Sequence[Code]) -> Code:
        """Arguments by name, as the language passes them."""

    @abstractmethod
    def binary(self, operator: str, a: Code, b: Code) -> Code: ...

    @abstractmethod
    def negated(self, a: Code) -> Code: ...

    @abstractmethod
    def joined(self, operator: str, tests: Sequence[Code]) -> Code:
        """`and` and `or` of truths."""

    @abstractmethod
    def choice(self, test: Code, then: Code, other: Code) -> Code | None:
        """An expression that chooses; None where only a statement can."""

    @abstractmethod
    def member(self, thing: Code, name: str) -> Code: ...

    @abstractmethod
    def called(
        self, w: Walker, function: Code, args: Sequence[Code], spread: Sequence[bool]
    ) -> Code: ...

    @abstractmethod
    def method(
        self, w: Walker, thing: Code, name: str, args: Sequence[Code], spread: Sequence[bool]
    ) -> Code: ...

    def dotted_method(
        self, w: Walker, thing: Code, name: str, args: Sequence[Code], spread: Sequence[bool]
    ) -> Code:
        """`(x.name arg)`, where a language tells it from `(.name x arg)`."""
        return self.method(w, thing, name, args, spread)

    @abstractmethod
    def supers(self, w: Walker, name: str, args: Sequence[Code], spread: Sequence[bool]) -> Code:
        """Call a method of the class above."""

    @abstractmethod
    def constructed(
        self, w: Walker, function: Code, args: Sequence[Code], spread: Sequence[bool]
    ) -> Code: ...

    @abstractmethod
    def function(self, w: Walker, function: Function) -> Code: ...

    @abstractmethod
    def closed(self, w: Walker, function: Code, values: Sequence[tuple[Any, Code]]) -> Code:
        """A function that closes over values by these names."""

    @abstractmethod
    def awaited(self, w: Walker, value: Code, form: Any) -> Code: ...

    @abstractmethod
    def yielded(self, w: Walker, value: Code, *, everything: bool) -> Code: ...

    @abstractmethod
    def joined_text(self, parts: Sequence[Code]) -> Code: ...

    # --- statements

    def assigned(self, place: str, value: Code) -> str:
        return f"{place} = {value.text};"

    @abstractmethod
    def evaluated(self, code: Code) -> str: ...

    @abstractmethod
    def returned(self, w: Walker, code: Code) -> str: ...

    @abstractmethod
    def declared(self, names: Sequence[str]) -> str: ...

    @abstractmethod
    def branches(self, test: Code, then: Block, other: Block | None) -> str: ...

    @abstractmethod
    def while_loop(self, w: Walker, test: Code | None, body: Block, loop: Any) -> str:
        """Loop while `test` holds; None loops for ever."""

    @abstractmethod
    def counting_loop(
        self, w: Walker, variable: str, bounds: Sequence[Code], body: Block, loop: Any
    ) -> str:
        """Loop over a range: (stop), (start, stop) or (start, stop, step), each evaluated."""

    @abstractmethod
    def each_loop(
        self, w: Walker, variable: str, things: Code, body: Block, loop: Any, *, awaits: bool
    ) -> str: ...

    @abstractmethod
    def left(self, w: Walker, how: str) -> str:
        """`break` or `continue`."""

    @abstractmethod
    def raised(self, w: Walker, error: Code | None, cause: Code | None) -> str: ...

    @abstractmethod
    def attempt(
        self,
        w: Walker,
        body: Callable[[], None],
        caught: Callable[[Code], None] | None,
        finally_: Callable[[], None] | None,
    ) -> None:
        """Say a `try`: what is tried, what is done with an error, what is done in any case."""

    @abstractmethod
    def classed(
        self, w: Walker, name: str, bases: Sequence[Code], members: Sequence[Any], form: Any
    ) -> str: ...

    @abstractmethod
    def unpacked(self, w: Walker, value: Code, before: int, after: int) -> Sequence[Code]:
        """The items of `value`, checked; with `after` >= 0 a list of the rest in between."""

    # --- pieces

    @abstractmethod
    def as_piece(self, w: Walker, body: Block) -> tuple[str, bool]:
        """A piece as an expression, and whether it is a function of the prelude and the rest."""

    @abstractmethod
    def prelude_source(self) -> str:
        """An expression whose value holds the whole prelude."""

    @abstractmethod
    def as_module(self, w: Walker, body: Block, exports: Mapping[str, str], prelude: str) -> str:
        """A file that runs without polyhy."""
