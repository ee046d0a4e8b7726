"""Installing: manifest → resolve → lock → fetch → build → link. It prints nothing."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from polyhy import env as envs
from polyhy import lock as locks
from polyhy import manifest, plugins, store
from polyhy.ecosystem import Ecosystem
from polyhy.env import Env
from polyhy.errors import LockError, ManifestError, SpecError, StaleLock, StoreError
from polyhy.lock import Lock
from polyhy.spec import Pin, Spec

Report = Callable[[str, int, int], None]
"""Progress: what is done (`fetch npm`), how many are done, and of how many."""

Wanted = Mapping[str, tuple[Sequence[Pin], Sequence[Pin]]]
"""By ecosystem: the pins of the project that this machine needs, and the room's own."""


def quiet(stage: str, done: int, total: int) -> None:
    """The Report that says nothing."""


def sync(root: Path, report: Report = quiet, *, locked: bool = False) -> Env:
    """Make the project's env what its manifest and lock say, and return it.

    Where the manifest changed, the lock follows; with `locked`, that is a StaleLock instead.
    With nothing to do, no client is started and nothing is written.
    """
    root = root.absolute()
    specs = manifest.read(root)
    if not specs and not (root / manifest.LOCK).exists() and not (root / manifest.FILE).exists():
        raise ManifestError("there is no manifest here", file=str(root), hint=_NO_MANIFEST)
    return _ready(root, specs) or _install(root, specs, report, locked=locked)


def add(root: Path, specs: Iterable[Spec], report: Report = quiet) -> Env:
    """Declare `specs`, lock and install them; if that fails, manifest and lock stay the same."""
    root, added = root.absolute(), _merged(specs)
    with store.locked(_lock_file(root)):
        declared = {(s.ecosystem, s.name): s for s in manifest.read(root)}
        new = [s for s in added if s.version or (s.ecosystem, s.name) not in declared]
        text = manifest.add(root, new)
        declared |= {(s.ecosystem, s.name): s for s in new}
        lock = _resolve(list(declared.values()), locks.read(root) or Lock(), report)
        built = _build(root, lock, report)
        store.write(root / manifest.FILE, text)
        _save(root, lock)
        return _switch(built)


def script(specs: Iterable[Spec], report: Report = quiet) -> Env:
    """An env for these specs alone, kept in the cache with its own lock and used again."""
    asked = _merged(specs)
    root = store.cache() / "scripts" / locks.digest(asked).rpartition(":")[2][:16]
    return _ready(root, asked) or _install(root, asked, report, locked=False)


def _install(root: Path, specs: list[Spec], report: Report, *, locked: bool) -> Env:
    with store.locked(_lock_file(root)):
        if ready := _ready(root, specs):  # another process was quicker
            return ready
        old = locks.read(root)
        lock = old or Lock()
        if old is None or set(old.roots) != set(specs):
            if locked:
                detail = locks.difference(lock, specs) or "there is no lock"
                raise StaleLock(detail, file=str(root / manifest.LOCK))
            lock = _resolve(specs, lock, report)
        built = _build(root, lock, report)
        if lock != old:
            _save(root, lock)
        return _switch(built)


def _ready(root: Path, specs: list[Spec]) -> Env | None:
    """The env in place, if it is the one that these specs and the lock ask for."""
    current = envs.at(root)
    lock = locks.read(root)
    if current is None or lock is None or set(lock.roots) != set(specs):
        return None
    same = current.folder.name == _generation(lock, _wanted(lock))
    return current if same and _intact(current, lock) else None


def _resolve(specs: list[Spec], old: Lock, report: Report) -> Lock:
    """The lock for `specs`, asking the client of each ecosystem whose specs changed."""
    pins: list[Pin] = []
    for name in sorted({spec.ecosystem for spec in specs}):
        mine = [spec for spec in specs if spec.ecosystem == name]
        roots, locked = old.of_ecosystem(name)
        if set(roots) != set(mine):
            report(f"resolve {name}", 0, 1)
            locked = plugins.ecosystem(name).resolve(sorted(mine, key=str), locked)
            report(f"resolve {name}", 1, 1)
        pins += locked
    return Lock.of(specs, pins)


def _wanted(lock: Lock) -> Wanted:
    wanted = {}
    for name in sorted({spec.ecosystem for spec in lock.roots}):
        ecosystem = plugins.ecosystem(name)
        pins = ecosystem.wanted(lock.of_ecosystem(name)[1])
        wanted[name] = (sorted(pins), sorted(ecosystem.wanted(ecosystem.own())))
    return wanted


def _generation(lock: Lock, wanted: Wanted) -> str:
    """The name of the env that a lock makes on this machine, now."""
    parts: list[object] = [locks.digest(lock.roots), sys.implementation.cache_tag]
    parts.append(sysconfig.get_platform())
    for name, groups in wanted.items():
        variant = plugins.ecosystem(name).variant
        parts += [
            [(name, p.name, p.version, p.hash, variant(p), p.native) for p in g] for g in groups
        ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:12]


def _build(root: Path, lock: Lock, report: Report) -> Env:
    """Lay the generation out in a staging folder and rename it into place; not yet in use."""
    wanted = _wanted(lock)
    built = Env(root, root / envs.FOLDER / _generation(lock, wanted))
    if _intact(built, lock):  # the one before, asked again
        return built
    for name, (pins, own) in wanted.items():
        _stock(plugins.ecosystem(name), list(dict.fromkeys([*pins, *own])), report)
    with store.refusals(built.folder):
        for garbage in built.folder.parent.glob("staging-*"):
            shutil.rmtree(garbage, ignore_errors=True)
        staged = Path(tempfile.mkdtemp(prefix="staging-", dir=built.folder.parent))
        for done, (name, groups) in enumerate(wanted.items()):
            report("link", done, len(wanted))
            _link(plugins.ecosystem(name), groups, staged / name)
        (staged / manifest.LOCK).write_text(locks.dump(lock), "utf-8", newline="\n")
        if built.folder.exists():
            store.remove(built.folder)
        staged.rename(built.folder)
    report("link", len(wanted), len(wanted))
    return built


def _intact(env: Env, lock: Lock) -> bool:
    """True where the env is there and was made from this lock."""
    try:
        return locks.read(env.folder) == lock
    except LockError:
        return False


def _stock(ecosystem: Ecosystem, pins: list[Pin], report: Report) -> None:
    """Bring into the store what it lacks."""
    if all(store.find(pin, ecosystem.variant(pin)) for pin in pins):
        return
    with store.staging(ecosystem.name) as into:
        missing = [pin for pin in pins if not store.find(pin, ecosystem.variant(pin))]
        report(f"fetch {ecosystem.name}", 0, len(missing))
        fetched = ecosystem.fetch(missing, into) if missing else {}
        for done, (pin, folder) in enumerate(fetched.items(), 1):
            ecosystem.build(pin, folder)
            store.put(pin, folder, ecosystem.variant(pin))
            report(f"fetch {ecosystem.name}", done, len(missing))


def _link(ecosystem: Ecosystem, groups: tuple[Sequence[Pin], Sequence[Pin]], folder: Path) -> None:
    for pins, place in zip(groups, (folder, folder / "tools"), strict=True):
        if pins:
            place.mkdir(parents=True, exist_ok=True)
            ecosystem.link({p: store.verify(p, ecosystem.variant(p)) for p in pins}, place)


def _save(root: Path, lock: Lock) -> None:
    store.write(root / manifest.LOCK, locks.dump(lock))


def _switch(built: Env) -> Env:
    """Make the generation the current one, and remove all but it and the one before."""
    home, before = built.folder.parent, envs.at(built.root)
    store.write(home / envs.CURRENT, built.folder.name + "\n")
    kept = {built.folder.name, before.folder.name if before else ""}
    for old in home.iterdir():
        if old.is_dir() and old.name not in kept:
            with suppress(StoreError):
                store.remove(old)
    return built


def _lock_file(root: Path) -> Path:
    file = root / envs.FOLDER / "lock"
    ignore = file.with_name(".gitignore")
    if not ignore.exists():
        store.write(ignore, "*\n")
    return file


def _merged(specs: Iterable[Spec]) -> list[Spec]:
    """One spec for each package, without subpaths; two ranges for one package are an error."""
    merged: dict[tuple[str, str], Spec] = {}
    for spec in specs:
        version = "" if spec.version == "*" else spec.version
        new = Spec(spec.ecosystem, spec.name, version)
        old = merged.setdefault((spec.ecosystem, spec.name), new)
        if old.version and new.version and old.version != new.version:
            raise SpecError(f"{old} is asked too", spec=str(new), hint="ask for one range of it")
        merged[spec.ecosystem, spec.name] = old if old.version else new
    return sorted(merged.values(), key=str)


_NO_MANIFEST = "run: polyhy add npm:lodash"
