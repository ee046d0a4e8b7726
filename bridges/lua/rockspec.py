"""What a rock says of itself: its rockspec, which is Lua, read in a runtime that can do nothing."""

from __future__ import annotations

import re
import sys
import zipfile
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from polyhy.errors import PackageError, ToolFailed

_DEPENDENCY = re.compile(r"\s*(?:[\w.-]+/)?([A-Za-z0-9][\w.-]*)\s*(.*)", re.DOTALL | re.ASCII)
_NO_CODE = frozenset({"builtin", "none", "module"})
_C_SUFFIXES = (".c", ".cc", ".cpp", ".cxx", ".o", ".a", ".so")
_MEMORY, _STEPS = 64_000_000, 1_000_000
_PLATFORMS = {
    "linux": ("unix", "linux"),
    "darwin": ("unix", "bsd", "macosx"),
    "win32": ("windows", "win32", "mingw32"),
}
"""luarocks' names of a platform, the most general first."""


class Rockspec(NamedTuple):
    """The part of a rockspec that matters here. `runs` is the code of its own that builds it."""

    name: str
    version: str
    requires: Mapping[str, str]
    licence: str
    summary: str
    homepage: str
    runs: str
    native: bool


def of_rock(file: Path) -> Rockspec:
    """Read the rockspec in a `.rock` file, which is a zip."""
    try:
        with zipfile.ZipFile(file) as rock:
            names = [n for n in rock.namelist() if n.endswith(".rockspec") and "/" not in n]
            return read(rock.read(names[0]), file.name)
    except (zipfile.BadZipFile, IndexError, OSError) as error:
        raise ToolFailed(f"{file.name} is no rock: {error}", tool="luarocks") from None


def read(source: bytes, name: str) -> Rockspec:
    """Read a rockspec's source."""
    try:
        globals_ = _run(source)
        return _rockspec(globals_)
    except Exception as error:
        said = str(error).partition("\n")[0] or type(error).__name__
        raise PackageError(f"the rockspec of {name} can't be read: {said}") from None


def _rockspec(said: Mapping[str, Any]) -> Rockspec:
    about, build = said.get("description") or {}, _here(said.get("build") or {})
    kind = str(build.get("type") or "builtin")
    libraries = (build.get("install") or {}).get("lib")
    return Rockspec(
        name=str(said["package"]).lower(),
        version=str(said["version"]),
        requires=dict(_dependency(x) for x in _listed(_here(said.get("dependencies")))),
        licence=str(about.get("license") or ""),
        summary=str(about.get("summary") or ""),
        homepage=str(about.get("homepage") or ""),
        runs="" if kind in _NO_CODE else f"{kind} build",
        native=kind not in _NO_CODE or bool(libraries) or any(map(_is_native, _modules(build))),
    )


def _here(table: Any) -> Any:
    """A table with what it holds for this platform laid over it, as luarocks does."""
    if isinstance(table, dict):
        for platform in _PLATFORMS.get(sys.platform, ("unix",)):
            table = _laid_over(table, (table.get("platforms") or {}).get(platform))
    return table


def _laid_over(table: Any, above: Any) -> Any:
    if not (isinstance(table, dict) and isinstance(above, dict)):
        return table if above is None else above
    return table | {key: _laid_over(table.get(key), value) for key, value in above.items()}


def _listed(x: Any) -> list[Any]:
    """The items of a list, also where Lua's table holds tables for platforms beside them."""
    if isinstance(x, dict):
        return [value for key, value in x.items() if isinstance(key, int)]
    return x or []


def _modules(build: Mapping[str, Any]) -> list[Any]:
    modules = build.get("modules") or {}
    return list(modules.values()) if isinstance(modules, dict) else list(modules)


def _is_native(module: Any) -> bool:
    return not isinstance(module, str) or module.lower().endswith(_C_SUFFIXES)


def _dependency(text: Any) -> tuple[str, str]:
    found = _DEPENDENCY.fullmatch(str(text))
    if not found:
        raise ValueError(f"{text!r} is no dependency")
    return found[1].lower(), found[2].strip()


def _run(source: bytes) -> dict[str, Any]:
    """The globals that a rockspec sets, with nothing at hand, some memory, and an end."""
    lua54: Any = import_module("lupa.lua54")

    vm = lua54.LuaRuntime(
        encoding=None, register_eval=False, register_builtins=False, max_memory=_MEMORY
    )
    return _plain(vm.execute(_RUN, source, _STEPS), lua54.lua_type)


def _plain(x: Any, type_of: Callable[[Any], str | None]) -> Any:
    if isinstance(x, bytes):
        return x.decode("utf-8", "replace")
    if type_of(x) != "table":
        return x
    return {_plain(key, type_of): _plain(value, type_of) for key, value in x.items()}


_RUN = b"""
local source, steps = ...
local set, globals = debug.sethook, {}
local chunk, why = load(source, "=rockspec", "t", globals)
if not chunk then error(why, 0) end
getmetatable("").__index = {}
local co = coroutine.create(chunk)
set(co, function() error("it does not end", 0) end, "", steps)
local done, problem = coroutine.resume(co)
if not done then error(problem, 0) end
return globals
"""
