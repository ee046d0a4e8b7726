"""The host's end of guest.js in a Node process: the same table and value rule, over pipes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from polyhy.errors import GuestError
from polyhy.proxy import Proxy

from .errors import failure
from .guest import Guest, loads
from .marshal import Lending, Marshal
from .node_process import NodeProcess
from .reach import OPERATIONS
from .wire import FAILURE, JSON_TEXT, NUMBER, OBJECT, STRING, TAGGED

SCRIPTS = ("guest.js", "table.js", "values.js")
EXTENSIONS = ("members.js", "show.js", "lent.js")
_BIG = 0
_READ = 0
_PIECE = 1 << 20  # as long as the inbox of node_home.js


class NodeGuest(Guest):
    """One Node process: its table, its parts, and both ways over the pipes."""

    lends = False

    def __init__(
        self,
        make: Callable[[int, bool], Any],
        own: Callable[[Proxy], int | None],
        tools: Path,
        memory: int | None = None,
    ) -> None:
        self._make = make
        self.lending = Lending()
        marshal = Marshal(self.lending, own)
        self.give, self._give_error = marshal.give, marshal.give_error
        self.dropped: deque[tuple[int, int]] = deque()
        self._live: WeakValueDictionary[int, Any] = WeakValueDictionary()
        self.extended = set(EXTENSIONS)
        self._serves: dict[str, Callable[..., Any]] = {
            "function": self._apply,
            "object": self._reach,
        }
        self.process = NodeProcess(tools, lambda kind, *rest: self._serves[kind](*rest), memory)
        self.invoke = self._part("invoke")
        self.process.ask("boot", _texts(SCRIPTS), _texts(EXTENSIONS))

    def end(self, state: str) -> None:
        self.process.end(state)

    def ask(self, name: str, *args: Any) -> Any:
        return self.call(self._part(name), args)

    def call(self, function: Callable[..., Any], args: Sequence[Any]) -> Any:
        if self.dropped or self.lending.many:
            self._tidy()
        give = self.give
        return self._take(function(*[give(x, i) for i, x in enumerate(args)]))

    def lift(self, number: int, this: int) -> Callable[..., Any]:
        return partial(self.invoke, number, this)

    def bytes_of(self, number: int, length: int) -> bytes:
        found = self.process.ask("bytes", number)
        self._part("release")(number, 1)
        return found

    def _part(self, name: str) -> Callable[..., Any]:
        return lambda *raw: self.process.ask("part", name, raw)

    def _tidy(self) -> None:
        while self.dropped:
            number, times = self.dropped.popleft()
            if times:
                self._part("release")(number, times)
        if self.lending.many:
            self.lending.forget(self._take(self._part("swept")()))

    # --- the way out

    def _take(self, raw: Any) -> Any:
        return self._open(*raw) if type(raw) is list else raw

    def _open(self, what: int, detail: Any) -> Any:
        if what >= OBJECT:
            return self.reference(what, detail)
        return _READS[what](self, detail)

    # --- Python called by scripts

    def _apply(self, number: int, args: Sequence[Any]) -> Any:
        return self._outside(lambda: self.lending.objects[number], args, "the callback's result")

    def _reach(self, number: int, args: Sequence[Any]) -> Any:
        x = self.lending.objects[number]
        operation, *rest = args
        if operation == _READ:
            at = self._take(rest[0])
            return bytes(memoryview(x).cast("B")[at : at + _PIECE])
        return self._outside(lambda: partial(OPERATIONS[operation], x), rest, "the attribute")

    def _outside(self, find: Callable[[], Callable[..., Any]], args: Any, what: str) -> Any:
        try:
            return self.give(find()(*map(self._take, args)), what)
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
    TAGGED: lambda guest, text: guest.untag(loads(text)),
    FAILURE: _fail,
}


def _texts(names: Sequence[str]) -> list[tuple[str, str]]:
    room = files("polyhy.bridges.js")
    return [(name, room.joinpath(name).read_text("utf-8")) for name in names]
