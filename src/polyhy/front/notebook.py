"""Notebooks as programs: what `jupyter nbconvert --to script` makes of them."""

from __future__ import annotations

from typing import Any

from nbconvert.exporters import Exporter

from polyhy.errors import UnknownLanguage
from polyhy.front import export
from polyhy.sessions.session import LISP, Cell, target


class ScriptExporter(Exporter):
    """Makes a program of a notebook, with its text in comments."""

    file_extension = ".hy"
    output_mimetype = "text/x-hylang"

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> Any:
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        cells = [_cell(c.cell_type, c.source) for c in nb.cells if c.cell_type != "raw"]
        return export.program(cells), resources


def _cell(kind: str, source: str) -> Cell:
    if kind == "markdown":
        lines = (f";; {line}".rstrip() for line in source.splitlines())
        return Cell(LISP, "\n" + "\n".join(lines) + "\n")
    first, _, rest = source.partition("\n")
    if first.startswith("%%"):
        return Cell(_language(first[2:].strip()), rest)
    if first.startswith(("%", "!", "?")):  # a notebook's own
        return Cell(LISP, "\n".join(f";; {line}" for line in source.splitlines()))
    return Cell(LISP, source)


def _language(name: str) -> str:
    try:
        return target(name)
    except UnknownLanguage:
        return name
