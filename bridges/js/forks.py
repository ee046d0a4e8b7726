"""What a forked child may not do with the engine, which has threads that are not there."""

from __future__ import annotations

import ctypes
import os
import sys
import traceback
from contextlib import suppress
from typing import Any

from .engine import core


def leave_the_engine() -> None:
    """Let this process end as if there were no engine: to end that waits for its threads.

    What the engine's library itself does at the end of a process would be its end too. So the
    process is over where that would begin, with the exit code that it has.
    """
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(vars(core())["___cleanup"]))
    libc = ctypes.CDLL(None)
    with suppress(AttributeError):  # where the C library is not GNU's
        libc.on_exit(libc._exit, None)
        libc.__cxa_atexit(libc.fcloseall, None, None)


def leave(error: BaseException | None) -> Any:
    """End a child that would return into the script that called it."""
    code = error.code if isinstance(error, SystemExit) else 1
    if not isinstance(error, SystemExit):
        if error is not None:
            traceback.print_exception(type(error), error, error.__traceback__)
        print("polyhy: a forked child can't return into JavaScript", file=sys.stderr)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)
