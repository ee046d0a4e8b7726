"""Buffers: one memory for both, items from 1, bounds kept, and each side keeps it alive."""

from __future__ import annotations

import array
import gc
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

Eval = Callable[[str], Any]

SUM = "function(b) local s = 0 for i = 1, #b do s = s + b[i] end return s end"


@pytest.mark.parametrize(
    "kind", ["f8", "f4", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "bool"]
)
def test_an_array_of_numpy_is_read_and_written_in_place(lua: Eval, kind: str) -> None:
    xs = np.array([1, 0, 1], dtype=kind)
    value = "true" if kind == "bool" else "7"
    change = lua(f"function(b) b[2] = {value} return #b, b[1], b[4], b[0], b end")
    length, first, beyond, before, same = change(xs)
    assert (length, first, beyond, before) == (3, 1, None, None)
    assert same is xs
    assert xs.tolist() == [1, 7 if kind != "bool" else True, 1]


@pytest.mark.parametrize(
    "make",
    [
        lambda: bytearray(b"\1\2\3"),
        lambda: memoryview(bytearray(b"\1\2\3")),
        lambda: array.array("d", [1, 2, 3]),
        lambda: array.array("l", [1, 2, 3]),
    ],
)
def test_memory_of_python_is_a_buffer(lua: Eval, make: Callable[[], Any]) -> None:
    xs = make()
    assert lua(SUM)(xs) == 6
    lua("function(b) b[1] = 5 end")(xs)
    assert list(xs) == [5, 2, 3]


def test_ten_megabytes_are_lent_and_not_copied(jit: Eval) -> None:
    import time

    xs, total = np.ones(1_250_000), jit(SUM)
    assert total(xs) == 1_250_000
    best, length = 1.0, jit("function(b) return #b end")
    for _ in range(20):
        began = time.perf_counter()
        assert length(xs) == 1_250_000
        best = min(best, time.perf_counter() - began)
    assert best < 0.001
    began = time.perf_counter()
    total(xs)
    assert time.perf_counter() - began < 0.1


def test_a_buffer_keeps_to_its_bounds(lua: Eval) -> None:
    xs = np.zeros(2)
    for index in ("0", "3", "-1"):
        with pytest.raises(Exception, match=r"no item|Lua counts from 1|out of bounds"):
            lua(f"function(b) b[{index}] = 1 end")(xs)
    assert xs.tolist() == [0, 0]


def test_a_view_that_is_read_only_stays_so(lua: Eval) -> None:
    frozen = np.array([1.0, 2.0])
    frozen.flags.writeable = False
    assert lua(SUM)(frozen) == 3
    assert lua(SUM)(memoryview(b"\1\2")) == 3
    for xs in (frozen, memoryview(b"\1\2")):
        with pytest.raises(Exception, match=r"read-only|read only"):
            lua("function(b) b[1] = 9 end")(xs)


def test_the_owner_lives_as_long_as_the_buffer(lua: Eval) -> None:
    xs = np.arange(1000.0)
    gone = weakref.ref(xs)
    keep = lua(
        "(function() local kept return function(b) kept = b or kept return kept[10] end end)()"
    )
    assert keep(xs) == 9
    del xs
    gc.collect()
    assert gone() is not None
    assert keep() == 9


def test_a_buffer_that_lua_forgets_is_let_go(jit: Eval) -> None:
    xs = np.arange(1000.0)
    gone = weakref.ref(xs)
    assert jit("function(b) return b[1] end")(xs) == 0
    del xs
    for _ in range(4):
        jit("collectgarbage()")
        gc.collect()
    assert gone() is None


def test_memory_that_is_lent_is_not_moved(jit: Eval) -> None:
    xs = bytearray(b"abc")
    keep = jit("(function() local kept return function(b) kept = b end end)()")
    keep(xs)
    with pytest.raises(BufferError):
        xs += b"more"
    keep(None)
    for _ in range(4):
        jit("collectgarbage()")
        gc.collect()
    xs += b"more"


def test_an_array_keeps_its_attributes(lua: Eval) -> None:
    assert lua("function(b) return b.size, b.sum() end")(np.array([1.0, 2.5])) == (2, 3.5)


def test_what_is_no_flat_array_is_an_object(lua: Eval) -> None:
    for xs in (np.zeros((2, 2)), np.zeros(6)[::2], np.array(["a"]), np.zeros(2, dtype="c16")):
        same, size = lua("function(o) return o, o.size end")(xs)
        assert same is xs
        assert size == xs.size


def test_an_array_of_luajit_is_memory_in_python(jit: Eval) -> None:
    make, look = jit("""(function()
        local ffi = require 'ffi'
        local xs = ffi.new('double[?]', 3, 1.5)
        return function() return xs end, function() return xs[2] end
    end)()""")
    view = make()
    assert (type(view), view.format, list(view)) == (memoryview, "d", [1.5, 1.5, 1.5])
    view[2] = 9
    assert look() == 9
    assert np.asarray(view).sum() == 12
    once = jit("require('ffi').new('int32_t[4]', {1, 2, 3, 4})")
    for _ in range(3):
        jit("collectgarbage()")
    assert once.tolist() == [1, 2, 3, 4]
    assert jit("require('ffi').new('uint8_t[3]')").nbytes == 3
    assert "cdata" in repr(jit("require('ffi').new('struct {int x;}')"))
