"""A `va_list` made from values: all its registers used up, the values in memory behind them."""

from __future__ import annotations

import platform
import struct
import sys
from collections.abc import Sequence
from typing import Any

_SYSV = "IIPP"  # gp_offset, fp_offset, overflow_arg_area, reg_save_area
_ARM = "PPPii"  # stack, gr_top, vr_top, gr_offs, vr_offs
_REGISTERS = (48, 304)


def make(ffi: Any, items: Sequence[Any]) -> tuple[Any, Any]:
    """A pointer to a va_list of these C values, each of 8 bytes; and its memory."""
    memory = ffi.new("char[]", b"".join(_bytes(ffi, item) for item in items) + bytes(8))
    at = int(ffi.cast("uintptr_t", memory))
    machine = platform.machine()
    if sys.platform == "darwin" and machine == "arm64":
        return ffi.cast("void *", memory), memory
    if machine in ("aarch64", "arm64"):
        head = struct.pack(_ARM, at, 0, 0, 0, 0)
    elif machine in ("x86_64", "AMD64") and sys.platform != "win32":
        head = struct.pack(_SYSV, *_REGISTERS, at, 0)
    else:
        raise TypeError(f"what a va_list is on {machine} is not known")
    made = ffi.new("char[]", head)
    return ffi.cast("void *", made), (made, memory)


def _bytes(ffi: Any, item: Any) -> bytes:
    type = ffi.typeof(item)
    if type.cname == "double":
        return struct.pack("d", float(item))
    if type.kind == "primitive":
        return struct.pack("q" if int(item) < 0 else "Q", int(item))
    return struct.pack("P", int(ffi.cast("uintptr_t", item)))
