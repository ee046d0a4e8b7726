"""Which rocks: resolvelib chooses, the servers say what there is, and rockspecs what they need."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from resolvelib import AbstractProvider, BaseReporter, ResolutionImpossible, Resolver

from polyhy.errors import NoSuchVersion, UnknownPackage
from polyhy.spec import Pin

from . import luarocks_client as client
from .rockspec import Rockspec, of_rock
from .versions import constraints, fits, order

_PROVIDED = {"5.1": ("lua", "luajit", "luabitop"), "5.4": ("lua", "utf8")}
"""What a Lua is itself, as luarocks has it."""


class Served:
    """The rocks of some servers for one Lua, listed and downloaded once each into a folder."""

    def __init__(self, lua: str, servers: Sequence[str], folder: Path) -> None:
        self.lua, self.servers, self.folder = lua, servers, folder
        self._known: dict[str, list[Rock]] = {}

    def rocks(self, name: str, wanted: Iterable[str]) -> list[Rock]:
        """The rocks of a name in all of these ranges, newest first; else an error says why."""
        known, wanted = self._all(name), [w for w in wanted if w]
        fitting = [rock for rock in known if all(fits(rock.version, w) for w in wanted)]
        if not fitting:
            there = ", ".join(rock.version for rock in known)
            said = " and ".join(wanted)
            raise NoSuchVersion(
                ecosystem="luarocks", name=name, version=said, available=f"there are: {there}"
            )
        return fitting

    def _all(self, name: str) -> list[Rock]:
        if name not in self._known:
            best = {arch: place for place, arch in enumerate(client.ARCHES)}
            offered = client.offered(name, self.lua, self.servers)
            chosen: dict[str, client.Offered] = {}
            for each in sorted(offered, key=lambda o: best[o.arch], reverse=True):
                chosen[each.version] = each
            self._known[name] = sorted(
                (Rock(self, name, *each) for each in chosen.values()),
                key=lambda rock: order(rock.version),
                reverse=True,
            )
        if not self._known[name]:
            raise UnknownPackage(
                ecosystem="luarocks", name=name, more=f" (rocks for Lua {self.lua})"
            )
        return self._known[name]


class Rock:
    """One rock of a server; its file is downloaded when it is first looked into."""

    def __init__(self, served: Served, name: str, version: str, arch: str) -> None:
        self.served, self.name, self.version, self.arch = served, name, version, arch

    @cached_property
    def file(self) -> Path:
        offered = client.Offered(self.version, self.arch)
        return client.download(
            self.name, offered, self.served.lua, self.served.servers, self.served.folder
        )

    @cached_property
    def about(self) -> Rockspec:
        return of_rock(self.file)


class Wanted(NamedTuple):
    """A rock that something asks for: `by` says what."""

    name: str
    range: str
    by: str


def resolve(
    asked: Mapping[str, str], locked: Sequence[Pin], lua: str, servers: Sequence[str], folder: Path
) -> list[Rock]:
    """The newest rocks that go together, those locked kept; `asked` gives ranges by name."""
    for wanted in asked.values():
        constraints(wanted)
    served = Served(lua, servers, folder)
    provider = _Provider(served, {pin.name: pin.version for pin in locked})
    roots = [Wanted(name, wanted, "the project") for name, wanted in sorted(asked.items())]
    for root in roots:
        served.rocks(root.name, [root.range])
    try:
        found = Resolver(provider, BaseReporter()).resolve(roots, max_rounds=10_000)
    except ResolutionImpossible as error:
        raise _conflict(error.causes) from None
    return [rock for rock in found.mapping.values() if isinstance(rock, Rock)]


class _Provider(AbstractProvider[Wanted, Any, str]):
    def __init__(self, served: Served, locked: Mapping[str, str]) -> None:
        self.served, self.locked = served, locked
        self.provided = _PROVIDED[served.lua]

    def identify(self, requirement_or_candidate: Any) -> str:
        return requirement_or_candidate.name

    def get_preference(self, identifier: str, *args: Any, **named: Any) -> Any:
        return identifier not in self.provided, identifier

    def find_matches(
        self,
        identifier: str,
        requirements: Mapping[str, Iterator[Wanted]],
        incompatibilities: Mapping[str, Iterator[Any]],
    ) -> list[Any]:
        wanted = list(requirements[identifier])
        refused = {rock.version for rock in incompatibilities[identifier]}
        if identifier in self.provided:
            rocks: list[Any] = [_Provided(identifier, self.served.lua)]
            rocks = [r for r in rocks if all(self.is_satisfied_by(w, r) for w in wanted)]
        else:
            rocks = self._rocks(identifier, wanted)
        return [rock for rock in rocks if rock.version not in refused]

    def _rocks(self, name: str, wanted: list[Wanted]) -> list[Rock]:
        try:
            rocks = self.served.rocks(name, [w.range for w in wanted])
        except NoSuchVersion:
            return []
        kept = self.locked.get(name)
        return sorted(rocks, key=lambda rock: rock.version != kept)

    def is_satisfied_by(self, requirement: Wanted, candidate: Any) -> bool:
        # Of what Lua itself provides, only the version of Lua is known.
        named_lua = candidate.name == "lua" or isinstance(candidate, Rock)
        return not named_lua or fits(candidate.version, requirement.range)

    def get_dependencies(self, candidate: Any) -> list[Wanted]:
        if isinstance(candidate, _Provided):
            return []
        by = f"{candidate.name} {candidate.version}"
        return [Wanted(name, wanted, by) for name, wanted in candidate.about.requires.items()]


class _Provided(NamedTuple):
    name: str
    version: str


def _conflict(causes: Collection[Any]) -> NoSuchVersion:
    wanted = [cause.requirement for cause in causes]
    name = wanted[0].name
    ranges = sorted({f"{w.range or 'any'} (for {w.by})" for w in wanted if w.name == name})
    hint = "for another Lua, set lua in [tool.polyhy.luarocks]" if name == "lua" else _LOOSEN
    return NoSuchVersion(
        ecosystem="luarocks", name=name, version=" and ".join(ranges), available=hint
    )


_LOOSEN = "loosen one of these ranges"
