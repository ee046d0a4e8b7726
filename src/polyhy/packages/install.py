"""Installing: manifest → resolve → lock → fetch → build → link. It prints nothing."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from polyhy import clients, store
from polyhy.errors import (
    LockError,
    ManifestError,
    NewerLock,
    SpecError,
    StaleLock,
    Undeclared,
    UsageError,
    suggest,
)
from polyhy.packages import env as envs
from polyhy.packages import faults, generation, licences, manifest, settings
from polyhy.packages import lock as locks
from polyhy.packages.env import Env
from polyhy.packages.lock import Lock
from polyhy.packages.resolve import Report, Upgrade, mismatch, resolve
from polyhy.policy import Policy, governed, policy
from polyhy.spec import Spec
from polyhy.together import beginning


def quiet(stage: str, done: int, total: int) -> None:
    """The Report that says nothing."""


def sync(root: Path, report: Report = quiet, *, frozen: bool = False) -> Env:
    """Make the project's env what its manifest and lock say, and return it.

    Where the manifest changed, the lock follows; with `frozen`, that is a StaleLock instead.
    With nothing to do, no client is started and nothing is written.
    """
    root = root.absolute()
    specs = _declared(root)
    with governed(settings.read(root)):
        return _ready(root, specs) or _install(root, specs, report, frozen=frozen)


def add(root: Path, specs: Iterable[Spec], report: Report = quiet) -> Env:
    """Declare `specs`, lock and install them; if that fails, manifest and lock stay the same."""
    root, added = root.absolute(), _merged(specs)
    with governed(settings.read(root)), store.locked(_lock_file(root)):
        declared = {(s.ecosystem, s.name): s for s in manifest.read(root)}
        new = [s for s in added if s.version or s.extras or (s.ecosystem, s.name) not in declared]
        declared |= {(s.ecosystem, s.name): s for s in new}
        return _rewrite(root, partial(manifest.add, root, new), list(declared.values()), report)


def remove(root: Path, specs: Iterable[Spec], report: Report = quiet) -> Env:
    """Declare `specs` no more, and install what is left; Undeclared where one never was."""
    root, gone = root.absolute(), {(s.ecosystem, s.name): s for s in specs}
    with governed(settings.read(root)), store.locked(_lock_file(root)):
        declared = manifest.read(root)
        known = {(s.ecosystem, s.name) for s in declared}
        for key, spec in gone.items():
            if key not in known:
                names = [f"{s.ecosystem}:{s.name}" for s in declared]
                raise Undeclared(spec=str(spec), known=", ".join(names) or "nothing")
        left = [s for s in declared if (s.ecosystem, s.name) not in gone]
        return _rewrite(root, partial(manifest.remove, root, gone.values()), left, report)


def lock(root: Path, report: Report = quiet, *, upgrade: Upgrade = None) -> tuple[Lock, Lock]:
    """Make the lock anew where the manifest changed, or versions are to be upgraded.

    Nothing is installed. A lock that git could not merge is made of both its sides. Returns the
    lock from before and the one that is there now.
    """
    root = root.absolute()
    specs = _declared(root)
    with governed(settings.read(root)), store.locked(_lock_file(root)):
        old = _salvaged(root)
        _check_names(upgrade or (), old)
        new = _licensed(resolve(specs, old, report, upgrade), old)
        if new != old or not (root / manifest.LOCK).exists():
            _save(root, new)
        return old, new


def script(specs: Iterable[Spec], report: Report = quiet, file: Path | None = None) -> Env:
    """An env for these specs alone, kept in the cache with its own lock and used again.

    Where a lock stands beside the script `file` (see `lock_script`), its versions are taken.
    """
    asked = _merged(specs)
    beside = faults.read_file(script_lock(file)) if file else None
    with governed(_rules(file)):
        if beside and mismatch(beside, asked):
            detail = locks.difference(beside, asked) or "its policy changed"
            hint = f"run: polyhy lock --script {file}"
            raise StaleLock(detail, file=str(script_lock(file)) if file else "", hint=hint)
        name = hashlib.sha256(f"{locks.digest(asked)}{beside and locks.dump(beside)}".encode())
        root = store.cache() / "scripts" / name.hexdigest()[:16]
        if beside and locks.read(root) != beside:
            _save(root, beside)
        made = _ready(root, asked) or _install(root, asked, report, frozen=bool(beside))
        with suppress(OSError):  # a cache may be shared read-only
            os.utime(root)  # `prune` spares what was used lately
        return made


def lock_script(file: Path, specs: Iterable[Spec], report: Report = quiet) -> Path:
    """Write the lock of a script beside it: `tour.hy.lock`; return that file."""
    asked, place = _merged(specs), script_lock(file)
    with governed(_rules(file)):
        old = faults.read_file(place) or Lock()
        new = _licensed(resolve(asked, old, report), old)
    store.write(place, locks.dump(new))
    return place


def script_lock(file: Path) -> Path:
    """Where the lock of a script is: `tour.hy.lock` beside `tour.hy`."""
    return file.with_name(f"{file.name}.lock")


def _declared(root: Path) -> list[Spec]:
    """What the manifest asks for; ManifestError where there is none."""
    if not (root / manifest.LOCK).exists() and not (root / manifest.FILE).exists():
        raise ManifestError("there is no manifest here", file=str(root), hint=_NO_MANIFEST)
    return manifest.read(root)


def _rules(file: Path | None) -> Policy:
    """What binds a script: the policy of the project around it."""
    start = file.absolute().parent if file else Path.cwd()
    return settings.read(manifest.find_root(start) or start)


def _rewrite(root: Path, edit: Callable[[], str], specs: list[Spec], report: Report) -> Env:
    """Lock and install `specs`, then write manifest and lock, then switch."""
    text = clients.meanwhile(edit)
    new = _brought(root, specs, faults.read(root) or Lock(), report)
    edited, built = text(), generation.build(root, new, report)
    store.write(root / manifest.FILE, edited)
    _save(root, new)
    return generation.switch(built)


def _install(root: Path, specs: list[Spec], report: Report, *, frozen: bool) -> Env:
    with store.locked(_lock_file(root)):
        if ready := _ready(root, specs):  # another process was quicker
            return ready
        old = faults.read(root)
        new = old or Lock()
        if detail := mismatch(new, specs) or ("" if old else "there is no lock"):
            if frozen:
                raise StaleLock(detail, file=str(root / manifest.LOCK))
            new = _brought(root, specs, new, report)
        built = generation.build(root, new, report)
        if new != old:
            _save(root, new)
        return generation.switch(built)


def _brought(root: Path, specs: list[Spec], old: Lock, report: Report) -> Lock:
    """The lock for `specs`, with its packages in the store.

    What rooms need themselves comes meanwhile, and packages while their licences are asked; where
    the policy may refuse one, nothing comes before it is known.
    """
    with beginning() as begin:
        names = [spec.ecosystem for spec in specs]
        own = clients.meanwhile(lambda: begin(generation.ready_own, root, names, report))
        clients.look_ahead("packaging.licenses", "tomli_w")
        draft = resolve(specs, old, report)
        own().result()
        if policy().licences or policy().refused:
            return _licensed(draft, old)
        told = begin(licences.told, draft, old)
        generation.stock(generation.wanted(draft), report)
        return told.result()


def _licensed(draft: Lock, old: Lock) -> Lock:
    new = licences.told(draft, old)
    licences.check(new.pins, policy())
    return new


def _ready(root: Path, specs: list[Spec]) -> Env | None:
    """The env in place, if it is the one that these specs and the lock ask for."""
    current, old = envs.at(root), faults.read(root)
    if current is None or old is None or mismatch(old, specs):
        return None
    return current if generation.is_of(current, old) else None


def _check_names(names: Iterable[str], lock: Lock) -> None:
    """Raise UsageError for a name that no package of the lock has."""
    known = {name for pin in lock.pins for name in (pin.name, f"{pin.ecosystem}:{pin.name}")}
    for name in names:
        if name not in known:
            hint = suggest(name, sorted(known), "it has")
            raise UsageError(f"{name} is not in the lock", hint=hint)


def _salvaged(root: Path) -> Lock:
    try:
        return faults.read(root) or Lock()
    except NewerLock:
        raise
    except LockError:
        found = locks.salvage((root / manifest.LOCK).read_text("utf-8", errors="replace"))
        return Lock.of((), (pin for pin in found.pins if not faults.of_pin(pin)))


def _save(root: Path, lock: Lock) -> None:
    store.write(root / manifest.LOCK, locks.dump(lock))


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
        new = replace(spec, version=version, subpath="")
        old = merged.setdefault((spec.ecosystem, spec.name), new)
        if old.version and version and old.version != version:
            raise SpecError(f"{old} is asked too", spec=str(new), hint="ask for one range of it")
        extras = tuple(sorted({*old.extras, *new.extras}))
        merged[spec.ecosystem, spec.name] = replace(
            new, version=old.version or version, extras=extras
        )
    return sorted(merged.values(), key=str)


_NO_MANIFEST = "run: polyhy add npm:lodash"
