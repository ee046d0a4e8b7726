"""A real rocks server in a folder, made by luarocks-admin from rocks that are written here."""

from __future__ import annotations

import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

C_MODULE = """
#include <lua.h>
#include <lauxlib.h>
typedef struct { lua_Integer at; } Ticker;
static int up(lua_State *L) {
  Ticker *t = luaL_checkudata(L, 1, "ticker");
  lua_pushinteger(L, ++t->at);
  return 1;
}
static int call(lua_State *L) { lua_settop(L, 2); lua_call(L, 1, 1); return 1; }
static int fail(lua_State *L) {
  return luaL_error(L, "out of tick %d", (int)luaL_checkinteger(L, 1));
}
static int new(lua_State *L) {
  Ticker *t = lua_newuserdata(L, sizeof *t);
  t->at = 0;
  luaL_getmetatable(L, "ticker");
  lua_setmetatable(L, -2);
  return 1;
}
static void set(lua_State *L, const char *name, lua_CFunction f) {
  lua_pushcfunction(L, f);
  lua_setfield(L, -2, name);
}
int luaopen_ticker(lua_State *L) {
  luaL_newmetatable(L, "ticker");
  lua_newtable(L);
  set(L, "up", up);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  lua_newtable(L);
  set(L, "new", new);
  set(L, "call", call);
  set(L, "fail", fail);
  lua_pushstring(L, LUA_VERSION);
  lua_setfield(L, -2, "built_for");
  return 1;
}
"""
"""A module in C: a userdata with a method, a call back into Lua, an error."""

TELL = """#!/usr/bin/env lua
print(require("teller"), arg[0]:match("[^/]+$"), select("#", ...), ..., _VERSION)
if ... == "fail" then error("it failed") end
os.exit(#arg)
"""
"""A program: what it prints, and how it ends."""

MAKEFILE = """
all:
	echo "return {made = true}" > made.lua
install:
	mkdir -p $(INST_LUADIR)
	cp made.lua $(INST_LUADIR)/made.lua
"""


_INSTALL = 'install_variables = { INST_LUADIR = "$(LUADIR)" }'
"""What `make install` is told of each rock that is made so."""


class Server:
    """The folder `address` names, and the sources of its rocks beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.work = folder / "server", folder / "work"
        self.folder.mkdir(parents=True)
        self.work.mkdir()

    @property
    def address(self) -> str:
        return f"file://{self.folder}"

    def config(self) -> Path:
        """A configuration of luarocks that names this server alone."""
        file = self.folder.parent / "config.lua"
        file.write_text(f'rocks_servers = {{ "{self.address}" }}\n')
        return file

    def add(
        self,
        name: str,
        version: str,
        files: Mapping[str, str],
        modules: str,
        requires: Sequence[str] = ("lua >= 5.1",),
        kind: str = "builtin",
    ) -> None:
        """Pack a rock of these files; `modules` is the table of modules as a rockspec writes it."""
        source = self.work / f"{name}-{version}"
        source.mkdir()
        for file, text in files.items():
            (source / file).parent.mkdir(parents=True, exist_ok=True)
            (source / file).write_text(text)
        self.pack(name, version, source, modules, requires, kind)

    def pack(
        self,
        name: str,
        version: str,
        source: Path,
        modules: str,
        requires: Sequence[str] = ("lua >= 5.1",),
        kind: str = "builtin",
    ) -> None:
        """Pack a rock of the folder `source`."""
        archive = self.work / f"{name}-{version}.tar.gz"
        with tarfile.open(archive, "w:gz") as tar:
            tar.add(source, arcname=source.name)
        needed = ", ".join(f'"{r}"' for r in requires)
        rockspec = self.work / f"{name}-{version}.rockspec"
        rockspec.write_text(
            f'package = "{name}"\nversion = "{version}"\n'
            f'source = {{ url = "file://{archive}", dir = "{source.name}" }}\n'
            f'description = {{ license = "MIT", summary = "The rock {name}" }}\n'
            f"dependencies = {{ {needed} }}\n"
            f'build = {{ type = "{kind}", modules = {{ {modules} }}, {_INSTALL} }}\n'
        )
        run("luarocks", "pack", rockspec.name, at=self.work)
        (self.work / f"{name}-{version}.src.rock").rename(
            self.folder / f"{name}-{version}.src.rock"
        )
        rockspec.rename(self.folder / rockspec.name)

    def publish(self) -> None:
        """List the rocks, as a server must."""
        run("luarocks-admin", "make_manifest", str(self.folder), at=self.folder)


def run(*words: str, at: Path) -> None:
    done = subprocess.run(words, cwd=at, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def written(server: Server) -> None:
    """The rocks of the tests: pure and in C, old and new, for one Lua and for all."""
    for version in ("1.0-1", "1.1-1", "2.0rc1-1"):
        greet = (
            "local words = require 'words'\nlocal M = {}\n"
            "function M.hi(x) return words.hello .. x end\nreturn M"
        )
        server.add(
            "greet",
            version,
            {"greet.lua": greet},
            'greet = "greet.lua"',
            ["lua >= 5.1", "words ~> 1"],
        )
    for version in ("1.0-1", "1.2-1", "2.0-1"):
        server.add(
            "words",
            version,
            {"words.lua": f"return {{hello = 'hello from {version}, '}}"},
            'words = "words.lua"',
        )
    server.add(
        "lua-ticker", "0.3-1", {"ticker.c": C_MODULE}, 'ticker = { sources = { "ticker.c" } }'
    )
    server.add(
        "modern", "1.0-1", {"modern.lua": "return 1 << 4"}, 'modern = "modern.lua"', ["lua >= 5.3"]
    )
    server.add(
        "quarrel", "1.0-1", {"q.lua": ""}, 'q = "q.lua"', ["lua >= 5.1", "greet", "words >= 2"]
    )
    server.add(
        "teller",
        "1.0-1",
        {"teller.lua": "return 'told'", "tell": TELL},
        'teller = "teller.lua" }, install = { bin = { "tell" }',
    )
    server.add("made", "1.0-1", {"Makefile": MAKEFILE}, "", kind="make")
    server.publish()
