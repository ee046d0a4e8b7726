"""The same small programs give the same on every target as in Hy, or are listed with the reason."""

from __future__ import annotations

import re
import types
from pathlib import Path
from typing import Any

import hy
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import polyhy
from polyhy import emit, plugins
from polyhy.errors import GuestError
from polyhy.guests import targets

PROGRAMS = [
    (file.stem, form)
    for file in sorted((Path(__file__).parent / "corpus").glob("*.hy"))
    for form in hy.read_many(file.read_text("utf-8"))
]

# Hy moves the statements of a later operand before the earlier operands.
ORDER = ["(+ (do (setv q 1) q)", "(+ (t 1) (if (t 2)"]
NONE = "a table of Lua has no place for None: it ends a list there, and a dict has no such key"

DIFFERS: dict[str, dict[str, str]] = {
    "js": dict.fromkeys(ORDER, "operands are evaluated in their order"),
    "lua": {
        **dict.fromkeys(ORDER, "operands are evaluated in their order"),
        '(.get d "z" 0) (len d)])': NONE,
        "(or None False 0)]": NONE,
        "[(f [1 3 5]) (f [1])])": NONE,
        '(match x (int) "int"': NONE,
        '(str [1 "a" None])': NONE,
    },
}


def names() -> list[str]:
    return [f"{topic}-{form.start_line}" for topic, form in PROGRAMS]


def in_hy(form: Any) -> Any:
    module = types.ModuleType("program")
    return plain(hy.eval(form, module.__dict__, module=module))


def in_target(language: str, form: Any) -> Any:
    said = written(language, form)
    origin = f"program.hy:{form.start_line}"
    value = (polyhy.emitted if said.takes else polyhy.evaluate)(language, said.source, origin)
    return plain(polyhy.data(value))


def written(language: str, form: Any) -> emit.Piece:
    from hy.compiler import HyASTCompiler

    compiler = HyASTCompiler(types.ModuleType("program"), "program.hy", "")
    return targets.written(compiler, language, [form])


def plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return value


def reason(language: str, form: Any) -> str:
    text = hy.repr(form)
    found = [why for part, why in DIFFERS[language].items() if part in text.replace("  ", " ")]
    return found[0] if found else ""


def test_there_are_enough_programs() -> None:
    assert len(PROGRAMS) >= 150


def test_every_exception_is_of_a_program() -> None:
    texts = [hy.repr(form).replace("  ", " ") for _, form in PROGRAMS]
    for language, parts in DIFFERS.items():
        for part in parts:
            assert sum(part in text for text in texts) == 1, (language, part)


@pytest.mark.parametrize("language", ["js", "lua"])
@pytest.mark.parametrize(("topic", "form"), PROGRAMS, ids=names())
def test_a_program_gives_the_same_as_in_hy(language: str, topic: str, form: Any) -> None:
    same = in_target(language, form) == in_hy(form)
    assert same != bool(reason(language, form))


@pytest.mark.parametrize(("topic", "form"), PROGRAMS, ids=names())
def test_a_program_is_the_same_in_python_s_words(topic: str, form: Any) -> None:
    """`compile --target py` writes what Hy means."""
    import ast

    from hy.compiler import hy_compile

    tree: Any = hy_compile(
        hy.models.Expression([hy.models.Symbol("do"), form]),
        "__main__",
        get_expr=True,
        import_stdlib=False,
    )
    body, last = (ast.unparse(part) for part in tree)
    names: dict[str, Any] = {"hy": hy}
    exec(body, names)
    assert plain(eval(last, names)) == in_hy(form)


def test_plugins_know_both_targets() -> None:
    assert {"js", "lua"} <= set(plugins.emitters())


def made_of(inner: Any) -> Any:
    """Forms of operators over smaller forms."""
    operators = ["+", "-", "*", "//", "%", "<", "<=", "=", "!=", "and", "or", "min", "max"]
    pairs = st.tuples(st.sampled_from(operators), inner, inner)
    choices = st.tuples(st.just("if"), inner, inner, inner)
    lists = st.tuples(st.just("get"), st.lists(inner, min_size=1, max_size=3), st.just(-1))
    return pairs | choices | lists | st.tuples(st.just("not"), inner)


EXPRESSIONS = st.recursive(st.integers(-20, 20) | st.booleans(), made_of, max_leaves=8)


def form_of(tree: Any) -> Any:
    if isinstance(tree, tuple):
        return hy.models.Expression([hy.models.Symbol(tree[0]), *map(form_of, tree[1:])])
    if isinstance(tree, list):
        return hy.models.List(map(form_of, tree))
    return hy.models.Symbol(str(tree)) if isinstance(tree, bool) else hy.as_model(tree)


def guarded(form: Any) -> Any:
    """The value of a form, or the name of its error."""
    text = f'(try {hy.repr(form)[1:]} (except [ZeroDivisionError] "zero"))'
    return hy.read(text)


@settings(max_examples=40, deadline=None)
@given(st.lists(EXPRESSIONS, min_size=8, max_size=8))
def test_any_expression_has_the_same_value_everywhere(trees: list[Any]) -> None:
    forms = [guarded(form_of(tree)) for tree in trees if isinstance(tree, tuple)]
    whole = hy.models.List(forms)
    wanted = in_hy(whole)
    assert in_target("js", whole) == wanted
    try:
        got = in_target("lua", whole)
    except GuestError as error:  # a boolean beside a number is no number to Lua
        assume(not re.search("attempt to .* boolean", error.message))
        raise
    assert got == wanted
