"""Frames of a script in Python's own tracebacks, in the order of calls, with their source lines."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import lru_cache
from types import CodeType, TracebackType

from polyhy.errors import Frame

_MOST = 40  # a stack may have thousands; the inmost ones tell
_TEMPLATE = compile("raise here", "", "exec")


class _Here(Exception):
    """Raised only to get hold of a frame."""


def traceback(frames: Sequence[Frame], rest: TracebackType | None = None) -> TracebackType | None:
    """Steps of a traceback for frames, inmost first, and then `rest`, which they called."""
    for frame in frames[:_MOST]:
        rest = _step(frame, rest)
    return rest


def _step(frame: Frame, rest: TracebackType | None) -> TracebackType | None:
    try:
        exec(_code(*frame), {"here": _Here, "__name__": "js"})
    except _Here as here:
        step = here.__traceback__ and here.__traceback__.tb_next
        if step is not None:
            return TracebackType(rest, step.tb_frame, step.tb_lasti, frame.line)
    return rest


@lru_cache(maxsize=2048)
def _code(file: str, line: int, function: str) -> CodeType:
    """Code that raises as if it stood there."""
    name = function or "<js>"
    code = _TEMPLATE.replace(co_filename=file, co_firstlineno=line, co_name=name)
    if sys.version_info >= (3, 11):
        units = len(code.co_code) // 2
        lines = b"".join(bytes((0xE8 | min(8, units - at) - 1, 0)) for at in range(0, units, 8))
        code = code.replace(co_qualname=name, co_linetable=lines)  # lines, but no columns
    return code
