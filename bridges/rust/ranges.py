"""Ranges of versions, as cargo means them."""

from __future__ import annotations


def in_range(version: str, wanted: str) -> bool:
    """True where cargo would take `version` for `wanted`: `1.2` is `^1.2`."""
    from semantic_version import NpmSpec, Version

    if wanted in ("", "*"):
        return True
    comparators = [part.strip() for part in wanted.split(",")]
    cargo_style = [f"^{part}" if part[:1].isdigit() else part for part in comparators]
    try:
        return NpmSpec(" ".join(cargo_style).replace("= ", "=")).match(Version(version))
    except ValueError:
        return False
