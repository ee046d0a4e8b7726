"""What the parts of JavaScript's Target share: how tightly operators bind, and blocks."""

from __future__ import annotations

from polyhy.emit import Block
from polyhy.emit.code import block

# How tightly operators bind.
ARROW, CHOICE, OR, AND, EQUAL, ORDER, SUM, PRODUCT, UNARY, CALL = 1, 2, 3, 4, 9, 10, 12, 13, 15, 18


def braces(body: Block) -> str:
    return f"{{{block(body)}}}" if body else "{}"
