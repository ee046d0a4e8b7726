"""What the user's own Python environment has of PyPI, polyhy's overlays aside."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from polyhy.spec import Pin, Spec

from .requirement import contains, range_of


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
    from importlib.metadata import Distribution

    places = [path for path in sys.path if ".polyhy" not in Path(path).parts]
    found = next(iter(Distribution.discover(name=name, path=places)), None)
    return found.version if found else ""


def is_for_here(pin: Pin) -> bool:
    """True where a pin's marker, if it has one, is about this machine and Python."""
    if marker := pin.native.get("marker"):
        from packaging.markers import Marker

        return Marker(marker).evaluate()
    return True
