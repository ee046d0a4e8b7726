"""What rooms need in their guests, laid out once in the cache too, for processes with no env."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from polyhy import store
from polyhy.ecosystem import Ecosystem
from polyhy.spec import Pin

FOLDER = "tools"
"""Where in a folder that a bridge searches the room's own packages lie."""


def find(ecosystem: Ecosystem) -> Path | None:
    """The folder to search, left by any install with this version of polyhy; None before one."""
    folder = _folder(ecosystem, ecosystem.wanted(ecosystem.own()))
    return folder if (folder / FOLDER).is_dir() else None


def keep(ecosystem: Ecosystem, pins: Sequence[Pin]) -> None:
    """Lay the room's own packages out; they are all in the store."""
    folder = _folder(ecosystem, pins)
    if not pins or (folder / FOLDER).is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with store.locked(folder.with_name(f"{folder.name}.lock")):
        if (folder / FOLDER).is_dir():  # another process was quicker
            return
        staged = Path(tempfile.mkdtemp(prefix="staging-", dir=folder.parent))
        (staged / FOLDER).mkdir()
        ecosystem.link(
            {pin: store.verify(pin, ecosystem.variant(pin)) for pin in pins}, staged / FOLDER
        )
        shutil.rmtree(folder, ignore_errors=True)
        staged.rename(folder)


def _folder(ecosystem: Ecosystem, pins: Sequence[Pin]) -> Path:
    parts = [(p.name, p.version, p.hash, ecosystem.variant(p)) for p in sorted(pins)]
    digest = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]
    return store.cache() / "rooms" / ecosystem.name / digest
