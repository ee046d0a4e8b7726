"""Libraries by name, and the project's own C: headers with their objects, sources, inline code."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from polyhy.errors import Frame, UsageError

from . import clang, locate
from .compiler import build, library_file
from .errors import CSyntaxError
from .files import cache_folder, digest, staged
from .index import load
from .library import Library
from .locate import Located
from .locked import check


def system(
    name: str, folders: Iterable[Path], *, errno: bool = False, fast: bool = False
) -> Library:
    """A library of the system, the very one that the project's lock names, if it names one."""
    index = load(["system", *locate.key(name)], lambda: locate.find(name))
    check(name, index.located, folders)
    return Library(name, index, errno=errno, fast=fast)


def file(path: Path, objects: Any = None, *, errno: bool = False, fast: bool = False) -> Library:
    """A header of one's own with its shared object, or a source that is compiled."""
    if path.suffix == ".c":
        return source(path.read_text("utf-8"), str(path), f"{path}:1", errno=errno, fast=fast)
    named = [objects] if isinstance(objects, (str, Path)) else list(objects or ())
    found = [str(_object(each, path)) for each in named]

    def located() -> Located:
        own = [str(path)]
        flags = [f"-I{path.parent}"]
        return Located(path.stem, "", own, [*own, *_siblings(path)], flags, found, [str(path)])

    return Library(path.stem, load(["header", str(path), *found], located), errno=errno, fast=fast)


def inline(text: str, origin: str) -> Library:
    """C written in a program: what it defines, as a module."""
    return source(text, "", origin)


def source(
    text: str, path: str, origin: str, *, errno: bool = False, fast: bool = False
) -> Library:
    """Compile C and bind what it defines. `path` is its file, if it is one."""
    folder = [f"-I{Path(path).parent}"] if path else []
    _check(text, folder, origin)
    made = str(build(text, [*folder, "-lm", _WHOLE], origin=origin))
    name = Path(path).stem if path else "inline"
    kept = Path(path) if path else _kept(text)

    def located() -> Located:
        return Located(name, "", [str(kept)], [str(kept)], folder, [made], [str(kept)])

    return Library(name, load(["source", str(kept), made], located), errno=errno, fast=fast)


def _kept(text: str) -> Path:
    file = cache_folder("inline") / f"{digest([text])}.c"
    if not file.exists():
        with staged(file) as into:
            into.write_text(text, "utf-8")
    return file


def _check(text: str, flags: Sequence[str], origin: str) -> None:
    """Say what is wrong with a source at the line where it stands, before it is compiled."""
    wrong = [c for c in clang.complaints(text, flags) if c[1] == clang.MAIN]
    if not wrong:
        return
    name, _, line = origin.rpartition(":")
    first = int(line) if line.isdigit() else 1
    frames = tuple(Frame(name or origin, first + at - 1, "") for _, _, at, _ in wrong)
    where = f"{frames[0].file}:{frames[0].line}"
    raise CSyntaxError(
        type_name="C", message=wrong[0][3], language="c", frames=frames, origin=where
    )


def _object(name: str | Path, header: Path) -> Path:
    """The shared object that `lib` names: a path beside the header, or a library of the system."""
    beside = header.parent / name
    if beside.is_file():
        return beside.resolve()
    if "/" not in str(name):
        found = library_file(str(name), [str(header.parent)])
        if found:
            return found.resolve()
    raise UsageError(f"there is no shared object {str(name)!r} beside {header}", hint=_HINT)


_WHOLE = "-Wl,-undefined,error" if sys.platform == "darwin" else "-Wl,--no-undefined"
_HINT = 'name it by its path (:lib "./libthing.so"), or as the linker does (:lib "z")'


def _siblings(header: Path) -> list[str]:
    """Headers in the folder of a header belong to it."""
    return sorted(str(each.resolve()) for each in header.parent.rglob("*.h"))
