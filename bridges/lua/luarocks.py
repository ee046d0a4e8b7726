"""Rocks: served and built by the luarocks program, for every Lua that they are made for."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from polyhy.ecosystem import Ecosystem, Hit, Info, Tool, lay
from polyhy.errors import Offline, Tampered, UsageError
from polyhy.policy import policy
from polyhy.spec import Pin, Spec

from . import luarocks_client as client
from . import native
from .search import INDEX, PROGRAMS
from .versions import fits

if TYPE_CHECKING:
    from .resolve import Rock


class Luarocks(Ecosystem):
    """`luarocks:lua-cjson@2.1`. A pin's native part says which rock it is and who may load it."""

    name = "luarocks"
    purl_type = "luarocks"
    native: ClassVar = {"rock": str, "lua": str, "runs": str, "asked": str, "c": bool}
    required = ("rock",)
    bridge = "lua"
    builds = True
    settings: ClassVar[Mapping[str, str]] = {
        "servers": "folders and addresses of rocks servers, instead of those of luarocks itself",
        "lua": "the Lua that rocks are chosen for: jit or 5.4",
    }

    def spec(self, text: str) -> Spec:
        """Read a spec; LuaRocks knows no capitals in names."""
        spec = super().spec(text)
        return replace(spec, name=spec.name.lower())

    def resolve(self, specs: Sequence[Spec], locked: Sequence[Pin]) -> list[Pin]:
        """Let resolvelib choose among what the servers offer; their rocks are hashed here."""
        from .resolve import resolve

        if policy().offline:
            raise Offline("--offline", ecosystem=self.name)
        asked = {spec.name: spec.version for spec in specs}
        with tempfile.TemporaryDirectory(prefix="polyhy-luarocks-") as folder:
            chosen = resolve(asked, locked, lua(), servers(), Path(folder))
            purls = {rock.name: _pin(rock, asked).purl for rock in chosen}
            return [
                replace(
                    _pin(rock, asked),
                    hash=_hash(rock.file),
                    requires=tuple(sorted(purls[n] for n in rock.about.requires if n in purls)),
                )
                for rock in chosen
            ]

    def fetch(self, pins: Sequence[Pin], into: Path) -> Mapping[Pin, Path]:
        fetched = {}
        for number, pin in enumerate(pins):
            folder = into / f"rock-{number}"
            folder.mkdir()
            rock = client.Offered(pin.version, pin.native["rock"])
            file = client.download(pin.name, rock, _any_lua(pin), servers(), folder)
            if _hash(file) != pin.hash:
                raise Tampered(what=f"luarocks:{pin.name}@{pin.version}", expected=pin.hash)
            fetched[pin] = folder
        return fetched

    def build(self, pin: Pin, folder: Path) -> None:
        """Turn the rock into a tree, for each Lua that it may serve and that is here."""
        rock = next(folder.glob("*.rock"))
        for engine in _engines(pin):
            variables = native.variables(engine) if pin.native.get("c") else []
            client.install(rock, folder, engine.abi, variables)
        rock.unlink()

    def link(self, stored: Mapping[Pin, Path], env: Path) -> None:
        """Lay the trees out as one, `share/lua/5.1` and so on, and list their modules."""
        index = {}
        for pin, folder in sorted(stored.items()):
            index[pin.name] = _modules(folder)
            for part in ("share/lua", "lib/lua"):
                if (folder / part).is_dir():
                    lay(folder / part, env / part)
            for scripts in folder.glob("lib/luarocks/rocks-*/*/*/bin"):
                abi = scripts.parents[2].name.removeprefix("rocks-")
                lay(scripts, env / PROGRAMS / abi / pin.name)
        (env / INDEX).write_text(json.dumps(index, indent=1, sort_keys=True), "utf-8")

    def answers(self, spec: Spec, pin: Pin) -> bool:
        return (
            spec.name == pin.name
            and "asked" in pin.native
            and (spec.version == pin.native["asked"] or fits(pin.version, spec.version))
        )

    def variant(self, pin: Pin) -> str:
        """Modules in C are built for the Luas of this very environment."""
        if not pin.native.get("c"):
            return ""
        built = [native.library(e) for e in native.buildable()]
        return " ".join([sysconfig.get_platform(), *built])

    def asks(self, pin: Pin) -> str:
        return pin.native.get("runs", "")

    def tools(self) -> list[Tool]:
        need = "rocks are served and built by it"
        program = Tool("luarocks", client.version(), need, client.INSTALL)
        return [program, *map(native.header_tool, native.ENGINES.values())]

    def info(self, spec: Spec) -> Info | None:
        from .resolve import Served

        with tempfile.TemporaryDirectory(prefix="polyhy-luarocks-") as folder:
            served = Served(lua(), servers(), Path(folder))
            rocks = served.rocks(spec.name, [spec.version])
            about = rocks[0].about
            return Info(
                name=spec.name,
                version=rocks[0].version,
                versions=tuple(rock.version for rock in served.rocks(spec.name, [])),
                licence=about.licence,
                summary=about.summary,
                homepage=about.homepage,
                size=rocks[0].file.stat().st_size,
                requires=tuple(f"{n} {r}".strip() for n, r in about.requires.items()),
            )

    def export(self, specs: Sequence[Spec], pins: Sequence[Pin]) -> Mapping[str, str]:
        """A rockspec of what is asked, and the luarocks.lock that `luarocks make` takes."""
        asked = [f"{spec.name} {spec.version}".strip(" *") for spec in sorted(specs, key=str)]
        texts = {"polyhy-env-0-1.rockspec": _ROCKSPEC % _table(map(_quoted, asked))}
        if pins:
            locked = [f"[{_quoted(pin.name)}] = {_quoted(pin.version)}" for pin in pins]
            texts["luarocks.lock"] = f"return {{ dependencies = {_table(locked)} }}\n"
        return texts

    def programs(self, pin: Pin, env: Path) -> Mapping[str, Sequence[str]]:
        """The scripts that a rock installs, run by a Lua of ours: the one that rocks are for."""
        found = {}
        for abi in sorted((e.abi for e in native.ENGINES.values()), key=lua().__eq__):
            for file in (env / PROGRAMS / abi / pin.name).glob("*"):
                command = [sys.executable, "-m", "polyhy.bridges.lua.program", str(file)]
                found[file.stem if file.suffix == ".lua" else file.name] = command
        return found

    def search(self, text: str) -> list[Hit] | None:
        return [Hit(name, version) for name, version in client.search(text, lua(), servers())]


def lua() -> str:
    """The Lua that rocks are chosen for: `lua` in the manifest, else the one that runs: `5.1`."""
    chosen = _settings().get("lua") or os.environ.get("POLYHY_LUA") or "jit"
    return native.engine(chosen).abi


def servers() -> list[str]:
    """The servers in the manifest; none where luarocks' own configuration says them."""
    said = _settings().get("servers", [])
    if not isinstance(said, list) or not all(isinstance(x, str) for x in said):
        raise UsageError("servers in [tool.polyhy.luarocks] is no list of texts", hint=_SERVERS)
    # luarocks runs elsewhere; a folder is meant from the project's own.
    return [x if "://" in x else str(Path(policy().root, x).resolve()) for x in said]


_SERVERS = 'write it so: servers = ["../rocks"]'


_ROCKSPEC = """\
-- Written by polyhy, from polyhy.lock.
rockspec_format = "3.0"
package = "polyhy-env"
version = "0-1"
source = { url = "" }
dependencies = %s
build = { type = "builtin", modules = {} }
"""


def _table(items: Iterable[str]) -> str:
    listed = ",\n".join(f"   {item}" for item in items)
    return f"{{\n{listed}\n}}" if listed else "{}"


def _quoted(text: str) -> str:
    return json.dumps(text)


def _settings() -> Mapping[str, Any]:
    return policy().settings.get("luarocks", {})


def _pin(rock: Rock, asked: Mapping[str, str]) -> Pin:
    about = rock.about
    said = {"rock": rock.arch, "lua": about.requires.get("lua"), "runs": about.runs}
    kept: dict[str, Any] = {key: value for key, value in said.items() if value}
    if about.native:
        kept["c"] = True
    if rock.name in asked:
        kept["asked"] = asked[rock.name]
    return Pin("luarocks", rock.name, rock.version, "luarocks", native=kept, licence=about.licence)


def _any_lua(pin: Pin) -> str:
    """A Lua under which the servers list the rock."""
    made_for = [e.abi for e in native.ENGINES.values() if fits(e.abi, pin.native.get("lua", ""))]
    return made_for[0] if made_for else lua()


def _engines(pin: Pin) -> list[native.Engine]:
    """The Luas that a rock is made for; one in C only where it can be built for it."""
    made_for = [e for e in native.ENGINES.values() if fits(e.abi, pin.native.get("lua", ""))]
    if not pin.native.get("c"):
        return made_for
    buildable = [engine for engine in made_for if native.headers(engine)]
    if not buildable:
        raise native.no_headers(made_for[0] if made_for else native.engine("jit"))
    return buildable


def _modules(folder: Path) -> list[str]:
    """The modules of a stored rock, as `require` names them."""
    found = set()
    for file in folder.glob("*/lua/*/**/*"):
        parts = file.relative_to(folder).with_suffix("").parts[3:]
        if file.suffix in (".lua", ".so") and parts:
            found.add(".".join(parts[:-1] if parts[-1] == "init" and parts[1:] else parts))
    return sorted(found)


def _hash(file: Path) -> str:
    return "sha256:" + hashlib.sha256(file.read_bytes()).hexdigest()
