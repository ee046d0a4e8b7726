"""Rooms, found by entry points and imported at first use: bridges, ecosystems."""

from __future__ import annotations

from functools import cache
from typing import Any

from polyhy.bridge import Bridge
from polyhy.ecosystem import Ecosystem
from polyhy.errors import UnknownEcosystem, UnknownLanguage, suggest

_added: dict[str, dict[str, Any]] = {"polyhy.bridges": {}, "polyhy.ecosystems": {}}


def languages() -> list[str]:
    """The languages there are: `["js", "lua", "python"]`."""
    return sorted({*_found("polyhy.bridges"), *_added["polyhy.bridges"]})


def ecosystems() -> list[str]:
    """The ecosystems there are: `["npm", "pypi"]`."""
    return sorted({*_found("polyhy.ecosystems"), *_added["polyhy.ecosystems"]})


def bridge_class(language: str) -> type[Bridge]:
    """The Bridge of a language; UnknownLanguage, with a suggestion, where there is none."""
    if language not in languages():
        raise UnknownLanguage(name=language, suggestion=suggest(language, languages(), "there are"))
    return _load("polyhy.bridges", language)


def ecosystem(name: str) -> Ecosystem:
    """The Ecosystem of that name; UnknownEcosystem, with a suggestion, where there is none."""
    if name not in ecosystems():
        raise UnknownEcosystem(name=name, suggestion=suggest(name, ecosystems(), "there are"))
    return _ecosystem(name)


def add(room: type[Bridge] | type[Ecosystem]) -> None:
    """Register a room that no distribution declares: `add(ToyBridge)`."""
    group = "polyhy.bridges" if issubclass(room, Bridge) else "polyhy.ecosystems"
    _added[group][room.name] = room
    _ecosystem.cache_clear()


@cache
def _ecosystem(name: str) -> Ecosystem:
    return _load("polyhy.ecosystems", name)()


def _load(group: str, name: str) -> Any:
    return _added[group].get(name) or _found(group)[name].load()


@cache
def _found(group: str) -> dict[str, Any]:
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group=group)}
