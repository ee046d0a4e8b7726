"""The wire out of the engine: slots of our own memory. Why, and what they hold: wire.js."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from .engine import core, script

HEAD: Final = 32
ROOM: Final = 1 << 17
head: Final = struct.Struct("4i").unpack_from
"""A slot's head: what it holds, units of text, 1 if more of it follows, and their width."""

NUMBER, STRING, JSON_TEXT, TAGGED, FAILURE, INTEGERS, OBJECT, FUNCTION, HOME, BYTES = range(1, 11)

MOST: Final = 30_000
"""The most integers that cross as such; longer lists go as text."""

_memory = bytearray(8)
register: Final = memoryview(_memory).cast("i")
"""A small integer from the engine, and 1 until it was read."""


def take_register(full: bool) -> Any:
    """The integer in the register; False stands for itself."""
    if not full:
        return False
    x = register[0]
    register[1] = 0
    return x


_callee = bytearray(16)
callee: Final = memoryview(_callee).cast("i")
"""Whom a script calls: the number of an object of Python's, and of an operation on it.

The third is 1 where the script may not go on when it is answered.
"""

_tray = bytearray(8 + 4 * MOST)
_ticket: Final = memoryview(_tray).cast("i")
_tickets = itertools.count(1)


def lay(integers: list[int]) -> Any:
    """Lay small integers out for the engine, quicker than their text; None if one is large.

    What crosses is their number and a ticket, by which the engine sees if a call in between laid
    out others. So the ticket comes first: what is laid out over another's is nobody's then.
    """
    ticket = _ticket[0] = next(_tickets) & 0x3FFFFFFF
    try:
        _layout(len(integers)).pack_into(_tray, 8, *integers)
    except struct.error:
        return None
    return core().bigint(ticket << 16 | len(integers))


_inbox = bytearray(8 + ROOM)
_inbox_ticket: Final = memoryview(_inbox).cast("i")


def lay_bytes(data: memoryview) -> int:
    """Lay the first of some bytes out for the engine, and return their ticket."""
    ticket = _inbox_ticket[0] = next(_tickets) & 0x3FFFFFFF
    piece = data[:ROOM]
    _inbox[8 : 8 + len(piece)] = piece
    return ticket


def ticket_of(number: int) -> Any:
    """What crosses for a function of Python's that the engine was lent before."""
    return core().bigint(-number)


@lru_cache(maxsize=256)
def _layout(count: int) -> struct.Struct:
    return struct.Struct(f"{count}i")


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
        x = self.ints[HEAD // 4 : HEAD // 4 + self.ints[1]].tolist()
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

    def grow() -> None:
        slots.append(Slot(len(slots)))
        end("add", slots[-1], slots[-1].memory)

    end("register", _memory)
    end("tray", _tray)
    end("inbox", _inbox)
    end("callee", _callee)
    end("grow", grow)
    for _ in range(4):
        grow()
    return end
