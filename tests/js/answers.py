"""Prints the answers of samples (packages/run.js) in polyhy's own JavaScript: ROOT KIND [NAMES]."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import polyhy
from polyhy.guests import host
from polyhy.packages import env

PACKAGES = Path(__file__).with_name("packages")


def main(root: str, kind: str, *names: str) -> None:
    env.use(env.at(Path(root)))
    run = polyhy.import_from("js", str(PACKAGES / "run.js"))
    run.answers(kind, list(names) or None).then(say)
    host.wait()


def say(answers: Any) -> None:
    """Print them and exit, as run.js does: some packages leave timers that never end."""
    print("\n" + json.dumps(polyhy.data(answers)), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
