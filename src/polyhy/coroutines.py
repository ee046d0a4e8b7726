"""What awaits where nothing waits, at the top of a file or cell, runs to its end on a loop."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import AsyncIterable, Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, suppress
from types import CodeType
from typing import Any, Final

TOP_LEVEL_AWAIT: Final = 0x2000
"""The compile flag `ast.PyCF_ALLOW_TOP_LEVEL_AWAIT`, without an import of ast."""

_kept = threading.local()


def run(code: CodeType, scope: dict[str, Any]) -> Any:
    """Evaluate `code`, compiled with TOP_LEVEL_AWAIT, and return its value once it is there."""
    value = eval(code, scope)
    return finish(value) if code.co_flags & inspect.CO_COROUTINE else value


def finish(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Return what a coroutine returns.

    Each thread has one loop for this: sessions of a library that were opened in one cell serve the
    next. KeyboardInterrupt and SystemExit cancel the coroutine.
    """
    loop = _loop()
    runner: _Runner | None = getattr(_kept, "runner", None)
    done = runner.give(coroutine) if runner else loop.create_task(coroutine)
    try:
        return loop.run_until_complete(done)
    except (KeyboardInterrupt, SystemExit):
        # It may have ended by this very exception, which the loop never says.
        if not done.done() and (runner.task if runner else done).cancel():
            with suppress(asyncio.CancelledError):
                loop.run_until_complete(done)
        raise


def each_async(things: AsyncIterable[Any]) -> Iterator[Any]:
    """Loop over what `async for` loops over.

    >>> async def count():
    ...     yield 1
    ...     yield 2
    >>> list(each_async(count()))
    [1, 2]
    """
    iterator = aiter(things)
    with suppress(StopAsyncIteration):
        while True:
            yield finish(_awaited(iterator.__anext__))


class entered_async:
    """Enter and leave, by `with`, what `async with` enters: `make` makes it, or awaits it.

    All that is awaited inside is one task's, as within `async with`: `asyncio.timeout` cancels it.
    """

    context: AbstractAsyncContextManager[Any]

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make

    def __enter__(self) -> Any:
        self.outermost = getattr(_kept, "runner", None) is None
        if self.outermost:
            _kept.runner = _Runner(_loop())
        try:
            return finish(self._enter())
        except BaseException:
            self._end()
            raise

    def __exit__(self, *error: Any) -> bool | None:
        try:
            return finish(_awaited(self.context.__aexit__, *error))
        finally:
            self._end()

    async def _enter(self) -> Any:
        made = self.make()
        self.context = await made if inspect.iscoroutine(made) else made
        return await self.context.__aenter__()

    def _end(self) -> None:
        if self.outermost:
            runner, _kept.runner = _kept.runner, None
            runner.end()


class _Runner:
    """A task that runs coroutines, one after the other."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.given: asyncio.Queue[tuple[Any, asyncio.Future[Any]]] = asyncio.Queue()
        self.task = loop.create_task(self._serve())

    def give(self, coroutine: Coroutine[Any, Any, Any]) -> asyncio.Future[Any]:
        done = self.loop.create_future()
        self.given.put_nowait((coroutine, done))
        return done

    def end(self) -> None:
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            self.loop.run_until_complete(self.task)

    async def _serve(self) -> None:
        while True:
            coroutine, done = await self.given.get()
            try:
                done.set_result(await coroutine)
            except BaseException as error:
                done.set_exception(error)


async def _awaited(function: Any, *args: Any) -> Any:
    return await function(*args)


def _loop() -> asyncio.AbstractEventLoop:
    loop: asyncio.AbstractEventLoop | None = getattr(_kept, "loop", None)
    if loop is None or loop.is_closed():
        loop = _kept.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)  # so that a cell that awaits nothing finds it too
    return loop
