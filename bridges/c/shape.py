"""What the reader says of a declaration, and the binding acts on: the words of an index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Shape(NamedTuple):
    """A C type as far as a call cares.

    `kind` is one of void, int, real, bool, char, wide (long double), complex, enum, record,
    pointer, callback, valist. Of a pointer, `const` and `to` tell what it points to. `size` is in
    bytes, 0 for what has none; `name` is that of a record's tag, an enum, or a typedef.
    """

    kind: str
    name: str = ""
    size: int = 0
    const: bool = False
    to: Shape | None = None

    @classmethod
    def load(cls, stored: Sequence[Any]) -> Shape:
        kind, name, size, const, to = stored
        return cls(kind, name, size, const, cls.load(to) if to else None)


class Parameter(NamedTuple):
    """A parameter: its name (empty where the header gives none), its C type, its shape."""

    name: str
    type: str
    shape: Shape
    nonnull: bool = False


@dataclass(frozen=True)
class Function:
    """A function, a static inline, or a macro that is called like one."""

    name: str
    declaration: str
    parameters: tuple[Parameter, ...]
    result: str
    shape: Shape
    variadic: bool = False
    inline: bool = False
    where: str = ""
    doc: str = field(default="", compare=False)

    @classmethod
    def load(cls, name: str, record: dict[str, Any]) -> Function:
        parameters = tuple(
            Parameter(n, t, Shape.load(s), nonnull) for n, t, s, nonnull in record["parameters"]
        )
        rest = {key: record[key] for key in ("declaration", "result", "variadic", "inline")}
        return cls(
            name=name,
            parameters=parameters,
            shape=Shape.load(record["shape"]),
            where=record.get("where", ""),
            doc=record.get("doc", ""),
            **rest,
        )

    def store(self) -> dict[str, Any]:
        record = {key: value for key, value in vars(self).items() if key != "name"}
        return {"kind": "function", **record}

    @property
    def has_complex(self) -> bool:
        """True where a complex number crosses by value, which libffi can't."""
        return "complex" in (self.shape.kind, *(p.shape.kind for p in self.parameters))

    @property
    def prototype(self) -> str:
        """`int deflate(z_stream *strm, int flush)`, as the header says it."""
        parts = [joined(p.type, p.name) for p in self.parameters]
        parts += ["..."] if self.variadic else []
        return f"{joined(self.result, self.name)}({', '.join(parts) or 'void'})"


def joined(type: str, name: str) -> str:
    """`joined("const char *", "path")` is `const char *path`."""
    if "(*" in type:
        return type.replace("(*", f"(*{name}", 1)
    base, bracket, length = type.partition("[")
    space = "" if base.endswith("*") or not name else " "
    return f"{base.rstrip()}{space}{name}{bracket}{length}"
