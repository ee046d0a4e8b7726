"""Python functions that C calls: kept alive as long as C may, their exceptions carried home."""

from __future__ import annotations

import re
import sys
from threading import get_ident
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from polyhy.values import places

if TYPE_CHECKING:
    from .library import Library

raised: dict[int, BaseException] = {}
"""What callbacks raised and C could not pass on, by thread: raised by the call under way there.

Threads that C made have no such call: the next that returns, wherever it is, raises what is at 0.
"""

DURING_CALL = re.compile(
    r"(sort|search|each|walk|visit|iterate|find|exec|scan|glob|ftw)(_?[rsv]?\d*)?$", re.IGNORECASE
)
"""Functions that have done with a callback when they return."""


class Callbacks:
    """The callbacks of one library."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.ffi = library.ffi
        self.kept: WeakKeyDictionary[Any, dict[Any, Any]] = WeakKeyDictionary()
        self.forever: dict[Any, Any] = {}
        self.tied: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()

    def make(self, type: Any, function: Any, holder: Any = None, *, brief: bool = False) -> Any:
        """A C function that calls `function`.

        It lives as long as `holder` does, the handle that C was given it with; for ever where
        there is none; and with `brief` as long as the caller keeps it.
        """
        if function is None:
            return self.ffi.NULL
        if isinstance(function, self.ffi.CData):
            return function
        if not callable(function):
            raise TypeError(f"C wants a function, not a value of type {_kind(function)}")
        if brief:
            return self.ffi.callback(type, self._enter(type, function), onerror=_note)
        kept = self.forever if holder is None else self.kept.setdefault(holder, {})
        key = type, function
        if key not in kept:
            kept[key] = self.ffi.callback(type, self._enter(type, function), onerror=_note)
        return kept[key]

    def keep(self, holder: Any, name: Any, value: Any) -> None:
        """Keep `value` as long as `holder` lives, in the place of what was kept by that name."""
        self.kept.setdefault(holder, {})[name] = value

    def tie(self, pointer: Any, value: Any) -> None:
        """Keep `value` as long as the C pointer lives."""
        self.tied[pointer] = value

    def _enter(self, type: Any, function: Any) -> Any:
        for each in (*type.args, type.result):
            if each.kind in ("struct", "union"):
                self.library.complete(each.cname)
        takers = [self._taker(each) for each in type.args]
        wanted = places(function)
        wanted = len(takers) if wanted < 0 else wanted
        result = type.result
        zero = None if result.kind == "void" else _zero(self.ffi, result)

        def enter(*args: Any) -> Any:
            if raised and get_ident() in raised:
                return zero
            try:
                taken = [
                    take(x) if take else x for take, x in zip(takers, args[:wanted], strict=False)
                ]
                value = function(*taken)
                return zero if value is None else self._give(result, value)
            except BaseException as error:
                _note(None, error, None)
                return zero

        return enter

    def _taker(self, type: Any) -> Any:
        library = self.library
        if type.kind != "pointer":
            return (lambda x: x.decode("latin-1")) if type.cname == "char" else None
        if type.item.kind in ("struct", "union"):
            cls = library.handle_class(type.item.cname)
            return (lambda x: library.cross.take_handle(cls, x)) if cls else None
        if type.item.cname == "char":
            return library.cross.take_text
        return lambda x: x if x else None

    def _give(self, type: Any, value: Any) -> Any:
        pointer = getattr(value, "_p", None)
        if pointer is not None:
            return pointer
        if isinstance(value, str) and type.kind == "pointer":
            kept = self.forever.setdefault(value, self.ffi.new("char[]", value.encode()))
            return kept
        return value


def _note(kind: Any, error: BaseException, trace: Any) -> None:
    """Remember what a callback raised, or a result of it that C's type can't hold."""
    frame: Any = sys._getframe(1)
    while frame and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    raised.setdefault(get_ident() if frame else 0, error)


def carry() -> None:
    """Raise what a callback of this thread raised during the call that just returned."""
    error = raised.pop(get_ident(), None) or raised.pop(0, None)
    if error is not None:
        raise error


def _zero(ffi: Any, type: Any) -> Any:
    if type.kind == "pointer":
        return ffi.NULL
    if type.kind in ("struct", "union"):
        return ffi.new(f"{type.cname} *")[0]
    return b"\0" if type.cname == "char" else 0


def _kind(x: Any) -> str:
    return x.__class__.__name__
