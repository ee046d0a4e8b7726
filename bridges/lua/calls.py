"""What Lua asks of Python: to call, to read and set members, to raise."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from polyhy.errors import ConversionError, Stopped
from polyhy.values import Lent, places

from .errors import lua_error
from .receive import text

if TYPE_CHECKING:
    from .bridge import Lua

_SAME = frozenset({type(None), bool, float})
_HIDDEN = re.compile(r"__|(gi|cr|ag|tb)_(frame|code)|f_(back|builtins|code|globals|locals)$")


class Calls:
    """The functions that guest.lua and python.lua call; the bridge converts for them."""

    def __init__(self, bridge: Lua, by_ref: Callable[[Any], Any]) -> None:
        self.bridge = bridge
        self.by_ref = by_ref

    def table(self) -> dict[str, Callable[..., Any]]:
        """Those that Lua calls with raw values."""
        names = ("ask_plain", "ask_live", "as_float", "fail", "inexact", "places", "stopped")
        return {name: getattr(self, name) for name in names}

    def ask_plain(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call with at most two arguments, all plain."""
        for x in args:
            if type(x) is str and not x.isascii():
                args = tuple([text(x) if type(x) is str else x for x in args])
                break
        result = function(*args)
        return result if type(result) in _SAME else self._answer(result)

    def ask_live(self, away: bool, function: Callable[..., Any], *tokens: Any) -> Any:
        """Call with the values of `tokens`; `away` is true inside a coroutine."""
        return self._answer(function(*self.bridge.receive.all(tokens, away)))

    def _answer(self, result: Any) -> Any:
        try:
            if type(result) is tuple:
                send = self.bridge.send
                return tuple([send(x, ("result", i)) for i, x in enumerate(result)])
            return self.bridge.send(result, "result")
        except ConversionError as error:
            # Tables half made for a coroutine must not live on in a traceback.
            raise error.with_traceback(None) from None

    def as_float(self, number: float) -> Any:
        return self.by_ref(float(number))

    def places(self, function: Callable[..., Any]) -> int:
        return places(function) if callable(function) else -1

    def fail(
        self, error: Any, trace: str = "", kind: str = "", message: str = "", *tokens: Any
    ) -> None:
        if isinstance(error, BaseException):
            self.bridge.send.count()
            raise error
        values = self.bridge.receive.all(tokens)
        trace, kind, message = (_as_text(x) for x in (trace, kind, message))
        raise lua_error(trace, kind, message, values[0] if values else None)

    def inexact(self) -> None:
        self.bridge.send(2**53, ("args", 0))

    def stopped(self, *_: Any) -> None:
        raise Stopped(language="lua")


def index(x: Any, key: Any) -> Any:
    """Lua's `x[key]`: an item of a mapping, an item counted from 1, or an attribute; else nil."""
    try:
        if isinstance(x, Mapping):
            return _live(x[key])
        if type(key) is int:
            return _live(x[key - 1]) if key > 0 else None
        return None if _HIDDEN.match(key) else _live(getattr(x, key))
    except (AttributeError, LookupError):
        return None


def set_index(x: Any, key: Any, value: Any) -> None:
    """Lua's `x[key] = value`; nil takes an item of a mapping away, or the last of a list."""
    if isinstance(x, Mapping):
        _set_or_delete(x, key, value)
    elif type(key) is not int:
        if _HIDDEN.match(key):
            raise AttributeError(f"{key!r} is not for guests")
        setattr(x, key, value)
    elif key == len(x) + 1 and value is not None:
        x.append(value)
    elif key == len(x) and value is None:
        x.pop()
    else:
        x[_from_one(key)] = value


def pairs(x: Any) -> Callable[..., Any]:
    """Lua's `pairs(x)`: keys and values of a mapping, numbers from 1 and items of anything else."""
    if isinstance(x, Mapping):
        steps: Iterator[Any] = iter(list(x.items()))
    else:
        steps = enumerate(x, 1)

    def step(*_: Any) -> Any:
        key, value = next(steps, (None, None))
        return key, _live(value)

    return step


EVENTS: dict[str, Callable[..., Any]] = {
    "__index": index,
    "__newindex": set_index,
    "__len": len,
    "__eq": lambda a, b: bool(a == b),
    "__tostring": str,
    "__pairs": pairs,
}
"""Lua's metamethods of Python's objects."""


def _live(value: Any) -> Any:
    return Lent(value) if type(value) in (list, dict, set, tuple) else value


def _set_or_delete(x: Any, key: Any, value: Any) -> None:
    if value is None:
        x.pop(key, None)
    else:
        x[key] = value


def _from_one(key: int) -> int:
    if key < 1:
        raise IndexError(f"Lua counts from 1: there is no item {key}")
    return key - 1


def _as_text(x: str) -> str:
    return x.encode("latin-1").decode("utf-8", "replace")
