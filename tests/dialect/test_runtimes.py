"""Runtimes by name: started, told apart, listed, stopped; each with a state of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import polyhy
from polyhy.errors import Stopped, UnknownLanguage, UsageError
from polyhy.guests import host, runtime
from polyhy.proxy import Proxy


@pytest.fixture(autouse=True)
def _stopped() -> Iterator[None]:
    yield
    for name in ("worker", "other"):
        runtime.stop(name)


def test_a_named_runtime_has_variables_of_its_own() -> None:
    worker = polyhy.start_runtime("lua", "worker")
    worker.eval("x = 5")
    assert worker.eval("x") == 5
    assert polyhy.evaluate("worker", "x") == 5
    assert polyhy.evaluate("lua", "x") is None
    assert (worker.name, worker.language, worker.running) == ("worker", "lua", True)


def test_settings_are_the_bridge_s() -> None:
    worker = polyhy.start_runtime("lua", "worker", version="5.4")
    assert worker.eval("_VERSION") == "Lua 5.4"
    with pytest.raises(
        UsageError, match=r"a runtime of python has no setting 'version'; it takes none"
    ):
        polyhy.start_runtime("python", "other", version="3")


def test_a_started_runtime_is_listed_and_a_stopped_one_is_gone() -> None:
    polyhy.start_runtime("lua", "worker")
    thing = polyhy.evaluate("worker", "function() end")
    assert "worker" in [each.name for each in polyhy.runtimes()]
    polyhy.stop_runtime("worker")
    assert "worker" not in [each.name for each in polyhy.runtimes()]
    with pytest.raises(Stopped):
        thing()
    with pytest.raises(UnknownLanguage):
        polyhy.evaluate("worker", "1")


def test_starting_twice_is_once_and_with_other_settings_an_error() -> None:
    polyhy.start_runtime("lua", "worker")
    polyhy.start_runtime("lua", "worker")
    with pytest.raises(
        UsageError, match=r"runs already\n  stop it first: \(stop-runtime \"worker\"\)"
    ):
        polyhy.start_runtime("lua", "worker", version="5.4")
    with pytest.raises(UsageError, match="runs already"):
        polyhy.start_runtime("python", "worker")


def test_a_language_is_no_name_for_a_further_runtime() -> None:
    with pytest.raises(UsageError, match="'js' is a language"):
        polyhy.start_runtime("lua", "js")


def test_an_engine_that_shares_its_globals_is_started_once() -> None:
    with pytest.raises(UsageError, match="a process has one runtime of js") as caught:
        polyhy.start_runtime("js", "other")
    assert '(start-runtime "node" :as "other")' in str(caught.value)


def test_state_ends_with_its_runtime() -> None:
    polyhy.start_runtime("lua", "worker").state["k"] = 1
    assert polyhy.runtime_dispatch["worker"].state == {"k": 1}
    polyhy.stop_runtime("worker")
    polyhy.start_runtime("lua", "worker")
    assert polyhy.runtime_dispatch["worker"].state == {}


def test_the_dispatch_table_has_every_language_and_every_name() -> None:
    polyhy.start_runtime("lua", "worker")
    assert {"js", "lua", "python", "sh", "worker"} <= set(polyhy.runtime_dispatch)
    assert polyhy.runtime_dispatch["py"].language == "python"
    with pytest.raises(UnknownLanguage):
        polyhy.runtime_dispatch["nothing"]


@pytest.mark.parametrize("name", ["js", "lua"])
def test_marshal_sends_once_and_keeps_the_value_there(name: str) -> None:
    sent: Any = polyhy.runtime_dispatch[name].marshal([1, 2, 3])
    assert isinstance(sent, Proxy)
    assert polyhy.data(sent) == [1, 2, 3]
    assert polyhy.runtime_dispatch[name].marshal(5) == 5


def test_what_keeps_no_values_says_so() -> None:
    with pytest.raises(UsageError, match="sh keeps no values that are sent to it"):
        polyhy.runtime_dispatch["sh"].marshal([1])


def test_python_has_a_namespace_of_its_own() -> None:
    polyhy.evaluate("py", "own = 1")
    assert polyhy.evaluate("py", "own") == 1
    assert "own" not in globals()
    assert host.bridge("py") is host.bridge("python")


def test_lisp_starts_evaluates_lists_and_stops(tmp_path: Path, run: Any) -> None:
    program = """(require polyhy * :readers *)
(start-runtime "lua" :as "worker" :version "5.4")
(eval-in "worker" "x = 7")
(print (eval-in "worker" "x") (eval-in "lua" "x"))
(print (lfor r (runtimes) r.name))
(stop-runtime "worker")
(print (lfor r (runtimes) r.name))
(print (.eval (get (runtime-dispatch) "js") "1 + 1"))
"""
    (tmp_path / "r.hy").write_text(program)
    done = run("hy", "r.hy", cwd=tmp_path)
    assert done.stdout.splitlines() == ["7 None", "['lua', 'worker']", "['lua']", "2"], done.stderr
