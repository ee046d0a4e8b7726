"""What the parts of Lua's Target share: how tightly operators bind, names and literal texts."""

from __future__ import annotations

import re

from .words import KEYWORDS

# How tightly operators bind. What is not a name or a call stands in parentheses before `.` and `(`.
OR, AND, ORDER, JOIN, SUM, PRODUCT, UNARY, POWER, PLAIN, CALL = 1, 2, 3, 5, 6, 7, 8, 9, 17, 18


def quoted(value: bytes) -> str:
    """A literal text: what is not plain ASCII by its number."""
    return (
        '"'
        + "".join(_ESCAPES.get(x) or (chr(x) if 32 <= x < 127 else f"\\{x:03d}") for x in value)
        + '"'
    )


_ESCAPES = {34: '\\"', 92: "\\\\", 10: "\\n", 13: "\\r", 9: "\\t"}


def is_name(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z_]\w*", text)) and text not in KEYWORDS


def access(name: str) -> str:
    return f".{name}" if is_name(name) else f"[{quoted(name.encode())}]"


def field(name: str) -> str:
    return name if is_name(name) else f"[{quoted(name.encode())}]"
