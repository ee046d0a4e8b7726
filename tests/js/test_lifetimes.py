"""Scopes free JavaScript's objects, and leaks says who holds what across the heaps."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import textwrap
import threading
import weakref

import numpy as np
import pytest

import polyhy
from polyhy.errors import Freed


class Node:
    """Half of a ring across two heaps."""


def held_by_js(kind):
    return sum(h.number for h in polyhy.leaks() if (h.holder, h.kind) == ("js", kind))


@pytest.mark.parametrize(
    ("source", "use"),
    [
        ("x => x", lambda x: x(1)),
        ("x => x", lambda x: x("text")),
        ("x => x", lambda x: x.length),
        ("(class A {})", lambda x: x()),
        ("new Map([[1, 2]])", lambda x: x[1]),
        ("new Map([[1, 2]])", lambda x: x.size),
        ("new Map([[1, 2]])", repr),
        ("new Map([[1, 2]]).get", lambda x: x(1)),
        ("new Float64Array(3)", np.asarray),
        ("Promise.resolve(1)", asyncio.run),
    ],
)
def test_a_proxy_ends_with_its_scope(js, source, use):
    with polyhy.scope():
        inside = js(source)
    with pytest.raises((Freed, TypeError, ValueError)) as caught:
        use(inside)
    assert use is asyncio.run or isinstance(caught.value, Freed)


def test_a_method_ends_with_its_scope_and_is_whole_where_it_is_kept(js):
    with polyhy.scope() as scope:
        thing = js("({ n: 7, get() { return this.n } })")
        method, kept = thing.get, scope.keep(thing.get)
    for use in (lambda: thing.n, method):
        with pytest.raises(Freed, match="freed with its scope"):
            use()
    js("Array.from({ length: 50 }, () => ({ get() { return 'another' } }))")
    assert kept() == 7


def test_a_freed_proxy_can_not_be_sent(js):
    with polyhy.scope():
        inside = js("new Map()")
    for send in (inside, [inside]):
        with pytest.raises(Freed):
            js("x => x")(send)


def test_an_object_that_comes_again_is_a_live_proxy(js):
    with polyhy.scope():
        inside = js("globalThis.shared = new Map([[1, 2]])")
    again = js("shared")
    assert (again[1], again is inside) == (2, False)
    js("delete globalThis.shared; 0")


def test_what_was_there_before_outlives_the_scope(js):
    before = js("globalThis.early = new Set([1])")
    with polyhy.scope():
        assert js("early") is before
    assert len(before) == 1
    js("delete globalThis.early; 0")


def test_a_ring_across_heaps_is_freed_by_a_scope_and_seen_by_leaks(js):
    def ring():
        node = Node()
        node.map = js("new Map()")
        node.map.back = node
        return weakref.ref(node)

    leaked = ring()
    assert held_by_js("Node") == 1
    assert leaked() is not None
    with polyhy.scope():
        freed = ring()
    assert held_by_js("Node") == 1
    gc.collect()
    assert (freed(), leaked() is None) == (None, False)
    del leaked().map.back
    assert held_by_js("Node") == 0
    gc.collect()
    assert leaked() is None


def test_the_call_after_a_scope_lets_its_objects_go(js):
    same = js("x => x")
    with polyhy.scope():
        node = Node()
        node.keeper = js("x => { const keep = () => x; return keep }")(node)
        gone = weakref.ref(node)
    del node
    same([])
    gc.collect()
    assert gone() is None


def test_leaks_names_what_scripts_hold_and_nothing_of_the_rooms_own(js):
    js("console.log; setTimeout; process.env.PATH; new TextDecoder(); 0")
    before = [h for h in polyhy.leaks() if h.holder == "js"]
    js("f => { globalThis.held = f }")(held_by_js)
    after = [h for h in polyhy.leaks() if h.holder == "js" and h not in before]
    assert [str(h) for h in after] == [
        f"js holds {1 + sum(h.number for h in before if h.kind == 'function')} x python function"
    ]
    js("delete globalThis.held; 0")
    assert not any("polyhy" in str(h) for h in before)


def test_a_view_of_memory_outlives_the_scope_of_its_array(js):
    with polyhy.scope():
        view = np.asarray(js("new Float64Array(100000).fill(3)"))
    js("Array.from({ length: 99 }, () => new Float64Array(100000).fill(4)); 0")
    polyhy.leaks()
    assert view.sum() == 300_000


def test_what_python_is_awaited_for_settles_after_the_scope(js):
    async def later():
        await asyncio.sleep(0.001)
        return 5

    async def main():
        with polyhy.scope():
            js("f => { globalThis.promised = f().then(x => x + 1) }")(later)
        return await js("promised")

    assert asyncio.run(main()) == 6


def test_a_module_belongs_to_no_scope(js, tmp_path):
    (tmp_path / "shop.js").write_text(
        "const price = n => 2 * n;\n"
        "module.exports = { price, basket: new Map([[1, 2]]), same: price };\n"
    )
    with polyhy.scope():
        shop = polyhy.import_from("js", str(tmp_path / "shop.js"))
        first = js("f => ({ f, g() {} })")(shop.same).f
        assert (shop.price(2), first(2)) == (4, 4)
    assert (shop.price(3), shop.same(3), shop.basket[1]) == (6, 6, 2)
    with pytest.raises(Freed):
        first(2)


def test_a_thread_has_scopes_of_its_own(js):
    inside, outside = [], []

    def work():
        with polyhy.scope():
            inside.append(js("new Map([[1, 2]])"))
            outside.append(inside[0][1])

    with polyhy.scope():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(20)
        mine = js("new Map([[1, 3]])")
        assert mine[1] == 3
    assert outside == [2]
    for ended in (inside[0], mine):
        with pytest.raises(Freed):
            ended[1]


def test_a_runtime_that_starts_in_a_scope_outlives_it():
    program = """
        import asyncio, polyhy
        js = lambda source: polyhy.evaluate("js", source)
        with polyhy.scope():
            js("process.nextTick(() => 0); setTimeout(() => 0)")
        js("globalThis.seen = []; process.nextTick(() => seen.push('tick')); 0")
        async def main():
            await js("new Promise(done => setTimeout(done, 1))")
        asyncio.run(main())
        assert js("[...seen]") == ["tick"]
        polyhy.guests.host.wait()
    """
    done = subprocess.run(
        [sys.executable, "-c", "import polyhy.guests.host" + textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
