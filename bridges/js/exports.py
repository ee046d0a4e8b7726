"""Proxies of modules: their named exports, then the members of what they export by default."""

from __future__ import annotations

from functools import partial
from typing import Any

from polyhy.proxy import FunctionProxy, Proxy, put

from .holding import Number
from .objects import JsFunction, lasting, lift
from .signatures import Signature, signature


class JsModule(FunctionProxy):
    # A module: its named exports, then the members of its default export, each looked up once.

    __slots__ = ("__default__", "__dict__", "__exports__", "__limits__")
    __native__: Number

    def __init__(
        self, exports: Any, default: Any, limits: tuple[float | None, int | None] = (None, None)
    ) -> None:
        put(self, "__limits__", limits)
        put(self, "__bridge__", exports.__bridge__)
        put(self, "__native__", exports.__native__)
        put(self, "__exports__", lasting(exports))
        put(self, "__default__", self._own(default))

    def __getattr__(self, name: str) -> Any:
        if name[:2] == "__" and name[-2:] == "__":
            raise AttributeError(name)
        value = self._own(self._member(name))
        if isinstance(value, JsFunction):
            self.__dict__[name] = value
        return value

    def _own(self, x: Any) -> Any:
        """The same without a scope; a function is quick, and each of its calls has our limits."""
        own = lift(lasting(x))
        if isinstance(own, JsFunction) and self.__limits__ != (None, None):
            limited = partial(_call_within, own.__bridge__, self.__limits__, own.__call__)
            put(own, "__call__", limited)
        return own

    def _member(self, name: str) -> Any:
        try:
            return getattr(self.__exports__, name)
        except AttributeError:
            if self.__default__ == self.__exports__ or not isinstance(self.__default__, Proxy):
                raise
        return getattr(self.__default__, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__.pop(name, None)
        setattr(self.__exports__, name, value)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not callable(self.__default__):
            raise TypeError(f"the module {self!r} exports no function of its own: call a member")
        return self.__default__(*args, **kwargs)

    @property
    def __doc__(self) -> str | None:  # pyright: ignore[reportIncompatibleVariableOverride]
        return getattr(self.__default__, "__doc__", None)

    @property
    def __signature__(self) -> Signature:
        return signature(self.__bridge__.signature(getattr(self.__default__, "__native__", 0)))

    def __dir__(self) -> list[str]:
        own = self.__default__ if isinstance(self.__default__, Proxy) else self.__exports__
        return sorted({*dir(self.__exports__), *dir(own)})


def _call_within(bridge: Any, limits: Any, call: Any, /, *args: Any, **kwargs: Any) -> Any:
    with bridge.limited(*limits):
        return call(*args, **kwargs)
