"""Bencode, in which nREPL's messages are written: numbers, texts, lists and dicts."""

from __future__ import annotations

from typing import Any, Final, Protocol

LARGEST: Final = 1 << 26
"""No text of a message may be longer, in bytes."""

DEEPEST: Final = 64


class Malformed(ValueError):
    """Bytes that are no message; what follows them can't be understood either."""


class Stream(Protocol):
    """What messages are read from: a buffered file."""

    def read(self, size: int = ..., /) -> bytes: ...


def encode(value: Any) -> bytes:
    """Write a value: `encode({"a": [1, "b"]}) == b"d1:ali1e1:bee"`; None and others fail."""
    if isinstance(value, bool) or not isinstance(value, (int, str, bytes, list, tuple, dict)):
        raise TypeError(f"a message can't hold a {type(value).__name__}")
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, str):
        value = value.encode("utf-8", "replace")
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, dict):
        pairs = sorted((str(key), each) for key, each in value.items())
        return b"d" + b"".join(encode(key) + encode(each) for key, each in pairs) + b"e"
    return b"l" + b"".join(map(encode, value)) + b"e"


def read(stream: Stream) -> Any:
    """Read one value; EOFError at the end, Malformed where it is none."""
    first = stream.read(1)
    if not first:
        raise EOFError
    return _value(stream, first, 0)


def _value(stream: Stream, first: bytes, depth: int) -> Any:
    if depth > DEEPEST:
        raise Malformed("it nests too deep")
    if first == b"i":
        return _number(stream, b"", b"e")
    if first.isdigit():
        return _text(stream, first)
    if first not in (b"l", b"d"):
        raise Malformed(f"no value begins with {first!r}")
    items = []
    while (mark := _exactly(stream, 1)) != b"e":
        items.append(_value(stream, mark, depth + 1))
    return items if first == b"l" else _dict(items)


def _dict(items: list[Any]) -> dict[str, Any]:
    keys = items[::2]
    if len(items) % 2 or not all(isinstance(key, str) for key in keys):
        raise Malformed("a dict has texts as keys, each with a value")
    return dict(zip(keys, items[1::2], strict=True))


def _text(stream: Stream, first: bytes) -> str:
    size = _number(stream, first, b":")
    if not 0 <= size <= LARGEST:
        raise Malformed(f"a text of {size} bytes is too long")
    return _exactly(stream, size).decode("utf-8", "replace")


def _number(stream: Stream, digits: bytes, end: bytes) -> int:
    while (mark := _exactly(stream, 1)) != end:
        digits += mark
        if len(digits) > 30 or not (mark.isdigit() or digits == b"-"):
            raise Malformed(f"{digits!r} is no number")
    if not digits.lstrip(b"-"):
        raise Malformed("a number has digits")
    return int(digits)


def _exactly(stream: Stream, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data
