"""cppyy, started once: its precompiled header, its own headers, texts and exceptions as ours."""

from __future__ import annotations

import ctypes
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import metadata, util
from pathlib import Path
from typing import Any

from polyhy import store
from polyhy.errors import MissingTool, ToolFailed

from . import find
from .containers import answer_like_data
from .errors import CppError

_FLAGS = "-O2 -std=c++20 -w"
"""Not -march=native, cppyy's own choice: records would differ from those of compiled libraries."""

_ALLOCATORS = "template class std::allocator<char>; template class std::allocator<wchar_t>;"
"""In C++20 libstdc++ says that it has these members, and has them not: every text needs one."""

_PRECOMPILE = "from cppyy_backend import loader; loader.ensure_precompiled_header()"


@cache
def cppyy() -> Any:
    """cppyy, ready; MissingTool where it is not installed."""
    if util.find_spec("cppyy") is None:
        raise MissingTool(
            tool="cppyy", need="C++ runs by it", command="pip install 'polyhy[cpp]'  (needs g++)"
        )
    os.environ.setdefault("EXTRA_CLING_ARGS", _FLAGS)
    if "CLING_STANDARD_PCH" not in os.environ:
        os.environ |= {"CLING_STANDARD_PCH": _precompiled(), "CLING_REBUILD_PCH": "0"}
    if "CPPYY_API_PATH" not in os.environ:
        os.environ["CPPYY_API_PATH"] = str(_own_headers())
    with _signals_kept():
        import cppyy as started  # pyright: ignore[reportMissingImports]

        started.cppdef(_ALLOCATORS)
        started.cppdef(Path(__file__).with_name("texts.hpp").read_text("utf-8"))
    _adapt(started)
    return started


def _adapt(started: Any) -> None:
    gbl = started.gbl
    gbl.polyhy.texts()
    gbl.cling.printValue = _Shown(gbl.cling.printValue, gbl.std.string)
    gbl.std.exception.__bases__ = (CppError, *gbl.std.exception.__bases__)
    started.py.add_pythonization(answer_like_data)


class _Shown:
    """cling's printValue: cppyy's `str(x)` asks it, and wants C++'s text of it."""

    def __init__(self, show: Any, text: Any) -> None:
        self.show, self.text = show, text

    def __call__(self, *_: Any) -> Any:
        raise TypeError("ask for the function of a class")

    def __getitem__(self, name: str) -> Any:
        show = self.show[name]
        return lambda x: self.text(show(x))


def _precompiled() -> str:
    """The precompiled standard headers of cling, made once: it can't run without."""
    parts = [metadata.version("cppyy-cling"), os.environ["EXTRA_CLING_ARGS"], *_compiler()]
    key = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]
    made = store.cache() / "cpp" / f"{key}.pch"
    if made.exists():
        return str(made)
    made.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".staging-", dir=made.parent) as folder:
        staged = Path(folder, made.name)
        words = [sys.executable, "-c", _PRECOMPILE]
        variables = {**os.environ, "CLING_STANDARD_PCH": str(staged)}
        done = subprocess.run(words, env=variables, capture_output=True, text=True)
        if not staged.exists():
            raise ToolFailed(tool="cling", detail=done.stderr.strip()[-2000:])
        os.replace(staged, made)
    return str(made)


def _compiler() -> Iterator[str]:
    """What changes when the compiler does whose headers cling reads; MissingTool without one."""
    try:
        done = subprocess.run(["g++", "-dumpfullversion"], capture_output=True, text=True)
    except OSError:
        raise find.no_compiler("C++'s own headers come with it") from None
    yield done.stdout


def _own_headers() -> Path:
    """A folder that has cppyy's headers as `CPyCppyy/`.

    Installers write the folder in small letters, and cppyy 3.5 looks for it as it is included.
    """
    files = metadata.files("CPyCppyy") or ()
    found = next(Path(str(f.locate())).resolve().parent for f in files if f.name == "API.h")
    if found.name == "CPyCppyy":
        return found.parent
    folder = store.cache() / "cpp" / f"api-{metadata.version('CPyCppyy')}"
    for file in found.iterdir():
        if not (folder / "CPyCppyy" / file.name).exists():
            store.write(folder / "CPyCppyy" / file.name, file.read_text("utf-8"))
    return folder


@contextmanager
def _signals_kept() -> Iterator[None]:
    """cling takes over the signals of crashes, by which other runtimes do their work."""
    sigaction = ctypes.CDLL(None).sigaction
    room = {number: ctypes.create_string_buffer(256) for number in range(1, 32)}
    had = [number for number, was in room.items() if sigaction(number, None, was) == 0]
    yield
    for number in had:
        sigaction(number, room[number], None)
