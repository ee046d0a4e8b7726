"""The cargo project in which a crate's extension is made, out of the crates that an env holds."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from polyhy.errors import NotInstalled

from . import cargo, prelude_crate
from .cargo_files import lock_text
from .crates import LAID, dashed

_CONFIG = """\
[source.crates-io]
replace-with = "polyhy"

[source.polyhy]
directory = {vendor}

[net]
offline = true
"""

_MANIFEST = """\
[package]
name = "polyhy-{name}"
version = "0.0.0"
edition = "2021"
publish = false

[lib]
name = "polyhy_{lib}"
crate-type = ["cdylib"]
path = "src/lib.rs"
doc = false

[dependencies]
{dependencies}

# As a release, but for the settings that would only delay the first import.
[profile.dev]
opt-level = 3
debug = false
debug-assertions = false
overflow-checks = false
incremental = false
codegen-units = 16

[profile.dev.build-override]
opt-level = 0

[profile.dev.package.polyhy-prelude]
opt-level = 2
codegen-units = 1

[profile.dev.package.polyhy-{name}]
opt-level = 0

[workspace]
"""


class Package(NamedTuple):
    """A crate of an env."""

    name: str
    version: str
    checksum: str
    requires: Sequence[str]
    features: Sequence[str]
    asked: bool


class Workspace:
    """A folder with a cargo project that depends on one crate, exactly as locked.

    `others` are crates that it names too: those whose items it re-exports.
    """

    level = 2
    """How far the extension itself is optimized; what it depends on always is."""
    told = True
    """False where nobody wants to hear how the work goes on."""

    def __init__(self, envs: Sequence[Path], name: str) -> None:
        self.packages, self.env = _packages(envs, name)
        self.package = _asked(self.packages, name)
        self.name = self.package.name
        self.others: dict[str, Package] = {}
        self.folder = Path()

    def key(self, extra: str = "") -> str:
        """The hash of all that decides the extension."""
        return _hash(room_stamp(), self.content(), extra)

    def content(self) -> str:
        """The hash of the crate and of all that it needs."""
        return _hash(json.dumps(self.package), json.dumps(self._needed()))

    def prepare(self, folder: Path) -> None:
        """Write the project into `folder`."""
        self.folder = folder
        vendor = _vendored(self.packages, self.env)
        (folder / ".cargo").mkdir(parents=True, exist_ok=True)
        (folder / ".cargo" / "config.toml").write_text(
            _CONFIG.format(vendor=json.dumps(str(vendor)))
        )
        source = folder / "src"
        source.mkdir(exist_ok=True)
        (source / "lib.rs").touch()
        packages = ((p.name, p.version, p.checksum, p.requires) for p in self.packages)
        (folder / "Cargo.lock").write_text(lock_text(packages))
        self.declare()

    def seclude(self, folder: Path) -> None:
        """Let cargo find in `folder` the crates that are locked, and no others."""
        vendor, only = _vendored(self.packages, self.env), folder / "vendor"
        (folder / ".cargo").mkdir(parents=True)
        only.mkdir()
        mentioned = {each for package in self.packages for each in package.requires}
        for each in mentioned | {f"{p.name} {p.version}" for p in self.packages}:
            name = each.replace(" ", "-")
            shutil.copytree(vendor / name, only / name, copy_function=_linked)
        (folder / ".cargo" / "config.toml").write_text(_CONFIG.format(vendor=json.dumps(str(only))))

    def declare(self) -> None:
        """Write Cargo.toml, with the crates that are named by now."""
        lines = {self.name: self.dependency()}
        for package in self.others.values():
            lines.setdefault(package.name, _line(package, default=False))
        lines[prelude_crate.NAME] = self._prelude()
        text = _MANIFEST.format(
            name=self.name,
            lib=self.name.replace("-", "_"),
            dependencies="\n".join(lines.values()),
        )
        (self.folder / "Cargo.toml").write_text(text)

    def dependency(self) -> str:
        return _line(self.package, default="no-default" not in self.package.features)

    def find(self, library: str, near: Iterable[str] = ()) -> Package | None:
        """The package of a library by its name in code; the newest, where there are several."""
        found = [p for p in self.packages if dashed(p.name) == dashed(library)]
        close = [p for p in found if f"{p.name} {p.version}" in set(near)]
        return (close or sorted(found, key=lambda p: _numbers(p.version)) or [None])[-1]

    def check(self) -> None:
        """Refuse what the crate's own author got wrong; a crate of the registry compiles."""

    def home(self, package: Package) -> Path:
        """The folder of a package's own files."""
        return cargo.cache() / "vendor" / f"{package.name}-{package.version}"

    def cargo(self, *words: str, need: str = "", **variables: str) -> Any:
        target = {"CARGO_TARGET_DIR": str(cargo.cache() / "target"), **variables}
        command, *rest = words
        all_words = [command, "--offline", *rest]
        return cargo.call(all_words, self.folder, need or "compile crates", target)

    def _prelude(self) -> str:
        """The line of Cargo.toml for the prelude, which knows serde and tokio where they are."""
        lines = {}
        if found := self.find("serde") or self.find("serde_core"):
            lines[found.name] = _line(found, default=True)
        if found := self.find("tokio"):
            lines["tokio"] = _line(found, default=False, features=["rt-multi-thread"])
        # What serde_core gives is called serde there too.
        features = {"serde" if name == "serde_core" else name for name in lines} | set(lines)
        return prelude_crate.dependency(lines.values(), features)

    def _needed(self) -> list[Any]:
        known = {f"{p.name} {p.version}": p for p in self.packages}
        queue, seen = [self.package], dict[str, Package]()
        for package in queue:
            for each in package.requires:
                if each in known and each not in seen:
                    seen[each] = known[each]
                    queue.append(known[each])
        return sorted((p.name, p.version, p.checksum) for p in seen.values())


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def room_stamp() -> str:
    """The hash of the generator and its prelude."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for file in sorted([*folder.glob("*.py"), *folder.glob("prelude/*.rs")]):
        digest.update(file.read_bytes())
    return digest.hexdigest()


@lru_cache(maxsize=64)
def _read(file: str, stamp: float) -> list[Package]:
    return [Package(**each) for each in json.loads(Path(file).read_text("utf-8"))]


def _packages(envs: Sequence[Path], name: str) -> tuple[list[Package], Path]:
    for env in envs:
        if (env / LAID).is_file():
            packages = _read(str(env / LAID), (env / LAID).stat().st_mtime)
            if any(p.asked and _same(p.name, name) for p in packages):
                return packages, env
    raise NotInstalled(spec=f"crates:{name}")


def _asked(packages: Sequence[Package], name: str) -> Package:
    return next(p for p in packages if p.asked and _same(p.name, name))


def _same(name: str, other: str) -> bool:
    return name.replace("-", "_") == other.replace("-", "_")


def _line(package: Package, *, default: bool, features: Sequence[str] = ()) -> str:
    """A line of Cargo.toml."""
    features = [each for each in (*package.features, *features) if each != "no-default"]
    parts: Mapping[str, Any] = {
        "version": f"={package.version.partition('+')[0]}",
        "features": features,
        "default-features": default,
    }
    inline = ", ".join(f"{key} = {json.dumps(value)}" for key, value in parts.items())
    return f"{package.name} = {{ {inline} }}"


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.partition("-")[0].split(".") if part.isdigit()]


def _vendored(packages: Sequence[Package], env: Path) -> Path:
    """One folder for all projects, so that cargo compiles a crate once for all of them."""
    from .elsewhere import pretend

    vendor = cargo.cache() / "vendor"
    vendor.mkdir(parents=True, exist_ok=True)
    for package in packages:
        name = f"{package.name}-{package.version}"
        place, source = vendor / name, env / "vendor" / name
        if not _is_whole(place) and source.is_dir():
            staged = Path(tempfile.mkdtemp(prefix=".staging-", dir=vendor))
            shutil.copytree(source, staged / name, copy_function=_linked)
            content = {"files": {}, "package": package.checksum}
            (staged / name / ".cargo-checksum.json").write_text(json.dumps(content))
            if place.exists():
                shutil.rmtree(place)
            (staged / name).rename(place)
            staged.rmdir()
    pretend(vendor, packages)
    return vendor


def _is_whole(place: Path) -> bool:
    """True for a crate with its files: not one that stands in for another platform's."""
    file = place / ".cargo-checksum.json"
    return file.is_file() and "package" in json.loads(file.read_text())


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
