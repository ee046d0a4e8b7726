"""How notebooks show values: data in Hy's notation, lists of dicts as tables too."""

from __future__ import annotations

from html import escape
from typing import Any

from polyhy.front import present

_DATA = (list, tuple, dict, set, frozenset, str, bytes, bool, int, float, complex)


def install(formatter: Any) -> None:
    """Teach IPython's display formatter."""
    for kind in _DATA:
        formatter.formatters["text/plain"].for_type(kind, _plain)
    formatter.formatters["text/html"].for_type(list, html)


def html(value: Any) -> str | None:
    """A list of dicts with the same keys as a table of HTML; None for other lists."""
    if not present.is_table(value):
        return None
    shown, rest = value[: present.MOST_ROWS], len(value) - present.MOST_ROWS
    head = "".join(f"<th>{escape(name)}</th>" for name in shown[0])
    rows = ("".join(f"<td>{escape(present.cell(x))}</td>" for x in row.values()) for row in shown)
    more = f"<caption>{rest:,} more rows</caption>" if rest > 0 else ""
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table>{more}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _plain(value: Any, printer: Any, cycle: bool) -> None:
    printer.text("…" if cycle else present.text(value))
