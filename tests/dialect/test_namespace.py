"""import_from and Python's own import, on the toy's packages."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import polyhy
from polyhy import plugins
from polyhy.errors import (
    NoSuchFile,
    NoSuchMember,
    NotInstalled,
    NotLocked,
    SpecError,
    UnknownEcosystem,
)
from polyhy.guests import host, namespace
from polyhy.proxy import Proxy

Run = Callable[..., Any]


@pytest.fixture(autouse=True)
def in_the_project(toy_project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(toy_project)
    monkeypatch.setattr(namespace, "project", lambda _: Path.cwd())  # not this file's own project
    return toy_project


def test_a_package_is_loaded_as_a_proxy() -> None:
    greet = polyhy.import_from("toy", "greet")
    assert isinstance(greet, Proxy)
    assert greet.hello("you") == "hello you"


def test_a_module_is_loaded_once() -> None:
    assert polyhy.import_from("toy", "greet") is polyhy.import_from("toy", "greet")


def test_a_stopped_runtime_is_started_again_by_an_import() -> None:
    before = polyhy.import_from("toy", "greet")
    host.stop("toy")
    after = polyhy.import_from("toy", "greet")
    assert after is not before
    assert after.n == 7


def test_a_member_of_a_module_within_is_told_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "made_up").mkdir()
    (tmp_path / "made_up-1.0.dist-info").mkdir()
    (tmp_path / "made_up" / "__init__.py").write_text("from . import thing")
    (tmp_path / "made_up" / "thing.py").write_text("class Thing: pass")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(NoSuchMember, match=r'did you mean "thing\.Thing"'):
        polyhy.import_from("pypi", "made_up", ["Thing"])


def test_a_range_a_scope_and_a_subpath_are_understood() -> None:
    assert polyhy.import_from("toy", "greet@2").n == 7
    assert polyhy.import_from("toy", "@scope/pkg").scoped() is True
    assert polyhy.import_from("toy", "greet/loud").hello("you") == "HELLO YOU"


def test_members_come_as_a_list_in_any_spelling() -> None:
    hello, loud = polyhy.import_from("toy", "greet", ["hello", "loud_name"])
    assert (hello("you"), loud("x")) == ("hello you", "X")


def test_a_star_gives_all_members() -> None:
    assert set(polyhy.import_from("toy", "greet/loud", "*")) == {"hello", "bye"}


def test_a_missing_member_is_an_import_error_with_a_suggestion() -> None:
    with pytest.raises(NoSuchMember, match="has no member 'helo'") as caught:
        polyhy.import_from("toy", "greet", ["helo"])
    assert str(caught.value) == "toy:greet has no member 'helo'\n  did you mean \"hello\"?"
    assert isinstance(caught.value, ImportError)


def test_what_is_not_locked_says_the_command_and_the_place() -> None:
    with pytest.raises(NotLocked) as caught:
        polyhy.import_from("toy", "never-locked@^2")
    text = str(caught.value)
    assert "run: polyhy add toy:never-locked@^2" in text
    assert f"at {__file__}:" in text
    assert isinstance(caught.value, ImportError)


def test_another_version_than_the_locked_one_is_not_locked() -> None:
    with pytest.raises(NotLocked):
        polyhy.import_from("toy", "greet@7")


def test_what_is_locked_but_not_installed_says_sync(
    in_the_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "polyhy.lock").write_bytes((in_the_project / "polyhy.lock").read_bytes())
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotInstalled, match="run: polyhy sync"):
        polyhy.import_from("toy", "two-words@2")


def test_what_was_installed_for_another_environment_says_sync(
    in_the_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(plugins.ecosystem("toy")), "stands", lambda *_: False)
    with pytest.raises(NotInstalled, match="run: polyhy sync"):
        polyhy.import_from("toy", "greet@2", runtime="doll")


def test_polyhy_install_allows_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLYHY_INSTALL", "1")
    assert polyhy.import_from("toy", "on-demand").f() == "fetched"


def test_an_unknown_ecosystem_gets_a_suggestion() -> None:
    with pytest.raises(UnknownEcosystem, match="no ecosystem 'toi'\n  did you mean \"toy\""):
        polyhy.import_from("toi", "greet")


def test_a_bad_spec_is_a_spec_error() -> None:
    with pytest.raises(SpecError, match="gr eet"):
        polyhy.import_from("toy", "gr eet")


# --- files of the project's own


@pytest.fixture
def own(tmp_path: Path, toys: Path) -> Path:
    """A folder with files of its own, in a project with one more."""
    (tmp_path / "pyproject.toml").write_text("[tool.polyhy]\n")
    for file in ("in_root.toy", "src/own.toy", "src/lib/deep.toy"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(f"{{'file': lambda: {Path(file).stem!r}}}")
    return tmp_path / "src"


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("./own.toy", "own"),
        ("./own", "own"),
        ("../in_root.toy", "in_root"),
        ("./lib/deep.toy", "deep"),
        ("own", "own"),
        ("in_root", "in_root"),
        ("lib.deep", "deep"),
        ("lib/deep", "deep"),
    ],
)
def test_a_file_is_found_from_the_folder_of_the_importing_file(
    own: Path, name: str, file: str
) -> None:
    assert namespace.load("doll", name, own).file() == file


def test_a_file_may_be_named_by_its_ecosystem_too(own: Path) -> None:
    assert namespace.load("toy", "./own.toy", own).file() == "own"


def test_the_importing_file_is_where_a_relative_path_begins(own: Path, run: Run) -> None:
    (own / "main.py").write_text("import polyhy\nprint(polyhy.import_from('doll', 'own').file())")
    assert run("python", own / "main.py", cwd=Path("/")).stdout == "own\n"


def test_a_missing_file_says_where_it_was_looked_for(own: Path) -> None:
    with pytest.raises(NoSuchFile) as caught:
        namespace.load("doll", "gone", own, "main.hy:3")
    assert f"there is no doll file 'gone' in {own} or {own.parent}" in str(caught.value)
    assert "at main.hy:3" in str(caught.value)
    assert "./gone" in str(caught.value)


# --- Python's own import


def test_from_an_ecosystem_a_package_is_imported() -> None:
    from polyhy.toy import greet  # pyright: ignore

    assert greet.hello("you") == "hello you"
    assert greet is polyhy.import_from("toy", "greet")


def test_a_package_is_imported_under_a_name() -> None:
    import polyhy.toy.greet as g  # pyright: ignore

    assert g.n == 7
    assert importlib.import_module("polyhy.toy.greet") is g


def test_underscores_find_hyphens() -> None:
    from polyhy.toy import two_words  # pyright: ignore

    assert two_words.twice(3) == [3, 3]


def test_an_underscore_that_is_locked_stays() -> None:
    from polyhy.toy import snake_case  # pyright: ignore

    assert snake_case.id(3) == 3


def test_importing_what_is_not_locked_is_an_import_error_with_the_command() -> None:
    with pytest.raises(NotLocked, match="polyhy add toy:never-locked") as caught:
        from polyhy.toy import never_locked  # pyright: ignore # noqa: F401
    assert f"at {__file__}:" in str(caught.value)
    with pytest.raises(ImportError):
        importlib.import_module("polyhy.toy.never_locked")


def test_no_other_name_is_taken_by_the_import_hook() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'polyhy\.nothing'"):
        importlib.import_module("polyhy.nothing")


def test_a_module_within_a_python_package_is_not_loaded_twice(own: Path, run: Run) -> None:
    (own / "main.py").write_text(
        "import polyhy.pypi.hypothesis.strategies as mine\n"
        "import hypothesis.strategies\nprint(mine is hypothesis.strategies)\n"
    )
    done = run("python", own / "main.py", cwd=own)
    assert done.stdout == "True\n", done.stderr


def test_threads_import_one_module() -> None:
    host.stop("toy")
    got: list[object] = []
    threads = [
        threading.Thread(target=lambda: got.append(polyhy.import_from("toy", "greet")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(got) == 8
    assert len(set(map(hash, got))) == 1
