"""Limits of one runtime: how long the calls within may take, and how much memory Lua may hold."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple

from polyhy.errors import OutOfMemory, TimedOut, UsageError

if TYPE_CHECKING:
    from .bridge import Lua


class Limit(NamedTuple):
    """What one `with` asks for: until when, which was so many seconds away; how many bytes."""

    deadline: float = math.inf
    seconds: float = 0.0
    memory: float = math.inf


class Limits:
    """The limits in force. Lua asks `check` every few thousand steps."""

    def __init__(self, bridge: Lua, timeout: float | None, memory: int | None) -> None:
        self.bridge = bridge
        self.of_each_call = timeout, memory
        self.all: list[Limit] = []
        self.changing = RLock()
        self.depth, self.nearest, self.memory = 0, Limit(), 0
        self.hold, self.held = bridge.vm.set_max_memory, bridge.vm.get_memory_used
        self.low, self.clean = False, 0

    @contextmanager
    def within(self, timeout: float | None, memory: int | None) -> Iterator[None]:
        """Hold the calls made inside to these limits and to those around."""
        if (timeout is not None and timeout <= 0) or (memory is not None and memory <= 0):
            raise UsageError("a limit is a number above zero")
        until = math.inf if timeout is None else time.monotonic() + timeout
        mine = Limit(until, timeout or 0.0, memory or math.inf)
        self._change(self.all.append, mine)
        try:
            yield
        finally:
            self._change(self.all.remove, mine)

    def _change(self, how: Callable[[Limit], None], limit: Limit) -> None:
        """Let the strictest of all limits hold, whichever thread brought them."""
        with self.changing:
            how(limit)
            before, self.depth = self.depth, len(self.all)
            self.nearest = min(self.all, default=Limit())
            memory = min((each.memory for each in self.all), default=math.inf)
            self.memory = 0 if memory == math.inf else int(memory)
            self.clean = 0
            if self.bridge.ops:
                self.bridge.guest["calm"]()
                if bool(before) != bool(self.depth):
                    self.bridge.guest["limit"](bool(self.depth))

    def each(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function of Lua's whose every call keeps the limits that this runtime has."""
        if self.of_each_call == (None, None):
            return function

        def limited(*args: Any) -> Any:
            with self.within(*self.of_each_call):
                return function(*args)

        return limited

    def check(self) -> None:
        """Raise what ends the calls: the time is up, or Ctrl-C came meanwhile."""
        if time.monotonic() > self.nearest.deadline:
            raise self._timed_out()

    def around(self, function: Callable[..., Any], args: Any) -> Any:
        """Call a function of Python's from within Lua, while there is time."""
        self.check()
        result = self.bridge.turns.aside(function, args)
        self.check()
        return result

    def lower(self) -> None:
        """Lua runs from here on: what it allocates counts."""
        if self.memory:
            self._collect()
            self.hold(self.memory)
            self.low = True

    def lift(self) -> None:
        """Lua's objects are made for Python from here on, which must not fail."""
        if self.low:
            self.hold(0)
            self.low = False

    def relieve(self) -> None:
        """Give Lua memory where its time is up: without any, its hook could not run to end it."""
        if self.low and time.monotonic() > self.nearest.deadline + 0.1:
            self.hold(0)

    def _collect(self) -> None:
        """Collect garbage where memory is short, which LuaJIT does not look for before it fails."""
        grown = self.held() - self.clean
        if grown > max((self.memory - self.clean) / 2, self.memory / 50):
            self.bridge.collect()
            self.clean = self.held()

    def out_of_memory(self) -> OutOfMemory:
        """The error for Lua's `not enough memory`."""
        said = f"it may hold {self.memory:,} bytes" if self.memory else "there is no more"
        return OutOfMemory(type_name="OutOfMemory", message=said, language="lua")

    def _timed_out(self) -> TimedOut:
        said = f"{self.nearest.seconds:g} s are over"
        return TimedOut(type_name="TimedOut", message=said, language="lua")
