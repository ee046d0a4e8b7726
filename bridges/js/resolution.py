"""What a package.json says of names inside its own package: `#name`, and the package's own name."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from . import esbuild


def internal(origin: str, name: str, kind: str) -> str | None:
    """The file, or the other package's name, that `name` means in the file `origin`.

    `kind` is how it is asked for: `import` or `require`. None where its package says nothing.
    """
    folder, about = _package(Path(origin))
    if name.startswith("#"):
        field, key = about.get("imports"), name
    elif name and about.get("name") == esbuild.package(name):
        field, key = about.get("exports"), "." + name.removeprefix(about["name"])
        if not _is_table_of_names(field):
            field = {".": field}
    else:
        return None
    found = _target(field, key, ("node", kind, "module-sync", "default"))
    if found is None or not found.startswith("./"):
        return found
    return os.path.normpath(folder / found)


def _package(file: Path) -> tuple[Path, dict[str, Any]]:
    for folder in file.parents:
        try:
            return folder, json.loads((folder / "package.json").read_text("utf-8"))
        except (OSError, ValueError):
            if folder.name == "node_modules":
                break
    return file.parent, {}


def _is_table_of_names(field: Any) -> bool:
    return isinstance(field, dict) and all(key.startswith(".") for key in field)


def _target(field: Any, key: str, conditions: tuple[str, ...]) -> str | None:
    if not isinstance(field, dict):
        return None
    if key in field and "*" not in key:
        return _chosen(field[key], "", conditions)
    for pattern in sorted(field, key=lambda p: (-len(p.partition("*")[0]), -len(p))):
        head, star, tail = pattern.partition("*")
        fits = star and key.startswith(head) and key.endswith(tail)
        if fits and len(key) >= len(pattern):
            return _chosen(field[pattern], key[len(head) : len(key) - len(tail)], conditions)
    return None


def _chosen(target: Any, part: str, conditions: tuple[str, ...]) -> str | None:
    """The first of what is offered that holds under these conditions."""
    if isinstance(target, str):
        return target.replace("*", part)
    if isinstance(target, dict):
        offered = [each for name, each in target.items() if name in conditions]
    else:
        offered = target if isinstance(target, list) else []
    return next((found for each in offered if (found := _chosen(each, part, conditions))), None)
