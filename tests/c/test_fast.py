"""`:fast True`: what is used is compiled in the background, takes over, and answers the same."""

from __future__ import annotations

import subprocess
import sys
import zlib as pythons
from typing import Any

import pytest

import polyhy
from polyhy.errors import ConversionError


def compiled(name: str, *used: str) -> Any:
    lib = polyhy.import_from("c", name, fast=True)
    for each in used:
        getattr(lib, each)
    assert lib.fast.wait(60)
    return lib


def test_numbers_go_straight_to_the_compiled_function() -> None:
    held = polyhy.import_from("c", "m", fast=True).cos
    lib = compiled("m", "cos", "frexp")
    assert "builtin" in type(lib.cos).__name__
    assert lib.cos(0.0) == held(0.0) == 1.0
    assert lib.frexp(8.0) == (0.5, 4)


def test_buffers_texts_and_handles_cross_as_before() -> None:
    lib = compiled("zlib", "crc32", "compress", "zlibVersion")
    assert lib.crc32(0, b"hello") == pythons.crc32(b"hello")
    packed = bytearray(40)
    assert lib.compress(packed, b"a" * 99)[0] == lib.Z_OK
    with pytest.raises(ConversionError, match="buf holds 5 items"):
        lib.crc32(0, b"hello", 9)
    sql = compiled("sqlite3", "sqlite3_open", "sqlite3_errmsg", "sqlite3_close")
    status, db = sql.sqlite3_open(":memory:")
    assert (status, db.errmsg(), db.close()) == (0, "not an error", 0)
    with pytest.raises(ReferenceError):
        db.errmsg()


def test_what_can_not_be_compiled_stays_as_it_was() -> None:
    lib = compiled("c", "qsort", "snprintf", "div", "abs")
    assert lib.div(7, 2).quot == 3
    room = bytearray(8)
    assert lib.snprintf(room, 8, "%d", 5) == 1
    assert lib.abs(-4) == 4


def test_what_was_compiled_before_is_there_at_once() -> None:
    program = """
import polyhy
hypot = polyhy.import_from("c", "m", ["hypot"], fast=True)[0]
assert hypot(3.0, 4.0) == 5.0
print(type(hypot).__name__)
polyhy.import_from("c", "m", fast=True).fast.wait(60)
"""
    words = [sys.executable, "-c", program]
    said = [
        subprocess.run(words, capture_output=True, text=True, check=True, timeout=100).stdout
        for _ in range(2)
    ]
    assert said[-1] == "builtin_function_or_method\n"
