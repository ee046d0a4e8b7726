"""Build: from a crate's name to an extension module, stage by stage."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from polyhy import store

from . import emit, later
from .api import Planner
from .describe import describe
from .document import Document
from .errors import BuildFailed
from .kept import EXTENSION, SKIPS, STUB
from .model import Model
from .plan import Api
from .prune import Pruner
from .stubs import stub
from .workspace import Workspace


def make(workspace: Workspace, folder: Path, hints: Mapping[str, str]) -> None:
    """Make the extension for a workspace, and move it to `folder` when it is whole."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".staging-", dir=folder.parent) as name:
        progress, project = Progress(workspace.name, told=workspace.told), Path(name) / "project"
        kept = Path(name) / "kept"
        kept.mkdir()
        workspace.prepare(project)
        workspace.check()
        api, document = planned(workspace, hints, progress)
        with progress.stage("check") as say:
            pruner = Pruner(api, workspace, say)
            pruner.check()
        quick = later.when() != "now" and len(api.entries) > later.FEW
        workspace.level = 0 if quick else 2
        library = workspace.name.replace("-", "_")
        docs = document.root.get("docs") or ""
        with progress.stage("compile"):
            said = pruner.build(lambda: emit.extension(api, library, docs))
        if said.library is None:
            raise BuildFailed(
                "rustc made no library", crate=workspace.name, advice="clean its cache"
            )
        said.library.rename(kept / EXTENSION)
        shutil.copy2(project / "src" / "lib.rs", kept / "extension.rs")
        (kept / STUB).write_text(stub(api), "utf-8")
        (kept / SKIPS).write_text(json.dumps(summary(api), indent=1), "utf-8")
        if quick and later.when() == "after":
            later.plan(said.words, project, kept)
        if folder.exists():  # what a process left that was ended half-way
            store.remove(folder)
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

    def __init__(self, crate: str, *, told: bool = True) -> None:
        self.crate, self.begun, self.told = crate, time.monotonic(), told
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
        if not self.told:
            return
        start, end = ("\r\033[K", "") if self.shown else ("", "\n")
        print(f"{start}{text.rstrip()}", end=end if text[-1] != "\n" else "\n", file=sys.stderr)
        sys.stderr.flush()
