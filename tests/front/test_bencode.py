"""Bencode: what is written is read back; what is none is refused, and nothing hangs or crashes."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyhy.front import bencode

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.integers(-(10**20), 10**20) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, b"i0e"), (-7, b"i-7e"), ("é", b"2:\xc3\xa9"), ("", b"0:"), ([], b"le"), ({}, b"de"),
        ({"b": [1, "x"], "a": {}}, b"d1:ade1:bli1e1:xee"), (("t",), b"l1:te"), (b"\xff", b"1:\xff"),
    ],
)  # fmt: skip
def test_values_are_written_so(value: Any, written: bytes) -> None:
    assert bencode.encode(value) == written


@given(VALUES)
def test_what_is_written_is_read_back(value: Any) -> None:
    stream = BytesIO(bencode.encode(value) * 2)
    assert (bencode.read(stream), bencode.read(stream)) == (value, value)
    with pytest.raises(EOFError):
        bencode.read(stream)


@given(st.binary(max_size=40) | st.text("0123456789ilde:-", max_size=40).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(EOFError, bencode.Malformed):
        bencode.read(BytesIO(data))


@pytest.mark.parametrize(
    "data",
    [
        b"x", b"ie", b"i-e", b"i1.5e", b"i" + b"9" * 40 + b"e", b"99999999999:", b"-1:",
        b"di1ei2ee", b"d1:ae", b"l" * 100, b"1x:", b"d1:a" * 100,
    ],
)  # fmt: skip
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(bencode.Malformed):
        bencode.read(BytesIO(data + b"e" * 200))


@pytest.mark.parametrize("value", [None, True, 1.5, {1}, [None]])
def test_what_a_message_cant_hold_is_an_error(value: Any) -> None:
    with pytest.raises(TypeError, match="a message can't hold"):
        bencode.encode(value)
