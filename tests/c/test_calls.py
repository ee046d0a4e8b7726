"""Calls: what crosses into C and out of it, the lengths filled in, the results returned."""

from __future__ import annotations

import array
import inspect
import os
import zlib as pythons
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import polyhy
from polyhy.errors import ConversionError, UsageError

C = Callable[[str], Any]


class TestNumbers:
    def test_numbers_cross_as_they_are(self, libm: Any) -> None:
        assert libm.cos(0.0) == 1.0
        assert libm.pow(2, 10) == 1024.0
        assert libm.cos is libm.cos

    def test_an_integer_that_does_not_fit_is_refused_with_its_place(self, libc: Any) -> None:
        with pytest.raises(ConversionError, match=r"args\[0\] \(x\)") as caught:
            libc.abs(2**40)
        assert "int abs(int __x)" in str(caught.value)

    def test_a_real_number_beyond_a_float_is_refused(self, c: C) -> None:
        same = c("float same(float x) { return x; }").same
        assert same(3.4028234663852886e38) == 3.4028234663852886e38
        assert same(float("inf")) == float("inf")
        for wrong in (1e300, -3.41e38):
            with pytest.raises(ConversionError, match="does not fit a float of 4 bytes"):
                same(wrong)

    def test_a_value_of_another_type_is_refused_before_the_call(self, libm: Any) -> None:
        with pytest.raises(ConversionError, match=r"args\[0\]"):
            libm.cos("x")

    @given(st.integers(-(2**63), 2**63 - 1))
    def test_64_bits_are_exact(self, number: int) -> None:
        assert polyhy.import_from("c", "c").llabs(number) == abs(number) or number == -(2**63)

    def test_complex_numbers_cross(self, libm: Any) -> None:
        assert abs(libm.cexp(1j * np.pi) + 1) < 1e-12
        assert libm.cabs(3 + 4j) == 5.0

    def test_complex_numbers_by_another_name_cross_too(self, c: C) -> None:
        lib = c(
            "typedef double _Complex z; typedef int count;"
            "z turn(z x, count n) { while (n--) x *= 1.0i; return x; }"
        )
        assert lib.turn(1 + 2j, 1) == -2 + 1j

    def test_a_char_is_a_text_of_one_letter(self, c: C) -> None:
        assert c("char next(char x) { return x + 1; }").next("a") == "b"

    def test_a_number_that_is_no_char_is_refused(self, c: C) -> None:
        with pytest.raises(ConversionError, match="300 is no char"):
            c("char same(char x) { return x; }").same(300)

    def test_bools_are_bools(self, c: C) -> None:
        assert c("#include <stdbool.h>\nbool no(bool x) { return !x; }").no(False) is True


class TestTexts:
    def test_a_str_arrives_as_utf8_and_comes_back_as_str(self, libc: Any) -> None:
        assert libc.strlen("héllo") == 6
        assert libc.strstr("日本語", "本") == "本語"

    def test_what_is_not_utf8_comes_back_as_bytes(self, libc: Any) -> None:
        assert libc.strstr(b"a\xff", b"\xff") == b"\xff"

    def test_none_is_null_and_null_is_none(self, libc: Any) -> None:
        assert libc.getenv("POLYHY_NO_SUCH_VARIABLE") is None
        assert libc.time(None) > 0

    def test_a_nul_within_a_text_is_refused(self, libc: Any) -> None:
        with pytest.raises(ConversionError, match=r"args\[0\] \(s\): a NUL"):
            libc.strlen("a\0b")
        assert libc.strlen(b"a\0b") == 1

    def test_a_lone_surrogate_is_refused(self, libc: Any) -> None:
        with pytest.raises(ConversionError, match="surrogates not allowed"):
            libc.strlen("\ud83d")

    @given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
    def test_any_text_comes_back_as_it_was(self, text: str) -> None:
        assert polyhy.import_from("c", "c").strstr(text, "") == text

    def test_a_list_of_texts_is_an_array_that_ends_with_null(self, c: C) -> None:
        count = c("int count(const char **xs) { int n = 0; while (xs[n]) n++; return n; }").count
        assert count(["a", "b", "c"]) == 3
        assert count([]) == 0


class TestBuffers:
    def test_the_length_behind_a_buffer_is_filled_in(self, zlib: Any) -> None:
        assert zlib.crc32(0, b"hello") == zlib.crc32(0, b"hello", 5) == pythons.crc32(b"hello")
        assert zlib.crc32(0, b"hello", 3) == pythons.crc32(b"hel")
        assert zlib.crc32(0, None, 0) == 0

    @pytest.mark.parametrize(
        "buffer", [bytearray(b"abc"), memoryview(b"abc"), array.array("b", b"abc"), "abc"]
    )
    def test_whatever_holds_bytes_is_lent(self, zlib: Any, buffer: Any) -> None:
        assert zlib.crc32(0, buffer) == pythons.crc32(b"abc")

    @given(st.binary(max_size=300))
    def test_any_bytes_arrive_as_they_are(self, data: bytes) -> None:
        assert polyhy.import_from("c", "zlib").adler32(1, data) == pythons.adler32(data)

    def test_a_length_that_c_changes_is_returned(self, zlib: Any) -> None:
        packed = bytearray(100)
        status, length = zlib.compress(packed, b"a" * 1000)
        assert status == zlib.Z_OK
        assert pythons.decompress(packed[:length]) == b"a" * 1000

    def test_a_numpy_array_is_lent_not_copied(self, c: C) -> None:
        lib = c("void twice(double *xs, int n) { while (n--) xs[n] *= 2; }")
        xs = np.array([1.0, 2.5])
        assert lib.twice(xs) is None
        assert xs.tolist() == [2.0, 5.0]

    def test_a_list_is_copied_where_c_only_reads(self, c: C) -> None:
        lib = c(
            "double sum(const double *xs, int n){ double s = 0; while (n--) s += xs[n]; return s; }"
        )
        assert lib.sum([1, 2.5]) == 3.5
        assert lib.sum(np.array([1.0, 2.0])) == 3.0

    def test_a_list_that_c_would_change_is_refused(self, c: C) -> None:
        lib = c("void zero(double *xs, int n) { while (n--) xs[n] = 0; }")
        with pytest.raises(ConversionError, match="pass a numpy array"):
            lib.zero([1.0])

    def test_bytes_that_c_would_change_are_refused(self, zlib: Any) -> None:
        with pytest.raises(ConversionError, match=r"^dest: .*read-only"):
            zlib.compress(bytes(100), b"a")

    def test_items_of_another_type_are_refused(self, c: C) -> None:
        lib = c("double first(const double *xs, int n) { return xs[0]; }")
        for wrong in (np.array([1, 2]), np.array([1.0], dtype="f4"), b"12345678"):
            with pytest.raises(ConversionError, match="C wants floats of 8 bytes"):
                lib.first(wrong)

    def test_an_array_with_gaps_is_refused(self, c: C) -> None:
        lib = c("double first(const double *xs, int n) { return xs[0]; }")
        with pytest.raises(ConversionError, match="ascontiguousarray"):
            lib.first(np.arange(10.0)[::2])

    @pytest.mark.parametrize("length", [6, 2**31])
    def test_a_buffer_shorter_than_c_is_told_is_refused(self, zlib: Any, length: int) -> None:
        with pytest.raises(ConversionError, match="buf holds 5 items"):
            zlib.crc32(0, b"hello", length)

    def test_null_is_no_buffer_that_c_could_read(self, c: C) -> None:
        lib = c("double first(const double *xs, int n) { return n ? xs[0] : -1; }")
        assert (lib.first(None, 0), lib.first(None)) == (-1.0, -1.0)
        with pytest.raises(ConversionError, match=r"xs is empty or NULL, .* there are 3"):
            lib.first(None, 3)

    def test_a_pointer_has_no_length_to_fill_in(self, zlib: Any) -> None:
        pointer = zlib.ffi.cast("unsigned char *", zlib.ffi.new("unsigned char[3]", b"abc"))
        with pytest.raises(ConversionError, match="say len yourself"):
            zlib.crc32(0, pointer)


class TestResultsThroughPointers:
    def test_trailing_ones_are_returned(self, libm: Any, libc: Any) -> None:
        assert libm.frexp(8.0) == (0.5, 4)
        assert libm.modf(2.5) == (0.5, 2.0)
        assert libc.strtod("1.5abc") == (1.5, "abc")

    def test_a_record_of_plain_data_is_returned(self, libc: Any) -> None:
        status, stat = libc.stat("/")
        assert status == 0
        assert stat.st_ino == os.stat("/").st_ino

    def test_a_place_of_ones_own_may_be_given(self, libm: Any) -> None:
        place = libm.ffi.new("int *")
        assert libm.frexp(8.0, place) == 0.5
        assert place[0] == 4

    def test_a_leading_one_is_returned_too(self, c: C) -> None:
        lib = c(
            """
            #include <stdlib.h>
            typedef struct box box; struct box { int n; };
            int box_open(box **out, int n) { *out = malloc(sizeof(box)); (*out)->n = n; return 7; }
            void box_free(box *b) { free(b); }
            """
        )
        status, box = lib.box_open(5)
        assert (status, box.n) == (7, 5)
        box.free()


class TestArguments:
    def test_they_may_be_named(self, zlib: Any) -> None:
        assert zlib.crc32(crc=0, buf=b"hello") == pythons.crc32(b"hello")
        packed = bytearray(50)
        assert zlib.compress(dest=packed, source=b"a")[0] == 0

    def test_too_few_or_unknown_ones_are_told(self, zlib: Any) -> None:
        with pytest.raises(TypeError, match="crc32"):
            zlib.crc32(0)
        with pytest.raises(
            UsageError, match=r"compress was called with 1 arguments\n.*dest.*source"
        ):
            zlib.compress(bytearray(3))

    def test_variadic_ones_are_promoted_as_c_does(self, libc: Any) -> None:
        room = bytearray(64)
        length = libc.snprintf(room, 64, "%d %s %.2f %ld", 5, "é", 1.5, 2**40)
        assert room[:length].decode() == "5 é 1.50 1099511627776"

    def test_a_variadic_number_of_more_than_64_bits_is_refused(self, libc: Any) -> None:
        room = bytearray(64)
        with pytest.raises(ConversionError, match="has more than 64 bits"):
            libc.snprintf(room, 64, "%d", 2**64)
        assert libc.snprintf(room, 64, "%lu", 2**64 - 1) == 20

    def test_a_va_list_is_a_list(self, libc: Any) -> None:
        room = bytearray(64)
        items = [1, "two", 3.5, 4, 5, 6, 7, 8, 9.25]
        length = libc.vsnprintf(room, 64, "%d %s %.1f %d %d %d %d %d %.2f", items)
        assert room[:length] == b"1 two 3.5 4 5 6 7 8 9.25"

    def test_a_record_crosses_by_value(self, c: C, libc: Any) -> None:
        lib = c("typedef struct { int x; double y; } p; double sum(p a) { return a.x + a.y; }")
        assert lib.sum(lib.p(x=1, y=2.5)) == 3.5
        assert lib.sum({"x": 1, "y": 2}) == 3.0
        assert libc.div(7, 2).quot == 3

    def test_records_that_libffi_can_not_pass_cross_by_value_too(self, c: C) -> None:
        lib = c(
            """
            typedef union { int i; float f; } u;
            typedef struct { u value; int kind; } var;
            typedef struct { unsigned a : 3, b : 5; int c; } bits;
            typedef struct __attribute__((packed)) { char c; int i; } packed;
            int sum(var x) { return x.value.i + x.kind; }
            var make(int i, int kind) { var v = {{.i = i}, kind}; return v; }
            bits turn(bits x) { x.a++; x.b--; x.c *= 2; return x; }
            packed up(packed x) { x.i++; return x; }
            """
        )
        assert (lib.sum(lib.make(3, 4)), lib.sum({"value": {"i": 1}, "kind": 2})) == (7, 3)
        turned = lib.turn([1, 5, 7])
        assert (turned.a, turned.b, turned.c) == (2, 4, 14)
        assert (lib.up({"c": "x", "i": 1}).i, lib.up({"c": "x"}).c) == (2, "x")
        for wrong in (3, None, lib.make(1, 2)):
            with pytest.raises(ConversionError, match=r"args\[0\] \(x\): C wants a bits"):
                lib.turn(wrong)
        with pytest.raises(UsageError, match="var has 2 fields, not 3"):
            lib.var(1, 2, 3)

    def test_what_the_header_says_is_never_null_is_refused(
        self, header: Callable[..., Any]
    ) -> None:
        lib = header(
            """
            #ifndef __clang__
            #define _Nonnull
            #endif
            int length(const char *s) __attribute__((nonnull));
            void go(int *_Nonnull p, int n);
            """,
            "int length(const char *s) { return 1; } void go(int *p, int n) {}",
        )
        with pytest.raises(ConversionError, match=r"args\[0\] \(s\): the header says"):
            lib.length(None)
        with pytest.raises(ConversionError, match="may not be NULL"):
            lib.go(None, 0)
        assert lib.length("") == 1


class TestErrno:
    def test_a_failure_is_an_os_error_on_request(self) -> None:
        libc = polyhy.import_from("c", "c", errno=True)
        with pytest.raises(FileNotFoundError, match="open"):
            libc.open("/no/such/file", libc.O_RDONLY)
        with pytest.raises(FileNotFoundError):
            libc.fopen("/no/such/file", "r")
        assert libc.abs(-1) == 1

    def test_without_it_the_result_tells(self, libc: Any) -> None:
        assert libc.open("/no/such/file", libc.O_RDONLY) == -1


class TestWhatAFunctionSaysOfItself:
    def test_its_signature_is_the_headers(self, zlib: Any) -> None:
        signature = inspect.signature(zlib.crc32)
        assert list(signature.parameters) == ["crc", "buf", "len"]
        assert signature.parameters["buf"].annotation == "const Bytef *"
        assert signature.return_annotation == "uLong"

    def test_its_doc_is_its_prototype_and_its_comment(self, c: C) -> None:
        lib = c(
            "/** Adds. @param a the first\n * @return the sum */\n"
            "int add(int a, int b) { return a + b; }"
        )
        assert lib.add.__doc__ == "int add(int a, int b);\n\nAdds. a: the first\nReturns the sum"
        assert lib.add.__name__ == "add"

    def test_a_comment_behind_a_function_is_its_doc_where_the_header_has_them_there(
        self, zlib: Any
    ) -> None:
        assert "Compresses the source buffer into the destination buffer" in zlib.compress.__doc__
        assert "Update a running CRC-32" in zlib.crc32.__doc__

    def test_a_name_that_the_library_lacks_is_an_attribute_error_with_the_reason(
        self, sqlite: Any
    ) -> None:
        with pytest.raises(AttributeError, match="no object of the library exports it"):
            _ = sqlite.sqlite3_win32_set_directory
        with pytest.raises(AttributeError, match="has no 'nothing_like_it'"):
            _ = sqlite.nothing_like_it

    def test_the_raw_function_and_ffi_are_at_hand(self, zlib: Any) -> None:
        assert zlib.raw.crc32(0, b"hello", 5) == pythons.crc32(b"hello")
        assert zlib.ffi.sizeof("z_stream") == 112

    def test_a_prefix_may_be_left_out(self, sqlite: Any) -> None:
        assert sqlite.libversion() == sqlite.sqlite3_libversion()
