"""Coroutines that have not begun, on their way to Python: lupa would give their functions instead.

lupa (2.8) takes a coroutine with nothing but one value on its stack for one that has not begun. So
there is a second, nil, until Python has it.
"""

from __future__ import annotations

import ctypes
from ctypes import c_int, c_void_p
from typing import Any

from .native import Engine, library


class Coroutines:
    """Those of one runtime, by the addresses of their `lua_State`s."""

    def __init__(self, engine: Engine) -> None:
        self.held: set[str] = set()
        self.lua: Any = ctypes.PyDLL(library(engine))  # no runtime goes meanwhile
        for name in ("lua_status", "lua_gettop", "lua_pushnil"):
            getattr(self.lua, name).argtypes = [c_void_p]
        self.lua.lua_settop.argtypes = [c_void_p, c_int]

    def hold(self, address: str) -> None:
        """Let lupa see that it is a coroutine."""
        state = int(address, 16)
        if not self.lua.lua_status(state) and self.lua.lua_gettop(state) == 1:
            self.lua.lua_pushnil(state)
            self.held.add(address)

    def release(self, address: str) -> None:
        """Leave it as it was: Python has it."""
        if address in self.held:
            self.held.remove(address)
            self.lua.lua_settop(int(address, 16), 1)
