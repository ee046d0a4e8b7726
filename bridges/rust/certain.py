"""Certain: which results are sure to have a Python form, so that rustc need not look for a way."""

from __future__ import annotations

from collections.abc import Mapping

_NUMBERS = {
    *(f"{sign}{bits}" for sign in "iu" for bits in (8, 16, 32, 64, 128, "size")),
    *("f32", "f64", "bool", "char"),
}
_TEXT = "std::string::String"
_PLAIN = {*_NUMBERS, "()", _TEXT}
_LENT, _CHANGED = "&'static ", "&'static mut "
_ROWS = ("std::vec::Vec<", "std::option::Option<")


def is_certain(text: str, shapes: Mapping[str, str]) -> bool:
    """True for a type that crosses whatever rustc says; `shapes` are those of the classes by type.

    `is_certain("std::option::Option<&'static str>", {})`
    """
    if text.startswith(_CHANGED):
        return shapes.get(text.removeprefix(_CHANGED), "enumeration") != "enumeration"
    if text.startswith(_LENT):
        return _is_lent(text.removeprefix(_LENT), shapes)
    for row in _ROWS:
        if text.startswith(row):
            return is_certain(text[len(row) : -1], shapes)
    return text in _PLAIN or shapes.get(text, "unsized") != "unsized"


def _is_lent(text: str, shapes: Mapping[str, str]) -> bool:
    """True for a type to which references cross."""
    if text.startswith("[") and ";" not in text:
        return text[1:-1] in _NUMBERS or text[1:-1] == _TEXT or text[1:-1] in shapes
    return text == "str" or text in _PLAIN or text in shapes
