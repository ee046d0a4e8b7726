"""Programs with something missing, doubled or misplaced: said whole, or refused with the place."""

from __future__ import annotations

import math
import random
import types
from collections.abc import Iterator
from typing import Any

import hy
import pytest
from hy.compiler import HyASTCompiler
from hy.errors import HyLanguageError
from hy.models import Dict, Expression, List, Set, Tuple

import polyhy
from polyhy.guests import targets

from .test_corpus import PROGRAMS
from .test_rust_functions import FUNCTIONS

CORPUS = [form for _, form in PROGRAMS]
FORMS = {"js": CORPUS, "lua": CORPUS, "rust": list(hy.read_many(FUNCTIONS))}
JUNK = list(
    hy.read_many(
        """1 "a" x [] () {} :k (f) None #(1 2) 2.5 [x 1] (get x) #* x #** x b"x" 'q 1j f"{x}" #{1}
        ... (. x y) (fn [] 1) :as [a #* b]"""
    )
)
READS = {
    "js": "(source) => { new Function('return ' + source); }",
    "lua": "function(source) assert(load('return ' .. source)) end",
}
"""What reads source without running it."""


def places(form: Any, path: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    for i, each in enumerate(form if isinstance(form, HOLDERS) else ()):
        yield (*path, i)
        yield from places(each, (*path, i))


HOLDERS = (Expression, List, Dict, Set, Tuple)


def damaged(form: Any, path: tuple[int, ...], how: str, dice: random.Random) -> Any:
    first, *rest = path
    items = list(form)
    if rest:
        items[first] = damaged(items[first], tuple(rest), how, dice)
    elif how == "replace":
        items[first] = dice.choice(JUNK)
    elif how == "swap":
        items[first - 1], items[first] = items[first], items[first - 1]
    else:
        items[first : first + 1] = {"remove": [], "double": [items[first]] * 2}[how]
    return type(form)(items).replace(form, recursive=False)


@pytest.mark.parametrize("language", FORMS)
def test_a_damaged_program_is_said_or_refused(language: str) -> None:
    dice = random.Random(7)
    said = refused = 0
    for _ in range(700):
        form = dice.choice(FORMS[language])
        for _ in range(dice.choice([1, 1, 2, 3])):
            found = list(places(form))
            how = dice.choice(["remove", "double", "swap", "replace", "replace"])
            form = damaged(form, dice.choice(found), how, dice) if found else form
        module = types.ModuleType("damaged")
        module.__dict__["math"] = math
        try:
            piece = targets.written(HyASTCompiler(module, "damaged.hy", ""), language, [form], [])
        except HyLanguageError:
            refused += 1
        else:
            said += 1
            if language in READS:
                polyhy.evaluate(language, READS[language])(piece.source)
    assert said > 20
    assert refused > 100
