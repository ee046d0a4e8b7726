"""stdin and stdout of nREPL sessions: what one prints or reads goes to its own client."""

from __future__ import annotations

import io
import queue
import threading
from contextvars import ContextVar, copy_context
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from polyhy.front.nrepl_session import Client

CURRENT: ContextVar[tuple[Client, Any] | None] = ContextVar("CURRENT", default=None)
"""For which session code runs, and the message that it answers."""


class Out(io.TextIOBase):
    """Takes the place of sys.stdout or sys.stderr: what a session prints goes to its client."""

    def __init__(self, key: str, real: Any) -> None:
        self.key, self.real = key, real

    def write(self, text: str, /) -> int:
        current = CURRENT.get()
        if current is None:
            return self.real.write(text)
        current[1].print(self.key, text)
        return len(text)

    def flush(self) -> None:
        current = CURRENT.get()
        self.real.flush() if current is None else current[1].flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


class In(io.TextIOBase):
    """Takes the place of sys.stdin: a session that reads asks its client for more."""

    def __init__(self, real: Any) -> None:
        self.real, self.rest = real, ""

    def readline(self, size: int = -1, /) -> str:  # pyright: ignore[reportIncompatibleMethodOverride]
        current = CURRENT.get()
        if current is None:
            return self.real.readline(size)
        while "\n" not in self.rest and (more := _asked(*current)):
            self.rest += more
        line, newline, self.rest = self.rest.partition("\n")
        return line + newline

    def read(self, size: int | None = -1, /) -> str:
        current = CURRENT.get()
        if current is None:
            return self.real.read(size)
        while more := _asked(*current):
            self.rest += more
        text, self.rest = self.rest, ""
        return text


def convey() -> None:
    """Have threads begin in the context of who starts them, so that their output finds its client.

    Python does so from 3.14 on, if asked.
    """
    start = threading.Thread.start

    def start_in_context(thread: threading.Thread) -> None:
        run = copy_context().run
        thread.run = partial(run, thread.run)
        start(thread)

    threading.Thread.start = start_in_context  # pyright: ignore[reportAttributeAccessIssue]


def _asked(client: Client, reply: Any) -> str:
    """Ask the client for a line of input; an empty one is the end."""
    reply.flush()
    if client.lines.empty():
        reply(status=["need-input"])
    while True:
        try:
            return client.lines.get(timeout=0.1)  # an interrupt reaches a thread in between
        except queue.Empty:
            continue
