"""Records with no natural layout: packed ones, and those aligned by an attribute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import clang

_NATURAL = 16


def padded(cursor: Any, declare: Callable[[Any, str], str]) -> str | None:
    """The body of such a record, for packing: its gaps are members. None where it is natural.

    Records with bit-fields or unnamed members are left as they are; whoever binds them compares
    sizes and offsets.
    """
    fields = []
    for child in cursor.get_children():
        kind = clang.kind_of(child)
        if kind == "FIELD_DECL" and not child.is_bitfield():
            fields.append(child)
        elif kind in ("FIELD_DECL", "STRUCT_DECL", "UNION_DECL"):
            return None
    size = cursor.type.get_size()
    spans = [(f.get_field_offsetof() // 8, f.type.get_size(), f.type.get_align()) for f in fields]
    if size < 0 or any(offset < 0 for offset, _, _ in spans) or _is_natural(spans, size):
        return None
    parts, end = [], 0
    for field, (offset, width, _) in zip(fields, spans, strict=True):
        parts += _gap(end, offset)
        parts.append(f"{declare(field.type, field.spelling)};")
        end = offset + max(width, 0)
    return f"{{ {' '.join([*parts, *_gap(end, size)])} }}"


def _is_natural(spans: list[tuple[int, int, int]], size: int) -> bool:
    """True where each member stands at the next multiple of its own alignment."""
    end, widest = 0, 1
    for offset, width, align in spans:
        if align > _NATURAL or align < 1 or offset != -(-end // align) * align:
            return False
        end, widest = offset + max(width, 0), max(widest, align)
    return size == -(-end // widest) * widest


def _gap(end: int, start: int) -> list[str]:
    return [f"unsigned char polyhy_gap_{end}[{start - end}];"] if start > end else []
