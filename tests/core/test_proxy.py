"""A Proxy answers like the data it holds, on the toy."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

import polyhy
from polyhy import plugins
from polyhy.errors import ConversionError
from polyhy.proxy import FunctionProxy, Proxy
from polyhy.testing import ToyBridge

plugins.add(ToyBridge)


def toy(source: str) -> Any:
    return polyhy.evaluate("toy", source)


def kept(source: str) -> Any:
    """Data that stays in the guest."""
    return polyhy.by_ref(toy(f"lambda: {source}"))()


def test_a_list_by_reference_answers_like_a_list() -> None:
    xs = kept("[1, 2, 3]")
    assert isinstance(xs, Proxy)
    assert (xs[0], len(xs), 2 in xs, 9 in xs, list(xs)) == (1, 3, True, False, [1, 2, 3])
    assert "[1, 2, 3]" in repr(xs)
    assert polyhy.data(xs) == [1, 2, 3]


def test_items_are_set_and_deleted_in_the_guest() -> None:
    d = kept("{'a': 1}")
    d["b"] = [2]
    del d["a"]
    assert polyhy.data(d) == {"b": [2]}
    d.c = 3
    assert d.c == 3
    del d.c
    assert dir(d) == ["b"]


def test_a_proxy_is_true_even_if_it_is_empty() -> None:
    assert kept("[]")


def test_a_member_is_found_in_camel_case() -> None:
    thing = toy("new(groupBy=1, with_underscore=2)")
    assert (thing.group_by, thing.with_underscore) == (1, 2)


def test_dunder_names_are_never_asked_of_the_guest() -> None:
    thing = toy("new(**{'__wrapped__': 1})")
    with pytest.raises(AttributeError):
        _ = thing.__wrapped__
    assert not hasattr(toy("lambda: 1"), "__name__")


def test_a_class_constructs_and_new_constructs_too() -> None:
    assert isinstance(toy("type('A', (), {'n': 1})")(), Proxy)


def test_a_function_of_data_returns_a_copy_and_by_ref_the_thing_itself() -> None:
    f = toy("lambda xs=[1]: xs")
    assert isinstance(f, FunctionProxy)
    assert f() is not f()
    assert polyhy.by_ref(f)() == polyhy.by_ref(f)()


def test_two_proxies_of_one_object_are_equal_and_of_two_are_not() -> None:
    f = toy("(lambda it: lambda: it)(new(x=1))")
    assert f() == f()
    assert len({f(), f()}) == 1
    assert f() != toy("new(x=1)")
    assert f() != 1


def test_data_of_what_is_no_proxy_is_itself() -> None:
    xs = [1]
    assert polyhy.data(xs) is xs


def test_behaviour_is_not_copied_out() -> None:
    with pytest.raises(ConversionError):
        polyhy.data(toy("lambda: 1"))


def test_a_proxy_is_not_pickled_nor_copied() -> None:
    thing = toy("new(x=1)")
    with pytest.raises(TypeError, match="lives in this process only"):
        pickle.dumps(thing)
    assert copy.copy(thing) is thing
