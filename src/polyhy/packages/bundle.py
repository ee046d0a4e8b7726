"""A bundle: a folder with a project's manifest, lock and packages, to install from without a net.

The packages lie there as in the store, so a bundle serves the platform and Python it was made on.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from polyhy import plugins, store
from polyhy.errors import NoBundle, UsageError
from polyhy.packages import generation, manifest
from polyhy.packages import lock as locks
from polyhy.packages.env import Env
from polyhy.spec import Pin

_NAME = "polyhy-bundle"
_MARK = "What polyhy.lock names, for a machine without registries: polyhy sync --bundle DIR\n"


def write(env: Env, folder: Path) -> int:
    """Write what an env needs into `folder`, which is new or empty; return how many packages."""
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty", hint="name a new folder")
    with store.refusals(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            pins = dict.fromkeys(_pins(env))
            for pin, variant in pins:
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
    return len(pins)


def take_in(folder: Path) -> int:
    """Bring into the store what a bundle holds and the store lacks; Tampered where it changed."""
    if not (folder / _NAME).is_file():
        raise NoBundle(file=str(folder))
    return sum(store.take_in(entry) for entry in sorted(folder.glob("store/*/*")))


def _pins(env: Env) -> Iterator[tuple[Pin, str]]:
    for name, groups in generation.wanted(locks.read(env.folder) or env.lock).items():
        for pin in (*groups[0], *groups[1]):
            yield pin, plugins.ecosystem(name).variant(pin)
