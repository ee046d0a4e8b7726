"""Which results cross whatever rustc says: the lines for them need no search."""

from __future__ import annotations

import pytest

from polyhy.bridges.rust.certain import is_certain

SHAPES = {"a::B": "struct", "a::E": "enumeration", "a::U": "unsized", "a::V<'static>": "variants"}
LENT, CHANGED = "&'static ", "&'static mut "


@pytest.mark.parametrize(
    "text",
    [
        *("u8", "()", "std::string::String", "std::option::Option<&'static str>", "a::B", "a::E"),
        *("a::V<'static>", LENT + "a::U", LENT + "[u8]", LENT + "a::E", CHANGED + "a::B"),
        "std::vec::Vec<std::option::Option<a::B>>",
    ],
)
def test_data_and_classes_cross(text: str) -> None:
    assert is_certain(text, SHAPES)


@pytest.mark.parametrize(
    "text",
    [
        *("PyObj", "a::U", "a::Unknown", CHANGED + "a::E", CHANGED + "u8"),
        "std::vec::IntoIter<u8>",
        *("std::option::Option<a::Unknown>", LENT + "[a::Unknown]", LENT + "[u8; 4]"),
    ],
)
def test_others_are_looked_at(text: str) -> None:
    assert not is_certain(text, SHAPES)
