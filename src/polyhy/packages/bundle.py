"""A bundle: a folder with a project's manifest, lock and packages, to install from without a net.

The packages lie there as in the store, so a bundle serves the platform and Python it was made on.
What is of the machine itself, such as its C libraries, has to be there.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from polyhy import plugins, store
from polyhy.errors import NoBundle, UsageError
from polyhy.packages import generation, manifest
from polyhy.packages.env import Env
from polyhy.packages.install import quiet
from polyhy.packages.resolve import Report
from polyhy.spec import Pin

_NAME = "polyhy-bundle"
_MARK = "What polyhy.lock names, for a machine without registries: polyhy sync --bundle DIR\n"


class Bundled(NamedTuple):
    """How many packages a bundle holds, and which others the machine must have."""

    packages: int
    needs: list[str]


def write(env: Env, folder: Path, report: Report = quiet) -> Bundled:
    """Write what an env needs into `folder`, which is new or empty.

    What the store lacks is fetched again: the env may have been made from another store.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty", hint="name a new folder")
    with store.refusals(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            wanted = generation.wanted(env.lock)
            generation.stock(wanted, report)
            pins = dict.fromkeys(_pins(wanted))
            local = [pin for pin, _ in pins if plugins.ecosystem(pin.ecosystem).local]
            for pin, variant in pins:
                if pin not in local:
                    store.copy(pin, variant, staged / "store")
            for name in (manifest.FILE, manifest.LOCK):
                if (env.root / name).exists():
                    shutil.copyfile(env.root / name, staged / name)
            (staged / _NAME).write_text(_MARK, "utf-8")
            staged.chmod(0o755)
            if folder.exists():
                folder.rmdir()
            staged.rename(folder)
        except BaseException:
            shutil.rmtree(staged, ignore_errors=True)
            raise
    return Bundled(len(pins) - len(local), [pin.label for pin in local])


def take_in(folder: Path) -> int:
    """Bring into the store what a bundle holds and the store lacks; Tampered where it changed."""
    if not (folder / _NAME).is_file():
        raise NoBundle(file=str(folder))
    return sum(store.take_in(entry) for entry in sorted(folder.glob("store/*/*")))


def _pins(wanted: generation.Wanted) -> Iterator[tuple[Pin, str]]:
    for name, groups in wanted.items():
        for pin in (*groups[0], *groups[1]):
            yield pin, plugins.ecosystem(name).variant(pin)
