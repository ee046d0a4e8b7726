"""Where a runtime looks for modules, and which module a rock is loaded by."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from polyhy.errors import NoSuchFile, NoSuchMember

from .native import Engine

INDEX = "rocks.json"
"""In a folder of rocks: the modules of each, by the name of the rock."""

PROGRAMS = "programs"
"""In a folder of rocks: the scripts of each, as `programs/5.1/NAME/SCRIPT`."""


class Folders:
    """The folders of one runtime, and the rocks in them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.folders: list[Path] = []
        self.rocks: dict[str, list[str]] = {}

    def add(self, paths: Iterable[Path]) -> bool:
        """Look in `paths` too, before those that are known; False where all are known."""
        new = [path for path in dict.fromkeys(paths) if path not in self.folders]
        for path in new:
            self.folders.append(path)
            if (path / INDEX).is_file():
                self.rocks |= json.loads((path / INDEX).read_text("utf-8"))
        return bool(new)

    def templates(self) -> tuple[str, str]:
        """`package.path` and `package.cpath`."""
        lua, native = [], []
        for folder in self.folders:
            lua += [f"{folder}/?.lua", f"{folder}/?/init.lua"]
            if (folder / INDEX).is_file():
                shared = folder / "share" / "lua" / self.engine.abi
                lua += [f"{shared}/?.lua", f"{shared}/?/init.lua"]
                native.append(f"{folder}/lib/lua/{self.engine.abi}/?.so")
        return ";".join(lua), ";".join(native)

    def module(self, name: str) -> str:
        """What `require` calls a module of a rock (`lua-cjson`, `penlight/pl.List`), or a file."""
        rock, _, rest = name.partition("/")
        modules = self.rocks.get(rock)
        if modules is None:
            return name.replace("/", ".")
        main = _main(rock, modules)
        wanted = rest.replace("/", ".")
        for found in (wanted, f"{main}.{wanted}") if rest else (main,):
            if found in modules:
                return found
        listed = ", ".join(f"{rock}/{each}" for each in modules)
        raise NoSuchMember(
            spec=f"luarocks:{rock}", member=rest or rock, suggestion=f"it has {listed}"
        )

    def missing(self, module: str) -> NoSuchFile:
        where = ", ".join(map(str, self.folders)) or "any folder, for none is searched"
        return NoSuchFile(language="Lua", file=module.replace(".", "/") + ".lua", where=where)


def _main(rock: str, modules: list[str]) -> str:
    """The module that a rock is known by: of its own name, or the one that the others are under."""
    bare = rock.removeprefix("lua-").removesuffix("-lua").removesuffix(".lua")
    for name in (rock, bare, bare.removeprefix("lua"), bare.replace("-", "_"), f"l{bare}"):
        if name in modules:
            return name
    tops = sorted({module.partition(".")[0] for module in modules})
    return tops[0] if len(tops) == 1 else rock
