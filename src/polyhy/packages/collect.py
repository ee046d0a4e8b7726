"""Garbage: what of the store no env uses any more. Every env notes where it is and what it took."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from polyhy import store
from polyhy.errors import StoreError
from polyhy.packages import env as envs
from polyhy.packages.env import Env

ENTRIES = "entries"
GRACE = 3600.0
"""Seconds for which an entry is spared that was just stored or used: an env may want it next."""


class Pruned(NamedTuple):
    """What `prune` removed: entries of the store by name, envs of scripts, and how many bytes."""

    entries: tuple[str, ...]
    scripts: int
    bytes: int


def note(env: Env, folder: Path, entries: Iterable[str]) -> None:
    """Note that an env, staged in `folder`, uses these entries."""
    (folder / ENTRIES).write_text("".join(f"{name}\n" for name in entries), "utf-8")
    key = hashlib.sha256(str(env.root).encode()).hexdigest()[:16]
    place = store.cache() / "envs" / key
    if not place.exists():
        store.write(place, f"{env.root}\n")


def prune(grace: float = GRACE, *, everything: bool = False) -> Pruned:
    """Remove from the store what no env uses.

    With `everything`, the envs of scripts go first, and what clients cached for themselves.
    """
    removed, freed = _drop_scripts() if everything else 0, _drop_clients() if everything else 0
    used, unused = set(_used()), []
    for entry in store.entries():
        name = entry.relative_to(store.cache() / "store").as_posix()
        if name not in used and _age(entry) >= grace:
            freed += _size(entry)
            with store.staging(entry.parent.name):  # nobody stores the same one meanwhile
                store.remove(entry)
            unused.append(name)
    return Pruned(tuple(unused), removed, freed)


def verify() -> tuple[list[str], list[str]]:
    """Hash every entry anew: the names of all, and of those that changed and were removed."""
    names, damaged = [], []
    for entry in store.entries():
        names.append(entry.relative_to(store.cache() / "store").as_posix())
        with store.refusals(entry, "read"):
            if not store.is_whole(entry):
                store.remove(entry)
                damaged.append(names[-1])
    return names, damaged


def _used() -> Iterator[str]:
    """The entries that envs took, those of the last generation too; what is gone is forgotten."""
    for place in (store.cache() / "envs").glob("[!.]*"):
        root = Path(place.read_text("utf-8").strip())
        if not (root / envs.FOLDER).is_dir():
            place.unlink(missing_ok=True)
            continue
        for listed in (root / envs.FOLDER).glob(f"*/{ENTRIES}"):
            yield from listed.read_text("utf-8").split("\n")


def _drop_scripts() -> int:
    roots = [root for root in (store.cache() / "scripts").glob("[!.]*") if root.is_dir()]
    for root in roots:
        with suppress(StoreError):
            store.remove(root)
    return len(roots)


def _drop_clients() -> int:
    folder = store.cache() / "clients"
    freed = _size(folder)
    if folder.exists():
        store.remove(folder)
    return freed


def _age(entry: Path) -> float:
    return time.time() - max(mark.stat().st_mtime for mark in entry.iterdir() if mark.is_file())


def _size(folder: Path) -> int:
    return sum(file.lstat().st_size for file in folder.rglob("*") if not file.is_dir())
