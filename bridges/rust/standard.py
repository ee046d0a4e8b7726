"""Python's side of Rust's standard types: times, addresses, ranges, enums, and pointers."""

from __future__ import annotations

import datetime
import enum
import functools
import io
import ipaddress
import os
from collections.abc import Callable
from typing import Any

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
_SECOND = datetime.timedelta(seconds=1)


def duration_parts(value: Any) -> tuple[int, int] | None:
    """Seconds and nanoseconds of a timedelta, or of a number of seconds."""
    if isinstance(value, datetime.timedelta):
        return _parts(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        seconds = int(value // 1)
        return seconds, round((value - seconds) * 1e9)
    return None


def duration(parts: tuple[int, int]) -> datetime.timedelta:
    seconds, nanos = parts
    return datetime.timedelta(seconds=seconds, microseconds=nanos / 1000)


def time_parts(value: Any) -> tuple[int, int] | None:
    """Seconds and nanoseconds since 1970 of a datetime that knows its time zone."""
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        return _parts(value - _EPOCH)
    return None


def time(parts: tuple[int, int]) -> datetime.datetime:
    return _EPOCH + duration(parts)


def address_text(value: Any) -> str | None:
    known = (str, ipaddress.IPv4Address, ipaddress.IPv6Address)
    return str(value) if isinstance(value, known) else None


def address(text: str) -> Any:
    return ipaddress.ip_address(text)


def socket_text(value: Any) -> str | None:
    """`("::1", 80)` is `[::1]:80`."""
    if isinstance(value, tuple) and len(value) >= 2:
        host = f"[{value[0]}]" if ":" in str(value[0]) else value[0]
        return f"{host}:{value[1]}"
    return value if isinstance(value, str) else None


def socket(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def ends(value: Any) -> tuple[Any, Any] | None:
    """The two ends of a range without steps, of a slice, or of a pair; None for an open one."""
    if isinstance(value, (range, slice)):
        if value.step in (None, 1):
            return value.start, value.stop
    elif isinstance(value, (tuple, list)) and len(value) == 2:
        return value[0], value[1]
    return None


def bounds(value: Any) -> tuple[tuple[Any, bool] | None, ...] | None:
    """The same, each with whether it is excluded itself."""
    found = ends(value)
    return found and tuple(
        (end, at == 1) if end is not None else None for at, end in enumerate(found)
    )


def text_of(value: Any) -> str | None:
    """The content of an io.StringIO."""
    return value.getvalue() if isinstance(value, io.StringIO) else None


def set_text(value: io.StringIO, text: str) -> None:
    value.seek(0)
    value.truncate()
    value.write(text)


def descriptor(value: Any) -> int | None:
    """A descriptor of its own for a file object, whose buffers are written out first."""
    if not hasattr(value, "fileno"):
        return None
    if hasattr(value, "flush"):
        value.flush()
    return os.dup(value.fileno())


def file(descriptor: int) -> Any:
    """An unbuffered file object for a descriptor, which it closes."""
    import fcntl

    access = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE
    mode = {os.O_RDONLY: "rb", os.O_WRONLY: "wb"}.get(access, "r+b")
    return open(descriptor, mode, buffering=0)


def range_of(start: Any, end: Any) -> Any:
    """A range of ints; a pair of anything else."""
    both_ints = type(start) is int and type(end) is int
    return range(start, end) if both_ints else (start, end)


def inclusive(start: Any, end: Any) -> Any:
    both_ints = type(start) is int and type(end) is int
    return range(start, end + 1) if both_ints else (start, end)


def enumeration(name: str, module: str, doc: str, members: list[tuple[str, int]]) -> Any:
    """An IntEnum; a name that Python keeps for itself gets an underscore: `None_`."""
    made: Any = enum.IntEnum(
        name, [(_member(each), number) for each, number in members], module=module
    )
    made.__doc__ = doc
    return made


def point(own: type, other: type, way: str, names: str) -> None:
    """Give a class methods of what it points to: `a.sum()` is `a.deref().sum()`."""
    reach = getattr(own, way, None)
    if reach is None:
        return
    shared = [name for name in _SHARED if way == "deref" and name in vars(other)]
    for name in [*names.split(), *shared]:
        if name not in vars(own):
            setattr(own, name, _through(reach, getattr(other, name)))


_SHARED = ("__getitem__", "__len__", "__iter__")


def _through(reach: Callable[[Any], Any], method: Any) -> Any:
    @functools.wraps(method)
    def through(self: Any, *arguments: Any, **words: Any) -> Any:
        return method(reach(self), *arguments, **words)

    return through


def _member(name: str) -> str:
    kept = {"None", "True", "False", "mro", "name", "value"}
    return f"{name}_" if name in kept else name


def _parts(span: datetime.timedelta) -> tuple[int, int]:
    seconds = span // _SECOND
    return seconds, (span - seconds * _SECOND).microseconds * 1000
