"""What each tag of guest.js means in Python."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .guest import Guest

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def _date(guest: Guest, milliseconds: float) -> Any:
    try:
        return _EPOCH + datetime.timedelta(milliseconds=milliseconds)
    except OverflowError:
        from polyhy.errors import ConversionError

        raise ConversionError(
            f"a date of {milliseconds} ms is out of Python's years 1 to 9999", path="the result"
        ) from None


def _key(x: Any) -> Any:
    return tuple(map(_key, x)) if isinstance(x, list) else x


DECODES: dict[str, Callable[[Guest, Any], Any]] = {
    "number": lambda guest, text: float(text),
    "bigint": lambda guest, text: int(text),
    "date": _date,
    "bytes": lambda guest, detail: guest.bytes_of(*detail),
    "reference": lambda guest, detail: guest.reference(*detail),
    "object": lambda guest, pairs: {k: guest.untag(v) for k, v in pairs},
    "map": lambda guest, pairs: {_key(guest.untag(k)): guest.untag(v) for k, v in pairs},
    "set": lambda guest, items: {_key(guest.untag(v)) for v in items},
}
