"""Calls into C: through polyhy, and through bare cffi and ctypes, in the same run."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

import cffi
import numpy as np
import pytest

import polyhy

SOURCE = """
#include <string.h>
int add(int a, int b) { return a + b; }
double twice(double x) { return 2 * x; }
unsigned long length(const char *s) { return strlen(s); }
double first(const double *xs, unsigned long n) { return xs[0]; }
"""
DECLARED = """
int add(int a, int b); double twice(double x); unsigned long length(const char *s);
double first(const double *xs, unsigned long n);
"""
NUMBERS = np.arange(1_310_720.0)
"""10 MB of float64."""


@cache
def library() -> Any:
    return polyhy.evaluate("c", SOURCE, origin="bench.hy:1")


@cache
def raw() -> Any:
    ffi = cffi.FFI()
    ffi.cdef(DECLARED)
    return ffi, ffi.dlopen(library().located.objects[0])


@cache
def api() -> Any:
    """The same functions as cffi compiles them."""
    lib = polyhy.import_from("c", "m", fast=True)
    assert lib.cos(0.0) == lib.pow(1.0, 1.0) == 1.0
    assert lib.fast.wait(60)
    held = lib.__dict__["cos"], lib.__dict__["pow"]
    return {"cos": held[0], "pow": held[1]}


@cache
def by_ctypes() -> Any:
    lib = ctypes.CDLL(library().located.objects[0])
    lib.twice.argtypes, lib.twice.restype = [ctypes.c_double], ctypes.c_double
    lib.length.argtypes = [ctypes.c_char_p]
    return lib


def three(name: str, *args: Any) -> Any:
    made = {
        "floor": lambda: getattr(raw()[1], name),
        "polyhy": lambda: getattr(library(), name),
        "ctypes": lambda: getattr(by_ctypes(), name),
    }
    return pytest.mark.parametrize("make", [pytest.param(f, id=k) for k, f in made.items()])


@pytest.mark.benchmark(group="c f(int, int)")
@three("add")
def test_c_integers(benchmark: Any, make: Any) -> None:
    f = make()
    assert benchmark.pedantic(f, (1, 2), iterations=1000, rounds=200) == 3


@pytest.mark.benchmark(group="c f(double)")
@three("twice")
def test_c_real(benchmark: Any, make: Any) -> None:
    f = make()
    assert benchmark.pedantic(f, (1.5,), iterations=1000, rounds=200) == 3.0


@pytest.mark.benchmark(group="c f(str)")
@three("length")
def test_c_text(benchmark: Any, make: Any, request: Any) -> None:
    f = make()
    text = "hello" if request.node.callspec.id == "polyhy" else b"hello"
    assert benchmark.pedantic(f, (text,), iterations=1000, rounds=200) == 5


@pytest.mark.benchmark(group="c 10 MB of float64")
@pytest.mark.parametrize("way", ["floor", "polyhy"])
def test_c_array(benchmark: Any, way: str) -> None:
    """The floor lends the array by hand, as one would with cffi."""
    ffi, lib = raw()
    if way == "polyhy":
        f = library().first
    else:
        typed = ffi.typeof("double[]")

        def f(xs: Any) -> float:
            return lib.first(ffi.from_buffer(typed, xs), len(xs))

    assert benchmark.pedantic(f, (NUMBERS,), iterations=1000, rounds=100) == 0.0


def compiled() -> Any:
    """cffi's API mode, by cffi's own way, with nothing of ours."""
    import importlib.util
    import tempfile

    ffi = cffi.FFI()
    ffi.cdef("double cos(double);")
    ffi.set_source("_bench_cos", "#include <math.h>", libraries=["m"])
    file = ffi.compile(tmpdir=tempfile.mkdtemp())
    spec: Any = importlib.util.spec_from_file_location("_bench_cos", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.lib.cos


@pytest.mark.benchmark(group="c fast f(double)")
@pytest.mark.parametrize(
    "make", [pytest.param(compiled, id="floor"), pytest.param(lambda: api()["cos"], id="polyhy")]
)
def test_c_fast(benchmark: Any, make: Any) -> None:
    f = make()
    assert benchmark.pedantic(f, (0.0,), iterations=1000, rounds=200) == 1.0
