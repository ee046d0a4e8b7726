"""A library in a process of its own: the same API, and a crash is an exception."""

from __future__ import annotations

import array
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import polyhy
from polyhy.bridges.c.errors import Crashed
from polyhy.errors import ConversionError, TimedOut


@pytest.fixture(scope="module")
def far() -> Iterator[Any]:
    lib = polyhy.import_from("c", "c", isolate=True)
    yield lib
    lib.__bridge__.stop()


@pytest.fixture(scope="module")
def far_sqlite() -> Iterator[Any]:
    lib = polyhy.import_from("c", "sqlite3", isolate=True)
    yield lib
    lib.__bridge__.stop()


def test_calls_are_the_same(far: Any) -> None:
    assert (far.strlen("héllo"), far.INT_MAX) == (6, 2**31 - 1)
    assert far.strtod("1.5x") == (1.5, "x")
    assert "strlen" in dir(far)
    assert "C library c" in repr(far)


def test_what_c_writes_comes_back(far: Any) -> None:
    for room in (bytearray(8), array.array("b", bytes(8))):
        assert far.snprintf(room, 8, "%d", 42) == 2
        assert bytes(room)[:3] == b"42\0"


def test_handles_live_over_there(far_sqlite: Any) -> None:
    status, db = far_sqlite.sqlite3_open(":memory:")
    assert (status, db.errmsg()) == (0, "not an error")
    assert far_sqlite.sqlite3_close(db) == 0
    with pytest.raises(ReferenceError, match="was freed"):
        db.errmsg()


def test_callbacks_are_called_here_and_exceptions_come_home(far_sqlite: Any) -> None:
    _, db = far_sqlite.sqlite3_open(":memory:")
    rows, mine = [], KeyError("mine")
    assert db.exec("select 1, 2", lambda user, count: rows.append(count))[0] == 0
    assert rows == [2]

    def raiser(*_: Any) -> None:
        raise mine

    with pytest.raises(KeyError) as caught:
        db.exec("select 1", raiser)
    assert caught.value is mine


def test_a_refusal_is_the_same_error(far: Any) -> None:
    with pytest.raises(ConversionError, match=r"args\[0\] \(s\)"):
        far.strlen(5)


def test_a_crash_is_an_exception_and_the_library_starts_anew(far: Any) -> None:
    handle = far.fopen("/dev/null", "r")
    with pytest.raises(Crashed) as caught:
        far.strlen(far.ffi.cast("char *", 8))
    assert caught.value.type_name == "SIGSEGV"
    assert far.strlen("again") == 5
    with pytest.raises(ReferenceError, match="whose process ended"):
        far.fclose(handle)
    with pytest.raises(Crashed, match="SIGABRT"):
        far.abort()


def test_a_call_that_takes_too_long_is_ended(far: Any) -> None:
    with pytest.raises(TimedOut, match=r"longer than 0\.2 s"):
        polyhy.limited(far.sleep, timeout=0.2)(30)
    assert far.abs(-1) == 1


def test_an_exit_of_the_library_is_a_crash(far: Any) -> None:
    with pytest.raises(Crashed, match="exit 3"):
        far._exit(3)
    assert signal.SIGTERM == far.SIGTERM


CALLS_BACK = """
#include <unistd.h>
int add(int a, int b) { return a + b; }
int apply(int (*f)(int), int x) { return f(x); }
int crash(void) { *(volatile int *)8 = 1; return 0; }
int slow(int seconds) { return sleep(seconds); }
"""


@pytest.fixture
def calling(tmp_path: Path) -> Any:
    (tmp_path / "calling.c").write_text(CALLS_BACK)
    return polyhy.import_from("c", str(tmp_path / "calling.c"), isolate=True)


def test_a_callback_may_call_the_library_in_its_turn(calling: Any) -> None:
    assert calling.apply(lambda x: calling.apply(lambda y: calling.add(x, y), 3), 5) == 8


def test_a_crash_in_what_a_callback_calls_is_told_and_the_next_call_is_right(calling: Any) -> None:
    with pytest.raises(Crashed, match="SIGSEGV"):
        calling.apply(lambda x: calling.crash(), 5)

    def recovers(x: int) -> Any:
        with pytest.raises(Crashed):
            calling.crash()
        return calling.add(x, 1)

    with pytest.raises(Crashed):
        calling.apply(recovers, 5)
    assert calling.add(2, 3) == 5


def test_after_ctrl_c_the_next_call_has_its_own_answer(calling: Any) -> None:
    assert calling.add(1, 2) == 3
    timer = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        calling.slow(30)
    assert time.monotonic() - began < 20
    assert [calling.add(n, 1) for n in range(5)] == [1, 2, 3, 4, 5]


def test_threads_take_turns(calling: Any) -> None:
    wrong = []

    def work(first: int) -> None:
        wrong.extend(n for n in range(50) if calling.add(first, n) != first + n)

    workers = [threading.Thread(target=work, args=(1000 * n,)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert wrong == []


def test_a_forked_child_has_a_process_of_its_own() -> None:
    program = """
import os, polyhy
lib = polyhy.import_from("c", "c", isolate=True)
assert lib.getpid() == lib.getpid() != os.getpid()
child = os.fork()
if not child:
    os._exit(0 if lib.abs(-5) == 5 else 1)
assert os.waitpid(child, 0)[1] == 0
assert lib.abs(-4) == 4
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
