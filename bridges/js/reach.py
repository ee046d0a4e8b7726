"""What scripts may do with a Python object lent to them: no dunder names, no frames."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from polyhy.values import Lent, spellings

from .wire import inbox

_INNER = ("gi_frame", "cr_frame", "ag_frame", "tb_frame", "f_locals", "f_globals", "f_builtins")


def _get(x: Any, key: Any) -> Any:
    if isinstance(x, (list, dict)):
        try:
            return _live(x[_key(x, key)])
        except LookupError:
            return None
    for name in _names(key):
        if hasattr(x, name):
            return getattr(x, name)
    return None


def _set(x: Any, key: Any, value: Any) -> None:
    if isinstance(x, list):
        x.extend([None] * (int(key) + 1 - len(x)))
        x[int(key)] = value
    elif isinstance(x, dict):
        x[key] = value
    else:
        setattr(x, _names(key)[0], value)


def _has(x: Any, key: Any) -> bool:
    return key in x if isinstance(x, dict) else any(hasattr(x, name) for name in _names(key))


def _delete(x: Any, key: Any) -> None:
    if isinstance(x, dict):
        x.pop(key, None)
    else:
        delattr(x, key)


def _keys(x: Any) -> list[str]:
    if isinstance(x, dict):
        return [key for key in x if isinstance(key, str)]
    return [name for name in dir(x) if _names(name)]


def _resize(x: list[Any], length: int) -> None:
    x[int(length) :] = [None] * max(0, int(length) - len(x))


def _names(key: Any) -> tuple[str, ...]:
    if not isinstance(key, str) or key[:2] == "__" or key in _INNER:
        return ()
    snake = "".join("_" + c.lower() if c.isupper() else c for c in key)
    return (*spellings(key), snake)


def _key(x: Any, key: Any) -> Any:
    return int(key) if isinstance(x, list) else key


def _live(x: Any) -> Any:
    return Lent(x) if isinstance(x, (list, dict)) else x


def _read(x: bytes, at: int) -> None:
    inbox()[: len(x) - at] = x[at : at + len(inbox())]


OPERATIONS: tuple[Callable[..., Any], ...] = (
    _read,
    _get,
    _set,
    _has,
    _delete,
    _keys,
    len,
    _resize,
)
"""By the numbers that guest.js and lent.js ask for them."""
