"""How Proxies of JavaScript objects behave in Python."""

from __future__ import annotations

import asyncio
import inspect

import pytest

import polyhy
from polyhy import host
from polyhy.bridges.js.errors import JsError
from polyhy.errors import GuestSyntaxError


def test_a_map_answers_like_a_dict(js):
    m = js("new Map([['a', 1], ['b', [2]]])")
    assert (m["a"], len(m), "a" in m, list(m)) == (1, 2, True, ["a", "b"])
    m["c"] = 3
    del m["a"]
    assert polyhy.data(m) == {"b": [2], "c": 3}
    with pytest.raises(KeyError):
        _ = m["a"]


def test_a_set_answers_like_a_set(js):
    s = js("new Set([1, 2])")
    assert (len(s), 2 in s, 3 in s, sorted(s)) == (2, True, False, [1, 2])
    assert polyhy.data(s) == {1, 2}


def test_an_array_by_reference_answers_like_a_list(js):
    xs = polyhy.by_ref(js("() => [1, 2, 3]"))()
    assert (xs[0], xs[-1], len(xs), 2 in xs, list(xs)) == (1, 3, 3, True, [1, 2, 3])
    xs[0] = 9
    assert xs.map(lambda x: x * 2) == [18, 4, 6]
    assert polyhy.data(xs) == [9, 2, 3]
    with pytest.raises(IndexError):
        _ = xs[3]


def test_an_iterator_is_iterated_lazily(js):
    steps = js("(function* () { let n = 0; while (true) yield n++ })()")
    assert [x for x, _ in zip(steps, range(3), strict=False)] == [0, 1, 2]


def test_getters_inherited_members_and_statics_are_members(js):
    shape = js("(class Shape { static sides = 4; #w = 2; get area() { return this.#w * 3 } })")
    assert shape.sides == 4
    assert shape().area == 6


def test_calling_a_class_constructs(js):
    assert js("(class A { constructor(x) { this.x = x } })")(5).x == 5
    assert js("Map")([["a", 1]])["a"] == 1


def test_new_constructs_with_any_function(js):
    assert js("(function F(x) { this.x = x })").new(3).x == 3


def test_a_method_passed_on_is_the_function_itself(js):
    o = js("({ f() { return this } })")
    assert js("(o, f) => o.f === f")(o, o.f) is True


def test_kebab_and_snake_case_find_camel_case(js):
    o = js("({ groupBy: () => 1, 'data-id': 2 })")
    assert o.group_by() == 1
    assert o.data_id == 2


def test_a_misspelt_member_gets_a_suggestion(js):
    with pytest.raises(AttributeError, match='did you mean "groupBy"'):
        _ = js("({ groupBy() {} })").groupby


def test_members_are_set_and_deleted(js):
    o = js("({ f() {} })")
    o.x = [1]
    assert polyhy.data(o.x) == [1]
    del o.x
    assert not hasattr(o, "x")


def test_repr_is_a_short_preview(js):
    o = js(
        "({ f() {}, xs: Array.from({ length: 100 }, (_, i) => i), m: new Map([[1, { a: 2 }]]) })"
    )
    assert repr(o).startswith("{f: [function f], xs: [0, 1, 2")
    assert "..." in repr(o)
    assert len(repr(js("({ f() {}, s: 'x'.repeat(1000) })"))) < 120


def test_dir_lists_the_members(js):
    assert {"size", "get"} <= set(dir(js("new Map()")))


def test_a_callback_sees_and_changes_live_containers(js):
    def add(row):
        row["seen"] = True
        row.tags.push("x")

    assert js("f => { const r = { tags: [] }; f(r); return r }")(add) == {
        "tags": ["x"],
        "seen": True,
    }


def test_a_callback_gets_no_more_than_it_takes(js):
    assert js("f => [5].map(f)")(lambda x: x) == [5]
    assert js("f => [5].map(f)")(lambda x, i: (x, i)) == [[5, 0]]
    assert len(js("f => [5].map(f)")(lambda *xs: len(xs))) == 1


def test_an_error_keeps_its_type_message_stack_and_value(js):
    with pytest.raises(JsError) as caught:
        js("() => { throw Object.assign(new TypeError('no'), { code: 7 }) }")()
    assert caught.value.type_name == "TypeError"
    assert caught.value.message == "no"
    assert caught.value.value.code == 7


@pytest.mark.parametrize(
    "thrown", ["null", "undefined", "5", "'text'", "({ a: 1 })", "Symbol('s')"]
)
def test_anything_may_be_thrown(js, thrown):
    with pytest.raises(JsError):
        js(f"() => {{ throw {thrown} }}")()


def test_an_exception_in_a_callback_can_be_seen_by_the_script(js):
    def raiser():
        raise KeyError("k")

    assert js("f => { try { f() } catch (e) { return [e instanceof Error, e.name] } }")(raiser) == [
        True,
        "KeyError",
    ]


def test_a_syntax_error_names_its_line():
    with pytest.raises(GuestSyntaxError, match=r"my\.hy:12"):
        polyhy.evaluate("js", "1 +\n2 +\n* 3", origin="my.hy:10")


def test_recursion_over_the_boundary_ends_in_an_error(js):
    deep = js("(f, n) => f(f, n + 1)")
    with pytest.raises((RecursionError, JsError)):
        deep(lambda f, n: deep(f, n), 0)
    with pytest.raises(JsError, match="recursion"):
        js("function f() { return f() }; f")()


def test_promises_are_settled_when_the_call_returns(js):
    seen = []
    js("f => { Promise.resolve(1).then(f); (async () => { await null; f(2) })() }")(seen.append)
    assert sorted(seen) == [1, 2]


def test_timers_run_in_order_when_waited_for(js):
    seen = []
    js("f => { setTimeout(f, 20, 'b'); setTimeout(f, 1, 'a'); setImmediate(f, '0') }")(seen.append)
    assert seen == []
    host.wait()
    assert seen == ["0", "a", "b"]


def test_an_interval_runs_until_it_is_cleared_and_an_idle_timer_is_not_waited_for(js):
    seen = []
    js("""f => {
        let n = 0;
        const timer = setInterval(() => { f(++n); if (n === 3) clearInterval(timer) }, 1);
    }""")(seen.append)
    js("f => { setTimeout(f, 60000).unref() }")(seen.append)
    host.wait()
    assert seen == [1, 2, 3]


def test_an_error_in_a_timer_is_raised_to_who_waits(js):
    js("() => { setTimeout(() => { throw new Error('late') }, 1) }")()
    with pytest.raises(JsError, match="late"):
        host.wait()


def test_a_promise_can_be_awaited_in_asyncio(js):
    async def main():
        slow = js("async x => { await new Promise(r => setTimeout(r, 5)); return x + 1 }")
        return await slow(1), await js("Promise.resolve('now')")

    assert asyncio.run(main()) == (2, "now")


def test_a_rejected_promise_raises_where_it_is_awaited(js):
    mine = ValueError("mine")

    def raiser():
        raise mine

    async def main(f):
        await f(raiser)

    with pytest.raises(ValueError, match="mine") as caught:
        asyncio.run(main(js("async f => { await null; f() }")))
    assert caught.value is mine
    with pytest.raises(JsError, match="theirs"):
        asyncio.run(main(js("async () => { throw new Error('theirs') }")))


def test_a_callback_inside_asyncio_sees_its_own_loop(js):
    async def main():
        return js("f => { new Promise(() => {}); return f() }")(asyncio.get_running_loop)

    assert isinstance(asyncio.run(main()), asyncio.AbstractEventLoop)


def test_console_writes_to_the_standard_streams(js, capsys):
    js("console.log('out', 1, { a: [2] }); console.error('err')")
    done = capsys.readouterr()
    assert (done.out, done.err) == ("out 1 {a: [2]}\n", "err\n")


def test_scripts_can_not_reach_the_host(js):
    for name in ("python", "pmEval", "require", "process.binding"):
        assert js(f"typeof {name.split('.')[0]}") in ("undefined", "object")
    assert js("typeof debuggerGlobal.Debugger") == "undefined"
    assert js("typeof (x => x).constructor('return this.python')()") == "undefined"


def test_a_signature_is_told(js):
    assert host.bridge("js").signature(js("(a, { b }, ...c) => 1").__native__) == "(a, { b }, ...c)"
    assert inspect.isroutine(len)


def test_the_one_job_that_the_engine_does_not_announce_is_a_clear_error(js):
    resolve = js("""(() => {
        let resolve;
        new Promise(f => { resolve = f });
        const other = Promise.resolve(1);
        return n => resolve(other);
    })()""")
    with pytest.raises(JsError, match="in an async function"):
        resolve(1)
    assert js("async n => 1")(1).then(lambda x: x) is not None


def test_a_rejection_that_nobody_listened_to_is_raised_to_who_waits(js):
    js("(async () => { await null; throw new RangeError('unheard') })(); 0")
    with pytest.raises(JsError, match="unheard"):
        host.wait()
    host.wait()


@pytest.mark.parametrize(
    "source",
    [
        "Promise.reject(new Error('x')).catch(() => 0)",
        "(async () => { const p = Promise.reject(new Error('x')); try { await p } catch {} })()",
        "(() => { const p = Promise.reject(1); setTimeout(() => p.catch(() => 0), 1) })()",
        "Promise.allSettled([Promise.reject(new Error('x'))])",
    ],
)
def test_a_rejection_that_somebody_listens_to_is_no_error(js, source):
    js(source)
    host.wait()


@pytest.mark.parametrize("name", ["AbortController", "EventTarget", "Buffer", "URL", "process"])
def test_a_script_may_ask_for_a_global_that_is_not_there(js, name):
    assert js(f"typeof {name}") in ("undefined", "function", "object")
