"""Resolving: what is asked, and what the policy lets in → the lock. Each ecosystem chooses."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from polyhy import plugins
from polyhy.ecosystem import Ecosystem
from polyhy.errors import Conflict, NeedsConsent, Offline, SpecError, TooYoung
from polyhy.packages import faults, licences
from polyhy.packages import lock as locks
from polyhy.packages.lock import Lock
from polyhy.packages.tree import brought
from polyhy.policy import named, policy
from polyhy.spec import Pin, Spec
from polyhy.together import each

Report = Callable[[str, int, int], None]
"""Progress: what is done (`fetch npm`), how many are done, and of how many."""

Upgrade = Collection[str] | None
"""The names of what is chosen anew; empty for everything, None for nothing."""


def resolve(specs: Sequence[Spec], old: Lock, report: Report, upgrade: Upgrade = None) -> Lock:
    """The lock for `specs`, asking the clients of all ecosystems whose specs changed at once.

    What packages bring of other ecosystems is asked too. The project's own range of a package
    decides; where it has none, two packages that disagree are a Conflict. Licences that take
    long to ask for are missing yet: see `licences.told`.
    """
    before, broken = _asked(old.roots, brought(old.pins)), faults.of(old)
    chosen: dict[str, list[Pin]] = {}
    known: dict[str, list[Spec]] = {}

    def choose(name: str) -> list[Pin]:
        same = before.get(name) == asked[name] and name not in broken
        if same and not _upgraded(name, old, upgrade) and not _changed(name, old):
            return old.of_ecosystem(name)[1]
        return _choose(name, asked[name], old, report, upgrade)

    while True:
        pins = [pin for name in known for pin in chosen[name]]
        asked = _asked(specs, brought(sorted(pins)))
        due = _first([name for name in asked if asked[name] != known.get(name)])
        if not due:
            kept = [pin for name in asked for pin in chosen[name]]
            return _consented(Lock.of(specs, kept), old)
        chosen |= zip(due, each(choose, due), strict=True)
        known |= {name: asked[name] for name in due}


def mismatch(lock: Lock, specs: Sequence[Spec]) -> str:
    """How a lock is not what these specs and the policy make of it; empty where it is."""
    if set(lock.roots) != set(specs):
        return locks.difference(lock, specs)
    for name in sorted({pin.ecosystem for pin in lock.pins}):
        if changed := _changed(name, lock):
            return f"the files of {', '.join(changed)} changed"
    if broken := faults.of(lock):
        return next(iter(broken.values()))
    licences.check(lock.pins, policy())
    return "" if _consented(lock, lock) == lock else "allow-scripts changed"


def check_consent(pins: Iterable[Pin]) -> None:
    """Raise NeedsConsent where a package must run code of its own and nobody agreed."""
    asks = {pin: asked for pin in pins if (asked := _room(pin.ecosystem).asks(pin))}
    unanswered = {p: asked for p, asked in asks.items() if _builds(p) and p.consent != asked}
    if unanswered:
        said = (f"{pin.label} ({asked})" for pin, asked in sorted(unanswered.items()))
        raise NeedsConsent(", ".join(said))


def _asked(specs: Sequence[Spec], brought: Iterable[tuple[Pin, Spec]]) -> dict[str, list[Spec]]:
    """What every ecosystem is asked for: the project's own specs, then what those bring."""
    own = {(spec.ecosystem, spec.name) for spec in specs}
    asked = {(spec.ecosystem, spec.name, spec.extras): spec for spec in specs}
    said: dict[tuple[str, str], tuple[str, str]] = {}
    for pin, spec in brought:
        key = spec.ecosystem, spec.name
        if key in own:
            continue
        range_, by = said.setdefault(key, (spec.version, pin.name))
        if range_ != spec.version:
            detail = f"{range_ or '*'} by {by}, {spec.version or '*'} by {pin.name}"
            raise Conflict(detail, spec=f"{spec.ecosystem}:{spec.name}")
        asked[(*key, spec.extras)] = replace(spec, subpath="")
    found: dict[str, list[Spec]] = {}
    for spec in sorted(asked.values(), key=str):
        found.setdefault(spec.ecosystem, []).append(spec)
    return found


def _first(names: Sequence[str]) -> list[str]:
    """Those that bring others, so that none is asked twice; where there are none, all."""
    bringing = [name for name in names if type(_room(name)).brings is not Ecosystem.brings]
    return sorted(bringing or names)


def _changed(name: str, lock: Lock) -> list[str]:
    room = _room(name)
    return [pin.label for pin in lock.of_ecosystem(name)[1] if room.changed(pin)]


def _upgraded(name: str, lock: Lock, upgrade: Upgrade) -> bool:
    """Whether anything of an ecosystem is to be chosen anew."""
    if not upgrade:
        return upgrade is not None
    return any(_is_named(pin, upgrade) for pin in lock.of_ecosystem(name)[1])


def _is_named(pin: Pin, names: Collection[str]) -> bool:
    return pin.name in names or f"{pin.ecosystem}:{pin.name}" in names


def _choose(
    name: str, specs: Sequence[Spec], old: Lock, report: Report, upgrade: Upgrade
) -> list[Pin]:
    room, locked = _room(name), old.of_ecosystem(name)[1]
    if policy().offline and not room.local:
        raise Offline("the lock has to change, and --offline is given", ecosystem=name)
    if upgrade is not None:
        locked = [pin for pin in locked if not _is_named(pin, upgrade)] if upgrade else []
    _unambiguous(specs)
    report(f"resolve {name}", 0, 1)
    pins = room.resolve(specs, locked)
    _old_enough(room, pins, set(old.pins))
    report(f"resolve {name}", 1, 1)
    return [replace(pin, licence=licences.normal(pin.licence)) for pin in pins]


def _unambiguous(specs: Sequence[Spec]) -> None:
    names = [spec.name for spec in specs]
    for spec in specs:
        if names.count(spec.name) > 1:
            raise SpecError("it is declared twice, with other extras", spec=str(spec), hint=_ONCE)


def _old_enough(room: Ecosystem, pins: Iterable[Pin], known: set[Pin]) -> None:
    """Raise TooYoung for a new pin that came out too lately, where the client did not see to it."""
    if not policy().before or room.dated or room.local:
        return
    for pin in pins:
        if pin in known or named(pin.ecosystem, pin.name, policy().ageless):
            continue
        came_out = room.published(pin)
        if came_out is None or came_out > policy().before:
            detail = f"it came out at {came_out}" if came_out else "its registry does not say when"
            raise TooYoung(detail, spec=pin.label)


def _consented(lock: Lock, old: Lock) -> Lock:
    """The lock with what its packages may run."""
    asks = {pin: asked for pin in lock.pins if (asked := _room(pin.ecosystem).asks(pin))}
    agreed = {(pin.ecosystem, pin.name, pin.consent) for pin in old.pins if pin.consent}
    known = {p: asked for p, asked in asks.items() if _known(p, asked, agreed)}
    new = {p: asked for p, asked in asks.items() if _builds(p) and p not in known}
    if new and policy().agree(new):
        known |= new
    return Lock.of(lock.roots, [replace(pin, consent=known.get(pin, "")) for pin in lock.pins])


def _known(pin: Pin, asked: str, agreed: Collection[tuple[str, str, str]]) -> bool:
    """Whether the manifest names a package, or its code was agreed to in another version."""
    if named(pin.ecosystem, pin.name, policy().scripts):
        return True
    return _builds(pin) and (pin.ecosystem, pin.name, asked) in agreed


def _builds(pin: Pin) -> bool:
    return _room(pin.ecosystem).builds


def _room(name: str) -> Ecosystem:
    return plugins.ecosystem(name)


_ONCE = "declare it once, with all extras: httpx[http2,socks]"
