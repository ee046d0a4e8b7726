"""Python's awaitables that scripts await, and promises that Python awaits.

An awaitable is a task of the asyncio loop that runs when a script asks for it. Where none runs it
waits for one: that of the next `await` of a promise, or the one that `serve` runs.
"""

from __future__ import annotations

import asyncio
from asyncio import events
from collections.abc import Awaitable, Callable
from threading import get_ident
from typing import TYPE_CHECKING, Any

from polyhy import owner

from .jobs import LOOP

if TYPE_CHECKING:
    from .objects import JsObject

_PAUSE = 0.05  # seconds between two looks at the timers of another thread
_waiting: list[Callable[[], None]] = []
_tasks: dict[int, asyncio.Future[Any]] = {}
"""Awaitables that scripts wait for, by the id of what was lent."""


def start(x: Awaitable[Any], resolve: Any, reject: Any) -> None:
    """Await `x`, and settle a promise with what comes of it."""

    def begin() -> None:
        task = _tasks[id(x)] = asyncio.ensure_future(x)
        task.add_done_callback(done)

    def done(task: asyncio.Future[Any]) -> None:
        _tasks.pop(id(x), None)
        if task.cancelled():
            reject(asyncio.CancelledError())
        elif task.exception() is not None:
            reject(task.exception())
        else:
            resolve(task.result())

    if events._get_running_loop() is None:
        _waiting.append(begin)
    else:
        begin()


def begin() -> None:
    """Begin what waits for a loop, if one runs here."""
    while _waiting and events._get_running_loop() is not None:
        _waiting.pop()()


def cancel(x: Any) -> None:
    """Cancel what `start` was given; what has not begun yet never will."""
    task = _tasks.get(id(x)) or (x if isinstance(x, asyncio.Future) else None)
    if task is not None:
        task.get_loop().call_soon_threadsafe(task.cancel)
    elif asyncio.iscoroutine(x):
        x.close()


def when_cancelled(task: asyncio.Task[Any], tell: Any) -> None:
    """Tell a script when a task is cancelled."""
    task.add_done_callback(lambda task: tell() if task.cancelled() else None)


async def settled(promise: JsObject) -> Any:
    """What a promise is fulfilled with; its reason is raised."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Any] = loop.create_future()
    begin()
    promise.__bridge__.guest.ask(
        "settle",
        promise.__native__,
        lambda value: _tell(loop, future, lambda: future.set_result(value)),
        lambda reason: _tell(loop, future, lambda: future.set_exception(_raised(promise, reason))),
    )
    if not promise.__bridge__.guest.lends:  # a process of its own serves its own timers
        return await future
    while not future.done():
        await asyncio.wait((future,), timeout=_until_next())
        if not future.done():
            owner.run(LOOP.run_due)
            begin()
    return future.result()


def finish(promise: JsObject) -> Any:
    """Wait for a promise where no asyncio loop runs."""
    return asyncio.run(settled(promise))


def serve() -> None:
    """Run what waits for a loop, unless one runs already."""
    while _waiting and events._get_running_loop() is None:
        asyncio.run(_finish())
        LOOP.run()


async def _finish() -> None:
    begin()
    while _tasks:
        await asyncio.wait(_tasks.values(), timeout=_until_next())
        LOOP.run_due()
        begin()


def _tell(loop: Any, future: Any, set_it: Callable[[], None]) -> None:
    def once() -> None:
        if not future.done():
            set_it()

    if events._get_running_loop() is loop:
        once()
    elif not loop.is_closed():
        loop.call_soon_threadsafe(once)


def _until_next() -> float | None:
    """Seconds until somebody must look at timers that this thread's loop does not serve itself."""
    due = LOOP.until_next()
    if get_ident() == owner.IDENT:
        return due
    return _PAUSE if due is None else min(due, _PAUSE)


def _raised(promise: JsObject, reason: Any) -> BaseException:
    try:
        promise.__bridge__.guest.ask("throw", reason)
    except BaseException as error:
        return error
    raise AssertionError
