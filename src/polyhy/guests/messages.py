"""Messages between runtimes: JSON, checked before it leaves, and results with their origin."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from polyhy.errors import ConversionError
from polyhy.proxy import Proxy, data


class MetaObject(NamedTuple):
    """A result with what is known of it.

    >>> meta_object([[1, 2], [3, 4], [5, 6]], source="js")
    MetaObject(source='js', type='list', shape=(3, 2), data=[[1, 2], [3, 4], [5, 6]])
    """

    source: str
    """The language or runtime that it comes from."""
    type: str
    shape: tuple[int, ...]
    """The lengths of lists in lists, or an array's own shape; empty for what has none."""
    data: Any


def meta_object(value: Any, *, source: str = "") -> MetaObject:
    """Put a MetaObject round a value; one that has one already is returned as it is."""
    if isinstance(value, MetaObject):
        return value
    if not source:
        source = value.__bridge__.name if isinstance(value, Proxy) else "python"
    return MetaObject(source, type(value).__name__, _shape(value), value)


def send_json(runtime: str, value: Any) -> Any:
    """Send data to a runtime, and return it as it lives there.

    What JSON does not have (a set, bytes, NaN, an object) is a ConversionError.
    """
    from polyhy.guests.runtime import runtime_dispatch

    return runtime_dispatch[runtime].marshal(json.loads(to_json(value)))


def receive_json(runtime: str, message: Any, *, meta: bool = False) -> Any:
    """The data of a message from a runtime: JSON text, or what `send_json` returned.

    >>> receive_json("py", '{"msg": "hello"}')
    {'msg': 'hello'}
    """
    value = data(message)
    if isinstance(value, (str, bytes, bytearray)):
        try:
            value = json.loads(value, parse_constant=_no_constant)
        except ValueError as error:
            raise ConversionError(
                f"this is no JSON: {error}", path=f"{runtime}'s message"
            ) from None
    return meta_object(value, source=runtime) if meta else value


def to_json(value: Any) -> str:
    """JSON text of data; ConversionError names the path of what JSON does not have."""
    _check(value, "message")
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _check(value: Any, path: str, depth: int = 0) -> None:
    if depth > 200:
        raise ConversionError("it nests deeper than 200", path=path)
    if isinstance(value, Mapping):
        for key, each in value.items():
            if not isinstance(key, str):
                raise ConversionError(f"a key of JSON is a text, not {key!r}", path=path)
            _check(each, f"{path}.{key}", depth + 1)
    elif isinstance(value, (list, tuple)):
        for i, each in enumerate(value):
            _check(each, f"{path}[{i}]", depth + 1)
    elif isinstance(value, float) and (value != value or value in (float("inf"), -float("inf"))):
        raise ConversionError(f"JSON has no {value}", path=path)
    elif not isinstance(value, (str, int, float, type(None))):
        raise ConversionError(f"JSON has no {type(value).__name__}", path=path)


def _shape(value: Any) -> tuple[int, ...]:
    own = getattr(value, "shape", None) if not isinstance(value, Proxy) else None
    if isinstance(own, tuple):
        return own
    if not isinstance(value, (list, tuple)):
        return ()
    inner = {_shape(each) for each in value}
    return (len(value), *(inner.pop() if len(inner) == 1 else ()))


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
