"""Buffers, lent both ways without a copy: whose memory it is, and until when it is held.

Python's memory goes to a script as an ArrayBuffer over it, and is held until the script has let go
of that. A script's memory comes as a ctypes block, which pins its ArrayBuffer: the engine then
neither detaches, resizes, grows nor collects it, until the last view of the block is gone.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import byref, c_uint64
from typing import TYPE_CHECKING, Any, Final

from polyhy import owner
from polyhy.errors import ConversionError

from . import native

if TYPE_CHECKING:
    from .engine_guest import EngineGuest
    from .holding import Number

KINDS: Final = {
    **dict.fromkeys(("B", "c"), "Uint8Array"),
    "b": "Int8Array",
    "h": "Int16Array",
    "H": "Uint16Array",
    "i": "Int32Array",
    "I": "Uint32Array",
    "e": "Float16Array",
    "f": "Float32Array",
    "d": "Float64Array",
    **dict.fromkeys("ql", "BigInt64Array"),
    **dict.fromkeys("QL", "BigUint64Array"),
}
"""The typed array for a format of Python's buffers, where its size is the same."""

_TYPES: Final = {
    "Int8Array": "i1",
    "Int16Array": "i2",
    "Uint16Array": "u2",
    "Int32Array": "i4",
    "Uint32Array": "u4",
    "Float16Array": "f2",
    "Float32Array": "f4",
    "Float64Array": "f8",
    "BigInt64Array": "i8",
    "BigUint64Array": "u8",
}
"""numpy's name for the elements of a typed array; bytes for all other views."""

_FORMATS: Final = {
    **{name: code for code, name in KINDS.items() if code not in "cqlQL"},
    "BigInt64Array": "q",
    "BigUint64Array": "Q",
}
_ORDER = "<" if sys.byteorder == "little" else ">"


# --- Python's memory, for a script


def outline(x: Any, path: str) -> tuple[str, int, list[int]] | None:
    """The typed array, bytes and shape that a buffer is to a script; None where `x` is none.

    ConversionError for one that a script could not use in place.
    """
    try:
        view = memoryview(x)
    except (TypeError, ValueError, BufferError):
        return _refuse(x, path)
    kind = KINDS.get(_format(view))
    if kind is None:
        return _refuse(x, path)
    if not view.c_contiguous:
        raise ConversionError(
            "this buffer's elements do not lie one after another",
            path=path,
            hint="send a copy: numpy.ascontiguousarray(x)",
        )
    if view.readonly:
        raise ConversionError(
            "this buffer is read-only, and a script could write in it",
            path=path,
            hint="send a copy: bytes(x), or x.copy() of an array",
        )
    return kind, view.nbytes, list(view.shape or ())


def _refuse(x: Any, path: str) -> None:
    if type(x).__module__ == "numpy" and hasattr(type(x), "dtype"):
        raise ConversionError(
            f"JavaScript has no typed array of {x.dtype}",
            path=path,
            hint='send it as numbers (x.astype("f8")), or as a list (x.tolist())',
        )


def _format(view: memoryview) -> str:
    code = view.format.lstrip("@")
    if code[:1] in (_ORDER, "=") and len(code) == 2:
        code = code[1:]
    if code in "lL" and view.itemsize == 4:
        return {"l": "i", "L": "I"}[code]
    return code


class Loan:
    """Memory of Python's that the engine may use, until `close` says that it may not any more.

    The engine never lets go of a reference to what it borrowed, and gives back another from a
    thread that does not hold Python's lock. So it borrows an alias that nobody else knows.
    """

    def __init__(self, x: Any) -> None:
        self.owner = memoryview(x)
        self.size = self.owner.nbytes
        flat = self.owner.cast("B") if self.owner.ndim else self.owner
        address = ctypes.addressof(ctypes.c_char.from_buffer(flat))
        self.alias: Any = memoryview((ctypes.c_ubyte * self.size).from_address(address)).cast("B")

    def close(self) -> bool:
        """Give the memory back; False while the engine has not done so itself."""
        if sys.getrefcount(self.alias) > _LEAKED:
            return False
        self.owner.release()
        ctypes.pythonapi.Py_DecRef(ctypes.py_object(self.alias))
        return True


_LEAKED = 3  # references to an alias: the loan's, the engine's lost one, and getrefcount's own


# --- a script's memory, for Python


class Pin:
    """An ArrayBuffer whose memory stays where it is while this lives."""

    __slots__ = ("__weakref__", "_guest", "address", "buffer")

    def __init__(self, guest: EngineGuest, buffer: Number) -> None:
        self._guest, self.buffer = guest, buffer
        self.address = _pin(guest, buffer)

    @owner.shelter
    def __del__(self) -> None:
        self._guest.unpinned.append(self.buffer)


def interface(guest: EngineGuest, native_number: int) -> dict[str, Any] | None:
    """numpy's `__array_interface__` of a typed array, DataView or ArrayBuffer; None of others."""
    found = _memory(guest, native_number)
    if found is None:
        return None
    name, count, block = found
    kind = _TYPES.get(name, "u1")
    typestr = ("|" if kind[1] == "1" else _ORDER) + kind
    return {"version": 3, "shape": (count,), "typestr": typestr, "data": block}


def view(guest: EngineGuest, native_number: int) -> memoryview:
    """A memoryview of a typed array, DataView or ArrayBuffer."""
    found = _memory(guest, native_number)
    if found is None:
        raise TypeError("this js object has no memory to view")
    name, _, block = found
    flat: Any = memoryview(block).cast("B")
    return flat.cast(_FORMATS.get(name, "B"))


def unpin(guest: EngineGuest, buffer: Number) -> None:
    """Let the engine move and free an ArrayBuffer again, unless there is a new view of it."""
    if buffer not in guest.pins:
        with _found(guest, buffer, keep=False) as address:
            native.function("PinArrayBufferOrViewLength")(address(), False)


def _memory(guest: EngineGuest, number: int) -> tuple[str, int, Any] | None:
    """The kind of a view, its elements, and its memory, which holds the pin; None of others."""
    if not guest.lends or not guest.ask("memory", number):
        return None
    buffer = guest.ask("bufferOf", number).__native__
    pin = owner.run(lambda: _pinned(guest, buffer))
    kind, start, size, count = guest.ask("memory", number)  # what it stays from now on
    block: Any = ctypes.c_ubyte * size
    if not size:
        return kind, count, block()
    block = block.from_address(pin.address + start)
    block.pin = pin
    return kind, count, block


def _pinned(guest: EngineGuest, buffer: Number) -> Pin:
    pin = guest.pins.get(buffer)
    if pin is None:
        pin = guest.pins[int(buffer)] = Pin(guest, buffer)
    return pin


def _pin(guest: EngineGuest, number: Number) -> int:
    """Pin an ArrayBuffer, and return the address of its memory."""
    with _found(guest, number, keep=True) as address:
        native.function("EnsureNonInlineArrayBufferOrView")(native.context(), address())
        found, shared = address(), ctypes.c_bool()  # it may have moved
        native.function("PinArrayBufferOrViewLength")(found, True)
        return native.function("GetArrayBufferData")(found, byref(shared), byref(shared)) or 0


_places = list(range(100))  # of the global object, which keeps something of each that it ever had


@contextmanager
def _found(guest: EngineGuest, number: Number, *, keep: bool) -> Iterator[Callable[[], int]]:
    """Gives the address of an object of the guest's, each time that it is asked for.

    An address is good until the engine runs again, so nothing else may run within: no call of
    another thread, no finalizer.
    """
    cx, at = native.context(), _places.pop()
    realm, value = c_uint64(native.function("CurrentGlobalOrNull")(cx)), c_uint64()

    def address() -> int:
        native.function("GetElement")(cx, byref(realm), at, byref(value))
        return native.object_address(value.value)

    try:
        guest.ask("expose", number, at)
        with owner.undisturbed(), _uncollected():
            yield address
    finally:
        guest.ask("cover", number, at, not keep)
        _places.append(at)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let Python's collector rest."""
    runs = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if runs:
            gc.enable()
