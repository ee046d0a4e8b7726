"""Every row of the value table in bridges/js/README.md."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import fractions
import math
from collections import OrderedDict, deque, namedtuple

import numpy as np
import pytest

import polyhy
from polyhy.errors import ConversionError
from polyhy.proxy import Proxy

UTC = dt.timezone.utc


# --- JavaScript → Python


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("undefined", None),
        ("null", None),
        ("true", True),
        ("false", False),
        ("1", 1),
        ("1.5", 1.5),
        ("2 ** 53", 2.0**53),
        ("-(2 ** 60)", -(2.0**60)),
        ("1e300", 1e300),
        ("2n ** 70n", 2**70),
        ("-3n", -3),
        ("'text'", "text"),
        ("''", ""),
        ("[]", []),
        ("[1, 'a', null, undefined]", [1, "a", None, None]),
        ("[1, , 3]", [1, None, 3]),
        ("[1.5, 2]", [1.5, 2]),
        ("[2 ** 31, 1]", [2**31, 1]),
        ("[-0]", [-0.0]),
        ("({})", {}),
        ("({ a: 1, b: [{ c: 'd' }] })", {"a": 1, "b": [{"c": "d"}]}),
        ("Object.assign(Object.create(null), { a: 1 })", {"a": 1}),
        ("({ a: undefined })", {"a": None}),
        ("({ a: 5n })", {"a": 5}),
        ("({ '\\uE000': 1, a: NaN })['a']", math.nan),
        ("({ '\\uE000': ['bigint', '1'] })", {"\ue000": ["bigint", "1"]}),
        ("new Date(0)", dt.datetime(1970, 1, 1, tzinfo=UTC)),
        ("[new Date(86400000)]", [dt.datetime(1970, 1, 2, tzinfo=UTC)]),
        ("new Uint8Array([1, 2, 255])", b"\x01\x02\xff"),
        ("new Uint8Array([1, 2, 3]).subarray(1)", b"\x02\x03"),
        ("new ArrayBuffer(2)", b"\0\0"),
        ("({ b: new Uint8Array(0) })", {"b": b""}),
        ("(() => { const a = [1]; return [a, a] })()", [[1], [1]]),
        ("JSON.parse('{\"__proto__\": 1}')", {"__proto__": 1}),
        ("JSON.parse('{\"__proto__\": null}')", {"__proto__": None}),
        ("new Proxy({ a: 1 }, {})", {"a": 1}),
        ("new Proxy([1, 2], {})", [1, 2]),
        ("Array(3)", [None, None, None]),
        ("Object.freeze({ a: 1 })", {"a": 1}),
    ],
)
def test_data_arrives_as_a_copy_of_its_own_type(js, source, value):
    back = js(source)
    assert back == value or (math.isnan(value) and math.isnan(back))
    assert type(back) is type(value)


@pytest.mark.parametrize(
    "source",
    [
        "(x) => x",
        "(class A {})",
        "new (class A {})",
        "new Map([[1, 2]])",
        "new Set([1])",
        "/x/g",
        "Symbol('s')",
        "Promise.resolve(1)",
        "(function* () {})()",
        "new Float64Array(2)",
        "new Error('e')",
        "({ f() {} })",
        "({ get a() { return 1 } })",
        "'abc'.match(/b/)",
        "new Date(NaN)",
        "(() => { const o = {}; o.o = o; return o })()",
        "(() => { const a = []; a.push(a); return a })()",
        "Object.create({ inherited: 1 })",
        "new WeakRef({})",
        "({ [Symbol.iterator]: 1 })",
        "new (class extends Array {})",
        "new (class { #x = 1; get x() { return this.#x } })",
        "(async () => 1)",
        "(async function* () {})()",
        "[1][Symbol.iterator]()",
        "new AggregateError([], 'a')",
        "new DataView(new ArrayBuffer(1))",
        "new BigInt64Array(1)",
        "new Uint8ClampedArray(1)",
        "Object.assign([1], { name: 2 })",
        "Math",
        "globalThis",
        "new WeakMap()",
        "Object(1)",
        "Object('text')",
        "new Proxy({}, { ownKeys() { throw new Error('trap') } })",
        "new Proxy([], { getPrototypeOf() { throw new Error('trap') } })",
        "Proxy.revocable(() => 1, {}).proxy",
    ],
)
def test_behaviour_arrives_by_reference(js, source):
    assert isinstance(js(source), Proxy)


def test_behaviour_in_data_keeps_its_place(js):
    value = js("({ f: [() => 7], m: new Map(), n: 1 })")
    assert value["f"][0]() == 7
    assert isinstance(value["m"], Proxy)
    assert value["n"] == 1


def test_bytes_longer_than_the_inbox_arrive_whole(js):
    data = bytes(range(256)) * 2000
    assert js("x => x")(data) == data


def test_a_long_text_arrives_whole(js):
    for text in ("a" * 500_000, "日本" * 200_000, "x" * 131_071 + "\U0001f600" * 70_000):
        assert js("x => x")(text) == text


def test_a_date_out_of_pythons_years_is_refused(js):
    with pytest.raises(ConversionError, match="years 1 to 9999"):
        js("[new Date(8.64e15)]")


def test_half_a_surrogate_pair_is_refused_on_the_way_out(js):
    for source in ("'\\ud800'", "['\\ud800']", "({ a: ['x\\udc00'] })"):
        with pytest.raises(ConversionError, match="surrogate"):
            js(source)


# --- Python → JavaScript


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


class Name(str):
    __slots__ = ()


Point = namedtuple("Point", "x y")


@pytest.mark.parametrize(
    ("value", "script"),
    [
        (None, "x => x === undefined"),
        ([None], "x => x[0] === null"),
        (polyhy.null, "x => x === null"),
        (polyhy.undefined, "x => x === undefined"),
        ([polyhy.undefined], "x => x[0] === undefined && x.length === 1"),
        (True, "x => x === true"),
        (3, "x => x === 3"),
        (2**60, "x => x === 2n ** 60n"),
        ([2**60], "x => x[0] === 2n ** 60n"),
        (-0.0, "x => Object.is(x, -0)"),
        (math.nan, "x => Number.isNaN(x)"),
        ([math.inf, None], "x => x[0] === Infinity"),
        ("é\0", "x => x === 'é\\0'"),
        ((1, 2), "x => Array.isArray(x) && x.length === 2"),
        (Point(1, 2), "x => Array.isArray(x) && x[1] === 2"),
        ({"a": [1]}, "x => x.a[0] === 1 && Object.keys(x).length === 1"),
        (OrderedDict(a=1), "x => x.a === 1"),
        ({1: "a", (2, 3): "b"}, "x => x instanceof Map && x.get(1) === 'a' && x.size === 2"),
        ({1, 2}, "x => x instanceof Set && x.has(2)"),
        (frozenset(["a"]), "x => x instanceof Set && x.has('a')"),
        (b"\x01\xff", "x => x instanceof Uint8Array && x[1] === 255"),
        (bytearray(b"ab"), "x => x instanceof Uint8Array && x.length === 2"),
        (dt.datetime(1970, 1, 2, tzinfo=UTC), "x => x instanceof Date && x.getTime() === 86400000"),
        (np.float64(1.5), "x => x === 1.5"),
        (np.int64(7), "x => x === 7"),
        ({"n": np.int32(7)}, "x => x.n === 7"),
        (np.bool_(True), "x => x === true"),
        (Level.HIGH, "x => x === 3"),
        (Name("a"), "x => x === 'a'"),
        (type("Mine", (dict,), {})(a=1), "x => x.a === 1"),
        ({"__proto__": {"a": 1}}, "x => Object.keys(x)[0] === '__proto__' && x.a === undefined"),
        ({}, "x => Object.keys(x).length === 0 && !(x instanceof Map)"),
        (set(), "x => x instanceof Set && x.size === 0"),
        (memoryview(bytearray(b"ab")), "x => x instanceof Uint8Array && x.length === 2"),
        (iter([1, 2]), "x => [...x].length === 2"),
        (len, "x => typeof x === 'function' && x([1, 2, 3]) === 3"),
        (ValueError("bad"), "x => x instanceof Error && x.name === 'ValueError'"),
    ],
)
def test_python_data_is_what_scripts_expect(js, value, script):
    assert js(script)(value) is True


@pytest.mark.parametrize(
    "value",
    [decimal.Decimal("1.1"), fractions.Fraction(1, 3), dt.date(2024, 1, 2), math, Colour],
)
def test_what_javascript_has_no_data_for_comes_home_as_itself(js, value):
    assert js("x => x")(value) is value
    assert js("x => [x]")(value)[0] is value


@pytest.mark.parametrize(
    ("value", "items"),
    [
        (range(2, 6, 2), [2, 4]),
        (deque([1, "a"]), [1, "a"]),
        ({"a": 1}.keys(), ["a"]),
        ({"a": [1]}.values(), [[1]]),
        (OrderedDict(a=1).items(), [["a", 1]]),
    ],
    ids=lambda x: type(x).__name__,
)
def test_ranges_views_of_dicts_and_deques_are_arrays(js, value, items):
    assert js("x => Array.isArray(x) && x.length")(value) == len(items)
    assert js("({ xs }) => xs")({"xs": value}) == items
    assert js("f => f()")(lambda: value) == items


def test_a_range_that_memory_does_not_bear_goes_as_an_iterator(js):
    with pytest.raises(ConversionError, match=r"args\[0\]: range.*more than 10,000,000"):
        js("xs => xs.length")(range(10**30))
    assert js("xs => { for (const x of xs) if (x > 2) return x }")(iter(range(10**30))) == 3


def test_microseconds_are_not_lost_in_silence(js):
    with pytest.raises(ConversionError, match=r"args\[0\]\.at.*microseconds"):
        js("x => x")({"at": dt.datetime(2024, 1, 1, microsecond=1, tzinfo=UTC)})


def test_the_path_of_what_can_not_cross_is_named(js):
    with pytest.raises(ConversionError, match=r"args\[1\]\.users\[3\]\.name"):
        js("(a, b) => 1")(0, {"users": [{}, {}, {}, {"name": "\ud800"}]})


def test_a_lent_list_is_changed_in_place(js):
    xs = [3, 1, 2]
    js("xs => { xs.push(4); xs[0] = 9; xs.sort((a, b) => a - b) }")(polyhy.by_ref(xs))
    assert xs == [1, 2, 4, 9]


def test_a_lent_dict_is_changed_in_place(js):
    d = {"a": 1, "in": {"x": 1}}
    js("d => { d.b = d.a + 1; d.in.x = 5; delete d.a }")(polyhy.by_ref(d))
    assert d == {"b": 2, "in": {"x": 5}}


def test_an_object_lent_to_a_script_is_an_object_there(js):
    class Account:
        def __init__(self):
            self.total_sum = 1

        def add(self, n):
            self.total_sum += n
            return self.total_sum

    account = Account()
    assert js("a => a.add(4) + a.totalSum")(account) == 10
    js("a => { a.total_sum = 0 }")(account)
    assert account.total_sum == 0
    assert js("a => a.__class__ === undefined && a.__dict__ === undefined")(account) is True


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("new Proxy({ a: 1 }, { get: () => 2 })", {"a": 2}),
        ("({ inner: new Proxy([1], { get: (x, k) => (k === '0' ? 9 : x[k]) }) })", {"inner": [9]}),
    ],
)
def test_a_proxy_of_javascripts_own_is_the_data_that_its_traps_show(js, source, value):
    assert js(f"({source})") == value


@pytest.mark.parametrize(
    "source",
    [
        "new Proxy(new Map(), {})",
        "new Proxy(() => 1, {})",
        "(() => { const p = Proxy.revocable([1], {}); p.revoke(); return p.proxy })()",
    ],
)
def test_a_proxy_of_javascripts_own_that_shows_no_data_crosses_by_reference(js, source):
    x = js(f"({source})")
    assert isinstance(x, Proxy)
    assert js("x => x")(x) is x
