"""Describe: the public API of a crate, as rustdoc's JSON says it."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path
from typing import Any

import orjson

from polyhy import store
from polyhy.errors import ToolFailed

from . import cargo
from .errors import BuildFailed
from .workspace import Package, Workspace

FORMATS = range(53, 61)
"""The versions of rustdoc's format that model.py reads."""

_SCRIPT = """\
#!/bin/sh
# Only rustdoc is told so: crates themselves are compiled as plain stable Rust.
RUSTC_BOOTSTRAP=1 exec {rustdoc} "$@"
"""


def describe(workspace: Workspace, package: Package) -> dict[str, Any]:
    """The JSON of a crate in the workspace, kept in the cache."""
    kept = _kept(workspace, package)
    if not kept.is_file():
        made = _run(workspace, package)
        store.write(kept, made)
    data = orjson.loads(kept.read_bytes())
    if data["format_version"] not in FORMATS:
        detail = f"rustdoc says format {data['format_version']}; {FORMATS} are known"
        raise ToolFailed(detail, tool="rustdoc", hint="update polyhy, or use another toolchain")
    return data


def _run(workspace: Workspace, package: Package) -> str:
    # Another nonce each time: cargo takes a document of another version for this one's.
    words = [
        "rustdoc",
        "-p",
        f"{package.name}@{package.version}",
        "--lib",
        "--message-format=short",
    ]
    words += ["--", "-Zunstable-options", "--output-format=json", "--cap-lints=allow"]
    words += ["--cfg", f"polyhy_{secrets.token_hex(6)}"]
    file = cargo.cache() / "target" / "doc" / f"{_library(workspace, package)}.json"
    with store.locked(cargo.cache() / "describe.lock"):  # two versions would write one file
        done = workspace.cargo(*words, RUSTDOC=str(_script()))
        if done.returncode:
            raise BuildFailed(_errors(done.stderr), crate=package.name, advice=_advice(done.stderr))
        return file.read_text("utf-8")


def _library(workspace: Workspace, package: Package) -> str:
    """The name of a package's library in code."""
    from .crates import tomllib

    file = workspace.home(package) / "Cargo.toml"
    manifest = tomllib.loads(file.read_text("utf-8"))
    return manifest.get("lib", {}).get("name") or package.name.replace("-", "_")


def _kept(workspace: Workspace, package: Package) -> Path:
    parts = (package.name, package.version, workspace.content(), cargo.version())
    name = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
    return cargo.cache() / "described" / f"{package.name}-{package.version}-{name}.json"


def _script() -> Path:
    """A rustdoc that may write JSON."""
    rustdoc = os.environ.get("RUSTDOC") or "rustdoc"
    file = cargo.cache() / "rustdoc.sh"
    text = _SCRIPT.format(rustdoc=rustdoc)
    if not file.is_file() or file.read_text() != text:
        store.write(file, text)
    file.chmod(0o755)
    return file


def _errors(text: str) -> str:
    lines = text.splitlines()
    first = next((n for n, line in enumerate(lines) if "error" in line), max(len(lines) - 15, 0))
    return "\n".join(lines[first:][:25])


def _advice(text: str) -> str:
    if "linker `cc` not found" in text:
        return "install a C compiler: apt-get install gcc"
    if "pkg-config" in text or "could not find system library" in text:
        return "the crate wants a C library of the system: install its -dev package"
    return (
        "the crate itself does not compile here; another version of it may: polyhy add NAME@VERSION"
    )
