"""What Python lent to scripts, until no script holds it any more."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from polyhy import owner

from .buffers import Loan

_LIMIT = 5000  # objects lent before the first look at which of them are still in use
_HEAVY = 256_000_000  # bytes of buffers lent before the same


class Lending:
    """What Python lent to scripts: a number for each object, until no script holds it.

    A number may be on its way, there or back, just when the guest finds that no script holds it:
    a call of another thread, or of a finalizer, comes in between at any time. So both sides count
    how often it went each way, and an object is let go when the counts are the same.
    """

    def __init__(self) -> None:
        self.objects: dict[int, Any] = {}
        self.limit = _LIMIT
        self.many = False
        """True where it is time to ask the guest what it does not hold any more."""
        self.tickets: dict[int, Any] = {}
        """By id, what is enough to send of a function that a script has already."""
        self._numbers: dict[int, int] = {}
        self._count = itertools.count(1)
        self._flights: dict[int, list[int]] = {}  # went there, came home; less what is settled
        self._left: set[int] = set()  # no script holds them, but they are on their way
        self._loans: dict[int, Loan] = {}
        self._closing: list[Loan] = []
        self._weight, self._most = 0, _HEAVY

    @owner.shelter
    def lend(self, x: Any) -> int:
        key = id(x)
        try:
            number = self._numbers[key]
            self._flights[number][0] += 1
        except KeyError:
            flight, number = [1, 0], next(self._count)
            self.objects[number] = x
            self._flights[number] = flight
            self._numbers[key] = number
            self.many = self.many or len(self.objects) > self.limit
        return number

    def number(self, x: Any) -> int:
        """The number of an object that was lent."""
        return self._numbers[id(x)]

    @owner.shelter
    def take_back(self, numbers: Sequence[int]) -> None:
        """These were lent once more, but did not go."""
        for number in numbers:
            self._flights[number][0] -= 1
            if not any(self._flights[number]):
                self._settle(number)

    @owner.shelter
    def home(self, number: int) -> Any:
        """An object that came home."""
        x = self.objects[number]
        self._flights[number][1] += 1
        if number in self._left:
            self._settle(number)
        return x

    @owner.shelter
    def memory(self, number: int) -> Any:
        """What the engine borrows of a buffer."""
        number = int(number)  # of the engine's own type
        loan = self._loans[number] = Loan(self.objects[number])
        self._weight += loan.size
        self.many = self.many or self._weight > self._most
        return loan.alias

    def look(self) -> None:
        """A scope is over: see at the next call what scripts still hold."""
        self.many = True

    @owner.shelter
    def forget(self, counts: Sequence[int]) -> None:
        """No script holds these: of each its number, how often it came there, and went home."""
        counted = iter(counts)
        for number, came, went in zip(counted, counted, counted, strict=True):
            flight = self._flights[number]
            flight[0] -= came
            flight[1] -= went
            self._settle(number)
        closing, self._closing = self._closing, []
        self._closing += [loan for loan in closing if not loan.close()]
        self._weight = sum(loan.size for loan in self._loans.values())
        self.limit = max(_LIMIT, 2 * len(self.objects))
        self._most = max(_HEAVY, 2 * self._weight)
        self.many = False

    def _settle(self, number: int) -> None:
        """Let go of what no script holds, if it is not on its way."""
        x, flight = self.objects[number], self._flights[number]
        key = id(x)
        # No function is called between the look and the end of its number here: where one is, a
        # finalizer or another thread may come in, and lend it again.
        try:
            if flight[0] or flight[1]:
                self._left.add(number)
                return
            if self._numbers[key] == number:
                del self._numbers[key]
        except KeyError:
            pass
        self.tickets.pop(key, None)
        self._left.discard(number)
        if number in self._loans:
            self._closing.append(self._loans.pop(number))
        del self._flights[number], self.objects[number]
