"""A package as a person writes it (Spec) and as the lock keeps it (Pin)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from polyhy.errors import SpecError

_SPEC = re.compile(
    r"""
    (?: (?P<ecosystem>[a-z][a-z0-9-]*) : )?
    (?P<name> (?: @[a-zA-Z0-9][\w.-]*/ )? [a-zA-Z0-9_][\w.+-]* )
    (?: \[ (?P<extras> \s* \w[\w.-]* (?: \s*,\s* \w[\w.-]* )* \s* ) \] )?
    (?: \s*@ (?P<at> (?=[^/]*[\w*]) [^/]+ )
      | \s* (?P<op> (?: [~^!=<>]=? | === ) (?=[^/]*[\w*]) [^/]+ ) )?
    (?: / (?P<subpath>[\w@./-]+) )?
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Spec:
    """`Spec.parse("npm:lodash@^4/fp")`: ecosystem, name, version range and subpath.

    `extras` are the optional parts that are wanted, sorted: those of `pypi:httpx[http2]`, the
    features of a crate.
    """

    ecosystem: str
    name: str
    version: str = ""
    subpath: str = ""
    extras: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str, ecosystem: str = "") -> Spec:
        """Read `npm:lodash@^4`, or `lodash@^4` where the ecosystem is known."""
        found = _SPEC.fullmatch(text.strip())
        if not found:
            raise SpecError("there is a character that no name has", spec=text)
        if found["ecosystem"] and ecosystem and found["ecosystem"] != ecosystem:
            raise SpecError(f"it stands among packages of {ecosystem}", spec=text)
        if not (found["ecosystem"] or ecosystem):
            plain = text.replace("{", "{{").replace("}", "}}")
            raise SpecError("the ecosystem is missing", spec=text, hint=f"write npm:{plain}")
        version = (found["at"] or found["op"] or "").strip()
        eco = found["ecosystem"] or ecosystem
        extras = {each.strip() for each in (found["extras"] or "").split(",")} - {""}
        return cls(eco, found["name"], version, found["subpath"] or "", tuple(sorted(extras)))

    @property
    def key(self) -> str:
        """The name with its extras, as manifest and lock write it: `httpx[http2]`."""
        return f"{self.name}[{','.join(self.extras)}]" if self.extras else self.name

    @property
    def module(self) -> str:
        """The name a guest loads it by: `lodash/fp`."""
        return f"{self.name}/{self.subpath}" if self.subpath else self.name

    def __str__(self) -> str:
        version = f"@{self.version}" if self.version and self.version[0] not in "~!=<>" else ""
        return f"{self.ecosystem}:{self.key}{version or self.version}" + (
            f"/{self.subpath}" if self.subpath else ""
        )


@dataclass(frozen=True, order=True)
class Pin:
    """One exact package in the lock. `native` is what its ecosystem needs to place it again.

    `licence` is an SPDX expression, or what the package says instead; empty where nothing is said.
    `consent` is the code of its own that it may run to be built (see `Ecosystem.asks`).
    """

    ecosystem: str
    name: str
    version: str
    purl_type: str = field(compare=False)
    hash: str = field(default="", compare=False)
    requires: tuple[str, ...] = field(default=(), compare=False)
    native: dict[str, Any] = field(default_factory=dict, compare=False, hash=False)
    licence: str = field(default="", compare=False)
    consent: str = field(default="", compare=False)

    @property
    def label(self) -> str:
        """As people name it: `npm:lodash@4.17.21`."""
        return f"{self.ecosystem}:{self.name}@{self.version}"

    @property
    def purl(self) -> str:
        """`pkg:npm/%40scope/name@1.0.0`, as the package-url specification spells it."""
        return _purl(self.purl_type, self.name, self.version)


@lru_cache(maxsize=4096)
def _purl(kind: str, full_name: str, version: str) -> str:
    from packageurl import PackageURL

    namespace, _, name = full_name.rpartition("/")
    return PackageURL(kind, namespace or None, name, version).to_string()


def folded(name: str) -> str:
    """A name as registries compare it that take `Foo_Bar`, `foo.bar` and `foo-bar` for one."""
    return name.lower().replace("_", "-").replace(".", "-")
