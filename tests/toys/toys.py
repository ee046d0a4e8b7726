"""Packages for the toy language, each a file with one expression, to be imported by the tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from polyhy.spec import Pin
from polyhy.testing import ToyBridge, ToyEcosystem

SOURCES = {
    "greet": "{'hello': lambda name: 'hello ' + name, 'loudName': lambda n: n.upper(), 'n': 7}",
    "greet/loud": "{'hello': lambda name: 'HELLO ' + name.upper(), 'bye': lambda: 'BYE'}",
    "two-words": "{'twice': lambda x: [x, x], 'maxLen': 80}",
    "snake_case": "{'id': lambda x: x}",
    "@scope/pkg": "{'scoped': lambda: True}",
    "chart.js": "{'draw': lambda: 'drawn'}",
    "broken": "{'fail': lambda: error('broken inside')}",
    "never-locked": "{}",
    "on-demand": "{'f': lambda: 'fetched'}",
}
UNLOCKED = ("never-locked", "on-demand")


class Doll(ToyBridge):
    """The toy language under a name that is no ecosystem's."""

    name = "doll"


class Toys(ToyEcosystem):
    """The toy ecosystem with packages that hold functions."""

    registry: ClassVar = {
        name: {"1.0.0": (), "2.0.0": ()}
        for name in SOURCES
        if name == "@scope/pkg" or "/" not in name
    }

    def fetch(self, pins: Sequence[Pin], into: Path) -> Mapping[Pin, Path]:
        folders: dict[Pin, Path] = {}
        for pin in pins:
            folders[pin] = into / f"{len(folders)}"
            for name, source in SOURCES.items():
                if name == pin.name or name.startswith(f"{pin.name}/"):
                    file = folders[pin] / f"{name}.toy"
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_text(source)
        return folders

    def stands(self, pin: Pin, env: Path) -> bool:
        return (env / f"{pin.name}.toy").is_file()
