"""Buffers: memory that both sides see, and that neither lets go while the other looks at it."""

from __future__ import annotations

import array
import ctypes
from functools import cache
from typing import TYPE_CHECKING, Any

from .proxies import LuaObject

if TYPE_CHECKING:
    from .bridge import Lua

_C: dict[str, tuple[Any, str, str]] = {
    "b": (ctypes.c_int8, "int8_t", "char"),
    "B": (ctypes.c_uint8, "uint8_t", "unsigned char"),
    "h": (ctypes.c_int16, "int16_t", "short"),
    "H": (ctypes.c_uint16, "uint16_t", "unsigned short"),
    "i": (ctypes.c_int32, "int32_t", "int"),
    "I": (ctypes.c_uint32, "uint32_t", "unsigned int"),
    "q": (ctypes.c_int64, "int64_t", "int64_t"),
    "Q": (ctypes.c_uint64, "uint64_t", "uint64_t"),
    "f": (ctypes.c_float, "float", "float"),
    "d": (ctypes.c_double, "double", "double"),
    "?": (ctypes.c_bool, "bool", "bool"),
}
"""By the code of an item: its type in Python, in C, and as LuaJIT prints it."""

ITEMS = {code: item for code, (_, item, _) in _C.items()}
CODES = {printed: code for code, (_, _, printed) in _C.items()}
_LONGS = {"l": "q", "L": "Q"} if ctypes.sizeof(ctypes.c_long) == 8 else {"l": "i", "L": "I"}
_PLAIN = (memoryview, bytearray, array.array)


def is_buffer(x: Any) -> bool:
    """True for memory with items: a memoryview, a bytearray, an array, numpy's arrays."""
    kind = type(x)
    return kind in _PLAIN or (kind.__module__ == "numpy" and kind.__name__ == "ndarray")


def lend(bridge: Lua, x: Any) -> Any:
    """The cdata for a buffer; None where its items, or how they lie, are none of C's arrays."""
    view = memoryview(x)
    code = view.format.lstrip("@=")
    code = _LONGS.get(code, code)
    if view.ndim != 1 or not view.c_contiguous or code not in _C:
        return None
    address = int(_ffi().cast("uintptr_t", _ffi().from_buffer(view)))
    loan = _loan(x)
    kind = f"const {code}" if view.readonly else code
    ref = bridge.send.by_ref
    return bridge.guest["buffer"](ref(x), ref(loan), kind, address, len(view))


def borrow(bridge: Lua, native: Any, code: str, address: int, count: int) -> memoryview:
    """A memoryview of a Lua array, which lives as long as the view."""
    items = (_C[code][0] * int(count)).from_address(int(address))
    items.owner = LuaObject(bridge, native)
    form: Any = code
    return memoryview(items).cast("B").cast(form)


def _loan(x: Any) -> Any:
    """What keeps memory in place: while cffi holds a bytearray, it can't be resized.

    Of a memoryview it holds the owner. CPython's collector clears a view before cffi lets it go
    (cffi 2.1, CPython 3.11), and the process ends.
    """
    owner = x
    while type(owner) is memoryview and owner.obj is not None:
        owner = owner.obj
    try:
        return _ffi().from_buffer(owner)
    except (TypeError, ValueError):  # an owner whose items lie apart
        return _ffi().from_buffer(x)


@cache
def _ffi() -> Any:
    from cffi import FFI

    return FFI()
