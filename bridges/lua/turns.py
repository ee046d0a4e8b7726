"""Threads take turns in one runtime, and give theirs away while they are in a callback.

lupa holds a runtime's lock until the outermost call returns: a callback that waits for a thread
which wants Lua would wait for ever. So the lock is let go around callbacks. All threads run on one
Lua stack: a thread goes on only when what others put on top of its part of the stack is gone.
`level` counts the callbacks that run; whoever changes it has the lock.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from threading import Condition
from typing import Any

MOST_LEVELS = 190
"""How deep the two may call each other: the C stack holds no more, whatever Python's limit is."""


class Turns:
    """The lock of one runtime, and how deep Lua and Python are within each other."""

    def __init__(self, vm: Any) -> None:
        self.lock: Any = next(x for x in gc.get_referents(vm) if type(x).__name__ == "FastRLock")
        self.level = 0
        self.changed = Condition()

    def aside(self, function: Callable[..., Any], args: Any) -> Any:
        """Call a function of Python's from within Lua, with the runtime free for other threads."""
        place, held = self.level + 1, 0
        if place > MOST_LEVELS:
            raise RecursionError(f"Lua and Python call each other more than {MOST_LEVELS} deep")
        self.level = place
        try:
            while self.lock._is_owned():
                held += 1
                self.lock.release()
            return function(*args)
        finally:
            self.back(place, held)

    def back(self, place: int, held: int) -> None:
        """Go on when nothing is above `place`, with the lock taken `held` times (0: it is ours)."""
        interrupted: BaseException | None = None
        owned = not held
        while not owned or self.level != place:
            if owned:
                self.lock.release()
            try:
                with self.changed:
                    self.changed.wait_for(lambda: self.level == place)
                owned = self.lock.acquire()
            except BaseException as error:  # Lua must not go on without its lock
                interrupted, owned = error, self.lock._is_owned()
        for _ in range(held - 1):
            self.lock.acquire()
        with self.changed:
            self.level = place - 1
            self.changed.notify_all()
        if interrupted is not None:
            raise interrupted
