"""What rooms need in their guests, laid out once a project, and once for processes with no env."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from polyhy import plugins, store
from polyhy.ecosystem import Ecosystem
from polyhy.spec import Pin

_MARK = "ok"
FOLDER = "tools"
"""Where in a folder that a bridge searches the room's own packages lie."""


def find(ecosystem: Ecosystem) -> Path | None:
    """The folder to search, left by any install with this version of polyhy; None before one."""
    folder = _folder(ecosystem, ecosystem.wanted(ecosystem.own()))
    if not (folder / FOLDER).is_dir():
        return None
    with suppress(OSError):  # a cache may be shared read-only
        os.utime(folder)
    return folder


def current() -> set[Path]:
    """The folders that `find` gives with this version of polyhy, where it has laid them out."""
    rooms = map(plugins.ecosystem, plugins.ecosystems())
    return {folder for room in rooms if (folder := find(room))}


def folders() -> list[Path]:
    """All folders that were ever laid out, for other versions of polyhy too."""
    places = (store.cache() / "rooms").glob(f"*/[!.]*/{FOLDER}")
    return sorted(place.parent for place in places if not place.parent.name.startswith("staging-"))


def is_whole(folder: Path) -> bool:
    """True where a folder is what it was when it was laid out."""
    mark = folder / _MARK
    return mark.is_file() and store.tree_hash(folder / FOLDER) == mark.read_text()


def share(ecosystem: Ecosystem, pins: Sequence[Pin], folder: Path) -> None:
    """Let `folder` of a generation use the room's own packages, and those to come too."""
    laid = lay_out(ecosystem, pins, folder.parent.parent)
    (folder / FOLDER).symlink_to(Path("..", "..", laid.name))


def lay_out(ecosystem: Ecosystem, pins: Sequence[Pin], home: Path) -> Path:
    """Lay the room's own packages out for all generations in `home`; return where."""
    laid = home / f"{FOLDER}-{ecosystem.name}-{_digest(ecosystem, pins)}"
    if not laid.is_dir():
        staged = Path(tempfile.mkdtemp(prefix="staging-", dir=home))
        _lay(ecosystem, pins, staged)
        staged.rename(laid)
    return laid


def shared(generation: Path) -> list[Path]:
    """The folders of `share` that a generation uses; they may be gone."""
    links = (folder / FOLDER for folder in generation.glob("*"))
    return [link.resolve() for link in links if link.is_symlink()]


def keep(ecosystem: Ecosystem, pins: Sequence[Pin]) -> None:
    """Lay the room's own packages out; they are all in the store."""
    folder = _folder(ecosystem, pins)
    if (folder / FOLDER).is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with store.locked(folder.with_name(f"{folder.name}.lock")):
        if (folder / FOLDER).is_dir():  # another process was quicker
            return
        staged = Path(tempfile.mkdtemp(prefix="staging-", dir=folder.parent))
        (staged / FOLDER).mkdir()
        _lay(ecosystem, pins, staged / FOLDER)
        (staged / _MARK).write_text(store.tree_hash(staged / FOLDER))
        shutil.rmtree(folder, ignore_errors=True)
        staged.rename(folder)


def _lay(ecosystem: Ecosystem, pins: Sequence[Pin], folder: Path) -> None:
    ecosystem.link({pin: store.verify(pin, ecosystem.variant(pin)) for pin in pins}, folder)


def _folder(ecosystem: Ecosystem, pins: Sequence[Pin]) -> Path:
    return store.cache() / "rooms" / ecosystem.name / _digest(ecosystem, pins)


def _digest(ecosystem: Ecosystem, pins: Sequence[Pin]) -> str:
    parts = [(p.name, p.version, p.hash, ecosystem.variant(p)) for p in sorted(pins)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]
