"""Cells of a prompt share their names with the session, and with every other language in it."""

from __future__ import annotations

import asyncio

import pytest

from polyhy.errors import GuestError, GuestSyntaxError
from polyhy.guests import host


@pytest.fixture
def names():
    return {}


@pytest.fixture
def cell(names):
    bridge = host.bridge("js")
    return lambda source: bridge.cell(source, "cell.hy:1", names)


def test_a_cell_sees_and_sets_the_names_of_the_session(cell, names):
    names["xs"] = [1, 2, 3]
    assert cell("answer = xs.map(x => x*2)") == [2, 4, 6]
    assert names["answer"] == [2, 4, 6]
    assert "answer" not in host.evaluate("js", "Object.keys(globalThis)")


@pytest.mark.parametrize(
    ("source", "set_", "value"),
    [
        ("let a = 1", {"a": 1}, None),
        ("const a = 1, b = a + 1; a + b", {"a": 1, "b": 2}, 3),
        ("var a", {"a": None}, None),
        ("let { a, b: { c }, ...rest } = { a: 1, b: { c: 2 }, d: 4 }", {"a": 1, "c": 2}, None),
        ("const [a, , b = 7] = [1, 2]\nb", {"a": 1, "b": 7}, 7),
        ("let a = (1)\nlet b = (2)\n;(a + b)", {"a": 1, "b": 2}, 3),
        ("a = b = 5", {"a": 5, "b": 5}, 5),
        ("let n = 0\nfor (let i = 0; i < 3; i++) n += i\nn", {"n": 3}, 3),
        ("if (true) { z = 1 }", {"z": 1}, None),
        ("{ a: 1 }", {}, {"a": 1}),
        ("{ let hidden = 1 }", {}, None),
        ("(1, 2)", {}, 2),
        ("'text'", {}, "text"),
        ("", {}, None),
        ("// nothing", {}, None),
        ("`a\n${1}`", {}, "a\n1"),
        ("é = 'ü'", {"é": "ü"}, "ü"),
    ],
)
def test_what_is_declared_at_the_top_becomes_a_name(cell, names, source, set_, value):
    assert cell(source) == value
    assert {key: names[key] for key in set_} == set_
    assert "hidden" not in names
    assert "i" not in names


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("import fs from 'node:fs'; fs.existsSync('/')", True),
        ("import { sep, EOL as end } from 'os'; [typeof sep, end]", None),
        (
            "import {\n  platform,\n  EOL as end,\n} from 'node:os'\n[platform(), end]",
            ["linux", "\n"],
        ),
        ("import * as os from 'node:os'; os.EOL", "\n"),
        ("import os, * as all from 'node:os'; os.EOL === all.EOL", True),
        ("import 'node:os'\n7", 7),
        ("const { EOL } = await import('node:os'); EOL", "\n"),
        ("const os = require('os'); os.EOL", "\n"),
        ("typeof require.resolve", "function"),
        ("const text = 'import x from y'; text", "import x from y"),
    ],
)
def test_a_cell_imports_as_modules_do(cell, source, value):
    if value is None:
        with pytest.raises(GuestSyntaxError, match="does not provide an export named 'sep'"):
            cell(source)
    else:
        assert cell(source) == value


def test_what_a_cell_imports_is_a_name_of_the_session(cell, names):
    cell("import os, { EOL } from 'node:os'")
    assert names["EOL"] == "\n"
    assert cell("os.EOL") == "\n"


@pytest.mark.parametrize("name", ["never-locked", "@never/locked"])
def test_a_package_that_is_not_here_comes_with_the_command_that_adds_it(cell, name):
    for source in (f"import x from '{name}'", f"require('{name}/part')"):
        with pytest.raises(GuestError, match=f"run: polyhy add npm:{name}$"):
            cell(source)
    with pytest.raises(GuestError) as caught:
        cell("require('./never.js')")
    assert "polyhy add" not in str(caught.value)


def test_an_import_that_goes_on_is_incomplete():
    incomplete = host.bridge("js").incomplete
    assert incomplete("import {\n  a,")
    assert not incomplete("import {\n  a,\n} from 'm'")


def test_an_error_after_an_import_names_its_own_line(cell):
    with pytest.raises(GuestError) as caught:
        cell("import {\n  EOL,\n} from 'node:os'\nnull.x")
    assert caught.value.frames[0].line == 4


def test_functions_and_classes_become_names(cell, names):
    cell("function twice(x) { return x * 2 }\nclass Shape { get sides() { return 4 } }")
    assert names["twice"](4) == 8
    assert names["Shape"]().sides == 4
    assert cell("twice(new Shape().sides)") == 8


def test_a_function_sees_names_as_they_are_when_it_is_called(cell, names):
    cell("let count = 1; const read = () => count")
    assert names["read"]() == 1
    cell("count = 5")
    assert names["read"]() == 5
    names["count"] = 6
    assert cell("read()") == 6


def test_a_list_of_the_session_is_changed_in_place(cell, names):
    names["xs"] = xs = [1]
    cell("xs.push(2)")
    assert xs == [1, 2]


def test_names_are_found_in_the_scripts_own_spelling(cell, names):
    names["my_list"] = [1, 2]
    assert cell("my_list.length") == 2


def test_a_missing_name_is_an_error_that_names_it(cell):
    with pytest.raises(GuestError, match="nowhere is not defined"):
        cell("nowhere + 1")


def test_await_works_at_the_top_of_a_cell(cell, names):
    assert cell("const v = await new Promise(r => setTimeout(r, 5, 41))\nv + 1") == 42
    assert names["v"] == 41
    names["steps"] = host.evaluate("js", "async function* f() { yield 1; yield 2 }; f")
    assert cell("let sum = 0; for await (const x of steps()) sum += x\nsum") == 3


def test_await_in_a_running_loop_gives_what_can_be_awaited(cell, names):
    async def main():
        return await cell("y = await Promise.resolve(7)\ny")

    assert asyncio.run(main()) == 7
    assert names["y"] == 7


def test_an_error_in_a_cell_names_its_line(cell):
    with pytest.raises(GuestError, match=r"cell\.hy:3"):
        cell("1\n2\nnull.x")
    with pytest.raises(GuestSyntaxError, match=r"cell\.hy:2"):
        cell("1 +\n* 2")


@pytest.mark.parametrize(
    ("source", "more"),
    [
        ("1 + 1", False),
        ("f(", True),
        ("function f() {", True),
        ("`open", True),
        ("/* open", True),
        ("xs.map(x =>", True),
        ("await f(", True),
        ("await f(1)", False),
        ("for await (const x of y) {", True),
        ("let a = {", True),
        ("1 +", True),
        (") 1", False),
        ("'open", False),
        ("", False),
    ],
)
def test_a_prompt_reads_on_only_where_more_must_follow(source, more):
    assert host.bridge("js").incomplete(source) is more
