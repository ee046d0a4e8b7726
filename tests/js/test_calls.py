"""The flat path of calls and members: what is quick is exact, and never mixed up."""

from __future__ import annotations

import asyncio
import inspect
import math
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import polyhy
from polyhy.bridges.js.wire import register
from polyhy.guests import boundary, host
from polyhy.values import MAX_SAFE

Js = Callable[[str], Any]

EDGES = [
    *(2**bits + step for bits in (15, 30, 31, 32, 45, 53, 63, 64) for step in (-1, 0, 1)),
    *(step - 2**bits for bits in (15, 30, 31, 32, 45, 53, 63, 64) for step in (-1, 0, 1)),
    *(0, True, False, None, -0.0, 0.5, -1e300, 5e-324, math.inf, -math.inf),
    *("", "a", "a" * 255, "a" * 256, "é", "a" * 254 + "é", "€" * 30, "\0", "\x7f", "\x80", "🎈"),
]


def exactly(x: Any) -> tuple[type, str]:
    return type(x), repr(x)


def test_what_lies_in_the_register_is_exact_at_its_edges(js: Js) -> None:
    same, method = js("x => x"), js("({ same(x) { return x } })").same
    for x in EDGES:
        assert exactly(same(x)) == exactly(method(x)) == exactly(x)


numbers = st.integers(-(2**31), 2**31 - 1) | st.floats(allow_nan=False).filter(
    lambda x: not x.is_integer()
)


@settings(max_examples=300, deadline=None)
@given(st.lists(numbers | st.sampled_from([MAX_SAFE, True, None, "a", 2**80]), max_size=40))
def test_lists_of_numbers_and_nearly_so_are_exact(xs: list[Any]) -> None:
    assert exactly(polyhy.evaluate("js", "x => x")(xs)) == exactly(xs)


def test_integers_of_a_class_of_their_own_are_integers(js: Js) -> None:
    class Count(int):
        pass

    same = js("x => x")
    assert exactly(same(Count(5))) == exactly(5)
    assert same([Count(5)] * 20) == [5] * 20


def test_a_call_without_arguments_has_none(js: Js) -> None:
    count, method = js("(...xs) => xs.length"), js("({ count: (...xs) => xs.length })").count
    for f in (count, method):
        assert [f(), f(None), f(1), f(1, 2), f(a=1), f(1, a=1), f("x"), f([])] == [
            *(0, 1, 1, 2, 1, 2, 1, 1),
        ]


def test_arguments_after_the_first_and_options_are_what_they_are(js: Js) -> None:
    assert js("(...xs) => xs")(1, "é", None, 2**70, [1], {"a": 1}, b=2) == [
        *(1, "é", None, 2**70, [1], {"a": 1}, {"b": 2}),
    ]


@contextmanager
def calls_in_between(act: Callable[[], Any]) -> Iterator[list[int]]:
    """Let a signal make calls of its own thousands of times a second."""
    came: list[int] = []

    def handle(*_: Any) -> None:
        came.append(1)
        act()
        signal.setitimer(signal.ITIMER_REAL, 0.0003)

    before = signal.signal(signal.SIGALRM, handle)
    signal.setitimer(signal.ITIMER_REAL, 0.0003)
    try:
        yield came
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_calls_that_come_in_between_take_nothing_of_another(js: Js) -> None:
    same, thing, other = js("x => x"), js("({ n: 7, s: 'text', f() {} })"), js("({ n: 1, f() {} })")
    apply, none, mine = js("(f, x) => f(x)"), js("(...xs) => xs.length"), lambda x: x

    def act() -> None:
        assert (same(-1), same("other"), same([9] * 20), other.n, none()) == (
            *(-1, "other", [9] * 20, 1, 0),
        )
        assert same(mine) is mine

    with calls_in_between(act) as came:
        for i in range(10**9):
            assert (same(i), same(i / 7), same(f"text {i}"), same([i] * 30)) == (
                *(i, i / 7, f"text {i}", [i] * 30),
            )
            assert (thing.n, thing.s, same(i * 10**9), none()) == (7, "text", i * 10**9, 0)
            assert apply(mine, i) == i
            assert same(act) is act
            if len(came) > 100:
                break


def test_a_function_that_scripts_forgot_is_lent_again(js: Js) -> None:
    kind, guest = js("f => typeof f"), host.bridge("js").guest
    for function in (len, js, Path.exists):
        for _ in range(3):
            assert kind(function) == "function"
            guest._collect()


def test_arguments_of_a_callback_that_is_never_called_are_let_go(js: Js) -> None:
    call = js("(f, ...xs) => f(...xs, '\\ud800')")
    for x in (1, "a", 0.5, "é", [1]):
        with pytest.raises(polyhy.errors.ConversionError, match="surrogate"):
            call(lambda *xs: xs, x)
    js("1")
    assert register[1] == 0
    assert js("(f, x) => f(x)")(lambda x: x, 2**40) == 2**40


def test_a_getter_that_fails_runs_once(js: Js) -> None:
    ran: list[int] = []

    def fail() -> None:
        ran.append(1)
        raise AttributeError("mine")

    assert js("({ x: 1, f() {} })").x == 1  # from here on the member has a reader
    failing = js("f => ({ get x() { return f() }, f() {} })")(fail)
    for times in (1, 2, 3):
        with pytest.raises(AttributeError, match=r"^mine$"):
            _ = failing.x
        assert len(ran) == times


def test_a_member_that_others_have_is_still_missing(js: Js) -> None:
    assert js("({ kept: 1, f() {} })").kept == 1
    bare = js("({ f() {} })")
    assert not hasattr(bare, "kept")
    with pytest.raises(AttributeError, match="no member 'kept'"):
        _ = bare.kept
    bare.kept = 5
    assert bare.kept == 5
    del bare.kept
    assert not hasattr(bare, "kept")


def test_members_with_names_of_pythons_protocols_change_no_class(js: Js) -> None:
    future = js("({ _asyncio_future_blocking: true, __len__: 5, f() {} })")
    assert future._asyncio_future_blocking is True
    assert not asyncio.isfuture(js("({ f() {} })"))
    assert not asyncio.isfuture(future)


def test_members_of_functions_are_the_scripts_own(js: Js) -> None:
    f = js("Object.assign(() => 1, { free: 2, lift: 3, bound: 4, _call: 5 })")
    assert (f(), f.free, f.lift, f.bound, f._call) == (1, 2, 3, 4, 5)
    assert callable(f)
    assert str(inspect.signature(f)) == "()"


def test_members_and_calls_work_from_other_threads(js: Js, tmp_path: Path) -> None:
    tmp_path.joinpath("m.cjs").write_text("exports.f = x => x + 1; exports.n = 5;")
    module = polyhy.import_from("js", str(tmp_path / "m.cjs"))
    thing, said = js("({ n: 1, twice(x) { return 2 * x }, f() {} })"), []
    assert thing.n == 1

    def work() -> None:
        said.extend([thing.n, thing.twice(4), module.f(1), module.n, js("() => 'x'")()])
        said.append(hasattr(thing, "missing"))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert said == [1, 8, 2, 5, "x", False]


def test_members_of_a_runtime_that_was_stopped_raise(js: Js) -> None:
    thing, f = js("({ n: 1, f() {} })"), js("x => x")
    assert thing.n == 1
    host.stop("js")
    for use in (lambda: thing.n, lambda: f(1), lambda: f(), lambda: f("a"), lambda: f([1] * 20)):
        with pytest.raises(polyhy.errors.Stopped):
            use()
    assert js("({ n: 2, f() {} })").n == 2


def test_a_scope_ends_members_and_calls(js: Js) -> None:
    assert js("({ n: 1, f() {} })").n == 1
    with polyhy.scope():
        thing, f = js("({ n: 1, f() {} })"), js("x => x")
        assert (thing.n, f(1)) == (1, 1)
    for use in (lambda: thing.n, lambda: f(1), lambda: f(a=1)):
        with pytest.raises(polyhy.errors.Freed):
            use()


def test_the_default_function_of_a_limited_module_has_the_limits(js: Js, tmp_path: Path) -> None:
    tmp_path.joinpath("m.cjs").write_text(
        "module.exports = (x) => { for (; x; ); return 1 }; module.exports.f = module.exports;"
    )
    module = polyhy.import_from("js", str(tmp_path / "m.cjs"), timeout=1)
    assert module(False) == 1
    for call in (module, module.f):
        with pytest.raises(polyhy.errors.TimedOut):
            call(True)


def test_what_a_call_was_given_is_counted(js: Js) -> None:
    same = js("x => x")
    with boundary.watching() as report:
        same("twelve chars")
    assert [(row.calls, row.copies, row.size) for row in report.rows()] == [(1, 2, 24)]
