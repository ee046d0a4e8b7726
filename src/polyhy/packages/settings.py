"""The settings in `[tool.polyhy]` of pyproject.toml that make a project's Policy.

[tool.polyhy]
allow-scripts = ["npm:esbuild", "crates:*"]      # whose own code may run to build them
minimum-release-age = "3 days"                   # younger versions are not chosen
minimum-release-age-exempt = ["luarocks"]
allow-licenses = ["MIT", "Apache-2.0", "npm:khroma"]   # a package by name is let through
refuse-licenses = ["AGPL-3.0-only"]

[tool.polyhy.luarocks]                           # an ecosystem's own, as its room lists them
servers = ["../rocks"]
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from polyhy import plugins
from polyhy.errors import ManifestError, suggest
from polyhy.packages import manifest
from polyhy.policy import Policy, policy


def read(root: Path) -> Policy:
    """The policy of a project, on top of the one in force; ManifestError where it says nonsense."""
    offline = policy().offline or os.environ.get("POLYHY_OFFLINE") == "1"
    text, table = manifest.settings(root)
    said: dict[str, Any] = {"root": str(root), "offline": offline}
    for key, value in table.items():
        if key == "dependencies":
            continue
        if key in plugins.ecosystems():
            rooms = said.setdefault("settings", {})
            rooms[key] = _room(root, text, key, value)
            continue
        if key not in _SETTINGS:
            known = [*_SETTINGS, "dependencies", *plugins.ecosystems()]
            hint = suggest(key, known, "there are")
            raise _refused(root, text, key, f"there is no setting {key!r}", hint)
        field, check, shape = _SETTINGS[key]
        try:
            said[field] = check(value)
        except (ValueError, TypeError, OverflowError):
            raise _refused(root, text, key, f"{key} is not {shape[0]}", shape[1]) from None
    return policy()._replace(**said)


def _room(root: Path, text: str, name: str, table: Any) -> dict[str, Any]:
    """The table of one ecosystem, all of whose keys its room knows."""
    known = plugins.ecosystem(name).settings
    if not isinstance(table, dict):
        shape = f"write it so: [tool.polyhy.{name}]"
        raise _refused(root, text, name, f"{name} is not a table", shape)
    for key in table.keys() - known.keys():
        hint = suggest(key, list(known), "there are") if known else f"{name} has no settings"
        raise _refused(root, text, key, f"there is no setting {name}.{key}", hint)
    return table


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(x, str) and x.strip() for x in value):
        raise TypeError(value)
    return tuple(value)


def _packages(value: Any) -> tuple[str, ...]:
    if not all(re.fullmatch(r"[a-z][\w-]*(:\S+)?", name) for name in _names(value)):
        raise ValueError(value)
    return tuple(value)


def _instant(value: Any) -> str:
    """The moment before which a version has to have come out: now, less `3 days`."""
    found = re.fullmatch(r"(\d+) *(minute|hour|day|week)s?", str(value).strip())
    if not found:
        raise ValueError(value)
    age = timedelta(**{f"{found[2]}s": int(found[1])})
    return (datetime.now(timezone.utc) - age).strftime("%Y-%m-%dT%H:%M:%SZ") if age else ""


def _refused(root: Path, text: str, key: str, detail: str, hint: str) -> ManifestError:
    file = f"{root / manifest.FILE}:{manifest.line_of(text, key)}"
    return ManifestError(detail, file=file, hint=hint.replace("{", "{{").replace("}", "}}"))


_LIST = ("a list of packages", 'write it so: ["npm:esbuild", "crates:*"]')
_SPDX = ("a list of licences", 'write it so: ["MIT", "Apache-2.0"]')
_AGE = ("an age", 'write it so: "3 days"')

_SETTINGS: dict[str, tuple[str, Callable[[Any], Any], tuple[str, str]]] = {
    "allow-scripts": ("scripts", _packages, _LIST),
    "minimum-release-age": ("before", _instant, _AGE),
    "minimum-release-age-exempt": ("ageless", _packages, _LIST),
    "allow-licenses": ("licences", _names, _SPDX),
    "refuse-licenses": ("refused", _names, _SPDX),
}
