"""What a project's env says of a system library, and that the library is still that one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import orjson

from .errors import Changed
from .files import file_hash, stamp
from .locate import Located

_seen: dict[str, tuple[object, str]] = {}


def check(name: str, located: Located, folders: Iterable[Path]) -> None:
    """Raise Changed where the shared object is not the one that was locked."""
    for folder in folders:
        file = folder / f"{located.name}.json"
        if not file.is_file():
            continue
        locked = orjson.loads(file.read_bytes())
        if locked["hash"] != hash_of(located):
            where = located.objects[0] if located.objects else name
            raise Changed(file=where, library=locked["asked"], version=locked["version"])


def hash_of(located: Located) -> str:
    """The hash of a library's first shared object; of its headers where it has none."""
    return _hash(located.objects[0] if located.objects else located.headers[0])


def _hash(file: str) -> str:
    now = stamp(file)
    if _seen.get(file, ((), ""))[0] != now:
        _seen[file] = now, file_hash(file)
    return _seen[file][1]
