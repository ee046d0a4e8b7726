"""How Proxies of JavaScript objects behave in Python."""

from __future__ import annotations

import asyncio
import inspect
import pydoc

import pytest

import polyhy
from polyhy.bridges.js.errors import JsError
from polyhy.errors import GuestSyntaxError
from polyhy.guests import host


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


def test_what_is_iterated_and_has_a_size_has_that_length(js):
    assert len(js("new URLSearchParams('a=1&b=2')")) == 2
    assert len(js("new (class { size = 3; *[Symbol.iterator]() {} })")) == 3
    with pytest.raises(TypeError, match="no length"):
        len(js("new (class { size = 3 })"))


CLASSES = """(() => {
    function Filled(x) { this.x = x }
    Filled.prototype.twice = function () { return this.x * 2 };
    function Heir(x) { Filled.call(this, x) }
    Object.setPrototypeOf(Heir.prototype, Filled.prototype);
    function Either(x) { return this instanceof Either ? void (this.x = x) : new Either(x) }
    Either.prototype.twice = Filled.prototype.twice;
    function Plain(x) { return `called ${x}` }
    function factory(x) { return `called ${x}` }
    factory.prototype.twice = 1;
    function* Steps() { yield 1 }
    return { Filled, Heir, Either, Plain, factory, Steps };
})()"""


@pytest.mark.parametrize("name", ["Filled", "Heir", "Either"])
def test_calling_a_class_made_by_hand_constructs(js, name):
    classes = js(CLASSES)
    assert getattr(classes, name)(4).twice() == 8  # as a member
    [alone] = [value for key, value in js(f"Object.entries({CLASSES})") if key == name]
    assert alone(4).twice() == 8
    assert alone.new(4).x == 4


def test_other_functions_are_called_whatever_their_names(js):
    classes = js(CLASSES)
    assert (classes.Plain(1), classes.factory(1)) == ("called 1", "called 1")
    assert list(classes.Steps()) == [1]
    assert js("({ Number, BigInt })").Number("7") == 7


def test_names_that_are_keywords_in_python_take_an_underscore(js):
    numbers = js("({ from: (xs) => xs[0], in_: () => 1, in: () => 2 })")
    assert numbers.from_([7]) == 7
    assert numbers.in_() == 1


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("new URL('http://a/b')", "http://a/b"),
        ("new (class { toString() { return 'mine' } })", "mine"),
        ("new (class Wide { x = 1 })", "Wide { x: 1 }"),
        ("new (class Bad { toString() { throw 1 } })", "Bad {}"),
        ("new (class Odd { toString() { return {} } })", "Odd {}"),
        ("Object.create(null, { f: { value: () => 1 } })", "[Object: null prototype] {}"),
        ("new Map([[1, 2]])", "Map(1) { 1 => 2 }"),
        ("function f(x) { return x }", "[Function: f]"),
        ("Symbol('s')", "Symbol(s)"),
    ],
)
def test_str_is_what_an_object_says_of_itself_and_else_its_preview(js, source, text):
    assert str(js(f"({source})")) == text


def test_repr_is_a_preview_whatever_an_object_says(js):
    assert repr(js("new (class Mine { toString() { return 'mine' } })")) == "Mine {}"


def test_kebab_and_snake_case_find_camel_case(js):
    o = js("({ groupBy: () => 1, 'data-id': 2 })")
    assert o.group_by() == 1
    assert o.data_id == 2


@pytest.mark.parametrize("name", ["groupby", "grou", "grupBy", "gorupBy", "groupByy", "groupBi"])
def test_a_misspelt_member_gets_a_suggestion(js, name):
    with pytest.raises(AttributeError, match='did you mean "groupBy"'):
        getattr(js("({ groupBy() {}, chunk() {} })"), name)


def test_a_member_that_resembles_none_gets_no_suggestion(js):
    with pytest.raises(AttributeError, match=r"no member 'sum'$"):
        _ = js("({ groupBy() {}, chunk() {} })").sum


def test_members_are_set_and_deleted(js):
    o = js("({ f() {} })")
    o.x = [1]
    assert polyhy.data(o.x) == [1]
    del o.x
    assert not hasattr(o, "x")


@pytest.mark.parametrize(
    ("source", "preview"),
    [
        (
            "new Map([[1, { a: [1, 2, [3, [4]]] }]])",
            "Map(1) { 1 => { a: [ 1, 2, [Array] ] } }",
        ),
        ("new Set(['a', \"it's\"])", "Set(2) { 'a', \"it's\" }"),
        (
            "({ f() {}, n: -0, u: undefined, get a() { return 1 }, 'b-c': 5n })",
            "{ f: [Function: f], n: -0, u: undefined, a: [Getter], 'b-c': 5n }",
        ),
        ("(() => { const o = {}; o.o = o; return o })()", "{ o: [Circular] }"),
        ("new (class Point { x = 1; #y = 2 })()", "Point { x: 1 }"),
        (
            "new Float64Array(100)",
            "Float64Array(100) [ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ... 90 more ]",
        ),
        ("(class A extends Map {})", "[class A]"),
        ("(() => 1)", "[Function: (anonymous)]"),
        (
            "Object.assign(Object.create(null), { f() {} })",
            "[Object: null prototype] { f: [Function: f] }",
        ),
        ("new TypeError('no')", "TypeError: no"),
        ("/a/g", "/a/g"),
        ("Symbol('s')", "Symbol(s)"),
        ("new Date(NaN)", "Invalid Date"),
        ("Promise.resolve(1)", "Promise {}"),
        ("new WeakMap()", "WeakMap {}"),
        ("new Proxy({}, { ownKeys() { throw 1 } })", "[object]"),
        ("({ f() {}, s: 'x'.repeat(1000) })", f"{{ f: [Function: f], s: '{'x' * 57}...' }}"),
    ],
)
def test_repr_is_a_short_preview(js, source, preview):
    assert repr(js(source)) == preview


def test_a_preview_of_a_large_graph_is_bounded(js):
    wide = js(
        "(() => { const f = d => d ? Array.from({ length: 50 }, () => f(d - 1)) : 7;"
        "return Object.assign(f(3), { f }) })()"
    )
    assert len(repr(wide)) < 1000


def test_any_number_of_names_may_be_read(js):
    entries = "Array.from({ length: 3000 }, (_, i) => ['n' + i, i])"
    many = js(f"Object.assign(Object.fromEntries({entries}), {{ f() {{}} }})")
    assert [getattr(many, f"n{i}") for i in range(3000)] == list(range(3000))
    with pytest.raises(AttributeError):
        _ = many.n3001


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
    timer = js("f => setTimeout(f, 60000).unref()")(seen.append)
    host.wait()
    js("clearTimeout")(timer)
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
    assert (done.out, done.err) == ("out 1 { a: [ 2 ] }\n", "err\n")


def test_scripts_can_not_reach_the_host(js):
    for name in ("python", "pmEval", "require", "process.binding"):
        assert js(f"typeof {name.split('.')[0]}") in ("undefined", "object")
    assert js("typeof debuggerGlobal.Debugger") == "undefined"
    assert js("typeof (x => x).constructor('return this.python')()") == "undefined"


DOCUMENTED = """/**
 * Cuts a list into pieces.
 * @param {Array} array the list
 */
function chunk(array, size = 1, { deep = true, wide } = {}) { return array }
chunk"""


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (DOCUMENTED, "(array, size=1, /, *, deep=true, wide=undefined)"),
        ("(a, b) => 1", "(a, b, /)"),
        ("async (...xs) => 1", "(*xs)"),
        ("x => 1", "(x, /)"),
        ("() => 1", "()"),
        ("(class A { constructor(a, b = f(1, 2)) {} })", "(a, b=f(1, 2), /)"),
        ("(class A {})", "()"),
        ("Math.max", "(*args)"),
        ("({ a, b: c = 2, ...d }) => 1", "(*, a=undefined, b=2, **d)"),
        ("($, [x, y], z = 'a,b') => 1", "(_, _1, z='a,b', /)"),
        ("(a = {}, b) => 1", "(a={}, b=undefined, /)"),
        ("({ method(a) {} }).method", "(a, /)"),
        ("(function* steps(a /* first, */, b) {})", "(a, b, /)"),
    ],
)
def test_inspect_tells_the_parameters(js, source, told):
    assert str(inspect.signature(js(source))) == told


def test_help_shows_the_parameters_and_the_comment(js):
    shown = pydoc.render_doc(js(DOCUMENTED), renderer=pydoc.plaintext)
    assert "(array, size = 1, { deep = true, wide } = {})" in shown
    assert "Cuts a list into pieces.\n" in shown
    assert "@param {Array} array the list" in shown


def test_help_shows_the_source_where_there_is_no_comment(js):
    assert "return x * 2" in js("function twice(x) { return x * 2 } twice").__doc__


def test_the_source_of_a_function_is_told(js):
    f = js("(x)   =>  x + 1")
    assert host.bridge("js").source(f.__native__) == "(x)   =>  x + 1"
    assert host.bridge("js").source(js("new Map()").__native__) == ""


def test_a_function_has_its_name(js):
    assert js("function twice() {} twice").__name__ == "twice"


def test_with_disposes(js):
    seen = []
    make = js("seen => ({ f: 1n, [Symbol.dispose]() { seen('end') }, go: () => 5 })")
    with make(seen.append) as thing:
        assert thing.go() == 5
        assert seen == []
    assert seen == ["end"]
    with pytest.raises(ValueError, match="inside"), make(seen.append):
        raise ValueError("inside")
    assert seen == ["end", "end"]


def test_what_has_no_end_is_not_for_with(js):
    with pytest.raises(TypeError, match=r"no Symbol\.dispose"), js("new Map()"):
        pass


def test_async_with_disposes_later(js):
    async def main():
        make = js("seen => ({ async [Symbol.asyncDispose]() { await null; seen('end') } })")
        async with make(seen.append):
            assert seen == []

    seen = []
    asyncio.run(main())
    assert seen == ["end"]


def test_an_older_promise_may_be_resolved_with_another_one(js):
    seen = []
    resolve = js("""f => {
        let resolve;
        new Promise(settle => { resolve = settle }).then(f);
        const other = Promise.resolve(1);
        return n => resolve(other);
    }""")(seen.append)
    resolve(1)
    assert seen == [1]


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


def test_members_that_a_trap_makes_are_there(js):
    made = js("new Proxy(() => 0, { get: (_, name) => typeof name === 'string' && name + '!' })")
    assert [made.foo, made.bar, made.foo] == ["foo!", "bar!", "foo!"]
    assert not hasattr(js("new Proxy(() => 0, { get: () => undefined })"), "foo")
