"""Proxies of JavaScript objects. A function's call is flat: one Python frame, then the engine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator
from functools import partial
from typing import TYPE_CHECKING, Any

from polyhy import proxy
from polyhy.errors import Freed
from polyhy.proxy import FunctionProxy, Proxy

from .buffers import interface, view
from .holding import Number
from .signatures import Signature, signature
from .tasks import settled

if TYPE_CHECKING:
    from .serving import Serving

_put = object.__setattr__


class JsObject(Proxy):
    """An object by its number in the guest's table."""

    __slots__ = ()
    __native__: Number

    def __init__(self, bridge: Serving, number: Number) -> None:
        _put(self, "__bridge__", bridge)
        _put(self, "__native__", number)

    def __getattr__(self, name: str) -> Any:
        missing = self.__bridge__.guest.missing(self, name)
        if missing is not None:
            raise missing
        value = Proxy.__getattr__(self, name)
        self.__bridge__.guest.learn(type(self), name)
        return bound(value, self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Proxy) and (self.__bridge__, self.__native__) == (
            other.__bridge__,
            other.__native__,
        )

    def __hash__(self) -> int:
        return hash(self.__native__)

    @property
    def __array_interface__(self) -> dict[str, Any]:
        """numpy looks into the memory of a typed array, without a copy."""
        found = interface(self.__bridge__.guest, self.__native__)
        if found is None:
            raise AttributeError("__array_interface__")
        return found

    def __buffer__(self, flags: int) -> memoryview:
        return view(self.__bridge__.guest, self.__native__)

    def __enter__(self) -> JsObject:
        return _disposable(self, later=False)

    def __exit__(self, *_: Any) -> None:
        self.__bridge__.guest.ask("dispose", self.__native__)

    async def __aenter__(self) -> JsObject:
        return _disposable(self, later=True)

    async def __aexit__(self, *_: Any) -> None:
        end = self.__bridge__.guest.ask("disposeAsync", self.__native__)
        if isinstance(end, JsObject):
            await end

    async def __aiter__(self) -> AsyncIterator[Any]:
        steps = self.__bridge__.guest.ask("iterateAsync", self.__native__)
        finished = False
        try:
            while True:
                finished, value = await self.__bridge__.guest.ask("nextAsync", steps.__native__)
                if finished:
                    return
                yield value
        finally:
            if not finished and hasattr(steps, "return"):
                await getattr(steps, "return")()

    def __await__(self) -> Generator[Any, None, Any]:
        return settled(self).__await__()


class JsFunction(FunctionProxy):
    # A function or class. `__call__` calls it in the guest, for `__this__` if it is a method.

    __slots__ = ("__call__", "__this__")
    __native__: Number
    __call__: Callable[..., Any]  # pyright: ignore[reportIncompatibleMethodOverride]
    __this__: int

    def __init__(self, bridge: Serving, number: Number, this: int = 0) -> None:
        _put(self, "__bridge__", bridge)
        _put(self, "__native__", number)
        _put(self, "__this__", this)
        _put(self, "__call__", bridge.guest.caller(number, this))

    def __getattr__(self, name: str) -> Any:
        return bound(FunctionProxy.__getattr__(self, name), self)

    @property
    def __doc__(self) -> str | None:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self.__bridge__.doc(self.__native__)

    @property
    def __name__(self) -> str:
        return str(self.__bridge__.get(self.__native__, "name"))

    @property
    def __signature__(self) -> Signature:
        return signature(self.__bridge__.signature(self.__native__))

    __eq__ = JsObject.__eq__
    __hash__ = JsObject.__hash__


def bound(value: Any, this: Any) -> Any:
    """A function that was found on an object is its method."""
    if not isinstance(value, JsFunction) or value.__bridge__ is not this.__bridge__:
        return value
    method = type(value)(value.__bridge__, value.__native__, this.__native__)
    if proxy.watchers:
        proxy.tell(method)
    return method


def lift(x: Any) -> Any:
    """Make calls of a function quick: it will be called often."""
    if isinstance(x, JsFunction):
        _put(x, "__call__", x.__bridge__.guest.quick(x.__native__, x.__this__))
    return x


def lasting(x: Any) -> Any:
    """Another Proxy of the same object, which belongs to no scope."""
    if type(x) is JsFunction:
        return JsFunction(x.__bridge__, x.__native__, x.__this__)
    return type(x)(x.__bridge__, x.__native__) if isinstance(x, JsObject) else x


def free(x: Any) -> None:
    """The scope of a Proxy is over: its function is called no more."""
    if isinstance(x, JsFunction):
        _put(x, "__call__", partial(_freed, x.__bridge__.name))
        _put(x, "__this__", 0)


def _freed(language: str, *_: Any, **__: Any) -> Any:
    raise Freed(language=language)


def _disposable(x: JsObject, *, later: bool) -> JsObject:
    if not x.__bridge__.guest.ask("hasDispose", x.__native__, later):
        name = "asyncDispose" if later else "dispose"
        raise TypeError(f"this js object has no Symbol.{name}, which `with` calls at its end")
    return x
