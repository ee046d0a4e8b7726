"""Python as a guest: its scope, its modules, the folders it searches."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import polyhy
from polyhy.bridges.python.bridge import Python
from polyhy.errors import Stopped
from polyhy.guests import host


@pytest.fixture
def python() -> Iterator[Python]:
    life = Python()
    life.start([])
    yield life
    life.stop()


def test_the_value_is_that_of_the_last_expression(python: Python) -> None:
    assert python.eval("x = 20\nx + 1\nx + 2", "a.hy:1") == 22
    assert python.eval("y = 1", "a.hy:1") is None
    assert python.eval("x", "a.hy:1") == 20
    assert python.eval("", "a.hy:1") is None


def test_the_scope_is_not_that_of_the_caller(python: Python) -> None:
    python.eval("hidden = 1", "a.hy:1")
    assert "hidden" not in globals()
    with pytest.raises(NameError):
        python.eval("pytest", "a.hy:1")


def test_a_function_made_here_sees_the_scope(python: Python) -> None:
    f = python.eval("n = 5\ndef f(): return n\nf", "a.hy:1")
    python.eval("n = 6", "a.hy:1")
    assert f() == 6


def test_a_line_is_counted_from_the_origin(python: Python) -> None:
    assert python.eval("\n\n(lambda: 0).__code__.co_firstlineno", "a.hy:10") == 12


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("json", "json"),
        ("xml/etree/ElementTree", "xml.etree.ElementTree"),
        ("xml.dom", "xml.dom"),
        ("importlib.metadata", "importlib.metadata"),
    ],
)
def test_a_module_is_loaded_by_its_name(python: Python, module: str, name: str) -> None:
    assert python.load(module) is sys.modules[name]


def test_a_distribution_is_found_by_its_own_name(python: Python, tmp_path: Path) -> None:
    (tmp_path / "odd_inside").mkdir()
    (tmp_path / "odd_inside" / "__init__.py").write_text("")
    (tmp_path / "odd_inside" / "part.py").write_text("x = 3")
    info = tmp_path / "Some_Odd.Name-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: Some-Odd.Name\nVersion: 1.0\n")
    (info / "top_level.txt").write_text("odd_inside\n")
    python.search([tmp_path])
    assert python.load("some-odd-name").__name__ == "odd_inside"
    assert python.load("some-odd-name/part").x == 3


def test_a_module_that_is_missing_is_named(python: Python) -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_module_here"):
        python.load("no-such-module-here")


def test_the_folders_searched_stand_in_front_until_the_stop(tmp_path: Path) -> None:
    (tmp_path / "only_here_1.py").write_text("x = 1")
    life = Python()
    life.start([tmp_path])
    assert sys.path[0] == str(tmp_path)
    assert life.load("only_here_1").x == 1
    (tmp_path / "only_here_2.py").write_text("x = 2")
    life.search([tmp_path])
    assert life.load("only_here_2").x == 2
    life.stop()
    assert str(tmp_path) not in sys.path


def test_a_file_is_loaded_once(python: Python, tmp_path: Path) -> None:
    file = tmp_path / "tool_of_mine.py"
    file.write_text("def f(): return 1")
    assert python.load(str(file)) is python.load(str(file))
    assert python.load(str(file)).f() == 1


def test_a_file_does_not_take_the_name_of_a_module(python: Python, tmp_path: Path) -> None:
    import json

    (tmp_path / "json.py").write_text("mine = True")
    assert python.load(str(tmp_path / "json.py")).mine
    assert sys.modules["json"] is json


def test_a_file_that_fails_or_is_missing_leaves_nothing(python: Python, tmp_path: Path) -> None:
    (tmp_path / "fails_at_once.py").write_text("1 / 0")
    with pytest.raises(ZeroDivisionError):
        python.load(str(tmp_path / "fails_at_once.py"))
    assert "fails_at_once" not in sys.modules
    with pytest.raises(ModuleNotFoundError, match=r"no Python file .*missing\.py"):
        python.load(str(tmp_path / "missing.py"))


def test_a_stopped_runtime_says_so() -> None:
    life = Python()
    life.start([])
    life.stop()
    with pytest.raises(Stopped, match="python"):
        life.eval("1", "a.hy:1")


def test_the_readme_is_true() -> None:
    import doctest
    from importlib.resources import files

    host.stop("python")
    text = files("polyhy.bridges.python").joinpath("README.md").read_text("utf-8")
    runner = doctest.DocTestRunner()
    test = doctest.DocTestParser().get_doctest(text, {}, "README.md", "README.md", 0)
    runner.run(test)
    assert runner.tries > 2
    assert not runner.failures
    assert polyhy.evaluate("python", "1 + 1") == 2
