"""The contract of a language that Lisp is written in: pieces of programs, and whole files."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, NamedTuple, Protocol


class Around(Protocol):
    """The Hy around the code."""

    def bound(self, name: str) -> bool:
        """True where `name` is a variable there."""
        ...

    def names(self) -> Iterable[str]:
        """All variables that are known there, for hints."""
        ...


class Piece(NamedTuple):
    """A piece of Lisp as one expression of the language.

    Where it `takes`, it is a function of the prelude, then of what is passed in: `passed`, by Hy's
    names, and `imports` (ecosystem, package, member). Otherwise it is the value itself; where that
    is a module, `members` are the names of what was defined, in it.
    """

    source: str
    line: int
    takes: bool
    passed: tuple[str, ...] = ()
    imports: tuple[tuple[str, str, str], ...] = ()
    awaits: bool = False
    members: tuple[str, ...] = ()


class Module(NamedTuple):
    """A file of the language, and where each line of Lisp went (line, column, line of the Lisp)."""

    source: str
    marks: list[tuple[int, int, int]]
    awaits: bool = False


class Language(ABC):
    """A language that Lisp is written in. It makes text alone: expanding starts no runtime.

    A `Target` says what the walker finds. A language whose Lisp is another, as where variables have
    types, reads the forms itself. What can't be said is an EmitError.
    """

    name: ClassVar[str]
    suffix: ClassVar[str]

    @abstractmethod
    def piece(self, forms: Sequence[Any], around: Around, names: Sequence[str]) -> Piece:
        """Say forms, their macros expanded, as one expression: its value is the last one's.

        With `names` of what they define, it is a list of these, then of a list with the last value
        if that is no definition's; the one definition by itself, where there is no more.
        """

    @abstractmethod
    def module(self, forms: Sequence[Any], around: Around) -> Module:
        """Say a whole file that runs without polyhy: what it defines is what it exports."""

    def map_comment(self, name: str) -> str:
        """What names the source map of a file, at its end."""
        return ""
