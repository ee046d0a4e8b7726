"""Promises' jobs and forgotten rejections, straight from the engine.

PythonMonkey sends jobs to the asyncio loop that runs at that moment, and fails where there is none.
So the engine is given a job queue of ours: PythonMonkey's own C++ object, with one function of its
virtual table replaced.
"""

from __future__ import annotations

import ctypes
from ctypes import PYFUNCTYPE, c_bool, c_int, c_void_p
from functools import lru_cache
from typing import Any

from polyhy import owner
from polyhy.loop import Loop

from . import native

ENQUEUE = "_ZN8JobQueue17enqueuePromiseJobEP9JSContextN2JS6HandleIP8JSObjectEES6_S6_S6_"
_FUNCTIONS = 12  # as many as the class has, of both of its bases' tables; six are used
Enqueue = PYFUNCTYPE(c_bool, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p)
_Track = PYFUNCTYPE(None, c_void_p, c_bool, c_void_p, c_int, c_void_p)
_UNHANDLED = 0


class Jobs(Loop):
    """Jobs of promises run when the outermost call returns."""

    def __init__(self) -> None:
        super().__init__()
        self.unheard: set[int] = set()
        """The numbers of promises that were rejected, with nobody listening so far."""


LOOP = Jobs()


@lru_cache(maxsize=1)
def take_over() -> tuple[Any, ...]:
    """Make LOOP the engine's job queue, once in a process; what is returned must live as long."""
    cx = native.context()
    enqueue, track = Enqueue(_enqueue), _Track(_track)
    table = (c_void_p * _FUNCTIONS)(*native.table("_ZTV8JobQueue", _FUNCTIONS))
    _put(table, {ENQUEUE: enqueue})
    queue = (c_void_p * 4)(ctypes.addressof(table))
    native.function("SetJobQueue")(cx, queue)
    native.function("JobQueueMayNotBeEmpty")(cx)
    native.function("SetPromiseRejectionTrackerCallback")(cx, track, None)
    return enqueue, track, table, queue


def replace(functions: dict[str, Any]) -> None:
    """Let others answer for functions of the engine's job queue; they must live as long."""
    _put(take_over()[2], functions)


def _put(table: Any, functions: dict[str, Any]) -> None:
    known = native.table("_ZTV8JobQueue", _FUNCTIONS)
    for name, function in functions.items():
        at = known.index(native.address(native.PYTHONMONKEY, name))
        table[at] = ctypes.cast(function, c_void_p).value or 0


@owner.shelter
def _enqueue(_: int, cx: int, promise: int, job: int, site: int, realm: int) -> bool:
    LOOP.jobs.append(_take(cx, ctypes.byref(native.object_value(job))))
    return True


@owner.shelter
def _track(_: int, muted: bool, promise: int, state: int, data: int) -> None:
    number = native.function("GetPromiseID")(promise)
    (LOOP.unheard.add if state == _UNHANDLED else LOOP.unheard.discard)(number)


def _take(cx: int, value: Any) -> Any:
    return native.function("pyTypeFactory")(cx, value)
