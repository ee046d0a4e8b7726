"""Buffers are lent both ways: the same memory, for as long as either side looks at it."""

from __future__ import annotations

import array
import gc
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import polyhy
from polyhy.bridges.js.engine import core
from polyhy.errors import ConversionError

KINDS = {
    "Int8Array": "i1",
    "Uint8Array": "u1",
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


def address(x):
    return x.__array_interface__["data"][0]


def by_reference(source):
    return polyhy.by_ref(polyhy.evaluate("js", f"() => {source}"))()


# --- Python → JavaScript


@pytest.mark.parametrize(("kind", "dtype"), KINDS.items())
def test_a_numpy_array_is_a_typed_array_over_the_same_memory(js, kind, dtype):
    xs = np.arange(5).astype(dtype)
    one = "1n" if kind.startswith("Big") else "1"
    assert js(f"xs => xs instanceof {kind} && xs.length === 5 && xs[4] > xs[3]")(xs) is True
    js(f"xs => {{ xs[2] = {one} }}")(xs)
    assert xs[2] == 1


def test_the_address_is_the_same_there_and_back(js):
    xs = np.arange(10.0)
    other = by_reference("new Float64Array(1)")  # what has no memory of Python's
    assert address(np.asarray(js("xs => xs.subarray(0)")(xs))) == address(xs)
    assert address(np.asarray(other)) != address(xs)


def test_a_buffer_comes_home_as_itself(js):
    for x in (np.arange(3.0), array.array("d", [1.0]), memoryview(bytearray(b"ab"))):
        assert js("x => x")(x) is x
        assert js("x => [x]")(x)[0] is x


@pytest.mark.parametrize(
    ("x", "kind"),
    [
        (array.array("i", [1, 2]), "Int32Array"),
        (array.array("d", [1, 2]), "Float64Array"),
        (memoryview(bytearray(b"ab")), "Uint8Array"),
        (memoryview(array.array("H", [1, 2])), "Uint16Array"),
    ],
)
def test_other_buffers_are_lent_too(js, x, kind):
    js("x => { x[1] = 7 }")(x)
    assert x[1] == 7
    assert js("x => x.constructor.name")(x) == kind


def test_an_array_of_two_dimensions_is_lent_row_by_row_with_its_shape(js):
    xs = np.arange(6.0).reshape(2, 3)
    js("xs => { xs[xs.shape[1]] = 70 }")(xs)
    assert xs[1, 0] == 70
    assert js("xs => Array.from(xs)")(xs) == [0, 1, 2, 70, 4, 5]


def test_an_empty_array_is_lent(js):
    xs = np.zeros(0)
    assert js("xs => xs.length")(xs) == 0
    assert js("xs => xs")(xs) is xs


@pytest.mark.parametrize(
    ("x", "message", "way_out"),
    [
        (np.arange(10.0)[::2], "one after another", "ascontiguousarray"),
        (np.arange(6.0).reshape(2, 3).T, "one after another", "ascontiguousarray"),
        (np.broadcast_to(np.arange(3.0), (2, 3)), "one after another", "ascontiguousarray"),
        (memoryview(b"abc"), "read-only", "bytes"),
        (np.array([1 + 2j]), "complex128", "astype"),
        (np.array(["a"]), "<U1", "tolist"),
        (np.array([None]), "object", "tolist"),
        (np.array([True]), "bool", "astype"),
        (np.array([1], ">i4"), ">i4", "astype"),
        (np.array(["2024-01-01"], "M8[D]"), "datetime64", "tolist"),
    ],
)
def test_what_a_script_could_not_use_in_place_is_refused_with_a_way_out(js, x, message, way_out):
    with pytest.raises(ConversionError) as caught:
        js("x => x")({"x": x})
    assert str(caught.value).startswith("args[0].x: ")
    assert message in str(caught.value)
    assert way_out in str(caught.value)


def test_a_read_only_array_is_refused(js):
    xs = np.arange(3.0)
    xs.flags.writeable = False
    with pytest.raises(ConversionError, match="read-only"):
        js("x => x")(xs)


def test_the_owner_lives_as_long_as_the_script_looks(js):
    js("globalThis.kept = null")
    js("xs => { kept = xs.buffer }")(np.full(1000, 5.0))
    gc.collect()
    core().collect()
    np.full(1000, 9.0)
    assert js("new Float64Array(kept).every(x => x === 5)") is True
    js("kept = null")


def test_transferring_a_lent_buffer_copies_it(js):
    xs = np.arange(4.0)
    moved = js("xs => { const b = xs.buffer.transfer(); return new Float64Array(b) }")(xs)
    moved[0] = 9
    assert xs[0] == 0
    assert list(moved) == [9, 1, 2, 3]


def test_memory_that_is_lent_goes_back_in_the_end():
    program = """
        import gc, resource, numpy as np, polyhy
        f = polyhy.evaluate("js", "xs => xs[0]")
        def rss():
            with open("/proc/self/statm") as file:
                return int(file.read().split()[1]) * resource.getpagesize()
        def work():
            for i in range(150):
                assert f(np.full(1_000_000, float(i))) == i
        work()
        before = rss()
        work(); work()
        assert rss() - before < 300e6, (rss() - before) / 1e6
        small = np.zeros(4)
        for i in range(60_000):
            f(np.zeros(4))
        before = rss()
        for i in range(120_000):
            f(np.zeros(4))
        assert rss() - before < 12e6, (rss() - before) / 1e6
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


# --- JavaScript → Python


@pytest.mark.parametrize(("kind", "dtype"), KINDS.items())
def test_numpy_looks_into_a_typed_array(kind, dtype):
    typed = by_reference(f"new {kind}(8)")
    xs = np.asarray(typed)
    assert (xs.dtype, xs.shape) == (np.dtype(dtype), (8,))
    xs[3] = 7
    assert typed[3] == 7
    typed[4] = 5
    assert xs[4] == 5
    assert address(xs) == address(np.asarray(typed))


def test_a_part_of_a_buffer_is_a_part_of_its_memory():
    typed = by_reference("new Float64Array([1, 2, 3, 4])")
    part = typed.subarray(1, 3)
    assert address(np.asarray(part)) == address(np.asarray(typed)) + 8
    assert list(np.asarray(part)) == [2, 3]


def test_a_data_view_and_an_array_buffer_are_bytes():
    buffer = by_reference("new ArrayBuffer(16)")
    assert np.asarray(buffer).dtype == np.uint8
    view = by_reference("new DataView(new ArrayBuffer(16), 4)")
    np.asarray(view)[0] = 255
    assert view.getUint8(0) == 255
    assert len(np.asarray(view)) == 12


def test_a_view_outlives_the_script_that_made_it():
    xs = np.asarray(by_reference("new Float64Array(1e6).fill(5)"))
    for _ in range(3):
        gc.collect()
        core().collect()
    polyhy.evaluate("js", "() => { for (let i = 0; i < 50; i++) new Float64Array(1e6).fill(7) }")()
    assert (xs == 5).all()


def test_a_small_array_stays_where_it_is_while_there_is_a_view():
    typed = by_reference("new Uint16Array([1, 2, 3])")
    xs = np.asarray(typed)
    for _ in range(3):
        core().collect()
    typed[0] = 9
    assert list(xs) == [9, 2, 3]


@pytest.mark.parametrize(
    ("source", "take"),
    [
        ("new ArrayBuffer(64)", "b => b.transfer()"),
        ("new ArrayBuffer(64, { maxByteLength: 128 })", "b => b.resize(8)"),
    ],
)
def test_a_buffer_can_not_be_taken_from_under_a_view(js, source, take):
    buffer = by_reference(source)
    xs = np.asarray(buffer)
    xs[:] = 3
    with pytest.raises(polyhy.errors.GuestError, match="pinned"):
        js(f"b => {{ ({take})(b); return 0 }}")(buffer)
    core().collect()
    assert (xs == 3).all()
    assert np.asarray(buffer).nbytes == 64


def test_a_buffer_may_be_transferred_again_when_no_view_is_left(js):
    buffer = by_reference("new ArrayBuffer(64)")
    xs = np.asarray(buffer)
    transfer = js("b => b.transfer().byteLength")
    with pytest.raises(polyhy.errors.GuestError, match="pinned"):
        transfer(buffer)
    del xs
    gc.collect()
    assert transfer(buffer) == 64
    with pytest.raises(BufferError, match="detached"):
        np.asarray(buffer)


def test_the_memory_of_webassembly_can_not_grow_under_a_view(js):
    memory = js("new WebAssembly.Memory({ initial: 1, maximum: 4 })")
    xs = np.asarray(polyhy.by_ref(js("m => m.buffer"))(memory))
    xs[0] = 7
    with pytest.raises(polyhy.errors.GuestError, match="grow"):
        memory.grow(1)
    assert xs[0] == 7


def test_a_memoryview_is_made_of_the_same_memory():
    """Python asks `__buffer__` for it from 3.12 on."""
    typed = by_reference("new Float64Array([1, 2])")
    with typed.__buffer__(0) as view:
        view[0] = 9.0
        assert view.tolist() == [9, 2]
    assert typed[0] == 9


def test_a_view_outlives_the_runtime():
    program = """
        import gc, numpy as np, polyhy, polyhy.guests.host
        from polyhy.bridges.js.engine import core
        xs = np.asarray(polyhy.evaluate("js", "new Float64Array(1e6).fill(5)"))
        polyhy.guests.host.stop("js")
        polyhy.evaluate("js", "1")
        for _ in range(4):
            gc.collect(); core().collect()
        assert (xs == 5).all()
        import atexit
        atexit.register(lambda: print(xs.sum()))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "5000000.0\n", "")


def test_what_is_no_buffer_has_no_memory(js):
    assert not hasattr(js("new Map()"), "__array_interface__")


def test_many_looks_leave_no_memory_behind():
    program = """
        import resource, numpy, polyhy
        from polyhy.bridges.js.engine import core
        make = polyhy.evaluate("js", "n => new Float64Array(n).fill(1)")
        def look(times):
            for _ in range(times):
                assert numpy.asarray(make(16)).sum() == 16
            core().collect()
            with open("/proc/self/statm") as file:
                return int(file.read().split()[1]) * resource.getpagesize()
        before = look(2000)
        assert look(6000) - before < 15e6
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
