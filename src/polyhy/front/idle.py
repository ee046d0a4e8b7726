"""While a prompt waits for its user: guests' timers fire, tasks go on, and Ctrl-C stops either."""

from __future__ import annotations

import asyncio
import select
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from polyhy.guests import host

SELDOM = 0.25
"""Seconds between two looks, where nobody is known to have something to do sooner."""

Tell = Callable[[BaseException], None]
"""Shows an error that nobody can catch: a timer's."""

_WAITING = ("selectors", "asyncio", "prompt_toolkit")
"""Whose code runs where nothing does."""


def serve(tell: Tell) -> float:
    """Run what is due, and return the seconds after which to ask again."""
    try:
        due = host.serve()
    except Exception as error:
        tell(error)
        return 0.0
    return SELDOM if due is None else min(max(due, 0.001), SELDOM)


def until_typed(tell: Tell) -> None:
    """Serve until there is something to read at the terminal that standard input is."""
    while host.running():
        with suppress(OSError, ValueError):  # no terminal
            if not select.select([sys.stdin], [], [], serve(tell))[0]:
                continue
        return


async def keep_serving(tell: Tell, first: Callable[[], None] = lambda: None) -> None:
    """Serve on a running loop until cancelled; do `first` before each look."""
    while True:
        first()
        await asyncio.sleep(serve(tell) if host.running() else SELDOM)


@contextmanager
def interruptible(press: Callable[[], object]) -> Iterator[None]:
    """Let Ctrl-C stop what runs on the loop; where nothing does, it is a key to `press`."""

    def arrived(_: int, frame: FrameType | None) -> None:
        where = frame.f_globals.get("__name__", "") if frame else ""
        if where.partition(".")[0] not in _WAITING:
            raise KeyboardInterrupt
        loop.call_soon_threadsafe(press)

    loop = asyncio.get_running_loop()
    before = signal.signal(signal.SIGINT, arrived)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def telling(tell: Tell) -> Iterator[None]:
    """Show what callbacks and tasks of the running loop raise."""

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        tell(error) if error else loop.default_exception_handler(context)

    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(handle)
    try:
        yield
    finally:
        loop.set_exception_handler(before)


def send_signals() -> None:
    """Have the terminal, whose keys are read raw, send a signal at Ctrl-C, and at no other key."""
    try:
        import termios

        settings = termios.tcgetattr(sys.stdin)
        if not settings[3] & termios.ISIG:
            settings[3] |= termios.ISIG | termios.NOFLSH  # what was typed before is kept
            settings[6][termios.VQUIT] = settings[6][termios.VSUSP] = b"\0"
            termios.tcsetattr(sys.stdin, termios.TCSANOW, settings)
    except Exception:  # no terminal; termios.error is of a kind of its own
        return
