"""npm packages: locked and fetched by npm itself, laid out as it would; their scripts never run."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from polyhy.ecosystem import Ecosystem, Tool, lay
from polyhy.errors import LockError, Tampered, ToolFailed
from polyhy.spec import Pin, Spec

from . import npm_client

_EDGES = ("dependencies", "optionalDependencies", "peerDependencies")
_KEPT = (*_EDGES, "peerDependenciesMeta", "os", "cpu", "libc", "bin")
_OS = {"win32": "win32", "darwin": "darwin", "linux": "linux"}
_CPU = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64", "i686": "ia32"}
_NO_HASH = "it comes from git, a folder or an address, and polyhy locks what registries hold"


class Npm(Ecosystem):
    """`npm:lodash@^4`. A pin's native part is what package-lock.json says of it, and its paths."""

    name = "npm"
    purl_type = "npm"
    bridge = "js"

    def resolve(self, specs: Sequence[Spec], locked: Sequence[Pin]) -> list[Pin]:
        """Ask npm for a package-lock.json, given the one that `locked` makes."""
        import tempfile

        asked = {spec.name: spec.version or "*" for spec in specs}
        root = {"name": "polyhy-env", "version": "0.0.0", "private": True, "dependencies": asked}
        with tempfile.TemporaryDirectory(prefix="polyhy-npm-") as folder:
            file = Path(folder, "package-lock.json")
            Path(folder, "package.json").write_text(json.dumps(root), "utf-8")
            if locked:
                file.write_text(json.dumps(_package_lock(root, locked)), "utf-8")
            npm_client.run(["install", "--package-lock-only"], Path(folder), "lock npm packages")
            return _pins(json.loads(file.read_text("utf-8"))["packages"], asked)

    def fetch(self, pins: Sequence[Pin], into: Path) -> Mapping[Pin, Path]:
        """Let one npm process fill a cache of its own, and unpack the tarballs out of that."""
        cache, fetched = into / "cache", {}
        for some in _chunks([f"{pin.name}@{pin.version}" for pin in pins], 200):
            npm_client.run(["cache", "add", *some, "--cache", str(cache)], into, "fetch packages")
        for number, pin in enumerate(pins):
            fetched[pin] = into / f"package-{number}"
            _unpack(_tarball(pin, cache, into), fetched[pin])
        return fetched

    def link(self, stored: Mapping[Pin, Path], env: Path) -> None:
        """Lay out `env/node_modules`; nested where npm nested."""
        for pin, folder in stored.items():
            for path in pin.native["paths"]:
                if ".." in PurePosixPath(path).parts or not path.startswith("node_modules/"):
                    raise LockError(f"{pin.name} has the path {path!r}", file="polyhy.lock")
                lay(folder, env / path)

    def answers(self, spec: Spec, pin: Pin) -> bool:
        if f"node_modules/{spec.name}" not in pin.native["paths"] or "asked" not in pin.native:
            return False
        return spec.version in ("", "*", pin.version, pin.native["asked"]) or _in_range(
            pin.version, spec.version
        )

    def own(self) -> list[Pin]:
        file = Path(__file__).with_name("package-lock.json")
        return _pins(json.loads(file.read_text("utf-8"))["packages"], {})

    def wanted(self, pins: Iterable[Pin]) -> list[Pin]:
        """All but what is optional and for another system, processor or C library."""
        here = _here()
        return [p for p in pins if not p.native.get("optional") or _fits(p.native, here)]

    def tools(self) -> list[Tool]:
        need = "npm packages are locked and fetched by it"
        version = npm_client.version()
        return [Tool("npm", version, need, npm_client.INSTALL)]


def _pins(packages: dict[str, dict[str, Any]], asked: Mapping[str, str]) -> list[Pin]:
    """One pin for each name and version in a package-lock.json, with all the paths it stands at."""
    places: dict[tuple[str, str], list[str]] = {}
    for path, entry in packages.items():
        if path and not entry.get("inBundle"):
            name = entry.get("name") or path.rpartition("node_modules/")[2]
            if entry.get("link") or "integrity" not in entry:
                raise ToolFailed(f"it can't lock {name}: {_NO_HASH}", tool="npm")
            places.setdefault((name, entry["version"]), []).append(path)
    return [
        _pin(name, version, paths, packages, asked) for (name, version), paths in places.items()
    ]


def _pin(
    name: str,
    version: str,
    paths: list[str],
    packages: dict[str, dict[str, Any]],
    asked: Mapping[str, str],
) -> Pin:
    entry = packages[paths[0]]
    native = {"paths": sorted(paths), **{key: entry[key] for key in _KEPT if entry.get(key)}}
    if all(packages[path].get("optional") for path in paths):
        native["optional"] = True
    names = (path.removeprefix("node_modules/") for path in sorted(paths))
    if ranges := [asked[name] for name in names if name in asked]:
        native["asked"] = ranges[0]
    requires = {_purl(packages, found) for path in paths for found in _required(path, packages)}
    return Pin("npm", name, version, "npm", entry["integrity"], tuple(sorted(requires)), native)


def _required(path: str, packages: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    """The paths at which node finds what the package at `path` requires."""
    for name in {name for key in _EDGES for name in packages[path].get(key, {})}:
        folder = path
        while f"{folder}/node_modules/{name}".lstrip("/") not in packages and folder:
            folder = folder.rpartition("node_modules/")[0].rstrip("/")
        found = f"{folder}/node_modules/{name}".lstrip("/")
        if found in packages and not packages[found].get("inBundle"):
            yield found


def _purl(packages: Mapping[str, dict[str, Any]], path: str) -> str:
    entry = packages[path]
    name = entry.get("name") or path.rpartition("node_modules/")[2]
    return Pin("npm", name, entry["version"], "npm").purl


def _package_lock(root: dict[str, Any], pins: Sequence[Pin]) -> dict[str, Any]:
    """The package-lock.json that pins came from, near enough for npm to keep their versions."""
    packages: dict[str, Any] = {"": root}
    for pin in pins:
        kept = {key: pin.native[key] for key in (*_KEPT, "optional") if key in pin.native}
        entry = {"name": pin.name, "version": pin.version, "integrity": pin.hash, **kept}
        for path in pin.native["paths"]:
            named = path.rpartition("node_modules/")[2] != pin.name
            packages[path] = entry if named else {k: v for k, v in entry.items() if k != "name"}
    return {"name": root["name"], "lockfileVersion": 3, "requires": True, "packages": packages}


def _tarball(pin: Pin, cache: Path, into: Path) -> bytes:
    """A tarball out of npm's cache, where it lies by its hash; or packed anew where it does not."""
    algorithm, digest = _strongest(pin.hash)
    name = base64.b64decode(digest).hex()
    file = cache / "_cacache" / "content-v2" / algorithm / name[:2] / name[2:4] / name[4:]
    if not file.is_file():
        file = _packed(pin, cache, into)
    content = file.read_bytes()
    if base64.b64encode(hashlib.new(algorithm, content).digest()).decode() != digest:
        raise Tampered(what=f"npm:{pin.name}@{pin.version}", expected=pin.hash)
    return content


def _packed(pin: Pin, cache: Path, into: Path) -> Path:
    folder = into / "packed"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    arguments = ["pack", f"{pin.name}@{pin.version}", "--pack-destination", str(folder)]
    npm_client.run([*arguments, "--cache", str(cache)], into, "fetch packages")
    return next(folder.iterdir())


def _strongest(integrity: str) -> tuple[str, str]:
    """The best hash of an `integrity` text: `("sha512", "base64…")`."""
    parts = [part.partition("-") for part in integrity.split()]
    hashes = {algorithm: digest for algorithm, _, digest in parts}
    for algorithm in ("sha512", "sha384", "sha256", "sha1"):
        if algorithm in hashes:
            return algorithm, hashes[algorithm].partition("?")[0]
    raise LockError(f"{integrity!r} is no hash that npm gives", file="polyhy.lock")


def _unpack(tarball: bytes, folder: Path) -> None:
    """Unpack the files of an npm tarball, without its first folder and without links."""
    import tarfile

    folder.mkdir(parents=True)
    with tarfile.open(fileobj=io.BytesIO(tarball)) as archive:
        for member in archive:
            parts = PurePosixPath(member.name).parts[1:]
            content = archive.extractfile(member) if member.isfile() else None
            if content is None or not parts or ".." in parts:
                continue
            file = folder.joinpath(*parts)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.read())
            file.chmod(0o755 if member.mode & 0o111 else 0o644)


@lru_cache(maxsize=1)
def _here() -> dict[str, str]:
    machine = platform.machine().lower()
    libc = "glibc" if platform.libc_ver()[0] == "glibc" else "musl"
    return {
        "os": _OS.get(sys.platform, sys.platform),
        "cpu": _CPU.get(machine, machine),
        "libc": libc if sys.platform == "linux" else "",
    }


def _fits(native: Mapping[str, Any], here: Mapping[str, str]) -> bool:
    for key, ours in here.items():
        asked = native.get(key, [])
        asked = [asked] if isinstance(asked, str) else asked
        allowed = [name for name in asked if not name.startswith("!") and name != "any"]
        if f"!{ours}" in asked or (allowed and ours not in allowed):
            return False
    return True


def _in_range(version: str, wanted: str) -> bool:
    from semantic_version import NpmSpec, Version

    try:
        return NpmSpec(wanted).match(Version(version))
    except ValueError:  # a tag, such as `latest`
        return False


def _chunks(items: list[str], size: int) -> Iterator[list[str]]:
    return (items[at : at + size] for at in range(0, len(items), size))
