"""Ctrl-C, where what it raises would be lost, or would end the process.

What Python's own function for the signal raises has no value before Python 3.12, and PythonMonkey
ends the process at an exception without one: wherever Ctrl-C comes as a script calls Python.
"""

from __future__ import annotations

import dis
import signal
import time
from _thread import start_new_thread
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

from polyhy import owner

caught: list[BaseException] = []
"""What was raised when a script called Python, before that could catch it: it raises it then."""

_entries: dict[CodeType, int] = {}


def entry(function: Any) -> Any:
    """Register a function that the engine calls: it looks whether something was `caught`."""
    code = function.__code__
    steps = dis.get_instructions(code)
    _entries[code] = next(step.offset for step in steps if step.argval == "caught")
    return function


@contextmanager
def put_off() -> Iterator[None]:
    """Let Ctrl-C wait: where it comes while the engine starts, PythonMonkey ends the process."""
    came: list[None] = []
    before = signal.getsignal(signal.SIGINT)
    if before is None:  # not of Python's making
        yield
        return
    signal.signal(signal.SIGINT, lambda *_: came.append(None))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        guard()
        if came:
            start_new_thread(_interrupt_again, ())  # when what started is known to have started


def guard() -> None:
    """Let Ctrl-C raise KeyboardInterrupt by a function of ours instead of Python's own.

    asyncio looks for that by its name, to put in its place what cancels a task.
    """
    if signal.getsignal(signal.SIGINT) is _PLAIN:
        signal.signal(signal.SIGINT, _interrupted)
        signal.default_int_handler = _interrupted


_PLAIN = signal.default_int_handler


def _interrupted(_: int, frame: FrameType | None) -> None:
    if frame is not None and frame.f_lasti < _entries.get(frame.f_code, -1):
        caught.append(KeyboardInterrupt())
    elif owner.is_sheltered(frame):  # what is raised would be lost, or end the process
        start_new_thread(_interrupt_again, ())
    else:
        raise KeyboardInterrupt


def _interrupt_again() -> None:
    time.sleep(0.005)
    signal.pthread_kill(owner.IDENT or 0, signal.SIGINT)
