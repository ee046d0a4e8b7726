"""What parameters are, given a pattern of a type and the type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyhy.bridges.rust.patterns import matched

NAMES = st.sampled_from(["f64", "[u8; 4]", "&'static str", "fn(u8) -> u8", "(u8, i8, )"])
TYPES = st.recursive(
    NAMES,
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(lambda of: f"a::B<{', '.join(of)}>"),
    max_leaves=6,
)


@given(TYPES, TYPES)
def test_what_was_put_in_comes_out(first: str, second: str) -> None:
    pattern = "c::Map<@K@, c::Row<@V@, 3>, @K@>"
    text = pattern.replace("@K@", first).replace("@V@", second)
    assert matched(pattern, ["K", "V"], text) == {"K": first, "V": second}


@given(TYPES, TYPES)
def test_a_parameter_is_one_type(first: str, second: str) -> None:
    found = matched("(@T@, @T@)", ["T"], f"({first}, {second})")
    assert found == ({"T": first} if first == second else None)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("a::B<@T@>", "a::C<f64>", None),
        ("a::B<@T@>", "a::B<f64", None),
        ("a::B<@T@>", "a::B<>", None),
        ("&'static @T@", "&'static mut f64", None),
        ("a::B<@T@, <@T@ as a::Of>::Is>", "a::B<f64, u8>", {"T": "f64"}),
        ("a::B<<u8 as a::Of>::Is>", "a::B<u8>", None),
        ("a::B", "a::B", {}),
    ],
)
def test_what_fits_is_told_from_what_does_not(
    pattern: str, text: str, found: dict[str, str] | None
) -> None:
    assert matched(pattern, ["T"], text) == found
