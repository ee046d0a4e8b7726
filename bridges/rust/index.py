"""The registry's index: versions of a crate, when they came out, what they need; asked by cargo."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from polyhy.ecosystem import Hit, Info
from polyhy.errors import NoSuchVersion, PackageError
from polyhy.spec import Pin, Spec

from . import cargo
from .ranges import in_range

_NEED = "look crates up"
_HIT = re.compile(
    r'^(?P<name>[\w-]+) = "(?P<version>[^"]+)"\s*(?:# (?P<summary>.*))?$', re.MULTILINE
)


def info(spec: Spec) -> Info:
    """The newest version in range that was not withdrawn, and all others."""
    said = _ask(spec.name)
    entries = [each for each in _entries(spec.name) if not each.get("yanked")]
    versions = sorted((str(each["vers"]) for each in entries), key=order, reverse=True)
    fitting = [each for each in versions if in_range(each, spec.version)]
    if not fitting:
        raise NoSuchVersion(
            ecosystem="crates", name=spec.name, version=spec.version, available=_some(versions)
        )
    version = next((each for each in fitting if "-" not in each), fitting[0])
    if _field(said, "version").partition(" ")[0] != version:
        said = _ask(f"{spec.name}@{version}")
    entry = next(each for each in entries if each["vers"] == version)
    return Info(
        str(entry["name"]),
        version,
        tuple(versions),
        _field(said, "license"),
        _summary(said),
        _field(said, "homepage") or _field(said, "repository"),
        _size(str(entry["name"]), version),
        tuple(sorted(_needed(entry))),
    )


def published(pin: Pin) -> str | None:
    """When a version came out; None where the registry's index does not say."""
    for fresh in (False, True):
        if fresh:
            _ask(pin.name)
        for entry in _entries(pin.name):
            if entry["vers"] == pin.version and entry.get("pubtime"):
                return str(entry["pubtime"])
    return None


def search(text: str) -> list[Hit] | None:
    """Ask the registry's search; None where it has none."""
    try:
        said = _run(["search", "--limit", "20", text])
    except PackageError:
        return None
    hits = (found.groupdict("") for found in _HIT.finditer(said))
    return [Hit(each["name"], each["version"], each["summary"]) for each in hits]


def order(version: str) -> list[Any]:
    """What versions are compared by: a release is newer than what comes before it."""
    plain, _, early = version.partition("+")[0].partition("-")
    numbers: list[Any] = [(int(part), "") for part in plain.split(".") if part.isdigit()]
    parts = re.findall(r"\d+|[a-zA-Z]+", early)
    return [*numbers, (not early, ""), *((int(p), "") if p.isdigit() else (0, p) for p in parts)]


def _ask(asked: str) -> str:
    return _run(["info", asked])


def _run(words: list[str]) -> str:
    with tempfile.TemporaryDirectory(prefix="polyhy-crates-") as folder:
        return cargo.run(words, Path(folder), _NEED)


def _entries(name: str) -> list[Any]:
    """The lines of the index for a crate, from where cargo keeps them."""
    low = name.lower()
    folder = {1: "1", 2: "2", 3: f"3/{low[0]}"}.get(len(low), f"{low[:2]}/{low[2:4]}")
    home = cargo.registry().parent / "index"
    files = sorted(home.glob(f"*/.cache/{folder}/{low}"), key=lambda file: file.stat().st_mtime)
    if not files:
        return []
    parts = files[-1].read_bytes().split(b"\0")
    return [json.loads(part) for part in parts if part.startswith(b"{")]


def _field(said: str, name: str) -> str:
    found = re.search(rf"^{name}: (.*)$", said, re.MULTILINE)
    return found[1].strip() if found and found[1] != "unknown" else ""


def _summary(said: str) -> str:
    lines = said.splitlines()
    first = next((n for n, line in enumerate(lines) if line.startswith("version: ")), 1)
    return " ".join(line.strip() for line in lines[1:first])


def _size(name: str, version: str) -> int:
    """How large the crate is as it is downloaded: `cargo info` did that."""
    files = cargo.registry().glob(f"*/{name}-{version}.crate")
    return next((file.stat().st_size for file in files), 0)


def _needed(entry: Any) -> Iterable[str]:
    for each in entry["deps"]:
        if each.get("kind") in (None, "normal") and not each.get("optional"):
            yield f"{each.get('package') or each['name']}@{each['req']}"


def _some(versions: list[str]) -> str:
    return f"there are {', '.join(versions[:5])}" if versions else "it has no versions"
