"""Python to Lua: README.md's first value table as code."""

from __future__ import annotations

import types
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from marshal import dumps
from numbers import Integral
from operator import countOf
from typing import TYPE_CHECKING, Any

from polyhy.errors import ConversionError, Stopped
from polyhy.proxy import FunctionProxy, Proxy
from polyhy.values import (
    LISTED,
    MAX_DEPTH,
    MAX_SAFE,
    Lent,
    check_text,
    listed,
    member,
    null,
    places,
    too_deep,
)

from .buffers import is_buffer, lend
from .direct import caller
from .proxies import LuaFunction, LuaObject
from .refs import Ref

if TYPE_CHECKING:
    from .bridge import Lua

Path = Any
"""`"args[0]"`, or a pair of the path around and a key: made to text only for an error."""


class Send:
    """The way into one runtime: `send(x, "result")` is what lupa shall push for `x`."""

    def __init__(self, bridge: Lua, vm: Any, by_ref: Callable[[Any], Any]) -> None:
        self.bridge = bridge
        self.table: Callable[[Any], Any] = vm.table_from
        self.reference = by_ref
        self.null = by_ref(None)
        self.references = 0
        self.wide = vm.lua_version > (5, 2)
        self.smallest, self.largest = (-(2**63), 2**63 - 1) if self.wide else (-MAX_SAFE, MAX_SAFE)

    def __call__(self, x: Any, path: Path) -> Any:
        try:
            return self.value(x, path, 0)
        except RecursionError:
            if not isinstance(x, (list, tuple, dict)):
                raise
            raise too_deep(_text_of(path)) from None

    def all(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[Any]:
        """The arguments of a call, keyword arguments as a table in the end."""
        sent = []
        for x in args:
            kind = type(x)
            if kind in _SAME or (kind is str and x.isascii()):
                sent.append(x)
            else:
                sent.append(self(x, ("args", len(sent))))
        if kwargs:
            sent.append(self(dict(kwargs), "kwargs"))
        return sent

    def value(self, x: Any, path: Path, depth: int) -> Any:
        """What lupa shall push for `x`, which stands at `path` within `depth` containers."""
        kind = type(x)
        if (kind is str and x.isascii()) or kind in _SAME:
            return x
        return _SEND.get(kind, Send._other)(self, x, path, depth)

    def by_ref(self, x: Any) -> Any:
        """What lupa shall push for `x` itself."""
        self.count()
        return self.reference(Ref(x))

    def count(self) -> None:
        """Let Lua's collector work for references: it can't see how large Python's objects are."""
        self.references += 1
        if self.references % 20 == 0:
            self.bridge.collect(b"step", 50)

    def _int(self, x: int, path: Path, depth: int = 0) -> int:
        if self.smallest <= x <= self.largest:
            return x
        held = "64 bits" if self.wide else "±(2**53 - 1)"
        raise _refused(f"the integer {_brief(x)} is beyond {held}, all that Lua holds", path, _BIG)

    def _text(self, x: str, path: Path, depth: int) -> bytes:
        return str.encode(check_text(x, _text_of(path)))

    def _list(self, x: Any, path: Path, depth: int) -> Any:
        kind = type(x[0]) if x else None
        made = None
        if kind in _NUMBERS and type(x[-1]) in _NUMBERS:
            made = self._numbers(x)
        elif kind is str:
            made = self._texts(x)
        if made is not None:
            return made
        if depth >= MAX_DEPTH:
            raise too_deep(_top_of(path))
        sent = []
        for i, v in enumerate(x):
            kind = type(v)
            plain = kind in _PLAIN or (kind is str and v.isascii())
            sent.append(v if plain else self._nested(v, (path, i), depth + 1))
        return self.table(sent)

    def _listed(self, x: Any, path: Path, depth: int) -> Any:
        return self._list(listed(x, _text_of(path)), path, depth)

    def _numbers(self, x: Any) -> Any:
        """The table of numbers and booleans; None where an item is anything else, or too large."""
        unpacked = self.bridge.guest["unpacked"]
        try:
            if unpacked and not self.bridge.limits.depth:
                return unpacked(dumps(x, 2))
            alike = _NUMBERS.issuperset(map(type, x))
            return self.table(x) if alike and (self.wide or self._holds(x)) else None
        except (OverflowError, ValueError):
            return None

    def _texts(self, x: Any) -> Any:
        alike = countOf(map(type, x), str) == len(x)
        return self.table(x) if alike and "".join(x).isascii() else None

    def _holds(self, numbers: Any) -> bool:
        """Whether LuaJIT's integers hold these; the floats among them may say no in vain."""
        return self.smallest <= min(numbers) and max(numbers) <= self.largest

    def _dict(self, x: Any, path: Path, depth: int) -> Any:
        if depth >= MAX_DEPTH:
            raise too_deep(_top_of(path))
        sent = {}
        for k, v in x.items():
            kind = type(v)
            key = k if type(k) is str and k.isascii() else self._key(k, x, path)
            plain = kind in _PLAIN or (kind is str and v.isascii())
            sent[key] = v if plain else self._nested(v, (path, k), depth + 1)
        return self.table(sent)

    def _set(self, x: Any, path: Path, depth: int) -> Any:
        return self.table({self._key(k, x, path): True for k in x})

    def _nested(self, x: Any, path: Path, depth: int) -> Any:
        return self.null if x is None else _SEND.get(type(x), Send._other)(self, x, path, depth)

    def _nothing(self, x: Any, path: Path, depth: int) -> Any:
        if x is null:
            return self.null
        if depth:
            raise _refused("a Lua table can't hold nil", path, "send polyhy.null")
        return None

    def _key(self, key: Any, keys: Any, path: Path) -> Any:
        if type(key) not in _KEYS or key != key:
            raise _refused(f"a Lua table has no key like {key!r}", path, "use texts or numbers")
        if type(key) is bytes and key.decode("utf-8", "surrogateescape") in keys:
            raise _refused(f"{key!r} and the same text are one key in Lua", path, "drop one")
        return self.value(key, (path, key), 1)

    def _lent(self, x: Lent, path: Path, depth: int) -> Any:
        return self.by_ref(x.value)

    def _proxy(self, x: Proxy, path: Path, depth: int) -> Any:
        if x.__bridge__ is self.bridge:
            return x.__native__
        if not x.__bridge__.ops:
            raise Stopped(language="lua")
        # Two runtimes share nothing: to this one it is a Python object, and what is done with it
        # goes through us.
        if x.__bridge__.ask("is_function", x.__native__):
            return self._function(x, path, depth)
        return self.by_ref(x)

    def _function(self, x: Any, path: Path, depth: int) -> Any:
        known = self.bridge.known(id(x))
        if known is not None:
            return known
        owner = getattr(x, "__self__", None)
        bound = owner is not None and not isinstance(owner, types.ModuleType)
        call, takes = caller(self.bridge, x)
        return self.bridge.callable(id(x), call, takes, self.by_ref(x), places(x), bound)

    def _other(self, x: Any, path: Path, depth: int) -> Any:
        for base, send in _BASES:
            if isinstance(x, base):
                return send(self, x, path, depth)
        if type(x).__module__ == "numpy" and getattr(x, "shape", None) == ():
            plain = x.item()
            if type(plain) is not type(x):
                return self.value(plain, path, depth)
        if self.bridge.guest["buffer"] and is_buffer(x):
            lent = lend(self.bridge, x)
            return self.by_ref(x) if lent is None else lent
        return self.by_ref(x)


_SAME = frozenset({type(None), bool, float, bytes})
_PLAIN = frozenset({bool, float, bytes})
_NUMBERS = frozenset({bool, float, int})
_KEYS = frozenset({str, bytes, int, float, bool})
_BIG = "send it as a float or a text, or run Lua 5.4, which holds 64 bits: POLYHY_LUA=5.4"

_SEND: dict[type, Callable[[Send, Any, Path, int], Any]] = {
    int: Send._int,
    str: Send._text,
    list: Send._list,
    tuple: Send._list,
    **dict.fromkeys(LISTED, Send._listed),
    dict: Send._dict,
    OrderedDict: Send._dict,
    defaultdict: Send._dict,
    Counter: Send._dict,
    set: Send._set,
    frozenset: Send._set,
    Lent: Send._lent,
    LuaObject: Send._proxy,
    LuaFunction: Send._proxy,
    type(null): Send._nothing,
}

_BASES: tuple[tuple[Any, Callable[[Send, Any, Path, int], Any]], ...] = (
    (str, lambda way, x, path, depth: way.value(str.__str__(x), path, depth)),
    (bytes, lambda way, x, path, depth: bytes(x)),
    (float, lambda way, x, path, depth: float(x)),
    (Integral, lambda way, x, path, depth: way.value(int(x), path, depth)),
    (
        (
            types.FunctionType,
            types.MethodType,
            types.BuiltinFunctionType,
            types.MethodWrapperType,
            types.MethodDescriptorType,
            types.WrapperDescriptorType,
            type(lru_cache(len)),
            partial,
            FunctionProxy,
        ),
        Send._function,
    ),
)


def _refused(detail: str, path: Path, hint: str) -> ConversionError:
    return ConversionError(detail, path=_text_of(path), hint=hint)


def _text_of(path: Path) -> str:
    keys = []
    while type(path) is tuple:
        path, key = path
        keys.append(key)
    for key in reversed(keys):
        path = member(path, key)
    return path


def _top_of(path: Path) -> str:
    while type(path[0]) is tuple:
        path = path[0]
    return _text_of(path)


def _brief(x: int) -> str:
    return str(x) if abs(x) < 10**30 else f"of {x.bit_length()} bits"
