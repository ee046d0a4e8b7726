"""What Python lent to scripts, until no script holds it any more."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

from .buffers import Loan

_LIMIT = 5000  # objects lent before the first look at which of them are still in use
_HEAVY = 256_000_000  # bytes of buffers lent before the same


class Lending:
    """What Python lent to scripts: a number for each object, until no script holds it."""

    def __init__(self) -> None:
        self.objects: dict[int, Any] = {}
        self.limit = _LIMIT
        self.many = False
        self._numbers: dict[int, int] = {}
        self._count = itertools.count(1)
        self.tickets: dict[int, Any] = {}
        """By id, what is enough to send of a function that a script has already."""
        self._loans: dict[int, Loan] = {}
        self._closing: list[Loan] = []
        self._weight, self._most = 0, _HEAVY

    def lend(self, x: Any) -> int:
        number = self._numbers.get(id(x))
        if number is None:
            number = self._numbers[id(x)] = next(self._count)
            self.objects[number] = x
            self.many = len(self.objects) > self.limit
        return number

    def memory(self, number: int) -> Any:
        """What the engine borrows of a buffer."""
        loan = self._loans[number] = Loan(self.objects[number])
        self._weight += loan.size
        self.many = self.many or self._weight > self._most
        return loan.alias

    def forget(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            known = id(self.objects.pop(number, None))
            self._numbers.pop(known, None)
            self.tickets.pop(known, None)
            if number in self._loans:
                self._closing.append(self._loans.pop(number))
        self._closing = [loan for loan in self._closing if not loan.close()]
        self._weight = sum(loan.size for loan in self._loans.values())
        self.limit = max(_LIMIT, 2 * len(self.objects))
        self._most = max(_HEAVY, 2 * self._weight)
        self.many = False
