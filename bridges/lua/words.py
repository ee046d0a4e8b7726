"""The words of Lua that Lisp meets."""

from __future__ import annotations

from polyhy.emit.code import words

GLOBALS = words(
    """
    _G assert bit collectgarbage coroutine debug dofile error ffi getmetatable io ipairs
    jit load loadstring math os pairs pcall rawequal rawget rawlen rawset require select
    setmetatable string table tonumber tostring unpack utf8 xpcall
    """
)

KEYWORDS = words(
    """
    and break do else elseif end false for function goto if in local nil not or repeat
    return then true until while
    """
)

RESERVED = KEYWORDS | {"L", "arg", "next", "print", "type"}
