"""The system's C libraries as an ecosystem: found by pkg-config, locked by hash, never fetched.

`c:zlib>=1.2` names what pkg-config knows as `zlib`. The lock holds its version and the hash of its
shared object; where the library is missing, the error names the system's package.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson

from polyhy.ecosystem import Ecosystem, Tool, lay
from polyhy.errors import MissingTool, NoSuchVersion, SpecError, Tampered, UnknownPackage
from polyhy.spec import Pin, Spec

from . import compiler, locate
from .errors import MissingLibrary
from .locked import hash_of
from .packages import install_command, tool_command

_RANGE = re.compile(r"(\^|~=?|[<>=!]=?|)\s*v?(\d[\w.+~-]*)")


class System(Ecosystem):
    """C libraries of this machine. Nothing is fetched: a pin says what must be here."""

    name = "c"
    purl_type = "generic"
    bridge = "c"
    local = True

    def resolve(self, specs: Sequence[Spec], locked: Sequence[Pin]) -> list[Pin]:
        pins: dict[str, Pin] = {}
        for spec in specs:
            found = _find(spec)
            if not _within(spec.version, found.version):
                newer = install_command(spec.name)
                raise NoSuchVersion(
                    ecosystem="c",
                    name=spec.name,
                    version=spec.version,
                    available=f"the system has {found.version}; {newer}",
                )
            self._pin(found, spec, pins)
        return list(pins.values())

    def fetch(self, pins: Sequence[Pin], into: Path) -> Mapping[Pin, Path]:
        """Check that the system has what was locked, and note it in a file for the bridge."""
        folders: dict[Pin, Path] = {}
        for pin in pins:
            found = locate.find(pin.name)
            if hash_of(found) != pin.hash:
                where = found.objects[0] if found.objects else pin.name
                what = f"{where} (c:{pin.name} {found.version})"
                raise Tampered(what=what, expected=pin.hash, hint=_CHANGED.format(pin.name))
            folders[pin] = into / f"{pin.name}-{pin.version}"
            folders[pin].mkdir()
            note = {"asked": pin.name, "version": pin.version, "hash": pin.hash}
            (folders[pin] / f"{pin.name}.json").write_bytes(orjson.dumps(note))
        return folders

    def link(self, stored: Mapping[Pin, Path], env: Path) -> None:
        for folder in stored.values():
            lay(folder, env)

    def answers(self, spec: Spec, pin: Pin) -> bool:
        names = pin.native.get("asked", ())
        return spec.name in names and _within(spec.version, pin.version)

    def satisfied(self, spec: Spec) -> bool:
        """True where the system has it in range: like a package of the user's own environment."""
        try:
            return _within(spec.version, locate.version(spec.name))
        except (MissingLibrary, MissingTool):
            return False

    def tools(self) -> list[Tool]:
        return [
            _tool("pkg-config", ["pkg-config", "--version"], "C libraries are found by it"),
            _tool("cc", _compiler_version(), "C's own headers come with it"),
        ]

    def _pin(self, found: locate.Located, spec: Spec | None, pins: dict[str, Pin]) -> None:
        """Pin a library and what its package file requires, each once."""
        name = found.name
        if name in pins:
            if spec:
                pins[name].native.setdefault("asked", []).append(spec.name)
            return
        native = {"asked": sorted({spec.name, name})} if spec else {}
        pins[name] = Pin(self.name, name, found.version, self.purl_type, hash_of(found), (), native)
        required = []
        for each in locate.required(name):
            self._pin(locate.find(each), None, pins)
            required.append(pins[each].purl)
        object.__setattr__(pins[name], "requires", tuple(sorted(required)))


def _find(spec: Spec) -> locate.Located:
    if spec.version:
        _comparisons(spec)
    try:
        return locate.find(spec.name)
    except MissingLibrary as error:
        detail = "the command, the script or pyproject.toml"
        hint = f"check the spelling in {detail}, or run: {install_command(spec.name)}"
        raise UnknownPackage(ecosystem="c", name=spec.name, hint=hint) from error


def _comparisons(spec: Spec) -> list[tuple[str, str]]:
    parts = [_RANGE.fullmatch(part.strip()) for part in spec.version.split(",")]
    if not all(parts):
        hint = f"write c:{spec.name}>=1.2, c:{spec.name}^1 or c:{spec.name}@1.2.13"
        raise SpecError("its range is not one of C's", spec=str(spec), hint=hint)
    return [(part[1] or "=", part[2]) for part in parts if part]


def _within(range: str, version: str) -> bool:
    if range in ("", "*"):
        return True
    return all(
        _COMPARE[sign](version, wanted) for sign, wanted in _comparisons(Spec("c", "it", range))
    )


def _key(version: str) -> list[tuple[int, int | str]]:
    parts = re.findall(r"\d+|[a-zA-Z]+", version)
    return [(1, int(part)) if part.isdigit() else (0, part) for part in parts]


def _starts(version: str, wanted: str) -> bool:
    """`1.2.13` is in `^1.1` and `~1.2`, `2.0` is not."""
    return _key(version)[:1] == _key(wanted)[:1] and _key(version) >= _key(wanted)


_COMPARE = {
    "=": lambda a, b: _key(a) == _key(b),
    "==": lambda a, b: _key(a) == _key(b),
    "!=": lambda a, b: _key(a) != _key(b),
    "<": lambda a, b: _key(a) < _key(b),
    "<=": lambda a, b: _key(a) <= _key(b),
    ">": lambda a, b: _key(a) > _key(b),
    ">=": lambda a, b: _key(a) >= _key(b),
    "^": _starts,
    "~": lambda a, b: _key(a)[:2] == _key(b)[:2] and _key(a) >= _key(b),
    "~=": lambda a, b: (
        _key(a)[: max(len(_key(b)) - 1, 1)] == _key(b)[: max(len(_key(b)) - 1, 1)]
        and _key(a) >= _key(b)
    ),
}

_CHANGED = "the system's package changed; remove it from pyproject.toml and run: polyhy add c:{0}"


def _compiler_version() -> list[str]:
    try:
        return [*compiler.command(), "-dumpfullversion", "-dumpversion"]
    except MissingTool:
        return []


def _tool(name: str, words: Sequence[str], need: str) -> Tool:
    try:
        done = subprocess.run(words, capture_output=True, text=True) if words else None
    except OSError:
        done = None
    version = done.stdout.strip() if done and done.returncode == 0 else ""
    command = "" if version else tool_command(name)
    return Tool(name, version, need, command)
