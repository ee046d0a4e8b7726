"""polyhy.lock: every package of a project, exactly, for all ecosystems; the same bytes anywhere."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote

from polyhy.errors import LockError
from polyhy.manifest import LOCK
from polyhy.spec import Pin, Spec

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FORMAT = 1
_HEAD = "# Written by polyhy; commit it. It holds no addresses: any mirror serves these packages.\n"
_END = "# end of polyhy.lock\n"
_FIELDS = {"purl": str, "ecosystem": str, "hash": str, "requires": list, "native": dict}


@dataclass(frozen=True)
class Lock:
    """What was asked (`roots`) and what that came to (`pins`), both sorted."""

    roots: tuple[Spec, ...] = ()
    pins: tuple[Pin, ...] = ()

    @classmethod
    def of(cls, roots: Iterable[Spec], pins: Iterable[Pin]) -> Lock:
        return cls(tuple(sorted(set(roots), key=str)), tuple(sorted(pins)))

    def of_ecosystem(self, name: str) -> tuple[list[Spec], list[Pin]]:
        """Its roots and pins in one ecosystem."""
        roots = [spec for spec in self.roots if spec.ecosystem == name]
        return roots, [pin for pin in self.pins if pin.ecosystem == name]


def read(root: Path) -> Lock | None:
    """The lock of a project, or None where there is none; LockError where it can't be used."""
    file = root / LOCK
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        _fail(file, f"it can't be read: {error}")
    return parse(text, file)


def parse(text: str, file: Path = Path(LOCK)) -> Lock:
    """Read a lock's text; `file` is for messages."""
    document = _document(text, file)
    try:
        roots = [
            _root(ecosystem, name, version)
            for ecosystem, table in document["roots"].items()
            for name, version in table.items()
        ]
        lock = Lock.of(roots, map(_pin, document["package"]))
        matching = document["manifest"] == digest(lock.roots)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        _fail(file, f"it was edited: {error!r}")
    if not matching:
        _fail(file, "it was edited: its roots do not match its manifest hash")
    return lock


def dump(lock: Lock) -> str:
    """The text of a lock, deterministic to the byte."""
    import tomli_w

    roots: dict[str, dict[str, str]] = {}
    for spec in lock.roots:
        roots.setdefault(spec.ecosystem, {})[spec.name] = spec.version
    document = {
        "version": FORMAT,
        "manifest": digest(lock.roots),
        "roots": {name: dict(sorted(roots[name].items())) for name in sorted(roots)},
        "package": [_entry(pin) for pin in lock.pins],
    }
    return f"{_HEAD}{tomli_w.dumps(document)}\n{_END}"


def digest(specs: Iterable[Spec]) -> str:
    """The hash of what a manifest asks for."""
    lines = sorted({f"{s.ecosystem}:{s.name} {s.version}" for s in specs})
    return "sha256:" + hashlib.sha256("\n".join(lines).encode()).hexdigest()


def difference(lock: Lock, specs: Iterable[Spec]) -> str:
    """What the manifest and the lock do not agree on: `npm:lodash@^4 is not locked`."""
    asked = set(specs)
    missing = sorted(str(spec) for spec in asked.difference(lock.roots))
    extra = sorted(str(spec) for spec in set(lock.roots) - asked)
    more = [*(f"{s} is not locked" for s in missing), *(f"{s} is no longer asked" for s in extra)]
    return ", ".join(more)


def _document(text: str, file: Path) -> dict[str, Any]:
    if found := re.search(r"^(<{7}|>{7}|={7})( |$)", text, re.MULTILINE):
        line = text.count("\n", 0, found.start()) + 1
        _fail(file, f"line {line} is a merge mark")
    if not text.endswith(_END):
        _fail(file, "it is half-written: its last line is missing")
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        _fail(file, f"it was edited: {error}")
    version = document.get("version")
    if isinstance(version, int) and version > FORMAT:
        _fail(
            file, f"a newer polyhy wrote it (format {version})", hint="run: pip install -U polyhy"
        )
    if version != FORMAT:
        _fail(file, "it names no format that polyhy knows")
    return {"roots": {}, "package": [], **document}


def _root(ecosystem: str, name: str, version: Any) -> Spec:
    if not isinstance(version, str):
        raise TypeError(f"the range of {name}")
    return Spec(ecosystem, name, version)


def _entry(pin: Pin) -> dict[str, Any]:
    entry: dict[str, Any] = {"purl": pin.purl, "ecosystem": pin.ecosystem, "hash": pin.hash}
    if pin.requires:
        entry["requires"] = sorted(pin.requires)
    if pin.native:
        entry["native"] = _sorted(pin.native)
    return entry


def _pin(entry: dict[str, Any]) -> Pin:
    for name, value in entry.items():
        if not isinstance(value, _FIELDS[name]):
            raise TypeError(f"{name} of {entry.get('purl')}")
    purl_type, _, rest = entry["purl"].removeprefix("pkg:").partition("/")
    name, _, version = rest.rpartition("@")
    if not (name and version and purl_type):
        raise ValueError(entry["purl"])
    return Pin(
        entry["ecosystem"],
        unquote(name),
        unquote(version),
        purl_type,
        entry["hash"],
        tuple(entry.get("requires", ())),
        entry.get("native", {}),
    )


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return value


def _fail(file: Path, detail: str, **data: str) -> NoReturn:
    raise LockError(detail, file=str(file), **data)
