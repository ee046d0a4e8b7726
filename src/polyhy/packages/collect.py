"""Garbage: what of the cache nobody uses any more. Every env notes where it is and what it took."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import NamedTuple

from polyhy import plugins, store
from polyhy.errors import StoreError
from polyhy.packages import env as envs
from polyhy.packages import tools
from polyhy.packages.env import Env

ENTRIES = "entries"
GRACE = 3600.0
"""Seconds for which an entry is spared that was just stored or used: an env may want it next."""

IDLE = 30 * 24 * 3600.0
"""Seconds after which an env of a script goes, and what a room made, if nobody used it."""


class Pruned(NamedTuple):
    """What `prune` removed: entries of the store by name, envs of scripts, how much rooms made.

    And how many bytes that were.
    """

    entries: tuple[str, ...]
    scripts: int
    made: int
    bytes: int


def note(env: Env, folder: Path, entries: Iterable[str]) -> None:
    """Note that an env, staged in `folder`, uses these entries."""
    (folder / ENTRIES).write_text("".join(f"{name}\n" for name in entries), "utf-8")
    key = hashlib.sha256(str(env.root).encode()).hexdigest()[:16]
    place = store.cache() / "envs" / key
    if not place.exists():
        store.write(place, f"{env.root}\n")


def lists() -> Iterator[tuple[Path, set[str]]]:
    """The entries that envs took, by list, the last generation too; what is gone is forgotten."""
    for place in (store.cache() / "envs").glob("[!.]*"):
        root = Path(place.read_text("utf-8").strip())
        if not (root / envs.FOLDER).is_dir():
            place.unlink(missing_ok=True)
        for listed in (root / envs.FOLDER).glob(f"*/{ENTRIES}"):
            yield listed, set(listed.read_text("utf-8").split("\n"))


def prune(grace: float = GRACE, *, everything: bool = False) -> Pruned:
    """Remove from the store what no env uses, and from the cache what nobody used for long.

    With `everything`, all that can be made again goes first: envs of scripts, what rooms made, what
    clients cached for themselves.
    """
    idle = 0.0 if everything else IDLE
    scripts = [root for root in _folders("scripts/[!.]*") if _idle(root) >= idle]
    made = [path for path in _made() if _idle(path) >= idle]
    clients = [store.cache() / "clients"] if everything else []
    freed = sum(map(_drop, [*scripts, *made, *filter(Path.exists, clients), *_left()]))
    for folder in _folders("store/*"):
        with store.staging(folder.name):  # it takes away what killed processes left there
            pass
    unused = list(_unused(grace))
    freed += sum(_drop_entry(entry) for entry in unused)
    return Pruned(tuple(map(store.name_of, unused)), len(scripts), len(made), freed)


def _unused(grace: float) -> Iterator[Path]:
    used = {name for _, names in lists() for name in names}
    for entry in store.entries():
        with suppress(FileNotFoundError):  # another process removed it
            if store.name_of(entry) not in used and _age(entry) >= grace:
                yield entry


def _made() -> Iterator[Path]:
    """What rooms made and can make again, and what they needed in other versions of polyhy."""
    patterns: set[str] = set()  # languages of one room keep the same
    for language in plugins.languages():
        with suppress(ImportError):  # a room whose own libraries are missing
            patterns.update(plugins.bridge_class(language).keeps)
    for pattern in sorted(patterns):
        yield from store.cache().glob(pattern)
    yield from set(tools.folders()) - tools.current()


def _left() -> Iterator[Path]:
    """What processes left that were killed as they removed something or laid it out."""
    for pattern in _LEFT:
        yield from (path for path in store.cache().glob(pattern) if _idle(path) >= GRACE)


def _drop(path: Path) -> int:
    freed = _size(path)
    with suppress(StoreError, OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path) if path.name.startswith(".gone-") else store.remove(path)
        else:
            path.unlink(missing_ok=True)
    return freed


def _drop_entry(entry: Path) -> int:
    freed = _size(entry)
    with store.staging(entry.parent.name):  # nobody stores or removes the same one meanwhile
        if not entry.exists():
            return 0
        store.remove(entry)
    return freed


def _folders(pattern: str) -> list[Path]:
    return [path for path in store.cache().glob(pattern) if path.is_dir()]


def _age(entry: Path) -> float:
    return time.time() - max(mark.stat().st_mtime for mark in entry.iterdir() if mark.is_file())


def _idle(path: Path) -> float:
    """For how long nobody wrote anything there or read a file."""
    stats, now = list(_stats(path)), time.time()
    read = [stat.st_atime for stat in stats if not S_ISDIR(stat.st_mode)]  # we read folders here
    return now - max([*read, *(stat.st_mtime for stat in stats)], default=now)


def _size(path: Path) -> int:
    """How many bytes are free once it is gone: files that others hold too free none."""
    stats = _stats(path)
    return sum(stat.st_size for stat in stats if S_ISREG(stat.st_mode) and stat.st_nlink == 1)


def _stats(path: Path) -> Iterator[os.stat_result]:
    """Of a path and all within; another process may remove them meanwhile."""
    within = (
        os.path.join(folder, name)
        for folder, folders, files in os.walk(path)
        for name in (*folders, *files)
    )
    for each in (path, *within):
        with suppress(FileNotFoundError):
            yield os.lstat(each)


_LEFT = (
    ".gone-*",
    "*/.gone-*",
    *(f"rooms/*/{each}" for each in (".gone-*", "staging-*", "*.lock")),
)
