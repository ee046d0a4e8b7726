"""Damage: what of the store changed since it was stored, found by hashing it all anew."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from polyhy import plugins, store
from polyhy.errors import PackageError
from polyhy.packages import collect, manifest, tools


class Verified(NamedTuple):
    """The names of all that was looked at, those that changed, and the projects that hold them."""

    names: list[str]
    damaged: list[str]
    projects: list[str]


def verify() -> Verified:
    """Remove what changed, of packages and of what rooms keep for themselves.

    A project whose env holds a changed package has no env until its next sync.
    """
    names, damaged = [], []
    for entry in store.entries():
        names.append(store.name_of(entry))
        with store.refusals(entry, "read"):
            if not store.is_whole(entry):
                store.remove(entry)
                damaged.append(names[-1])
    projects = [str(root) for root in _disowned(damaged)]
    for folder in tools.folders():
        names.append(folder.relative_to(store.cache()).as_posix())
        with store.refusals(folder, "read"):
            if not tools.is_whole(folder):
                store.remove(folder)
                damaged.append(names[-1])
    _lay_tools_anew()
    return Verified(names, damaged, projects)


def _disowned(damaged: Collection[str]) -> list[Path]:
    """Make the envs that hold one of these stale; their projects."""
    stale = []
    for listed, names in collect.lists():
        if not names.isdisjoint(damaged):
            (listed.parent / manifest.LOCK).unlink(missing_ok=True)  # nothing is loaded from it
            for laid in filter(Path.is_dir, tools.shared(listed.parent)):
                store.remove(laid)
            stale.append(listed.parent.parent.parent)
    return list(dict.fromkeys(stale))


def _lay_tools_anew() -> None:
    """Lay out again what rooms need, where the store has it all; else the next sync does."""
    for name in plugins.ecosystems():
        room = plugins.ecosystem(name)
        pins = room.wanted(room.own())
        if pins and all(store.find(pin, room.variant(pin)) for pin in pins):
            with suppress(PackageError):
                tools.keep(room, pins)
