"""Callbacks: called with values, kept alive as long as C may call, exceptions carried home."""

from __future__ import annotations

import gc
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from polyhy.errors import ConversionError

C = Callable[[str], Any]

KEEPS = """
typedef struct box box; struct box { int (*f)(int, const char *); };
void box_set(box *b, int (*f)(int x, const char *s)) { b->f = f; }
int box_run(box *b, int x) { return b->f(x, "text"); }
int apply(int (*f)(int), int x) { return f(x); }
void each(void (*f)(int), int n) { for (int i = 0; i < n; i++) f(i); }
"""


def test_c_sorts_by_a_python_function(libc: Any) -> None:
    xs = np.array([3, 1, 2], dtype="i4")

    def compare(a: Any, b: Any) -> int:
        x, y = (libc.ffi.cast("int *", p)[0] for p in (a, b))
        return int(x - y)

    libc.qsort(xs, 3, 4, compare)
    assert xs.tolist() == [1, 2, 3]


def test_it_takes_as_many_arguments_as_it_wants_and_texts_as_str(c: C) -> None:
    lib, got = c(KEEPS), []
    box = lib.box()
    box.set(lambda x, s: got.append(s) or x + 1)
    assert box.run(41) == 42
    box.set(lambda x: x)
    assert box.run(7) == 7
    assert got == ["text"]


def test_it_lives_as_long_as_the_handle_that_has_it(c: C) -> None:
    lib = c(KEEPS)
    box = lib.box()
    box.set(lambda x, s: x * 2)
    gc.collect()
    assert box.run(4) == 8


def test_a_field_takes_a_function(c: C) -> None:
    lib = c(KEEPS)
    box = lib.box()
    box.f = lambda x, s: x - 1
    gc.collect()
    assert box.run(4) == 3


def test_an_exception_comes_home_as_the_same_object(c: C) -> None:
    lib, mine, calls = c(KEEPS), KeyError("mine"), []

    def raiser(x: int) -> None:
        calls.append(x)
        raise mine

    with pytest.raises(KeyError) as caught:
        lib.each(raiser, 5)
    assert caught.value is mine
    assert calls == [0]
    assert lib.apply(lambda x: x + 1, 1) == 2


def test_ctrl_c_in_a_callback_is_a_keyboard_interrupt(c: C) -> None:
    lib = c(KEEPS)
    with pytest.raises(KeyboardInterrupt):
        lib.apply(lambda x: signal.raise_signal(signal.SIGINT), 1)
    assert lib.apply(abs, -1) == 1


def test_a_result_that_does_not_fit_comes_home_as_an_error(c: C) -> None:
    with pytest.raises((TypeError, OverflowError)):
        c(KEEPS).apply(lambda x: "text", 1)


@pytest.mark.parametrize("wrong", ["x", 3, [abs]])
def test_what_is_no_function_is_refused(c: C, wrong: Any) -> None:
    with pytest.raises(ConversionError, match=r"args\[0\] \(f\): C wants a function"):
        c(KEEPS).apply(wrong, 1)


def test_an_exception_comes_out_of_the_call_of_its_own_thread(c: C) -> None:
    lib, got = c(KEEPS), []
    inside, may_end = threading.Event(), threading.Event()

    def raising(x: int) -> int:
        inside.set()
        may_end.wait(30)
        raise KeyError("mine")

    def work() -> None:
        try:
            lib.apply(raising, 1)
        except KeyError as error:
            got.append(error)

    def waiting(x: int) -> int:
        may_end.set()
        worker.join(30)
        return x + 1

    worker = threading.Thread(target=work)
    worker.start()
    assert inside.wait(30)
    assert lib.apply(waiting, 1) == 2
    assert [str(error) for error in got] == ["'mine'"]


def test_an_exception_in_a_thread_of_cs_own_comes_out_of_the_next_call(c: C) -> None:
    lib = c(
        "#include <pthread.h>\nstatic void *go(void *f) { ((void (*)(int))f)(1); return 0; }"
        "int elsewhere(void (*f)(int)) { pthread_t t; pthread_create(&t, 0, go, (void *)f);"
        "return pthread_join(t, 0); }"
    )

    def raising(x: int) -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        lib.elsewhere(raising)
    assert lib.elsewhere(lambda x: None) == 0


def test_a_second_thread_may_call(c: C) -> None:
    lib, got = c(KEEPS), []
    worker = threading.Thread(target=lambda: got.append(lib.apply(lambda x: x + 1, 1)))
    worker.start()
    worker.join(30)
    assert got == [2]


def test_the_interpreter_is_free_while_c_works(libc: Any) -> None:
    ticks = []
    worker = threading.Thread(target=lambda: libc.usleep(200_000))
    worker.start()
    while worker.is_alive():
        ticks.append(1)
    assert len(ticks) > 100


def test_a_forked_child_may_go_on() -> None:
    program = """
import os, polyhy
lib = polyhy.import_from("c", "m")
assert lib.cos(0.0) == 1.0
child = os.fork()
if not child:
    os._exit(0 if lib.cos(0.0) == 1.0 == lib.exp(0.0) else 1)
assert os.waitpid(child, 0)[1] == 0
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_calls_and_callbacks_leave_no_memory_behind() -> None:
    program = f"""
import gc, resource, polyhy
lib = polyhy.evaluate("c", '''{KEEPS}''', origin="x.hy:1")
c = polyhy.import_from("c", "c")
def work(n):
    for i in range(n):
        lib.apply(abs, -i); c.abs(i); c.strstr("text %d" % i, "t")
def rss():
    gc.collect()
    with open("/proc/self/statm") as f: return int(f.read().split()[1]) * resource.getpagesize()
work(50_000)
before = rss()
work(200_000)
grown = (rss() - before) / 1e6
assert grown < 8, f"{{grown:.1f}} MB more"
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=200)


def test_a_text_that_nobody_frees_lives_as_long_as_its_handle(sqlite: Any) -> None:
    _, db = sqlite.sqlite3_open(":memory:")
    _, statement, _ = sqlite.sqlite3_prepare_v2(db, "select ?, ?")
    for place in (1, 2):
        text = f"a text of its own, number {place}, that is not interned"
        assert statement.bind_text(place, text, -1, sqlite.SQLITE_STATIC) == 0
    del text
    gc.collect()
    _ = [bytes(60) for _ in range(1000)]
    assert statement.step() == sqlite.SQLITE_ROW
    assert [statement.column_text(n)[25:28] for n in (0, 1)] == [" 1,", " 2,"]
    statement.finalize()
    db.close()
