"""Threads: any may call, a callback may wait for another, two runtimes run at the same time."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest

from polyhy.bridges.lua.bridge import Lua

Eval = Callable[[str], Any]


def within(seconds: float, work: Callable[[], Any]) -> Any:
    """What `work` returns; it may not take longer."""
    got: list[Any] = []
    thread = Thread(target=lambda: got.append(work()), daemon=True)
    thread.start()
    thread.join(seconds)
    assert got, "it waits for ever"
    return got[0]


def test_a_callback_may_wait_for_a_thread_that_wants_lua(lua: Eval) -> None:
    add, apply = lua("function(x) return x + 1 end"), lua("function(f, x) return f(x) end")

    def waiting(x: int) -> int:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(add, x).result()

    assert within(20, lambda: apply(waiting, 41)) == 42
    assert within(20, lambda: apply(lambda x: apply(waiting, x), 41)) == 42


def test_a_callback_may_wait_for_a_thread_that_waits_for_lua_already(lua: Eval) -> None:
    add = lua("function(x) return x + 1 end")
    busy = lua("""function(f, seconds) local over = os.clock() + seconds
        while os.clock() < over do end return f() end""")
    with ThreadPoolExecutor(1) as pool:

        def work() -> int:
            later = pool.submit(lambda: (time.sleep(0.05), add(41))[1])
            return busy(lambda: later.result(), 0.3)

        assert within(20, work) == 42


def test_callbacks_of_two_threads_may_wait_for_each_other(lua: Eval) -> None:
    apply = lua("function(f) return f() end")
    for _ in range(20):
        both = Barrier(2)
        with ThreadPoolExecutor(2) as pool:
            tasks = [pool.submit(apply, lambda both=both: both.wait(10) >= 0) for _ in range(2)]
            assert [within(20, task.result) for task in tasks] == [True, True]


def test_a_coroutines_callback_may_wait_for_a_thread(lua: Eval) -> None:
    add = lua("function(x) return x + 1 end")
    wrap = lua("function(f) return coroutine.wrap(function() return f() + f() end)() end")

    def waiting() -> int:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(add, 1).result()

    assert within(20, lambda: wrap(waiting)) == 4


def test_threads_that_call_and_are_called_get_their_own_results(lua: Eval) -> None:
    apply = lua("function(f, x, t) local y = f(x) return y + x, t, {y} end")

    def work(seed: int) -> bool:
        for i in range(300):
            number = seed * 1000 + i
            got = apply(lambda x, m=number: apply(lambda y: y + m % 3, x)[0], number, [number])
            first = number + number % 3
            assert got == (first + 2 * number, [number], [first + number]), got
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(8)))


def test_lists_of_numbers_of_threads_are_not_mixed_up(lua: Eval) -> None:
    many = lua("function(x) local t = {} for i = 1, 500 do t[i] = x end return t end")

    def all_mine(x: float) -> bool:
        return all(many(x) == [x] * 500 for _ in range(300))

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(all_mine, (1, 2, 0.25, 0.5)))


def test_an_exception_of_one_thread_is_not_anothers(lua: Eval) -> None:
    apply = lua("function(f, x) return f(x) end")

    def work(seed: int) -> int:
        def fail(x: int) -> None:
            raise KeyError(x)

        for i in range(200):
            number = seed * 1000 + i
            with pytest.raises(KeyError) as caught:
                apply(lambda x: apply(fail, x), number)
            assert caught.value.args == (number,)
        return seed

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(work, range(6))) == 15


def test_two_runtimes_run_at_the_same_time(tmp_path: Path) -> None:
    flag = str(tmp_path / "flag")
    lives = [Lua("jit"), Lua("5.4")]
    for life in lives:
        life.start([])
    wait = "function(flag) local n = 0 while not io.open(flag) do n = n + 1 end return n end"
    waiter, raiser = (
        lives[0].eval(wait, "t:1"),
        lives[1].eval("function(flag) io.open(flag, 'w'):close() return true end", "t:1"),
    )
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(waiter, flag)  # it is in Lua until the other has run
        time.sleep(0.1)
        assert raiser(flag) is True
        assert within(20, waiting.result) > 0
    for life in lives:
        life.stop()


def test_a_callback_may_start_the_first_thread_and_wait_for_it() -> None:
    program = """if True:
        import sys, threading
        from polyhy.bridges.lua.bridge import Lua
        life = Lua(sys.argv[1]); life.start([])
        add, apply = (life.eval(x, "t:1") for x in (
            "function(x) return x + 1 end", "function(f) return f() end"))
        got = []
        def waiting():
            thread = threading.Thread(target=lambda: got.append(add(41)), daemon=True)
            thread.start(); thread.join(20)
            return got[0]
        print(apply(waiting))
    """
    for version in ("jit", "5.4"):
        done = subprocess.run(
            [sys.executable, "-c", program, version], capture_output=True, text=True, timeout=60
        )
        assert done.stdout == "42\n", done.stderr


def test_lives_come_and_go_in_threads() -> None:
    def life(number: int) -> int:
        made = Lua("jit" if number % 2 else "5.4")
        made.start([])
        result = made.eval("function(f) return f() + 1 end", "t:1")(lambda: number)
        made.stop()
        return result

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(life, range(40))) == list(range(1, 41))
