"""A call from another thread is made on the main thread, whatever that does."""

from __future__ import annotations

import importlib
import signal
import sys
import threading
import time
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from typing import Any

import pytest

from polyhy import owner


def here() -> int:
    return threading.get_ident()


def asked(call: Callable[[], Any], wait: Callable[[threading.Thread], None]) -> list[Any]:
    """What `owner.run(call)` gives to a second thread while the main one does `wait`."""
    got: list[Any] = []

    def work() -> None:
        try:
            got.append(owner.run(call))
        except BaseException as error:
            got.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    wait(thread)
    thread.join(5)
    return got


def _spin(thread: threading.Thread) -> None:
    end = time.monotonic() + 5
    while thread.is_alive() and time.monotonic() < end:
        sum(range(100))


WAITS: dict[str, Callable[[threading.Thread], None]] = {
    "joins": lambda thread: thread.join(5),
    "sleeps": lambda thread: time.sleep(0.3),
    "computes": _spin,
    "waits for an event": lambda thread: threading.Event().wait(0.3) and None,
}


@pytest.mark.parametrize("doing", WAITS)
def test_the_main_thread_makes_the_call_while_it(doing: str) -> None:
    started = time.monotonic()
    assert asked(here, WAITS[doing]) == [owner.IDENT]
    assert time.monotonic() - started < 4


def test_the_main_thread_s_own_call_is_made_at_once() -> None:
    assert owner.run(here) == owner.IDENT


def test_an_exception_arrives_as_the_same_object() -> None:
    mine = KeyError("mine")

    def call() -> None:
        raise mine

    (got,) = asked(call, WAITS["joins"])
    assert got is mine


def test_a_call_may_ask_again() -> None:
    assert asked(lambda: owner.run(here), WAITS["joins"]) == [owner.IDENT]


def test_calls_of_many_threads_are_all_made() -> None:
    made: list[int] = []
    threads = [
        threading.Thread(target=lambda n=n: owner.run(lambda: made.append(n)), daemon=True)
        for n in range(40)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(made) == list(range(40))


@pytest.mark.parametrize(
    ("module", "first"), [("this", "imported"), ("polyhy._made", "imported"), ("my", "served")]
)
def test_a_call_waits_for_a_module_that_it_could_find_half_imported(
    module: str, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a module of Python's or polyhy's; a program's own may wait for the call itself."""
    made: list[str] = []
    call = threading.Thread(target=owner.run, args=(lambda: made.append("served"),), daemon=True)

    class Finder:
        def find_spec(self, name: str, *_: Any) -> ModuleSpec | None:
            return ModuleSpec(name, self) if name == module else None  # type: ignore[arg-type]

        def create_module(self, spec: ModuleSpec) -> Any:
            return None

        def exec_module(self, _: Any) -> None:
            call.start()
            time.sleep(0.3)
            made.append("imported")

    monkeypatch.setattr("sys.meta_path", [Finder(), *sys.meta_path])
    monkeypatch.delitem(sys.modules, module, raising=False)
    importlib.import_module(module)
    call.join(5)
    monkeypatch.delitem(sys.modules, module)
    assert len(made) == 2
    assert made[0] == first


def test_a_signal_comes_again_when_what_it_would_cut_is_done() -> None:
    class Came(Exception):
        pass

    def came(number: int, frame: Any) -> None:
        if not owner.puts_off(number, frame):
            raise Came

    @owner.shelter
    def whole() -> None:
        signal.raise_signal(signal.SIGUSR1)
        time.sleep(0.05)
        made.append("whole")

    def work() -> None:
        whole()
        time.sleep(60)

    made: list[str] = []
    before = signal.signal(signal.SIGUSR1, came)
    try:
        with pytest.raises(Came):
            work()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert made == ["whole"]
