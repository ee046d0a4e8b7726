"""Proxies of Lua's functions and objects: a short path for f(int), all else by the bridge."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from polyhy.proxy import FunctionProxy, Proxy

if TYPE_CHECKING:
    from .bridge import Lua

OPERATORS = {
    "__add__": "a + b",
    "__sub__": "a - b",
    "__mul__": "a * b",
    "__truediv__": "a / b",
    "__mod__": "a % b",
    "__pow__": "a ^ b",
    "__lt__": "a < b",
    "__le__": "a <= b",
    "__gt__": "a > b",
    "__ge__": "a >= b",
    "__radd__": "b + a",
    "__rsub__": "b - a",
    "__rmul__": "b * a",
    "__rtruediv__": "b / a",
    "__neg__": "-a",
}
"""Python's operators, answered by Lua's metamethods."""


_ABSENT: Any = object()


class LuaObject(Proxy):
    """A table that is behaviour, a userdata or a coroutine."""

    __slots__ = ()
    __bridge__: Lua  # pyright: ignore[reportIncompatibleVariableOverride]


class LuaFunction(FunctionProxy):
    """A function, or an object with `__call`. `_one` calls it with one whole number."""

    __slots__ = ("_one",)
    __bridge__: Lua  # pyright: ignore[reportIncompatibleVariableOverride]
    _one: Callable[[int], Any]

    def __init__(self, bridge: Lua, native: Any, one: Callable[[int], Any]) -> None:
        super().__init__(bridge, native)
        _set_one(self, one)

    def __call__(self, x: Any = _ABSENT, /, *rest: Any, **named: Any) -> Any:
        if type(x) is int and not rest and not named:
            try:
                result = self._one(x)
            except Exception as error:
                self.__bridge__.explain(error, x)
                raise
            return result if type(result) is int else self.__bridge__.receive.value(result)
        args = () if x is _ABSENT else (x, *rest)
        return self.__bridge__.call(self.__native__, args, named)


_set_one = LuaFunction._one.__set__  # type: ignore[attr-defined]


def _same(self: Any, other: object) -> Any:
    if not isinstance(other, (LuaObject, LuaFunction)):
        return NotImplemented
    if self.__bridge__ is not other.__bridge__:
        return False
    return self.__bridge__.same(self.__native__, other.__native__)


def _address(self: Any) -> int:
    return self.__bridge__.address(self.__native__)


def _operator(name: str) -> Callable[..., Any]:
    def operate(self: Any, other: Any = None) -> Any:
        return self.__bridge__.operate(name, self, other)

    return operate


for _class in (LuaObject, LuaFunction):
    _class.__eq__ = _same  # type: ignore[assignment]
    _class.__hash__ = _address  # type: ignore[assignment]
    for _name in OPERATORS:
        setattr(_class, _name, _operator(_name))
