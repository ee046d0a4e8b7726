"""esbuild: found among the room's own packages, run, and its complaints told as ours."""

from __future__ import annotations

import os
import re
import subprocess
from functools import lru_cache
from pathlib import Path

from polyhy.errors import Frame, MissingTool, NoSuchFile, ToolFailed

from .errors import JsSyntaxError

_COMMON = ("--log-level=error", "--log-limit=0", "--color=false")
_ASYNC = "awaits at its top in a way that only node can load"


def run(
    tools: Path, folder: Path, *options: str, text: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run the esbuild of the packages `tools` in `folder`."""
    return subprocess.run(
        [_program(tools), *_COMMON, *options],
        cwd=folder,
        input=text,
        capture_output=True,
        text=True,
    )


def failure(module: str, text: str, folder: Path) -> Exception:
    """The error for what esbuild said of `module`, running in `folder`."""
    line = next((line for line in text.splitlines() if "ERROR" in line or "error:" in line), text)
    reason = line.partition("ERROR]")[2].strip() or line.strip()
    if f'Could not resolve "{module}"' in text:
        where = f"the package {package(module)}"
        hint = "look in its package.json for what it exports"
        return NoSuchFile(language="JavaScript", file=module, where=where, hint=hint)
    if "Top-level await" in text:
        return _syntax(f'{module} {_ASYNC}: import it :in "node"', text, folder)
    if re.search(r"^ {4}\S.*:\d+:\d+:$", text, re.MULTILINE):
        return _syntax(reason, text, folder)
    return ToolFailed(reason, tool=f"esbuild, reading {module},")


def package(module: str) -> str:
    """The package of a module: `@scope/name` of `@scope/name/sub`."""
    return "/".join(module.split("/")[: 1 + module.startswith("@")])


def _syntax(message: str, text: str, folder: Path) -> JsSyntaxError:
    error = JsSyntaxError()
    error.type_name, error.message = "SyntaxError", message
    if place := re.search(r"^ {4}(\S.*):(\d+):\d+:$", text, re.MULTILINE):
        error.frames = (Frame(str(folder / place[1]), int(place[2]), ""),)
    return error


@lru_cache
def _program(tools: Path) -> str:
    pattern = "@esbuild/*/bin/esbuild" if os.name != "nt" else "@esbuild/*/esbuild.exe"
    for found in sorted((tools / "node_modules").glob(pattern)):
        return str(found)
    raise MissingTool(tool="esbuild", need="packages are read by it", command="polyhy sync")
