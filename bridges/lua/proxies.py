"""Proxies of Lua's functions and objects: a short path for f(int), all else by the bridge."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any

from polyhy.proxy import FunctionProxy, Proxy

if TYPE_CHECKING:
    from .bridge import Lua

_INFIX = {
    **{"add": "+", "sub": "-", "mul": "*", "truediv": "/", "mod": "%", "pow": "^"},
    **{"floordiv": "//", "and": "&", "or": "|", "xor": "~", "lshift": "<<", "rshift": ">>"},
}
OPERATORS = {
    **{f"__{name}__": f"a {sign} b" for name, sign in _INFIX.items()},
    **{f"__r{name}__": f"b {sign} a" for name, sign in _INFIX.items()},
    **{"__lt__": "a < b", "__le__": "a <= b", "__gt__": "a > b", "__ge__": "a >= b"},
    **{"__neg__": "-a", "__invert__": "~a"},
}
"""Python's operators as Lua writes them; its metamethods answer. LuaJIT has not all of them."""


_ABSENT: Any = object()


class LuaObject(Proxy):
    """A table that is behaviour, a userdata or a coroutine."""

    __slots__ = ()
    __bridge__: Lua  # pyright: ignore[reportIncompatibleVariableOverride]

    def __next__(self) -> Any:
        return next(self.__bridge__.iterate(self.__native__))

    def __enter__(self) -> Any:
        self.__bridge__.closing(self.__native__)
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        self.__bridge__.close(self.__native__, error)


class LuaFunction(FunctionProxy):
    # A function, or an object with `__call`. Each has a `__call__` of its own: a step less.

    __slots__ = ("__call__",)
    __signature__ = Signature(
        [Parameter("args", Parameter.VAR_POSITIONAL), Parameter("kwargs", Parameter.VAR_KEYWORD)]
    )
    __bridge__: Lua  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(self, bridge: Lua, native: Any, one: Callable[[int], Any]) -> None:
        """`one` calls it with one whole number or text."""
        super().__init__(bridge, native)
        _set_call(self, _caller(bridge, native, one))

    @property
    def __doc__(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        said = self.__bridge__.signature(self.__native__), self.__bridge__.doc(self.__native__)
        return "\n\n".join(filter(None, said)) or "A function in C."

    def free(self) -> None:
        """Let the way in go, too, with the scope that this was made in."""
        _set_call(self, self.__bridge__.freed)


_set_call: Callable[..., None] = LuaFunction.__call__.__set__  # type: ignore[attr-defined]


def _caller(bridge: Lua, native: Any, one: Callable[[int], Any]) -> Callable[..., Any]:
    def call(x: Any = _ABSENT, /, *rest: Any, **named: Any) -> Any:
        if rest or named:
            return bridge.call(native, () if x is _ABSENT else (x, *rest), named)
        kind = type(x)
        try:
            if kind is int or (kind is str and x.isascii()):
                result = one(x)
            elif x is _ABSENT:
                result = bridge.guest["call"](native)
            else:
                result = bridge.guest["call"](native, bridge.send(x, ("args", 0)))
            kind = type(result)
            if kind is int or (kind is str and result.isascii()):
                return result
            return bridge.receive.value(result)
        except BaseException as error:
            meant = bridge.meant(error, x)
        raise meant

    return call


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
