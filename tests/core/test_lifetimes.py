"""Scopes free what was made in them; leaks says who holds what."""

from __future__ import annotations

import gc
import threading
import weakref
from contextlib import suppress
from typing import Any

import pytest

import polyhy
from polyhy import plugins
from polyhy.errors import Freed
from polyhy.guests import host
from polyhy.testing import ToyBridge


@pytest.fixture(autouse=True)
def _toy() -> None:
    plugins.add(ToyBridge)
    host.stop("toy")


def toy(source: str) -> Any:
    return polyhy.evaluate("toy", source)


def test_a_proxy_ends_with_its_scope() -> None:
    before = toy("new(name='before')")
    with polyhy.scope():
        inside = toy("new(name='inside')")
        double = toy("lambda x: x * 2")
        assert (inside.name, double(4)) == ("inside", 8)
    for use in (lambda: inside.name, lambda: double(4), lambda: repr(inside)):
        with pytest.raises(Freed, match=r"freed with its scope(.|\n)*scope\.keep"):
            use()
    assert before.name == "before"


def test_what_is_kept_lives_on() -> None:
    with polyhy.scope() as scope:
        one, two = scope.keep(toy("new(n=1)")), toy("new(n=2)")
        listed = scope.keep([toy("new(n=3)"), {"x": toy("new(n=4)")}])
    assert (one.n, listed[0].n, listed[1]["x"].n) == (1, 3, 4)
    with pytest.raises(Freed):
        _ = two.n


def test_an_inner_scope_ends_first_and_an_error_ends_both() -> None:
    with suppress(ValueError), polyhy.scope():
        outer = toy("new(n=1)")
        with polyhy.scope():
            inner = toy("new(n=2)")
        assert outer.n == 1
        with pytest.raises(Freed):
            _ = inner.n
        raise ValueError("out")
    with pytest.raises(Freed):
        _ = outer.n


def test_what_other_threads_make_is_theirs() -> None:
    made: list[Any] = []
    with polyhy.scope():
        thread = threading.Thread(target=lambda: made.append(toy("new(n=1)")))
        thread.start()
        thread.join()
    assert made[0].n == 1


class Node:
    """Half of a ring across two heaps."""


@pytest.mark.parametrize("version", ["jit", "5.4"])
def test_a_ring_across_heaps_is_freed_by_a_scope_and_seen_by_leaks(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLYHY_LUA", version)
    host.stop("lua")

    def ring() -> weakref.ref[Node]:
        node: Any = Node()
        node.table = polyhy.evaluate("lua", "setmetatable({}, {})")
        node.table.back = node
        return weakref.ref(node)

    leaked = ring()
    _collect()
    assert leaked() is not None
    held = polyhy.leaks()
    assert ("lua", "python", "Node", 1) in {(h.holder, h.owner, h.kind, h.number) for h in held}
    mine = [h for h in held if h.owner == "lua" and "Node" in h.by]
    assert mine or any(h.owner == "lua" and h.kind == "LuaObject" for h in held)
    assert "lua holds 1 x python Node" in [str(h) for h in held]
    with polyhy.scope():
        freed = ring()
    _collect()
    assert freed() is None
    host.stop("lua")


def _collect() -> None:
    for _ in range(4):
        polyhy.evaluate("lua", "collectgarbage()")
        gc.collect()


def test_with_no_scope_open_nothing_is_recorded() -> None:
    from polyhy import proxy

    with polyhy.scope():
        assert len(proxy.watchers) == 1
    assert proxy.watchers == []
