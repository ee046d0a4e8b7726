"""What the user's own Python environment has of PyPI, polyhy's overlays aside."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from polyhy.spec import Pin, Spec

from .requirement import canonical, contains, range_of


def needs(spec: Spec) -> Iterator[tuple[str, str]]:
    """What has to be there for a spec: the package, and what its extras require."""
    yield spec.name, range_of(spec)
    if not spec.extras:
        return
    from importlib.metadata import PackageNotFoundError, requires

    from packaging.requirements import Requirement

    try:
        required = [Requirement(text) for text in requires(spec.name) or ()]
    except PackageNotFoundError:
        return
    for each in required:
        if any(each.marker and each.marker.evaluate({"extra": extra}) for extra in spec.extras):
            yield each.name, str(each.specifier)


def has(name: str, within: str) -> bool:
    """True where the environment has a package in that range."""
    version = installed(name)
    return bool(version) and contains(within, version)


def installed(name: str) -> str:
    """The version that the user's own environment has, our overlays aside; empty for none."""
    places = [path or "." for path in sys.path if ".polyhy" not in Path(path).parts]
    for place in places:
        with suppress(OSError):
            if version := laid(place, name):
                return version
    return ""


def laid(folder: str | Path, name: str) -> str:
    """The version of a package in a folder; empty for none. OSError where there is no folder."""
    return _versions(str(folder), os.stat(folder).st_mtime_ns).get(canonical(name), "")


def is_for_here(pin: Pin) -> bool:
    """True where a pin's marker, if it has one, is about this machine and Python."""
    marker = pin.native.get("marker")
    return not marker or bool(holds(marker))


@lru_cache(maxsize=256)
def holds(marker: str) -> bool | None:
    """Whether a marker is about this machine and Python; None for a text that is none."""
    from packaging.markers import Marker

    try:
        return Marker(marker).evaluate()
    except ValueError:  # also for what can't be compared
        return None


@lru_cache(maxsize=64)
def _versions(folder: str, changed: int) -> dict[str, str]:
    """The distributions in a folder, by the names of their own folders.

    importlib.metadata would read a file of each, and takes long to import.
    """
    found = {}
    for entry in os.listdir(folder):
        stem, ending = os.path.splitext(entry)
        name, _, version = stem.rpartition("-")
        if ending == ".dist-info" and name:
            found[canonical(name)] = version.replace("_", "-")
        elif ending == ".egg-info":
            found |= _old(folder, entry)
    return found


def _old(folder: str, entry: str) -> dict[str, str]:
    """What setuptools once left beside a package: the name of its folder may lack the version."""
    from importlib.metadata import Distribution

    said = Distribution.at(Path(folder, entry)).metadata
    return {canonical(said["Name"]): said["Version"]} if said["Name"] else {}
