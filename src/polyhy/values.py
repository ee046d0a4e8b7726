"""The value rule: data is copied, behaviour is shared, buffers are lent. What all bridges use."""

from __future__ import annotations

import inspect
import re
from collections import OrderedDict, deque
from collections.abc import Callable
from functools import lru_cache
from keyword import iskeyword
from typing import Any, Final

from polyhy.errors import ConversionError

MAX_SAFE: Final = 2**53 - 1
"""The largest integer that a JavaScript number and a LuaJIT number hold exactly."""

MAX_DEPTH: Final = 200
"""How deep data may nest; deeper data, or data with a cycle, crosses by reference or not at all."""


class _Nothing:
    """One of the guests' two nothings, to send it explicitly. False, like None."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"polyhy.{self._name}"

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        return self._name


null: Final = _Nothing("null")
undefined: Final = _Nothing("undefined")


class Lent:
    """A Python object that crosses by reference although it is data: `(by-ref xs)`."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


LISTED: Final = (
    range,
    deque,
    *(type(view) for d in ({}, OrderedDict()) for view in (d.keys(), d.values(), d.items())),
)
"""Data that crosses as a list does, though Python has types of its own for it."""

LONGEST_RANGE: Final = 10_000_000


def listed(x: Any, path: str) -> list[Any]:
    """The items of what is of a type of LISTED; a range is no larger than memory bears."""
    if type(x) is range and x[LONGEST_RANGE:]:
        raise ConversionError(
            f"{x} has more than {LONGEST_RANGE:,} numbers", path=path, hint="send iter(x)"
        )
    return list(x)


_HUMP = re.compile(r"_+([a-z0-9])")


@lru_cache(maxsize=4096)
def spellings(name: str) -> tuple[str, ...]:
    """The names that a guest may know `name` by, best first; a keyword's has an underscore more.

    >>> spellings("group_by"), spellings("from_")
    (('group_by', 'groupBy', 'group-by'), ('from_', 'from'))
    """
    if "_" not in name.strip("_"):
        return (name, name[:-1]) if iskeyword(name[:-1]) and name[-1] == "_" else (name,)
    camel = _HUMP.sub(lambda m: m[1].upper(), name) if name[0] != "_" else name
    return tuple(dict.fromkeys((name, camel, name.replace("_", "-"))))


def places(function: Callable[..., Any]) -> int:
    """How many positional arguments `function` takes: -1 for any number.

    A guest passes more than a Python function wants (value, index and array to every mapper);
    the rest is dropped before it is converted.
    """
    code = getattr(function, "__code__", None)
    if code is not None:
        if code.co_flags & inspect.CO_VARARGS:
            return -1
        return code.co_argcount - (1 if inspect.ismethod(function) else 0)
    return _places(function)


def _places(function: Callable[..., Any]) -> int:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return 1 if isinstance(function, type) or inspect.isbuiltin(function) else -1
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return -1
    return sum(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters)


def check_text(text: str, path: str) -> str:
    """Return `text`, or raise ConversionError where it holds half of a surrogate pair."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise ConversionError(
                f"character {error.start} is a lone surrogate, which no other language can hold",
                path=path,
                hint="replace it: s.encode('utf-8', 'replace').decode()",
            ) from None
    return text


def too_deep(path: str) -> ConversionError:
    """The error for data that contains itself, or nests deeper than MAX_DEPTH."""
    return ConversionError(
        f"the data contains itself or nests deeper than {MAX_DEPTH}",
        path=path,
        hint="pass it by reference: (by-ref x)",
    )


def member(path: str, key: Any) -> str:
    """`member("args[0]", "id")` is `args[0].id`; `member("args", 0)` is `args[0]`."""
    if isinstance(key, str) and key.isidentifier():
        return f"{path}.{key}"
    return f"{path}[{key!r}]"
