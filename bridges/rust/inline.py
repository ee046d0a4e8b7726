"""Rust written in a program: a crate of its own, made into an extension like any other."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from polyhy.errors import Frame

from . import cargo, kept
from .crates import LAID
from .errors import RustSyntaxError
from .workspace import Package, Workspace, _line, _read

_MANIFEST = """\
[package]
name = "{name}"
version = "0.0.0"
edition = "2021"
publish = false

[lib]
path = {source}

[dependencies]
{dependencies}
"""


class Inline(Workspace):
    """A workspace for a source at an origin (`file.hy:line`), with the crates that it names."""

    def __init__(self, envs: Sequence[Path], source: str, origin: str) -> None:
        file, _, line = origin.rpartition(":")
        self.source, self.line = source, int(line) if line.isdigit() else 1
        self.file = Path(file).name or "inline.rs"
        self.origin = file
        digest = hashlib.sha256(f"{source}\0{origin}".encode()).hexdigest()[:12]
        self.name = f"inline-{digest}"
        self.packages, self.env = _all_packages(envs)
        self.named = [p for p in self.packages if p.asked and _names(source, p.name)]
        requires = [f"{p.name} {p.version}" for p in self.named]
        self.package = Package(self.name, "0.0.0", "", requires, (), True)
        self.others: dict[str, Package] = {}
        self.folder = Path()

    def prepare(self, folder: Path) -> None:
        super().prepare(folder)
        home = folder / "inline"
        home.mkdir(exist_ok=True)
        lines = [_line(p, default="no-default" not in p.features) for p in self.named]
        (home / "Cargo.toml").write_text(
            _MANIFEST.format(
                name=self.name, source=json.dumps(self._name()), dependencies="\n".join(lines)
            )
        )
        # As many lines before it as in the file that it stands in: messages then say its own.
        (home / self._name()).write_text("\n" * (self.line - 1) + self.source, "utf-8")

    def dependency(self) -> str:
        return f'{self.name} = {{ path = "inline" }}'

    def home(self, package: Package) -> Path:
        return self.folder / "inline" if package is self.package else super().home(package)

    def check(self) -> None:
        """Let rustc read the source: what it refuses is said at the line of the program."""
        done = self.cargo("build", "-p", self.name, "--message-format=json")
        for message in _errors(done.stdout):
            raise self._refusal(message)
        if done.returncode:
            raise RustSyntaxError(type_name="rustc", message=done.stderr.strip()[-2000:])

    def _refusal(self, message: Any) -> RustSyntaxError:
        spans = [s for s in message["spans"] if s["file_name"].endswith(self._name())]
        primary = [s for s in spans if s["is_primary"]] or spans
        line = primary[0]["line_start"] if primary else self.line
        code = (message.get("code") or {}).get("code") or "rustc"
        shown = message["rendered"].replace(f"inline/{self._name()}", self.origin or self._name())
        frames = (Frame(self.origin or self._name(), line, "rust"),)
        return RustSyntaxError(type_name=code, message=shown.strip(), frames=frames)

    def _name(self) -> str:
        plain = re.sub(r"[^\w.-]", "_", self.file)
        return plain if plain not in ("Cargo.toml", "Cargo.lock") else f"{plain}.rs"


def inline(
    envs: Sequence[Path], source: str, origin: str, *, told: bool = True
) -> tuple[Path, str]:
    """The folder with the extension for a source, made if need be, and the module's name.

    `told` is whether anybody wants to hear how the work goes on.
    """
    cargo.check("compile Rust")
    workspace = Inline(envs, source, origin)
    workspace.told = told
    return kept.made(workspace, {})


def _all_packages(envs: Sequence[Path]) -> tuple[list[Package], Path]:
    for env in envs:
        if (env / LAID).is_file():
            return _read(str(env / LAID), (env / LAID).stat().st_mtime), env
    return [], Path()


def _names(source: str, crate: str) -> bool:
    return bool(re.search(rf"\b{re.escape(crate.replace('-', '_'))}\b", source))


def _errors(output: str) -> Iterator[Any]:
    for line in output.splitlines():
        said = json.loads(line) if line.startswith("{") else {}
        if said.get("reason") == "compiler-message" and said["message"]["level"] == "error":
            yield said["message"]
