"""Shared libraries with a C ABI, by a header or by declarations."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import polyhy
from polyhy.errors import NoSuchFile, UnknownOption, UsageError
from polyhy.guests import host

SOURCE = """
use std::ffi::{c_char, CStr};
#[no_mangle] pub extern "C" fn add(a: i32, b: i32) -> i32 { a + b }
#[no_mangle]
pub unsafe extern "C" fn length(s: *const c_char) -> usize { CStr::from_ptr(s).count_bytes() }
#[no_mangle] pub extern "C" fn greeting() -> *const c_char { c"grüß".as_ptr() }
#[no_mangle]
pub unsafe extern "C" fn sum(xs: *const f64, n: usize) -> f64 {
    std::slice::from_raw_parts(xs, n).iter().sum()
}
"""
HEADER = """
/* A thing. */
#ifndef THING_H
#define THING_H
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif
int add(int a, int b);  // plain
size_t length(const char *s);
const char *greeting(void);
double sum(const double *xs, size_t n);
#ifdef __cplusplus
}
#endif
#endif
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dylib")
    (folder / "thing.rs").write_text(SOURCE)
    (folder / "thing.h").write_text(HEADER)
    words = ["rustc", "--crate-type=cdylib", "--edition=2021", "--crate-name=thing", "thing.rs"]
    subprocess.run(words, cwd=folder, check=True)
    return folder / "libthing.so"


class TestDylib:
    def test_a_header_declares_what_is_there(self, library: Path) -> None:
        thing = host.load("dylib", str(library), options={"header": "thing.h"})
        assert thing.add(2, 3) == 5
        assert (thing.length("grüß"), thing.length(b"ab")) == (6, 2)
        assert thing.greeting() == "grüß"
        assert sorted(dir(thing)) == ["add", "greeting", "length", "sum"]
        assert "libthing.so" in repr(thing)

    def test_it_is_imported_like_anything_else(self, library: Path) -> None:
        thing = polyhy.import_from("dylib", str(library), declare="int add(int a, int b);")
        assert thing.add(1, 1) == 2
        with pytest.raises(AttributeError, match="declares no 'sum'"):
            _ = thing.sum

    def test_without_declarations_it_says_what_to_write(self, library: Path) -> None:
        with pytest.raises(UsageError, match=r'needs its declarations(.|\n)*:header "thing.h"'):
            host.load("dylib", str(library))
        with pytest.raises(NoSuchFile, match=r"missing\.h"):
            host.load("dylib", str(library), options={"header": "missing.h"})
        with pytest.raises(UsageError, match="can't be read"):
            host.load("dylib", str(library), options={"declare": "int add("})
        with pytest.raises(UnknownOption, match="header"):
            host.load("dylib", str(library), options={"headers": "thing.h"})

    def test_what_is_no_library_says_so(self, tmp_path: Path) -> None:
        (tmp_path / "a.so").write_text("no library")
        with pytest.raises(UsageError, match=r"a\.so can't be loaded"):
            host.load("dylib", str(tmp_path / "a.so"), options={"declare": "int f(void);"})
