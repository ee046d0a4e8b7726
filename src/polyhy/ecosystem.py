"""The contract of a package source. A room subclasses Ecosystem once; `install` drives it."""

from __future__ import annotations

import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, NamedTuple

from polyhy.spec import Pin, Spec


class Tool(NamedTuple):
    """A program that an ecosystem drives, for `polyhy doctor`. `version` is empty if missing."""

    name: str
    version: str
    need: str
    command: str


class Ecosystem(ABC):
    """Packages from one registry, resolved and fetched by its own client.

    `install` calls `resolve` when the manifest changed, `fetch` and `build` for pins that the
    store lacks, and `link` to lay an env out of the store. Each works in the folder it is given
    and nowhere else; `install` hashes, renames and flips.
    """

    name: ClassVar[str]
    """As users write it: `crates`."""

    purl_type: ClassVar[str]
    """As purl writes it: `cargo`."""

    bridge: ClassVar[str]
    """The language that loads its packages."""

    @abstractmethod
    def resolve(self, specs: Sequence[Spec], locked: Sequence[Pin]) -> list[Pin]:
        """Choose exact versions for `specs` and all they need; prefer those `locked`."""

    @abstractmethod
    def fetch(self, pins: Sequence[Pin], into: Path) -> Mapping[Pin, Path]:
        """Bring the pins' files under the folder `into`, hashes checked; return their folders."""

    def build(self, pin: Pin, folder: Path) -> None:
        """Make what the fetched package needs before it can be loaded. Default: nothing."""

    @abstractmethod
    def link(self, stored: Mapping[Pin, Path], env: Path) -> None:
        """Lay the stored packages out in the folder `env`, which the bridge then searches."""

    def spec(self, text: str) -> Spec:
        """Read a spec as users of this ecosystem write it: `lodash@^4/fp`."""
        return Spec.parse(text, self.name)

    def answers(self, spec: Spec, pin: Pin) -> bool:
        """True where `pin` was locked for a spec like this one, and its version is in the range."""
        return spec.name == pin.name and spec.version in ("", "*", pin.version)

    def variant(self, pin: Pin) -> str:
        """What else than the pin decides the files: the platform they are built for."""
        return ""

    def satisfied(self, spec: Spec) -> bool:
        """True where the user's own environment already has it, so that no lock is asked."""
        return False

    def own(self) -> list[Pin]:
        """What the room itself needs to load packages, pinned in the room. Default: nothing."""
        return []

    def wanted(self, pins: Iterable[Pin]) -> list[Pin]:
        """The pins that this machine needs: not those for other platforms. Default: all."""
        return list(pins)

    def tools(self) -> list[Tool]:
        """What `polyhy doctor` reports."""
        return []


def lay(folder: Path, at: Path) -> None:
    """Lay a stored folder out at `at`, by hard links, or copies where the disk has none.

    What is already there stays: a package may hold another's folder, and two may share a file.
    """
    for parent, _, files in os.walk(folder):
        there = os.path.join(at, os.path.relpath(parent, folder))
        os.makedirs(there, exist_ok=True)
        for file in files:
            _link(os.path.join(parent, file), os.path.join(there, file))


def _link(file: str, at: str) -> None:
    try:
        os.link(file, at, follow_symlinks=False)
    except FileExistsError:
        return
    except OSError:
        shutil.copy2(file, at, follow_symlinks=False)
