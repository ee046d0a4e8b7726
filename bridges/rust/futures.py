"""Rust's futures in asyncio: begun when awaited, stopped when the task is cancelled."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any


class Awaitable:
    """What an `async fn` returns. It may be awaited once."""

    __slots__ = ("_pending",)

    def __init__(self, pending: Any) -> None:
        self._pending = pending

    def __await__(self) -> Generator[Any, None, Any]:
        import asyncio

        loop = asyncio.get_running_loop()
        future = loop.create_future()

        def tell(result: Any, error: BaseException | None) -> None:
            if future.done():
                return
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

        def done(result: Any, error: BaseException | None) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(tell, result, error)

        running = self._pending.start(done)
        try:
            return (yield from future.__await__())
        finally:
            running.stop()
