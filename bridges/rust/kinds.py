"""Kinds: what Python value a type of Rust is made of. A call can tell types of two kinds apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_PLAIN: Mapping[str, Sequence[str]] = {
    "bool": ["bool"],
    "int": [f"{sign}{bits}" for sign in "iu" for bits in (8, 16, 32, 64, 128, "size")],
    "float": ["f64", "f32"],
    "str": ["str", "String", "std::string::String", "char", "std::borrow::Cow<'static, str>"],
    "path": ["std::path::Path", "std::path::PathBuf", "std::ffi::OsStr", "std::ffi::OsString"],
    "bytes": ["Octets", "[u8]", "Vec<u8>", "std::vec::Vec<u8>", "std::borrow::Cow<'static, [u8]>"],
    "callable": ["_"],
}
_MAPS = ("std::collections::HashMap<", "std::collections::BTreeMap<")
_OF = {text: kind for kind, texts in _PLAIN.items() for text in texts}
_RANK = {kind: at for at, kind in enumerate((*_PLAIN, "dict"))}
_REFERENCE = re.compile(r"^(&'static (mut )?)+")


def kind_of(text: str, classes: Sequence[str] = ()) -> str:
    """The kind of a type, or "" where trying it might use up what it is made of: an iterator.

    `kind_of("&'static str") == "str"`; a class is a kind of its own.
    """
    plain = without_reference(text)
    if plain.startswith(_MAPS):
        return "dict"
    return _OF.get(plain) or (plain if plain in classes else "")


def without_reference(text: str) -> str:
    """`Foo` for `&'static mut Foo`."""
    return _REFERENCE.sub("", text)


def distinct(
    rows: Sequence[tuple[Sequence[str], str]], classes: Sequence[str], most: int
) -> list[str]:
    """Of lines with the types that they are open for, one for each kind: all that a call may mean.

    The first line is among them; classes go first, numbers before texts.
    """
    found: dict[tuple[str, ...], str] = {}
    for types, line in rows:
        kinds = tuple(kind_of(text, classes) for text in types)
        if not (kinds and all(kinds)):
            if not found:
                return [line]
        elif len(found) < most:
            found.setdefault(kinds, line)
    return [found[kinds] for kinds in sorted(found, key=lambda kinds: [*map(_rank, kinds)])]


def _rank(kind: str) -> int:
    return _RANK.get(kind, -1)
