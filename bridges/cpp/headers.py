"""The system's C++ libraries as an ecosystem: found by the compiler, locked by hash, not fetched.

`cpp:nlohmann/json.hpp` is a header of the library `nlohmann`: the lock holds the version of the
system's package and the hash of the library's headers.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from importlib import metadata, util
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from polyhy.ecosystem import Ecosystem, Tool
from polyhy.errors import MissingTool, NoSuchVersion, SpecError, Tampered, UnknownPackage
from polyhy.spec import Pin, Spec

from . import find
from .errors import MissingHeader


class Headers(Ecosystem):
    """C++ libraries of this machine. Nothing is fetched: a pin says what must be here."""

    name = "cpp"
    purl_type = "generic"
    bridge = "cpp"
    local = True

    def resolve(self, specs: Sequence[Spec], locked: Sequence[Pin]) -> list[Pin]:
        pins: dict[str, Pin] = {}
        for spec in specs:
            folder = _found(spec)
            _, version = find.package(folder / spec.module)
            if not _within(spec, version):
                available = f"the system has {version}; {find.install_command(spec.module)}"
                raise NoSuchVersion(
                    ecosystem="cpp", name=spec.name, version=spec.version, available=available
                )
            hashed = _hash(folder, spec.name)
            pins[spec.name] = Pin(self.name, spec.name, version, self.purl_type, hashed)
        return list(pins.values())

    def fetch(self, pins: Sequence[Pin], into: Path) -> Mapping[Pin, Path]:
        """Check that the system has what was locked."""
        folders: dict[Pin, Path] = {}
        for pin in pins:
            folder = find.folder(pin.name)
            if _hash(folder, pin.name) != pin.hash:
                what = f"{folder / pin.name} (cpp:{pin.name})"
                raise Tampered(what=what, expected=pin.hash, hint=_CHANGED.format(pin.name))
            folders[pin] = into / f"{pin.name}-{pin.version}"
            folders[pin].mkdir()
        return folders

    def link(self, stored: Mapping[Pin, Path], env: Path) -> None:
        """Headers stay where the compiler looks for them."""

    def answers(self, spec: Spec, pin: Pin) -> bool:
        return spec.name == pin.name and _within(spec, pin.version)

    def satisfied(self, spec: Spec) -> bool:
        """True where the system has it in range: like a package of the user's own environment."""
        try:
            folder = find.folder(spec.module)
        except (MissingHeader, MissingTool):
            return False
        return not spec.version or _within(spec, find.package(folder / spec.module)[1])

    def tools(self) -> list[Tool]:
        found = metadata.version("cppyy") if util.find_spec("cppyy") else ""
        return [Tool("cppyy", found, "C++ runs by it", "pip install 'polyhy[cpp]'")]


def _found(spec: Spec) -> Path:
    try:
        return find.folder(spec.module)
    except MissingHeader as error:
        more = f", or run: {find.install_command(spec.module)}"
        raise UnknownPackage(ecosystem="cpp", name=spec.module, more=more) from error


def _within(spec: Spec, version: str) -> bool:
    """True where a version is in the range, which is written as Python's are, or `^3`."""
    if spec.version in ("", "*"):
        return True
    text = re.sub(r"^\^(\d+)([\d.]*)$", lambda m: f">={m[1]}{m[2]},<{int(m[1]) + 1}", spec.version)
    try:
        return SpecifierSet(text if text[0] in "<>=!~" else f"=={text}").contains(version)
    except InvalidSpecifier:
        hint = f"write cpp:{spec.name}>=3.11, cpp:{spec.name}^3 or cpp:{spec.name}@3.11.2"
        raise SpecError("its range is not one of C++'s", spec=str(spec), hint=hint) from None


def _hash(folder: Path, name: str) -> str:
    """The hash of all headers of a library: the files of its folder, or the one file it is."""
    at = folder / name
    files = sorted(path for path in at.rglob("*") if path.is_file()) if at.is_dir() else [at]
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(folder)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return f"sha256:{digest.hexdigest()}"


_CHANGED = "the system's package changed; to lock this one, run: polyhy lock --upgrade {0}"
