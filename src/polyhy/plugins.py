"""Rooms, found by entry points and imported at first use: bridges, ecosystems."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from polyhy.errors import UnknownEcosystem, UnknownLanguage, suggest

if TYPE_CHECKING:
    from polyhy.bridge import Bridge
    from polyhy.ecosystem import Ecosystem

_added: dict[str, dict[str, Any]] = {
    "polyhy.bridges": {},
    "polyhy.ecosystems": {},
    "polyhy.emitters": {},
}


def languages() -> list[str]:
    """The languages there are: `["js", "lua", "python"]`."""
    return sorted({*_found("polyhy.bridges"), *_added["polyhy.bridges"]})


def language(name: str, beside: Sequence[str] = ()) -> str:
    """The language that a name means: `js`, or by the ending of its files, `py`.

    `beside` are names that are taken too.
    """
    known = [*beside, *languages()]
    if name in known:
        return name
    for each in languages():
        if f".{name}" in bridge_class(each).suffixes:
            return each
    raise UnknownLanguage(name=name, suggestion=suggestion(name, known))


def emitters() -> list[str]:
    """The languages that Lisp can be written in: `["js", "lua", "py"]`."""
    return sorted(_found("polyhy.emitters"))


def emitter(name: str) -> Any:
    """The Target of a language, which says Lisp in it."""
    if name not in emitters():
        raise UnknownLanguage(name=name, suggestion=suggestion(name, emitters()))
    return _emitter(name)


def ecosystems() -> list[str]:
    """The ecosystems there are: `["npm", "pypi"]`."""
    return sorted({*_found("polyhy.ecosystems"), *_added["polyhy.ecosystems"]})


def bridge_class(language: str) -> type[Bridge]:
    """The Bridge of a language; UnknownLanguage, with a suggestion, where there is none."""
    if language not in languages():
        raise UnknownLanguage(name=language, suggestion=suggestion(language, languages()))
    return _load("polyhy.bridges", language)


def ecosystem(name: str) -> Ecosystem:
    """The Ecosystem of that name; UnknownEcosystem, with a suggestion, where there is none."""
    if name not in ecosystems():
        raise UnknownEcosystem(name=name, suggestion=suggestion(name, ecosystems()))
    return _ecosystem(name)


def suggestion(name: str, known: Sequence[str]) -> str:
    """What to say of a name that is none of the `known` rooms: `did you mean "pypi"?` of pip."""
    meant = _found("polyhy.also").get(name.lower(), name)
    return suggest(meant if meant in known else name, [*known], "there are")


def add(room: type[Bridge] | type[Ecosystem]) -> None:
    """Register a room that no distribution declares: `add(ToyBridge)`."""
    from polyhy.bridge import Bridge

    group = "polyhy.bridges" if issubclass(room, Bridge) else "polyhy.ecosystems"
    _added[group][room.name] = room
    _ecosystem.cache_clear()


@cache
def _ecosystem(name: str) -> Ecosystem:
    return _load("polyhy.ecosystems", name)()


@cache
def _emitter(name: str) -> Any:
    return _load("polyhy.emitters", name)()


def _load(group: str, name: str) -> Any:
    return _added[group].get(name) or _loaded(_found(group)[name])


def _loaded(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


def _found(group: str) -> dict[str, str]:
    """The entry points of a group: names, and where each is found, `module:attribute`.

    They are read from the files that distributions have for it: importlib.metadata takes longer
    than all else that a program needs before its first line.
    """
    return _declared(tuple(sys.path)).get(group, {})


@lru_cache(maxsize=8)
def _declared(folders: tuple[str, ...]) -> dict[str, dict[str, str]]:
    groups: dict[str, dict[str, str]] = {}
    for file in _files(folders):
        with suppress(OSError):
            text = Path(file).read_text("utf-8")
            if "[polyhy." in text:
                _read(text, groups)
    return groups


def _files(folders: Sequence[str]) -> Iterator[str]:
    for folder in dict.fromkeys(folder or "." for folder in folders):
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith((".dist-info", ".egg-info")):
                    yield os.path.join(entry.path, "entry_points.txt")


def _read(text: str, groups: dict[str, dict[str, str]]) -> None:
    """Read the lines `name = module:attribute` under `[group]`; who is first on the path wins."""
    group: dict[str, str] = {}
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            group = groups.setdefault(line.strip("[]"), {})
        elif "=" in line and not line.startswith(("#", ";")):
            name, place = (part.strip() for part in line.split("=", 1))
            group.setdefault(name, place)
