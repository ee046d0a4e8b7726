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

from polyhy import owner
from polyhy.errors import Interrupted
from polyhy.guests import host

SELDOM = 0.25
"""Seconds between two looks, where nobody is known to have something to do sooner."""

Tell = Callable[[BaseException], None]
"""Shows an error that nobody can catch: a timer's."""

_WAITING = ("selectors", "asyncio", "prompt_toolkit")
"""Whose code runs where nothing does."""

_KERNEL = (
    *("IPython.", "comm.", "ipykernel.", "jupyter_client.", "polyhy.front."),
    *("tornado.", "traitlets.", "zmq.", *(f"{name}." for name in sys.stdlib_module_names)),
)
"""Whose code a kernel runs for itself, and not on behalf of a program."""


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

    def arrived(number: int, frame: FrameType | None) -> None:
        if _package(frame) in _WAITING:
            loop.call_soon_threadsafe(press)
        elif not owner.puts_off(number, frame):
            raise KeyboardInterrupt

    loop = asyncio.get_running_loop()
    before = signal.signal(signal.SIGINT, arrived)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def within_message(number: int, frame: FrameType | None) -> None:
    """What SIGINT calls while a kernel handles a message: it ends what that runs.

    It comes again where the kernel's own lines run: to ipykernel, an error of theirs is one that
    nobody answers, or its end.
    """
    if _runs_program(frame):
        signal.default_int_handler(number, frame)
    else:
        owner.send_again(number)


def between_messages(number: int, frame: FrameType | None) -> None:
    """What SIGINT calls while a kernel handles none: it ends a timer or a task that runs."""
    if _runs_program(frame) and not owner.puts_off(number, frame):
        raise Interrupted


def _runs_program(frame: FrameType | None) -> bool:
    """True where what a loop runs on this stack is more than a kernel's own code."""
    found = False
    while frame is not None and frame.f_code is not asyncio.Handle._run.__code__:
        found = found or not f"{frame.f_globals.get('__name__')}.".startswith(_KERNEL)
        frame = frame.f_back
    return found and frame is not None


def _package(frame: FrameType | None) -> str:
    return frame.f_globals.get("__name__", "").partition(".")[0] if frame else ""


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
