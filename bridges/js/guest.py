"""The host's end of guest.js in any home: calls, their answers, and Python called by scripts.

A home says how a part of the guest's half is called (`_part`) and how its answer is taken
(`take`): engine_guest.py for the engine in this process, node_guest.py for Node's.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import orjson

from polyhy.proxy import Proxy

from .errors import refusal
from .holding import Holding, Number
from .lending import Lending
from .lowering import TAG
from .marshal import Marshal
from .untag import DECODES
from .wire import FUNCTION, HOME

SCRIPTS = ("guest.js", "table.js", "values.js")
"""The guest's half: a function, and those that it is given."""

EXTENSIONS = ("members.js", "show.js", "lent.js")
"""More of its parts, as functions of what the half gives them."""


class Guest(ABC):
    """One life of a runtime: who holds what, the value rule, and calls both ways.

    `make(number, callable)` makes the Proxy of a guest's object that Python holds none of yet, and
    `own(x)` is the number of a Proxy of this guest's.
    """

    lends = True
    """False where the guest's memory is out of this process's reach."""

    def __init__(
        self, make: Callable[[Number, bool], Any], own: Callable[[Proxy], int | None]
    ) -> None:
        self.lending, self.holding = Lending(), Holding(make)
        self.dropped = self.holding.dropped
        marshal = Marshal(self.lending, own)
        self.give, self._give_error = marshal.give, marshal.give_error
        self.gives, self.gives_alone = marshal.gives, marshal.gives_alone
        self.extended: set[str] = set()

    # --- the way in

    @property
    @abstractmethod
    def ended(self) -> bool:
        """True where nothing is answered any more."""

    @abstractmethod
    def end(self, state: str) -> None:
        """Answer nothing any more: `state` is stopped or forked."""

    @abstractmethod
    def call(self, function: Callable[..., Any], args: Sequence[Any]) -> Any:
        """Call one of the guest's functions with what `args` become there."""

    @abstractmethod
    def caller(self, number: Number, this: int) -> Callable[..., Any]:
        """What calls one of the guest's functions, by its number and that of its `this` (or 0)."""

    @abstractmethod
    def quick(self, number: Number, this: int) -> Callable[..., Any]:
        """The same, made to be called often."""

    def learn(self, shape: type, name: str) -> None:
        """Read members of that name quicker from now on."""

    def missing(self, x: Any, name: str) -> AttributeError | None:
        """Why the quicker way failed just now, if it did."""

    @abstractmethod
    def _part(self, name: str) -> Callable[..., Any]:
        """A part of the guest's half, which takes and returns what crosses."""

    def ask(self, name: str, *args: Any) -> Any:
        """Call a part of the guest's half, from any thread, and take what it returns."""
        return self.call(self._part(name), args)

    def _given(self, args: Sequence[Any]) -> list[Any]:
        """What crosses for arguments. If one can't, those before it go where they are let go."""
        gives, give, given = self.gives, self.give, []
        try:
            for i, x in enumerate(args):
                given.append(gives.get(type(x), give)(x, i))
        except BaseException:
            self._part("discard")(*given)
            raise
        return given

    def tidy(self) -> None:
        """Let the guest forget what no Proxy holds, and Python what no script holds."""
        for number, times in taken(self.dropped):
            if times:
                self._part("release")(number, times)
        if self.lending.many:
            self._collect()
            self.lending.forget(self.take(self._part("swept")()))

    def look(self) -> None:
        """See now what scripts and Proxies do not hold any more."""
        self.lending.look()
        self.ask("discard")

    def _collect(self) -> None:
        """Have the guest look for what its scripts do not hold any more."""

    # --- the way out

    @abstractmethod
    def take(self, raw: Any) -> Any:
        """The value of what came from the guest; what was thrown there is raised."""

    def bytes_of(self, number: int, length: int) -> bytes:
        """A copy of the memory of one of the guest's objects, which is then let go."""
        piece, out = self._part("bytes"), bytearray()
        while len(out) < length:
            out += self.take(piece(number, len(out))) or _detached()
        self._part("release")(number, 1)
        return bytes(out)

    def reference(self, what: int, number: int) -> Any:
        """The Proxy of a guest's object, or one of Python's own that came home."""
        if what == HOME:
            return self.lending.home(number)
        known = self.holding.get(number)
        if known is None:
            known = self.holding.add(number, function=what == FUNCTION)
            if self.dropped or self.lending.many:
                self.tidy()
        return known

    def untag(self, x: Any) -> Any:
        """Tagged JSON, as Python values."""
        if type(x) is list:
            return [self.untag(v) for v in x]
        if type(x) is not dict:
            return x
        if TAG in x:
            kind, detail = x[TAG]
            return DECODES[kind](self, detail)
        return {k: self.untag(v) for k, v in x.items()}


def taken(queue: deque[Any]) -> Iterator[Any]:
    """Take all that is in a queue; a call for another thread may take some of it meanwhile."""
    with suppress(IndexError):
        while True:
            yield queue.popleft()


def _detached() -> bytes:
    raise refusal("detached")


def loads(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:  # what the engine writes is JSON, but for lone surrogates
        raise refusal("surrogate") from None
