"""Code of a prompt's cell, run to its end: `await` at its top waits on a loop that is kept."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Coroutine
from contextlib import suppress
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
    next. KeyboardInterrupt cancels the coroutine.
    """
    loop = _loop()
    task = loop.create_task(coroutine)
    try:
        return loop.run_until_complete(task)
    except KeyboardInterrupt:
        task.cancel()
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(task)
        raise


def _loop() -> asyncio.AbstractEventLoop:
    loop: asyncio.AbstractEventLoop | None = getattr(_kept, "loop", None)
    if loop is None or loop.is_closed():
        loop = _kept.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)  # so that a cell that awaits nothing finds it too
    return loop
