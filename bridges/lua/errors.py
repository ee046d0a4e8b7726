"""What goes wrong in Lua, as Python exceptions with frames out of Lua's debug library."""

from __future__ import annotations

import re

from polyhy.errors import Frame, GuestError, GuestSyntaxError

_PLACE = re.compile(r"(?:.*?\n\t)?(?P<file>[^\n]+?):(?P<line>\d+): (?P<message>.*)", re.DOTALL)
_OURS = re.compile(r"polyhy/\w+(\.lua)?:\d+: ")


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
    message = _OURS.sub("", message)
    for _, short, line, _ in _rows(trace):
        message = message.removeprefix(f"{short}:{line}: ")
    return LuaError(type_name=type_name, message=message, frames=frames(trace), value=value)


def frames(trace: str) -> tuple[Frame, ...]:
    """Lua's frames, innermost first, but for those of our own code."""
    rows = [(_file(source, short), int(at), name) for source, short, at, name in _rows(trace)]
    return tuple(Frame(*row) for row in rows if not row[0].startswith("polyhy/"))


def syntax_error(message: str, file: str = "") -> LuaSyntaxError:
    """The error for Lua's `file.hy:7: unexpected symbol near '('`."""
    found = _PLACE.fullmatch(message)
    if not found:
        return LuaSyntaxError(message=message, frames=(Frame(file, 1, ""),))
    frame = Frame(file or found["file"], int(found["line"]), "")
    return LuaSyntaxError(message=found["message"], frames=(frame,), value=message)


def _rows(trace: str) -> list[list[str]]:
    return [row.split("\x1f") for row in trace.split("\x1e") if row]


def _file(source: str, short: str) -> str:
    return source[1:] if source[:1] in ("@", "=") else short
