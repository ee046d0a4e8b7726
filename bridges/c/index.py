"""The index of a library: what its headers say, kept in the cache by what it was made from.

A file of one line of JSON, then all names, sorted, then where each name and each record begins,
then the records. It is mapped, not read: a name is looked for, and its record decoded, when it is
asked for.
"""

from __future__ import annotations

import ctypes
import gc
import mmap
import sys
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import orjson

from .files import cache_folder, digest, file_hash, staged, stamp
from .locate import Located
from .reader import Reading, read

_PLACE = array("I").itemsize
_MAKERS = (
    "clang",
    "docs",
    "index",
    "layout",
    "locate",
    "macros",
    "reader",
    "shape",
    "spell",
    "summary",
)


class Index:
    """The records of one library by name. `missing` says why a declared name can't be had."""

    def __init__(self, head: dict[str, Any], mapped: memoryview) -> None:
        self.located = Located(*head["located"])
        self.headers: list[str] = head["headers"]
        self.missing: dict[str, str] = head["missing"]
        places = head["count"] + 1
        ends = list(accumulate([head["names"], *(places * _PLACE,) * 2]))
        self._names = mapped[: ends[0]]
        self._sorted = _Sorted(self._names, mapped[ends[0] : ends[1]].cast("I"))
        self._offsets = mapped[ends[1] : ends[2]].cast("I")
        self._records = mapped[ends[2] :]
        self._places: dict[str, int] = {}

    def __contains__(self, name: str) -> bool:
        return self._place(name) >= 0

    def __getitem__(self, name: str) -> dict[str, Any]:
        found = self.get(name)
        if found is None:
            raise KeyError(name)
        return found

    def get(self, name: str) -> dict[str, Any] | None:
        place = self._place(name)
        if place < 0:
            return None
        return orjson.loads(self._records[self._offsets[place] : self._offsets[place + 1]])

    def names(self) -> list[str]:
        """All names, sorted: functions, constants, typedefs, and tags as `struct x`."""
        return bytes(self._names).decode().split("\n")[:-1]

    def _place(self, name: str) -> int:
        """The number of a name; -1 where there is none."""
        place = self._places.get(name)
        if place is None:
            key = name.encode("utf-8", "surrogatepass")
            place = bisect_left(self._sorted, key)
            found = place < len(self._sorted) and self._sorted[place] == key
            self._places[name] = place = place if found else -1
        return place


class _Sorted(Sequence[bytes]):
    """Names in a text of lines, by number."""

    def __init__(self, text: memoryview, starts: memoryview) -> None:
        self.text, self.starts = text, starts

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, number: Any) -> Any:
        return bytes(self.text[self.starts[number] : self.starts[number + 1] - 1])


def load(key: Sequence[str], locate: Callable[[], Located]) -> Index:
    """The index for `key`, from the cache where no file that it was made from has changed."""
    file = cache_folder("index") / digest([_version(), *key])
    head = _head(file)
    if head and _unchanged(head["stamps"]):
        return _open(file, head)
    located = locate()
    content = _content(located, head["files"] if head else [])
    if not head or head["content"] != content:
        with _no_collection():
            reading = read(
                located.headers, located.flags, set(located.own), exports(located.objects)
            )
        content = _content(located, reading.files)
        _write(file, located, reading, content)
    else:
        _restamp(file, located, head)
    return _open(file, _head(file))


@cache
def _version() -> str:
    """What changes when the code does that makes an index."""
    folder = Path(__file__).parent
    return digest([sys.platform, *(file_hash(folder / f"{name}.py") for name in _MAKERS)])


def exports(objects: Iterable[str]) -> Callable[[str], bool]:
    """A test whether one of these shared objects, or what they need, exports a name."""
    handles = [ctypes.CDLL(each)._handle for each in objects]
    find = ctypes.CDLL(None).dlsym
    find.restype, find.argtypes = ctypes.c_void_p, (ctypes.c_void_p, ctypes.c_char_p)
    return lambda name: any(find(handle, name.encode()) for handle in handles)


@contextmanager
def _no_collection() -> Iterator[None]:
    """A walk makes a hundred thousand objects and no cycles: to look for them takes a tenth."""
    had = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if had:
            gc.enable()


def _content(located: Located, files: Sequence[str]) -> str:
    """The hash of all that an index is made from."""
    parts = [f"{f} {file_hash(f)}" for f in sorted({*files, *located.objects}) if Path(f).is_file()]
    return digest([orjson.dumps(located, default=tuple).decode(), *parts])


def _unchanged(stamps: dict[str, Any]) -> bool:
    return all(stamp(file) == (then and tuple(then)) for file, then in stamps.items())


def _stamps(located: Located, files: Sequence[str]) -> dict[str, Any]:
    return {file: stamp(file) for file in [*located.watched, *located.objects, *files]}


def _head(file: Path) -> dict[str, Any] | None:
    try:
        with open(file, "rb") as stream:
            return orjson.loads(stream.readline())
    except (OSError, orjson.JSONDecodeError):
        return None


def _write(file: Path, located: Located, reading: Reading, content: str) -> None:
    records = sorted((name.encode(), record) for name, record in reading.records.items())
    names = [name + b"\n" for name, _ in records]
    lines = [orjson.dumps(record, default=tuple) for _, record in records]
    head = {
        "located": located,
        "stamps": _stamps(located, reading.files),
        "files": reading.files,
        "headers": reading.headers,
        "content": content,
        "missing": reading.missing,
        "names": sum(map(len, names)),
        "count": len(lines),
    }
    parts = [*names, _starts(names), _starts(lines), *lines]
    with staged(file) as into:
        into.write_bytes(b"".join([orjson.dumps(head, default=tuple), b"\n", *parts]))


def _starts(parts: Iterable[bytes]) -> bytes:
    return array("I", accumulate(map(len, parts), initial=0)).tobytes()


def _restamp(file: Path, located: Located, head: dict[str, Any]) -> None:
    """Note that files were touched and hold what they held."""
    with open(file, "rb") as stream:
        stream.readline()
        rest = stream.read()
    head["stamps"] = _stamps(located, head["files"])
    with staged(file) as into:
        into.write_bytes(orjson.dumps(head, default=tuple) + b"\n" + rest)


def _open(file: Path, head: dict[str, Any] | None) -> Index:
    assert head is not None
    with open(file, "rb") as stream:
        stream.readline()
        view = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
        return Index(head, view[stream.tell() :])
