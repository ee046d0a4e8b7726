"""The commands that packages bring: npm's bins, console scripts, binaries of crates."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

from polyhy import plugins
from polyhy.errors import NoProgram, suggest
from polyhy.packages import install
from polyhy.packages.env import Env
from polyhy.packages.resolve import Report
from polyhy.packages.tree import asked
from polyhy.spec import Spec

Progress = Callable[[], AbstractContextManager[Report]]


def nothing() -> AbstractContextManager[Report]:
    """The Progress that shows nothing."""
    return nullcontext(install.quiet)


def run(spec: Spec, name: str, argv: Sequence[str], progress: Progress = nothing) -> int:
    """Run a package's command in an env of its own, kept in the cache; return its exit code.

    `name` is the command's, by default the package's own or its only one.
    """
    with progress() as report:
        env = install.script([spec], report)
    command = find(env, spec, name)
    return subprocess.run([*command, *argv], env={**os.environ, **_paths(env, spec)}).returncode


def find(env: Env, spec: Spec, name: str = "") -> list[str]:
    """How a command of a package in an env is started; NoProgram with what there is."""
    room = plugins.ecosystem(spec.ecosystem)
    found: dict[str, Sequence[str]] = {}
    for pin in asked(env.lock, [spec]):
        # there is no folder where the user's own environment has it all
        for folder in env.paths(spec.ecosystem) or [env.folder / spec.ecosystem]:
            found |= room.programs(pin, folder)
    wanted = name or spec.name.rpartition("/")[2]
    if wanted in found:
        return list(found[wanted])
    if not name and len(found) == 1:
        return list(next(iter(found.values())))
    suggestion = suggest(wanted, list(found), "it brings") if found else "it brings none"
    raise NoProgram(spec=str(spec), name=wanted, suggestion=suggestion)


def _paths(env: Env, spec: Spec) -> dict[str, str]:
    """The folders of the env as the command's own language finds them."""
    return {"POLYHY_ENV": str(env.root)}
