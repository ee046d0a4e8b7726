"""A short preview of a Lua object, for `repr`: like the data it holds."""

from __future__ import annotations

import os
import reprlib
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from .proxies import LuaFunction, LuaObject

if TYPE_CHECKING:
    from .bridge import Lua

MOST = 6
"""How many entries are shown."""


def show(bridge: Lua, native: Any) -> str:
    """`[1, 2, …]`, `{'up': <lua function>}`, `<lua function (x)>`, or the object's own text."""
    found = bridge.ask("preview", native, MOST)
    kind, *rest = found if type(found) is tuple else (found,)
    if kind == "text":
        return str(rest[0])
    if kind == "list":
        return _list(rest[0], rest[1:])
    if kind == "dict":
        return _dict(rest[0], rest[1:])
    return f"<lua {kind}{' ' * (kind == 'function')}{bridge.signature(native)}>"


def doc(bridge: Lua, native: Any) -> str:
    """The comment lines right above a function's definition in its file."""
    source, line = bridge.ask("defined", native) or ("", 0)
    if not source.startswith("@") or not os.path.isfile(source[1:]):
        return ""
    with open(source[1:], encoding="utf-8", errors="replace") as file:
        above = [file.readline().strip() for _ in range(line - 1)]
    found = list(takewhile(lambda x: x.startswith("--"), reversed(above)))
    return "\n".join(x.lstrip("-").strip() for x in reversed(found))


def _list(length: int, items: list[Any]) -> str:
    shown = [_brief(x) for x in items]
    return f"[{', '.join(shown + ['…'] * (length > len(items)))}]"


def _dict(length: int, entries: list[Any]) -> str:
    pairs = zip(entries[::2], entries[1::2], strict=True)
    shown = [f"{_brief(key)}: {_brief(value)}" for key, value in pairs]
    return f"{{{', '.join(shown + ['…'] * (2 * length > len(entries)))}}}"


def _brief(x: Any) -> str:
    if isinstance(x, LuaFunction):
        return "<lua function>"
    return "{…}" if isinstance(x, LuaObject) else reprlib.repr(x)
