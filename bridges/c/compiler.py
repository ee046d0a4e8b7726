"""The system's C compiler: where its headers are, and shared objects made with it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from polyhy.errors import Frame, MissingTool

from .errors import CSyntaxError
from .files import cache_folder, digest, staged
from .packages import tool_command

_COMPLAINT = re.compile(
    r"^(?P<file>[^\n:]+):(?P<line>\d+):\d+: (?:fatal )?error: (?P<text>.*)$", re.M
)
_UNRESOLVED = re.compile(r"(undefined reference to .*|cannot find -l\S+)")
_SHARED = ("-shared", "-fPIC", "-O2", "-w")


@cache
def command() -> list[str]:
    """The compiler: $CC, cc, gcc or clang; MissingTool where there is none."""
    named = shlex.split(os.environ.get("CC", ""))
    for words in ([named] if named else []) + [["cc"], ["gcc"], ["clang"]]:
        if shutil.which(words[0]):
            return words
    need = "C's own headers come with it"
    raise MissingTool(tool="a C compiler", need=need, command=tool_command("cc"))


@cache
def include_folders() -> list[str]:
    """Where the compiler looks for `<…>` headers, in its order."""
    said = _run([*command(), "-E", "-v", "-x", "c", os.devnull]).stderr
    listed = said.partition("search starts here:")[2].rpartition("End of search list")[0]
    folders = (line.strip().partition(" (")[0] for line in listed.splitlines())
    return [str(Path(f).resolve()) for f in folders if f and os.path.isdir(f)]


def library_file(name: str, folders: Sequence[str] = ()) -> Path | None:
    """The file that `-lname` means; None where there is none."""
    for file in (Path(folder, f"lib{name}.so") for folder in folders):
        if file.is_file():
            return file
    for file in (f"lib{name}.so", f"lib{name}.dylib"):
        said = _run([*command(), f"-print-file-name={file}"]).stdout.strip()
        if os.path.isabs(said) and os.path.isfile(said):
            return Path(said)
    return None


def build(source: str, flags: Sequence[str] = (), *, origin: str = "", suffix: str = ".c") -> Path:
    """Compile C source to a shared object, kept by what it was made from.

    What the compiler refuses is a CSyntaxError at the line of `origin` (`file.hy:line`).
    """
    key = digest([*command(), *flags, suffix, source])
    made = cache_folder("built") / f"{key}.so"
    if not made.exists():
        with staged(made) as into:
            file = into.with_suffix(suffix)
            file.write_text(source, "utf-8")
            words = [*command(), *_SHARED, "-o", str(into), str(file), *flags]
            done = _run(words)
            file.unlink()
            if done.returncode:
                raise refused(done.stderr, str(file), origin)
    return made


def refused(said: str, file: str, origin: str) -> CSyntaxError:
    """The error for what a compiler wrote about `file`, whose source stands at `origin`."""
    name, _, line = origin.rpartition(":")
    first = int(line) if line.isdigit() else 1
    name = name or origin or file
    frames = tuple(
        Frame(name, int(found["line"]) + first - 1, "")
        if found["file"] == file
        else Frame(found["file"], int(found["line"]), "")
        for found in _COMPLAINT.finditer(said)
    )
    found = _COMPLAINT.search(said) or _UNRESOLVED.search(said)
    message = found[found.lastindex or 0] if found else said.strip()[:2000]
    where = f"{frames[0].file}:{frames[0].line}" if frames else origin
    return CSyntaxError(type_name="C", message=message, language="c", frames=frames, origin=where)


def _run(words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "LC_ALL": "C"}
    return subprocess.run(words, capture_output=True, text=True, errors="replace", env=variables)
