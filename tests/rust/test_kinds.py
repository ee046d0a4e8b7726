"""Functions that take several types: what the value is decides which is meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyhy.bridges.rust.kinds import distinct, kind_of
from polyhy.errors import ConversionError

TYPES = st.sampled_from(
    ["&'static str", "String", "i64", "usize", "f64", "Vec<u8>", "a::Foo<'static>", "Vec<i64>", "_"]
)


@pytest.fixture(scope="module")
def kinds(compiled: Callable[[str], Any]) -> Any:
    return compiled("kinds")


class TestCalls:
    def test_a_type_is_made_of_what_it_has_from_for(self, kinds: Any) -> None:
        width = kinds.Width.new(4)
        assert [kinds.columns(each) for each in (3, "....", width)] == [3, 4, 4]
        assert kinds.twice("ab", 3) == kinds.twice("ab", "...") == 8
        assert width.columns() == 4

    def test_what_is_none_of_them_is_told_what_would_do(self, kinds: Any) -> None:
        with pytest.raises(ConversionError, match="a Width or an int or a str is wanted"):
            kinds.columns([])

    def test_what_is_of_the_right_kind_and_wrong_is_told_why(self, kinds: Any) -> None:
        with pytest.raises(ConversionError, match="-1 is out of the range of usize"):
            kinds.columns(-1)

    def test_a_callable_is_taken_where_closures_have_the_trait(self, kinds: Any) -> None:
        assert kinds.filled("x", "y") == "y"
        assert kinds.filled("x", 7) == "007"
        assert kinds.filled("x", {"x": "z"}) == "z"
        assert kinds.filled("x", str.upper) == "X"
        with pytest.raises(ZeroDivisionError):
            kinds.filled("x", lambda gap: 1 / 0)
        with pytest.raises(ConversionError, match="a str is wanted, and this is an int"):
            kinds.filled("x", lambda gap: 1)

    def test_what_is_made_of_octets_is_of_its_own_class(self, kinds: Any) -> None:
        held = kinds.held(b"abc")
        assert isinstance(held, kinds.Held)
        assert held.size() == 3

    def test_what_may_be_kept_for_good_is_a_copy(self, kinds: Any) -> None:
        kinds.keep(bytearray(b"ab"))
        kinds.keep([1, 2, 3])
        kinds.keep_too(bytes(range(40)))
        assert kinds.kept() == [b"ab", bytes([1, 2, 3]), bytes(range(40))]

    def test_a_text_is_octets_as_in_rust(self, kinds: Any) -> None:
        assert kinds.size("é") == kinds.size(b"ab") == kinds.size(bytearray(2)) == 2
        assert kinds.sizes(["abc", b"d"]) == [3, 1]
        with pytest.raises(ConversionError, match="bytes or a str is wanted, and this is an int"):
            kinds.size(1)

    def test_what_makes_a_type_of_given_arguments_is_found_at_the_type(self, kinds: Any) -> None:
        assert kinds.Text.of("abc").size() == 3
        assert kinds.Text.new(b"ab").size() == 2

    def test_what_is_indexed_is_a_list(self, kinds: Any) -> None:
        assert kinds.first(["a", 1]) == "a"


class TestKinds:
    def test_references_are_of_the_kind_of_what_they_point_to(self) -> None:
        assert kind_of("&'static str") == kind_of("std::string::String") == "str"
        assert kind_of("&'static mut a::Foo", ["a::Foo"]) == "a::Foo"

    @pytest.mark.parametrize("text", ["Vec<i64>", "PyIter<PyObj>", "PyObj", "(i64, )", "a::Foo"])
    def test_what_may_use_up_its_value_or_take_any_has_no_kind(self, text: str) -> None:
        assert kind_of(text) == ""

    @given(st.lists(st.lists(TYPES, min_size=1, max_size=2), min_size=1, max_size=8))
    def test_each_line_that_is_kept_takes_what_no_other_does(self, rows: list[list[str]]) -> None:
        named = [(types, str(at)) for at, types in enumerate(rows)]
        kept = [rows[int(line)] for line in distinct(named, ["a::Foo<'static>"], 5)]
        kinds = [tuple(kind_of(text, ["a::Foo<'static>"]) for text in types) for types in kept]
        assert rows[0] in kept
        assert len(kept) <= 5
        assert len(set(kinds)) == len(kinds)
        assert len(kept) == 1 or all(map(all, kinds))
