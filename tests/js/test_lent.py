"""Python objects act as objects in a script; dunder names and frames are out of its reach."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import functools
import math
import pathlib
import re
import types
import uuid

import pytest

import polyhy


class Account:
    kind = "current"

    def __init__(self, total=0):
        self.total_sum = total

    def add(self, n):
        self.total_sum += n
        return self.total_sum


@dataclasses.dataclass
class Point:
    x: int
    y: int = 2


class Colour(enum.Enum):
    RED = 1


@pytest.mark.parametrize(
    "value",
    [
        decimal.Decimal("1.1"),
        fractions.Fraction(1, 3),
        dt.date(2024, 1, 2),
        dt.time(1, 2),
        dt.timedelta(1),
        Colour.RED,
        Colour,
        Point(1),
        Point,
        iter([1]),
        (x for x in "ab"),
        math,
        types,
        len,
        "text".upper,
        functools.partial(int, base=2),
        pathlib.PurePosixPath("/a"),
        uuid.UUID(int=7),
        ValueError("x"),
        object(),
        1 + 2j,
        slice(1),
        re.match("a", "a"),
    ],
    ids=lambda x: type(x).__name__,
)
def test_what_a_script_has_no_data_for_comes_home_as_itself(js, value):
    assert js("x => x")(value) is value
    assert js("x => [{ x }]")(value)[0]["x"] is value
    assert js("(x, y) => x === y")(value, value) is True


def test_containers_found_in_an_object_stay_in_python(js):
    owner = types.SimpleNamespace(rows=[[1]], settings={"deep": {}})
    js("o => { o.rows[0].push(2); o.rows.push(3); o.settings.deep.x = 1 }")(owner)
    assert (owner.rows, owner.settings) == ([[1, 2], 3], {"deep": {"x": 1}})
    assert js("o => Array.isArray(o.rows) && JSON.stringify(o)")(owner) == (
        '{"rows":[[1,2],3],"settings":{"deep":{"x":1}}}'
    )
    assert js("o => o.rows")(owner) is owner.rows


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        ("a => a.total_sum", 5),
        ("a => a.totalSum", 5),
        ("a => a.add(4)", 9),
        ("a => 'add' in a", True),
        ("a => 'nothing' in a", False),
        ("a => a.nothing === undefined", True),
        ("a => a?.nothing?.more === undefined", True),
        ("a => { a.total_sum = 1; return a.total_sum }", 1),
        ("a => { a.totalSum = 1; return a.total_sum }", 1),
        ("a => { a.fresh = 'x'; return a.fresh }", "x"),
        ("a => delete a.total_sum && !('total_sum' in a)", True),
        ("a => Object.keys(a)", ["total_sum"]),
        ("a => Object.entries({ ...a })", [["total_sum", 5]]),
        ("a => { const { totalSum } = a; return totalSum }", 5),
        ("a => typeof a", "object"),
        ("a => a === a", True),
        ("a => JSON.stringify(a)", '{"total_sum":5}'),
    ],
)
def test_an_object_has_get_set_has_and_delete(js, source, answer):
    assert js(source)(Account(5)) == answer


def test_a_set_is_made_in_the_object(js):
    account = Account()
    js("a => { a.totalSum = 7; a.note = [1] }")(account)
    assert account.total_sum == 7
    assert polyhy.data(account.note) == [1]


@pytest.mark.parametrize(
    "name",
    [
        "__class__",
        "__dict__",
        "__globals__",
        "__init__",
        "__subclasses__",
        "__reduce__",
        "__code__",
    ],
)
def test_dunder_names_are_out_of_reach(js, name):
    for x in (Account(), Account, Account.add, test_dunder_names_are_out_of_reach):
        assert js(f"x => x.{name} === undefined && !('{name}' in x)")(x) is True
        assert name not in js("x => Reflect.ownKeys(x)")(x)
    with pytest.raises(AttributeError, match="out of a script's reach"):
        js(f"x => {{ x.{name} = 1 }}")(Account())


def test_frames_and_code_are_out_of_reach(js):
    async def coroutine():
        pass

    waiting = coroutine()
    for x in ((x for x in "ab"), waiting, (lambda: 1)):
        for name in (
            "gi_frame",
            "cr_frame",
            "cr_code",
            "gi_code",
            "f_globals",
            "func_globals",
            "giFrame",
        ):
            assert js(f"x => x.{name} === undefined")(x) is True
    waiting.close()


@pytest.mark.parametrize(
    ("value", "source", "answer"),
    [
        (Account, "A => new A(3).add(1)", 4),
        (Account, "A => A(3).add(1)", 4),
        (Account, "A => A.kind", "current"),
        (Account, "A => typeof A", "function"),
        (Account, "A => [A.name, A.bind(null, 2)().add(1), A.length]", ["Account", 3, 1]),
        (Point, "P => { const p = new P(1); p.y = 5; return [p.x, p.y] }", [1, 5]),
        (functools.partial(int, base=2), "f => f('101')", 5),
        (functools.partial(pow, 2), "f => [1, 2].map(x => f(x))", [2, 4]),
        (len, "f => f('abc')", 3),
        (lambda a, b: 1, "f => f.length", 2),
        (math, "m => m.floor(m.pi)", 3),
        (math, "m => 'sin' in m", True),
        (Colour, "C => C.RED.name", "RED"),
        (Colour.RED, "c => c.value", 1),
        (uuid.UUID(int=7), "u => `${u}`", "00000000-0000-0000-0000-000000000007"),
        (pathlib.PurePosixPath("/a/b"), "p => p.name + String(p)", "b/a/b"),
        (decimal.Decimal("1.5"), "d => d * 2", 3),
        (fractions.Fraction(1, 4), "f => f + 0.5 === '1/40.5' && Number(f) === 0.25", True),
        (dt.date(2024, 1, 2), "d => [d.year, d.isoformat()]", [2024, "2024-01-02"]),
        (dt.timedelta(seconds=3), "t => t.totalSeconds()", 3),
    ],
)
def test_classes_functions_and_modules_are_used_as_such(js, value, source, answer):
    assert js(source)(value) == answer


class Doubler:
    """An object that can be called, with attributes."""

    factor = 2

    def __call__(self, x):
        return x * self.factor


def test_an_object_that_can_be_called_has_its_attributes_too(js):
    doubler = Doubler()
    assert js("d => [typeof d, d(4), [1, 2].map(d), d.factor]")(doubler) == [
        "function",
        8,
        [2, 4],
        2,
    ]
    js("d => { d.factor = 10 }")(doubler)
    assert doubler(1) == 10


@pytest.mark.parametrize(
    ("value", "items"),
    [
        ((x * x for x in range(3)), [0, 1, 4]),
        (iter("ab"), ["a", "b"]),
        (map(str, [1, 2]), ["1", "2"]),
    ],
    ids=lambda x: type(x).__name__,
)
def test_what_can_be_iterated_is_an_iterable(js, value, items):
    assert js("xs => [...xs]")(value) == items


def test_a_generator_is_stepped_and_closed(js):
    closed = []

    def steps():
        try:
            yield 1
            yield 2
        finally:
            closed.append(True)

    assert js("xs => { for (const x of xs) return x }")(steps()) == 1
    assert closed == [True]
    assert js("xs => [xs.next(), xs.next()]")(steps()) == [
        {"done": False, "value": 1},
        {"done": False, "value": 2},
    ]
    assert js("xs => xs[Symbol.iterator]().map(x => x * 10).toArray()")(steps()) == [10, 20]


def test_an_exception_in_a_generator_comes_home(js):
    def steps():
        yield 1
        raise KeyError("late")

    with pytest.raises(KeyError, match="late"):
        js("xs => [...xs]")(steps())


def test_a_context_manager_can_be_disposed(js):
    seen = []

    @contextlib.contextmanager
    def thing():
        yield
        seen.append("end")

    manager = thing()
    manager.__enter__()
    js("m => m[Symbol.dispose]()")(manager)
    assert seen == ["end"]


def test_a_lent_dict_answers_as_an_object(js):
    d = {"a": 1, "b": [1]}
    assert js("d => [d.a, 'a' in d, 'z' in d, d.z === undefined, Object.keys(d)]")(
        polyhy.by_ref(d)
    ) == [1, True, False, True, ["a", "b"]]
    js("d => { d.b.push(2); d.c = 3; delete d.a }")(polyhy.by_ref(d))
    assert d == {"b": [1, 2], "c": 3}
    assert js("d => d.hasOwnProperty('c')")(polyhy.by_ref(d)) is True


def test_a_lent_list_answers_as_an_array(js):
    xs = [3, 1, 2]
    assert js("xs => [Array.isArray(xs), xs.length, xs[0], xs.includes(2), xs.map(x => x * 2)]")(
        polyhy.by_ref(xs)
    ) == [True, 3, 3, True, [6, 2, 4]]
    js("xs => { xs.sort(); xs.length = 2; xs[3] = 9 }")(polyhy.by_ref(xs))
    assert xs == [1, 2, None, 9]


def test_python_sees_its_own_object_behind_a_scripts_wrapper(js):
    account = Account(1)
    assert js("a => ({ a, more: [a] })")(account)["more"][0] is account
    assert js("async a => a")(account) is not None

    async def main():
        return await js("async a => a")(account)

    assert asyncio.run(main()) is account


def test_an_array_found_in_a_callback_can_be_changed_from_python(js):
    produce = js("""(base, recipe) => {
        const draft = structuredClone ? JSON.parse(JSON.stringify(base)) : base;
        recipe(draft);
        return draft;
    }""")

    def recipe(draft):
        draft.users[0].name = "changed"
        draft.users.push({"name": "new"})
        draft["count"] = len(draft.users)
        del draft.old

    base = {"users": [{"name": "a"}], "old": 1}
    assert produce(base, recipe) == {"users": [{"name": "changed"}, {"name": "new"}], "count": 2}
    assert base["users"][0]["name"] == "a"


def test_arguments_that_a_callable_does_not_take_are_not_even_converted(js):
    lone = "'\\ud800'"  # can't be converted
    assert js(f"f => f(1, {lone})")(lambda x: x) == 1
    with pytest.raises(polyhy.errors.ConversionError):
        js(f"f => f(1, {lone})")(lambda x, y: x)
