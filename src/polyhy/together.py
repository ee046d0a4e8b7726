"""Work beside other work, each under the policy in force here; all of it is given up at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_EXCEPTION, Future, wait
from contextlib import contextmanager
from contextvars import copy_context
from threading import BoundedSemaphore, Thread
from typing import Any, TypeVar

from polyhy import clients

T = TypeVar("T")
R = TypeVar("R")
_MOST = 16
WORK = "polyhy work"
"""The name of threads that work beside others."""

Begin = Callable[..., "Future[Any]"]


def each(work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Do `work` for all items; the answers are in their order, the first error is raised.

    >>> each(len, ["a", "bc"])
    [1, 2]
    """
    todo = list(items)
    if len(todo) < 2:
        return [work(item) for item in todo]
    turns = BoundedSemaphore(_MOST)

    def in_turn(item: T) -> R:
        with turns:
            return work(item)

    with beginning() as begin:
        begun = [begin(in_turn, item) for item in todo]
        over = wait(begun, return_when=FIRST_EXCEPTION).done
        for failed in filter(Future.exception, over):
            failed.result()
        return [one.result() for one in begun]


@contextmanager
def beginning() -> Iterator[Begin]:
    """What begins work in a thread; all that was begun is over in the end.

    An error stops the programs that other work has started. An interrupt waits for nobody.
    """
    begun: list[Future[Any]] = []

    def begin(work: Callable[..., R], *arguments: object) -> Future[R]:
        begun.append(future := start(work, *arguments))
        return future

    try:
        with clients.ending():
            yield begin
            _wait(begun)
    except Exception:
        _wait(begun)
        raise


def start(work: Callable[..., R], *arguments: object) -> Future[R]:
    """Begin work in a thread, which does not keep the process if a network keeps it waiting."""
    future: Future[R] = Future()
    context = copy_context()

    def do() -> None:
        try:
            future.set_result(context.run(work, *arguments))
        except BaseException as error:
            future.set_exception(error)

    Thread(target=do, daemon=True, name=WORK).start()
    return future


def _wait(begun: Iterable[Future[Any]]) -> None:
    for future in begun:
        future.exception()
