"""Proxies of JavaScript objects. A function's call is flat: one Python frame, then the engine."""

from __future__ import annotations

from asyncio import events
from collections.abc import Callable, Generator
from functools import partial
from threading import get_ident
from typing import TYPE_CHECKING, Any

from polyhy.proxy import FunctionProxy, Proxy

from .engine import LOOP
from .errors import engine_error
from .wire import register

if TYPE_CHECKING:
    from .bridge import Js

_put = object.__setattr__
_DIRECT = frozenset({int, float, bool, type(None)})
_NONE = object()
_entered = LOOP.entered

owner_ident = 0
"""The id of the thread that may call: 0 while no runtime runs here, as in a forked child."""


class JsObject(Proxy):
    """An object by its number in the guest's table. `__got__` counts how often it was sent."""

    __slots__ = ("__got__",)
    __native__: int
    __got__: int

    def __init__(self, bridge: Js, number: int) -> None:
        _put(self, "__bridge__", bridge)
        _put(self, "__native__", number)
        _put(self, "__got__", 0)

    def __getattr__(self, name: str) -> Any:
        return _bound(Proxy.__getattr__(self, name), self)

    def __del__(self) -> None:
        self.__bridge__.guest.dropped.append((self.__native__, self.__got__))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Proxy) and (self.__bridge__, self.__native__) == (
            other.__bridge__,
            other.__native__,
        )

    def __hash__(self) -> int:
        return hash(self.__native__)

    def __await__(self) -> Generator[Any, None, Any]:
        future = events.get_running_loop().create_future()
        self.then(future.set_result, partial(_reject, self.__bridge__, future))
        return future.__await__()


class JsFunction(FunctionProxy):
    """A function or class. `__lifted__` calls it in the guest, for `__this__` if it is a method."""

    __slots__ = ("__base__", "__got__", "__lifted__", "__this__")
    __native__: int
    __got__: int
    __lifted__: Callable[..., Any]
    __this__: Any
    __base__: Any

    def __init__(self, bridge: Js, number: int, base: Any = None, this: Any = None) -> None:
        _put(self, "__bridge__", bridge)
        _put(self, "__native__", number)
        _put(self, "__got__", 0)
        _put(self, "__base__", base)
        _put(self, "__this__", this)
        receiver = this.__native__ if this is not None else 0
        _put(self, "__lifted__", partial(bridge.guest.invoke, number, receiver))

    def __call__(self, x: Any = _NONE, /, *rest: Any, **kwargs: Any) -> Any:
        if rest or kwargs or get_ident() != owner_ident:
            return self._call(x, rest, kwargs)
        kind, sent = type(x), x
        if kind is not int and kind not in _DIRECT:
            if x is _NONE:
                return self._call(x, rest, kwargs)
            guest = self.__bridge__.guest
            sent = guest.gives.get(kind, guest.give)(x, 0)
        try:
            result = self.__lifted__(sent)
        except Exception as error:
            failed = error
        else:
            if _entered:
                self.__bridge__.guest.settle()
            if result is True:
                number = register[0]
                register[1] = 0
                return number
            if type(result) is float:  # another call was made in between, and used the tray
                return self._call(x, rest, kwargs)
            return self.__bridge__.guest.takes[type(result)](result)
        return self._failed(x, failed)

    def _call(self, x: Any, rest: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        args = rest if x is _NONE else (x, *rest)
        return self.__bridge__.guest.call(self.__lifted__, (*args, kwargs) if kwargs else args)

    def bound(self, this: Any) -> JsFunction:
        """The same function as a method of `this`, a Proxy."""
        return JsFunction(self.__bridge__, self.__native__, self, this)

    def lift(self) -> None:
        """Make calls quick: it will be called often."""
        this = self.__this__.__native__ if self.__this__ is not None else 0
        _put(self, "__lifted__", self.__bridge__.guest.lift(self.__native__, this))

    def __getattr__(self, name: str) -> Any:
        return _bound(FunctionProxy.__getattr__(self, name), self)

    def _failed(self, x: Any, error: Exception) -> Any:
        """The engine took no such integer, or it gave up on the call."""
        if isinstance(error, OverflowError):
            return self.__bridge__.guest.call(self.__lifted__, (x,))
        self.__bridge__.guest.settle()
        raise engine_error(error) from None

    __del__ = JsObject.__del__
    __eq__ = JsObject.__eq__
    __hash__ = JsObject.__hash__


class JsModule(FunctionProxy):
    """A module: its named exports, then the members of its default export, each looked up once."""

    __slots__ = ("__default__", "__dict__", "__exports__")
    __native__: int

    def __init__(self, exports: Any, default: Any) -> None:
        _put(self, "__bridge__", exports.__bridge__)
        _put(self, "__native__", exports.__native__)
        _put(self, "__exports__", exports)
        _put(self, "__default__", default)

    def __getattr__(self, name: str) -> Any:
        if name[:2] == "__" and name[-2:] == "__":
            raise AttributeError(name)
        value = self._member(name)
        if isinstance(value, JsFunction):
            value.lift()
            self.__dict__[name] = value
        return value

    def _member(self, name: str) -> Any:
        try:
            return getattr(self.__exports__, name)
        except AttributeError:
            if self.__default__ is self.__exports__ or not isinstance(self.__default__, Proxy):
                raise
        return getattr(self.__default__, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__.pop(name, None)
        setattr(self.__exports__, name, value)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not callable(self.__default__):
            raise TypeError(f"the module {self!r} exports no function of its own: call a member")
        return self.__default__(*args, **kwargs)

    def __dir__(self) -> list[str]:
        own = self.__default__ if isinstance(self.__default__, Proxy) else self.__exports__
        return sorted({*dir(self.__exports__), *dir(own)})


def _bound(value: Any, this: Any) -> Any:
    """A function that was found on an object is its method."""
    if isinstance(value, JsFunction) and value.__bridge__ is this.__bridge__:
        return value.bound(this)
    return value


def _reject(bridge: Js, future: Any, reason: Any) -> None:
    try:
        bridge.eval("(reason) => { throw reason }", "")(reason)
    except BaseException as error:
        future.set_exception(error)
