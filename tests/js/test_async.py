"""Promises and awaitables, both ways: with no loop, inside asyncio, in other threads."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
import threading
import time

import pytest

import polyhy
from polyhy.bridges.js.errors import JsError
from polyhy.guests import host

SLEEP = "(ms, value) => new Promise(r => setTimeout(r, ms, value))"


async def later(value, seconds=0.001):
    await asyncio.sleep(seconds)
    return value


async def fail_later():
    await asyncio.sleep(0.001)
    raise KeyError("late")


# --- Python awaits a promise


def test_a_promise_is_awaited(js):
    async def main():
        return [await js("Promise.resolve(1)"), await js(SLEEP)(2, "slept")]

    assert asyncio.run(main()) == [1, "slept"]


def test_a_promise_may_be_awaited_twice_and_by_many(js):
    async def main():
        promise = js(SLEEP)(2, 7)
        return await asyncio.gather(*(wait(promise) for _ in range(5))), await promise

    async def wait(promise):
        return await promise

    assert asyncio.run(main()) == ([7] * 5, 7)


def test_any_thenable_is_awaited(js):
    async def main():
        return await js("({ then(resolve) { resolve(5) } })")

    assert asyncio.run(main()) == 5


def test_what_is_no_promise_can_not_be_awaited(js):
    async def main():
        await js("new Map()")

    with pytest.raises(TypeError, match="can't be awaited"):
        asyncio.run(main())


def test_promises_of_one_loop_go_on_in_the_next(js):
    promise = js("new Promise((resolve) => { globalThis.go = resolve; })")

    async def wait():
        return await promise

    async def hurry():
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(wait(), 0.001)

    asyncio.run(hurry())
    js("setTimeout(go, 1, 'patient')")
    assert asyncio.run(wait()) == "patient"


def test_data_that_a_promise_is_fulfilled_with_is_copied(js):
    async def main():
        return await js("async () => ({ xs: [1, { a: 2 }] })")()

    assert asyncio.run(main()) == {"xs": [1, {"a": 2}]}


def test_what_can_not_cross_is_raised_where_it_is_awaited(js):
    async def main():
        return await js("async () => '\\ud800'")()

    with pytest.raises(polyhy.errors.ConversionError, match="surrogate"):
        asyncio.run(main())


def test_a_rejection_is_raised(js):
    async def main(source):
        await js(source)

    with pytest.raises(JsError, match="theirs") as caught:
        asyncio.run(main("(async () => { await null; throw new RangeError('theirs') })()"))
    assert caught.value.type_name == "RangeError"
    with pytest.raises(JsError) as caught:
        asyncio.run(main("Promise.reject(5)"))
    assert caught.value.value == 5
    host.wait()


def test_a_cancelled_await_leaves_the_promise_alone(js):
    async def main():
        promise = js(SLEEP)(20, "done")

        async def wait():
            return await promise

        task = asyncio.create_task(wait())
        await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await promise

    assert asyncio.run(main()) == "done"


# --- a script awaits Python


@pytest.mark.parametrize("make", [later, lambda x: asyncio.ensure_future(later(x))])
def test_a_script_awaits_a_coroutine_or_a_future(js, make):
    async def main():
        return await js("async f => await f(20) + 1")(make)

    assert asyncio.run(main()) == 21


def test_a_coroutine_has_then_and_works_in_promise_all(js):
    async def main():
        both = js("(f, g) => Promise.all([f(1), g(2), 3]).then(xs => xs.join())")
        return await both(later, later)

    assert asyncio.run(main()) == "1,2,3"


def test_a_coroutine_that_is_awaited_twice_runs_once(js):
    runs = []

    async def once():
        runs.append(1)
        return 5

    async def main():
        return await js("async f => { const p = f(); return (await p) + (await p) }")(once)

    assert (asyncio.run(main()), runs) == (10, [1])


def test_an_exception_in_a_coroutine_is_the_same_one_there_and_back(js):
    async def main():
        assert (
            await js("async f => { try { await f() } catch (e) { return e.name } }")(fail_later)
            == "KeyError"
        )
        await js("async f => await f()")(fail_later)

    with pytest.raises(KeyError, match="late"):
        asyncio.run(main())


def test_a_coroutine_with_no_loop_runs_when_it_is_waited_for(js):
    seen = []
    js("(f, seen) => { (async () => { seen(await f(7)); seen('end') })() }")(later, seen.append)
    assert seen == []
    host.wait()
    assert seen == [7, "end"]


def test_a_coroutine_with_no_loop_runs_in_the_next_one(js):
    promise = js("async f => await f(7)")(later)

    async def main():
        return await promise

    assert asyncio.run(main()) == 7


def test_timers_run_while_a_coroutine_does(js):
    seen = []
    js("""(f, seen) => {
        setTimeout(seen, 5, 'timer');
        (async () => { await f('x', 0.03); seen('coroutine') })();
    }""")(later, seen.append)
    host.wait()
    assert seen == ["timer", "coroutine"]


def test_a_callback_sees_the_loop_that_runs(js):
    async def main():
        same = js("async f => f()")
        return await same(lambda: asyncio.get_running_loop() is loop)

    loop = asyncio.new_event_loop()
    assert loop.run_until_complete(main()) is True
    loop.close()


# --- cancellation


def test_an_aborted_signal_cancels_the_task_of_a_coroutine(js):
    seen = []

    async def patient(signal):
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    async def main():
        run = js("""async f => {
            const controller = new AbortController();
            setTimeout(() => controller.abort(), 5);
            try { await f({ signal: controller.signal }) } catch (e) { return e.name }
        }""")
        return await run(patient)

    assert asyncio.run(main()) == "AbortError"
    assert seen == ["cancelled"]


def test_a_task_that_is_cancelled_aborts_the_signal_that_it_is(js):
    seen = []
    wait = js("""seen => ({ signal }) => new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => { seen(signal.aborted); reject(signal.reason) });
    })""")(seen.append)

    async def main():
        async def work():
            await wait(signal=asyncio.current_task())

        task = asyncio.create_task(work())
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0.01)

    asyncio.run(main())
    assert seen == [True]


def test_a_task_is_awaited_by_a_script_and_comes_home_as_itself(js):
    async def main():
        task = asyncio.create_task(later(5))
        assert js("t => t")(task) is task
        return await js("async t => await t + 1")(task)

    assert asyncio.run(main()) == 6


# --- iterators


def test_an_async_generator_of_a_script_is_iterated(js):
    async def main():
        numbers = js("(async function* () { for (let i = 0; i < 3; i++) { await null; yield i } })")
        return [x async for x in numbers()]

    assert asyncio.run(main()) == [0, 1, 2]


def test_an_async_generator_of_a_script_is_closed_early(js):
    seen = []
    make = js("seen => (async function* () { try { yield 1; yield 2 } finally { seen('end') } })()")

    async def main():
        steps = make(seen.append).__aiter__()
        async for x in steps:
            assert x == 1
            break
        await steps.aclose()

    asyncio.run(main())
    assert seen == ["end"]


def test_a_script_iterates_an_async_generator_of_python(js):
    closed = []

    async def steps():
        try:
            for i in range(10):
                yield await later(i)
        finally:
            closed.append(True)

    async def main():
        take = js("""async (steps, n) => {
            const out = [];
            for await (const x of steps) { out.push(x); if (out.length === n) break }
            return out.join();
        }""")
        return await take(steps(), 3), await take(steps(), 99)

    assert asyncio.run(main()) == ("0,1,2", "0,1,2,3,4,5,6,7,8,9")
    assert closed == [True, True]


# --- a prompt waits for its user


def test_timers_and_promises_go_on_while_a_prompt_waits(js):
    seen = []
    js("""f => {
        setTimeout(() => f("soon"), 5);
        globalThis.late = setTimeout(() => f("late"), 60_000);
        Promise.resolve("job").then(f);
    }""")(seen.append)
    assert seen == ["job"]
    while (wait := host.serve()) < 1:
        assert seen == ["job"]
        assert 0 <= wait <= 0.005
        time.sleep(wait)
    assert 50 < wait <= 60
    assert seen == ["job", "soon"]
    js("clearTimeout(late)")
    assert host.bridge("js").serve() is None


def test_what_a_timer_throws_while_a_prompt_waits_is_raised_and_the_next_runs(js):
    seen = []
    js("f => { setTimeout(() => { throw new RangeError('due') }); setTimeout(f) }")(
        lambda: seen.append(1)
    )
    js("(async () => { await null; throw new Error('unheard') })(); 0")
    time.sleep(0.005)
    with pytest.raises(JsError, match="due"):
        host.serve()
    with pytest.raises(JsError, match="unheard"):
        host.serve()
    assert seen == [1]


def test_no_timer_runs_in_the_midst_of_a_script(js):
    seen = []
    js("""(f, serve) => {
        setTimeout(() => f("timer"));
        serve();
        f("script");
    }""")(seen.append, lambda: (time.sleep(0.005), host.serve())[1])
    host.serve()
    assert seen == ["script", "timer"]


def test_a_prompt_with_a_loop_serves_awaitables_too(js):
    async def main():
        promise = js("async f => { globalThis.got = await f(7) }")(later)
        while js("typeof got") == "undefined":
            host.serve()
            await asyncio.sleep(0.001)
        await promise
        return js("const x = got; delete globalThis.got; x")

    assert asyncio.run(main()) == 7


# --- threads


def test_a_loop_in_another_thread_awaits_a_timer(js):
    sleep, got = js(SLEEP), []

    async def main():
        got.append(await sleep(5, "slept"))

    worker = threading.Thread(target=lambda: asyncio.run(main()))
    worker.start()
    worker.join(10)
    assert got == ["slept"]


def test_a_loop_in_another_thread_gives_its_coroutines(js):
    run, got = js("async f => await f(5) + 1"), []

    async def main():
        got.append(await run(later))

    worker = threading.Thread(target=lambda: asyncio.run(main()))
    worker.start()
    worker.join(10)
    assert got == [6]


# --- the end


def test_a_rejection_that_nobody_heard_is_raised_with_its_stack(js):
    polyhy.evaluate("js", "(async () => { await null; null.x })(); 0", origin="here.hy:4")
    with pytest.raises(JsError) as caught:
        host.wait()
    assert any(frame.file == "here.hy" and frame.line == 4 for frame in caught.value.frames)


def test_a_rejection_that_is_heard_later_is_no_error(js):
    js("globalThis.p = Promise.reject(new Error('x')); 0")
    js("p.catch(() => 0); delete globalThis.p; 0")
    host.wait()


def test_a_process_with_promises_left_exits():
    program = """
        import asyncio, polyhy
        js = lambda s: polyhy.evaluate("js", s)
        async def never(): await asyncio.sleep(100)
        p = js("async f => { await f() }")(never)
        js("new Promise(() => {}); setTimeout(() => {}, 1e6); 0")
        print("end")
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "end\n")
    assert "Traceback" not in done.stderr


def test_a_hundred_thousand_promises_leave_no_memory_behind():
    program = """
        import asyncio, gc, resource, polyhy
        f = polyhy.evaluate("js", "async x => { await null; return x + 1 }")
        async def main(n):
            for i in range(n):
                assert await f(i) == i + 1
        def rss():
            gc.collect()
            with open("/proc/self/statm") as file:
                return int(file.read().split()[1]) * resource.getpagesize()
        asyncio.run(main(10_000))
        before = rss()
        asyncio.run(main(20_000))
        assert rss() - before < 12e6, (rss() - before) / 1e6
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
