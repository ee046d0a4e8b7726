"""What scripts may do with a Python object lent to them: no dunder names, no frames."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from polyhy.errors import ConversionError
from polyhy.values import Lent, spellings

from . import tasks
from .objects import lasting
from .wire import lay_bytes

_HOLES = 10_000_000  # that a script may make in a list
_INNER = frozenset(
    f"{kind}_{part}"
    for kind, parts in {
        "gi": ("frame", "code", "yieldfrom"),
        "cr": ("frame", "code", "origin", "await"),
        "ag": ("frame", "code", "await"),
        "tb": ("frame", "next"),
        "f": ("back", "builtins", "code", "globals", "locals", "trace"),
        "func": ("globals", "code", "closure"),
    }.items()
    for part in parts
)
"""What leads from an object to the frames and globals of a program."""


def _read(x: Any, at: int) -> int:
    return lay_bytes(memoryview(x).cast("B")[at:])


def _get(x: Any, key: Any) -> Any:
    if isinstance(x, (list, dict)):
        try:
            return _live(x[_key(x, key)])
        except LookupError:
            return None
    for name in _names(key):
        if hasattr(x, name):
            return _live(getattr(x, name))
    return None


def _set(x: Any, key: Any, value: Any) -> None:
    if isinstance(x, list):
        if int(key) >= len(x):
            _resize(x, int(key) + 1)
        x[int(key)] = value
    elif isinstance(x, dict):
        x[key] = value
    else:
        setattr(x, _reachable(x, key), value)


def _has(x: Any, key: Any) -> bool:
    return key in x if isinstance(x, dict) else any(hasattr(x, name) for name in _names(key))


def _delete(x: Any, key: Any) -> None:
    if isinstance(x, dict):
        x.pop(key, None)
    else:
        delattr(x, _reachable(x, key))


def _keys(x: Any) -> list[str]:
    if isinstance(x, dict):
        return [key for key in x if isinstance(key, str)]
    own = getattr(x, "__dict__", None) or dict.fromkeys(getattr(type(x), "__slots__", ()))
    return [name for name in own or dir(x) if _names(name)]


def _resize(x: list[Any], length: int) -> None:
    more = int(length) - len(x)
    if length < 0 or more > _HOLES:
        raise ConversionError(
            f"a list of Python's has no holes, and {more} would be needed", path="the length"
        )
    x[int(length) :] = [None] * more


# --- iteration


def _next(x: Any) -> list[Any]:
    for value in x:
        return [False, value]
    return [True, None]


def _close(x: Any) -> None:
    getattr(x, "close", lambda: None)()


def _await_next(x: Any) -> Any:
    async def step() -> list[Any]:
        try:
            return [False, await x.__anext__()]
        except StopAsyncIteration:
            return [True, None]

    return step()


def _await_close(x: Any) -> Any:
    async def close() -> None:
        if hasattr(x, "aclose"):
            await x.aclose()

    return close()


# --- names


def _names(key: Any) -> tuple[str, ...]:
    """The names that an attribute may have here, best first; none for what is out of reach."""
    if not isinstance(key, str) or key[:2] == "__" or key in _INNER:
        return ()
    snake = "".join("_" + c.lower() if c.isupper() else c for c in key)
    return (*spellings(key), *((snake,) if snake not in _INNER and snake[:2] != "__" else ()))


def _reachable(x: Any, key: Any) -> str:
    """The name to set or delete: the one that is there, or else as it was written."""
    names = _names(key)
    if not names:
        raise AttributeError(f"{key!r} is out of a script's reach", name=str(key))
    return next((name for name in names if hasattr(x, name)), names[0])


def _key(x: Any, key: Any) -> Any:
    return int(key) if isinstance(x, list) else key


def _live(x: Any) -> Any:
    return Lent(x) if isinstance(x, (list, dict)) else x


OPERATIONS: tuple[Callable[..., Any], ...] = (
    _read,
    _get,
    _set,
    _has,
    _delete,
    _keys,
    len,
    _resize,
    iter,
    _next,
    _close,
    lambda x, resolve, reject: tasks.start(x, lasting(resolve), lasting(reject)),
    lambda x: x.__aiter__(),
    _await_next,
    _await_close,
    str,
    lambda x: float(x) if hasattr(x, "__float__") else None,
    lambda x: x.__exit__(None, None, None) and None,
    lambda x: x.__aexit__(None, None, None),
    tasks.cancel,
    lambda task, tell: tasks.when_cancelled(task, lasting(tell)),
)
"""By their places in the list of guest.js and lent.js."""
