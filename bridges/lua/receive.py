"""Lua to Python: README.md's second value table as code; tokens.lua writes what this reads."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from marshal import loads
from typing import TYPE_CHECKING, Any

from .buffers import borrow
from .proxies import LuaFunction, LuaObject
from .refs import out_of

if TYPE_CHECKING:
    from .bridge import Lua


ROOM = 4096
"""How many numbers a room holds."""


class Mark:
    """One of the marks in front of the tokens that Lua sends; `read` reads what follows it.

    After one with a `room` come a list's numbers: in a text, or so many of them in the room, whose
    first number says whether it is in use.
    """

    __slots__ = ("read", "room")

    def __init__(
        self, read: Callable[[Receive, Sequence[Any], int], tuple[Any, int]], room: Any = None
    ) -> None:
        self.read, self.room = read, room


class Receive:
    """The way out of one runtime."""

    def __init__(self, bridge: Lua, vm: Any) -> None:
        self.bridge = bridge
        self.lua_types = {type(vm.eval(x)) for x in _ONE_OF_EACH}

    def value(self, x: Any) -> Any:
        """The value of a result, which is plain or tokens."""
        kind = type(x)
        if kind is tuple:
            mark = x[0]
            if mark.room:
                return _numbers(mark.room, x[1])
            return mark.read(self, x, 1)[0] if mark is not MORE else self._read_whole(x)
        return x if kind is not str or x.isascii() else text(x)

    def all(self, tokens: Sequence[Any], away: bool = False) -> list[Any]:
        """The values of tokens, one after the other. `away`: they come out of a coroutine."""
        tokens = self._fetched_home(tokens) if away else self._whole(tokens)
        values, i = [], 0
        while i < len(tokens):
            value, i = _read(self, tokens, i)
            values.append(value)
        return values

    def _read_whole(self, tokens: Sequence[Any]) -> Any:
        tokens = self._whole(tokens)
        return tokens[0].read(self, tokens, 1)[0]

    def _whole(self, tokens: Sequence[Any]) -> Sequence[Any]:
        if not tokens or tokens[0] is not MORE:
            return tokens
        _, count, chunk = tokens
        whole: list[Any] = []
        while len(whole) < count:
            part = chunk(len(whole) + 1)
            whole += part if count - len(whole) > 1 else (part,)
        return whole

    def _fetched_home(self, tokens: Sequence[Any]) -> Sequence[Any]:
        home = self.bridge.home
        return [home(x) if type(x) in self.lua_types else x for x in tokens]


def text(x: str) -> str | bytes:
    """Lua's bytes, read as Latin-1 by lupa: the text that they are in UTF-8, or else the bytes."""
    if x.isascii():
        return x
    raw = x.encode("latin-1")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw


def _numbers(room: Any, found: Any) -> list[Any]:
    if type(found) is str:
        return array(room.typecode, found.encode("latin-1")).tolist()
    numbers = room[1 : found + 1].tolist()
    room[0] = 0
    return numbers


def _read(way: Receive, tokens: Sequence[Any], i: int) -> tuple[Any, int]:
    token = tokens[i]
    kind = type(token)
    if kind is Mark:
        return token.read(way, tokens, i + 1)
    return (text(token) if kind is str else token), i + 1


def _read_many(way: Receive, tokens: Sequence[Any], i: int, count: int) -> tuple[list[Any], int]:
    values = []
    for _ in range(count):
        value = tokens[i]
        i += 1
        if type(value) is Mark:
            value, i = value.read(way, tokens, i)
        elif type(value) is str:
            value = text(value)
        values.append(value)
    return values, i


def _read_list(way: Receive, tokens: Sequence[Any], i: int) -> tuple[Any, int]:
    return _read_many(way, tokens, i + 1, tokens[i])


def _read_tuple(way: Receive, tokens: Sequence[Any], i: int) -> tuple[Any, int]:
    values, i = _read_list(way, tokens, i)
    return tuple(values), i


def _read_dict(way: Receive, tokens: Sequence[Any], i: int) -> tuple[Any, int]:
    values, i = _read_many(way, tokens, i + 1, 2 * tokens[i])
    return dict(zip(values[::2], values[1::2], strict=True)), i


def _read_flat(way: Receive, tokens: Sequence[Any], i: int) -> tuple[Any, int]:
    end = i + 1 + tokens[i]
    return _texts(tokens[i + 1 : end]), end


def _read_bare(way: Receive, tokens: Sequence[Any], i: int) -> tuple[Any, int]:
    end = i + 1 + tokens[i]
    return list(tokens[i + 1 : end]), end


def _read_flat_dict(way: Receive, tokens: Sequence[Any], i: int) -> tuple[Any, int]:
    end = i + 1 + 2 * tokens[i]
    values = _texts(tokens[i + 1 : end])
    return dict(zip(values[::2], values[1::2], strict=True)), end


def _texts(part: Sequence[Any]) -> list[Any]:
    return [x if type(x) is not str or x.isascii() else text(x) for x in part]


def _read_object(way: Receive, tokens: Sequence[Any], i: int) -> tuple[Any, int]:
    return LuaObject(way.bridge, tokens[i]), i + 1


def _read_function(way: Receive, tokens: Sequence[Any], i: int) -> tuple[Any, int]:
    one = way.bridge.limits.each(tokens[i + 1])
    return LuaFunction(way.bridge, tokens[i], one), i + 2


def _read_coroutine(way: Receive, tokens: Sequence[Any], i: int) -> tuple[Any, int]:
    way.bridge.coroutines.release(tokens[i + 1])
    return LuaObject(way.bridge, tokens[i]), i + 2


def _read_home(way: Receive, tokens: Sequence[Any], i: int) -> tuple[Any, int]:
    return tokens[i], i + 1


def _read_integer(way: Receive, tokens: Sequence[Any], i: int) -> tuple[Any, int]:
    return int(tokens[i]), i + 1


def _read_numbers(way: Receive, tokens: Sequence[Any], i: int) -> tuple[Any, int]:
    return loads(tokens[i].encode("latin-1")), i + 1


def _read_joined(way: Receive, tokens: Sequence[Any], i: int) -> tuple[Any, int]:
    joined: str = tokens[i]
    texts = joined.split("\0")
    return texts if joined.isascii() else [text(x) for x in texts], i + 1


def _read_buffer(way: Receive, tokens: Sequence[Any], i: int) -> tuple[Any, int]:
    return borrow(way.bridge, *tokens[i : i + 4]), i + 4


def _read_python(way: Receive, tokens: Sequence[Any], i: int) -> tuple[Any, int]:
    return out_of(tokens[i]), i + 1


MARKS = {
    "BUFFER": Mark(_read_buffer),
    "LIST": Mark(_read_list),
    "DICT": Mark(_read_dict),
    "FLAT_LIST": Mark(_read_flat),
    "BARE_LIST": Mark(_read_bare),
    "FLAT_DICT": Mark(_read_flat_dict),
    "TUPLE": Mark(_read_tuple),
    "OBJECT": Mark(_read_object),
    "COROUTINE": Mark(_read_coroutine),
    "FUNCTION": Mark(_read_function),
    "HOME": Mark(_read_python),
    "INTEGER": Mark(_read_integer),
    "NUMBERS": Mark(_read_numbers),
    "TEXTS": Mark(_read_joined),
    "MORE": Mark(_read_home),
    "MISSING": Mark(_read_home),
    "END": Mark(_read_home),
}
"""Those that all runtimes share."""


def marks() -> dict[str, Mark]:
    """The marks of one runtime."""
    rooms = {"INTS": array("i", [0]), "FLOATS": array("d", [0]), "LONGS": array("q", [0])}
    return MARKS | {name: Mark(_read_home, room * (ROOM + 1)) for name, room in rooms.items()}


MORE, MISSING, END = MARKS["MORE"], MARKS["MISSING"], MARKS["END"]

_BEGUN = "(function(co) coroutine.resume(co) return co end)(coroutine.create(coroutine.yield))"
_ONE_OF_EACH = ("{}", "print", "io.stdout", _BEGUN)
