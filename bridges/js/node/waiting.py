"""What has the runtime's loop wait for sockets, and for what threads find out."""

from __future__ import annotations

import asyncio
import contextlib
import selectors
import threading
import time
from asyncio import events
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from polyhy.loop import Loop, Timer

_LOOK = 0.02
"""Seconds between two looks where neither our own loop nor an asyncio one waits for sockets."""

_LOOK_SOON = 0.002
"""Seconds to the next look while threads are asked, for they wake nobody."""


class Watched(Protocol):
    """Something with a socket, of which `serve` takes the news: bits of EVENT_READ, EVENT_WRITE."""

    socket: Any
    idle: bool
    """True where nobody need wait for it."""

    def wanted(self) -> int:
        """What to wait for."""
        ...

    def serve(self, ready: int) -> None: ...


class Waiting:
    """All that is waited for. The loop is alive as long as something is that is not idle."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._wanted: dict[Watched, int] = {}
        self._busy: set[Watched] = set()
        self._asked = 0
        self._answers: deque[tuple[Callable[..., Any], Any]] = deque()
        self._timer: Timer | None = None
        self._outer: asyncio.AbstractEventLoop | None = None
        self._selector: selectors.BaseSelector | None = None

    def watch(self, each: Watched) -> None:
        """Wait for what `each` wants now, which may be nothing."""
        selector = self._selector = self._selector or selectors.DefaultSelector()
        wanted, before = each.wanted(), self._wanted.pop(each, 0)
        if wanted:
            self._wanted[each] = wanted
        if wanted and not before:
            selector.register(each.socket, wanted, each)
        elif wanted != before and wanted:
            selector.modify(each.socket, wanted, each)
        elif before and not wanted:
            selector.unregister(each.socket)
        (self._busy.add if wanted and not each.idle else self._busy.discard)(each)
        self._arm()

    def ask(self, question: Callable[[], Any], answer: Callable[[Any], Any]) -> None:
        """Give `answer` what `question()` returns, which is asked on a thread."""
        self._asked += 1
        threading.Thread(
            target=lambda: self._answers.append((answer, question())), daemon=True
        ).start()
        self._arm()

    def look(self, seconds: float = 0.0) -> None:
        """Bring what has come; wait for it as long as that."""
        wait = min(seconds, _LOOK_SOON) if self._asked else seconds
        if self._selector is None or not self._wanted:
            time.sleep(wait)
        else:
            for key, ready in self._selector.select(wait):
                if key.data in self._wanted:  # else the news of another one put an end to it
                    key.data.serve(ready)
        while self._answers:
            answer, found = self._answers.popleft()
            self._asked -= 1
            self._arm()
            answer(found)

    def _arm(self) -> None:
        """Have the loop look, as long as there is something to wait for."""
        if not self._wanted and not self._asked:
            self._disarm()
            return
        if self._timer is None:
            self._loop.rest = self.look
            self._timer = self._loop.call_later(_LOOK, self._again)
        self._timer.idle = not self._busy and not self._asked
        outer = events._get_running_loop()
        if outer is not None and outer is not self._outer:
            self._join(outer)

    def _again(self) -> None:
        self._timer = None
        self._arm()
        self.look()

    def _join(self, outer: asyncio.AbstractEventLoop) -> None:
        """Have an asyncio loop wait for all sockets, by the file that stands for them."""
        file = getattr(self._selector, "fileno", None)
        if file is not None:
            with contextlib.suppress(NotImplementedError):  # a loop that waits for no files
                outer.add_reader(file(), self.look)
                self._outer = outer

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer, self._loop.rest = None, time.sleep
        if self._outer is not None and not self._outer.is_closed():
            self._outer.remove_reader(self._selector.fileno())  # type: ignore[union-attr]
        self._outer = None
