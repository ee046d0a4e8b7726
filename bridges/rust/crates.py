"""Crates of the registry, locked and fetched by cargo itself; features stand in the spec."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from polyhy import together
from polyhy.ecosystem import Ecosystem, Hit, Info, Tool, lay, unpack_tarball
from polyhy.errors import PackageError, Tampered, ToolFailed, UnknownPackage
from polyhy.spec import Pin, Spec

from . import cargo, platforms
from .cargo_files import ROOT, cargo_lock, manifest, named
from .ranges import in_range

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LAID = "crates.json"
_NEED = "lock and fetch crates"


class Crates(Ecosystem):
    """`crates:tokio[full]@^1`. A pin's native part says its features and what of it runs."""

    name = "crates"
    purl_type = "cargo"
    bridge = "rust"
    builds = True
    native: ClassVar = {"asked": str, "features": list, "platforms": list, "runs": str}
    osv = "crates" + ".io"

    def resolve(self, specs: Sequence[Spec], locked: Sequence[Pin]) -> list[Pin]:
        """Ask cargo for a Cargo.lock, given the one that `locked` makes.

        No two names of the registry differ in `-` and `_` alone: `any-ascii` is any_ascii.
        """
        try:
            return self._resolved(specs, locked)
        except UnknownPackage as error:
            near, name = getattr(error, "near", ""), getattr(error, "name", "")
            if dashed(near) != dashed(name):
                raise
            spelled = [replace(s, name=near) if s.name == name else s for s in specs]
            return self.resolve(spelled, locked)

    def _resolved(self, specs: Sequence[Spec], locked: Sequence[Pin]) -> list[Pin]:
        import tempfile

        with tempfile.TemporaryDirectory(prefix="polyhy-crates-") as name:
            folder = Path(name)
            _project(folder, {f"root-{n}": _dependency(s) for n, s in enumerate(specs)})
            if locked:
                (folder / "Cargo.lock").write_text(cargo_lock(locked), "utf-8")
            said = _metadata(folder)
            packages = tomllib.loads((folder / "Cargo.lock").read_text("utf-8"))["package"]
            needs = _needs(folder, said) if platforms.differ(said) else {}
        return _pins(packages, said["packages"], needs, specs)

    def fetch(self, pins: Sequence[Pin], into: Path) -> Mapping[Pin, Path]:
        """Let cargo download what it lacks, and unpack its files, hashes checked."""
        if missing := [pin for pin in pins if _downloaded(pin) is None]:
            exact = (Spec("crates", p.name, f"={p.version}") for p in missing)
            project = into / "project"
            project.mkdir()
            _project(project, {f"p{n}": _dependency(s) for n, s in enumerate(exact)})
            (project / "Cargo.lock").write_text(cargo_lock(pins), "utf-8")
            cargo.run(["fetch", "--target", cargo.host()], project, _NEED)
        fetched = {}
        for number, pin in enumerate(pins):
            fetched[pin] = into / f"package-{number}"
            unpack_tarball(_content(pin), fetched[pin])
        return fetched

    def link(self, stored: Mapping[Pin, Path], env: Path) -> None:
        """Lay out a folder that cargo takes for a registry, and what was asked of it."""
        for pin, folder in stored.items():
            lay(folder, _place(pin, env))
        packages = [
            {
                "name": pin.name,
                "version": pin.version,
                "checksum": pin.hash.partition(":")[2],
                "requires": [named(purl) for purl in pin.requires],
                "features": pin.native.get("features", []),
                "asked": "asked" in pin.native,
            }
            for pin in sorted(stored)
        ]
        (env / LAID).write_text(json.dumps(packages, indent=1), "utf-8")

    def stands(self, pin: Pin, env: Path) -> bool:
        return _place(pin, env).is_dir()

    def answers(self, spec: Spec, pin: Pin) -> bool:
        if dashed(spec.name) != dashed(pin.name) or "asked" not in pin.native:
            return False
        if not set(spec.extras) <= set(pin.native.get("features", [])):
            return False
        return spec.version in (pin.version, pin.native["asked"]) or in_range(
            pin.version, spec.version
        )

    def asks(self, pin: Pin) -> str:
        """A build script or a macro runs as the crate is compiled; what it runs is said so."""
        return pin.native.get("runs", "its build, if it has one")

    def wanted(self, pins: Iterable[Pin]) -> list[Pin]:
        """All but what cargo said is for other platforms."""
        pins = list(pins)
        here = cargo.host() if any("platforms" in pin.native for pin in pins) else ""
        if here not in platforms.CFGS:
            return pins
        return [pin for pin in pins if here in pin.native.get("platforms", [here])]

    def info(self, spec: Spec) -> Info | None:
        from . import index

        return index.info(spec)

    def search(self, text: str) -> list[Hit] | None:
        from . import index

        return index.search(text)

    def published(self, pin: Pin) -> str | None:
        from . import index

        return index.published(pin)

    def order(self, version: str) -> Any:
        from . import index

        return index.order(version)

    def export(self, specs: Sequence[Spec], pins: Sequence[Pin]) -> Mapping[str, str]:
        """Cargo.toml, and the Cargo.lock that `cargo build --locked` takes."""
        asked = {spec.name: _dependency(spec) for spec in sorted(specs, key=str)}
        files = {"Cargo.toml": manifest(asked), "lib.rs": ""}
        if pins:
            direct = [p for p in pins if "asked" in p.native and p.name in asked]
            root = (ROOT, "0.0.0", "", [f"{p.name} {p.version}" for p in direct])
            files["Cargo.lock"] = cargo_lock(pins, root)
        return files

    def programs(self, pin: Pin, env: Path) -> Mapping[str, Sequence[str]]:
        from . import programs

        return programs.find(pin, env)

    def tools(self) -> list[Tool]:
        need = "crates are locked, fetched and compiled by it"
        return [Tool("cargo", cargo.version(), need, cargo.INSTALL)]


def dashed(name: str) -> str:
    """A crate's name as no other is: the registry takes `-` and `_` for the same."""
    return name.replace("_", "-")


def _place(pin: Pin, env: Path) -> Path:
    return env / "vendor" / f"{pin.name}-{pin.version}"


def _project(folder: Path, dependencies: Mapping[str, str]) -> None:
    """An empty crate that depends on others."""
    (folder / "Cargo.toml").write_text(manifest(dependencies), "utf-8")
    (folder / "lib.rs").write_text("", "utf-8")


def _dependency(spec: Spec) -> str:
    features = json.dumps([each for each in spec.extras if each != "no-default"])
    default = "false" if "no-default" in spec.extras else "true"
    version = json.dumps(spec.version or "*")
    package = json.dumps(spec.name)
    return (
        f"{{ package = {package}, version = {version}, features = {features}, "
        f"default-features = {default} }}"
    )


def _metadata(folder: Path, *words: str) -> dict[str, Any]:
    return json.loads(cargo.run(["metadata", "--format-version=1", *words], folder, _NEED))


def _needs(folder: Path, said: Mapping[str, Any]) -> dict[str, set[platforms.Key]]:
    """The crates that each platform needs; cargo says it where the table of platforms can't."""

    def needed(platform: str) -> set[platforms.Key]:
        with suppress(ValueError):
            return platforms.needed(said, platform)
        asked = _metadata(folder, "--offline", "--filter-platform", platform)
        return {(package["name"], package["version"]) for package in asked["packages"]}

    return dict(zip(platforms.CFGS, together.each(needed, platforms.CFGS), strict=True))


def _pins(
    packages: Sequence[Mapping[str, Any]],
    said: Sequence[Mapping[str, Any]],
    needs: Mapping[str, set[platforms.Key]],
    specs: Sequence[Spec],
) -> list[Pin]:
    known = {(each["name"], each["version"]): each for each in said}
    versions: dict[str, list[str]] = {}
    for each in packages:
        versions.setdefault(each["name"], []).append(each["version"])
    chosen = _chosen(packages, versions)
    asked = {(spec.name, chosen[spec.name]): spec for spec in specs}
    pins = []
    for each in packages:
        if each["name"] == ROOT:
            continue
        if "checksum" not in each:
            raise ToolFailed(f"it can't lock {each['name']}: it has no hash", tool="cargo")
        key = each["name"], each["version"]
        requires = tuple(sorted(_purl(name, versions) for name in each.get("dependencies", [])))
        native, licence = _native(known.get(key), asked.get(key)), ""
        platforms = [each for each in needs if key in needs[each]]
        if len(platforms) < len(needs) or key not in known:
            native["platforms"] = platforms
        if key in known:
            licence = known[key].get("license") or ""
        hash_ = f"sha256:{each['checksum']}"
        pins.append(Pin("crates", *key, "cargo", hash_, requires, native, licence))
    return pins


def _chosen(
    packages: Sequence[Mapping[str, Any]], versions: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """The versions chosen for what was asked, by name."""
    root = next(each for each in packages if each["name"] == ROOT)
    names = [name.split(" ") for name in root.get("dependencies", [])]
    return {parts[0]: parts[1] if len(parts) > 1 else versions[parts[0]][0] for parts in names}


def _native(said: Mapping[str, Any] | None, spec: Spec | None) -> dict[str, Any]:
    native: dict[str, Any] = {}
    if spec is not None:
        native["asked"] = spec.version
        if spec.extras:
            native["features"] = list(spec.extras)
    if said is None:
        return native
    kinds = {kind for target in said["targets"] for kind in target["kind"]}
    runs = [_RUNS[kind] for kind in sorted(kinds) if kind in _RUNS]
    return {**native, "runs": ", ".join(runs)}


_RUNS = {"custom-build": "build.rs", "proc-macro": "its macros"}


def _purl(dependency: str, versions: Mapping[str, Sequence[str]]) -> str:
    name, _, rest = dependency.partition(" ")
    version = rest.partition(" ")[0] or versions[name][0]
    return Pin("crates", name, version, "cargo").purl


def _downloaded(pin: Pin) -> Path | None:
    name = f"{pin.name}-{pin.version}.crate"
    return next(iter(sorted(cargo.registry().glob(f"*/{name}"))), None)


def _content(pin: Pin) -> bytes:
    file = _downloaded(pin)
    if file is None:
        raise PackageError(f"cargo did not download {pin.label}")
    content = file.read_bytes()
    if f"sha256:{hashlib.sha256(content).hexdigest()}" != pin.hash:
        raise Tampered(what=pin.label, expected=pin.hash)
    return content
