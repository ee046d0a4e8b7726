"""Crates that only other platforms need: empty ones, so that cargo can resolve without them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from polyhy import store

if TYPE_CHECKING:
    from .workspace import Package

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def pretend(vendor: Path, packages: Sequence[Package]) -> None:
    """Make an empty crate for each that is required but was not fetched.

    Cargo wants to read the manifest of every crate that any platform needs, and the features that
    are asked of it must be there; it compiles none of these.
    """
    known = {f"{p.name} {p.version}" for p in packages}
    missing = {each for p in packages for each in p.requires} - known
    if not missing:
        return
    asked: dict[str, set[str]] = {}
    for package in packages:
        manifest = _manifest(vendor / f"{package.name}-{package.version}")
        for name, feature in _features(manifest):
            asked.setdefault(name, set()).add(feature)
    for each in sorted(missing):
        name, version = each.split(" ")
        _write(vendor / f"{name}-{version}", name, version, asked.get(name, set()))


def _write(folder: Path, name: str, version: str, features: set[str]) -> None:
    file = folder / "Cargo.toml"
    if (folder / ".cargo-checksum.json").is_file():
        said = json.loads((folder / ".cargo-checksum.json").read_text())
        if "package" in said:
            return  # the crate itself
        features = features | set(_manifest(folder).get("features", {}))
        if features == set(_manifest(folder).get("features", {})):
            return
    lines = ["[package]", f'name = "{name}"', f'version = "{version}"', 'edition = "2021"']
    lines += ["[lib]", 'path = "lib.rs"', "[features]"]
    lines += [f"{json.dumps(feature)} = []" for feature in sorted(features)]
    store.write(folder / "lib.rs", "")
    store.write(file, "\n".join([*lines, ""]))
    store.write(folder / ".cargo-checksum.json", json.dumps({"files": {}}))


def _manifest(folder: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads((folder / "Cargo.toml").read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError):
        return {}


def _features(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a manifest asks of others: their names, each with a feature."""
    names: dict[str, str] = {}
    for table in _tables(manifest):
        for key, said in table.items():
            name = str(said.get("package", key)) if isinstance(said, dict) else key
            names[key] = name
            if isinstance(said, dict):
                yield from ((name, feature) for feature in said.get("features", []))
    for enabled in manifest.get("features", {}).values():
        for each in enabled:
            key, slash, feature = str(each).partition("/")
            if slash:
                key = key.removesuffix("?")
                yield names.get(key, key), feature


def _tables(manifest: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for place in (manifest, *manifest.get("target", {}).values()):
        for kind in ("dependencies", "build-dependencies"):
            yield place.get(kind, {})
