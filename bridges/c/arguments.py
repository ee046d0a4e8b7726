"""What generated functions use: the mark of an argument left out, lengths, signatures."""

from __future__ import annotations

import inspect
from keyword import iskeyword
from typing import Any

from .errors import Refused
from .plan import Plan


class _Auto:
    def __repr__(self) -> str:
        return "…"


AUTO = _Auto()
"""The place of an argument that was left out, to be filled in."""


def signature(plan: Plan) -> inspect.Signature:
    """What Python's `help` shows: what may be left out has a default."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    slots = plan.short if plan.spread else plan.slots
    parameters = [
        inspect.Parameter(
            slot.name,
            kind,
            default=AUTO if slot.optional or slot.filled else inspect.Parameter.empty,
            annotation=slot.parameter.type,
        )
        for slot in slots
    ]
    if plan.function.variadic:
        parameters.append(inspect.Parameter("more", inspect.Parameter.VAR_POSITIONAL))
    return inspect.Signature(parameters, return_annotation=plan.function.result)


def some(*parts: Any) -> Any:
    """What is returned where the caller gave some places himself."""
    asked = tuple(x for x in parts if x is not AUTO)
    return asked[0] if len(asked) == 1 else asked or None


def length(x: Any) -> int:
    """How many items a buffer has; -1 for a bare pointer."""
    try:
        return len(x)
    except TypeError:
        return -1


def readable(x: Any) -> int:
    """The same for what C only reads: it finds nothing at NULL."""
    try:
        return len(x)
    except TypeError:
        return -1 if x else 0


def single(x: float) -> None:
    """Refuse a number that a `float` of C would make infinite."""
    if x - x == 0:
        raise Refused(f"{x} does not fit a float of 4 bytes")


def small(length: int, size: int, name: str) -> None:
    held = f"holds {size} items" if size else "is empty or NULL"
    raise Refused(f"{name} {held}, and C is told that there are {length}")


def unknown(name: str) -> int:
    raise Refused(f"how long it is can't be told: say {name} yourself")


def null() -> None:
    raise Refused("the header says that it may not be NULL")


def char(x: Any) -> Any:
    if isinstance(x, str):
        return x.encode("latin-1")
    if not isinstance(x, int):
        return x
    if not -128 <= x < 256:
        raise Refused(f"{x} is no char")
    return bytes([x & 255])


def python_name(name: str) -> str:
    return name if name.isidentifier() and not iskeyword(name) else "function"
