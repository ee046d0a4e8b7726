"""A short preview of a Lua object, for `repr`: like the data it holds."""

from __future__ import annotations

import os
import re
import reprlib
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from .proxies import LuaFunction, LuaObject

if TYPE_CHECKING:
    from .objects import Objects

MOST = 6
"""How many entries are shown."""


def show(bridge: Objects, native: Any) -> str:
    """`[1, 2, …]`, `{'up': <lua function>}`, `<lua function (x)>`, or the object's own text."""
    found = bridge.ask("preview", native, MOST)
    kind, *rest = found if type(found) is tuple else (found,)
    if kind == "text":
        return str(rest[0])
    if kind == "list":
        return _list(rest[0], rest[1:])
    if kind == "dict":
        return _dict(rest[0], rest[1:])
    return f"<lua {f'{kind} {bridge.signature(native)}'.strip()}>"


def doc(bridge: Objects, native: Any) -> str:
    """The comment right above a function in its file, without the marks of LuaLS and LDoc."""
    return "\n".join(line for line in _comment(bridge, native) if not _TAG.match(line)).strip()


def signature(bridge: Objects, native: Any) -> str:
    """`(a: number, b) -> boolean`: parameters, with the types that its comment names."""
    bare = bridge.ask("signature", native)
    types, returns = dict[str, str](), list[str]()
    for found in filter(None, map(_TYPED.match, _comment(bridge, native))):
        if found["returned"]:
            returns.append(found["returned"])
        else:
            types[found["name"] or found["named"]] = found["luals"] or found["kind"]
    names = [n for n in bare.strip("()").split(", ") if n]
    typed = ", ".join(f"{n}: {types[n]}" if n in types else n for n in names)
    return (f"({typed})" if bare else "") + (f" -> {', '.join(returns)}" if returns else "")


def source(bridge: Objects, native: Any) -> str:
    """The lines that define a function, out of its file."""
    file, first, last = _defined(bridge, native)
    return "".join(_lines(file)[first - 1 : last])


_TAG = re.compile(r"@\w+")
_TYPED = re.compile(
    r"@param\s+(?P<name>[\w.]+)\??\s+(?P<luals>[\w.|<>\[\]?]+)"
    r"|@t?return\s+(?P<returned>[\w.|<>\[\]?]+)"
    r"|@tparam\s+(?P<kind>\S+)\s+(?P<named>\w+)",
)


def _comment(bridge: Objects, native: Any) -> list[str]:
    file, first, _ = _defined(bridge, native)
    above = [line.strip() for line in _lines(file)[: first - 1]]
    found = list(takewhile(lambda x: x.startswith("--"), reversed(above)))
    return [line.lstrip("-").strip() for line in reversed(found)]


def _defined(bridge: Objects, native: Any) -> tuple[str, int, int]:
    chunk, first, last = bridge.ask("defined", native) or ("", 0, 0)
    return (chunk[1:], first, last) if chunk.startswith("@") else ("", 0, 0)


def _lines(file: str) -> list[str]:
    if not os.path.isfile(file):
        return []
    with open(file, encoding="utf-8", errors="replace") as stream:
        return stream.readlines()


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
