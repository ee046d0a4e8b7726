"""The host's end of guest.js for the engine in this process: what crosses does so by wire.py."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from threading import get_ident
from typing import Any
from weakref import WeakValueDictionary

from polyhy import owner
from polyhy.errors import Forked, Interrupted, Stopped
from polyhy.proxy import Proxy
from polyhy.values import spellings

from . import calls, ctrl_c, forks, interrupts, native, tasks
from .buffers import Pin, unpin
from .engine import core, script, watch
from .errors import engine_error, failure
from .guest import EXTENSIONS, SCRIPTS, Guest, loads, taken
from .holding import Number
from .jobs import LOOP
from .objects import JsObject
from .reach import OPERATIONS
from .wire import (
    BYTES,
    FAILURE,
    HOME,
    INTEGERS,
    JSON_TEXT,
    NUMBER,
    OBJECT,
    STRING,
    Slot,
    callee,
    register,
    take_beside,
    take_register,
    wire,
)

_RECENT = 16  # methods that are kept for the next call of them
_NAMES = 500  # members that a property reads
_jobs = LOOP.jobs


class EngineGuest(Guest):
    """One life of the engine's guest. Only the owner's thread enters; others are routed there."""

    def __init__(
        self, make: Callable[[Number, bool], Any], own: Callable[[Proxy], int | None]
    ) -> None:
        super().__init__(make, own)
        engine = core()
        self.pins: WeakValueDictionary[int, Pin] = WeakValueDictionary()
        self.unpinned: deque[Number] = deque()
        self.null, self.broken = engine.null, engine.SpiderMonkeyError
        self.shape = type("JsObject", (JsObject,), {"__slots__": ()})
        self.recent: deque[Any] = deque(maxlen=_RECENT)
        self.missed: tuple[Any, str, AttributeError] | None = None
        self.takes = self._takes(engine)
        self._depth = 0
        self._state = ""
        self._parts: dict[str, Callable[..., Any]] = {}
        first, *rest = map(script, SCRIPTS)
        self._guest = wire()(first, self._called, self._reached, *rest)
        for name in EXTENSIONS:
            self.extend(name)
        self._guest("watch")(watch())
        self.extend("buffers.js")
        self._part("lendMemory")(self._memory)
        self._invoke = self._part("invoke")

    def extend(self, name: str) -> None:
        """Add the parts of another of the room's scripts."""
        self.extended.add(name)
        self._guest(name, script(name))

    @property
    def ended(self) -> bool:
        return bool(self._state)

    def end(self, state: str) -> None:
        self._state = state
        if state == "stopped":
            self._part("stop")()
            LOOP.clear()
        else:
            forks.leave_the_engine()
            self._give_error = forks.leave

    # --- the way in

    def ask(self, name: str, *args: Any) -> Any:
        if get_ident() != calls.owner_ident:
            self.check()
            return owner.run(lambda: self.ask(name, *args))
        return self.call(self._part(name), args)

    def call(self, function: Callable[..., Any], args: Sequence[Any]) -> Any:
        if get_ident() != calls.owner_ident:
            self.check()
            return owner.run(lambda: self.call(function, args))
        if self.dropped or self.unpinned or self.lending.many:
            self.tidy()
        given = self._given(args)
        try:
            raw = function(*given)
        except Exception as error:
            raise engine_error(error) from None
        return self.settled(raw)

    def _part(self, name: str) -> Callable[..., Any]:
        part = self._parts.get(name)
        if part is None:
            part = self._parts[name] = self._guest(name)
        return part

    def caller(self, number: Number, this: int) -> Callable[..., Any]:
        return calls.caller(self, partial(self._invoke, number, this))

    def quick(self, number: Number, this: int) -> Callable[..., Any]:
        if get_ident() != calls.owner_ident:
            self.check()
            return owner.run(lambda: self.quick(number, this))
        return calls.caller(self, self._part("lift")(number, this))

    def learn(self, shape: type, name: str) -> None:
        known = vars(shape)
        if name in known or len(known) > _NAMES or get_ident() != calls.owner_ident:
            return
        if name[0] != "_":  # Python's own kinds of classes look for such names in a class
            getter = self._part("getter")(*(self.give(n, 0) for n in spellings(name)))
            setattr(shape, name, calls.reader(self, name, getter))

    def missing(self, x: Any, name: str) -> AttributeError | None:
        missed, self.missed = self.missed, None
        return missed[2] if missed and missed[0] is x and missed[1] == name else None

    def settled(self, raw: Any) -> Any:
        """Take what a call gave, and run the jobs that it left, even where it failed."""
        if _jobs and type(raw) is Slot:
            self.settle()
        value = self.takes[type(raw)](raw)
        if _jobs:
            self.settle()
        return value

    def settle(self) -> None:
        """Run the jobs of promises, unless a guest's function still runs below."""
        if not self._depth:
            try:
                LOOP.run_jobs()
            except Exception as error:
                raise engine_error(error) from None
            owner.serve()  # who asked while promises were made was put off

    @contextmanager
    def unsettled(self) -> Iterator[None]:
        """Leave the jobs of promises to who runs them already."""
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1

    def serve(self) -> float | None:
        """Run what is due, unless a guest's function runs; the seconds until the next timer."""
        if self._depth or LOOP.serving:
            return None
        register[1] = 0  # Ctrl-C may have come before it was read
        tasks.begin()
        self.settle()
        LOOP.run_due()
        if not self.ended:
            self.ask("rejected")
        return LOOP.until_next()

    def check(self) -> None:
        if self._state == "forked":
            raise Forked(language="js")
        if self._state == "stopped":
            raise Stopped(language="js")

    def tidy(self) -> None:
        if self.lending.many:
            self.recent.clear()
        for buffer in taken(self.unpinned):
            unpin(self, buffer)
        super().tidy()

    @owner.shelter  # what is raised in a finalizer is lost
    def _collect(self) -> None:
        if not self._depth:
            native.function("ClearKeptObjects")(native.context())  # what a WeakRef gave a job
        core().collect()  # the guest does not know what its stand-ins cost here

    # --- the way out

    def take(self, raw: Any) -> Any:
        return self.takes[type(raw)](raw)

    def _takes(self, engine: Any) -> dict[type, Callable[[Any], Any]]:
        """How to take each type that the engine returns: nothing else comes out of guest.js."""
        return {
            bool: take_register,
            type(None): lambda x: None,
            type(engine.null): take_beside,
            type(engine.eval("1n")): int,
            Slot: self._read,
        }

    def _read(self, slot: Slot) -> Any:
        what = slot.ints[0]
        if what == INTEGERS:
            return slot.integers()
        if OBJECT <= what <= HOME:
            return self.reference(what, slot.reference())
        if what == STRING:
            return slot.text()
        if what == JSON_TEXT:
            return loads(slot.text())
        if what == NUMBER:
            return slot.number()
        if what == BYTES:
            return slot.data()
        value = loads(slot.text())
        if what == FAILURE:
            raise failure(self, *value)
        return self.untag(value)

    # --- Python called by scripts

    @ctrl_c.entry
    def _called(self, *args: Any) -> Any:
        try:
            self._depth += 1
            try:
                lending, takes = self.lending, self.takes
                function = lending.objects[callee[0]]
                if len(args) == 1 and args[0] is True:  # an integer lies in the register
                    x, register[1] = register[0], 0
                    result = function(x)
                else:
                    result = function(*[takes[type(x)](x) for x in args])
                if lending.many:
                    self.tidy()
                if not calls.owner_ident:
                    forks.leave(None)
                return self.gives.get(type(result), self.give)(result, "the callback's result")
            finally:
                self._depth -= 1
        except BaseException as error:
            return self._failed(error)

    @ctrl_c.entry
    def _reached(self, *args: Any) -> Any:
        try:
            self._depth += 1
            try:
                operation, lent = OPERATIONS[callee[1]], self.lending.objects[callee[0]]
                takes = self.takes
                result = operation(lent, *[takes[type(x)](x) for x in args])
                if not calls.owner_ident:
                    forks.leave(None)
                return self.give(result, "the attribute")
            finally:
                self._depth -= 1
        except BaseException as error:
            return self._failed(error)

    @ctrl_c.entry
    def _memory(self, number: int) -> Any:
        try:
            return self.lending.memory(number)
        except BaseException as error:
            return self._failed(error)

    @owner.shelter
    def _failed(self, error: BaseException) -> str:
        self._depth += 1
        try:
            if isinstance(error, (KeyboardInterrupt, Interrupted)):
                interrupts.end_script(error)
            return self._give_error(error)
        finally:
            self._depth -= 1
