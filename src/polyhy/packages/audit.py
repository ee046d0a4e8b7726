"""Known vulnerabilities: asked of each native client, or read from a snapshot of OSV's data.

There are three answers, for each ecosystem and for all: clean, vulnerable, not audited. Without
data nothing is called clean. A snapshot is what osv.dev gives for download: a zip of JSON records
for an ecosystem, a folder of them, or one JSON file with a list; its newest record dates it.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

from polyhy import plugins
from polyhy.ecosystem import Ecosystem, Finding
from polyhy.errors import PackageError, Tampered, UsageError
from polyhy.packages.lock import Lock
from polyhy.spec import Pin, folded


class State(str, Enum):
    """What an audit can come to."""

    CLEAN = "clean"
    VULNERABLE = "vulnerable"
    NOT_AUDITED = "not audited"


class Verdict(NamedTuple):
    """What an audit says of one ecosystem: `source` is who was asked, or why nobody could be."""

    ecosystem: str
    state: State
    source: str
    packages: int
    findings: tuple[Finding, ...] = ()


class Snapshot(NamedTuple):
    """OSV's records by OSV's name of the ecosystem and package, and the day of the newest one."""

    date: str
    ecosystems: frozenset[str]
    records: dict[tuple[str, str], list[dict[str, Any]]]


def audit(lock: Lock, snapshot: Snapshot | None = None) -> list[Verdict]:
    """Ask for every ecosystem of a lock; a snapshot is asked where the client can't tell."""
    names = sorted({pin.ecosystem for pin in lock.pins})
    return [_verdict(name, lock.of_ecosystem(name)[1], snapshot) for name in names]


def overall(verdicts: Iterable[Verdict]) -> State:
    """Vulnerable if anything is; else not audited if anything was not; else clean."""
    states = {verdict.state for verdict in verdicts}
    return next((s for s in (State.VULNERABLE, State.NOT_AUDITED) if s in states), State.CLEAN)


def provenance(lock: Lock) -> dict[str, str]:
    """By purl, what signatures and attestations proved; by ecosystem, why nothing could be."""
    proved: dict[str, str] = {}
    for name in sorted({pin.ecosystem for pin in lock.pins}):
        try:
            said = plugins.ecosystem(name).provenance(lock.of_ecosystem(name)[1])
        except Tampered:
            raise
        except PackageError as error:
            said, reason = None, str(error).split("\n")[0]
        else:
            reason = "its client checks no signatures"
        proved |= {name: f"not checked: {reason}"} if said is None else dict(sorted(said.items()))
    return proved


def plain(verdict: Verdict) -> dict[str, Any]:
    """A verdict as plain data."""
    found = [finding._asdict() for finding in verdict.findings]
    return {**verdict._asdict(), "state": verdict.state.value, "findings": found}


def lines(verdict: Verdict) -> Iterator[str]:
    """A verdict for people: a line, and one for each finding."""
    state = verdict.state.value
    many = "package" if verdict.packages == 1 else "packages"
    yield f"{verdict.ecosystem}: {state} ({verdict.packages} {many}; {verdict.source})"
    for found in verdict.findings:
        fixed = f"; fixed in {found.fixed}" if found.fixed else ""
        severity = f" [{found.severity}]" if found.severity else ""
        yield f"  {found.purl}: {found.id}{severity} {found.summary}{fixed}"


def read_snapshot(file: Path) -> Snapshot:
    """Read OSV's records from a zip, a folder or a JSON file; UsageError where it is none."""
    records: dict[tuple[str, str], list[dict[str, Any]]] = {}
    dates, ecosystems = [""], set[str]()
    try:
        for text in _texts(file):
            for record in _listed(json.loads(text)):
                dates.append(str(record.get("modified", ""))[:10])
                for affected in record.get("affected", []):
                    package = affected.get("package", {})
                    ecosystem = str(package["ecosystem"]).partition(":")[0]
                    ecosystems.add(ecosystem)
                    key = ecosystem, _plain(ecosystem, str(package["name"]))
                    records.setdefault(key, []).append({**record, "affected": [affected]})
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        reason = error.strerror if isinstance(error, OSError) else "it holds no OSV records"
        raise UsageError(f"can't read the snapshot {file}: {reason}", hint=_WHERE) from None
    if not ecosystems:
        raise UsageError(f"the snapshot {file} holds no OSV records", hint=_WHERE)
    return Snapshot(max(dates), frozenset(ecosystems), records)


def _verdict(name: str, pins: Sequence[Pin], snapshot: Snapshot | None) -> Verdict:
    room = plugins.ecosystem(name)
    reason = "its client has no audit"
    try:
        findings = room.audit(pins)
    except PackageError as error:
        findings, reason = None, str(error).split("\n")[0]
    source = "its client"
    if findings is None and snapshot and room.osv in snapshot.ecosystems:
        findings = list(_findings(room, pins, snapshot))
        source = f"OSV's data of {snapshot.date or 'an unknown day'}"
    if findings is None:
        return Verdict(name, State.NOT_AUDITED, reason, len(pins))
    state = State.VULNERABLE if findings else State.CLEAN
    return Verdict(name, state, source, len(pins), tuple(sorted(findings)))


def _findings(room: Ecosystem, pins: Iterable[Pin], snapshot: Snapshot) -> Iterator[Finding]:
    for pin in pins:
        for record in snapshot.records.get((room.osv, _plain(room.osv, pin.name)), []):
            affected = record["affected"][0]
            hit, fixed = _hit(room, pin.version, affected)
            if hit and not record.get("withdrawn"):
                summary = str(record.get("summary") or record.get("details", ""))[:200]
                severity = str(record.get("database_specific", {}).get("severity", "")).lower()
                yield Finding(pin.purl, str(record.get("id", "")), summary, severity, fixed)


def _hit(room: Ecosystem, version: str, affected: dict[str, Any]) -> tuple[bool, str]:
    """Whether OSV's record covers a version, and the first one after it that is fixed."""
    ranges = [range_ for range_ in affected.get("ranges", []) if range_.get("type") != "GIT"]
    events = [[_event(room, each) for each in range_.get("events", [])] for range_ in ranges]
    covered = any(_covers(room.order(version), sorted(some)) for some in events)
    later = sorted(
        e for some in events for e in some if e.kind == _FIXED and e.at > room.order(version)
    )
    return covered or version in affected.get("versions", []), later[0].version if later else ""


class _Event(NamedTuple):
    """A change of state in OSV's range: from `at` on, or, for the last affected, after it."""

    at: Any
    kind: int
    version: str


_INTRODUCED, _FIXED, _LAST = range(3)
_KINDS = {"introduced": _INTRODUCED, "fixed": _FIXED, "last_affected": _LAST}


def _event(room: Ecosystem, event: dict[str, Any]) -> _Event:
    (kind, version) = next((k, str(v)) for k, v in event.items() if k in {*_KINDS, "limit"})
    return _Event(room.order("" if version == "0" else version), _KINDS.get(kind, _LAST), version)


def _covers(version: Any, events: list[_Event]) -> bool:
    inside = False
    for event in events:
        if event.kind == _LAST:
            inside = inside and not event.at < version
        elif event.at <= version:
            inside = event.kind == _INTRODUCED
    return inside


def _texts(file: Path) -> Iterator[str]:
    if file.is_dir():
        yield from (each.read_text("utf-8") for each in sorted(file.rglob("*.json")))
    elif file.suffix == ".zip":
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                if name.endswith(".json"):
                    yield archive.read(name).decode()
    else:
        yield file.read_text("utf-8")


def _listed(document: Any) -> list[dict[str, Any]]:
    if isinstance(document, dict) and "vulns" in document:
        document = document["vulns"]
    return document if isinstance(document, list) else [document]


def _plain(ecosystem: str, name: str) -> str:
    return folded(name) if ecosystem == "PyPI" else name


_WHERE = "give a zip, a folder or a JSON file of records, as osv.dev offers them"
