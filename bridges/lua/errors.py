"""What goes wrong in Lua, as Python exceptions with frames out of Lua's debug library."""

from __future__ import annotations

import re

from polyhy.errors import Frame, GuestError, GuestSyntaxError

_PLACE = re.compile(r"(?:.*?\n\t)?(?P<file>[^\n]+?):(?P<line>\d+): (?P<message>.*)", re.DOTALL)


class LuaError(GuestError):
    """An error raised in Lua. `value` is what was raised: a text, data, or a Proxy."""

    type_name = "LuaError"
    language = "lua"


class LuaSyntaxError(GuestSyntaxError):
    """Lua source that does not parse."""

    type_name = "LuaSyntaxError"
    language = "lua"


def lua_error(trace: str, type_name: str, message: str, value: object) -> LuaError | LuaSyntaxError:
    """The error for what Lua raised; `trace` holds its frames as guest.lua writes them."""
    if message.startswith("error loading module "):
        return syntax_error(message)
    rows = [row.split("\x1f") for row in trace.split("\x1e") if row]
    for _, short, line, _ in rows:
        message = message.removeprefix(f"{short}:{line}: ")
    frames = tuple(Frame(_file(source, short), int(at), name) for source, short, at, name in rows)
    return LuaError(type_name=type_name, message=message, frames=frames, value=value)


def syntax_error(message: str, file: str = "") -> LuaSyntaxError:
    """The error for Lua's `file.hy:7: unexpected symbol near '('`."""
    found = _PLACE.fullmatch(message)
    if not found:
        return LuaSyntaxError(message=message, frames=(Frame(file, 1, ""),))
    frame = Frame(file or found["file"], int(found["line"]), "")
    return LuaSyntaxError(message=found["message"], frames=(frame,), value=message)


def _file(source: str, short: str) -> str:
    return source[1:] if source[:1] in ("@", "=") else short
