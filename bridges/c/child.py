"""The process of an isolated library: it loads, calls and answers by pipe. See isolate.py."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from .bridge import C

_PLAIN = (type(None), bool, int, float, complex, str, bytes)


class Carried(Exception):
    """An exception of a callback, which waits in the other process."""


class Child:
    """The things of this process by number; 0 is the module."""

    def __init__(self, inward: Any, outward: Any) -> None:
        self.inward, self.outward = inward, outward
        self.things: dict[int, Any] = {0: None}
        self.known: dict[int, int] = {}
        self.held: Counter[int] = Counter()
        self.last = 0
        self.bridge = C()
        self.bridge.start([])

    def run(self) -> None:
        """Answer until the pipe is closed."""
        with suppress(EOFError):
            while True:
                self.serve(*self.inward.recv())

    def serve(
        self, verb: str, args: Sequence[Any], kwargs: Mapping[str, Any], dropped: Sequence[int]
    ) -> None:
        """Do what is asked, and answer."""
        self.drop(dropped)
        lent: list[tuple[Any, bytes]] = []
        try:
            taken = [self.take(x, lent) for x in args]
            named = {key: self.take(x, lent) for key, x in kwargs.items()}
            answer = "value", self.give(getattr(self, f"do_{verb}")(*taken, **named))
        except Carried:
            answer = "carried", None
        except EOFError:
            raise
        except BaseException as error:
            answer = "error", error
        self.answer(*answer, [_changed(x, before) for x, before in lent])

    def answer(self, kind: str, value: Any, changed: Sequence[Any]) -> None:
        try:
            self.outward.send((kind, value, changed))
        except Exception as error:  # what can't be pickled
            self.outward.send(("error", TypeError(f"{type(value).__name__}: {error}"), changed))

    def drop(self, numbers: Sequence[int]) -> None:
        """Let go of things that the other process holds no more."""
        self.held.subtract(numbers)
        for number in set(numbers):
            if number and self.held[number] <= 0:
                del self.known[id(self.things.pop(number))], self.held[number]

    # --- what can be asked

    def do_load(self, module: str, options: dict[str, Any], folders: Sequence[str]) -> Any:
        self.bridge.search([Path(folder) for folder in folders])
        self.things[0] = self.bridge.load(module, **options)
        return self.things[0]

    def do_eval(self, source: str, origin: str) -> Any:
        self.things[0] = self.bridge.eval(source, origin)
        return self.things[0]

    def do_limit(self, memory: int | None) -> None:
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (hard if memory is None else memory, hard))

    def do_get(self, thing: Any, name: str) -> Any:
        return getattr(thing, name)

    def do_set(self, thing: Any, name: str, value: Any) -> None:
        setattr(thing, name, value)

    def do_call(self, thing: Any, *args: Any, **kwargs: Any) -> Any:
        return thing(*args, **kwargs)

    def do_item(self, thing: Any, key: Any) -> Any:
        return thing[key]

    def do_length(self, thing: Any) -> int:
        return len(thing)

    def do_members(self, thing: Any) -> Any:
        return _Data(dir(thing))

    def do_doc(self, thing: Any) -> str:
        return getattr(thing, "__doc__", None) or ""

    def do_signature(self, thing: Any) -> str:
        return self.bridge.signature(thing)

    def do_show(self, thing: Any) -> str:
        return repr(thing)

    # --- what crosses

    def take(self, sent: Any, lent: list[tuple[Any, bytes]]) -> Any:
        kind, value = sent
        if kind == "ref":
            return self.things[value]
        if kind == "callback":
            return self.callback(*value)
        if kind == "lent":
            lent.append((value, bytes(memoryview(value).cast("B"))))
        return value

    def give(self, value: Any) -> Any:
        if isinstance(value, _PLAIN):
            return "value", value
        if isinstance(value, _Data):
            return "value", list(value)
        if isinstance(value, list) and all(isinstance(x, _PLAIN) for x in value):
            return "value", value
        if isinstance(value, tuple):
            return "tuple", [self.give(x) for x in value]
        number = 0 if value is self.things[0] else self.known.get(id(value), -1)
        if number < 0:
            self.last = number = self.known[id(value)] = self.last + 1
            self.things[number] = value
        self.held[number] += 1
        return ("function" if callable(value) else "object"), number

    def callback(self, number: int, places: int) -> Any:
        """A function that calls the one with that number in the other process."""

        def call(*args: Any) -> Any:
            self.outward.send(("callback", (number, [self.give(x) for x in args]), []))
            while len(asked := self.inward.recv()) > 2:  # the callback calls us in its turn
                self.serve(*asked)
            kind, value = asked
            if kind == "raise":
                raise Carried
            return self.take(value, [])

        if places < 0:
            return call
        names = ", ".join(f"a{n}" for n in range(places))
        return eval(f"lambda {names}: call({names})", {"call": call})


class _Data(list):  # type: ignore[type-arg]
    """A list that crosses by value."""


def _changed(x: Any, before: bytes) -> bytes | None:
    now = bytes(memoryview(x).cast("B"))
    return None if now == before else now


if __name__ == "__main__":
    fds = [int(word) for word in sys.argv[1:]]
    Child(Connection(fds[0], writable=False), Connection(fds[1], readable=False)).run()
