"""Kept: where the extension of a crate lies, by everything that decides it; else it is built."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from polyhy import store

from . import cargo
from .workspace import Workspace

EXTENSION = "extension.so"
STUB = "module.pyi"
SKIPS = "skips.json"
LATER = "later.json"
"""How the extension is compiled again, optimized; it is there until that is done."""


def built(envs: Sequence[Path], name: str, hints: Mapping[str, str]) -> tuple[Path, str]:
    """The folder with the extension of a crate, made if need be, and the module's name."""
    return made(Workspace(envs, name), hints)


def made(workspace: Workspace, hints: Mapping[str, str]) -> tuple[Path, str]:
    """The folder with the extension for a workspace."""
    folder = _place(workspace, hints)
    if not (folder / EXTENSION).is_file():
        with store.locked(folder.with_name(f"{folder.name}.lock")):
            if not (folder / EXTENSION).is_file():
                from .build import make

                make(workspace, folder, hints)
    if (folder / LATER).is_file():
        from . import later

        later.begin(folder)
    return folder, workspace.name.replace("-", "_")


def _place(workspace: Workspace, hints: Mapping[str, str]) -> Path:
    extra = json.dumps([sys.implementation.cache_tag, sorted(hints.items())])
    name = f"{workspace.name}-{workspace.package.version}-{workspace.key(extra)}"
    return cargo.cache() / "extensions" / name
