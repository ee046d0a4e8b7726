"""What crosses between Hy or Python and guests, by line of source: for `run --inspect-boundary`.

It counts by Python's own profile hook, so it costs nothing where it is not asked for.
"""

from __future__ import annotations

import inspect
import linecache
import sys
import sysconfig
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from polyhy import proxy
from polyhy.bridge import Bridge

MANY = 100
"""From as many crossings of one line in one call of its function on, it is a loop that crosses."""

_OURS = f"{Path(__file__).parents[1]}/"
_TESTING = f"{_OURS}testing/"  # where the toy's room is
_CONTAINERS = (list, tuple, set, frozenset)
_LIBRARIES = tuple({f"{sysconfig.get_path(name)}/" for name in ("stdlib", "purelib", "platlib")})
_SAMPLE = 1000  # elements of a container that are looked at; the rest is estimated by them


class Row(NamedTuple):
    """A line of source: how often it crossed and was called back, and what was copied."""

    file: str
    line: int
    source: str
    calls: int
    callbacks: int
    copies: int
    size: int
    hint: str


@dataclass
class Report:
    """What `watching` has seen so far."""

    calls: Counter[tuple[str, int]] = field(default_factory=Counter)
    callbacks: Counter[tuple[str, int]] = field(default_factory=Counter)
    copies: Counter[tuple[str, int]] = field(default_factory=Counter)
    sizes: Counter[tuple[str, int]] = field(default_factory=Counter)
    loops: Counter[tuple[str, int]] = field(default_factory=Counter)
    """The most crossings of a line within one call of the function that it is in."""

    def rows(self) -> list[Row]:
        """The lines that crossed, the busiest first."""
        places = sorted({*self.calls, *self.callbacks}, key=lambda at: (-self._total(at), at))
        return [self._row(*at) for at in places]

    def text(self) -> str:
        """A table of the rows, with a hint below each line that has one."""
        rows = self.rows()
        if not rows:
            return "nothing crossed into a guest\n"
        heads = ("calls", "callbacks", "copies", "bytes", "line")
        cells = [(*map(str, row[3:7]), f"{Path(row.file).name}:{row.line}") for row in rows]
        widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
        lines = [_line(heads, widths, "")]
        for row, cell in zip(rows, cells, strict=True):
            lines.append(_line(cell, widths, row.source))
            lines += [f"{'':{sum(widths) + 10}}{row.hint}"] if row.hint else []
        return "\n".join(lines) + "\n"

    def _total(self, at: tuple[str, int]) -> int:
        return self.calls[at] + self.callbacks[at]

    def _row(self, file: str, line: int) -> Row:
        at = file, line
        counts = self.calls[at], self.callbacks[at], self.copies[at], self.sizes[at]
        source = linecache.getline(file, line).strip()
        return Row(file, line, source, *counts, self._hint(at))

    def _hint(self, at: tuple[str, int]) -> str:
        if self.loops[at] >= MANY:
            return f"crosses {self.loops[at]} times in one loop: pass it all at once, or loop there"
        if self.callbacks[at] >= MANY:
            return f"is called back {self.callbacks[at]} times: do this step in the guest"
        return ""


@contextmanager
def watching() -> Iterator[Report]:
    """Count what crosses within, in all threads that are started within too."""
    report = Report()
    watch = _Watch(report)
    before = sys.getprofile()
    threading.setprofile(watch)
    sys.setprofile(watch)
    try:
        yield report
    finally:
        sys.setprofile(before)
        threading.setprofile(None)


class _Watch:
    """The profile hook. A crossing is a call between a room's file and one that is not polyhy's."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._rooms: dict[str, bool] = {}
        self._folders: tuple[str, ...] = ()
        self._bridges = 0
        self._entered: dict[int, tuple[str, int]] = {}
        self._loops: Counter[tuple[int, str, int]] = Counter()

    def __call__(self, frame: FrameType, event: str, arg: Any) -> None:
        if event == "call":
            self._call(frame)
        elif event == "return":
            self._return(frame, arg)

    def _call(self, frame: FrameType) -> None:
        caller = frame.f_back
        if caller is None:
            return
        file, theirs = frame.f_code.co_filename, caller.f_code.co_filename
        if self._is_room(file):
            if (
                not self._is_room(theirs)
                and _is_users(theirs)
                and frame.f_code.co_name != "__del__"
            ):
                self._crossed(frame, caller)
        elif self._is_room(theirs) and _is_users(file):
            at = file, frame.f_code.co_firstlineno
            self._report.callbacks[at] += 1
            self._entered[id(frame)] = at
            self._copied(at, *_given(frame))

    def _crossed(self, frame: FrameType, caller: FrameType) -> None:
        at = caller.f_code.co_filename, caller.f_lineno
        report = self._report
        report.calls[at] += 1
        loop = (id(caller), *at)
        self._loops[loop] += 1
        report.loops[at] = max(report.loops[at], self._loops[loop])
        self._entered[id(frame)] = at
        if not frame.f_code.co_flags & inspect.CO_GENERATOR:
            self._copied(at, *_given(frame))

    def _return(self, frame: FrameType, value: Any) -> None:
        at = self._entered.pop(id(frame), None)
        if at is not None:
            self._copied(at, value)
        elif self._loops and not self._is_room(frame.f_code.co_filename):
            for key in [key for key in self._loops if key[0] == id(frame)]:
                del self._loops[key]

    def _copied(self, at: tuple[str, int], *values: Any) -> None:
        for value in values:
            copies, size = _measure(value)
            self._report.copies[at] += copies
            self._report.sizes[at] += size

    def _is_room(self, file: str) -> bool:
        bridges = Bridge.__subclasses__()
        if len(bridges) != self._bridges:  # a room was loaded meanwhile
            self._rooms, self._bridges = {proxy.__file__: True}, len(bridges)
            self._folders = tuple(_folder(each) for each in bridges)
        known = self._rooms.get(file)
        if known is None:
            known = self._rooms[file] = file.startswith(self._folders)
        return known


def _folder(bridge: type[Bridge]) -> str:
    """Where a bridge's room is; nowhere, for one of no file of its own."""
    file = getattr(sys.modules.get(bridge.__module__), "__file__", None)
    return f"{Path(file).parent}/" if file and not _is_ours(file) else "/dev/null/"


def _is_ours(file: str) -> bool:
    return file.startswith(_OURS) and not file.startswith(_TESTING)


def _is_users(file: str) -> bool:
    """Not a room's, which is asked before; and neither polyhy's nor a library's."""
    return not file.startswith(("<", _OURS, *_LIBRARIES))


def _given(frame: FrameType) -> list[Any]:
    """The arguments of a call that has just begun, but for `self`."""
    code = frame.f_code
    count = code.co_argcount + code.co_kwonlyargcount
    names = [name for name in code.co_varnames[:count] if name != "self"]
    named = [frame.f_locals.get(name) for name in names]
    rest = code.co_varnames[count : count + bool(code.co_flags & inspect.CO_VARARGS)]
    return [*named, *(x for name in rest for x in frame.f_locals.get(name, ()))]


def _measure(x: Any) -> tuple[int, int]:
    """How many containers and texts a value copies, and about how many bytes."""
    if isinstance(x, (str, bytes, bytearray)):
        return 1, len(x)
    if isinstance(x, (bool, int, float)):
        return 0, 8
    if isinstance(x, dict):
        return _measure_all([*x.keys(), *x.values()])
    return _measure_all(list(x)) if isinstance(x, _CONTAINERS) else (0, 0)


def _measure_all(items: list[Any]) -> tuple[int, int]:
    some = [(x, *_measure(x)) for x in items[:_SAMPLE]]
    share = len(items) / len(some) if some else 1
    inner = sum(copies for x, copies, _ in some if isinstance(x, (dict, *_CONTAINERS)))
    return 1 + int(inner * share), int(sum(size for _, _, size in some) * share)


def _line(cells: Sequence[str], widths: Sequence[int], source: str) -> str:
    numbers = [f"{cell:>{width}}" for cell, width in zip(cells[:-1], widths[:-1], strict=True)]
    return "  ".join([*numbers, f"{cells[-1]:<{widths[-1]}}", source]).rstrip()
