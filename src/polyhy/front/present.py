"""Values as a prompt shows them: Hy's own notation, and tables for lists of dicts."""

from __future__ import annotations

from io import StringIO
from typing import Any

LONGEST, LONGEST_SEEN = 50_000, 10_000
"""More letters than these are not shown, at a terminal fewer; the value itself is whole."""

MOST_ROWS, MOST_COLUMNS = 40, 12


def text(value: Any, longest: int = LONGEST) -> str:
    """Write a value as Hy would: what a pipe, a dumb terminal or an editor shows."""
    import hy

    written = hy.repr(value).encode("utf-8", "backslashreplace").decode()
    if len(written) <= longest:
        return written
    rest = len(written) - longest
    return f"{written[:longest]}…\n({rest:,} more characters; the value is whole in *1)"


def terminal(value: Any, width: int) -> str:
    """Write a value for a terminal of `width` columns: a table if it is one."""
    if _is_rich(value):
        return _rich(value, width)
    if is_table(value):
        return _rich(_table(value), width)
    return text(value, LONGEST_SEEN)


def is_table(value: Any) -> bool:
    """True for a list of at least two dicts with the same few keys."""
    if type(value) is not list or len(value) < 2 or not all(type(row) is dict for row in value):
        return False
    keys = value[0].keys()
    named = 0 < len(keys) <= MOST_COLUMNS and all(isinstance(key, str) for key in keys)
    return named and all(row.keys() == keys for row in value)


def _table(rows: list[dict[str, Any]]) -> Any:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in rows[0]:
        numbers = all(isinstance(row[name], (int, float)) for row in rows)
        table.add_column(escape(name), justify="right" if numbers else "left", overflow="fold")
    for row in rows[:MOST_ROWS]:
        table.add_row(*(escape(cell(value)) for value in row.values()))
    if len(rows) > MOST_ROWS:
        table.caption = f"{len(rows) - MOST_ROWS:,} more rows; the value is whole in *1"
    return table


def cell(value: Any) -> str:
    """A value as it stands in a table: texts bare."""
    import hy

    return value if isinstance(value, str) else hy.repr(value)


def _is_rich(value: Any) -> bool:
    kind = type(value)
    return hasattr(kind, "__rich__") or hasattr(kind, "__rich_console__")


def _rich(value: Any, width: int) -> str:
    from rich.console import Console

    stream = StringIO()
    Console(file=stream, width=width, force_terminal=True, highlight=False).print(value)
    return stream.getvalue().rstrip("\n")
