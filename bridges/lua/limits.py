"""Limits of one runtime: how long the calls within may take, and how much memory Lua may hold."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from polyhy.errors import OutOfMemory, TimedOut

if TYPE_CHECKING:
    from .bridge import Lua


class Limits:
    """The limits in force. Lua asks `check` every few thousand steps."""

    def __init__(self, bridge: Lua, timeout: float | None, memory: int | None) -> None:
        self.bridge = bridge
        self.of_each_call = timeout, memory
        self.depth = 0
        self.deadline, self.seconds, self.memory = math.inf, 0.0, 0
        self.ending: BaseException | None = None

    @contextmanager
    def within(self, timeout: float | None, memory: int | None) -> Iterator[None]:
        """Hold the calls made inside to these limits and to those around."""
        before = self.deadline, self.seconds, self.memory
        if timeout is not None and time.monotonic() + timeout < self.deadline:
            self.deadline, self.seconds = time.monotonic() + timeout, timeout
        if memory is not None:
            self.memory = min(memory, self.memory or memory)
        if not self.depth:
            self.bridge.guest["limit"](True)
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1
            self.deadline, self.seconds, self.memory = before
            self.ending = None
            if not self.depth:
                self.lift()
                self.bridge.guest["limit"](False)

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
        if self.ending is not None:
            raise self.ending
        try:
            if time.monotonic() > self.deadline:
                raise self._timed_out()
        except BaseException as error:
            self.ending = error
            self.bridge.guest["hurry"]()
            raise

    def around(self, function: Callable[..., Any], args: Any) -> Any:
        """Call a function of Python's from within Lua: it has all memory, but no more time."""
        self.lift()
        self.check()
        result = self.bridge.turns.aside(function, args)
        self.check()
        return result

    def lower(self) -> None:
        """Lua runs from here on: what it allocates counts."""
        if self.memory:
            if self.bridge.vm.get_memory_used() > self.memory * 0.8:
                self.bridge.collect()  # LuaJIT fails without a look at its garbage
            self.bridge.vm.set_max_memory(max(self.memory, 1))

    def lift(self) -> None:
        """Python runs from here on, and makes Lua objects that must not fail."""
        if self.memory or not self.depth:
            self.bridge.vm.set_max_memory(0)

    def out_of_memory(self) -> OutOfMemory:
        """The error for Lua's `not enough memory`."""
        said = f"it may hold {self.memory:,} bytes" if self.memory else "there is no more"
        return OutOfMemory(type_name="OutOfMemory", message=said, language="lua")

    def _timed_out(self) -> TimedOut:
        said = f"{self.seconds:g} s are over"
        return TimedOut(type_name="TimedOut", message=said, language="lua")
