"""Build: from a crate's name to an extension module, kept by everything that decides it."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from polyhy import store

from . import cargo, emit
from .api import Api, Planner
from .describe import describe
from .errors import BuildFailed
from .model import Document, Model
from .prune import prune
from .stubs import stub
from .workspace import Workspace

EXTENSION = "extension.so"
STUB = "module.pyi"
SKIPS = "skips.json"


def built(envs: Sequence[Path], name: str, hints: Mapping[str, str]) -> tuple[Path, str]:
    """The folder with the extension of a crate, made if need be, and the module's name."""
    return made(Workspace(envs, name), hints)


def made(workspace: Workspace, hints: Mapping[str, str]) -> tuple[Path, str]:
    """The folder with the extension for a workspace."""
    folder = place(workspace, hints)
    library = workspace.name.replace("-", "_")
    if not (folder / EXTENSION).is_file():
        with store.locked(folder.with_name(f"{folder.name}.lock")):
            if not (folder / EXTENSION).is_file():
                _make(workspace, folder, hints, library)
    return folder, library


def place(workspace: Workspace, hints: Mapping[str, str]) -> Path:
    extra = json.dumps([sys.implementation.cache_tag, sorted(hints.items())])
    name = f"{workspace.name}-{workspace.package.version}-{workspace.key(extra)}"
    return cargo.cache() / "extensions" / name


def _make(workspace: Workspace, folder: Path, hints: Mapping[str, str], library: str) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".staging-", dir=folder.parent) as name:
        staged, progress = Path(name), Progress(workspace.name)
        project = staged / "project"
        workspace.prepare(project)
        workspace.check()
        api, document = planned(workspace, hints, progress)
        head = emit.HEAD
        with progress.stage("check") as say:
            prune(api, workspace, head, say)
        source = emit.extension(api, head, library, document.root.get("docs") or "")
        store.write(project / "src" / "lib.rs", source)
        with progress.stage("compile"):
            file = compiled(workspace)
        file.replace(staged / EXTENSION)
        (staged / STUB).write_text(stub(api), "utf-8")
        (staged / SKIPS).write_text(json.dumps(summary(api), indent=1), "utf-8")
        kept = Path(tempfile.mkdtemp(prefix=".staging-", dir=folder.parent))
        for file in (EXTENSION, STUB, SKIPS):
            (staged / file).rename(kept / file)
        shutil.copy2(project / "src" / "lib.rs", kept / "extension.rs")
        os.rename(kept, folder)
        progress.done(api)


def planned(
    workspace: Workspace, hints: Mapping[str, str], progress: Progress
) -> tuple[Api, Document]:
    """Describe the crate and those it re-exports, and plan."""
    with progress.stage("describe"):
        document = Document(describe(workspace, workspace.package))
    near = workspace.package.requires

    def fetch(library: str) -> Document | None:
        package = workspace.find(library, near)
        if package is None:
            return None
        with progress.stage(f"describe {package.name}"):
            try:
                found = Document(describe(workspace, package))
            except BuildFailed:
                return None
        workspace.others[package.name] = package
        workspace.declare()
        return found

    with progress.stage("plan"):
        model = Model(document, fetch)
        return Planner(model, hints).plan(), document


def compiled(workspace: Workspace, *words: str) -> Path:
    """Compile the extension, and return its file."""
    done = workspace.cargo("build", "--message-format=json", "--lib", *words)
    made = ""
    for line in done.stdout.splitlines():
        said = json.loads(line) if line.startswith("{") else {}
        if said.get("reason") == "compiler-artifact":
            files = [f for f in said["filenames"] if f.endswith((".so", ".dylib", ".dll"))]
            if files and "cdylib" in said["target"]["kind"]:
                made = files[0]
    if done.returncode or not made:
        raise BuildFailed(
            _said(done), crate=workspace.name, advice="this is a bug in polyhy's generator"
        )
    return Path(made)


def summary(api: Api) -> dict[str, Any]:
    """What was bound and what was not, and why."""
    bound = {entry.counted for entry in api.entries if entry.counted}
    missing = {
        name: api.reasons.get(name, "its type could not be bound")
        for number, name in api.functions.items()
        if number not in bound
    }
    unsafe = [name for name, reason in missing.items() if reason == "it is unsafe"]
    counted = len(api.functions) - len(unsafe)
    return {
        "bound": len(set(api.functions) & bound),
        "total": counted,
        "unsafe": len(unsafe),
        "skipped": missing,
        "others": {k: v for k, v in api.reasons.items() if k not in missing},
    }


class Progress:
    """Stages and seconds on stderr, from the first second on."""

    def __init__(self, crate: str) -> None:
        self.crate, self.begun = crate, time.monotonic()
        self.shown = sys.stderr.isatty()
        self.stages: list[tuple[str, float]] = []
        self._write(f"{crate}: building for Python")

    @contextmanager
    def stage(self, name: str) -> Iterator[Callable[[str], None]]:
        begun = time.monotonic()
        say = lambda detail: self._write(f"{self.crate}: {name}: {detail}")  # noqa: E731
        self._write(f"{self.crate}: {name}")
        yield say
        self.stages.append((name, time.monotonic() - begun))

    def done(self, api: Api) -> None:
        seconds = ", ".join(f"{name} {spent:.1f} s" for name, spent in self.stages if spent > 0.05)
        said = summary(api)
        bound = f"{said['bound']} of {said['total']} functions"
        self._write(f"{self.crate}: ready, {bound} ({seconds})\n")

    def _write(self, text: str) -> None:
        start, end = ("\r\033[K", "") if self.shown else ("", "\n")
        print(f"{start}{text.rstrip()}", end=end if text[-1] != "\n" else "\n", file=sys.stderr)
        sys.stderr.flush()


def _said(done: Any) -> str:
    rendered = []
    for line in done.stdout.splitlines():
        said = json.loads(line) if line.startswith("{") else {}
        if said.get("reason") == "compiler-message" and said["message"]["level"] == "error":
            rendered.append(said["message"]["rendered"])
    return "\n".join(rendered)[:4000] or done.stderr[-3000:]
