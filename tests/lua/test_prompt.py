"""A prompt's cells: they see and set the session's names, and say when they want more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from polyhy.errors import ConversionError, GuestError, GuestSyntaxError
from polyhy.guests import host

Eval = Callable[[str], Any]


def cell(source: str, names: dict[str, Any]) -> Any:
    return host.bridge("lua").cell(source, "<cell>:1", names)


@pytest.mark.usefixtures("lua")
class TestCells:
    def test_an_expression_is_its_value_and_a_statement_none(self) -> None:
        assert cell("1 + 1", {}) == 2
        assert cell("local x = 1", {}) is None
        assert cell("1, 'a'", {}) == (1, "a")

    def test_it_sees_the_names_of_the_session(self) -> None:
        names = {"n": 20, "f": lambda x: x + 1, "xs": [1, 2]}
        assert cell("f(n) + n + #xs", names) == 43
        assert cell("string.rep('x', 3)", names) == "xxx"
        assert cell("nowhere", names) is None

    def test_what_it_sets_is_a_name_of_the_session(self) -> None:
        names: dict[str, Any] = {"gone": 1}
        cell("x = 1; function double(y) return y * 2 end; gone = nil", names)
        assert names["x"] == 1
        assert "gone" not in names
        assert names["double"](21) == 42
        assert cell("double(x)", names) == 2

    def test_a_table_stays_one_table(self) -> None:
        names: dict[str, Any] = {}
        cell("t = {1, 2}", names)
        cell("t[3] = 5", names)
        assert cell("t", names) == [1, 2, 5]
        names["t"][4] = 6
        assert cell("#t", names) == 4

    def test_errors_say_their_line(self) -> None:
        with pytest.raises(GuestError, match="<cell>:2"):
            cell("local x = 1\nerror('no')", {})
        with pytest.raises(GuestSyntaxError, match="near"):
            cell("x = = 1", {})
        with pytest.raises(ConversionError, match="bad"):
            cell("bad", {"bad": "\ud800"})

    @pytest.mark.parametrize(
        ("source", "more"),
        [
            ("function f()", True),
            ("if x then", True),
            ("[[abc", True),
            ("1 +", True),
            ("f(", True),
            ("x = 1", False),
            ("1 + 1", False),
            ("x = = 1", False),
            ("'abc", False),
            ("", False),
        ],
    )
    def test_it_says_when_more_must_follow(self, source: str, more: bool) -> None:
        assert host.bridge("lua").incomplete(source) is more

    def test_its_language_is_known_to_pygments(self) -> None:
        assert host.bridge("lua").lexer == "lua"
