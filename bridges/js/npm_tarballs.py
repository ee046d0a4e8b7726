"""Tarballs of npm packages: brought into npm's cache by npm, checked and unpacked from there."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from polyhy.ecosystem import unpack_tarball
from polyhy.errors import LockError, Tampered
from polyhy.spec import Pin

from . import npm_client


def bring(pins: Sequence[Pin], into: Path) -> None:
    """Let one npm process bring what its cache lacks; it works in the folder `into`."""
    for some in _chunks([f"{pin.name}@{pin.version}" for pin in missing(pins)], 200):
        npm_client.run(["cache", "add", "--prefer-offline", *some], into, "fetch packages")


def missing(pins: Iterable[Pin]) -> list[Pin]:
    """The packages that npm's cache lacks."""
    return [pin for pin in pins if not _cached(pin).is_file()]


def unpack(pin: Pin, into: Path, folder: Path) -> None:
    """Unpack a package into the new folder `folder`; Tampered where no copy has its hash."""
    unpack_tarball(_tarball(pin, into), folder)


def _cached(pin: Pin) -> Path:
    """Where npm's cache has a tarball, by its hash."""
    algorithm, digest = _strongest(pin.hash)
    name = base64.b64decode(digest).hex()
    folder = npm_client.cache() / "_cacache" / "content-v2" / algorithm
    return folder / name[:2] / name[2:4] / name[4:]


def _tarball(pin: Pin, into: Path) -> bytes:
    """A tarball out of npm's cache; packed anew where it is not, or no longer what it was."""
    algorithm, digest = _strongest(pin.hash)
    for file in (lambda: _cached(pin), lambda: _packed(pin, into)):
        with suppress(FileNotFoundError):
            content = file().read_bytes()
            if base64.b64encode(hashlib.new(algorithm, content).digest()).decode() == digest:
                return content
    raise Tampered(what=f"npm:{pin.name}@{pin.version}", expected=pin.hash)


def _packed(pin: Pin, into: Path) -> Path:
    folder = into / "packed"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    arguments = ["pack", f"{pin.name}@{pin.version}", "--pack-destination", str(folder)]
    npm_client.run(arguments, into, "fetch packages")
    return next(folder.iterdir())


def _strongest(integrity: str) -> tuple[str, str]:
    """The best hash of an `integrity` text: `("sha512", "base64…")`."""
    parts = [part.partition("-") for part in integrity.split()]
    hashes = {algorithm: digest for algorithm, _, digest in parts}
    for algorithm in ("sha512", "sha384", "sha256", "sha1"):
        if algorithm in hashes:
            return algorithm, hashes[algorithm].partition("?")[0]
    raise LockError(f"{integrity!r} is no hash that npm gives", file="polyhy.lock")


def _chunks(items: list[str], size: int) -> Iterator[list[str]]:
    return (items[at : at + size] for at in range(0, len(items), size))
