"""The wire: memory of ours that the engine sees. Why, and what lies where: wire.js."""

from __future__ import annotations

import itertools
import marshal
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from polyhy import owner

from . import ctrl_c
from .engine import script

HEAD: Final = 32
"""Bytes before what a slot holds: what it is, units of text, 1 if more follows, their width."""

ROOM: Final = 1 << 17
_FIRST: Final = HEAD // 4  # where a slot's integers begin

NUMBER, STRING, JSON_TEXT, TAGGED, FAILURE, INTEGERS, OBJECT, FUNCTION, HOME, BYTES = range(1, 11)

_memory = bytearray(24 + 256)
register: Final = memoryview(_memory).cast("i")
"""A small integer from the engine, and 1 until it, or what lies beside, was read."""

entry: Final = memoryview(_memory).cast("q")
"""At 1, what the engine takes for the argument of a call that has none: an integer, or these."""

NOTHING: Final = 0x40000000 << 32
_FUNCTION, _NUMBERS = 0x40000001 << 32, 0x40000002 << 32

LAID: Final = object()
"""Stands for what lies in the register, where what crosses is asked for."""

beside: Final = memoryview(_memory)[23:]
"""A short value from the engine, which `unmarshal` reads."""

unmarshal: Final = marshal.loads


def take_register(full: bool) -> Any:
    """The integer in the register; False stands for itself."""
    if not full:
        return False
    x = register[0]
    register[1] = 0
    return x


def take_beside(_: Any) -> Any:
    """The short value that lies beside the register."""
    x = unmarshal(beside)
    register[1] = 0
    return x


_callee = bytearray(16)
callee: Final = memoryview(_callee).cast("i")
"""Whom a script calls: the number of an object of Python's, and of an operation on it.

The third is 1 where the script may not go on when it is answered.
"""

MOST: Final = 30_000
"""The most numbers that cross as such; longer lists go as text."""

_TRAY: Final = 5 + 9 * MOST
_tray = bytearray(4 + _TRAY)
_laid_out: Final = memoryview(_tray)
_ticket: Final = _laid_out[:4].cast("i")
_tickets = itertools.count(1)


def lay_numbers(numbers: list[Any]) -> Any:
    """Lay a list of small integers and floats out for the engine; None if it is of another kind.

    The engine sees by a ticket if a call in between laid out others. So the ticket comes first:
    what is laid out over another's is nobody's then.
    """
    try:
        data = marshal.dumps(numbers, 2)
    except ValueError:
        return None
    if len(data) > _TRAY:
        return None
    ticket = _ticket[0] = next(_tickets) & 0x3FFFFFFF
    _laid_out[4 : 4 + len(data)] = data
    entry[1] = _NUMBERS | ticket
    return LAID


def ticket_of(number: int) -> int:
    """What to lay out for a function of Python's that the engine was lent before."""
    return _FUNCTION | number


_inbox = bytearray(8 + ROOM)
_inbox_ticket: Final = memoryview(_inbox).cast("i")


def lay_bytes(data: memoryview) -> int:
    """Lay the first of some bytes out for the engine, and return their ticket."""
    ticket = _inbox_ticket[0] = next(_tickets) & 0x3FFFFFFF
    piece = data[:ROOM]
    _inbox[8 : 8 + len(piece)] = piece
    return ticket


class Slot:
    """Memory that the engine writes one value into. It is the engine's while `ints[0]` is 0."""

    __slots__ = ("floats", "index", "ints", "memory")

    def __init__(self, index: int) -> None:
        self.index = index
        self.memory = bytearray(HEAD + ROOM)
        self.ints = memoryview(self.memory).cast("i")
        self.floats = memoryview(self.memory).cast("d")

    def number(self) -> float:
        x = self.floats[2]
        self.ints[0] = 0
        return x

    def integers(self) -> list[int]:
        x = self.ints[_FIRST : _FIRST + self.ints[1]].tolist()
        self.ints[0] = 0
        return x

    def data(self) -> bytearray:
        x = self.memory[HEAD : HEAD + self.ints[1]]
        self.ints[0] = 0
        return x

    def reference(self) -> int:
        number = self.ints[5]
        self.ints[0] = 0
        return number

    def text(self) -> str:
        ints = self.ints
        text = self._piece()
        if ints[2]:
            pieces = [text]
            while ints[2]:
                wire()("refill", self.index)
                pieces.append(self._piece())
            text = "".join(pieces)
        ints[0] = 0
        return text

    def _piece(self) -> str:
        units = self.ints[1]
        if self.ints[3] == 1:
            return self.memory[HEAD : HEAD + units].decode("latin-1")
        return self.memory[HEAD : HEAD + 2 * units].decode("utf-16-le")


@lru_cache(maxsize=1)
def wire() -> Callable[..., Any]:
    """The guest's end of the wire: `wire()(make, …)` is `make(wire, …)` there."""
    slots: list[Slot] = []
    end = script("wire.js")()

    @ctrl_c.entry
    @owner.shelter
    def grow() -> None:
        try:
            slots.append(Slot(len(slots)))
            end("add", slots[-1], slots[-1].memory)
        except BaseException:
            raise  # now it has a value

    end("register", _memory)
    end("tray", _tray)
    end("inbox", _inbox)
    end("callee", _callee)
    end("grow", grow)
    for _ in range(4):
        grow()
    return end
