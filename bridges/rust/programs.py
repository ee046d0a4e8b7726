"""Programs: the commands that a crate brings, compiled when one of them is first wanted."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from polyhy import store
from polyhy.spec import Pin

from . import cargo
from .crates import tomllib
from .workspace import Workspace


def find(pin: Pin, env: Path) -> Mapping[str, Sequence[str]]:
    """The commands of a crate of an env, made if need be: `{"rg": ["/…/bin/rg"]}`."""
    if not _brings_any(env / "vendor" / f"{pin.name}-{pin.version}"):
        return {}
    workspace = Workspace([env], pin.name)
    folder = _place(workspace)
    if not folder.is_dir():
        with store.locked(folder.with_name(f"{folder.name}.lock")):
            if not folder.is_dir():
                _make(workspace, folder)
    files = sorted((folder / "bin").iterdir())
    return {f.stem if f.suffix == ".exe" else f.name: [str(f)] for f in files}


def _brings_any(home: Path) -> bool:
    if (home / "src" / "main.rs").is_file() or (home / "src" / "bin").is_dir():
        return True
    manifest = home / "Cargo.toml"
    return manifest.is_file() and bool(tomllib.loads(manifest.read_text("utf-8")).get("bin"))


def _place(workspace: Workspace) -> Path:
    parts = workspace.content(), cargo.version(), cargo.host()
    key = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
    name = f"{workspace.name}-{workspace.package.version}-{key}"
    return cargo.cache() / "programs" / name


def _make(workspace: Workspace, folder: Path) -> None:
    """Let cargo install the crate, out of what is locked, and move it to `folder`."""
    print(f"{workspace.name}: building its programs", file=sys.stderr, flush=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".staging-", dir=folder.parent) as name:
        project, kept = Path(name) / "project", Path(name) / "kept"
        workspace.seclude(project)
        target = {"CARGO_TARGET_DIR": str(cargo.cache() / "target")}
        words = ["install", "--offline", "--no-track", "--bins", "--root", str(kept)]
        words += ["--version", f"={workspace.package.version}", *_features(workspace)]
        cargo.run([*words, workspace.name], project, "compile programs", target)
        os.rename(kept, folder)


def _features(workspace: Workspace) -> list[str]:
    asked = set(workspace.package.features)
    plain = ",".join(sorted(asked - {"no-default"}))
    words = ["--no-default-features"] if "no-default" in asked else []
    return [*words, *(["--features", plain] if plain else [])]
