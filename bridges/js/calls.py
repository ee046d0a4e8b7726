"""The flat path: a call of a script's function, or a look at a member, is one frame and the engine.

What is quick to lay out is no argument: it lies in the register, where the function takes it.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import get_ident
from typing import TYPE_CHECKING, Any, Final

from polyhy import owner
from polyhy.values import MAX_SAFE

from .errors import engine_error
from .jobs import LOOP
from .marshal import STRING
from .objects import bound
from .wire import LAID, NOTHING, beside, entry, register, unmarshal

if TYPE_CHECKING:
    from .engine_guest import EngineGuest

owner_ident = 0
"""The id of the thread that may call: 0 while no runtime runs here, as in a forked child."""

_NONE: Final = object()
_DIRECT: Final = frozenset({float, bool, type(None)})
_SMALL: Final = 2**30 - 1  # one digit of CPython's, which it compares quickest
_SHORT: Final = 1 << 16  # a text that needs no check of its length
_AGAIN: Final = 0.0  # a call in between took what was laid out; else it must go another way
_jobs = LOOP.jobs


def caller(guest: EngineGuest, function: Callable[..., Any]) -> Callable[..., Any]:
    """What calls a function of the guest's as a Proxy is called."""

    def call(x: Any = _NONE, /, *rest: Any, **kwargs: Any) -> Any:
        if rest or kwargs or get_ident() != owner_ident:
            return _call(guest, function, x, rest, kwargs)
        kind = type(x)
        if kind is int and -_SMALL <= x <= _SMALL:
            entry[1], sent = x, LAID
        elif kind is str and len(x) < _SHORT and x.isascii():
            sent = x + STRING
        else:
            sent = x if kind in _DIRECT else _lay(guest, x)
        try:
            result = function() if sent is LAID else function(sent)
        except guest.broken as error:
            raise engine_error(error) from None
        if result is True:
            value, register[1] = register[0], 0
        elif result is guest.null:
            value, register[1] = unmarshal(beside), 0
        elif type(result) is float:
            return _call_again(guest, function, x, result)
        else:
            return guest.settled(result)
        if _jobs:
            guest.settle()
        return value

    return call


def reader(guest: EngineGuest, name: str, getter: Callable[[], Any]) -> property:
    """What reads the member `name` of the guest's objects; where it fails, `__getattr__` does."""

    def read(x: Any) -> Any:
        if get_ident() != owner_ident:
            raise AttributeError(name)
        try:
            entry[1] = x.__native__
            result = getter()
        except guest.broken as error:
            raise engine_error(error) from None
        except TypeError:  # a scope's end freed it
            raise AttributeError(name) from None
        if result is True and not _jobs:
            number, register[1] = register[0], 0
            return number
        return _member(guest, x, name, result)

    return property(read)


def _lay(guest: EngineGuest, x: Any) -> Any:
    kind = type(x)
    if kind is int and -MAX_SAFE <= x <= MAX_SAFE:
        entry[1] = x
        return LAID
    if kind is not list:
        ticket = NOTHING if x is _NONE else guest.lending.tickets.get(id(x))
        if ticket is not None:  # a function that the engine was lent before
            entry[1] = ticket
            return LAID
    if guest.lending.many or guest.unpinned:
        guest.tidy()
    return guest.gives_alone.get(kind, guest.give)(x, 0)


def _call(
    guest: EngineGuest, function: Callable[..., Any], x: Any, rest: tuple[Any, ...], kwargs: Any
) -> Any:
    if get_ident() != owner_ident:
        guest.check()
        return owner.run(lambda: caller(guest, function)(x, *rest, **kwargs))
    args = rest if x is _NONE else (x, *rest)
    return guest.call(function, (*args, kwargs) if kwargs else args)


def _call_again(guest: EngineGuest, function: Callable[..., Any], x: Any, why: float) -> Any:
    return caller(guest, function)(x) if why == _AGAIN else guest.call(function, (x,))


def _member(guest: EngineGuest, x: Any, name: str, result: Any) -> Any:
    if type(result) is float:
        return getattr(x, name)
    try:
        value = guest.settled(result)
    except AttributeError as error:
        guest.missed = x, name, error
        raise
    method = bound(value, x)
    if method is not value:
        guest.recent.append(value)
    return method
