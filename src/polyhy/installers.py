"""How systems install what comes with them: libraries, and the tools to use them."""

from __future__ import annotations

import shutil
from typing import NamedTuple


class Packages(NamedTuple):
    """What apt, dnf and brew call the same thing."""

    apt: str
    dnf: str
    brew: str


def likely(name: str) -> Packages:
    """What a library's package is mostly called.

    >>> likely("fmt")
    Packages(apt='libfmt-dev', dnf='fmt-devel', brew='fmt')
    """
    return Packages(f"lib{name}-dev", f"{name}-devel", name)


def command(packages: Packages) -> str:
    """How to install it here, and on other systems: `apt-get install libfmt-dev  (dnf …; …)`."""
    words = {tool: text.format(*packages) for tool, text in _COMMANDS.items()}
    here = next((tool for tool in words if shutil.which(tool)), "apt-get")
    others = "; ".join(text for tool, text in words.items() if tool != here)
    return f"{words[here]}  ({others})"


def compiler(packages: str, dnf: str) -> str:
    """How to install a compiler, which on a Mac comes with its own tools."""
    return f"apt-get install {packages}  (dnf install {dnf}; xcode-select --install)"


_COMMANDS = {
    "apt-get": "apt-get install {0}",
    "dnf": "dnf install {1}",
    "brew": "brew install {2}",
}
