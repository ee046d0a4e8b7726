"""Modules in C: what they are compiled and linked with, and which may be loaded here.

lupa keeps each Lua's symbols to its own extension module, and showing them to the whole process
would mix two versions up. So a module in C names lupa's own file as a library it needs (DT_NEEDED):
the loader then finds the symbols there, whatever other Luas the process holds.
"""

from __future__ import annotations

import os
import re
import sysconfig
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from polyhy.ecosystem import Tool
from polyhy.errors import MissingTool, UsageError, WrongBuild


class Engine(NamedTuple):
    """A Lua that is here: lupa's module, the version that rocks are built for, its headers."""

    module: str
    abi: str
    title: str
    headers: tuple[str, ...]


ENGINES = {
    # LuaJIT's own headers come last: they declare functions of 5.2 that old rocks define again.
    "jit": Engine("lupa.luajit21", "5.1", "LuaJIT", ("lua5.1", "lua51", "lua-5.1", "luajit-2.1")),
    "5.4": Engine("lupa.lua54", "5.4", "Lua 5.4", ("lua5.4", "lua54", "lua-5.4", "lua")),
}
"""By what POLYHY_LUA may say."""


def engine(name: str) -> Engine:
    """The engine that POLYHY_LUA or a manifest calls so; UsageError where there is none."""
    if name not in ENGINES:
        raise UsageError(f"there is no Lua {name!r} here", hint="a Lua is jit or 5.4")
    return ENGINES[name]


_PREFIXES = ("/usr/include", "/usr/local/include", f"{os.sep}opt/homebrew/include")
_PACKAGES = {"5.1": "liblua5.1-0-dev", "5.4": "liblua5.4-dev"}


@cache
def library(engine: Engine) -> str:
    """The file that holds this Lua: lupa's extension module, which is not imported for that."""
    lupa = find_spec(engine.module.partition(".")[0])
    places = lupa.submodule_search_locations if lupa else None
    spec = PathFinder.find_spec(engine.module, places)
    return str(Path(spec.origin).resolve()) if spec and spec.origin else ""


def headers(engine: Engine) -> Path | None:
    """The folder with this Lua's lua.h, or None where there is none."""
    folders = (Path(prefix, name) for prefix in _PREFIXES for name in engine.headers)
    return next((f for f in folders if _version_of(f) == engine.abi), None)


def buildable() -> list[Engine]:
    """The engines that modules in C can be built for on this machine."""
    return [engine for engine in ENGINES.values() if headers(engine)]


def variables(engine: Engine) -> list[str]:
    """What luarocks is told to compile and link by; MissingTool where there are no headers."""
    folder = headers(engine)
    if folder is None:
        raise no_headers(engine)
    multiarch = sysconfig.get_config_var("MULTIARCH") or ""
    return [
        f"LUA_INCDIR={folder}",
        f"CFLAGS=-O2 -fPIC -I{folder.parent / multiarch}",
        f"LIBFLAG=-shared -Wl,--no-as-needed {library(engine)}",
    ]


def header_tool(engine: Engine) -> Tool:
    """What `polyhy doctor` says of this Lua's lua.h."""
    version = engine.abi if headers(engine) else ""
    need = f"rocks in C are built with it for {engine.title}"
    return Tool(f"lua.h of {engine.abi}", version, need, f"apt-get install {_PACKAGES[engine.abi]}")


def no_headers(engine: Engine) -> MissingTool:
    """The error for rocks in C where there is no lua.h."""
    missing = header_tool(engine)
    return MissingTool(tool=missing.name, need=missing.need, command=missing.command)


def check(file: str, engine: Engine) -> None:
    """Raise WrongBuild where loading the module `file` would end in another Lua's code."""
    content = Path(file).read_bytes()
    if library(engine).encode() + b"\0" in content:
        return
    others = [e for e in ENGINES.values() if library(e).encode() + b"\0" in content]
    built = others[0].title if others else "another Lua than any in this process"
    raise WrongBuild(file=file, built=built, runtime=engine.title)


@cache
def _version_of(folder: Path) -> str:
    """The version in a folder's lua.h: `5.1`; empty where there is none."""
    try:
        text = (folder / "lua.h").read_text("utf-8", "replace")
    except OSError:
        return ""
    found = re.search(r"#define\s+LUA_VERSION_NUM\s+5(\d\d)\b", text)
    return f"5.{int(found[1])}" if found else ""
