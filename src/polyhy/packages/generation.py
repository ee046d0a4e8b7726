"""Generations: the env that a lock makes, built beside the one in use, then switched to."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from polyhy import plugins, store
from polyhy.ecosystem import Ecosystem
from polyhy.errors import LockError, Offline, StoreError
from polyhy.packages import collect, manifest, tools
from polyhy.packages import env as envs
from polyhy.packages import lock as locks
from polyhy.packages.env import Env
from polyhy.packages.lock import Lock
from polyhy.packages.resolve import Report, check_consent
from polyhy.policy import policy
from polyhy.spec import Pin
from polyhy.together import each

_MOMENT = 60.0
_hashed: dict[Path | None, float] = {}
"""When this process put files into the store that it has linked to no env yet."""

Wanted = Mapping[str, tuple[Sequence[Pin], Sequence[Pin]]]
"""By ecosystem: the pins of the project that this machine needs, and the room's own."""


def build(root: Path, lock: Lock, report: Report) -> Env:
    """Lay the generation out in a staging folder and rename it into place; not yet in use."""
    pins = wanted(lock)
    built = Env(root, root / envs.FOLDER / _name(lock, pins))
    if _intact(built, lock, pins):  # the one before, asked again
        return built
    stock(pins, report)
    with store.refusals(built.folder):
        for garbage in built.folder.parent.glob("staging-*"):
            shutil.rmtree(garbage, ignore_errors=True)
        staged = Path(tempfile.mkdtemp(prefix="staging-", dir=built.folder.parent))
        for done, (name, groups) in enumerate(pins.items()):
            report("link", done, len(pins))
            _link(plugins.ecosystem(name), groups, staged / name)
        collect.note(built, staged, _entries(pins))
        (staged / manifest.LOCK).write_text(locks.dump(lock), "utf-8", newline="\n")
        if built.folder.exists():
            store.remove(built.folder)
        staged.rename(built.folder)
    report("link", len(pins), len(pins))
    return built


def stock(pins: Wanted, report: Report) -> None:
    """Bring into the store what it lacks, of all ecosystems at once."""
    check_consent(pin for mine, _ in pins.values() for pin in mine)

    def bring(name: str) -> None:
        mine, own = pins[name]
        wanted = list(dict.fromkeys([*mine, *own]))
        _stock(plugins.ecosystem(name), wanted, report, f"fetch {name}")

    each(bring, pins)


def ready_own(root: Path, names: Iterable[str], report: Report) -> None:
    """Bring what rooms need themselves, once on a machine, and lay it out for the project."""

    def bring(name: str) -> None:
        room = plugins.ecosystem(name)
        if own := _own(room):
            _stock(room, own, report, f"fetch what {name} packages run on, once")
            tools.lay_out(room, own, root / envs.FOLDER)

    each(bring, sorted(set(names)))


def switch(built: Env) -> Env:
    """Make the generation the current one, and remove all but it and the one before."""
    home, before = built.folder.parent, envs.at(built.root)
    store.write(home / envs.CURRENT, built.folder.name + "\n")
    used = [built.folder, *([before.folder] if before else [])]
    kept = {folder.name for folder in (*used, *(t for each in used for t in tools.shared(each)))}
    for old in home.iterdir():
        if old.is_dir() and old.name not in kept:
            with suppress(StoreError):
                store.remove(old)
    return built


def is_of(env: Env, lock: Lock) -> bool:
    """True where an env is whole and is what this lock makes on this machine."""
    pins = wanted(lock)
    return env.folder.name == _name(lock, pins) and _intact(env, lock, pins)


def wanted(lock: Lock) -> Wanted:
    """What of a lock this machine needs."""
    names = sorted({some.ecosystem for some in (*lock.roots, *lock.pins)})

    def of(name: str) -> tuple[Sequence[Pin], Sequence[Pin]]:
        ecosystem = plugins.ecosystem(name)
        return sorted(ecosystem.wanted(lock.of_ecosystem(name)[1])), _own(ecosystem)

    return dict(zip(names, each(of, names), strict=True))


def _own(ecosystem: Ecosystem) -> list[Pin]:
    return sorted(ecosystem.wanted(ecosystem.own()))


def _name(lock: Lock, pins: Wanted) -> str:
    """The name of the env that a lock makes on this machine, now."""
    parts: list[object] = [locks.digest(lock.roots), sys.implementation.cache_tag]
    parts.append(sysconfig.get_platform())
    for name, groups in pins.items():
        variant = plugins.ecosystem(name).variant
        parts += [
            [(name, p.name, p.version, p.hash, variant(p), p.native) for p in g] for g in groups
        ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:12]


def _entries(pins: Wanted) -> list[str]:
    """The names of all that this env takes from the store."""
    rooms = {name: plugins.ecosystem(name) for name in pins}
    return [
        store.name(pin, rooms[name].variant(pin))
        for name, groups in pins.items()
        for group in groups
        for pin in group
    ]


def _intact(env: Env, lock: Lock, pins: Wanted) -> bool:
    """True where the env was made from this lock, and nobody has taken a package out of it."""
    try:
        same = locks.read(env.folder) == lock
    except LockError:
        return False
    return (
        same
        and all(folder.is_dir() for folder in tools.shared(env.folder))
        and all(_stands(plugins.ecosystem(name), pins[name][0], env.folder / name) for name in pins)
    )


def _stands(ecosystem: Ecosystem, pins: Sequence[Pin], folder: Path) -> bool:
    return folder.is_dir() and all(ecosystem.stands(pin, folder) for pin in pins)


def _stock(ecosystem: Ecosystem, pins: list[Pin], report: Report, stage: str) -> None:
    """Bring into the store what it lacks."""
    if None not in [store.use(pin, ecosystem.variant(pin)) for pin in pins]:
        return
    with store.staging(ecosystem.name) as into:
        missing = [pin for pin in pins if not store.find(pin, ecosystem.variant(pin))]
        if missing and policy().offline and not ecosystem.local:
            names = ", ".join(f"{pin.name}@{pin.version}" for pin in missing[:5])
            raise Offline(f"{names} has to be fetched, and --offline is given", **_of(ecosystem))
        report(stage, 0, len(missing))
        fetched = ecosystem.fetch(missing, into) if missing else {}
        for done, (pin, folder) in enumerate(fetched.items(), 1):
            ecosystem.build(pin, folder)
            store.put(pin, folder, ecosystem.variant(pin))
            _hashed[store.find(pin, ecosystem.variant(pin))] = time.monotonic()
            report(stage, done, len(missing))


def _link(ecosystem: Ecosystem, groups: tuple[Sequence[Pin], Sequence[Pin]], folder: Path) -> None:
    mine, own = groups
    folder.mkdir(exist_ok=True)
    if mine:
        ecosystem.link({p: _whole(p, ecosystem.variant(p)) for p in mine}, folder)
    if own:
        tools.share(ecosystem, own, folder)
        tools.keep(ecosystem, own)


def _whole(pin: Pin, variant: str) -> Path:
    """The files of a stored package: hashed anew, but for those that were hashed a moment ago."""
    found = store.find(pin, variant)
    hashed = _hashed.pop(found, -_MOMENT)
    fresh = found if time.monotonic() - hashed < _MOMENT else None
    return fresh or store.verify(pin, variant)


def _of(ecosystem: Ecosystem) -> dict[str, str]:
    return {"ecosystem": ecosystem.name, "hint": "run it once without --offline"}
