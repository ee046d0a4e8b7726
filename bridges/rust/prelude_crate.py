"""The prelude: what every extension begins with, a crate that is compiled once for all of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from polyhy import store

from . import cargo

NAME = "polyhy-prelude"
_SOURCES = Path(__file__).with_name("prelude")
_MANIFEST = """\
[package]
name = "polyhy-prelude"
version = "0.0.0"
edition = "2021"
publish = false

[lib]
path = "lib.rs"
doc = false

[dependencies]
{dependencies}

[features]
default = {features}
serde = []
serde_core = []
tokio = []
"""


def dependency(lines: Iterable[str], features: Iterable[str]) -> str:
    """The line of Cargo.toml that asks for it; `lines` are those for the crates that it knows."""
    manifest = _MANIFEST.format(
        dependencies="\n".join(lines), features=json.dumps(sorted(features))
    )
    files = {file.name: file.read_text("utf-8") for file in sorted(_SOURCES.glob("*.rs"))}
    return f"{NAME} = {{ path = {json.dumps(str(_written({'Cargo.toml': manifest, **files})))} }}"


def _written(files: dict[str, str]) -> Path:
    """The folder with these files, named by their hash: to cargo, others are another crate."""
    digest = hashlib.sha256(json.dumps(files).encode()).hexdigest()[:16]
    folder = cargo.cache() / "prelude" / digest
    for name, text in files.items():
        if not (folder / name).is_file():
            store.write(folder / name, text)
    return folder
