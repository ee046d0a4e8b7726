"""The command `compile`: a file of Lisp, written in another language."""

from __future__ import annotations

from pathlib import Path

import click

from polyhy.front.output import DONE, Work

_EXAMPLES = """\b
Examples:
  polyhy compile shapes.hy --target js --source-map
  polyhy compile shapes.hy --target lua -o - | luajit -"""


@click.command("compile", epilog=_EXAMPLES)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-t", "--target", required=True, metavar="js|lua|py", help="The language to write.")
@click.option("-o", "--output", metavar="FILE", help="Where to write; - for the standard output.")
@click.option("--source-map", is_flag=True, help="Write FILE.map, too.")
def compile_(file: Path, target: str, output: str | None, source_map: bool) -> Work:
    """Write a file of Lisp as one of JavaScript, Lua or Python, which runs without polyhy."""
    return lambda: _write(file, target, output, source_map=source_map)


def _write(file: Path, target: str, output: str | None, *, source_map: bool) -> int:
    from polyhy import store
    from polyhy.sessions import compile as compiling

    made = compiling.file(file, target, source_map=source_map)
    if output == "-":
        click.echo(made.source, nl=False)
        return DONE
    place = Path(output) if output else file.with_suffix(made.suffix)
    store.write(place, made.source)
    if made.map:
        store.write(place.with_name(f"{place.name}.map"), made.map)
    return DONE
