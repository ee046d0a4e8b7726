"""The host's end of guest.js for the engine in this process: what crosses does so by wire.py."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from threading import get_ident
from typing import Any
from weakref import WeakValueDictionary

from polyhy import owner
from polyhy.errors import Forked, Stopped
from polyhy.proxy import Proxy
from polyhy.values import spellings

from . import ctrl_c, forks, interrupts, native, objects, tasks
from .buffers import Pin, unpin
from .ctrl_c import caught
from .engine import core, script, watch
from .errors import engine_error, failure
from .guest import EXTENSIONS, SCRIPTS, Guest, loads, taken
from .holding import Number
from .jobs import LOOP
from .reach import OPERATIONS
from .wire import (
    BYTES,
    FAILURE,
    HEAD,
    INTEGERS,
    JSON_TEXT,
    NUMBER,
    OBJECT,
    STRING,
    Slot,
    callee,
    head,
    take_register,
    wire,
)

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
        self.getters = {}
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
        self._part("lendMemory")(lambda number: self.lending.memory(int(number)))
        self.invoke, self.lift = self._part("invoke"), self._part("lift")

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
            self.gives, self._give_error = forks.NO_WAY_BACK, forks.leave

    # --- the way in

    def ask(self, name: str, *args: Any) -> Any:
        if get_ident() != objects.owner_ident:
            self._check()
            return owner.run(lambda: self.ask(name, *args))
        return self.call(self._part(name), args)

    def call(self, function: Callable[..., Any], args: Sequence[Any]) -> Any:
        if get_ident() != objects.owner_ident:
            self._check()
            return owner.run(lambda: self.call(function, args))
        if self.dropped or self.unpinned or self.lending.many:
            self._tidy()
        given = self._given(args)
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

    def serve(self) -> float | None:
        """Run what is due, unless a guest's function runs; the seconds until the next timer."""
        if self._depth or LOOP.serving:
            return None
        tasks.begin()
        self.settle()
        LOOP.run_due()
        if not self.ended:
            self.ask("rejected")
        return LOOP.until_next()

    def _check(self) -> None:
        if self._state == "forked":
            raise Forked(language="js")
        if self._state == "stopped":
            raise Stopped(language="js")

    def _tidy(self) -> None:
        for buffer in taken(self.unpinned):
            unpin(self, buffer)
        super()._tidy()

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
        if what == BYTES:
            return slot.data()
        if what >= OBJECT:
            return self.reference(what, slot.reference())
        value = loads(slot.text())
        if what == FAILURE:
            raise failure(self, *value)
        return self.untag(value)

    # --- Python called by scripts

    @ctrl_c.entry
    def _called(self, *args: Any) -> Any:
        self._depth += 1
        try:
            if caught:
                raise caught.pop()
            number, takes, lending = callee[0], self.takes, self.lending
            if len(args) == 1:
                result = lending.objects[number](takes[type(args[0])](args[0]))
            else:
                result = lending.objects[number](*[takes[type(x)](x) for x in args])
            if lending.many:
                self._tidy()
            return self.gives.get(type(result), self.give)(result, "the callback's result")
        except BaseException as error:
            return self._failed(error)
        finally:
            self._depth -= 1

    @ctrl_c.entry
    def _reached(self, *args: Any) -> Any:
        self._depth += 1
        try:
            if caught:
                raise caught.pop()
            operation, lent, takes = (
                OPERATIONS[callee[1]],
                self.lending.objects[callee[0]],
                self.takes,
            )
            return self.give(operation(lent, *[takes[type(x)](x) for x in args]), "the attribute")
        except BaseException as error:
            return self._failed(error)
        finally:
            self._depth -= 1

    @owner.shelter
    def _failed(self, error: BaseException) -> str:
        if isinstance(error, KeyboardInterrupt):
            interrupts.end_script(error)
        return self._give_error(error)
