"""The main thread, owner of runtimes that only it may enter: other threads ask it to call."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from _thread import start_new_thread
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from contextvars import copy_context
from functools import lru_cache, partial
from importlib import _bootstrap
from types import CodeType, FrameType
from typing import Any, TypeVar

T = TypeVar("T")

IDENT = threading.main_thread().ident
"""The main thread's id."""

_asked: deque[tuple[Future[Any], Callable[[], Any], int]] = deque()
_served: list[int] = []
_holds: list[None] = []
_sheltered: set[CodeType] = set()
_IMPORTS: CodeType = _bootstrap._find_and_load.__code__  # type: ignore[attr-defined]
_WAKE = getattr(signal, "SIGURG", None)  # ignored by default and used by no library of C's own


def run(call: Callable[[], T]) -> T:
    """Return `call()`, made on the main thread; an exception arrives as the same object.

    The main thread is woken if it sleeps, waits for a lock or a socket; if it is inside a guest,
    the call is made when that guest next calls back or returns. It is made in the context
    (contextvars) of the thread that asks.
    """
    if threading.get_ident() == IDENT:
        _listen()
        return call()
    future: Future[T] = Future()
    _asked.append((future, partial(copy_context().run, call), threading.get_ident()))
    pause = 0.001
    try:
        while not future.done():
            _wake()  # again and again: a signal on the very point of falling asleep wakes nobody
            wait((future,), pause)
            pause = min(2 * pause, 0.05)
    finally:
        future.cancel()  # an interrupted thread wants it no more
    return future.result()


def served() -> int | None:
    """The thread for which the main thread makes a call now; None where it makes its own."""
    return _served[-1] if _served else None


def asker() -> int:
    """The thread whose work this is: this one, or that for which it makes a call now."""
    here = threading.get_ident()
    return _served[-1] if _served and here == IDENT else here


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


def shelter(function: Any) -> Any:
    """Let calls of other threads wait while `function` runs, which a guest calls at any time."""
    _sheltered.add(function.__code__)
    return function


def is_sheltered(frame: FrameType | None) -> bool:
    """True where a sheltered function is on the stack, or a module that is half imported."""
    while frame is not None:
        if frame.f_code in _sheltered:
            return True
        if frame.f_code is _IMPORTS and _is_shared(frame.f_locals["name"]):
            return True
        frame = frame.f_back
    return False


def puts_off(number: int, frame: FrameType | None) -> bool:
    """True where what a signal's function raises would leave work half done: it comes again."""
    if is_sheltered(frame):
        send_again(number)
        return True
    return False


def send_again(number: int) -> None:
    """Send a signal to the main thread in a moment."""

    def send() -> None:
        time.sleep(0.005)
        signal.pthread_kill(IDENT or 0, number)

    start_new_thread(send, ())


def _is_shared(module: str) -> bool:
    """True for modules that the call of another thread may import too, and find half made.

    Modules of programs are not among them: their own code may wait for such calls.
    """
    root = module.partition(".")[0]
    return root == "polyhy" or root in sys.stdlib_module_names


def serve(_: int = 0, frame: FrameType | None = None) -> None:
    """Make the calls that other threads asked for. Only the main thread may call this."""
    if is_sheltered(frame or sys._getframe()):
        return  # they ask again
    while _asked and not _holds:
        try:
            future, call, asker = _asked.popleft()
        except IndexError:
            return
        if not future.set_running_or_notify_cancel():
            continue
        _served.append(asker)
        try:
            result = call()
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(result)
        finally:
            _served.pop()


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
        serve(0, sys._getframe())
        return 0

    return ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(listen_and_serve)


def _forked() -> None:
    _asked.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
