"""Messages are JSON, checked before they leave; a MetaObject says where a result is from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import polyhy
from polyhy.errors import ConversionError
from polyhy.guests.messages import MetaObject, meta_object, to_json

DATA = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(DATA)
def test_json_comes_back_as_it_was(value: Any) -> None:
    assert json.loads(to_json(value)) == value


@settings(deadline=None)  # the first message starts the runtime
@given(DATA.filter(lambda value: type(value) is not str and "__proto__" not in repr(value)))
def test_a_message_to_javascript_is_read_as_it_was_sent(value: Any) -> None:
    assert polyhy.receive_json("js", polyhy.send_json("js", value)) == value


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"xs": [1, {2}]}, r"message.xs\[1\]: JSON has no set"),
        ([float("nan")], r"message\[0\]: JSON has no nan"),
        ({1: 2}, r"message: a key of JSON is a text, not 1"),
        (b"x", "JSON has no bytes"),
        (object(), "JSON has no object"),
    ],
)
def test_what_json_does_not_have_names_its_path(value: Any, path: str) -> None:
    with pytest.raises(ConversionError, match=path):
        polyhy.send_json("js", value)


def test_text_that_is_no_json_is_refused() -> None:
    for text in ("{", "NaN", "[1,]"):
        with pytest.raises(ConversionError, match="this is no JSON"):
            polyhy.receive_json("py", text)


def test_a_meta_object_knows_source_type_and_shape() -> None:
    import numpy as np

    assert meta_object([[1, 2], [3, 4]], source="js") == MetaObject(
        "js", "list", (2, 2), [[1, 2], [3, 4]]
    )
    assert meta_object(np.zeros((2, 3))).shape == (2, 3)
    assert meta_object([[1], [2, 3]]).shape == (2,)
    assert meta_object(5).shape == ()
    proxy = polyhy.evaluate("js", "() => 1")
    assert (meta_object(proxy).source, meta_object(proxy).type) == ("js", "JsFunction")
    assert meta_object(meta_object(5)) == meta_object(5)


def test_lisp_sends_receives_and_asks_for_meta_objects(tmp_path: Path, run: Any) -> None:
    program = """(require polyhy * :readers *)
(setv there (send-json "js" {"msg" "hello" "xs" [1 2]}))
(print (receive-json "js" there))
(print (. (eval-in "js" "[[1, 2], [3, 4]]" :meta True) shape))
(print (. (receive-json "py" "[1, 2]" :meta True) source))
"""
    done = run("hy", "-c", program, cwd=tmp_path)
    assert done.stdout.splitlines() == ["{'msg': 'hello', 'xs': [1, 2]}", "(2, 2)", "py"], (
        done.stderr
    )
