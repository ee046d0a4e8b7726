"""Install scripts of npm packages: run by npm for one package, where the manifest names it."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from polyhy.spec import Pin

from . import npm_client


def run(pin: Pin, folder: Path) -> None:
    """Run the scripts of the package unpacked in `folder`, beside what it requires.

    Scripts of what it requires don't run: each is a package to be named itself.
    """
    with tempfile.TemporaryDirectory(prefix="scripts-", dir=folder.parent) as name:
        home = Path(name)
        root = {"name": "polyhy-scripts", "dependencies": {pin.name: pin.version}}
        (home / "package.json").write_text(json.dumps(root), "utf-8")
        npm_client.run(["install"], home, "run an install script")
        place = home / "node_modules" / pin.name
        shutil.rmtree(place)
        folder.rename(place)  # the files whose hash was checked
        told = ["rebuild", pin.name, "--foreground-scripts"]
        npm_client.run(told, home, "run an install script")
        place.rename(folder)
