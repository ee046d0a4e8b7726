"""Later: a large extension is compiled at once, and again, optimized, while the program runs.

The first process keeps the quick one; those after it load the other. POLYHY_OPTIMIZE says `now`
(the first import waits for it), `never`, or `after`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from polyhy import store

from . import rustc
from .kept import EXTENSION, LATER

FEW = 60
"""So many entries are optimized at once: it takes a second or two."""

_APART: Mapping[str, Any] = (
    {"creationflags": 0x00000008 | 0x00004000}  # detached, and below others in priority
    if sys.platform == "win32"
    else {"start_new_session": True}
)
_begun: dict[Path, Any] = {}


def when() -> str:
    """`now`, `after` or `never`."""
    return os.environ.get("POLYHY_OPTIMIZE") or "after"


def plan(words: Sequence[str], project: Path, folder: Path) -> None:
    """Write into `folder` how its extension is optimized, as rustc was called in `project`."""
    (project / "src").rename(folder / "src")
    (folder / LATER).write_text(json.dumps(words), "utf-8")


def begin(folder: Path) -> None:
    """Optimize the extension in `folder` in a process of its own, which outlives this one."""
    if when() == "never" or folder in _begun:
        return
    words = [sys.executable, "-m", "polyhy.bridges.rust.later", str(folder)]
    quiet = subprocess.DEVNULL
    _begun[folder] = subprocess.Popen(words, stdin=quiet, stdout=quiet, stderr=quiet, **_APART)


def optimize(folder: Path) -> None:
    """Compile the extension in `folder` again, optimized; whoever loads it from now on has that."""
    with store.locked(folder / f"{LATER}.lock"):
        if not (folder / LATER).is_file():
            return  # another process did it
        words = json.loads((folder / LATER).read_text("utf-8"))
        with tempfile.TemporaryDirectory(prefix=".staging-", dir=folder) as name:
            words[words.index("--out-dir") + 1] = name
            done = subprocess.run([*words, "-C", "opt-level=2"], cwd=folder, capture_output=True)
            made = rustc.libraries(Path(name))
            if done.returncode == 0 and made:
                made[0].replace(folder / EXTENSION)
        (folder / LATER).unlink()
        shutil.rmtree(folder / "src", ignore_errors=True)


if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(10)
    optimize(Path(sys.argv[1]))
