"""The same work for several things at once, each under the policy in force here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
_MOST = 8


def each(work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Do `work` for all items; the answers are in their order, the first error is raised.

    >>> each(len, ["a", "bc"])
    [1, 2]
    """
    todo = list(items)
    if len(todo) < 2:
        return [work(item) for item in todo]
    with ThreadPoolExecutor(min(_MOST, len(todo))) as pool:
        return [begun.result() for begun in [begin(pool, work, item) for item in todo]]


def begin(pool: ThreadPoolExecutor, work: Callable[..., R], *arguments: object) -> Future[R]:
    """Begin work in a pool, under the policy in force here."""
    return pool.submit(copy_context().run, work, *arguments)
