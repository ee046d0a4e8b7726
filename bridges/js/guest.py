"""The host's end of guest.js: calls into the guest, its answers, and Python called by scripts."""

from __future__ import annotations

from asyncio import events
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from threading import get_ident
from typing import Any
from weakref import WeakValueDictionary

import orjson

from polyhy import owner
from polyhy.errors import Forked, Stopped
from polyhy.proxy import Proxy

from . import objects
from .engine import LOOP, core, script, watch
from .errors import engine_error, failure, refusal
from .marshal import TAG, Lending, Marshal
from .reach import OPERATIONS
from .untag import DECODES
from .wire import (
    FAILURE,
    FUNCTION,
    HOME,
    INTEGERS,
    JSON_TEXT,
    NUMBER,
    OBJECT,
    STRING,
    Slot,
    inbox,
    take_register,
    wire,
)

_entered = LOOP.entered


class Guest:
    """One life of the runtime: its table, its parts, and both ways over the boundary.

    `make(number, callable)` makes the Proxy of a guest's object that Python holds none of yet.
    """

    def __init__(
        self, make: Callable[[int, bool], Any], own: Callable[[Proxy], int | None]
    ) -> None:
        engine = core()
        self._make = make
        self.lending = Lending()
        marshal = Marshal(self.lending, own)
        self.give, self.gives, self._give_error = (
            marshal.give,
            marshal.gives_alone,
            marshal.give_error,
        )
        self.dropped: deque[tuple[int, int]] = deque()
        self._live: WeakValueDictionary[int, Any] = WeakValueDictionary()
        self._depth = 0
        self._state = ""
        self.takes = self._takes(engine)
        self._parts: dict[str, Callable[..., Any]] = {}
        self._guest = wire()(script("guest.js"), self._called, self._reached)
        self._guest("inbox")(inbox())
        self._guest("watch")(watch())
        self.extend("members.js")
        self.extend("lent.js")
        self.invoke, self.lift = self._part("invoke"), self._part("lift")

    def extend(self, name: str) -> None:
        """Add the parts of another of the room's scripts."""
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
            self.settle()
            raise engine_error(error) from None
        if _entered:
            self.settle()
        return self.takes[type(raw)](raw)

    def _part(self, name: str) -> Callable[..., Any]:
        part = self._parts.get(name)
        if part is None:
            part = self._parts[name] = self._guest(name)
        return part

    def settle(self) -> None:
        """Run the jobs of promises, unless a guest's function still runs below."""
        if self._depth:
            LOOP.leave()
        else:
            LOOP.settle()

    def _check(self) -> None:
        if self._state == "forked":
            raise Forked(language="js")
        if self._state == "stopped":
            raise Stopped(language="js")

    def _tidy(self) -> None:
        """Let the guest forget what no Proxy holds, and Python what no script holds."""
        while self.dropped:
            number, times = self.dropped.popleft()
            if times:
                self._part("release")(number, times)
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
        what = slot.ints[0]
        if what == STRING:
            return slot.text()
        if what == JSON_TEXT:
            return _loads(slot.text())
        if what == INTEGERS:
            return slot.integers()
        if what == NUMBER:
            return slot.number()
        if what >= OBJECT:
            return self.reference(what, slot.reference())
        value = _loads(slot.text())
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

    def _called(self, number: int, *args: Any) -> Any:
        return self._outside(lambda: self.lending.objects[number], args, "the callback's result")

    def _reached(self, number: int, operation: int, *args: Any) -> Any:
        x = self.lending.objects[number]
        return self._outside(lambda: partial(OPERATIONS[operation], x), args, "the attribute")

    def _outside(self, find: Callable[[], Callable[..., Any]], args: Any, what: str) -> Any:
        """Run Python for a script: its own loop runs, and an exception crosses as a value."""
        inside = events._get_running_loop() is LOOP
        if inside:
            LOOP.leave()
        self._depth += 1
        try:
            takes = self.takes
            result = find()(*[takes[type(x)](x) for x in args])
            return self.give(result, what)
        except BaseException as error:
            return self._give_error(error)
        finally:
            self._depth -= 1
            if inside:
                events._set_running_loop(LOOP)  # type: ignore[arg-type]


def _loads(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:  # what the engine writes is JSON, but for lone surrogates
        raise refusal("surrogate") from None
