"""Scripts that run on and on, or grow and grow, are stopped; what is left goes on as before."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from polyhy.errors import OutOfMemory, TimedOut, UnknownOption, UsageError
from polyhy.guests import host
from polyhy.proxy import limited

ENDLESS = "() => { for (;;) {} }"


@pytest.fixture
def ctrl_c():
    """Press Ctrl-C a third of a second from now."""

    def press():
        # The engine holds Python's lock, so another process has to press.
        subprocess.Popen(["sh", "-c", f"sleep 0.3; kill -INT {os.getpid()}"])

    return press


@pytest.mark.parametrize(
    "source",
    [
        ENDLESS,
        "() => { try { for (;;) {} } catch { return 1 } finally { globalThis.seen = 1 } }",
        "() => { let n = 0; while (true) { n++; [1, 2].map((x) => x + n) } }",
        "() => /(a+)+b/.test('a'.repeat(60))",
        "() => { for (;;) new Array(1000).sort() }",
        "f => { for (;;) f(1) }",
        "() => { Promise.resolve().then(() => { for (;;) {} }) }",
    ],
)
def test_a_call_ends_when_its_time_is_up(js, source):
    f, started = js(source), time.monotonic()
    with pytest.raises(TimedOut, match="its time was up"):
        limited(f, timeout=0.2)(lambda x: x)
    assert time.monotonic() - started < 1.5
    assert js("x => x + 1")(1) == 2


def test_a_call_that_is_quick_enough_is_not_stopped(js):
    f = limited(js("x => x + 1"), timeout=0.2)
    assert [f(i) for i in range(100)] == list(range(1, 101))
    time.sleep(0.25)
    assert js("n => { let s = 0; for (let i = 0; i < n; i++) s = (s + i) | 0; return 1 }")(3e8) == 1


def test_a_script_can_not_catch_its_end(js):
    inner = js(ENDLESS)
    with pytest.raises(TimedOut):
        limited(js("f => { for (;;) { try { f() } catch {} } }"), timeout=0.2)(inner)


def test_the_shorter_of_two_limits_holds_and_the_longer_one_goes_on(js):
    f = js(ENDLESS)

    def both():
        with pytest.raises(TimedOut):
            limited(f, timeout=0.1)()
        return js("1 + 1")

    assert limited(js("f => f()"), timeout=5)(both) == 2


def test_ctrl_c_ends_an_endless_loop_within_a_second(js, ctrl_c):
    f, started = js(ENDLESS), time.monotonic()
    ctrl_c()
    with pytest.raises(KeyboardInterrupt):
        f()
    assert time.monotonic() - started < 1.3
    assert js("x => x + 1")(1) == 2


def test_ctrl_c_calls_the_programs_own_function(js, ctrl_c):
    class Mine(Exception):
        pass

    def mine(*_):
        raise Mine

    before = signal.signal(signal.SIGINT, mine)
    try:
        ctrl_c()
        with pytest.raises(Mine):
            js(ENDLESS)()
    finally:
        signal.signal(signal.SIGINT, before)


def test_ctrl_c_ends_a_script_inside_asyncio(js, ctrl_c):
    async def main():
        ctrl_c()
        js(ENDLESS)()

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(main())
    assert js("1 + 1") == 2


def test_a_call_of_another_thread_ends_when_its_time_is_up(js):
    f, got = js(ENDLESS), []

    def work():
        try:
            limited(f, timeout=0.2)()
        except TimedOut as error:
            got.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    worker.join(10)
    assert len(got) == 1


def test_a_call_ends_where_it_wants_too_much_memory(js):
    for source in (
        "() => { const xs = []; for (;;) xs.push({ x: 1, y: {} }) }",
        "() => { const xs = []; for (;;) xs.push(new Uint8Array(1e6).fill(1)) }",
        "() => { const xs = []; for (;;) xs.push('ab'.repeat(1e6) + xs.length) }",
    ):
        with pytest.raises(OutOfMemory, match="more memory"):
            limited(js(source), memory=200_000_000)()
        assert js("x => x + 1")(1) == 2


def test_garbage_does_not_count_as_memory(js):
    churn = js("() => { for (let i = 0; i < 3e6; i++) ({ x: [i, i, i, i] }); return 1 }")
    assert limited(churn, memory=100_000_000)() == 1


@pytest.mark.parametrize("wrong", [{"timeout": 0}, {"memory": -1}])
def test_a_limit_is_above_zero(js, wrong):
    with pytest.raises(UsageError, match="above zero"):
        limited(js("() => 1"), **wrong)()


def test_a_module_may_be_imported_with_limits(tmp_path):
    file = tmp_path / "slow.cjs"
    file.write_text("exports.hang = () => { for (;;) {} }; exports.quick = x => x + 1")
    slow = host.load("js", str(file), options={"timeout": 0.2})
    with pytest.raises(TimedOut):
        slow.hang()
    assert slow.quick(1) == 2
    with pytest.raises(UnknownOption, match="timeout"):
        host.load("js", str(file), options={"timeuot": 1})


def test_a_process_with_limits_exits_as_it_should():
    program = """
        import polyhy
        from polyhy.proxy import limited
        f = polyhy.evaluate("js", "() => { for (;;) {} }")
        try:
            limited(f, timeout=0.1)()
        except TimeoutError as error:
            print(error)
        raise SystemExit(3)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (3, "TimedOut: its time was up\n", "")
