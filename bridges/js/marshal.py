"""The value rule for JavaScript: what a Python value becomes on its way in. See guest.js.

On the way in, the last character of a text says what it is: a string, JSON, tagged JSON, an
exception. That character also makes the engine copy the text: it keeps a list of every string it
borrows from Python and searches it for each that it frees. The way out is in wire.py.
"""

from __future__ import annotations

import asyncio
import datetime
import json
import math
from collections.abc import Callable
from threading import local
from typing import Any, Final

import orjson

from polyhy.errors import ConversionError, GuestError
from polyhy.proxy import Proxy
from polyhy.values import (
    MAX_DEPTH,
    MAX_SAFE,
    Lent,
    check_text,
    member,
    null,
    too_deep,
    undefined,
)

from .abilities import CALL, CONSTRUCT, FUNCTIONS, abilities, outline_of
from .buffers import outline
from .lending import Lending
from .wire import MOST, lay, ticket_of

STRING, JSON, TAGGED, RAISED = "\U00010000", "\U00010001", "\U00010002", "\U00010003"
TAG: Final = "\ue000"
LONGEST: Final = 2**29
"""The engine ends the process at a text of 2^30 characters."""

_dumps = orjson.dumps
_LONG = 1 << 16  # JSON from this length on is lent to the engine, not copied: it ends in ] or }
_STRICT = (
    orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_SUBCLASS
    | orjson.OPT_STRICT_INTEGER
)
_CAUSES = 8  # causes of causes that a script sees
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


class Marshal:
    """Both directions. `own(x)` is the number of a guest's object, or None for other Proxies."""

    def __init__(self, lending: Lending, own: Callable[[Proxy], int | None]) -> None:
        self._lending, self._own = lending, own
        self._tickets = lending.tickets
        self._writing = local()  # what the text that this thread writes now has lent

        self.gives: dict[type, Callable[[Any, str | int], Any]] = {
            type(None): _same,
            bool: _same,
            float: _same,
            int: self._give_integer,
            str: self._give_text,
            list: self._give_data,
            dict: self._give_data,
            tuple: self._give_data,
        }
        """What crosses for a value, by its exact type; `give` for all others."""

        self.gives_alone = {
            **self.gives,
            list: self._give_list,
            **dict.fromkeys(FUNCTIONS, self._give_function),
        }
        """The same for the only argument of a call, which may lie in the wire's tray."""

    def give(self, x: Any, path: str | int) -> Any:
        """What crosses for `x`: itself where the engine is exact, or a text.

        `path` names it in errors: a number is that of an argument.
        """
        return self.gives.get(type(x), self._tagged)(x, path)

    def give_error(self, error: BaseException) -> str:
        """What crosses for an exception that a callback raised."""
        return self._written(lambda: self._error(error)) + RAISED

    def _give_integer(self, x: int, path: str | int) -> Any:
        return x if -MAX_SAFE <= x <= MAX_SAFE else self._tagged(x, path)

    def _give_text(self, x: str, path: str | int) -> str:
        if not x.isascii():
            check_text(x, _name(path))
        if len(x) >= LONGEST:
            raise ConversionError(f"a text of {LONGEST} characters or more", path=_name(path))
        return x + STRING

    def _give_data(self, x: Any, path: str | int) -> str:
        try:
            text = _dumps(x, None, _STRICT)
        except TypeError:
            return self._tagged(x, path)
        if b"null" in text and not _is_finite(x):
            return self._tagged(x, path)
        return text.decode() + (JSON if len(text) < _LONG else "")

    def _give_list(self, x: list[Any], path: str | int) -> Any:
        if 8 < len(x) < MOST and type(x[0]) is int:
            try:
                text = _dumps(x, None, _STRICT)
            except TypeError:
                return self._tagged(x, path)
            if text.translate(None, b"0123456789,-") == b"[]":  # all are integers
                laid = lay(x)
                if laid is not None:
                    return laid
        return self._give_data(x, path)

    def _give_function(self, x: Any, path: str | int) -> Any:
        ticket = self._tickets.get(id(x))
        if ticket is None:
            given = self._tagged(x, path)
            self._tickets[id(x)] = ticket_of(self._lending.number(x))
            return given
        return ticket

    def _tagged(self, x: Any, path: str | int) -> str:
        return self._written(lambda: self._lower(x, _name(path), 0)) + TAGGED

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

_LOWERS: dict[type, Callable[[Marshal, Any, str, int], Any]] = {
    type(None): Marshal._scalar,
    bool: Marshal._scalar,
    int: Marshal._integer,
    float: Marshal._float,
    str: Marshal._string,
    list: Marshal._sequence,
    tuple: Marshal._sequence,
    dict: Marshal._mapping,
    set: Marshal._set,
    frozenset: Marshal._set,
    bytes: Marshal._bytes,
    bytearray: Marshal._bytes,
    datetime.datetime: Marshal._datetime,
    type(null): Marshal._nothing,
    type(undefined): Marshal._nothing,
    Lent: Marshal._container,
    asyncio.Task: Marshal._task,
    **dict.fromkeys(FUNCTIONS, Marshal._function),
}

_BASES: tuple[tuple[type | tuple[type, ...], Callable[[Marshal, Any, str, int], Any]], ...] = (
    (Proxy, Marshal._proxy),
    (BaseException, Marshal._error),
    (type, Marshal._object),
    (str, Marshal._string),
    (float, Marshal._float),
    (int, Marshal._integer),
    ((list, tuple), Marshal._sequence),
    (dict, Marshal._mapping),
    ((set, frozenset), Marshal._set),
    (datetime.datetime, Marshal._datetime),
)


def _lower_of_base(x: Any) -> Callable[[Marshal, Any, str, int], Any]:
    for base, lower in _BASES:
        if isinstance(x, base):
            return lower
    if type(x).__module__ == "numpy" and hasattr(x, "item") and not getattr(x, "ndim", 1):
        return _lower_scalar
    return Marshal._object


def _lower_scalar(marshal: Marshal, x: Any, path: str, depth: int) -> Any:
    return marshal._lower(x.item(), path, depth)


def _text(x: BaseException) -> str:
    try:
        return str(x)
    except Exception as unprintable:
        return f"its text can't be had: {type(unprintable).__name__}"


def _name(path: str | int) -> str:
    return f"args[{path}]" if isinstance(path, int) else path


def _tag(kind: str, detail: Any) -> dict[str, Any]:
    return {TAG: [kind, detail]}


def _is_finite(x: Any) -> bool:
    """False where a null in its JSON may stand for a NaN or an infinity."""
    try:
        json.dumps(x, allow_nan=False)
    except (ValueError, TypeError, RecursionError):
        return False
    return True


def _same(x: Any, path: str | int) -> Any:
    return x
