"""Crates of the registry, locked and fetched by cargo itself; features stand in the spec."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from polyhy.ecosystem import Ecosystem, Tool, lay, unpack_tarball
from polyhy.errors import PackageError, Tampered, ToolFailed
from polyhy.spec import Pin, Spec

from . import cargo

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LAID = "crates.json"
_REGISTRY = "registry+https://github.com/rust-lang/crates" + ".io-index"
_NEED = "lock and fetch crates"


class Crates(Ecosystem):
    """`crates:tokio[full]@^1`. A pin's native part says its features and what of it runs."""

    name = "crates"
    purl_type = "cargo"
    bridge = "rust"
    builds = True
    osv = "crates" + ".io"

    def resolve(self, specs: Sequence[Spec], locked: Sequence[Pin]) -> list[Pin]:
        """Ask cargo for a Cargo.lock, given the one that `locked` makes."""
        import tempfile

        with tempfile.TemporaryDirectory(prefix="polyhy-crates-") as name:
            folder = Path(name)
            _project(folder, {f"root-{n}": _dependency(s) for n, s in enumerate(specs)})
            if locked:
                (folder / "Cargo.lock").write_text(cargo_lock(locked), "utf-8")
            words = ["metadata", "--format-version=1", "--filter-platform", cargo.host()]
            said = json.loads(cargo.run(words, folder, _NEED))
            packages = tomllib.loads((folder / "Cargo.lock").read_text("utf-8"))["package"]
        return _pins(packages, said["packages"], specs)

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
            lay(folder, env / "vendor" / f"{pin.name}-{pin.version}")
        packages = [
            {
                "name": pin.name,
                "version": pin.version,
                "checksum": pin.hash.partition(":")[2],
                "requires": [_named(purl) for purl in pin.requires],
                "features": pin.native.get("features", []),
                "asked": "asked" in pin.native,
            }
            for pin in sorted(stored)
        ]
        (env / LAID).write_text(json.dumps(packages, indent=1), "utf-8")

    def answers(self, spec: Spec, pin: Pin) -> bool:
        if spec.name.replace("_", "-") != pin.name.replace("_", "-") or "asked" not in pin.native:
            return False
        if not set(spec.extras) <= set(pin.native.get("features", [])):
            return False
        return spec.version in ("", "*", pin.version, pin.native["asked"]) or _in_range(
            pin.version, spec.version
        )

    def asks(self, pin: Pin) -> str:
        """A build script or a macro runs as the crate is compiled; what it runs is said so."""
        return pin.native.get("runs", "its build, if it has one")

    def wanted(self, pins: Iterable[Pin]) -> list[Pin]:
        """All but what cargo said is not for this platform."""
        here = cargo.host() if pins else ""
        return [pin for pin in pins if here not in pin.native.get("not", [])]

    def tools(self) -> list[Tool]:
        need = "crates are locked, fetched and compiled by it"
        return [Tool("cargo", cargo.version(), need, cargo.INSTALL)]


def cargo_lock(pins: Iterable[Pin]) -> str:
    """The Cargo.lock that pins came from, without what they were asked by."""
    pins = sorted(pins)
    return lock_text(
        (p.name, p.version, p.hash.partition(":")[2], [_named(r) for r in p.requires]) for p in pins
    )


def lock_text(packages: Iterable[tuple[str, str, str, Sequence[str]]]) -> str:
    """A Cargo.lock of (name, version, checksum, dependencies as `name version`)."""
    lines = ["version = 4"]
    for name, version, checksum, requires in packages:
        lines += ["", "[[package]]", f'name = "{name}"', f'version = "{version}"']
        lines += [f'source = "{_REGISTRY}"', f'checksum = "{checksum}"']
        if requires:
            lines += ["dependencies = [", *(f' "{each}",' for each in sorted(requires)), "]"]
    return "\n".join(lines) + "\n"


def _project(folder: Path, dependencies: Mapping[str, str]) -> None:
    """An empty crate that depends on others."""
    lines = ["[package]", 'name = "polyhy-env"', 'version = "0.0.0"', 'edition = "2021"']
    lines += ["[lib]", 'path = "lib.rs"', "[dependencies]"]
    lines += [f"{name} = {value}" for name, value in dependencies.items()]
    (folder / "Cargo.toml").write_text("\n".join([*lines, "[workspace]", ""]), "utf-8")
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


def _pins(
    packages: Sequence[Mapping[str, Any]],
    said: Sequence[Mapping[str, Any]],
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
        if each["name"] == "polyhy-env":
            continue
        if "checksum" not in each:
            raise ToolFailed(f"it can't lock {each['name']}: it has no hash", tool="cargo")
        key = each["name"], each["version"]
        requires = tuple(sorted(_purl(name, versions) for name in each.get("dependencies", [])))
        native, licence = _native(known.get(key), asked.get(key)), ""
        if key in known:
            licence = known[key].get("license") or ""
        hash_ = f"sha256:{each['checksum']}"
        pins.append(Pin("crates", *key, "cargo", hash_, requires, native, licence))
    return pins


def _chosen(
    packages: Sequence[Mapping[str, Any]], versions: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """The versions chosen for what was asked, by name."""
    root = next(each for each in packages if each["name"] == "polyhy-env")
    names = [name.split(" ") for name in root.get("dependencies", [])]
    return {parts[0]: parts[1] if len(parts) > 1 else versions[parts[0]][0] for parts in names}


def _native(said: Mapping[str, Any] | None, spec: Spec | None) -> dict[str, Any]:
    native: dict[str, Any] = {}
    if spec is not None:
        native["asked"] = spec.version
        if spec.extras:
            native["features"] = list(spec.extras)
    if said is None:
        return {**native, "not": [cargo.host()]}
    kinds = {kind for target in said["targets"] for kind in target["kind"]}
    runs = [_RUNS[kind] for kind in sorted(kinds) if kind in _RUNS]
    return {**native, "runs": ", ".join(runs)}


_RUNS = {"custom-build": "build.rs", "proc-macro": "its macros"}


def _purl(dependency: str, versions: Mapping[str, Sequence[str]]) -> str:
    name, _, rest = dependency.partition(" ")
    version = rest.partition(" ")[0] or versions[name][0]
    return Pin("crates", name, version, "cargo").purl


def _named(purl: str) -> str:
    """`pkg:cargo/regex@1.2.3` is `regex 1.2.3`, as Cargo.lock writes it."""
    from packageurl import PackageURL

    parsed = PackageURL.from_string(purl)
    return f"{parsed.name} {parsed.version}"


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


def _in_range(version: str, wanted: str) -> bool:
    """True where cargo would take `version` for `wanted`."""
    from semantic_version import NpmSpec, Version

    comparators = [part.strip() for part in wanted.split(",")]
    cargo_style = [f"^{part}" if part[:1].isdigit() else part for part in comparators]
    try:
        return NpmSpec(" ".join(cargo_style).replace("= ", "=")).match(Version(version))
    except ValueError:
        return False
