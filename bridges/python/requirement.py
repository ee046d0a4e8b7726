"""Requirements as PyPI has them: ranges, extras and markers, after PEP 440 and PEP 508."""

from __future__ import annotations

import re

from polyhy.errors import SpecError
from polyhy.spec import Spec


def with_marker(text: str) -> Spec:
    """Read a requirement with a marker, as PEP 508 writes it."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        found = Requirement(text.strip())
    except InvalidRequirement as error:
        raise SpecError(str(error).split("\n")[0], spec=text, hint=_PEP_508) from None
    if found.url:
        detail = "it comes from an address, and polyhy locks what registries hold"
        raise SpecError(detail, spec=text, hint=_PEP_508)
    marker = f" ; {found.marker}" if found.marker else ""
    version = f"{found.specifier}{marker}".strip()
    return Spec("pypi", found.name, version, extras=tuple(sorted(found.extras)))


def asking(spec: Spec) -> str:
    """A requirement as uv reads it."""
    extras = spec.key.removeprefix(spec.name)
    return f"{canonical(spec.name)}{extras}{range_of(spec)}{_marker(spec)}"


def canonical(name: str) -> str:
    """The name that PyPI compares: `Foo_Bar` is `foo-bar`."""
    return re.sub(r"[-_.]+", "-", name).lower()


def range_of(spec: Spec) -> str:
    """What PEP 440 calls the range: `==1.16` for `six@1.16`."""
    version = spec.version.partition(";")[0].strip()
    if version in ("", "*"):
        return ""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    bare = re.match(r"v?\d", version)
    try:
        return str(SpecifierSet(f"=={version}" if bare else version))
    except InvalidSpecifier:
        hint = f'write "{spec.name}", "{spec.name}>=1.2" or "{spec.name}==1.2"'
        raise SpecError("its range is not one of PyPI's", spec=str(spec), hint=hint) from None


def contains(within: str, version: str) -> bool:
    """True where a version is in a range; prereleases count."""
    if not within:
        return True
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(within).contains(version, prereleases=True)


def _marker(spec: Spec) -> str:
    _, semicolon, marker = spec.version.partition(";")
    return f" ; {marker.strip()}" if semicolon else ""


_PEP_508 = 'write "name", "name>=1.2" or "name[extra]>=1.2"'
