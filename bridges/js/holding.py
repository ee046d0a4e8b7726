"""What Python holds of a guest's objects: one Proxy each, and its number in the guest's table."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

from polyhy import owner, proxy
from polyhy.proxy import Proxy


class Number(int):
    """The number of a guest's object, which stays in the guest's table as long as this lives.

    `got` is how often the guest sent it. Its Proxy, methods and pins of its memory share it.
    """

    dropped: deque[tuple[int, int]]
    got = 0

    @owner.shelter
    def __del__(self) -> None:
        self.dropped.append((int(self), self.got))


class Holding:
    """The Proxies of one guest. `make(number, callable)` makes that of an object without one."""

    def __init__(self, make: Callable[[Number, bool], Any]) -> None:
        self.dropped: deque[tuple[int, int]] = deque()
        """Numbers that nobody holds any more, and how often the guest had sent them."""
        self._make = make
        self._number = type("Number", (Number,), {"dropped": self.dropped})
        self._live: WeakValueDictionary[int, Any] = WeakValueDictionary()

    def get(self, number: int) -> Any:
        """The Proxy of a number that was sent now, if there is one."""
        known = self._live.get(number)
        if known is not None:
            known.__native__.got += 1
        return known

    def add(self, number: int, *, function: bool) -> Any:
        """The first Proxy of a number that was sent now."""
        made = self._live[number] = self._make(self._number(number), function)
        made.__native__.got = 1
        if proxy.watchers:
            proxy.tell(made)
        return made

    def forget(self, each: Proxy) -> None:
        """A Proxy is freed: when its object comes again, there will be another."""
        if self._live.get(each.__native__) is each:
            del self._live[each.__native__]
