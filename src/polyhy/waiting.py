"""What keeps people waiting is told to them, once, if it takes longer than a moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Timer

Tell = Callable[[str], None]

MOMENT = 1.0
"""Seconds that nobody minds."""


@contextmanager
def told(tell: Tell) -> Iterator[None]:
    """Tell by `tell`, once, what keeps the work inside waiting; nobody is told where none is."""
    known: set[str] = set()

    def once(text: str) -> None:
        if text not in known:
            known.add(text)
            tell(text)

    before = _tell.set(once)
    try:
        yield
    finally:
        _tell.reset(before)


@contextmanager
def on(what: str) -> Iterator[None]:
    """Tell what is waited for, unless what is done within is over in a moment.

    >>> with told(print), on("a friend"):
    ...     pass
    """
    timer = Timer(MOMENT, _tell.get(), [f"waiting for {what}"])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _nobody(text: str) -> None:
    """The Tell that says nothing."""


_tell: ContextVar[Tell] = ContextVar("polyhy_tell", default=_nobody)
