"""Who holds what across heaps: `scope()` frees what was made in it, `leaks()` lists what is held.

No collector sees a ring of Python's and a guest's objects: each heap takes the other's reference
for a reason to live. A scope cuts such rings, for the Proxies that were made in it end with it.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, NamedTuple
from weakref import WeakSet, ref

from polyhy import owner, proxy
from polyhy.bridge import Bridge
from polyhy.errors import Freed
from polyhy.proxy import Proxy

_bridges: WeakSet[Bridge] = WeakSet()
_open: list[scope] = []


def register(bridge: Bridge) -> None:
    """Let `leaks` ask a bridge what its guest holds. A room calls this as its runtime starts."""
    _bridges.add(bridge)


class Held(NamedTuple):
    """What one side holds of another: `holder` is a language, `by` what there refers to it."""

    holder: str
    owner: str
    kind: str
    number: int
    by: str = ""

    def __str__(self) -> str:
        by = f" (by {self.by})" if self.by else ""
        return f"{self.holder} holds {self.number} x {self.owner} {self.kind}{by}"


def leaks() -> list[Held]:
    """What is held across heaps now, most first.

    >>> import polyhy
    >>> t = polyhy.evaluate("lua", "setmetatable({}, {})")
    >>> [held.holder for held in polyhy.leaks() if held.owner == "lua"]
    ['python']
    """
    gc.collect()
    counts: Counter[tuple[str, str, str, str]] = Counter()
    for each in gc.get_objects():
        if isinstance(each, Proxy) and isinstance(bridge := _bridge(each), Bridge):
            counts["python", bridge.name, type(each).__name__, _holders(each)] += 1
    for bridge in list(_bridges):
        for each in bridge.held():
            counts[bridge.name, "python", type(each).__qualname__, ""] += 1
    found = [Held(holder, of, kind, n, by) for (holder, of, kind, by), n in counts.items()]
    return sorted(found, key=lambda held: (-held.number, held))


class scope:
    """Free the guests' objects that this thread gets hold of inside, when it is over.

    >>> import polyhy
    >>> with polyhy.scope() as inside:
    ...     f = polyhy.evaluate("lua", "function(x) return x + 1 end")
    ...     g = inside.keep(polyhy.evaluate("lua", "function(x) return x * 2 end"))
    >>> g(21)
    42
    >>> f(1)
    Traceback (most recent call last):
        ...
    polyhy.errors.Freed: this lua object was freed with its scope
      keep it: scope.keep(x)
    """

    def __enter__(self) -> scope:
        self._made: dict[int, ref[Proxy]] = {}
        self._record: Callable[[Proxy], None] = self._on_this_thread()
        proxy.watchers.append(self._record)
        _open.append(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        proxy.watchers.remove(self._record)
        _open.remove(self)
        for made in self._made.values():
            each = made()
            if each is not None and isinstance(bridge := _bridge(each), Bridge):
                bridge.free(each)
                proxy.put(each, "__bridge__", _Ended(bridge.name))
        self._made.clear()

    def keep(self, x: Any) -> Any:
        """Let a Proxy outlive the scope, also one within a list or a dict; return `x`."""
        for each in _within(x):
            self._made.pop(id(each), None)
        return x

    def _on_this_thread(self) -> Callable[[Proxy], None]:
        mine, made = owner.asker(), self._made

        def record(each: Proxy) -> None:
            if owner.asker() == mine:
                made[id(each)] = ref(each)

        return record


def keep(x: Any) -> Any:
    """Let a Proxy outlive every scope that is open, and return it: what runtimes are served by."""
    for each in tuple(_open):
        each.keep(x)
    return x


class _Ended:
    """The bridge of a Proxy that was freed: all that is asked of it is an error."""

    def __init__(self, language: str) -> None:
        self._language = language

    def __getattr__(self, name: str) -> Any:
        raise Freed(language=self._language)


def _bridge(each: Proxy) -> Any:
    return object.__getattribute__(each, "__bridge__")


def _within(x: Any) -> Iterable[Proxy]:
    if isinstance(x, Proxy):
        yield x
    elif isinstance(x, (list, tuple, dict)):
        for each in x.values() if isinstance(x, dict) else x:
            yield from _within(each)


def _holders(each: Proxy) -> str:
    """The types of what refers to a Proxy, but for the frames that look at it."""
    own = {"frame", "list_iterator", "scope"}
    names = {type(r).__name__ for r in gc.get_referrers(each)} - own
    return ", ".join(sorted(names))
