"""Files that can be made again: by content, staged, renamed."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from polyhy import store


def cache_folder(topic: str) -> Path:
    """The room's folder in the cache, made if need be."""
    folder = store.cache() / "c" / topic
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def staged(file: Path) -> Iterator[Path]:
    """A path to write to; what lies there in the end becomes `file`, in one rename."""
    with tempfile.TemporaryDirectory(prefix=".staging-", dir=file.parent) as folder:
        into = Path(folder, file.name)
        yield into
        os.replace(into, file)


def digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]


def file_hash(file: str | Path) -> str:
    with open(file, "rb") as stream:
        return "sha256:" + hashlib.sha256(stream.read()).hexdigest()


def stamp(file: str | Path) -> tuple[int, int] | None:
    """What changes when a file does, at the price of a stat; None where there is none."""
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
