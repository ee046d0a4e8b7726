"""Proxy: our live view of a guest's object. It answers like data and calls like a function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import get_ident
from typing import TYPE_CHECKING, Any

from polyhy.errors import UsageError
from polyhy.values import Lent

if TYPE_CHECKING:
    from polyhy.bridge import Bridge


watchers: list[Callable[[Proxy], None]] = []
"""Told of each Proxy that is made: the scopes that are open."""


_unwatched: list[int] = []


def tell(made: Proxy) -> None:
    """Tell the scopes that are open of a Proxy that was made."""
    if get_ident() not in _unwatched:
        for watch in tuple(watchers):
            watch(made)


@contextmanager
def unwatched() -> Iterator[None]:
    """Let what this thread makes within belong to no scope: a runtime's own Proxies."""
    here = get_ident()
    _unwatched.append(here)
    try:
        yield
    finally:
        _unwatched.remove(here)


class Proxy:
    """A guest's object by reference.

    `p.name`, `p[key]`, `len(p)`, `key in p`, iteration and `repr(p)` reach the guest; two Proxies
    of one object are equal; passed back to its guest it is the very same object there.
    """

    __slots__ = ("__bridge__", "__native__", "__weakref__")
    __bridge__: Any  # a Bridge; rooms say which
    __native__: Any

    def __init__(self, bridge: Bridge, native: Any) -> None:
        _put(self, "__bridge__", bridge)
        _put(self, "__native__", native)
        if watchers:
            tell(self)

    def __getattr__(self, name: str) -> Any:
        if name[:2] == "__" and name[-2:] == "__":
            raise AttributeError(name)
        return self.__bridge__.get(self.__native__, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self.__bridge__.set(self.__native__, name, value)

    def __delattr__(self, name: str) -> None:
        self.__bridge__.delete(self.__native__, name)

    def __getitem__(self, key: Any) -> Any:
        return self.__bridge__.item(self.__native__, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.__bridge__.set_item(self.__native__, key, value)

    def __delitem__(self, key: Any) -> None:
        self.__bridge__.delete_item(self.__native__, key)

    def __len__(self) -> int:
        return self.__bridge__.length(self.__native__)

    def __bool__(self) -> bool:
        return True

    def __contains__(self, key: Any) -> bool:
        return self.__bridge__.contains(self.__native__, key)

    def __iter__(self) -> Iterator[Any]:
        return self.__bridge__.iterate(self.__native__)

    def __repr__(self) -> str:
        return self.__bridge__.show(self.__native__)

    def __str__(self) -> str:
        return self.__bridge__.text(self.__native__)

    def __dir__(self) -> list[str]:
        return self.__bridge__.members(self.__native__)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Proxy) and self.__native__ == other.__native__

    def __hash__(self) -> int:
        return hash(self.__native__)

    def __copy__(self) -> Any:
        return self

    def __reduce__(self) -> Any:
        raise TypeError(
            f"a {self.__bridge__.name} object lives in this process only; pickle (data x) instead"
        )


class FunctionProxy(Proxy):
    """A guest's function or class: calling a class constructs."""

    __slots__ = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.__bridge__.call(self.__native__, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        if name[:2] == "__" and name[-2:] == "__":
            if name == "__doc__":
                return self.__bridge__.doc(self.__native__)
            raise AttributeError(name)
        try:
            return self.__bridge__.get(self.__native__, name)
        except AttributeError:
            if name == "new":
                return partial(_new, self)
            raise


def by_ref(x: Any) -> Any:
    """Cross by reference what would be copied.

    A guest function: `by_ref(f)(xs)` leaves its data result in the guest, as a Proxy.
    A Python container: `f(by_ref(xs))` lends it, and the guest's changes are made in it.
    """
    if isinstance(x, Proxy):
        return partial(_call_by_ref, x)
    return Lent(x)


def data(x: Any) -> Any:
    """Copy the data out of a Proxy; anything else is returned as it is."""
    return x.__bridge__.copy(x.__native__) if isinstance(x, Proxy) else x


def limited(f: Any, *, timeout: float | None = None, memory: int | None = None) -> Any:
    """Call a guest's function with limits: `limited(f, timeout=1.5)(x)`.

    TimedOut after `timeout` seconds, OutOfMemory where the guest holds more than `memory` bytes.
    """
    if not isinstance(f, Proxy):
        raise UsageError(f"only a guest's function can be limited, not a {type(f).__name__}")
    return partial(_call_limited, f, timeout, memory)


put: Callable[[Any, str, Any], None] = object.__setattr__
"""Set one of a Proxy's own two members, which its guest's members would hide."""

_put = put


def _new(function: FunctionProxy, *args: Any, **kwargs: Any) -> Any:
    return function.__bridge__.new(function.__native__, args, kwargs)


def _call_limited(f: Any, timeout: Any, memory: Any, /, *args: Any, **kwargs: Any) -> Any:
    with f.__bridge__.limited(timeout, memory):
        return f(*args, **kwargs)


def _call_by_ref(function: Proxy, *args: Any, **kwargs: Any) -> Any:
    return function.__bridge__.call_by_ref(function.__native__, args, kwargs)
