"""by-ref, data and eval-in after `(require polyhy *)`."""

from __future__ import annotations

import types
from pathlib import Path
from typing import Any

import hy
import pytest
from hy.compiler import hy_eval

from polyhy.errors import GuestError
from polyhy.proxy import Proxy


@pytest.fixture(autouse=True)
def _toys(toys: Path) -> None:
    """The toy is known."""


def evaluated(source: str) -> Any:
    module = types.ModuleType("evaluated")
    forms = hy.read_many(f"(require polyhy *)\n{source}", filename="here.hy")
    return hy_eval(forms, module.__dict__, module)


def test_eval_in_evaluates_in_another_language() -> None:
    assert evaluated('((eval-in "toy" "lambda x: x + 1") 41)') == 42


def test_eval_in_takes_a_language_and_a_source_that_are_computed() -> None:
    assert evaluated('(setv l "toy" s "20 + 1") (eval-in l s)') == 21


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ('(eval-in "toy" "error(\'x\')")', 2),
        ('\n\n(eval-in\n  "toy"\n  "error(\'x\')")', 6),
        ('(eval-in "toy" "(1,\n error(\'x\'))")', 3),
        ("(eval-in \"toy\" #[[error('x')]])", 2),
        ("(eval-in \"toy\" #[[\nerror('x')]])", 3),
    ],
)
def test_an_error_names_the_line_of_the_source(source: str, line: int) -> None:
    with pytest.raises(GuestError, match=f"here.hy:{line}"):
        evaluated(source)


def test_by_ref_leaves_a_result_in_the_guest_and_data_copies_it_out() -> None:
    program = '(setv f (eval-in "toy" "lambda: [1, 2]")  xs ((by-ref f)))'
    assert isinstance(evaluated(f"{program} xs"), Proxy)
    assert evaluated(f"{program} (data xs)") == [1, 2]


def test_by_ref_lends_a_container() -> None:
    program = '(setv xs [1]  same (eval-in "toy" "lambda x: x"))'
    assert evaluated(f"{program} (is (same (by-ref xs)) xs)") is True
    assert evaluated(f"{program} (is (same xs) xs)") is False


def test_the_words_work_inside_functions_and_comprehensions() -> None:
    program = '(setv f (eval-in "toy" "lambda: [1, 2]"))'
    assert evaluated(f"{program} (lfor  _ [1 2]  (data ((by-ref f))))") == [[1, 2], [1, 2]]
    assert evaluated(f"{program} ((fn [] (data ((by-ref f)))))") == [1, 2]


def test_a_data_of_the_file_s_own_is_left_alone() -> None:
    assert evaluated('(defn data [] "mine") (data)') == "mine"
    assert evaluated("(defn f [data] (data 1 2)) (f max)") == 2
    assert evaluated("(defn f [] (setv data max) (data 1 2)) (f)") == 2
