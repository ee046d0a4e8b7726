"""Runs a program of a rock, as Lua's own would: `python -m polyhy.bridges.lua.program SCRIPT …`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from polyhy.errors import GuestError

from .bridge import Lua
from .native import ENGINES

_RUN = """function(file, ...)
    arg = {[0] = file, ...}
    return assert(loadfile(file))(...)
end"""


def run(script: Path, words: Sequence[str]) -> int:
    """Run a script of a rock among the modules of its env; return its exit code."""
    abi, folder = script.parents[1].name, script.parents[3]
    life = Lua(next(name for name, engine in ENGINES.items() if engine.abi == abi))
    life.start([folder])
    try:
        life.eval(_RUN, "program:1")(str(script), *words)
    except GuestError as error:
        print(f"lua: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), sys.argv[2:]))
