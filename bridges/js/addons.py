"""What to do where a package, or the native addon of one, was not found."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from polyhy.errors import Frame

_SIGNS = re.compile(
    r"bindings? file|\.node\b|native (?:binding|addon|module)"
    r"|Cannot find module \S*-(?:linux|darwin|win32)-"
    r"|Could not load the \S+ module using the"
)
_MISSING = re.compile(r"Cannot find module '((?:@[\w.-]+/)?\w[\w.-]*)[^']*'")
_SCRIPTS = ("preinstall", "install", "postinstall")
_NODE = 'only node loads native addons: import the package :in "node"'
_SCRIPT = (
    "the install script of {name} did not run; allow it in pyproject.toml, under [tool.polyhy]: "
    'allow-scripts = ["npm:{name}"], then run: polyhy sync'
)


def hint(message: str, frames: Iterable[Frame], *, in_node: bool) -> str:
    """The next step after an error that misses a package or a native addon; else nothing."""
    if not _SIGNS.search(message):
        missing = _MISSING.match(message)
        return f"run: polyhy add npm:{missing[1]}" if missing else ""
    hints = [] if in_node or ':in "node"' in message else [_NODE]
    if scripted := next(filter(_has_script, _packages(frames)), None):
        hints.append(_SCRIPT.format(name=_name(scripted)))
    return "; ".join(hints)


def _packages(frames: Iterable[Frame]) -> Iterator[Path]:
    """The folders of the packages whose code ran."""
    for frame in frames:
        parts = Path(frame.file).parts
        if "node_modules" in parts:
            at = len(parts) - parts[::-1].index("node_modules")
            yield Path(*parts[: at + 1 + parts[at].startswith("@")])


def _has_script(package: Path) -> bool:
    try:
        scripts = json.loads((package / "package.json").read_text("utf-8")).get("scripts", {})
    except (OSError, ValueError):
        return False
    return any(name in scripts for name in _SCRIPTS) or (package / "binding.gyp").exists()


def _name(package: Path) -> str:
    parent = package.parent.name
    return f"{parent}/{package.name}" if parent.startswith("@") else package.name
