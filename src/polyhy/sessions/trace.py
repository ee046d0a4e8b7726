"""Errors as their reader wants them: the frames of polyhy and Hy are left out."""

from __future__ import annotations

import linecache
import os
import re
import sys
from types import TracebackType
from typing import Any

from polyhy.errors import PolyhyError

_HIDDEN = ("polyhy", "hy", "funcparserlib", "importlib", "IPython")
_MAGIC = "<magic-"
"""What a notebook calls the code that stands for a magic."""

_BARE = (PolyhyError, SyntaxError, KeyboardInterrupt)
"""Errors that say enough where no frame is the user's; so do Hy's own."""

_DETAILS = ("funcparserlib.parser",)
"""Modules whose errors say nothing to who reads the one that came of them."""

_LEADING = ("asyncio", "concurrent", "threading", "contextvars", "codeop")
"""What stands between our frames and the user's first one."""


def show(error: BaseException) -> None:
    """Print an error as Hy does, without the frames of polyhy and Hy themselves."""
    trim(error)
    sys.stdout.flush()
    if sys.excepthook is not sys.__excepthook__:
        sys.excepthook(type(error), error, error.__traceback__)
        return
    sys.stderr.write(text(error))


def text(error: BaseException) -> str:
    """The traceback of an error that was trimmed before, as Python prints it."""
    import traceback  # unlike the default hook, it knows the lines of `-c`

    try:
        shown = traceback.TracebackException.from_exception(error)
        _align(shown)
        return _spelled("".join(map(_even, shown.format())))
    except Exception as unprintable:  # an error whose own text fails
        return f"{type(error).__name__} (its text can't be had: {type(unprintable).__name__})\n"


def _align(shown: Any) -> None:
    """Put the marks under what they are of: Hy counts the columns of its forms from one."""
    for frame in shown.stack:
        column = getattr(frame, "colno", None)  # Python 3.10 knows none
        if column and not frame.filename.endswith(".py"):
            frame.colno = column - 1
    inner = (shown.__cause__, shown.__context__, *(getattr(shown, "exceptions", None) or ()))
    for each in filter(None, inner):
        _align(each)


def _even(frame: str) -> str:
    """Mark a form as a whole: Python takes `when-let` for a subtraction, and marks the minus."""
    *lines, marks, end = ["", *frame.split("\n")]
    if marks.strip(" ~^") or '.py", line ' in frame or not frame.startswith("  File "):
        return frame
    return "\n".join([*lines[1:], marks.replace("~", "^"), end])


def _spelled(text: str) -> str:
    """Name things as they are written: `'+'`, not `'hyx_Xplus_signX'`."""
    import hy

    return _MANGLED.sub(lambda found: f"'{hy.unmangle(found[1])}'", text)


_MANGLED = re.compile(r"'(hyx_\w+)'")


def remember(file: str, source: str) -> None:
    """Let tracebacks show the lines of source that stands in no file."""
    lines = [f"{line}\n" for line in source.split("\n")]  # without its end, marks stand aside
    linecache.cache[file] = len(source), None, lines, file


def trim(error: BaseException) -> BaseException:
    """Take our frames out of an error, its causes and contexts, and return it."""
    if not os.environ.get("HY_SHOW_INTERNAL_ERRORS"):
        _trim(error, set())
    return error


def _trim(error: BaseException | None, seen: set[int]) -> None:
    if error is None or id(error) in seen:
        return
    kept = _outside(error.__traceback__)
    within = bool(seen)  # a cause with no frame of the user's is a detail of ours
    if kept or within or isinstance(error, _BARE) or type(error).__module__.startswith("hy."):
        error.__traceback__ = kept
    seen.add(id(error))
    for name in ("__cause__", "__context__"):
        inner = getattr(error, name)
        _trim(inner, seen)
        if inner and inner.__traceback__ is None and type(inner).__module__ in _DETAILS:
            setattr(error, name, None)


def _outside(first: TracebackType | None) -> TracebackType | None:
    """Rebuild a traceback of the frames that are the user's; a loop, for it may be long."""
    steps: list[TracebackType] = []
    while first is not None:
        package = (first.tb_frame.f_globals.get("__name__") or "").split(".")[0]
        ours = package in _HIDDEN or first.tb_frame.f_code.co_filename.startswith(_MAGIC)
        if not ours and (steps or package not in _LEADING):
            steps.append(first)
        first = first.tb_next
    kept = None
    for step in reversed(steps):
        kept = TracebackType(kept, step.tb_frame, step.tb_lasti, step.tb_lineno)
    return kept
