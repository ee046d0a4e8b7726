"""What the system says of a library that it has: its package, licence, home, size and date."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import NamedTuple

from polyhy.ecosystem import Hit

from . import locate

_FIELDS = "${Homepage}\\n${Installed-Size}\\n${Package}"
_SHOWN = 50


class Installed(NamedTuple):
    """The system's package of a library's headers; empty where none is known."""

    package: str = ""
    homepage: str = ""
    size: int = 0
    licence: str = ""
    published: str | None = None


@cache
def installed(module: str) -> Installed:
    """What dpkg knows of the package that brought pkg-config's `module`."""
    package = _owner(module)
    if not package:
        return Installed()
    homepage, size, _ = _said("dpkg-query", "-W", "-f", _FIELDS, package).split("\n")
    folder = Path("/usr/share/doc") / package.partition(":")[0]
    kilobytes = int(size) if size.isdigit() else 0
    return Installed(package, homepage, kilobytes * 1024, _licence(folder), _date(folder))


def summary(module: str) -> str:
    """What its package file says that it is."""
    return next((hit.summary for hit in modules() if hit.name == module), "")


def search(text: str) -> list[Hit]:
    """Libraries of this machine whose name or description has `text`."""
    wanted = text.lower()
    found = [hit for hit in modules() if wanted in f"{hit.name} {hit.summary}".lower()]
    found.sort(key=lambda hit: (wanted not in hit.name.lower(), len(hit.name)))
    return [hit._replace(version=locate.version(hit.name)) for hit in found[:_SHOWN]]


@cache
def modules() -> tuple[Hit, ...]:
    """All that pkg-config knows, each with its description."""
    listed = locate.pkg_config("--list-all") or ""
    rows = (line.partition(" ") for line in listed.splitlines() if line.strip())
    return tuple(Hit(name, "", text.strip().partition(" - ")[2]) for name, _, text in rows)


def _owner(module: str) -> str:
    if not shutil.which("dpkg-query"):
        return ""
    folder = locate.pkg_config("--variable=pcfiledir", module)
    return locate.owner(Path(folder, f"{module}.pc")) if folder else ""


def _licence(folder: Path) -> str:
    """The licence of most files, where the copyright is written for machines."""
    try:
        text = (folder / "copyright").read_text("utf-8", "replace")
    except OSError:
        return ""
    head = re.search(r"^Files:\s*\*\s*$.*?^License:[ \t]*(.+?)$", text, re.M | re.S)
    return head[1] if head else ""


def _date(folder: Path) -> str | None:
    """When the package came out: the first signature in its log of changes."""
    from email.utils import parsedate_to_datetime

    for name in ("changelog.Debian.gz", "changelog.gz"):
        try:
            with gzip.open(folder / name, "rt", encoding="utf-8", errors="replace") as log:
                line = next(line for line in log if line.startswith(" -- "))
            return parsedate_to_datetime(line.rpartition(">")[2].strip()).isoformat()
        except (OSError, StopIteration, ValueError):
            continue
    return None


def _said(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True).stdout
