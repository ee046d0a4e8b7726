"""How values cross to Rust and back: a row of the room's table each."""

from __future__ import annotations

import array
import asyncio
import datetime
import io
import ipaddress
import math
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyhy.bridges.rust.errors import RustError, RustPanic
from polyhy.errors import ConversionError

RANGES = {
    **{f"i{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64, 128)},
    **{f"u{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64, 128)},
    "isize": (-(2**63), 2**63 - 1),
    "usize": (0, 2**64 - 1),
}
TEXTS = st.text(st.characters(exclude_categories=("Cs",)))


class TestNumbers:
    """Integers are checked against their range; floats are exact."""

    @pytest.mark.parametrize("name", RANGES)
    def test_the_ends_of_an_integers_range_cross(self, values: Any, name: str) -> None:
        same = getattr(values, f"same_{name}")
        for number in (*RANGES[name], 0, 1):
            assert same(number) == number
            assert type(same(number)) is int

    @pytest.mark.parametrize("name", RANGES)
    def test_one_beyond_the_range_is_refused(self, values: Any, name: str) -> None:
        low, high = RANGES[name]
        for number in (low - 1, high + 1, 10**60, -(10**60)):
            with pytest.raises(ConversionError, match=r"args\[0\].* out of the range"):
                getattr(values, f"same_{name}")(number)

    @pytest.mark.parametrize("wrong", [1.0, "1", None, [1]])
    def test_what_is_no_int_is_refused(self, values: Any, wrong: Any) -> None:
        with pytest.raises(ConversionError, match=r"args\[0\]: an int is wanted"):
            values.same_i64(wrong)

    @given(st.floats(allow_nan=False))
    def test_a_float_is_the_same_float(self, values: Any, number: float) -> None:
        assert values.same_f64(number) == number
        assert math.copysign(1, values.same_f64(number)) == math.copysign(1, number)

    def test_nan_stays_nan_and_an_int_becomes_a_float(self, values: Any) -> None:
        assert math.isnan(values.same_f64(math.nan))
        assert values.same_f64(3) == 3.0

    def test_an_int_that_no_float_holds_is_refused(self, values: Any) -> None:
        with pytest.raises(ConversionError, match="no exact f64"):
            values.same_f64(2**53 + 1)

    def test_a_float_beyond_f32_is_refused(self, values: Any) -> None:
        with pytest.raises(ConversionError, match="out of the range of f32"):
            values.same_f32(1e300)

    def test_zero_is_no_nonzero(self, values: Any) -> None:
        assert values.same_nonzero(7) == 7
        with pytest.raises(ConversionError, match="0 is not allowed"):
            values.same_nonzero(0)

    def test_only_true_and_false_are_bools(self, values: Any) -> None:
        assert values.same_bool(True) is True
        with pytest.raises(ConversionError, match="True or False"):
            values.same_bool(1)


class TestTexts:
    """str, char, paths and bytes."""

    @given(TEXTS)
    def test_a_text_is_the_same_text(self, values: Any, text: str) -> None:
        assert values.same_string(text) == text
        assert values.length(text) == len(text.encode())

    def test_a_lone_surrogate_is_refused_with_its_place(self, values: Any) -> None:
        with pytest.raises(ConversionError, match=r"args\[0\]\[1\].*lone surrogate"):
            values.same_texts(["fine", "\ud800"])

    def test_a_char_is_a_text_of_one_character(self, values: Any) -> None:
        assert values.same_char("é") == "é"
        for wrong in ("", "ab"):
            with pytest.raises(ConversionError, match="one character"):
                values.same_char(wrong)

    def test_a_cow_is_a_text(self, values: Any) -> None:
        assert (values.shout("é"), values.shout("")) == ("É", "")

    def test_a_path_is_any_path_and_comes_back_as_text(self, values: Any) -> None:
        assert values.same_path(Path("/tmp/a")) == "/tmp/a"
        assert values.name(Path("/tmp/a.txt")) == "a.txt"
        assert values.same_path("\udcff") == "\udcff"

    @given(st.binary())
    def test_bytes_are_bytes(self, values: Any, data: bytes) -> None:
        assert values.same_bytes(data) == data
        assert values.half(data) == data[: len(data) // 2]
        assert values.first(bytearray(data)) == (data[0] if data else None)

    def test_a_text_in_a_stringio_is_changed_in_place(self, values: Any) -> None:
        text = io.StringIO("a")
        values.append(text, "b")
        assert text.getvalue() == "ab"


class TestCollections:
    """Lists, dicts, sets and tuples, as deep as they are."""

    @given(st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), st.none() | TEXTS)))
    def test_nested_data_is_the_same(self, values: Any, data: list[Any]) -> None:
        assert values.same_nested(data) == data

    @given(st.dictionaries(TEXTS, st.integers(-(2**63), 2**63 - 1)))
    def test_a_dict_is_the_same(self, values: Any, data: dict[str, int]) -> None:
        assert values.same_map(data) == data

    @given(st.sets(st.integers(-(2**63), 2**63 - 1)))
    def test_a_set_is_the_same(self, values: Any, data: set[int]) -> None:
        assert values.same_set(data) == data

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("floats", [1.5, -0.0]),
            ("deque", [1, 2]),
            ("tree", {1: "a", -3: "b"}),
            ("ordered", {"a", "b"}),
            ("option", None),
            ("pair", (1, "a")),
            ("triple", (True, 2.5, 255)),
            ("array", [1.0, 2.0, 3.0]),
            ("box", 5),
            ("rc", "shared"),
            ("arc", [1, 2]),
            ("table", [{"a": [1]}, {}]),
            ("unit", None),
            ("range", range(2, 5)),
            ("duration", datetime.timedelta(seconds=2, microseconds=7)),
            ("time", datetime.datetime(2020, 1, 2, 3, 4, 5, 6, datetime.timezone.utc)),
            ("address", ipaddress.ip_address("::1")),
            ("address", ipaddress.ip_address("10.0.0.1")),
            ("socket", ("127.0.0.1", 80)),
        ],
    )
    def test_a_value_is_the_same(self, values: Any, name: str, value: Any) -> None:
        assert getattr(values, f"same_{name}")(value) == value

    def test_the_place_of_a_wrong_item_is_said(self, values: Any) -> None:
        with pytest.raises(ConversionError, match=r"args\[0\]\[1\]\[0\]: an int is wanted"):
            values.same_nested([(1, None), ("x", None)])

    def test_a_text_is_no_list_of_its_letters(self, values: Any) -> None:
        with pytest.raises(ConversionError, match="a list is wanted, and this is a str"):
            values.same_texts("abc")

    def test_an_array_has_its_length(self, values: Any) -> None:
        with pytest.raises(ConversionError, match="3 items are wanted, and these are 2"):
            values.same_array([1, 2])

    def test_a_list_that_the_call_changes_is_changed(self, values: Any) -> None:
        xs = [1, 2]
        values.push(xs, 3)
        assert xs == [1, 2, 3]
        with pytest.raises(ConversionError, match="which the call changes"):
            values.push((1, 2), 3)

    def test_texts_within_a_list_are_lent(self, values: Any) -> None:
        assert values.join(["a" * 50, "é"], "-") == "a" * 50 + "-é"

    def test_a_datetime_without_a_zone_is_refused(self, values: Any) -> None:
        with pytest.raises(ConversionError, match="time zone"):
            values.same_time(datetime.datetime(2020, 1, 1))


class TestBuffers:
    """Slices of numbers are lent: no byte is copied."""

    def test_a_buffer_is_read_where_it_lies(self, values: Any) -> None:
        numpy = pytest.importorskip("numpy")
        xs = numpy.arange(1000.0)
        assert values.address_of(xs) == xs.ctypes.data
        assert values.sum(xs) == xs.sum()

    def test_a_list_of_numbers_will_do_too(self, values: Any) -> None:
        assert values.sum([1, 2.5]) == 3.5

    def test_a_buffer_of_another_type_is_converted_item_by_item(self, values: Any) -> None:
        assert values.sum(array.array("i", [1, 2])) == 3.0
        assert values.sum_i32(array.array("i", [1, 2])) == 3

    def test_a_strided_buffer_is_read_right(self, values: Any) -> None:
        numpy = pytest.importorskip("numpy")
        assert values.sum(numpy.arange(10.0)[::2]) == 20.0

    def test_a_number_that_is_changed_is_the_only_item_of_a_list_or_a_buffer(
        self, values: Any
    ) -> None:
        counter, half = [1], array.array("d", [3.0])
        assert values.count_up(counter) is True
        values.halve(half)
        assert (counter, half[0]) == ([2], 1.5)
        with pytest.raises(ConversionError, match="1 items are wanted, and these are 2"):
            values.count_up([1, 2])
        with pytest.raises(ConversionError, match="1 number is wanted, and these are 2"):
            values.halve(array.array("d", [1.0, 2.0]))
        with pytest.raises(ConversionError):
            values.count_up(1)

    def test_a_mutable_slice_changes_the_buffer(self, values: Any) -> None:
        xs = array.array("d", [1.0, 2.0])
        values.double(xs)
        assert list(xs) == [2.0, 4.0]

    def test_a_list_or_readonly_buffer_can_not_be_changed(self, values: Any) -> None:
        for wrong in ([1.0], memoryview(bytes(8)).cast("d"), array.array("f", [1])):
            with pytest.raises(ConversionError, match="writable buffer of f64"):
                values.double(wrong)

    def test_a_slice_comes_back_as_a_view_of_the_same_memory(self, values: Any) -> None:
        xs = array.array("d", [1.0, 2.0, 3.0])
        view = values.tail(xs)
        assert view.tolist() == [2.0, 3.0]
        assert view.readonly
        xs[1] = 9.0
        assert view[0] == 9.0
        with pytest.raises(BufferError):
            xs.append(4.0)  # the view holds on to the buffer
        del view
        xs.append(4.0)

    def test_a_mutable_slice_comes_back_writable(self, values: Any) -> None:
        xs = array.array("d", [1.0, 2.0])
        values.tail_mut(xs)[0] = 7.0
        assert list(xs) == [1.0, 7.0]


class TestBehaviour:
    """Iterators, callables, files and awaitables."""

    def test_an_iterator_is_lazy(self, values: Any) -> None:
        numbers = values.endless()
        assert iter(numbers) is numbers
        assert [next(numbers) for _ in range(3)] == [0, 1, 2]
        assert list(values.evens(7)) == [0, 2, 4, 6]

    def test_an_iterator_keeps_what_it_borrows(self, values: Any) -> None:
        words = values.words("".join(["two ", "words " * 50]))
        assert next(words) == "two"
        assert len(list(words)) == 50

    def test_any_iterable_is_an_iterator_and_only_what_is_asked_is_taken(self, values: Any) -> None:
        def numbers():
            yield from (1, 2)
            raise AssertionError("too far")

        assert values.take_two(numbers()) == [1, 2]
        assert values.total({1, 2, 3}) == 6

    def test_what_an_iterable_raises_comes_home(self, values: Any) -> None:
        mine = KeyError("mine")

        def numbers():
            yield 1
            raise mine

        for use in (values.total, values.take_two):
            with pytest.raises(KeyError) as caught:
                use(numbers())
            assert caught.value is mine

    def test_a_callable_is_a_closure(self, values: Any) -> None:
        assert values.apply(lambda x: x + 1, 41) == 42
        assert values.apply(lambda: 7, 1) == 7  # it takes no argument, and gets none
        assert values.apply_all(str.upper, ["a", "b"]) == ["A", "B"]
        assert values.boxed(math.sqrt) == math.sqrt(2)
        assert values.fold([1, 2, 3], 10, lambda a, b: a - b) == 4

    def test_an_exception_passes_through_rust_as_itself(self, values: Any) -> None:
        mine = ValueError("mine")

        def raiser(_: int) -> int:
            raise mine

        with pytest.raises(ValueError, match="mine") as caught:
            values.apply(raiser, 1)
        assert caught.value is mine

    def test_a_wrong_result_of_a_callback_says_so(self, values: Any) -> None:
        with pytest.raises(ConversionError, match=r"result.*an int is wanted"):
            values.apply(lambda x: "no", 1)

    def test_what_is_not_callable_is_refused(self, values: Any) -> None:
        with pytest.raises(ConversionError, match="a callable is wanted"):
            values.apply(3, 1)

    def test_a_callback_may_be_called_on_threads_of_rusts(self, values: Any) -> None:
        seen = set()

        def square(x: int) -> int:
            seen.add(threading.get_ident())
            return x * x

        assert values.in_threads(square, 5) == 30
        assert threading.get_ident() not in seen

    def test_bytes_and_files_are_readers(self, values: Any, tmp_path: Path) -> None:
        (tmp_path / "a").write_bytes(b"x\ny\n")
        with open(tmp_path / "a", "rb") as file:
            assert values.read_all(file) == "x\ny\n"
        assert values.lines(io.BytesIO(b"a\nb")) == ["a", "b"]
        assert values.read_all(b"bytes") == "bytes"
        with pytest.raises(ConversionError, match="bytes or a file object"):
            values.read_all(3)

    def test_files_and_bytearrays_are_writers(self, values: Any) -> None:
        for to in (io.BytesIO(), bytearray()):
            values.write_to(to, "text")
            assert bytes(to.getvalue() if isinstance(to, io.BytesIO) else to) == b"text"

    def test_what_a_file_raises_comes_home(self, values: Any) -> None:
        class Broken:
            def read(self, size: int) -> bytes:
                raise PermissionError("closed")

        with pytest.raises(PermissionError, match="closed"):
            values.read_all(Broken())

    def test_an_async_fn_is_awaited(self, values: Any) -> None:
        async def use() -> list[int]:
            return await asyncio.gather(*(values.later(n) for n in range(20)))

        async def wait(awaitable: Any) -> Any:
            return await awaitable

        assert asyncio.run(use()) == list(range(1, 21))
        with pytest.raises(RustError, match="later"):
            asyncio.run(wait(values.fails()))
        with pytest.raises(RustPanic, match="in a future"):
            asyncio.run(wait(values.panics()))

    def test_a_task_that_is_cancelled_ends_its_future(self, values: Any) -> None:
        async def use() -> None:
            await asyncio.wait_for(values.never(), 0.05)

        with pytest.raises(asyncio.TimeoutError):
            asyncio.run(use())


class TestCalls:
    """Parameters, results and errors."""

    def test_parameters_have_names_and_trailing_options_may_be_left_out(self, values: Any) -> None:
        assert values.optional(1) == 11
        assert values.optional(b=2, a=1) == 3
        assert values.divide(b=2, a=8) == 4

    @pytest.mark.parametrize(
        ("args", "words", "said"),
        [
            ((), {}, "the argument a is missing"),
            ((1, 2, 3), {}, "takes 2 arguments, and 3 were given"),
            ((1,), {"c": 1}, "no parameter c; there are: a, b"),
            ((1,), {"a": 1}, "a was given twice"),
        ],
    )
    def test_a_wrong_call_says_what_is_wrong(
        self, values: Any, args: tuple[int, ...], words: dict[str, int], said: str
    ) -> None:
        with pytest.raises(TypeError, match=said):
            values.divide(*args, **words)

    def test_an_err_is_raised_with_its_type(self, values: Any) -> None:
        with pytest.raises(RustError, match="no zero") as caught:
            values.divide(1, 0)
        assert caught.value.type_name == "String"
        assert caught.value.value == "no zero"
        with pytest.raises(RustError, match="invalid float literal") as caught:
            values.parse("x")
        assert caught.value.type_name == "ParseFloatError"
        assert caught.value.language == "rust"

    def test_any_object_stands_for_a_free_type_parameter(self, values: Any) -> None:
        assert values.biggest(["a", "c", "b"]) == "c"
        assert values.count_same([1, "a", 1, (2,)]) == 3
        with pytest.raises(TypeError, match="not supported"):
            values.biggest([1, "a"])
        with pytest.raises(TypeError, match="unhashable"):
            values.count_same([[]])

    def test_a_slow_call_on_a_buffer_lets_other_threads_run(self, values: Any) -> None:
        ticks = []
        work = threading.Thread(target=values.slow, args=(array.array("d", bytes(8 * 100_000)),))
        work.start()
        while work.is_alive():
            ticks.append(time.monotonic())
            time.sleep(0.01)
        assert len(ticks) > 5


class TestFilesAndTraits:
    """Open files, what writes text, and the traits that open a parameter to many types."""

    def test_an_open_file_is_a_file(self, values: Any, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_bytes(b"abc")
        with (tmp_path / "a.txt").open("r+b") as file:
            file.seek(0, 2)
            file.write(b"de")
            assert values.file_size(file) == 5  # what was buffered is there
        with values.opened(tmp_path / "a.txt") as file:
            assert (file.mode, file.read()) == ("rb", b"abcde")
        with pytest.raises(RustError, match="No such file"):
            values.opened(tmp_path / "missing")
        with pytest.raises(ConversionError, match="an open file is wanted"):
            values.file_size(b"abc")

    def test_what_writes_text_writes_to_text_and_to_bytes(self, values: Any) -> None:
        text, array = io.StringIO(), bytearray()
        values.scribble(text)
        values.scribble(array)
        assert text.getvalue() == array.decode() == "7 ünïcode"

    def test_memory_that_a_call_fills_is_a_writable_buffer(self, values: Any) -> None:
        array = bytearray(4)
        values.fill_raw(array)
        assert array == b"\0\1\2\3"
        with pytest.raises(ConversionError, match="writable"):
            values.fill_raw(b"1234")

    def test_a_callback_that_may_fail_returns_its_value_or_raises(self, values: Any) -> None:
        assert values.try_twice(lambda x: 10 * x) == 30
        with pytest.raises(ZeroDivisionError):
            values.try_twice(lambda x: x // 0)

    def test_what_lends_its_bytes_gives_them(self, values: Any) -> None:
        assert bytes(values.Packed(b"\0ab")) == b"\0ab"
        assert values.digest() == b"\1\2\3"

    def test_open_parameters_take_the_likeliest_type(self, values: Any) -> None:
        assert values.shouted("abc") == "ABC"
        assert values.length_of(b"abc") == 3

    def test_traits_on_types_of_others_are_functions(self, values: Any) -> None:
        assert values.Loud.loud("abc") == "ABC"
