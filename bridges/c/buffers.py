"""Python's buffers lent to C: bytes, arrays, whatever holds numbers side by side. No copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from polyhy.values import Lent

from .errors import Freed, Refused
from .handles import Handle
from .shape import Shape

if TYPE_CHECKING:
    from .cross import Cross

_FORMATS = {"real": "fd", "int": "bBhHiIlLqQnN", "bool": "?", "char": "cbB"}
_KINDS = {"real": "floats", "int": "integers", "bool": "booleans", "char": "characters"}


def buffer(cross: Cross, shape: Shape) -> Callable[[Any], Any]:
    """Make the conversion for a pointer to numbers or bytes."""
    to, writable = shape.to or Shape("void"), not shape.const
    bytelike = to.kind == "void" or to.size == 1
    item = "char" if bytelike else f"int{8 * to.size}_t" if to.kind == "enum" else to.name
    formats = "" if bytelike else _FORMATS.get(to.kind, "")
    array, size = cross.ffi.typeof(f"{item}[]"), to.size
    from_buffer, others = cross.ffi.from_buffer, _Others(cross, item, array, bytelike, writable)

    def convert(x: Any) -> Any:
        try:
            view = memoryview(x)
        except TypeError:
            return others.convert(x)
        if bytelike and not writable and x.__class__ is bytes:
            return x
        if not view.c_contiguous:
            raise Refused("its items do not lie side by side; copy it: numpy.ascontiguousarray(x)")
        if formats and (view.itemsize != size or view.format[-1] not in formats):
            raise Refused(_wrong_items(view, to))
        if writable and view.readonly:
            raise Refused("C may write to it, and it is read-only; pass a bytearray")
        return from_buffer(array, x)

    return convert


class _Others:
    """What is no buffer and may stand for one."""

    def __init__(self, cross: Cross, item: str, array: Any, bytelike: bool, writable: bool) -> None:
        self.cross, self.item, self.array = cross, item, array
        self.bytelike, self.writable = bytelike, writable

    def convert(self, x: Any) -> Any:
        cross = self.cross
        if x is None:
            return cross.null
        if isinstance(x, cross.cdata):
            return x
        if isinstance(x, Handle):
            return cross.given(x)
        if isinstance(x, Lent):
            return self.convert(x.value)
        if self.bytelike and isinstance(x, str) and not self.writable:
            return x.encode()
        if isinstance(x, (list, tuple)):
            if self.writable:
                raise Refused("C may write to it: pass a numpy array or array.array")
            if not self.bytelike:
                return cross.ffi.new(self.array, x)
        raise Refused(f"C wants a buffer of {self.item}, not {article(x)}")


def lent(ffi: Any, x: Any, *, writable: bool) -> Any:
    """The bytes of a buffer, where they are."""
    try:
        return ffi.from_buffer("char[]", x, require_writable=writable)
    except (BufferError, TypeError, ValueError) as error:
        if "read-only" in str(error) or "writable" in str(error):
            raise Refused("C may write to it, and it is read-only; pass a bytearray") from None
        raise Refused(f"its memory can't be lent: {error}") from None


def has_buffer(x: Any) -> bool:
    try:
        memoryview(x).release()
    except TypeError:
        return False
    return True


def check_alive(handle: Handle) -> None:
    """Raise Freed for a handle that C has freed."""
    if type(handle).__freed__:
        raise Freed(what=f"this {type(handle).__name__}")


def article(x: Any) -> str:
    return f"a value of type {type(x).__name__}"


def _wrong_items(view: memoryview[Any], to: Shape) -> str:
    kind = _KINDS.get(to.kind, "items")
    held = f"it holds {view.format!r} of {view.itemsize}"
    return f"C wants {kind} of {to.size} bytes, and {held}"
