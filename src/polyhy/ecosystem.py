"""The contract of a package source. A room subclasses Ecosystem once; `install` drives it."""

from __future__ import annotations

import os
import re
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar, NamedTuple

from polyhy.spec import Pin, Spec


class Tool(NamedTuple):
    """A program that an ecosystem drives, for `polyhy doctor`. `version` is empty if missing."""

    name: str
    version: str
    need: str
    command: str


class Hit(NamedTuple):
    """A package that a registry found. `downloads` says how popular it is; 0 where it does not."""

    name: str
    version: str = ""
    summary: str = ""
    downloads: int = 0


class Info(NamedTuple):
    """What a registry says of a package. Newest version first; `size` in bytes, 0 if unknown."""

    name: str
    version: str
    versions: tuple[str, ...] = ()
    licence: str = ""
    summary: str = ""
    homepage: str = ""
    size: int = 0
    requires: tuple[str, ...] = ()
    downloads: int = 0


class Finding(NamedTuple):
    """A known vulnerability of a pin. `fixed` is the first version without it, empty for none."""

    purl: str
    id: str
    summary: str = ""
    severity: str = ""
    fixed: str = ""


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

    local: ClassVar[bool] = False
    """True where packages come from this machine alone: `--offline` then changes nothing."""

    dated: ClassVar[bool] = False
    """True where `resolve` itself leaves out what is younger than `policy().before`."""

    builds: ClassVar[bool] = False
    """True where the code that `asks` names must run for the package to be of any use."""

    settings: ClassVar[Mapping[str, str]] = {}
    """What the manifest's `[tool.polyhy.<name>]` may say, each with a line of help."""

    osv: ClassVar[str] = ""
    """Its name in OSV's data: `PyPI`. Empty where OSV knows nothing of it."""

    native: ClassVar[Mapping[str, type | tuple[type, ...]]] = {}
    """What `native` of its pins may hold: `{"paths": list}`; empty where nothing is checked."""

    required: ClassVar[tuple[str, ...]] = ()
    """What of that every pin has."""

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

    def claims(self, text: str, root: Path) -> Spec | None:
        """Read a text without `ecosystem:`, such as a path, if it can only mean one of these."""
        return None

    def answers(self, spec: Spec, pin: Pin) -> bool:
        """True where `pin` was locked for a spec like this one, and its version is in the range."""
        return spec.name == pin.name and spec.version in ("", "*", pin.version)

    def stands(self, pin: Pin, env: Path) -> bool:
        """True where a locked package is there for this very process: in the env, or elsewhere."""
        return True

    def variant(self, pin: Pin) -> str:
        """What else than the pin decides the files: the platform they are built for."""
        return ""

    def fault(self, pin: Pin) -> str:
        """What is wrong with a pin as a lock has it, which somebody may have edited; or ""."""
        for key in self.required:
            if key not in pin.native:
                return f"it has no native.{key}"
        for key, value in pin.native.items() if self.native else ():
            if not isinstance(value, self.native.get(key, ())) or not _is_of_texts(value):
                return f"native.{key} is not what polyhy writes"
        return ""

    def licences_of(self, pins: Sequence[Pin]) -> Mapping[Pin, str]:
        """The licences that `resolve` left empty, where asking takes long: files come meanwhile."""
        return {}

    def satisfied(self, spec: Spec) -> bool:
        """True where the user's own environment already has it, so that no lock is asked."""
        return False

    def artifacts(self, pin: Pin) -> list[str]:
        """The hashes of the files that a registry holds for a pin. Default: the pin's own."""
        return [pin.hash]

    def asks(self, pin: Pin) -> str:
        """What of the package's own code runs on this machine to build it: `build.rs`; or "".

        Answered by name in the manifest (`[tool.polyhy] allow-scripts`), or by `--yes`, and kept
        in the lock: `pin.consent` is the text that was agreed to. Where nobody agreed, a room
        that `builds` is not asked to fetch; another fetches the package without that code.
        """
        return ""

    def brings(self, pin: Pin) -> list[Spec]:
        """What a package needs of other ecosystems: a Lisp module names packages of npm."""
        return []

    def changed(self, pin: Pin) -> bool:
        """True where a pin was made of files of the project's own, and they changed since."""
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

    # --- what a registry says; None where it can't be asked

    def info(self, spec: Spec) -> Info | None:
        """What the registry says of `spec`, at its newest version in range; UnknownPackage."""
        return None

    def newest(self, specs: Sequence[Spec]) -> Mapping[Spec, tuple[str, str]]:
        """The newest version in the range of each spec, and the newest of all; by `info`."""
        found = {}
        for spec in specs:
            every = self.info(replace(spec, version="", subpath=""))
            fitting = self.info(replace(spec, subpath="")) if spec.version else every
            if every and fitting:
                found[spec] = fitting.version, every.version
        return found

    def search(self, text: str) -> list[Hit] | None:
        """Packages that a text finds, most popular first. Default: the registry has no search."""
        return None

    def published(self, pin: Pin) -> str | None:
        """When the version came out, as an ISO date and time in UTC. Asked if not `dated`."""
        return None

    def audit(self, pins: Sequence[Pin]) -> list[Finding] | None:
        """The known vulnerabilities of `pins`, by the native client. None: nobody could tell."""
        return None

    def order(self, version: str) -> Any:
        """What versions are compared by. Default: their numbers, then their words."""
        parts = re.findall(r"\d+|[a-zA-Z]+", version.partition("+")[0])
        return [(1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts] + [
            (0, 1, "")
        ]

    def provenance(self, pins: Sequence[Pin]) -> Mapping[str, str] | None:
        """By purl, what its signature or attestation proved. Tampered where one is false."""
        return None

    # --- beside the lock

    def export(self, specs: Sequence[Spec], pins: Sequence[Pin]) -> Mapping[str, str]:
        """The native files for what is asked and locked: `{"package.json": …}`."""
        return {}

    def programs(self, pin: Pin, env: Path) -> Mapping[str, Sequence[str]]:
        """The commands of a package linked in the folder `env`: by name, how each is started."""
        return {}


def lay(folder: Path, at: Path) -> None:
    """Lay a stored folder out at `at`, by hard links, or copies where the disk has none.

    What is already there stays: a package may hold another's folder, and two may share a file.
    """
    for parent, _, files in os.walk(folder):
        there = os.path.join(at, os.path.relpath(parent, folder))
        os.makedirs(there, exist_ok=True)
        for file in files:
            _link(os.path.join(parent, file), os.path.join(there, file))


def unpack_tarball(tarball: bytes, folder: Path) -> None:
    """Unpack the files of a package's tarball, without its first folder and without links."""
    import io
    import tarfile

    folder.mkdir(parents=True)
    with tarfile.open(fileobj=io.BytesIO(tarball)) as archive:
        for member in archive:
            parts = PurePosixPath(member.name).parts[1:]
            content = archive.extractfile(member) if member.isfile() else None
            if content is None or not parts or ".." in parts:
                continue
            file = folder.joinpath(*parts)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.read())
            file.chmod(0o755 if member.mode & 0o111 else 0o644)


def _is_of_texts(value: object) -> bool:
    return not isinstance(value, list) or all(isinstance(each, str) for each in value)


def _link(file: str, at: str) -> None:
    try:
        os.link(file, at, follow_symlinks=False)
    except FileExistsError:
        return
    except OSError:
        shutil.copy2(file, at, follow_symlinks=False)
