"""The main thread, owner of runtimes that only it may enter: other threads ask it to call."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, TypeVar

T = TypeVar("T")

IDENT = threading.main_thread().ident
"""The main thread's id."""

_asked: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
_holds: list[None] = []
_WAKE = getattr(signal, "SIGURG", None)  # ignored by default and used by no library of C's own


def run(call: Callable[[], T]) -> T:
    """Return `call()`, made on the main thread; an exception arrives as the same object.

    The main thread is woken if it sleeps, waits for a lock or a socket; if it is inside a guest,
    the call is made when that guest next calls back or returns.
    """
    if threading.get_ident() == IDENT:
        _listen()
        return call()
    future: Future[T] = Future()
    _asked.append((future, call))
    pause = 0.001
    while not future.done():
        _wake()  # again and again: a signal on the very point of falling asleep wakes nobody
        wait((future,), pause)
        pause = min(2 * pause, 0.05)
    return future.result()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let the calls that other threads ask for wait until this is over."""
    if threading.get_ident() != IDENT:
        yield
        return
    _holds.append(None)
    try:
        yield
    finally:
        _holds.pop()
        serve()


def serve(*_: Any) -> None:
    """Make the calls that other threads asked for. Only the main thread may call this."""
    while _asked and not _holds:
        try:
            future, call = _asked.popleft()
        except IndexError:
            return
        try:
            future.set_result(call())
        except BaseException as error:
            future.set_exception(error)


def _listen() -> None:
    if _WAKE is not None and signal.getsignal(_WAKE) == signal.SIG_DFL:
        signal.signal(_WAKE, serve)


def _wake() -> None:
    import ctypes

    if _WAKE is None:
        ctypes.pythonapi.Py_AddPendingCall(_pending_call(), None)
        return
    if signal.getsignal(_WAKE) is not serve:
        # The main thread has not listened yet: ask by a pending call, and install a C handler that
        # does nothing, so that the signal below interrupts a lock that the main thread waits for.
        harmless = ctypes.cast(ctypes.pythonapi.Py_IsInitialized, ctypes.c_void_p)
        ctypes.pythonapi.PyOS_setsig(int(_WAKE), harmless)
        ctypes.pythonapi.Py_AddPendingCall(_pending_call(), None)
    signal.pthread_kill(IDENT or 0, _WAKE)


@lru_cache(maxsize=1)
def _pending_call() -> Any:
    import ctypes

    def listen_and_serve(_: Any) -> int:
        _listen()
        serve()
        return 0

    return ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(listen_and_serve)


def _forked() -> None:
    _asked.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
