"""Ctrl-C, where what it raises would be lost, or would end the process.

Python calls a signal's function before the first line of the next Python function, which is mostly
one that a script calls. What Python's own function for Ctrl-C raises has no value before Python
3.12, and PythonMonkey ends the process at an exception without one.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from polyhy import owner


def entry(function: Any) -> Any:
    """Let a function that the engine calls catch what a signal raises before its first line, too.

    Its body must be one `try`. No `try` covers that moment from Python 3.11 on; the table of a
    code's handlers can say that it does.
    """
    code = function.__code__
    if hasattr(code, "co_exceptiontable"):
        table = _from_the_start(code.co_exceptiontable)
        function.__code__ = code.replace(co_exceptiontable=table)
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
            owner.send_again(signal.SIGINT)  # when what started is known to have started


def guard() -> None:
    """Let Ctrl-C raise KeyboardInterrupt by a function of ours instead of Python's own.

    Others look for that by its name: asyncio, to put in its place what cancels a task, and who
    puts it back.
    """
    signal.default_int_handler = _interrupted
    if signal.getsignal(signal.SIGINT) is _PLAIN:
        signal.signal(signal.SIGINT, _interrupted)


_PLAIN = signal.default_int_handler


def _interrupted(number: int, frame: FrameType | None) -> None:
    if not owner.puts_off(number, frame):
        raise KeyboardInterrupt


# --- tables of handlers: of each where it begins, how long it is, where it leads, and how deep


def _from_the_start(table: bytes) -> bytes:
    """A table whose first handler covers what is before it, too."""
    start, _, *there = _numbers(table, 4)
    first = b"".join(map(_written, (0, start, *there)))
    return bytes([first[0] | _BEGINS]) + first[1:] + table


_BEGINS, _GOES_ON = 128, 64  # bits of a byte: an entry begins here, its number goes on behind it


def _numbers(table: bytes, count: int) -> list[int]:
    found = [0]
    for byte in table:
        found[-1] = found[-1] << 6 | byte & 63
        if not byte & _GOES_ON:
            if len(found) == count:
                break
            found.append(0)
    return found


def _written(number: int) -> bytes:
    rest = number >> 6
    high = bytes(byte | _GOES_ON for byte in _written(rest)) if rest else b""
    return high + bytes([number & 63])
