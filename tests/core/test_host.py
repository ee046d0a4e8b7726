"""The host starts a runtime once, stops it, waits for it, and refuses a forked one."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import polyhy
from polyhy import plugins
from polyhy.errors import Forked, Stopped, UnknownEcosystem, UnknownLanguage
from polyhy.guests import host
from polyhy.testing import ToyBridge


class Slow(ToyBridge):
    """A toy that takes its time to start, and counts how often it did."""

    name = "slow"
    main_thread = False
    starts: list[int] = []  # noqa: RUF012

    def start(self, paths: Sequence[Path]) -> None:
        time.sleep(0.1)
        self.starts.append(threading.get_ident())
        super().start(paths)


class Owned(Slow):
    """The same, for the main thread alone."""

    name = "owned"
    main_thread = True


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    for room in (ToyBridge, Slow, Owned):
        plugins.add(room)
    Slow.starts.clear()
    yield
    for room in (ToyBridge, Slow, Owned):
        host.stop(room.name)


@pytest.mark.parametrize("language", ["slow", "owned"])
def test_eight_threads_start_one_runtime(language: str) -> None:
    got: list[Any] = []
    threads = [
        threading.Thread(target=lambda: got.append(polyhy.evaluate(language, "20 + 1")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert got == [21] * 8
    assert len(Slow.starts) == 1
    if language == "owned":
        assert Slow.starts == [threading.main_thread().ident]


def test_nothing_runs_until_it_is_asked() -> None:
    assert "slow" not in host.running()
    polyhy.evaluate("slow", "1")
    assert "slow" in host.running()


def test_a_stopped_runtime_s_objects_say_so() -> None:
    thing = polyhy.evaluate("toy", "new(name='x')")
    host.stop("toy")
    with pytest.raises(Stopped, match="toy object belongs to a runtime that was stopped"):
        _ = thing.name


def test_stopping_what_does_not_run_is_nothing() -> None:
    host.stop("toy")
    host.stop("toy")


def test_a_front_serves_what_is_due_while_it_waits() -> None:
    done: list[int] = []
    for i in range(2):
        polyhy.evaluate("toy", "lambda f: later(f)")(lambda i=i: done.append(i))
    assert (host.serve(), done) == (0, [0])
    assert (host.serve(), done)[1] == [0, 1]
    assert host.bridge("toy").serve() is None


def test_wait_serves_what_the_guests_have_left() -> None:
    done: list[int] = []
    polyhy.evaluate("toy", "lambda f: later(f)")(lambda: done.append(1))
    assert done == []
    host.wait()
    assert done == [1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_is_refused_with_the_way_out() -> None:
    thing = polyhy.evaluate("toy", "new(name='x')")
    child = os.fork()
    if not child:
        refused = 0
        for use in (lambda: thing.name, lambda: polyhy.evaluate("toy", "1")):
            try:
                use()
            except Forked as error:
                refused += "set_start_method('spawn')" in str(error)
        os._exit(refused)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
    assert thing.name == "x"


def test_modules_are_looked_for_in_the_paths_that_were_given(tmp_path: Path) -> None:
    polyhy.evaluate("toy", "1")
    (tmp_path / "late.toy").write_text("42")
    assert host.load("toy", "late", [tmp_path]) == 42


def test_an_unknown_language_gets_a_suggestion() -> None:
    with pytest.raises(UnknownLanguage, match="no language 'toi'\n  did you mean \"toy\"") as e:
        polyhy.evaluate("toi", "1")
    assert e.value.exit_code == 2
    with pytest.raises(UnknownEcosystem, match="no ecosystem 'nmp'\n  did you mean \"npm\""):
        plugins.ecosystem("nmp")


@pytest.mark.parametrize(
    ("called", "named"),
    [("pip", "pypi"), ("cargo", "crates"), ("Yarn", "npm"), ("rocks", "luarocks")],
)
def test_an_ecosystem_called_by_its_client_is_told_its_name(called: str, named: str) -> None:
    with pytest.raises(UnknownEcosystem, match=f'did you mean "{named}"'):
        plugins.ecosystem(called)


@pytest.mark.parametrize(
    ("called", "named"), [("javascript", "js"), ("c++", "cpp"), ("Bash", "sh"), ("luajit", "lua")]
)
def test_a_language_called_as_people_do_is_told_its_name(called: str, named: str) -> None:
    with pytest.raises(UnknownLanguage, match=f'did you mean "{named}"'):
        plugins.bridge_class(called)


def test_a_name_that_resembles_none_gets_the_list() -> None:
    with pytest.raises(UnknownLanguage, match=r"there are: .*toy"):
        plugins.bridge_class("zzzzzz")


def test_the_languages_and_ecosystems_of_distributions_are_known() -> None:
    assert {"js", "lua", "python"} <= set(plugins.languages())
    assert {"npm", "pypi"} <= set(plugins.ecosystems())
