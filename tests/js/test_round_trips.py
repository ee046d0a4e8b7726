"""Generated values of every kind go to a script and come back with nothing lost."""

from __future__ import annotations

import datetime as dt
import math
from collections import deque
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import polyhy
from polyhy.proxy import Proxy
from polyhy.values import MAX_SAFE

AT_ONCE = 10  # values in one example


class Thing:
    def method(self) -> int:
        return 7


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "\ue000",
        "\U00010000",
        "a\U00010001",
        "\U00010003",
        "\0",
        "{}",
        "[1]",
        "null",
        "x\r\n",
        "ÿ" * 40,
    ]
)
numbers = (
    st.integers()
    | st.integers(-(2**70), 2**70)
    | st.sampled_from([MAX_SAFE, MAX_SAFE + 1, -MAX_SAFE, -MAX_SAFE - 1, 2**31, -(2**31)])
    | st.floats()
    | st.sampled_from([-0.0, math.inf, -math.inf, math.nan, 5e-324, 2.0**53, 1e300])
)
dates = st.datetimes(min_value=dt.datetime(1, 1, 2), max_value=dt.datetime(9999, 12, 30)).map(
    lambda t: t.replace(microsecond=t.microsecond // 1000 * 1000, tzinfo=dt.timezone.utc)
)
plain = st.none() | st.booleans() | numbers | text | st.binary(max_size=40) | dates
keys = st.none() | st.booleans() | st.integers() | text | st.tuples(st.integers(), text)
behaviour = st.sampled_from([Thing(), Thing, len, Thing().method, iter("ab"), ValueError("x")]) | (
    st.lists(st.floats(), max_size=4).map(np.array)
)


def is_data(x: dict[str, Any]) -> bool:
    """An object that holds a function itself is behaviour, and stays by reference."""
    return not any(callable(v) for k, v in x.items() if isinstance(k, str))


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return (
        st.lists(inner, max_size=5)
        | st.lists(st.integers(-(2**31), 2**31 - 1), min_size=9, max_size=40)
        | st.tuples(inner, inner)
        | st.builds(range, st.integers(-5, 5), st.integers(-5, 5))
        | st.lists(inner, max_size=3).map(deque)
        | st.dictionaries(text, inner, max_size=4).filter(is_data)
        | st.dictionaries(keys, inner, max_size=3).filter(is_data)
        | st.frozensets(st.integers() | text, max_size=4)
    )


values = st.recursive(plain | behaviour, containers, max_leaves=5)


def same(sent: Any, back: Any) -> bool:
    """What came back is what the value table says of what was sent."""
    if isinstance(sent, (list, tuple, range, deque)):
        return type(back) is list and len(back) == len(sent) and all(map(same, sent, back))
    if isinstance(sent, dict):
        return same_mapping(sent, back)
    if isinstance(sent, frozenset):
        return isinstance(back, Proxy) and polyhy.data(back) == sent
    if isinstance(sent, float):
        return same_number(sent, back)
    if isinstance(sent, (int, str, bytes, dt.datetime)) or sent is None:
        return type(back) is type(sent) and back == sent
    return back is sent


def same_mapping(sent: dict[Any, Any], back: Any) -> bool:
    if all(isinstance(key, str) for key in sent):
        return (
            type(back) is dict
            and list(back) == list(in_order(sent))
            and all(same(x, back[key]) for key, x in sent.items())
        )
    return isinstance(back, Proxy) and len(back) == len(sent)


def in_order(sent: dict[str, Any]) -> list[str]:
    """JavaScript lists whole numbers first, in their order."""
    whole = [key for key in sent if key.isascii() and key.isdigit() and str(int(key)) == key]
    index = sorted((key for key in whole if int(key) < 2**32 - 1), key=int)
    return [*index, *(key for key in sent if key not in index)]


def same_number(sent: float, back: Any) -> bool:
    """A whole float within the safe integers is an int there and back."""
    if math.isnan(sent):
        return isinstance(back, float) and math.isnan(back)
    return back == sent and math.copysign(1, back) == math.copysign(1, sent)


def check(sent: list[Any]) -> None:
    identity = polyhy.evaluate("js", "(...xs) => xs.length === 1 ? xs[0] : xs")
    for x in sent:
        assert same(x, identity(x)), (x, identity(x))
    assert same(sent, identity(sent))
    assert same(sent, identity(*sent))


@settings(max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(values, min_size=AT_ONCE, max_size=AT_ONCE))
def test_twenty_thousand_values_make_the_round_trip(sent):
    check(sent)


@pytest.mark.slow
@settings(max_examples=100_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(values, min_size=AT_ONCE, max_size=AT_ONCE))
def test_a_million_values_make_the_round_trip(sent):
    check(sent)


@settings(max_examples=500, deadline=None)
@given(plain)
def test_a_callback_is_given_and_gives_back_the_same(x):
    seen = []

    def callback(y):
        seen.append(y)
        return x

    back = polyhy.evaluate("js", "(f, x) => f(x)")(callback, x)
    assert same(x, back)
    assert same(x, seen[0])


@settings(max_examples=500, deadline=None)
@given(st.dictionaries(keys, plain, max_size=5))
def test_a_map_keeps_its_keys_and_their_kinds(x):
    back = polyhy.evaluate("js", "x => x")({**x, 0.5: 1})
    copy = polyhy.data(back)
    assert set(map(repr, copy)) == set(map(repr, {**x, 0.5: 1}))
