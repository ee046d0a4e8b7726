"""`polyhy kernel install`: tells Jupyter of the kernel."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from polyhy.errors import MissingTool

LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
<rect width="64" height="64" rx="12" fill="#1d2b3a"/>
<text x="32" y="43" font-family="monospace" font-size="30" text-anchor="middle" fill="#7bd88f"
>(<tspan fill="#fff">hy</tspan>)</text></svg>
"""


@click.group()
def kernel() -> None:
    """The kernel of Jupyter notebooks."""


@kernel.command(
    epilog="""\b
Examples:
  polyhy kernel install
  polyhy kernel install --user"""
)
@click.option("--user", is_flag=True, help="For this user, whichever environment Jupyter is in.")
@click.option("--prefix", metavar="DIR", help="Into that environment; this one by default.")
@click.option("--name", default="polyhy", show_default=True, help="What notebooks call it.")
def install(user: bool, prefix: str | None, name: str) -> Callable[[], int]:
    """Tell Jupyter of the kernel, which runs in this environment."""
    return lambda: _install(name, user=user, prefix=prefix)


def spec() -> dict[str, Any]:
    """What Jupyter reads in kernel.json."""
    return {
        "argv": [sys.executable, "-m", "polyhy.front.kernel", "-f", "{connection_file}"],
        "display_name": "Hy (polyhy)",
        "language": "hy",
        "interrupt_mode": "signal",
    }


def _install(name: str, *, user: bool, prefix: str | None) -> int:
    if find_spec("ipykernel") is None:
        raise MissingTool(
            tool="ipykernel", need="the kernel needs it", command="pip install 'polyhy[jupyter]'"
        )
    from jupyter_client.kernelspec import KernelSpecManager

    if not user and not prefix:
        user, prefix = (False, sys.prefix) if sys.prefix != sys.base_prefix else (True, None)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "kernel.json").write_text(json.dumps(spec(), indent=1), "utf-8")
        Path(folder, "logo-svg.svg").write_text(LOGO, "utf-8")
        place = KernelSpecManager().install_kernel_spec(folder, name, user=user, prefix=prefix)
    click.echo(f"kernel {name}: {place}")
    return 0
