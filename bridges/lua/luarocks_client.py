"""The luarocks program: run, its servers asked, and its errors read."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from polyhy import clients
from polyhy.errors import MissingTool, Offline, PackageError, ToolFailed

from .versions import order

INSTALL = "apt-get install luarocks"
ARCHES = ("all", "src")
"""The kinds of rock that serve every machine, best first: pure Lua as it is, sources to build."""

_UNREACHED = re.compile(r"Failed (?:searching manifest|downloading|loading manifest)\b:? ?(.*)")
_SECRET = re.compile(r"(?<=://)[^/@\s]+@")


class Offered(NamedTuple):
    """A rock on a server: `arch` is `src` or `all`."""

    version: str
    arch: str


def offered(name: str, lua: str, servers: Sequence[str]) -> list[Offered]:
    """The rocks of that very name for a version of Lua; Offline where no server answered."""
    done = _call(["search", "--porcelain", name], _options(lua), servers, Path.cwd())
    rows = [line.split("\t") for line in done.stdout.splitlines() if line.count("\t") >= 3]
    found = [Offered(row[1], row[2]) for row in rows if row[0] == name and row[2] in ARCHES]
    if not rows and (failed := _UNREACHED.search(done.stderr)):
        raise Offline(_clean(failed[1]), ecosystem="luarocks")
    if done.returncode:
        raise _failed(done)
    return found


def search(text: str, lua: str, servers: Sequence[str]) -> list[tuple[str, str]]:
    """Names that a text finds, each with its newest version."""
    done = _call(["search", "--porcelain", text], _options(lua), servers, Path.cwd())
    rows = [line.split("\t") for line in done.stdout.splitlines() if line.count("\t") >= 3]
    if not rows and (failed := _UNREACHED.search(done.stderr)):
        raise Offline(_clean(failed[1]), ecosystem="luarocks")
    found: dict[str, str] = {}
    for row in rows:
        found[row[0]] = max(found.get(row[0], "0"), row[1], key=order)
    return list(found.items())


def download(name: str, rock: Offered, lua: str, servers: Sequence[str], into: Path) -> Path:
    """Bring one rock into the folder `into`."""
    words = ["download", name, rock.version, "--arch", rock.arch]
    done = _call(words, _options(lua), servers, into)
    file = into / f"{name}-{rock.version}.{rock.arch}.rock"
    if file.is_file():
        return file
    if failed := _UNREACHED.search(done.stderr):
        raise Offline(_clean(failed[1]), ecosystem="luarocks")
    raise _failed(done)


def install(rock: Path, tree: Path, lua: str, variables: Sequence[str]) -> None:
    """Lay a rock out in a tree, and build it first if it holds sources; nothing is fetched."""
    words = ["install", str(rock), "--tree", str(tree), "--deps-mode", "none", "--no-doc"]
    done = _call([*words, *variables], _options(lua), [], rock.parent)
    if done.returncode:
        raise _failed(done)


def version() -> str:
    """The program's version; empty where there is none, or it does not run."""
    try:
        said = _call(["--version"], [], [], Path.cwd()).stdout
    except MissingTool:
        return ""
    found = re.search(r"\d+\.\d+\S*", said)
    return found[0] if found else ""


def _options(lua: str) -> list[str]:
    return ["--lua-version", lua]


def _call(
    words: Sequence[str], options: Sequence[str], servers: Sequence[str], folder: Path
) -> subprocess.CompletedProcess[str]:
    program = shutil.which("luarocks")
    if program is None:
        raise MissingTool(tool="luarocks", need="it serves rocks", command=INSTALL)
    with tempfile.TemporaryDirectory(prefix="polyhy-luarocks-") as place:
        environment = {**os.environ, **_config(servers, Path(place))}
        try:
            return clients.run([program, *options, *words], cwd=folder, env=environment)
        except OSError as error:
            need = f"it serves rocks, but {program} does not start: {error.strerror}"
            raise MissingTool(tool="luarocks", need=need, command=INSTALL) from error


def _config(servers: Sequence[str], place: Path) -> dict[str, str]:
    """The variables that lead luarocks to these servers; its own configuration where none is said.

    What builds a rock must not find the modules of some other tree by LUA_PATH.
    """
    if not servers:
        return {}
    file = place / "config.lua"
    listed = ", ".join(_quoted(server) for server in servers)
    file.write_text(f"rocks_servers = {{ {listed} }}\n", "utf-8")
    return {"LUAROCKS_CONFIG": str(file)}


def _quoted(text: str) -> str:
    odd = re.compile(r"[^\w:/.@?=&%+~,-]", re.ASCII)
    escaped = odd.sub(lambda m: "".join(f"\\{b:03}" for b in m[0].encode()), text)
    return f'"{escaped}"'


def _failed(done: subprocess.CompletedProcess[str]) -> PackageError:
    said = _clean(done.stderr) or _clean(done.stdout) or "it gave no reason"
    return ToolFailed("\n".join(said.splitlines()[-12:]), tool="luarocks")


def _clean(text: str) -> str:
    lines = [line.rstrip() for line in _SECRET.sub("…@", text).splitlines()]
    noise = ("Warning: falling back to", "To check if it is available for")
    return "\n".join(line for line in lines if line and not line.startswith(noise))
