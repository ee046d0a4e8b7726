"""What Lua asks of Python: to call, to read and set members, to raise."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from polyhy.errors import ConversionError, Stopped
from polyhy.tracebacks import traceback
from polyhy.values import Lent, null, places

from .errors import frames, lua_error
from .native import check as check_native
from .receive import text
from .refs import Passing, Ref, out_of

if TYPE_CHECKING:
    from .bridge import Lua

NEXT = -2
"""The number of arguments of an iterator, which a `for` of Lua's may call."""

NO_MEMORY = "not enough memory"
_HIDDEN = re.compile(r"__|(gi|cr|ag|tb)_(frame|code)|f_(back|builtins|code|globals|locals)$")


class Calls:
    """The functions that guest.lua and python.lua call; the bridge converts for them."""

    def __init__(self, bridge: Lua, by_ref: Callable[[Any], Any]) -> None:
        self.bridge = bridge
        self.by_ref = by_ref

    def table(self) -> dict[str, Callable[..., Any]]:
        """Those that Lua calls with raw values."""
        mine = ("as_float", "check_native", "exit", "fail", "inexact", "name", "places", "stopped")
        return {
            "ask_live": self.ask_live,
            "hold_coroutine": _passing(self.bridge.coroutines.hold),
            **{name: _passing(getattr(self, name)) for name in mine},
        }

    def limits(self) -> dict[str, Callable[..., Any]]:
        """Those that say how far Lua may go."""
        limits = self.bridge.limits
        return {
            "check": _passing(limits.check),
            "lift": limits.lift,
            "lower": _passing(limits.lower),
            "rest": self.bridge.looks.rest,
            "show": self.bridge.looks.show,
            "forget": self.bridge.looks.forget,
            "want": self.bridge.looks.want,
        }

    def ask_live(self, away: bool, function: Ref, *tokens: Any) -> Any:
        """Call with the values of `tokens`; `away` is true inside a coroutine."""
        try:
            values = self.bridge.receive.all(tokens, away)
            return self.answer(self._called(function.value, values))
        except BaseException as error:
            raise Passing(error) from None

    def _called(self, function: Callable[..., Any], args: Any) -> Any:
        if self.bridge.limits.depth:
            return self.bridge.limits.around(function, args)
        return self.bridge.turns.aside(function, args)

    def answer(self, result: Any) -> Any:
        """What lupa shall push for the result of a function of Python's."""
        try:
            if type(result) is tuple:
                send = self.bridge.send
                return tuple([send(x, ("result", i)) for i, x in enumerate(result)])
            return self.bridge.send(result, "result")
        except ConversionError as error:
            # Tables half made for a coroutine must not live on in a traceback.
            raise error.with_traceback(None) from None

    def as_float(self, number: float) -> Any:
        return self.by_ref(float(number))

    def places(self, ref: Any) -> int:
        function = out_of(ref)
        if callable(function):
            return places(function)
        return NEXT if isinstance(function, Iterator) else -1

    def fail(
        self, error: Any, trace: str = "", kind: str = "", message: str = "", *tokens: Any
    ) -> None:
        error = out_of(error)
        if isinstance(error, BaseException):
            self.bridge.send.count()
            passed = traceback(frames(_as_text(trace)), "lua", error.__traceback__)
            raise error.with_traceback(passed)
        if not kind:
            raise lua_error(trace, type(error).__name__, str(error), error)
        values = self.bridge.receive.all(tokens)
        trace, kind, message = (_as_text(x) for x in (trace, kind, message))
        if message == NO_MEMORY:
            raise self.bridge.limits.out_of_memory()
        failed = lua_error(trace, kind, message, values[0] if values else None)
        raise failed.with_traceback(traceback(failed.frames, "lua"))

    def exit(self, code: Any = None, *_: Any) -> None:
        """Lua's `os.exit`: Python's own way out, with all that it does on it."""
        if not isinstance(code, (int, float, type(None))):
            raise TypeError("bad argument #1 to 'exit' (a number or a boolean expected)")
        raise SystemExit(int(not code) if isinstance(code, bool) else int(code or 0))

    def inexact(self) -> None:
        self.bridge.send(2**53, ("args", 0))

    def check_native(self, file: str) -> None:
        check_native(str(text(file)), self.bridge.engine)

    def name(self, ref: Ref, name: str) -> tuple[bool, Any]:
        """A name of a prompt's session: whether it is there, and its value for Lua."""
        names, key = ref.value, text(name)
        if key not in names:
            return False, None
        return True, self.bridge.send(names[key], str(key))

    def stopped(self, *_: Any) -> None:
        raise Stopped(language="lua")


def index(x: Any, key: Any) -> Any:
    """Lua's `x[key]`: an item of a mapping, an item counted from 1, or an attribute; else nil."""
    if not isinstance(x, Mapping) and type(key) is not int:
        return None if _HIDDEN.match(key) else _live(getattr(x, key, None))
    try:
        if isinstance(x, Mapping):
            return _live(x[key])
        return _live(x[key - 1]) if key > 0 else None
    except LookupError:
        return None


def set_index(x: Any, key: Any, value: Any) -> None:
    """Lua's `x[key] = value`; nil takes an item of a mapping away, or the last of a list."""
    if isinstance(x, Mapping):
        _set_or_delete(cast("MutableMapping[Any, Any]", x), key, value)
    elif type(key) is not int:
        if _HIDDEN.match(key):
            raise AttributeError(f"{key!r} is not for guests")
        setattr(x, key, value)
    elif key == len(x) + 1 and value is not None and hasattr(x, "append"):
        x.append(value)
    elif key == len(x) and value is None and hasattr(x, "pop"):
        x.pop()
    else:
        x[_from_one(key)] = value


def pairs(x: Any) -> Callable[..., Any]:
    """Lua's `pairs(x)`: keys and values of a mapping, numbers from 1 and items of anything else."""
    if isinstance(x, Mapping):
        steps: Iterator[Any] = iter(list(x.items()))
    else:
        steps = enumerate(x, 1)

    def step(*_: Any) -> Any:
        key, value = next(steps, (None, None))
        return key, _live(value)

    return step


def item(x: Any, key: Any) -> Any:
    """A sandbox's `x[key]`: an item of a container, and never an attribute."""
    return index(x, key) if isinstance(x, Mapping) or _is_place(x, key) else None


def set_item(x: Any, key: Any, value: Any) -> None:
    """A sandbox's `x[key] = value`."""
    if not (isinstance(x, MutableMapping) or _is_place(x, key)):
        raise AttributeError("the attributes of Python objects are not for a sandbox")
    set_index(x, key, value)


def items(x: Any) -> Callable[..., Any]:
    """A sandbox's `pairs(x)`."""
    if not isinstance(x, (Mapping, Sequence)):
        raise TypeError("only the items of a container are for a sandbox")
    return pairs(x)


def _is_place(x: Any, key: Any) -> bool:
    return isinstance(x, Sequence) and type(key) is int


def set_name(names: MutableMapping[str, Any], name: str, value: Any) -> None:
    """Set a name of a prompt's session; nil takes it away."""
    _set_or_delete(names, name, value)


def advance(steps: Iterator[Any]) -> Any:
    """What a `for` of Lua's gets of an iterator: nil ends it, so None comes as null."""
    for value in steps:
        return null if value is None else _live(value)
    return None


def _passing(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function for Lua to call, whose exceptions are new to Lua each time."""

    def call(*args: Any) -> Any:
        try:
            return function(*args)
        except BaseException as error:
            raise Passing(error) from None

    return call


EVENTS: dict[str, Callable[..., Any]] = {
    "__index": index,
    "__newindex": set_index,
    "__len": len,
    "__eq": lambda a, b: bool(a == b),
    "__tostring": str,
    "__pairs": pairs,
}
"""Lua's metamethods of Python's objects."""

SANDBOX_EVENTS = EVENTS | {"__index": item, "__newindex": set_item, "__pairs": items}


def _live(value: Any) -> Any:
    return Lent(value) if type(value) in (list, dict, set, tuple) else value


def _set_or_delete(x: MutableMapping[Any, Any], key: Any, value: Any) -> None:
    if value is None:
        x.pop(key, None)
    else:
        x[key] = value


def _from_one(key: int) -> int:
    if key < 1:
        raise IndexError(f"Lua counts from 1: there is no item {key}")
    return key - 1


def _as_text(x: str) -> str:
    return x.encode("latin-1").decode("utf-8", "replace")
