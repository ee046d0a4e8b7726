"""npm packages: locked and fetched by npm itself, laid out as it would; their scripts never run."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

from polyhy.ecosystem import Ecosystem, Finding, Hit, Info, Tool, lay
from polyhy.errors import LockError, SpecError, ToolFailed
from polyhy.policy import named, policy
from polyhy.spec import Pin, Spec

from . import npm_client, npm_tarballs

_EDGES = ("dependencies", "optionalDependencies", "peerDependencies")
_KEPT = (*_EDGES, "peerDependenciesMeta", "os", "cpu", "libc", "bin", "hasInstallScript")
_OS = {"win32": "win32", "darwin": "darwin", "linux": "linux"}
_CPU = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64", "i686": "ia32"}
_LIGHT = 8
"""So many locked packages are laid out as fast as another npm starts."""

_NO_HASH = "it comes from git, a folder or an address, and polyhy locks what registries hold"


class Npm(Ecosystem):
    """`npm:lodash@^4`. A pin's native part is what package-lock.json says of it, and its paths."""

    name = "npm"
    purl_type = "npm"
    bridge = "js"
    osv = "npm"
    dated = True
    native: ClassVar = {
        **dict.fromkeys(("os", "cpu", "libc"), (str, list)),
        **dict.fromkeys((*_EDGES, "peerDependenciesMeta"), dict),
        **{"paths": list, "bin": (str, dict), "asked": str},
        **dict.fromkeys(("hasInstallScript", "optional"), bool),
    }
    required = ("paths",)

    def spec(self, text: str) -> Spec:
        if text.startswith("node:"):
            hint = f'import it from the language: (import-from "js" "{text}")'
            raise SpecError("it is a module of Node itself", spec=text, hint=hint)
        return super().spec(text)

    def resolve(self, specs: Sequence[Spec], locked: Sequence[Pin]) -> list[Pin]:
        """Ask npm for a package-lock.json, given the one that `locked` makes."""
        import tempfile

        asked = {spec.name: spec.version or "*" for spec in specs}
        with tempfile.TemporaryDirectory(prefix="polyhy-npm-") as folder:
            file = Path(folder, "package-lock.json")
            for name, text in self.export(specs, locked).items():
                Path(folder, name).write_text(text, "utf-8")
            npm_client.run([*self._told(locked), *_young()], Path(folder), "lock npm packages")
            return _pins(json.loads(file.read_text("utf-8"))["packages"], asked)

    def _told(self, locked: Sequence[Pin]) -> list[str]:
        """Where npm has most of it, it brings the new packages too: a second process takes longer.

        What is brought so is laid out and thrown away.
        """
        here = self.wanted(locked)
        light = len(here) <= _LIGHT and not npm_tarballs.missing(here)
        return ["install", *([] if light else ["--package-lock-only"])]

    def fetch(self, pins: Sequence[Pin], into: Path) -> Mapping[Pin, Path]:
        npm_tarballs.bring(pins, into)
        fetched = {}
        for number, pin in enumerate(pins):
            fetched[pin] = into / f"package-{number}"
            npm_tarballs.unpack(pin, into, fetched[pin])
            if pin.consent:
                from . import npm_scripts

                npm_scripts.run(pin, fetched[pin])
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

    def stands(self, pin: Pin, env: Path) -> bool:
        return all((env / path).is_dir() for path in pin.native["paths"])

    def own(self) -> list[Pin]:
        return list(_own())

    def wanted(self, pins: Iterable[Pin]) -> list[Pin]:
        """All but what is optional and for another system, processor or C library."""
        here = _here()
        return [p for p in pins if not p.native.get("optional") or _fits(p.native, here)]

    def variant(self, pin: Pin) -> str:
        """The platform too, where a package's own script made files for it."""
        return "-".join(["scripts", *_here().values()]) if pin.consent else ""

    def asks(self, pin: Pin) -> str:
        return "install script" if pin.native.get("hasInstallScript") else ""

    def info(self, spec: Spec) -> Info | None:
        from . import npm_registry

        return npm_registry.info(spec)

    def newest(self, specs: Sequence[Spec]) -> Mapping[Spec, tuple[str, str]]:
        from . import npm_registry

        return npm_registry.newest(specs)

    def search(self, text: str) -> list[Hit] | None:
        from . import npm_registry

        return npm_registry.search(text)

    def audit(self, pins: Sequence[Pin]) -> list[Finding] | None:
        from . import npm_registry

        return npm_registry.audit(pins, self.export(_roots(pins), pins))

    def provenance(self, pins: Sequence[Pin]) -> Mapping[str, str] | None:
        from . import npm_registry

        return npm_registry.provenance(pins, self.export(_roots(pins), pins))

    def export(self, specs: Sequence[Spec], pins: Sequence[Pin]) -> Mapping[str, str]:
        """package.json, and the package-lock.json that `npm ci` takes."""
        asked = {spec.name: spec.version or "*" for spec in sorted(specs, key=str)}
        root = {"name": "polyhy-env", "version": "0.0.0", "private": True, "dependencies": asked}
        files = {"package.json": root, **({"package-lock.json": _lock(root, pins)} if pins else {})}
        return {name: json.dumps(each, indent=2) + "\n" for name, each in files.items()}

    def programs(self, pin: Pin, env: Path) -> Mapping[str, Sequence[str]]:
        """The `bin` of a package, started by node."""
        bins = pin.native.get("bin", {})
        at = env / min(pin.native["paths"], key=lambda path: (path.count("node_modules"), path))
        bins = {pin.name.rpartition("/")[2]: bins} if isinstance(bins, str) else bins
        return {name: [npm_client.node(), str(at / file)] for name, file in bins.items()}

    def tools(self) -> list[Tool]:
        need = "npm packages are locked and fetched by it"
        version = npm_client.version()
        return [Tool("npm", version, need, npm_client.INSTALL)]


@lru_cache(maxsize=1)
def _own() -> list[Pin]:
    """The room's own packages, without what each requires: all of them are wanted."""
    file = Path(__file__).with_name("package-lock.json")
    entries = json.loads(file.read_text("utf-8"))["packages"].items()
    alone = {path: {k: v for k, v in each.items() if k not in _EDGES} for path, each in entries}
    return _pins(alone, {})


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
    requires = tuple(sorted(requires))
    licence = _licence(entry.get("license"))
    return Pin("npm", name, version, "npm", entry["integrity"], requires, native, licence)


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


def _licence(said: Any) -> str:
    """The licence of a package: a text today, an object or a list of them long ago."""
    if isinstance(said, list):
        return " OR ".join(filter(None, map(_licence, said)))
    return str(said.get("type") or "") if isinstance(said, dict) else str(said or "")


def _young() -> list[str]:
    """What leaves out versions that are too young, as the project's policy has it.

    An npm that is older than 11.10 knows no exemptions, and takes older versions then.
    """
    rules = policy()
    if not rules.before or named("npm", "*", rules.ageless):
        return []
    late = [name.removeprefix("npm:") for name in rules.ageless if name.startswith("npm:")]
    return [f"--before={rules.before}", *(f"--min-release-age-exclude={name}" for name in late)]


def _roots(pins: Iterable[Pin]) -> list[Spec]:
    return [Spec("npm", p.name, p.native["asked"]) for p in pins if "asked" in p.native]


def _lock(root: dict[str, Any], pins: Sequence[Pin]) -> dict[str, Any]:
    """The package-lock.json that pins came from, near enough for npm to keep their versions."""
    packages: dict[str, Any] = {"": root}
    for pin in pins:
        kept = {key: pin.native[key] for key in (*_KEPT, "optional") if key in pin.native}
        entry = {"name": pin.name, "version": pin.version, "integrity": pin.hash, **kept}
        entry |= {"license": pin.licence} if pin.licence else {}
        for path in pin.native["paths"]:
            named = path.rpartition("node_modules/")[2] != pin.name
            packages[path] = entry if named else {k: v for k, v in entry.items() if k != "name"}
    return {"name": root["name"], "lockfileVersion": 3, "requires": True, "packages": packages}


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
