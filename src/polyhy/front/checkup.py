"""What `polyhy doctor` looks at: runtimes, libraries, tools, the project."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from polyhy.errors import PackageError
from polyhy.front.output import Answer


class Row(NamedTuple):
    """One thing looked at. `command` mends it; `needed` makes its absence a failure."""

    name: str
    state: str
    ok: bool
    command: str = ""
    needed: bool = True


def answer() -> Answer:
    """Look at everything; the exit code is 1 where something needed is missing."""
    topics = {title: list(rows()) for title, rows in _TOPICS.items()}
    every = [row for rows in topics.values() for row in rows]
    widths = [max(map(len, column)) for column in zip(*(row[:2] for row in every), strict=True)]
    lines = [line for title, rows in topics.items() for line in _lines(title, rows, widths)]
    data = {title.lower(): [row._asdict() for row in rows] for title, rows in topics.items()}
    return Answer(data, lines, int(any(row.needed and not row.ok for row in every)))


def runtimes() -> Iterator[Row]:
    """Python, and every language's runtime, which is started to see that it does."""
    from polyhy import plugins
    from polyhy.guests import host

    yield Row("python", platform.python_version(), True)
    for language in plugins.languages():
        try:
            host.bridge(language)
        except PackageError as error:  # a tool or a package that only some programs want
            text, *rest = [line.strip() for line in str(error).splitlines()]
            yield Row(language, text, False, " ".join(rest).removeprefix("run: "), False)
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
    """The clients that ecosystems drive; a project needs those of the packages that it declares."""
    from polyhy import plugins
    from polyhy.packages import manifest

    root = manifest.find_root(Path.cwd())
    declared = {spec.ecosystem for spec in manifest.read(root)} if root else set()
    for name in plugins.ecosystems():
        for tool in plugins.ecosystem(name).tools():
            command = "" if tool.version else tool.command
            state = tool.version or tool.need
            yield Row(tool.name, state, bool(tool.version), command, name in declared)


def project() -> Iterator[Row]:
    """The project around the working folder, its lock and its env."""
    from polyhy.packages import env, lock, manifest

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


def _lines(title: str, rows: list[Row], widths: list[int]) -> Iterator[str]:
    yield title
    for row in rows:
        mark = "ok" if row.ok else "missing" if row.needed else "absent"
        command = f"run: {row.command}" if row.command else ""
        name, state = row.name.ljust(widths[0]), row.state.ljust(min(widths[1], 40))
        yield f"  {mark:<8}{name}  {state}  {command}".rstrip()


def _library(name: str, requirement: str) -> Row:
    from packaging.requirements import Requirement

    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Row(name, "", False, f"pip install '{requirement}'")
    fits = Requirement(requirement).specifier.contains(version, prereleases=True)
    return Row(name, version, fits, "" if fits else f"pip install '{requirement}'")


_TOPICS = {"Runtimes": runtimes, "Libraries": libraries, "Tools": tools, "Project": project}
