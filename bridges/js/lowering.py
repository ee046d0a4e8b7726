"""The value rule for JavaScript where plain JSON can't say it: tagged JSON. See guest.js.

What is behaviour is lent, and its number written; what each tag means there says values.js.
"""

from __future__ import annotations

import asyncio
import datetime
import json
import math
from collections.abc import Callable
from threading import local
from typing import Any, Final

from polyhy.errors import ConversionError, GuestError
from polyhy.proxy import Proxy
from polyhy.values import (
    LISTED,
    MAX_DEPTH,
    MAX_SAFE,
    Lent,
    check_text,
    listed,
    member,
    null,
    too_deep,
    undefined,
)

from .abilities import CALL, CONSTRUCT, FUNCTIONS, abilities, outline_of
from .buffers import outline
from .lending import Lending

TAG: Final = "\ue000"
_CAUSES = 8  # causes of causes that a script sees
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


class Lowering:
    """Values to tagged JSON. `own(x)` is the number of a guest's object, or None for others."""

    def __init__(self, lending: Lending, own: Callable[[Proxy], int | None]) -> None:
        self._lending, self._own = lending, own
        self._writing = local()  # what the text that this thread writes now has lent

    def text(self, x: Any, path: str) -> str:
        """A value that `path` names in errors."""
        return self._written(lambda: self._lower(x, path, 0))

    def error_text(self, error: BaseException) -> str:
        """An exception that a callback raised."""
        return self._written(lambda: self._error(error))

    def _written(self, lower: Callable[[], Any]) -> str:
        before = getattr(self._writing, "lent", None)
        lent: list[int] = []
        self._writing.lent = lent
        try:
            return json.dumps(lower(), ensure_ascii=False)
        except BaseException:
            self._lending.take_back(lent)
            raise
        finally:
            self._writing.lent = before

    def _lend(self, x: Any) -> int:
        number = self._lending.lend(x)
        self._writing.lent.append(number)
        return number

    def _lower(self, x: Any, path: str, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise too_deep(path)
        lower = _LOWERS.get(type(x)) or _lower_of_base(x)
        return lower(self, x, path, depth)

    def _scalar(self, x: Any, path: str, depth: int) -> Any:
        return x

    def _integer(self, x: Any, path: str, depth: int) -> Any:
        x = int(x)
        return x if -MAX_SAFE <= x <= MAX_SAFE else _tag("bigint", str(x))

    def _float(self, x: Any, path: str, depth: int) -> Any:
        x = float(x)
        return x if math.isfinite(x) else _tag("number", _SPECIAL.get(x, "NaN"))

    def _string(self, x: Any, path: str, depth: int) -> Any:
        return check_text(str(x), path)

    def _sequence(self, x: Any, path: str, depth: int) -> Any:
        return [self._lower(v, f"{path}[{i}]", depth + 1) for i, v in enumerate(x)]

    def _listed(self, x: Any, path: str, depth: int) -> Any:
        return self._sequence(listed(x, path), path, depth)

    def _mapping(self, x: Any, path: str, depth: int) -> Any:
        if not all(isinstance(key, str) for key in x):
            pairs = [(k, self._lower(k, path, depth + 1), v) for k, v in x.items()]
            return _tag(
                "map", [[k, self._lower(v, member(path, key), depth + 1)] for key, k, v in pairs]
            )
        lowered = {
            check_text(str(k), path): self._lower(v, member(path, k), depth + 1)
            for k, v in x.items()
        }
        return _tag("object", list(lowered.items())) if TAG in lowered else lowered

    def _set(self, x: Any, path: str, depth: int) -> Any:
        return _tag("set", [self._lower(v, path, depth + 1) for v in x])

    def _bytes(self, x: Any, path: str, depth: int) -> Any:
        x = bytes(x)
        return _tag("bytes", [self._lend(x), len(x)])

    def _datetime(self, x: datetime.datetime, path: str, depth: int) -> Any:
        if x.microsecond % 1000:
            raise ConversionError(
                "JavaScript's dates have milliseconds, and this one has microseconds",
                path=path,
                hint="round it: t.replace(microsecond=t.microsecond // 1000 * 1000)",
            )
        return _tag("date", (x.astimezone() - _EPOCH) // datetime.timedelta(milliseconds=1))

    def _nothing(self, x: Any, path: str, depth: int) -> Any:
        return _tag(repr(x).rpartition(".")[2], 0)

    def _container(self, x: Lent, path: str, depth: int) -> Any:
        kind = "list" if isinstance(x.value, list) else "dict" if isinstance(x.value, dict) else ""
        if not kind:
            return self._object(x.value, path, depth)
        return _tag("lent", [self._lend(x.value), kind, 0])

    def _proxy(self, x: Proxy, path: str, depth: int) -> Any:
        number = self._own(x)
        return self._object(x, path, depth) if number is None else _tag("ours", number)

    def _error(self, x: BaseException, path: str = "", depth: int = 0) -> Any:
        value = getattr(x, "value", None) if isinstance(x, GuestError) else None
        if isinstance(value, Proxy) and self._own(value) is not None:
            return _tag("ours", value.__native__)  # the script's own error
        message = _text(x).encode("utf-8", "replace").decode()
        cause = x.__cause__
        inner = [self._error(cause, path, depth + 1)] if cause and depth < _CAUSES else []
        return _tag("lent", [self._lend(x), "error", [type(x).__name__, message, *inner]])

    def _function(self, x: Any, path: str, depth: int) -> Any:
        return _tag("lent", [self._lend(x), "function", outline_of(x)])

    def _task(self, x: Any, path: str, depth: int) -> Any:
        return _tag("lent", [self._lend(x), "task", [abilities(type(x)), 0, ""]])

    def _object(self, x: Any, path: str, depth: int) -> Any:
        buffer = outline(x, path)
        if buffer is not None:
            return _tag("lent", [self._lend(x), "buffer", buffer])
        can = abilities(type(x)) | (CONSTRUCT if isinstance(x, type) else 0)
        shape = outline_of(x) if can & CALL else [0, ""]
        return _tag("lent", [self._lend(x), "object", [can, *shape]])


_SPECIAL = {math.inf: "Infinity", -math.inf: "-Infinity"}

_LOWERS: dict[type, Callable[[Lowering, Any, str, int], Any]] = {
    type(None): Lowering._scalar,
    bool: Lowering._scalar,
    int: Lowering._integer,
    float: Lowering._float,
    str: Lowering._string,
    list: Lowering._sequence,
    tuple: Lowering._sequence,
    **dict.fromkeys(LISTED, Lowering._listed),
    dict: Lowering._mapping,
    set: Lowering._set,
    frozenset: Lowering._set,
    bytes: Lowering._bytes,
    bytearray: Lowering._bytes,
    datetime.datetime: Lowering._datetime,
    type(null): Lowering._nothing,
    type(undefined): Lowering._nothing,
    Lent: Lowering._container,
    asyncio.Task: Lowering._task,
    **dict.fromkeys(FUNCTIONS, Lowering._function),
}

_BASES: tuple[tuple[type | tuple[type, ...], Callable[[Lowering, Any, str, int], Any]], ...] = (
    (Proxy, Lowering._proxy),
    (BaseException, Lowering._error),
    (type, Lowering._object),
    (str, Lowering._string),
    (float, Lowering._float),
    (int, Lowering._integer),
    ((list, tuple), Lowering._sequence),
    (dict, Lowering._mapping),
    ((set, frozenset), Lowering._set),
    (datetime.datetime, Lowering._datetime),
)


def _lower_of_base(x: Any) -> Callable[[Lowering, Any, str, int], Any]:
    for base, lower in _BASES:
        if isinstance(x, base):
            return lower
    if type(x).__module__ == "numpy" and hasattr(x, "item") and not getattr(x, "ndim", 1):
        return _lower_scalar
    return Lowering._object


def _lower_scalar(lowering: Lowering, x: Any, path: str, depth: int) -> Any:
    return lowering._lower(x.item(), path, depth)


def _text(x: BaseException) -> str:
    try:
        return str(x)
    except Exception as unprintable:
        return f"its text can't be had: {type(unprintable).__name__}"


def _tag(kind: str, detail: Any) -> dict[str, Any]:
    return {TAG: [kind, detail]}
