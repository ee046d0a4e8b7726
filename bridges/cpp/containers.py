"""What C++ classes are given beyond cppyy: exact items, arrays that hold their vector, names."""

from __future__ import annotations

from typing import Any

from polyhy.errors import ConversionError
from polyhy.values import spellings

_ITEMS = {
    "bool": "?",
    "char": "cb",
    "double": "d",
    "float": "f",
    "int": "i",
    "long": "lq",
    "long long": "lq",
    "short": "h",
    "signed char": "b",
    "unsigned char": "B",
    "unsigned int": "I",
    "unsigned long": "LQ",
    "unsigned long long": "LQ",
    "unsigned short": "H",
}
"""The items of a buffer that a C++ type has, as Python's struct writes them."""


_INDEXED = frozenset({"std::vector", "std::deque"})


def answer_like_data(cls: Any, name: str) -> None:
    """Add to a class of C++ what Lisp expects; cppyy calls this once for each."""
    if name.startswith("std::vector<") and getattr(cls, "value_type", None) in _ITEMS:
        _fill_exactly(cls, _ITEMS[cls.value_type])
        cls.__array__ = _array
    if "std::string" in name:
        _give_texts(cls, name)
    if "__getattr__" not in cls.__dict__ and not name.startswith("std::"):
        cls.__getattr__ = _other_spelling


def _fill_exactly(cls: Any, items: str) -> None:
    """cppyy fills a vector from a buffer byte by byte, whatever its items are."""
    fill = cls.__dict__["__init__"]

    def __init__(self: Any, *args: Any) -> None:
        fill.__get__(self, type(self))(*(_items(args[0], items) if len(args) == 1 else args))

    cls.__init__ = __init__


def _items(x: Any, items: str) -> tuple[Any, ...]:
    try:
        view = memoryview(x)
    except TypeError:
        return (x,)
    if isinstance(x, (bytes, bytearray)):
        return (x,)
    if view.ndim != 1:
        raise ConversionError(f"a vector has one dimension, not {view.ndim}", path="args[0]")
    return (x,) if view.format in items and view.c_contiguous else (view.tolist(),)


class _Lent:
    """The memory of a vector, as numpy asks for it; it keeps the vector."""

    def __init__(self, owner: Any, interface: dict[str, Any]) -> None:
        self.owner, self.__array_interface__ = owner, interface


def _array(self: Any, dtype: Any = None, copy: Any = None) -> Any:
    import numpy as np
    from cppyy.ll import addressof  # pyright: ignore

    kind = np.dtype(_ITEMS[self.value_type][0])
    if not len(self):
        return np.empty(0, dtype or kind)
    at = addressof(self.data())
    interface = {"shape": (len(self),), "typestr": kind.str, "data": (at, False), "version": 3}
    made = np.asarray(_Lent(self, interface))
    made = made if dtype is None else made.astype(dtype, copy=False)
    return made.copy() if copy else made


def _give_texts(cls: Any, name: str) -> None:
    """Items that are texts arrive as str, like results."""
    if get := cls.__dict__.get("__getitem__"):
        cls.__getitem__ = lambda self, key: _text(get.__get__(self, type(self))(key))
        if name.partition("<")[0] in _INDEXED:
            cls.__iter__ = lambda self: (self[n] for n in range(len(self)))


def _text(x: Any) -> Any:
    return str(x) if getattr(type(x), "__cpp_name__", "") == "std::string" else x


def _other_spelling(self: Any, name: str) -> Any:
    """Called for a name that the class lacks: `add_all` may be its `addAll`."""
    for each in spellings(name)[1:]:
        if hasattr(type(self), each):
            return getattr(self, each)
    raise AttributeError(f"{type(self).__name__} has no {name!r}")
