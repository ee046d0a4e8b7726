"""The index of a library: what its headers say, kept in the cache by what it was made from.

A file of one line of JSON, then all names, then where each record begins, then the records. Opening
one reads no record; a record is decoded when its name is asked for.
"""

from __future__ import annotations

import ctypes
import mmap
import sys
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from .files import cache_folder, digest, file_hash, staged, stamp
from .locate import Located
from .reader import Reading, read

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


@dataclass
class Index:
    """The records of one library by name. `missing` says why a declared name can't be had."""

    located: Located
    headers: list[str]
    missing: dict[str, str]
    _names: dict[str, int]
    _offsets: array[int]
    _records: memoryview

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def __getitem__(self, name: str) -> dict[str, Any]:
        number = self._names[name]
        return orjson.loads(self._records[self._offsets[number] : self._offsets[number + 1]])

    def get(self, name: str) -> dict[str, Any] | None:
        return self[name] if name in self._names else None

    def names(self) -> list[str]:
        """All names: functions, constants, typedefs, and tags as `struct x`."""
        return list(self._names)


def load(key: Sequence[str], locate: Callable[[], Located]) -> Index:
    """The index for `key`, from the cache where no file that it was made from has changed."""
    file = cache_folder("index") / digest([_version(), *key])
    head = _head(file)
    if head and _unchanged(head["stamps"]):
        return _open(file)
    located = locate()
    content = _content(located, head["files"] if head else [])
    if not head or head["content"] != content:
        reading = read(located.headers, located.flags, set(located.own), exports(located.objects))
        content = _content(located, reading.files)
        _write(file, located, reading, content)
    else:
        _restamp(file, located, head)
    return _open(file)


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
    names = "\n".join(reading.records).encode()
    lines = [orjson.dumps(record, default=tuple) for record in reading.records.values()]
    offsets = array("I", [0])
    for line in lines:
        offsets.append(offsets[-1] + len(line))
    head = {
        "located": located,
        "stamps": _stamps(located, reading.files),
        "files": reading.files,
        "headers": reading.headers,
        "content": content,
        "missing": reading.missing,
        "names": len(names),
        "count": len(lines),
    }
    with staged(file) as into:
        into.write_bytes(
            b"".join([orjson.dumps(head, default=tuple), b"\n", names, offsets.tobytes(), *lines])
        )


def _restamp(file: Path, located: Located, head: dict[str, Any]) -> None:
    """Note that files were touched and hold what they held."""
    with open(file, "rb") as stream:
        stream.readline()
        rest = stream.read()
    head["stamps"] = _stamps(located, head["files"])
    with staged(file) as into:
        into.write_bytes(orjson.dumps(head, default=tuple) + b"\n" + rest)


def _open(file: Path) -> Index:
    with open(file, "rb") as stream:
        view = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
        head = orjson.loads(stream.readline())
        names = stream.read(head["names"]).decode().split("\n")
        offsets = array("I")
        offsets.frombytes(stream.read(offsets.itemsize * (head["count"] + 1)))
        records = view[stream.tell() :]
    located = Located(*head["located"])
    numbers = dict(zip(names, range(len(names)), strict=True))
    return Index(located, head["headers"], head["missing"], numbers, offsets, records)
