"""What was typed, as a program that runs: for `:save`, and for scripts of notebooks."""

from __future__ import annotations

from collections.abc import Iterable

from polyhy.sessions.session import LISP, Cell

HEAD = "(require polyhy * :readers *)\n"


def program(cells: Iterable[Cell]) -> str:
    """The text of a program: cells of Hy as they are, guests' cells share its names as well."""
    return "\n".join([HEAD, *(c.source if c.target == LISP else _quoted(c) for c in cells), ""])


def _quoted(cell: Cell) -> str:
    """Put the text of a guest into a call, in a bracket string that it can't end."""
    mark = "=" * next(n for n in range(99) if f"]{'=' * n}]" not in cell.source)
    text = f"#[{mark}[\n{cell.source}\n]{mark}]"
    return f'(hy.I.polyhy/guests/host.cell "{cell.target}" {text} "<{cell.target}>:1" (globals))'
