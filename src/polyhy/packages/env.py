"""The env: the packages of one project, laid out in `.polyhy/` for the bridges to search."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from polyhy import plugins
from polyhy.errors import NotInstalled, NotLocked, PackageError
from polyhy.packages import lock as locks
from polyhy.packages import manifest
from polyhy.packages.lock import Lock
from polyhy.packages.manifest import CURRENT, FOLDER
from polyhy.spec import Pin, Spec

_chosen: Env | None = None


@dataclass(frozen=True)
class Env:
    """An installed generation: `root` is the project, `folder` is `.polyhy/<generation>`."""

    root: Path
    folder: Path

    @cached_property
    def lock(self) -> Lock:
        """The lock that this generation was made from."""
        return locks.read(self.folder) or Lock()

    def paths(self, ecosystem: str) -> list[Path]:
        """The folders that the bridge of `ecosystem` searches."""
        folder = self.folder / ecosystem
        return [folder] if folder.is_dir() else []

    def locked(self, spec: Spec) -> bool:
        """True where this env was made for a spec like this one and has a version in its range."""
        folder = self.folder / spec.ecosystem
        return any(
            plugins.ecosystem(spec.ecosystem).stands(p, folder) for p in answers(self.lock, spec)
        )


def find(start: Path | None = None) -> Env | None:
    """The env in use: the one chosen by `use`, that of $POLYHY_ENV, or that of `start`'s project.

    `start` is the working folder by default. Nothing is fetched and no client started; None where
    there is no project, or it was never synced.
    """
    if _chosen is not None:
        return _chosen
    named = os.environ.get("POLYHY_ENV")
    root = Path(named).absolute() if named else manifest.find_root(start or Path.cwd())
    return at(root) if root else None


def at(root: Path) -> Env | None:
    """The env of a project, or None where it was never synced."""
    try:
        generation = (root / FOLDER / CURRENT).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    folder = root / FOLDER / generation
    return Env(root, folder) if generation and (folder / manifest.LOCK).is_file() else None


def use(env: Env | None) -> None:
    """Make `env` the one in use in this process; None returns to that of the project."""
    global _chosen
    _chosen = env


def answers(lock: Lock, spec: Spec) -> Iterator[Pin]:
    """The pins of a lock that answer a spec."""
    pins = lock.of_ecosystem(spec.ecosystem)[1]
    if pins:
        ecosystem = plugins.ecosystem(spec.ecosystem)
        yield from (pin for pin in pins if ecosystem.answers(spec, pin))


def refusal(spec: Spec, start: Path | None = None) -> PackageError:
    """Why `spec` can't be loaded: NotLocked, or NotInstalled where only a sync is missing."""
    root = manifest.find_root(start or Path.cwd())
    lock = locks.read(root) if root else None
    if (
        root
        and lock
        and any((s.ecosystem, s.name) == (spec.ecosystem, spec.name) for s in lock.roots)
    ):
        current = at(root)
        if current is None or current.lock != lock or any(answers(lock, spec)):
            return NotInstalled(spec=str(spec))
    return NotLocked(spec=str(spec))
