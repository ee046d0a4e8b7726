"""What is wrong with a lock that somebody edited: blocks cut out or put in, parts changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from polyhy import plugins
from polyhy.errors import LockError
from polyhy.packages import lock as locks
from polyhy.packages.lock import Lock
from polyhy.packages.manifest import LOCK
from polyhy.packages.tree import asked, brought
from polyhy.spec import Pin, Spec, folded


def read(root: Path) -> Lock | None:
    """The lock of a project, every block of it looked at; LockError with the line of a bad one."""
    return read_file(root / LOCK)


def read_file(file: Path) -> Lock | None:
    """The lock in a file of any name, every block of it looked at."""
    found = locks.read_file(file)
    for pin in found.pins if found else ():
        if wrong := of_pin(pin):
            line = locks.line_of(file.read_text("utf-8"), pin)
            raise LockError(f"{pin.label}: {wrong}", file=f"{file}:{line}")
    return found


def of_pin(pin: Pin) -> str:
    """What is wrong with one block; empty where nothing is."""
    if pin.ecosystem not in plugins.ecosystems():
        return f"there is no ecosystem {pin.ecosystem!r}"
    room = plugins.ecosystem(pin.ecosystem)
    if pin.purl_type != room.purl_type:
        return f"purls of {pin.ecosystem} begin with pkg:{room.purl_type}/"
    return room.fault(pin)


def of(lock: Lock) -> dict[str, str]:
    """By ecosystem, the first thing that does not fit together."""
    known = {pin.purl: pin for pin in lock.pins}
    found: dict[str, str] = {}
    for pin in lock.pins:
        for purl in pin.requires:
            if purl not in known:
                found.setdefault(pin.ecosystem, f"{pin.label} requires {purl}, which has no block")
    wanted = [*lock.roots, *(spec for _, spec in brought(lock.pins))]
    chosen = [_chosen(lock, spec) for spec in wanted]
    for spec, pins in zip(wanted, chosen, strict=True):
        if not pins:
            found.setdefault(spec.ecosystem, f"{spec} has no block")
    reached = _reached((pin for pins in chosen for pin in pins), known)
    for pin in lock.pins:
        if pin not in reached:
            found.setdefault(pin.ecosystem, f"{pin.label} is required by nothing")
    return found


def _chosen(lock: Lock, spec: Spec) -> list[Pin]:
    """The pins for a spec, and others of its name: they are for other machines."""
    name = folded(spec.name)
    named = (pin for pin in lock.of_ecosystem(spec.ecosystem)[1] if folded(pin.name) == name)
    return [*asked(lock, [spec]), *named]


def _reached(pins: Iterable[Pin], known: Mapping[str, Pin]) -> set[Pin]:
    queue = list(dict.fromkeys(pins))
    seen = set(queue)
    for pin in queue:  # grows as we go
        new = [known[purl] for purl in pin.requires if purl in known and known[purl] not in seen]
        seen.update(new)
        queue += new
    return seen
