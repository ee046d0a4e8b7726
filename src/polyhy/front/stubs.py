"""The command `polyhy stubs`."""

from __future__ import annotations

from pathlib import Path

import click

from polyhy.front.output import Answer, command
from polyhy.front.packages import root_here


@command("stubs", "polyhy stubs\npolyhy stubs c:zlib crates:regex --output typings")
@click.argument("specs", nargs=-1, metavar="[SPEC]…")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The folder to write to; typings in the project if not given.",
)
def stubs(specs: tuple[str, ...], output: Path | None) -> Answer:
    """Write the types of packages for editors and type checkers, as .pyi files.

    Of all packages that the project asks for, where none is named.
    """
    from polyhy.guests import stubs as made
    from polyhy.packages import manifest
    from polyhy.spec import Spec

    root = root_here()
    asked = [Spec.parse(text) for text in specs] or manifest.read(root)
    found = made.write(asked, root, output or root / made.FOLDER)
    data = {str(stub.spec): str(stub.file) if stub.file else None for stub in found}
    lines = list(dict.fromkeys(f"wrote {stub.file}" for stub in found if stub.file))
    lines += [f"no types are known: {stub.spec}" for stub in found if not stub.file]
    return Answer(data, lines)
