"""What a script may do with a Python object, besides reading its attributes: see lent.js."""

from __future__ import annotations

import types
from functools import lru_cache, partial
from typing import Any, Final

from polyhy.values import places

CALL: Final = 1
CONSTRUCT: Final = 2
_ABILITIES = {
    "__call__": CALL,
    "__iter__": 4,
    "__next__": 8,
    "__aiter__": 16,
    "__await__": 32,
    "__exit__": 64,
    "__aexit__": 128,
}


@lru_cache(maxsize=1024)
def abilities(kind: type) -> int:
    """What objects of a type can do in a script, in the bits of lent.js."""
    return sum(
        bit
        for name, bit in _ABILITIES.items()
        if any(vars(base).get(name) is not None for base in kind.__mro__)
    )


def outline_of(x: Any) -> list[Any]:
    """What a script sees of a function without calling it: how many places it has, and a name."""
    known = isinstance(x, (type, *FUNCTIONS))
    name = getattr(x if known else type(x), "__name__", "")
    count = places(x if known else type(x).__call__)
    name = name.encode("ascii", "replace").decode()
    return [count if known or count < 0 else count - 1, name]


FUNCTIONS = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodWrapperType,
    partial,
)
