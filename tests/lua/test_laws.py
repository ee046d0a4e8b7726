"""Lua keeps every law, on LuaJIT and on Lua 5.4."""

from __future__ import annotations

from typing import ClassVar

import pytest

from polyhy.testing import BridgeLaws

SAY = {
    "identity": "return function(x) return x end",
    "increment": "return function(x) return x + 1 end",
    "apply": "return function(f, x) return f(x) end",
    "catch": "return function(f) if not pcall(f) then return 'caught' end end",
    "fail": "return function(x) error('broken') end",
    "thing": "return {name = 'thing', get = function(self) return self.name end}",
    "counter": """
        local Counter = {}
        Counter.__index = Counter
        function Counter:up() self.n = self.n + 1 return self.n end
        return function() return setmetatable({n = 0}, Counter) end
    """,
    "options": "return function(...) return (select(-1, ...)).width end",
}


@pytest.mark.usefixtures("jit")
class TestLuaJIT(BridgeLaws):
    language = "lua"
    say: ClassVar = SAY
    exact_integers = False


@pytest.mark.usefixtures("lua54")
class TestLua54(BridgeLaws):
    language = "lua"
    say: ClassVar = SAY
