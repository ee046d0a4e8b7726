"""Files for node's fs: one operation of the system each, on the real file system."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Callable
from typing import Any, ClassVar

_COPY_EXCLUSIVE = 1  # fs.constants.COPYFILE_EXCL

_TEXTS = {
    "EBUSY": "resource busy or locked",
    "EEXIST": "file already exists",
    "EISDIR": "illegal operation on a directory",
    "ELOOP": "too many symbolic links encountered",
    "ENAMETOOLONG": "name too long",
    "EXDEV": "cross-device link not permitted",
}
"""What node says where the system says something else."""


class Files:
    """What node/fs.js asks: `ask("open", path, flags, mode)`.

    The answer is [None, value], or the error as [code, number, text]. Times are in milliseconds.
    """

    def ask(self, operation: str, *args: Any) -> list[Any]:
        try:
            return [None, _OPERATIONS[operation](*args)]
        except OSError as error:
            number = error.errno or errno.EIO
            code = errno.errorcode.get(number, "EIO")
            return [code, number, _TEXTS.get(code) or os.strerror(number).lower()]

    flags: ClassVar[dict[str, int]] = {
        name: getattr(os, name, 0)
        for name in (
            *("O_RDONLY", "O_WRONLY", "O_RDWR", "O_CREAT", "O_EXCL", "O_TRUNC", "O_APPEND"),
            *("O_SYNC", "O_NOFOLLOW", "O_DIRECTORY", "O_NONBLOCK"),
        )
    }


def _read(file: int, length: int, at: int | None) -> bytes:
    return os.read(file, length) if at is None else os.pread(file, length, at)


def _write(file: int, data: bytes, at: int | None) -> int:
    return os.write(file, data) if at is None else os.pwrite(file, data, at)


def _read_all(file: str | int, flags: int) -> bytes:
    opened = os.open(file, flags) if isinstance(file, str) else file
    try:
        size = os.fstat(opened).st_size
        pieces = []
        while piece := os.read(opened, max(size, 1 << 16)):
            pieces.append(piece)
        return b"".join(pieces)
    finally:
        if isinstance(file, str):
            os.close(opened)


def _write_all(file: str | int, data: bytes, flags: int, mode: int) -> None:
    opened = os.open(file, flags, mode) if isinstance(file, str) else file
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(opened, view) :]
    finally:
        if isinstance(file, str):
            os.close(opened)


def _status(found: os.stat_result) -> list[Any]:
    times = (found.st_atime_ns, found.st_mtime_ns, found.st_ctime_ns, found.st_ctime_ns)
    kept = (
        *("st_dev", "st_mode", "st_nlink", "st_uid", "st_gid", "st_rdev"),
        *("st_blksize", "st_ino", "st_size", "st_blocks"),
    )
    return [*(getattr(found, name, 0) for name in kept), *(str(t) for t in times)]


def _entries(folder: str) -> list[list[Any]]:
    with os.scandir(folder) as found:
        entries = [[e.name, stat.S_IFMT(e.stat(follow_symlinks=False).st_mode)] for e in found]
    return sorted(entries)


def _make_folders(path: str, mode: int) -> str | None:
    """Make a folder and those above it; return the first one made."""
    missing = []
    at = os.path.abspath(path)
    while not os.path.isdir(at):
        missing.append(at)
        at = os.path.dirname(at)
    for folder in reversed(missing):
        os.mkdir(folder, mode)
    return missing[-1] if missing else None


def _remove(path: str, recursive: bool, force: bool) -> None:
    try:
        if os.path.isdir(path) and not os.path.islink(path):
            if not recursive:
                raise IsADirectoryError(errno.EISDIR, path)
            shutil.rmtree(path)
        else:
            os.unlink(path)
    except FileNotFoundError:
        if not force:
            raise


def _copy(source: str, target: str, mode: int) -> None:
    if mode & _COPY_EXCLUSIVE and os.path.exists(target):
        raise FileExistsError(errno.EEXIST, target)
    if os.path.isdir(source):
        raise IsADirectoryError(errno.EISDIR, source)
    shutil.copyfile(source, target)
    shutil.copymode(source, target)


def _access(path: str, mode: int) -> None:
    os.stat(path)
    if not os.access(path, mode):
        raise PermissionError(errno.EACCES, path)


def _times(path: str | int, accessed: float, modified: float) -> None:
    os.utime(path, (accessed, modified))


def _real(path: str) -> str:
    return os.path.realpath(path, strict=True)


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "open": os.open,
    "close": os.close,
    "read": _read,
    "write": _write,
    "readFile": _read_all,
    "writeFile": _write_all,
    "stat": lambda path: _status(os.stat(path)),
    "lstat": lambda path: _status(os.lstat(path)),
    "readdir": _entries,
    "mkdir": os.mkdir,
    "mkdirs": _make_folders,
    "mkdtemp": lambda prefix: tempfile.mkdtemp(
        prefix=os.path.basename(prefix), dir=os.path.dirname(prefix) or "."
    ),
    "rmdir": os.rmdir,
    "unlink": os.unlink,
    "rm": _remove,
    "rename": os.replace,
    "link": os.link,
    "symlink": os.symlink,
    "readlink": os.readlink,
    "realpath": _real,
    "chmod": os.chmod,
    "chown": getattr(os, "chown", lambda *_: None),
    "utimes": _times,
    "lutimes": lambda path, a, m: os.utime(path, (a, m), follow_symlinks=False),
    "truncate": os.truncate,
    "fsync": os.fsync,
    "access": _access,
    "copyFile": _copy,
}
