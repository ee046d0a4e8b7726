"""What `polyhy doctor` looks at: runtimes, libraries, tools, the project."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from rich.console import Console


class Row(NamedTuple):
    """One thing looked at. `command` mends it; `needed` makes its absence a failure."""

    name: str
    state: str
    ok: bool
    command: str = ""
    needed: bool = True


def show(console: Console) -> int:
    """Print what there is; 0 where nothing needed is missing, else 1."""
    from rich.markup import escape
    from rich.table import Table

    rows = [(title, list(rows())) for title, rows in _TOPICS.items()]
    for title, some in rows:
        table = Table(title=title, title_justify="left", box=None, show_header=False)
        for row in some:
            mark = "[green]ok[/]" if row.ok else "[red]missing[/]"
            command = f"run: {row.command}" if row.command else ""
            table.add_row(mark, *map(escape, (row.name, row.state, command)))
        console.print(table)
    return int(any(row.needed and not row.ok for _, some in rows for row in some))


def runtimes() -> Iterator[Row]:
    """Python, and every language's runtime, which is started to see that it does."""
    from polyhy import host, plugins

    yield Row("python", platform.python_version(), True)
    for language in plugins.languages():
        try:
            host.bridge(language)
        except Exception as error:
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            yield Row(language, reason, False, "pip install --force-reinstall polyhy")
        else:
            yield Row(language, "starts", True)


def libraries() -> Iterator[Row]:
    """The distributions that polyhy requires here."""
    from packaging.requirements import Requirement

    for text in metadata.requires("polyhy") or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            requirement.marker = None
            yield _library(requirement.name, str(requirement))


def tools() -> Iterator[Row]:
    """The clients that ecosystems drive; only adding and syncing their packages needs them."""
    from polyhy import plugins

    for name in plugins.ecosystems():
        for tool in plugins.ecosystem(name).tools():
            command = "" if tool.version else tool.command
            state = tool.version or tool.need
            yield Row(tool.name, state, bool(tool.version), command)


def project() -> Iterator[Row]:
    """The project around the working folder, its lock and its env."""
    from polyhy import env, lock, manifest

    root = manifest.find_root(Path.cwd())
    if root is None:
        yield Row("none", f"no manifest in {Path.cwd()} or above", True, "", False)
        return
    locked, specs, current = lock.read(root), manifest.read(root), env.at(root)
    fresh = locked is not None and set(locked.roots) == set(specs or locked.roots)
    command = "polyhy sync"
    yield Row("lock", str(root / manifest.LOCK), fresh, "" if fresh else command)
    installed = current is not None and current.lock == locked
    state = str(current.folder) if current else "not installed"
    yield Row("env", state, installed, "" if installed else command)


def _library(name: str, requirement: str) -> Row:
    from packaging.requirements import Requirement

    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Row(name, "", False, f"pip install '{requirement}'")
    fits = Requirement(requirement).specifier.contains(version, prereleases=True)
    return Row(name, version, fits, "" if fits else f"pip install '{requirement}'")


_TOPICS = {"Runtimes": runtimes, "Libraries": libraries, "Tools": tools, "Project": project}
