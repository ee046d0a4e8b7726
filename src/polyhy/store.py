"""The store: packages by content, shared by all projects; and how files are written whole."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from polyhy import waiting
from polyhy.errors import PolyhyError, StoreError, Tampered
from polyhy.spec import Pin

_MARK = "ok"
_GONE = ".gone-"
_MAKE_ANEW = "make the bundle anew"
_FETCH_ANEW = "it was removed; run polyhy sync to fetch it anew"
_CACHES = {"darwin": ("", "~/Library/Caches"), "win32": ("LOCALAPPDATA", "~/AppData/Local")}


def cache() -> Path:
    """The folder of everything that can be made again: $POLYHY_CACHE, or the system's place."""
    if chosen := os.environ.get("POLYHY_CACHE"):
        return Path(chosen).absolute()
    variable, default = _CACHES.get(sys.platform, ("XDG_CACHE_HOME", "~/.cache"))
    return Path(os.environ.get(variable) or os.path.expanduser(default)) / "polyhy"


def find(pin: Pin, variant: str = "") -> Path | None:
    """The files of a stored package, or None where the store lacks it."""
    entry = _entry(pin, variant)
    return entry / "files" if (entry / _MARK).is_file() else None


def use(pin: Pin, variant: str = "") -> Path | None:
    """Find a package and mark it as used now, so that no `prune` takes it before it is linked."""
    found = find(pin, variant)
    if found:
        with suppress(OSError):  # a store may be shared read-only
            os.utime(found.parent / _MARK)
    return found


def name(pin: Pin, variant: str = "") -> str:
    """The name of a package's entry in the store: `npm/lodash@4.17.21-0a1b2c3d4e5f6a7b`."""
    return name_of(_entry(pin, variant))


def name_of(entry: Path) -> str:
    """The name of an entry of the store by its folder."""
    return entry.relative_to(cache() / "store").as_posix()


def put(pin: Pin, made: Path, variant: str = "") -> None:
    """Take in the folder `made`, which lies in `staging`: hash it, mark it, move it into place."""
    entry = _entry(pin, variant)
    with refusals(entry):
        staged = Path(tempfile.mkdtemp(prefix="entry-", dir=made.parent))
        made.rename(staged / "files")
        (staged / _MARK).write_text(tree_hash(staged / "files"))
        entry.parent.mkdir(parents=True, exist_ok=True)
        if entry.exists():
            remove(entry)
        staged.rename(entry)


def verify(pin: Pin, variant: str = "") -> Path:
    """The files of a stored package, hashed anew; if they changed: Tampered, the entry removed."""
    entry = _entry(pin, variant)
    with refusals(entry, "read"):
        if is_whole(entry):
            return entry / "files"
        expected = (entry / _MARK).read_text()
    remove(entry)
    what = f"the store's copy of {pin.label}"
    raise Tampered(what=what, expected=pin.hash or expected, hint=_FETCH_ANEW)


def is_whole(entry: Path) -> bool:
    """True where an entry's files are what they were when it was stored."""
    return tree_hash(entry / "files") == (entry / _MARK).read_text()


def entries() -> list[Path]:
    """All entries of the store."""
    return sorted(mark.parent for mark in (cache() / "store").glob(f"*/[!.]*/{_MARK}"))


def copy(pin: Pin, variant: str, folder: Path) -> None:
    """Copy a package's entry into another folder of entries, checked."""
    entry = verify(pin, variant).parent
    shutil.copytree(entry, folder / name(pin, variant), symlinks=True)


def take_in(entry: Path) -> bool:
    """Take an entry of another folder into the store, if it is new; Tampered where it changed."""
    ours = cache() / "store" / entry.parent.name / entry.name
    if (ours / _MARK).is_file():
        return False
    with staging(entry.parent.name) as into, refusals(entry):
        shutil.copytree(entry, into / entry.name, symlinks=True)
        if not is_whole(into / entry.name):
            raise Tampered(what=str(entry), expected=(entry / _MARK).read_text(), hint=_MAKE_ANEW)
        ours.parent.mkdir(parents=True, exist_ok=True)
        if ours.exists():
            remove(ours)
        (into / entry.name).rename(ours)
    return True


@contextmanager
def staging(ecosystem: str) -> Iterator[Path]:
    """A folder on the store's disk to fetch into, held by one process at a time.

    Whatever a killed process left there is removed first.
    """
    folder = cache() / "staging" / ecosystem
    with locked(folder.with_name(f"{ecosystem}.lock")), refusals(folder):
        for garbage in (folder, *(cache() / "store" / ecosystem).glob(f"{_GONE}*")):
            shutil.rmtree(garbage, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold the lock `file`, which ends with the process at the latest; wait for whoever has it."""
    from filelock import FileLock, Timeout

    with refusals(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(file)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            with waiting.on(f"another process, which holds {file}"):
                lock.acquire()
    try:
        yield
    finally:
        lock.release()


def write(file: Path, text: str) -> None:
    """Write a whole file or nothing: into a temporary one beside it, then renamed."""
    file = Path(os.path.realpath(file))  # a link stays one
    with refusals(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, staged = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
        try:
            with open(handle, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
            os.chmod(staged, file.stat().st_mode if file.exists() else 0o644)
            os.replace(staged, file)
        except BaseException:
            os.unlink(staged)
            raise


def remove(folder: Path) -> None:
    """Remove a folder at once for whoever looks, by renaming it away first."""
    with refusals(folder):
        doomed = Path(tempfile.mkdtemp(prefix=_GONE, dir=folder.parent))
        folder.rename(doomed / folder.name)
        shutil.rmtree(doomed, ignore_errors=True)


def tree_hash(folder: Path) -> str:
    """The hash of a folder's names, contents and executable bits."""
    digest = hashlib.sha256()
    for name, path, mode in sorted(_files(str(folder), "")):
        kind = "l" if stat.S_ISLNK(mode) else "x" if mode & 0o100 else "-"
        content = os.fsencode(os.readlink(path)) if kind == "l" else Path(path).read_bytes()
        line = f"{name}\0{kind}{hashlib.sha256(content).hexdigest()}\n"
        digest.update(os.fsencode(line))
    return "sha256:" + digest.hexdigest()


@contextmanager
def refusals(file: Path, doing: str = "write") -> Iterator[None]:
    """Turn what the system says (read-only, full, no permission) into a StoreError."""
    try:
        yield
    except PolyhyError:
        raise  # some of ours are OSErrors too
    except OSError as error:
        raise failure(error, file, doing) from error


def failure(error: OSError, file: Path, doing: str = "write") -> StoreError:
    """The StoreError for an OSError met at `file`."""
    met = error.filename2 or error.filename  # the second is where something was copied to
    named = met if isinstance(met, str) else str(file)
    text = f"can't {doing} {{file}}: {{detail}}"
    return StoreError(error.strerror or str(error), file=named, text=text)


def _entry(pin: Pin, variant: str) -> Path:
    return cache() / "store" / _named(pin.ecosystem, pin.name, pin.version, pin.hash, variant)


@lru_cache(maxsize=4096)
def _named(ecosystem: str, name: str, version: str, digest: str, variant: str) -> str:
    key = hashlib.sha256(f"{digest}\0{variant}".encode()).hexdigest()[:16]
    entry = f"{quote(name, safe='@')}@{quote(version, safe='')}-{key}"
    return f"{quote(ecosystem, safe='')}/{entry}"


def _files(folder: str, prefix: str) -> Iterator[tuple[str, str, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(entry.path, f"{prefix}{entry.name}/")
            else:
                yield prefix + entry.name, entry.path, entry.stat(follow_symlinks=False).st_mode
