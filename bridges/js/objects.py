"""Proxies of JavaScript objects. A function's call is flat: one Python frame, then the engine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator
from functools import partial
from threading import get_ident
from typing import TYPE_CHECKING, Any

from polyhy import proxy
from polyhy.errors import Freed
from polyhy.proxy import FunctionProxy, Proxy

from .buffers import interface, view
from .errors import engine_error
from .holding import Number
from .jobs import LOOP
from .marshal import STRING
from .signatures import Signature, signature
from .tasks import settled
from .wire import register

if TYPE_CHECKING:
    from .serving import Serving

_put = object.__setattr__
_DIRECT = frozenset({int, float, bool, type(None)})
_NONE = object()
_NAMES = 2000  # members with a function of their own that reads them
_SHORT = 1 << 16  # a text that needs no check of its length
_jobs = LOOP.jobs

owner_ident = 0
"""The id of the thread that may call: 0 while no runtime runs here, as in a forked child."""


class JsObject(Proxy):
    """An object by its number in the guest's table."""

    __slots__ = ()
    __native__: Number

    def __init__(self, bridge: Serving, number: Number) -> None:
        _put(self, "__bridge__", bridge)
        _put(self, "__native__", number)

    def __getattr__(self, name: str) -> Any:
        guest = self.__bridge__.guest
        getter = guest.getters.get(name)
        if getter is None or get_ident() != owner_ident:
            return self._find(name)
        try:
            result = getter(self.__native__)
        except Exception as error:
            raise engine_error(error) from None
        if result is True and not _jobs:
            number = register[0]
            register[1] = 0
            return number
        value = guest.takes[type(result)](result)
        if _jobs:
            guest.settle()
        return value.bound(self) if type(value) is JsFunction else value

    def _find(self, name: str) -> Any:
        if name[:2] == "__" and name[-2:] == "__":
            raise AttributeError(name)
        guest = self.__bridge__.guest
        if guest.lends and len(guest.getters) < _NAMES and get_ident() == owner_ident:
            guest.getter(name)
            return self.__getattr__(name)
        return _bound(Proxy.__getattr__(self, name), self)

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
    # A function or class. `__lifted__` calls it in the guest, for `__this__` if it is a method.

    __slots__ = ("__lifted__", "__this__")
    __native__: Number
    __lifted__: Callable[..., Any]
    __this__: int

    def __init__(self, bridge: Serving, number: Number, this: int = 0) -> None:
        _put(self, "__bridge__", bridge)
        _put(self, "__native__", number)
        _put(self, "__this__", this)
        _put(self, "__lifted__", partial(bridge.guest.invoke, number, this))

    def __call__(self, x: Any = _NONE, /, *rest: Any, **kwargs: Any) -> Any:
        if rest or kwargs or get_ident() != owner_ident:
            return self._call(x, rest, kwargs)
        kind, sent = type(x), x
        if kind is str and len(x) < _SHORT and x.isascii():
            sent = x + STRING
        elif kind is not int and kind not in _DIRECT:
            if x is _NONE:
                return self._call(x, rest, kwargs)
            guest = self.__bridge__.guest
            if guest.lending.many or guest.unpinned:
                return self._call(x, rest, kwargs)
            sent = guest.gives_alone.get(kind, guest.give)(x, 0)
        try:
            result = self.__lifted__(sent)
        except Exception as error:
            failed = error
        else:
            if _jobs:
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
        method = type(self)(self.__bridge__, self.__native__, this.__native__)
        if proxy.watchers:
            proxy.tell(method)
        return method

    def lift(self) -> None:
        """Make calls quick: it will be called often."""
        _put(self, "__lifted__", self.__bridge__.guest.lift(self.__native__, self.__this__))

    def free(self) -> None:
        """Its scope is over."""
        _put(self, "__lifted__", partial(_freed, self.__bridge__.name))
        _put(self, "__this__", 0)

    def __getattr__(self, name: str) -> Any:
        return _bound(FunctionProxy.__getattr__(self, name), self)

    def _failed(self, x: Any, error: Exception) -> Any:
        """The engine took no such integer, or it gave up on the call."""
        if isinstance(error, OverflowError):
            return self.__bridge__.guest.call(self.__lifted__, (x,))
        raise engine_error(error) from None

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


def lasting(x: Any) -> Any:
    """Another Proxy of the same object, which belongs to no scope."""
    if type(x) is JsObject:
        return JsObject(x.__bridge__, x.__native__)
    return type(x)(x.__bridge__, x.__native__, x.__this__) if type(x) is JsFunction else x


def _freed(language: str, *_: Any) -> Any:
    raise Freed(language=language)


def _disposable(x: JsObject, *, later: bool) -> JsObject:
    if not x.__bridge__.guest.ask("hasDispose", x.__native__, later):
        name = "asyncDispose" if later else "dispose"
        raise TypeError(f"this js object has no Symbol.{name}, which `with` calls at its end")
    return x


def _bound(value: Any, this: Any) -> Any:
    """A function that was found on an object is its method."""
    if isinstance(value, JsFunction) and value.__bridge__ is this.__bridge__:
        return value.bound(this)
    return value
