"""polyhy.lock: every package of a project, exactly, for all ecosystems; the same bytes anywhere."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote

from polyhy.errors import LockError, NewerLock, SpecError
from polyhy.packages.manifest import LOCK, MERGE
from polyhy.spec import Pin, Spec

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FORMAT = 1
_HEAD = "# Written by polyhy; commit it. It holds no addresses: any mirror serves these packages.\n"
_END = "# end of polyhy.lock\n"
_read: dict[str, Lock] = {}
_PURL = re.compile(r"pkg:([a-z][a-z0-9.+-]*)/((?:[^/@?#\s]+/)*[^/@?#\s]+)@([^/@?#\s]+)")
_MERGE = "run: polyhy lock, which makes one lock of both sides"
_FIELDS = {
    "purl": str,
    "ecosystem": str,
    "hash": str,
    "licence": str,
    "consent": str,
    "requires": list,
    "native": dict,
}


@dataclass(frozen=True, eq=False)
class Lock:
    """What was asked (`roots`) and what that came to (`pins`), both sorted.

    Two are equal if they are to the last hash; pins are by their names and versions.
    """

    roots: tuple[Spec, ...] = ()
    pins: tuple[Pin, ...] = ()

    @classmethod
    def of(cls, roots: Iterable[Spec], pins: Iterable[Pin]) -> Lock:
        return cls(tuple(sorted(set(roots), key=str)), tuple(sorted(pins)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Lock) or self.roots != other.roots:
            return False
        return list(map(vars, self.pins)) == list(map(vars, other.pins))

    def __hash__(self) -> int:
        return hash((self.roots, self.pins))

    def of_ecosystem(self, name: str) -> tuple[list[Spec], list[Pin]]:
        """Its roots and pins in one ecosystem."""
        roots = [spec for spec in self.roots if spec.ecosystem == name]
        return roots, [pin for pin in self.pins if pin.ecosystem == name]


def read(root: Path) -> Lock | None:
    """The lock of a project, or None where there is none; LockError where it can't be used."""
    return read_file(root / LOCK)


def read_file(file: Path) -> Lock | None:
    """The lock in a file of any name, such as that of a script."""
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else f"it is not UTF-8 ({error.reason})"
        raise LockError(f"it can't be read: {said}", file=str(file)) from None
    return parse(text, file)


def parse(text: str, file: Path = Path(LOCK)) -> Lock:
    """Read a lock's text; `file` is for messages."""
    if text not in _read:  # a sync meets the same text in the project and in its env
        _read.clear()
        _read[text] = _parse(text, file)
    return _read[text]


def _parse(text: str, file: Path) -> Lock:
    document = _document(text, file)
    roots = list(_roots(document["roots"], text, file))
    entries = document["package"]
    if not isinstance(entries, list):
        _edited(file, _line(text, "package"), "package is not a list")
    pins = [_pin(entry, number, text, file) for number, entry in enumerate(entries)]
    for number, pin in enumerate(pins):
        if pin in pins[:number]:
            _edited(file, _block(text, number), f"{pin.purl} has two blocks", hint=_MERGE)
    return Lock.of(roots, pins)


def line_of(text: str, pin: Pin) -> int:
    """The line of a lock at which the block of a pin begins."""
    before = text.partition(f'purl = "{pin.purl}"\necosystem = "{pin.ecosystem}"')[0]
    return before.count("\n")


def salvage(text: str) -> Lock:
    """The pins of a lock with merge marks, of both sides: what to prefer as it is made anew."""
    pins: dict[str, Pin] = {}
    for block in re.split(r"(?m)^(?=\[\[package\]\])", text)[1:]:
        lines = [x for x in block.split("\n") if not MERGE.match(x) and not x.startswith("# end")]
        with suppress(ValueError, RecursionError, LockError):  # a half block is no pin
            (entry,) = tomllib.loads("\n".join(lines))["package"]
            pin = _pin(entry, 0, "", Path(LOCK))
            pins[pin.purl] = pin
    return Lock.of([], pins.values())


def dump(lock: Lock) -> str:
    """The text of a lock, deterministic to the byte."""
    import tomli_w

    roots: dict[str, dict[str, str]] = {}
    for spec in lock.roots:
        roots.setdefault(spec.ecosystem, {})[spec.key] = spec.version
    document = {
        "version": FORMAT,
        "roots": {name: dict(sorted(roots[name].items())) for name in sorted(roots)},
        "package": [_entry(pin) for pin in lock.pins],
    }
    return f"{_HEAD}{tomli_w.dumps(document)}\n{_END}"


def digest(specs: Iterable[Spec]) -> str:
    """The hash of what a manifest asks for."""
    lines = sorted({f"{s.ecosystem}:{s.key} {s.version}" for s in specs})
    return "sha256:" + hashlib.sha256("\n".join(lines).encode()).hexdigest()


def difference(lock: Lock, specs: Iterable[Spec]) -> str:
    """What the manifest and the lock do not agree on: `npm:lodash@^4 is not locked`."""
    asked = set(specs)
    missing = sorted(str(spec) for spec in asked.difference(lock.roots))
    extra = sorted(str(spec) for spec in set(lock.roots) - asked)
    more = [*(f"{s} is not locked" for s in missing), *(f"{s} is no longer asked" for s in extra)]
    return ", ".join(more)


def _document(text: str, file: Path) -> dict[str, Any]:
    if found := MERGE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        _edited(file, line, "this is a merge mark", hint=_MERGE)
    if not text.endswith(_END):
        _edited(file, text.count("\n") + 1, "it is half-written: its last line is missing")
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        said = re.search(r"(.*) \(at line (\d+)", str(error))
        _edited(file, int(said[2]) if said else 1, f"bad TOML: {said[1] if said else error}")
    version = document.get("version")
    if isinstance(version, int) and not isinstance(version, bool) and version > FORMAT:
        raise NewerLock(file=f"{file}:{_line(text, 'version')}", version=version)
    if version != FORMAT or version is True:
        _edited(file, _line(text, "version"), "it names no format that polyhy knows")
    return {"roots": {}, "package": [], **document}


def _roots(tables: Any, text: str, file: Path) -> Iterator[Spec]:
    if not isinstance(tables, dict):
        _edited(file, _line(text, "roots"), "roots is not a table")
    for ecosystem, table in tables.items():
        if not isinstance(table, dict):
            _edited(file, _line(text, ecosystem), f"roots.{ecosystem} is not a table")
        for key, version in table.items():
            try:
                spec = Spec.parse(key, ecosystem)
            except SpecError as error:
                _edited(file, _line(text, key), str(error).splitlines()[0])
            if not isinstance(version, str) or spec.key != key:
                _edited(file, _line(text, key), f"the range of {key} is not a text")
            yield replace(spec, version=version)


def _entry(pin: Pin) -> dict[str, Any]:
    entry: dict[str, Any] = {"purl": pin.purl, "ecosystem": pin.ecosystem, "hash": pin.hash}
    entry |= {key: value for key in ("licence", "consent") if (value := getattr(pin, key))}
    if pin.requires:
        entry["requires"] = sorted(pin.requires)
    if pin.native:
        entry["native"] = _sorted(pin.native)
    return entry


def _pin(entry: Any, number: int, text: str, file: Path) -> Pin:
    if wrong := _wrong(entry):
        _edited(file, _block(text, number), wrong)
    name, version, kind = _unpurl(entry["purl"])
    rest = {key: entry[key] for key in ("licence", "consent", "native") if key in entry}
    requires = tuple(entry.get("requires", ()))
    return Pin(entry["ecosystem"], name, version, kind, entry["hash"], requires, **rest)


def _wrong(entry: Any) -> str:
    """What is not as polyhy writes it in the table of a package."""
    if not isinstance(entry, dict):
        return "a package is not a table"
    if not _unpurl(entry.get("purl"))[0]:
        return f"{entry.get('purl')!r} is no purl with a version"
    for field, value in entry.items():
        if not isinstance(value, _FIELDS.get(field, ())) or not _texts(value):
            return f"{field} of {entry['purl']} is not what polyhy writes"
    missing = {"ecosystem", "hash"} - set(entry)
    return f"{entry['purl']} has no {min(missing)}" if missing else ""


def _unpurl(purl: Any) -> tuple[str, str, str]:
    found = _PURL.fullmatch(purl) if isinstance(purl, str) else None
    return (unquote(found[2]), unquote(found[3]), found[1]) if found else ("", "", "")


def _texts(value: Any) -> bool:
    return not isinstance(value, list) or all(isinstance(each, str) for each in value)


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return value


def _block(text: str, number: int) -> int:
    heads = (n for n, line in enumerate(text.split("\n"), 1) if line == "[[package]]")
    return next(islice(heads, number, None), 1)


def _line(text: str, word: str) -> int:
    """The first line that begins with a key, or is its table's head."""
    begins = re.compile(rf"""(\[[\w."]*|"|'|){re.escape(word)}(?![\w-])""")
    return next((n for n, line in enumerate(text.split("\n"), 1) if begins.match(line)), 1)


def _edited(file: Path, line: int, detail: str, **data: str) -> NoReturn:
    raise LockError(detail, file=f"{file}:{line}", **data)
