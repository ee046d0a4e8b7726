"""The system's C libraries as an ecosystem: found by pkg-config, locked by hash, never fetched.

`c:zlib>=1.2` names what pkg-config knows as `zlib`. The lock holds its version and the hash of its
shared object; where the library is missing, the error names the system's package.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import orjson

from polyhy.ecosystem import Ecosystem, Hit, Info, Tool, lay
from polyhy.errors import MissingTool, NoSuchVersion, SpecError, Tampered, UnknownPackage
from polyhy.spec import Pin, Spec

from . import compiler, installed, locate
from .errors import MissingLibrary
from .locked import hash_of
from .packages import install_command, named, tool_command

_RANGE = re.compile(r"(\^|~=?|[<>=!]=?|)\s*v?(\d[\w.+~-]*)")


class System(Ecosystem):
    """C libraries of this machine. Nothing is fetched: a pin says what must be here."""

    name = "c"
    purl_type = "generic"
    bridge = "c"
    local = True
    native: ClassVar = {"asked": list}

    def resolve(self, specs: Sequence[Spec], locked: Sequence[Pin]) -> list[Pin]:
        pins: dict[str, Pin] = {}
        kept = {pin.name: pin for pin in locked}
        for spec in specs:
            same = next((pin for pin in locked if self.answers(spec, pin)), None)
            if same:
                self._keep(same, kept, pins)
                continue
            found = _find(spec)
            if not _within(spec.version, found.version):
                newer = install_command(spec.name)
                raise NoSuchVersion(
                    ecosystem="c",
                    name=spec.name,
                    version=spec.version,
                    available=f"the system has {found.version}; {newer}",
                )
            self._pin(found, spec, pins, kept)
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

    def info(self, spec: Spec) -> Info | None:
        """What this machine's own files say of a library; it has one version of each."""
        found = [
            n for n in (spec.name, f"lib{spec.name}") if locate.pkg_config("--exists", n) == ""
        ]
        if not found and spec.name not in locate.STANDARD:
            raise UnknownPackage(ecosystem="c", name=spec.name, hint=locate.advice(spec.name))
        name = found[0] if found else spec.name
        version, known = locate.version(name), installed.installed(name)
        if not _within(spec.version, version):
            raise NoSuchVersion(
                ecosystem="c", name=name, version=spec.version, available=f"there is {version}"
            )
        return Info(
            name=name,
            version=version,
            versions=(version,),
            licence=known.licence,
            summary=installed.summary(name),
            homepage=known.homepage,
            size=known.size,
            requires=tuple(locate.required(name)),
        )

    def search(self, text: str) -> list[Hit] | None:
        return installed.search(text)

    def published(self, pin: Pin) -> str | None:
        """When the system's package came out; None for another version than the system has."""
        same = self.satisfied(Spec(self.name, pin.name, pin.version))
        return installed.installed(pin.name).published if same else None

    def export(self, specs: Sequence[Spec], pins: Sequence[Pin]) -> Mapping[str, str]:
        """Lists of the system's packages: an Aptfile and a Brewfile."""
        names = sorted({spec.name for spec in specs} - set(locate.STANDARD))
        if not names:
            return {}
        apt = [installed.installed(locate.module_name(n)).package or named(n)[0] for n in names]
        brew = [f'brew "{named(name)[2]}"' for name in names]
        files = {"Aptfile": [each.partition(":")[0] for each in apt], "Brewfile": brew}
        return {file: "\n".join(sorted(set(lines))) + "\n" for file, lines in files.items()}

    def tools(self) -> list[Tool]:
        return [
            _tool("pkg-config", ["pkg-config", "--version"], "C libraries are found by it"),
            _tool("cc", _compiler_version(), "C's own headers come with it"),
        ]

    def _keep(self, pin: Pin, kept: Mapping[str, Pin], pins: dict[str, Pin]) -> None:
        """Take a locked pin as it is, with what it requires."""
        if pin.name in pins:
            return
        pins[pin.name] = pin
        for other in kept.values():
            if other.purl in pin.requires:
                self._keep(other, kept, pins)

    def _pin(
        self,
        found: locate.Located,
        spec: Spec | None,
        pins: dict[str, Pin],
        kept: Mapping[str, Pin],
    ) -> None:
        """Pin a library and what its package file requires, each once."""
        name = found.name
        if name in pins:
            if spec:
                pins[name].native.setdefault("asked", []).append(spec.name)
            return
        native = {"asked": sorted({spec.name, name})} if spec else {}
        licence = "" if name in locate.STANDARD else installed.installed(name).licence
        rest = self.purl_type, hash_of(found), (), native, licence
        pins[name] = Pin(self.name, name, found.version, *rest)
        required = []
        for each in locate.required(name):
            if each in kept:
                self._keep(kept[each], kept, pins)
            else:
                self._pin(locate.find(each), None, pins, kept)
            required.append(pins[each].purl)
        object.__setattr__(pins[name], "requires", tuple(sorted(required)))


def _find(spec: Spec) -> locate.Located:
    if spec.version:
        _comparisons(spec)
    try:
        return locate.find(spec.name)
    except MissingLibrary as error:
        more = f"; {locate.advice(spec.name)}"
        raise UnknownPackage(ecosystem="c", name=spec.name, more=more) from error


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

_CHANGED = "the system's package changed; to lock this one, run: polyhy lock --upgrade {0}"


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
