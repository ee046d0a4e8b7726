"""Stops a script that runs on and on: for Ctrl-C, when its time is up, or when memory is.

A timer of the system asks the engine to look up, in a thread of its own that needs no GIL. It
fires once, and the look sets it again, so that it rests while no script runs. The look itself is
made of C functions only: in Python code a signal's own function would run first, in the middle of
a script, and what it raises would be lost. A Ctrl-C that a look took is told to all looks from then
on, for the engine forgets the first where it looked in a hook of its debugger.
"""

from __future__ import annotations

import asyncio
import atexit
import ctypes
import math
import operator
import os
import signal
import time
from asyncio import events
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import POINTER, PYFUNCTYPE, Structure, byref, c_bool, c_int, c_long, c_void_p
from functools import lru_cache, partial
from itertools import repeat
from typing import Any, Final

from polyhy import owner
from polyhy.errors import OutOfMemory, RuntimeUnavailable, TimedOut, UsageError

from . import native
from .engine import core
from .wire import callee

PERIOD: Final = 0.05
"""Seconds between two looks while a script runs."""

_CLOCK_MONOTONIC, _SIGEV_THREAD = 1, 2
_Look = PYFUNCTYPE(c_bool)
_Weigh = PYFUNCTYPE(c_bool, c_void_p)


class _Time(Structure):
    _fields_ = (("seconds", c_long), ("nanoseconds", c_long))


class _Times(Structure):
    """`struct itimerspec`: how often, and when first."""

    _fields_ = (("interval", _Time), ("value", _Time))


class _Event(Structure):
    """`struct sigevent`: call `function(value)` in a thread of its own."""

    _fields_ = (
        ("value", c_void_p),
        ("signal", c_int),
        ("notify", c_int),
        ("function", c_void_p),
        ("attributes", c_void_p),
        ("_rest", ctypes.c_char * 32),
    )


class _Timer:
    """A timer of the system, which calls a C function with a pointer."""

    def __init__(self, function: int, value: int) -> None:
        event = _Event(value, 0, _SIGEV_THREAD, function)
        self._id, self._times = c_void_p(), _Times()
        if _libc().timer_create(_CLOCK_MONOTONIC, byref(event), byref(self._id)):
            raise RuntimeUnavailable(
                f"the system gives no timer: {os.strerror(ctypes.get_errno())}"
            )
        self.fire: Callable[[], int] = partial(
            _libc().timer_settime, self._id, 0, byref(self._times), None
        )
        """Set it, as `first` says; returns 0."""

    def first(self, seconds: float) -> None:
        """Fire so long after it is set; 0 for never."""
        self._times.value = _Time(int(seconds), int(seconds % 1 * 1e9))


class _Limits:
    """The limits of calls that are being made, the strictest last: deadlines, and bytes at most."""

    def __init__(self) -> None:
        self.deadlines = [math.inf]
        self.bytes: list[int] = []
        self.full = False
        self.ended: list[BaseException] = []
        self.taken: dict[int, bool] = {}  # with a 1 when a look took Ctrl-C


LIMITS = _Limits()


@lru_cache(maxsize=1)
def start() -> bool:
    """Let Ctrl-C and limits stop scripts; False where the system or the engine can't."""
    try:
        timer, looks = _looks()
    except (RuntimeUnavailable, AttributeError):
        return False
    for look in looks:
        native.function("AddInterruptCallback")(native.context(), look)
    atexit.register(_rest)
    timer.first(PERIOD)
    timer.fire()
    return True


@contextmanager
def limited(timeout: float | None, memory: int | None) -> Iterator[None]:
    """Scripts within end after `timeout` seconds, or where they take `memory` bytes more."""
    if not start():
        raise UsageError("limits of calls need Linux and PythonMonkey 1.4.1")
    if (timeout is not None and timeout <= 0) or (memory is not None and memory <= 0):
        raise UsageError("a limit is a number above zero")
    with owner.undisturbed():
        if timeout is not None:
            LIMITS.deadlines.append(min(time.monotonic() + timeout, LIMITS.deadlines[-1]))
        if memory is not None:
            LIMITS.bytes.append(_resident() + memory)
            _weigh_too()
        try:
            yield
        finally:
            if timeout is not None:
                LIMITS.deadlines.pop()
            if memory is not None:
                LIMITS.bytes.pop()
                core().collect()
            LIMITS.full = False


def reason() -> BaseException | None:
    """Why the engine gave up a script without a word: its time, its memory, or Ctrl-C."""
    if LIMITS.ended:
        LIMITS.deadlines.pop()
        callee[2] = 0
        return LIMITS.ended.pop()
    if LIMITS.full:
        LIMITS.full = False
        return _why(OutOfMemory(), "it wanted more memory than it may have")
    if time.monotonic() >= LIMITS.deadlines[-1]:
        return _why(TimedOut(), "its time was up")
    LIMITS.taken.pop(1, None)
    try:
        signal.raise_signal(signal.SIGINT)  # the look took it; now its own function may run
        time.sleep(0)
    except BaseException as error:
        return error
    return asyncio.CancelledError() if _is_cancelled() else None


def end_script(error: BaseException) -> None:
    """End the script that called Python when it is answered, as if `error` were raised there."""
    if start() and not LIMITS.ended:
        LIMITS.ended.append(error)
        LIMITS.deadlines.append(-math.inf)
        callee[2] = 1
        native.function("RequestInterruptCallback")(native.context())


def _is_cancelled() -> bool:
    """True where asyncio took Ctrl-C for a wish to end the task that runs."""
    task = asyncio.current_task() if events._get_running_loop() else None
    return task is not None and bool(getattr(task, "cancelling", int)())


def _why(error: Any, message: str) -> BaseException:
    error.type_name, error.message, error.language = type(error).__name__, message, "js"
    return error


# --- the looks


@lru_cache(maxsize=1)
def _looks() -> tuple[_Timer, tuple[Any, ...]]:
    """The timer of looks, and the looks: the engine goes on where they return True."""
    request = native.address_of("RequestInterruptCallback")
    timer = _Timer(request, native.context())
    never = object()
    interrupted = iter(ctypes.pythonapi.PyOS_InterruptOccurred, never)
    taken = map(LIMITS.taken.setdefault, interrupted, repeat(True))
    is_taken = map(LIMITS.taken.__contains__, repeat(1))
    go_on = map(operator.and_, taken, map(operator.eq, is_taken, iter(timer.fire, never)))
    deadline = iter(partial(operator.getitem, LIMITS.deadlines, -1), never)
    in_time = map(operator.lt, iter(time.monotonic, never), deadline)
    return timer, (_Look(go_on.__next__), _Look(in_time.__next__))


@lru_cache(maxsize=1)
def _weigh_too() -> Any:
    look = _Weigh(_weigh)
    native.function("AddInterruptCallback")(native.context(), look)
    return look


def _weigh(_: int) -> bool:
    if LIMITS.bytes and _resident() > min(LIMITS.bytes):
        core().collect()  # perhaps most of it is garbage
        LIMITS.full = _resident() > min(LIMITS.bytes)
    return not LIMITS.full


def _resident() -> int:
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def _rest() -> None:
    """Let nothing call into the engine when it goes."""
    timer, _ = _looks()
    timer.first(0)
    timer.fire()


@lru_cache(maxsize=1)
def _libc() -> Any:
    """The C library, with the arguments of what is called here."""
    libc: Any = ctypes.CDLL(None, use_errno=True)
    libc.timer_create.argtypes = [c_int, POINTER(_Event), POINTER(c_void_p)]
    libc.timer_settime.argtypes = [c_void_p, c_int, POINTER(_Times), c_void_p]
    return libc
