"""The host's end of guest.js: calls into the guest, its answers, and Python called by scripts."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from threading import get_ident
from types import MappingProxyType
from typing import Any
from weakref import WeakValueDictionary

import orjson

from polyhy import owner
from polyhy.errors import Forked, Stopped
from polyhy.proxy import Proxy
from polyhy.values import spellings

from . import objects
from .buffers import Pin, unpin
from .engine import core, script, watch
from .errors import engine_error, failure, refusal
from .jobs import LOOP
from .marshal import TAG, Lending, Marshal
from .reach import OPERATIONS
from .untag import DECODES
from .wire import (
    FAILURE,
    FUNCTION,
    HEAD,
    HOME,
    INTEGERS,
    JSON_TEXT,
    NUMBER,
    OBJECT,
    STRING,
    Slot,
    callee,
    head,
    inbox,
    take_register,
    wire,
)

_jobs = LOOP.jobs


class Guest:
    """One life of the runtime: its table, its parts, and both ways over the boundary.

    `make(number, callable)` makes the Proxy of a guest's object that Python holds none of yet.
    """

    getters: Mapping[str, Callable[[int], Any]] = MappingProxyType({})
    """A function of the guest's for each name that was read of an object."""

    lends = True
    """False where the guest's memory is out of this process's reach."""

    def __init__(
        self, make: Callable[[int, bool], Any], own: Callable[[Proxy], int | None]
    ) -> None:
        engine = core()
        self._make = make
        self.lending = Lending()
        marshal = Marshal(self.lending, own)
        self.give, self._give_error = marshal.give, marshal.give_error
        self.gives, self.gives_alone = marshal.gives, marshal.gives_alone
        self.dropped: deque[tuple[int, int]] = deque()
        self.pins: WeakValueDictionary[int, Pin] = WeakValueDictionary()
        self.unpinned: deque[Any] = deque()
        self.getters = {}
        self._live: WeakValueDictionary[int, Any] = WeakValueDictionary()
        self._depth = 0
        self._state = ""
        self.extended: set[str] = set()
        self.takes = self._takes(engine)
        self._parts: dict[str, Callable[..., Any]] = {}
        self._guest = wire()(
            script("guest.js"), self._called, self._reached, script("table.js"), script("values.js")
        )
        self._guest("inbox")(inbox())
        self.extend("members.js")
        self.extend("show.js")
        self._guest("watch")(watch())
        self.extend("lent.js")
        self.extend("buffers.js")
        self._part("lendMemory")(lambda number: self.lending.memory(int(number)))
        self.invoke, self.lift = self._part("invoke"), self._part("lift")

    def extend(self, name: str) -> None:
        """Add the parts of another of the room's scripts."""
        self.extended.add(name)
        self._guest(name, script(name))

    def end(self, state: str) -> None:
        """Answer nothing any more: `state` is stopped or forked."""
        self._state = state
        if state == "stopped":
            self._part("stop")()
            LOOP.clear()

    # --- the way in

    def ask(self, name: str, *args: Any) -> Any:
        """Call a part of the guest's half, from any thread, and take what it returns."""
        if get_ident() != objects.owner_ident:
            self._check()
            return owner.run(lambda: self.ask(name, *args))
        return self.call(self._part(name), args)

    def call(self, function: Callable[..., Any], args: Sequence[Any]) -> Any:
        """Call one of the guest's functions with what `args` become there."""
        if get_ident() != objects.owner_ident:
            self._check()
            return owner.run(lambda: self.call(function, args))
        if self.dropped or self.lending.many:
            self._tidy()
        give = self.give
        given = [give(x, i) for i, x in enumerate(args)]
        try:
            raw = function(*given)
        except Exception as error:
            raise engine_error(error) from None
        if _jobs:
            self.settle()
        return self.takes[type(raw)](raw)

    def _part(self, name: str) -> Callable[..., Any]:
        part = self._parts.get(name)
        if part is None:
            part = self._parts[name] = self._guest(name)
        return part

    def getter(self, name: str) -> Callable[[int], Any]:
        """The guest's function that reads the member `name`, kept for the next time."""
        found = self._part("getter")(*(self.give(n, 0) for n in spellings(name)))
        self.getters = {**self.getters, name: found}
        return found

    def settle(self) -> None:
        """Run the jobs of promises, unless a guest's function still runs below."""
        if not self._depth:
            try:
                LOOP.run_jobs()
            except Exception as error:
                raise engine_error(error) from None
            owner.serve()  # who asked while promises were made was put off

    def _check(self) -> None:
        if self._state == "forked":
            raise Forked(language="js")
        if self._state == "stopped":
            raise Stopped(language="js")

    def _tidy(self) -> None:
        """Let the guest forget what no Proxy holds, and Python what no script holds."""
        for number, times in _taken(self.dropped):
            if times:
                self._part("release")(number, times)
        for buffer in _taken(self.unpinned):
            unpin(self, buffer)
        if self.lending.many:
            core().collect()  # the guest does not know what its stand-ins cost here
            raw = self._part("swept")()
            self.lending.forget(self.takes[type(raw)](raw))

    # --- the way out

    def _takes(self, engine: Any) -> dict[type, Callable[[Any], Any]]:
        """How to take each type that the engine returns: nothing else comes out of guest.js."""
        return {
            bool: take_register,
            type(None): lambda x: None,
            type(engine.null): lambda x: True,
            type(engine.eval("1n")): int,
            Slot: self._read,
        }

    def _read(self, slot: Slot) -> Any:
        what, length, more, width = head(slot.memory)
        if what == STRING:
            if more or width != 1:
                return slot.text()
            text = str(slot.memory[HEAD : HEAD + length], "latin-1")
            slot.ints[0] = 0
            return text
        if what == JSON_TEXT:
            return loads(slot.text())
        if what == INTEGERS:
            return slot.integers()
        if what == NUMBER:
            return slot.number()
        if what >= OBJECT:
            return self.reference(what, slot.reference())
        value = loads(slot.text())
        if what == FAILURE:
            raise failure(self, *value)
        return self.untag(value)

    def reference(self, what: int, number: int) -> Any:
        """The Proxy of a guest's object, or one of Python's own that came home."""
        if what == HOME:
            return self.lending.objects[number]
        known = self._live.get(number)
        if known is None:
            if self.dropped or self.lending.many:
                self._tidy()
            known = self._live[number] = self._make(number, what == FUNCTION)
        object.__setattr__(known, "__got__", known.__got__ + 1)
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

    def bytes_of(self, number: int, length: int) -> bytes:
        """A guest's bytes, copied piece by piece."""
        piece, out = self._part("outbox"), bytearray()
        while len(out) < length:
            piece(number, len(out))
            out += inbox()[: length - len(out)]
        self._part("release")(number, 1)
        return bytes(out)

    # --- Python called by scripts

    def _called(self, *args: Any) -> Any:
        number = callee[0]
        self._depth += 1
        try:
            takes, lending = self.takes, self.lending
            if len(args) == 1:
                result = lending.objects[number](takes[type(args[0])](args[0]))
            else:
                result = lending.objects[number](*[takes[type(x)](x) for x in args])
            if lending.many:
                self._tidy()
            return self.gives.get(type(result), self.give)(result, "the callback's result")
        except BaseException as error:
            return self._give_error(error)
        finally:
            self._depth -= 1

    def _reached(self, *args: Any) -> Any:
        x, operation = self.lending.objects[callee[0]], OPERATIONS[callee[1]]
        return self._outside(lambda: partial(operation, x), args, "the attribute")

    def _outside(self, find: Callable[[], Callable[..., Any]], args: Any, what: str) -> Any:
        """Run Python for a script: an exception crosses as a value."""
        self._depth += 1
        try:
            takes = self.takes
            result = find()(*[takes[type(x)](x) for x in args])
            return self.give(result, what)
        except BaseException as error:
            return self._give_error(error)
        finally:
            self._depth -= 1


def _taken(queue: deque[Any]) -> Iterator[Any]:
    """Take all that is in a queue; a call for another thread may take some of it meanwhile."""
    with suppress(IndexError):
        while True:
            yield queue.popleft()


def loads(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:  # what the engine writes is JSON, but for lone surrogates
        raise refusal("surrogate") from None
