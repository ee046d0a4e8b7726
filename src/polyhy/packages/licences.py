"""Licences: SPDX expressions of packages, and what a project's policy says of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from polyhy import plugins
from polyhy.errors import LicenceRefused
from polyhy.packages.lock import Lock
from polyhy.policy import Policy, named
from polyhy.spec import Pin
from polyhy.together import each

_TOLD = 10
"""So many refused packages are named."""


def normal(text: str) -> str:
    """A licence as SPDX spells it, where it can be told; else the text itself, on one line.

    >>> normal("mit or apache-2.0"), normal("MIT/Apache-2.0"), normal("BSD, sort of")
    ('MIT OR Apache-2.0', 'MIT OR Apache-2.0', 'BSD, sort of')
    """
    if not (text := " ".join(text.split())):
        return ""
    from packaging.licenses import canonicalize_license_expression

    known = _CALLED.get(text.lower(), text)
    spellings = (known, known.replace("/", " OR "))
    return next((str(canonicalize_license_expression(s)) for s in spellings if is_spdx(s)), text)


def is_spdx(text: str) -> bool:
    """True for an expression of SPDX.

    >>> is_spdx("MIT OR Apache-2.0"), is_spdx("BSD License")
    (True, False)
    """
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    try:
        return bool(canonicalize_license_expression(text))
    except InvalidLicenseExpression:
        return False


def told(lock: Lock, old: Lock) -> Lock:
    """The lock with the licences that it was resolved without: those of `old`, or asked now."""
    said = {pin: pin.licence for pin in old.pins}
    unknown: dict[str, list[Pin]] = {}
    for pin in lock.pins:
        if not pin.licence and pin not in said:
            unknown.setdefault(pin.ecosystem, []).append(pin)
    for some in each(lambda name: plugins.ecosystem(name).licences_of(unknown[name]), unknown):
        said |= {pin: normal(text) for pin, text in some.items()}
    pins = (replace(pin, licence=pin.licence or said.get(pin, "")) for pin in lock.pins)
    return Lock.of(lock.roots, pins)


def check(pins: Iterable[Pin], policy: Policy) -> None:
    """Raise LicenceRefused for the first pins whose licence the policy does not let in."""
    if not (policy.licences or policy.refused):
        return
    allowed = {normal(text) for text in policy.licences}
    refused = {normal(text) for text in policy.refused}
    bad = [
        f"{pin.label} ({pin.licence or 'it names none'})"
        for pin in pins
        if not named(pin.ecosystem, pin.name, policy.licences)
        and not _fits(pin.licence, allowed, refused)
    ]
    if bad:
        more = f" and {len(bad) - _TOLD} more" if len(bad) > _TOLD else ""
        raise LicenceRefused(f"{', '.join(bad[:_TOLD])}{more}")


def _fits(licence: str, allowed: set[str], refused: set[str]) -> bool:
    """Whether one way to read `A OR (B AND C)` uses only what is allowed and not refused."""
    if not licence:
        return not allowed
    return _reads(_tokens(normal(licence)), allowed, refused)


def _reads(tokens: list[str], allowed: set[str], refused: set[str]) -> bool:
    def either() -> bool:
        found = both()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            found = both() or found
        return found

    def both() -> bool:
        found = one()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            found = one() and found
        return found

    def one() -> bool:
        if tokens and tokens[0] == "(":
            tokens.pop(0)
            found = either()
            del tokens[:1]
            return found
        words = []
        while tokens and tokens[0] not in ("OR", "AND", ")"):
            words.append(tokens.pop(0))
        name = " ".join(words)
        plain = name.partition(" WITH ")[0]
        ok = not allowed or name in allowed or plain in allowed
        return ok and refused.isdisjoint((name, plain))

    return either()


def _tokens(expression: str) -> list[str]:
    return expression.replace("(", " ( ").replace(")", " ) ").split()


_CALLED: dict[str, Any] = {
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache-2": "Apache-2.0",
    "bsd 3-clause": "BSD-3-Clause",
    "bsd-3": "BSD-3-Clause",
    "mit license": "MIT",
    "mit/x11": "MIT",
    "the mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "the unlicense (unlicense)": "Unlicense",
    "unlicense": "Unlicense",
    "python software foundation license": "PSF-2.0",
    "psf": "PSF-2.0",
    "zlib": "Zlib",
}
