"""The host's end of guest.js in a Node process: the same table and value rule, over pipes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from polyhy.errors import GuestError
from polyhy.proxy import Proxy

from .errors import failure
from .guest import EXTENSIONS, SCRIPTS, Guest, loads
from .holding import Number
from .node_process import NodeProcess
from .reach import OPERATIONS
from .wire import BYTES, FAILURE, JSON_TEXT, NUMBER, STRING, TAGGED

_BIG = 0
_READ = 0
_PIECE = 1 << 20  # bytes that go there in one message


class NodeGuest(Guest):
    """One Node process: any thread may ask it."""

    lends = False

    def __init__(
        self,
        make: Callable[[Number, bool], Any],
        own: Callable[[Proxy], int | None],
        tools: Path,
        memory: int | None = None,
    ) -> None:
        super().__init__(make, own)
        self.extended.update(EXTENSIONS)
        self._serves: dict[str, Callable[..., Any]] = {
            "function": self._apply,
            "object": self._reach,
        }
        self.process = NodeProcess(tools, lambda kind, *rest: self._serves[kind](*rest), memory)
        self.process.ask("boot", _texts(SCRIPTS), _texts(EXTENSIONS))

    @property
    def ended(self) -> bool:
        return not self.process.alive

    def end(self, state: str) -> None:
        self.process.end(state)

    def call(self, function: Callable[..., Any], args: Sequence[Any]) -> Any:
        if self.dropped or self.lending.many:
            self.tidy()
        return self.take(function(*self._given(args)))

    def caller(self, number: Number, this: int) -> Callable[..., Any]:
        function = partial(self._part("invoke"), number, this)
        return lambda *args, **kwargs: self.call(function, (*args, kwargs) if kwargs else args)

    quick = caller

    def _part(self, name: str) -> Callable[..., Any]:
        return lambda *raw: self.process.ask("part", name, raw)

    # --- the way out

    def take(self, raw: Any) -> Any:
        if type(raw) is not list:
            return raw
        what, detail = raw
        read = _READS.get(what)
        return read(self, detail) if read else self.reference(what, detail)

    # --- Python called by scripts

    def _apply(self, number: int, args: Sequence[Any]) -> Any:
        return self._answer(lambda: self.lending.objects[number], args)

    def _reach(self, number: int, args: Sequence[Any]) -> Any:
        x = self.lending.objects[number]
        operation, *rest = args
        if operation == _READ:
            at = self.take(rest[0])
            return bytes(memoryview(x).cast("B")[at : at + _PIECE])
        return self._answer(lambda: partial(OPERATIONS[operation], x), rest)

    def _answer(self, find: Callable[[], Callable[..., Any]], args: Sequence[Any]) -> Any:
        """Run Python for a script: an exception crosses as a value."""
        try:
            return self.give(find()(*map(self.take, args)), "the callback's result")
        except BaseException as error:
            return self._give_error(error)


def _fail(guest: NodeGuest, text: str) -> Any:
    kind, *detail = loads(text)
    error = failure(guest, kind, *detail)
    if isinstance(error, GuestError) and kind == "error":
        error.language = "node"
    raise error


_READS: dict[int, Callable[[NodeGuest, Any], Any]] = {
    _BIG: lambda guest, text: int(text),
    NUMBER: lambda guest, text: float(text.replace("Infinity", "inf")),
    STRING: lambda guest, text: text,
    JSON_TEXT: lambda guest, text: loads(text),
    BYTES: lambda guest, data: data,
    TAGGED: lambda guest, text: guest.untag(loads(text)),
    FAILURE: _fail,
}


def _texts(names: Sequence[str]) -> list[tuple[str, str]]:
    room = files("polyhy.bridges.js")
    return [(name, room.joinpath(name).read_text("utf-8")) for name in names]
