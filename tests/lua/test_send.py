"""Python to Lua: each row of the README's first table, and objects that Lua uses by reference."""

from __future__ import annotations

import datetime
import functools
import math
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import polyhy
from polyhy import by_ref
from polyhy.errors import ConversionError, Stopped
from polyhy.values import MAX_DEPTH

Eval = Callable[[str], Any]


def kind_of(lua: Eval, x: Any) -> str:
    return lua("function(x) return type(x) end")(x)


def test_none_is_nil(lua: Eval) -> None:
    assert lua("function(...) return select('#', ...), (...) == nil end")(None) == (1, True)
    assert lua("function(...) return select('#', ...) end")() == 0


def test_none_in_data_is_null_and_takes_its_place(lua: Eval) -> None:
    count = lua("function(t) return #t, t[2] == require('polyhy').null, t[2] end")
    assert count([1, None, 3]) == (3, True, None)
    assert lua("function(t) return t.a == require('polyhy').null, t end")({"a": None}) == (
        True,
        {"a": None},
    )


def test_null_and_undefined_are_sent_as_they_are_called(lua: Eval) -> None:
    assert lua("function(x) return x == require('polyhy').null end")(polyhy.null) is True
    assert lua("function(x) return x == nil end")(polyhy.undefined) is True
    with pytest.raises(ConversionError, match=r"args\[0\]\[1\].*can't hold nil"):
        lua("function(x) end")([1, polyhy.undefined])


def test_booleans_and_floats_are_the_same(lua: Eval) -> None:
    same = lua("function(x) return x end")
    assert [same(x) for x in (True, False, 1.5, math.inf)] == [True, False, 1.5, math.inf]
    assert lua("function(x) return 1 / x end")(-0.0) == -math.inf


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
def test_ranges_views_of_dicts_and_deques_are_tables_like_a_list(
    lua: Eval, value: object, items: list[object]
) -> None:
    assert lua("function(x) return type(x) == 'table' and #x end")(value) == len(items)
    assert lua("function(x) return x.xs end")({"xs": value}) == items
    assert lua("function(f) return f() end")(lambda: value) == items


def test_a_range_that_memory_does_not_bear_goes_as_an_iterator(lua: Eval) -> None:
    with pytest.raises(ConversionError, match=r"args\[0\]: range.*more than 10,000,000"):
        lua("function(xs) return #xs end")(range(10**30))
    first = lua("function(xs) for x in xs do if x > 2 then return x end end end")
    assert first(iter(range(10**15))) == 3


@pytest.mark.parametrize("x", [2**53, -(2**53), 2**63, 10**50])
def test_luajit_refuses_an_int_that_its_numbers_do_not_hold(jit: Eval, x: int) -> None:
    for send in (lambda x: x, lambda x: [x], lambda x: [x, "a"], lambda x: {"k": x}):
        with pytest.raises(ConversionError, match=r"args\[0\].*2\*\*53 - 1(.|\n)*POLYHY_LUA=5.4"):
            jit("function(x) return x end")(send(x))


def test_luajit_refuses_such_an_int_from_a_callback(jit: Eval) -> None:
    with pytest.raises(ConversionError, match="result"):
        jit("function(f) return f() end")(lambda: 2**53)
    with pytest.raises(ConversionError, match=r"result\[1\]"):
        jit("function(f) return f() end")(lambda: (1, 2**53))


def test_lua54_has_integers_of_64_bits(lua54: Eval) -> None:
    same = lua54("function(x) return x, math.type(x) end")
    assert same(2**63 - 1) == (2**63 - 1, "integer")
    assert same(-(2**63)) == (-(2**63), "integer")
    assert same(1.0) == (1.0, "float")
    with pytest.raises(ConversionError, match=r"args\[0\].*64 bits"):
        same(2**63)


def test_a_text_is_utf8_and_bytes_are_bytes(lua: Eval) -> None:
    assert lua("function(s) return #s end")("é\0日") == 6
    assert lua("function(s) return #s, s:byte(1) end")(b"\xff\x00") == (2, 255)
    assert kind_of(lua, b"x") == kind_of(lua, "x") == "string"


def test_a_lone_surrogate_in_a_key_is_refused(lua: Eval) -> None:
    with pytest.raises(ConversionError, match="lone surrogate"):
        lua("function(x) end")({"\ud800": 1})


@pytest.mark.parametrize("make", [list, tuple])
def test_a_sequence_is_a_new_table_from_1(lua: Eval, make: Any) -> None:
    assert lua("function(t) return type(t), #t, t[1], t[3] end")(make("abc")) == (
        "table",
        3,
        "a",
        "c",
    )


@pytest.mark.parametrize("make", [dict, OrderedDict, Counter, lambda x: defaultdict(int, x)])
def test_a_dict_is_a_new_table(lua: Eval, make: Any) -> None:
    assert lua("function(t) return type(t), t.a, t['ü'] end")(make({"a": 1, "ü": 2})) == (
        "table",
        1,
        2,
    )


def test_a_dict_that_is_shared_is_no_empty_table(lua: Eval) -> None:
    shared = {"x": [1]}
    assert lua("function(t) return t end")([shared, shared]) == [shared, shared]


def test_the_keys_of_a_dict_are_texts_numbers_and_booleans(lua: Eval) -> None:
    get = lua("function(t) return t[1], t[2.5], t[true], t.k, t['\\255'] end")
    assert get({2.5: "b", True: "c", "k": "d", b"\xff": "e"}) == (None, "b", "c", "d", "e")
    for key in (None, (1, 2), math.nan, object()):
        with pytest.raises(ConversionError, match=r"args\[0\].*no key like"):
            get({key: 1})
    with pytest.raises(ConversionError, match="one key in Lua"):
        get({"a": 1, b"a": 2})


@pytest.mark.parametrize("make", [set, frozenset])
def test_a_set_is_a_table_of_its_members(lua: Eval, make: Any) -> None:
    assert lua("function(t) return t.a, t[7], t.z end")(make(["a", 7])) == (True, True, None)


def test_data_that_nests_too_deep_is_refused_and_else_crosses(lua: Eval) -> None:
    deep: list[Any] = []
    for _ in range(MAX_DEPTH - 20):
        deep = [deep]
    assert lua("function(x) return x end")(deep) == deep
    for _ in range(30):
        deep = [deep]
    with pytest.raises(ConversionError, match=r"args\[0\].*deeper than(.|\n)*by-ref"):
        lua("function(x) return x end")(deep)


def test_subclasses_of_plain_values_are_their_plain_values(lua: Eval) -> None:
    import enum

    import numpy as np

    class Name(str):
        pass

    class Level(enum.IntEnum):
        HIGH = 3

    same = lua("function(x) return x end")
    assert [same(x) for x in (Name("x"), Level.HIGH, np.int64(4), np.float32(1.5))] == [
        "x",
        3,
        4,
        1.5,
    ]
    assert same(np.bool_(False)) is False


def test_a_function_is_a_lua_function(lua: Eval) -> None:
    for f in (lambda: 1, len, [].append, functools.partial(int, base=2)):
        assert kind_of(lua, f) == "function"
    assert lua("function(f) return (('hello'):gsub('l', f)) end")(str.upper) == "heLLo"
    assert lua("function(t, f) table.sort(t, f) return t end")([2, 3, 1], lambda a, b: a > b) == [
        3,
        2,
        1,
    ]


def test_a_function_takes_as_many_arguments_as_it_wants(lua: Eval) -> None:
    call = lua("function(f) return f(1, {2}, print) end")
    assert call(lambda: "none") == "none"
    assert call(lambda a: a) == 1
    assert call(lambda a, b="default": list(b)) == [2]
    assert len(call(lambda *all: all)) == 3
    assert lua("function(f) return f(1) end")(lambda a, b="default": b) == "default"


@pytest.mark.parametrize("far", [2**30, -(2**30), 2**31, 2**53 - 1, 0.5, "é", None, [1]])
def test_a_function_that_only_computes_returns_what_any_returns(lua: Eval, far: Any) -> None:
    call = lua("function(f) return f(1), f(2, 3) end")
    computes = eval(f"lambda x: {far!r}")
    assert computes.__code__.co_names == ()
    assert call(computes) == call(lambda x: (str, far)[1]) == (far, far)


def test_a_function_that_only_computes_fails_like_any(lua: Eval) -> None:
    call = lua("function(f) return f(1) end")
    with pytest.raises(ZeroDivisionError):
        call(lambda x: x / 0)
    with pytest.raises(TypeError, match="'y'"):
        call(lambda x, y: x)


def test_the_same_function_is_the_same_in_lua(lua: Eval) -> None:
    def f() -> None: ...

    assert lua("function(a, b) return a == b end")(f, f) is True


def test_a_callable_proxy_of_another_runtime_is_a_function(lua: Eval) -> None:
    from polyhy.bridge import Bridge
    from polyhy.proxy import FunctionProxy
    from polyhy.testing import ToyBridge

    toy: Bridge = ToyBridge()
    toy.start([])
    double = toy.eval("lambda x: x * 2", "test.hy:1")
    assert isinstance(double, FunctionProxy)
    assert kind_of(lua, double) == "function"
    assert lua("function(f) return f(21) end")(double) == 42


def test_a_tuple_from_a_callback_is_several_results(lua: Eval) -> None:
    pack = lua("function(f) return {f()} end")
    assert pack(lambda: (1, "b", [3])) == [1, "b", [3]]
    assert pack(lambda: ()) == []
    assert lua("function(f) return select('#', f()) end")(lambda: (None, None)) == 2


def test_keyword_arguments_are_a_table_in_the_end(lua: Eval) -> None:
    last = lua("function(...) return (select(-1, ...)) end")
    assert last(1, width=2, tags=["a"]) == {"width": 2, "tags": ["a"]}
    assert last(x=1) == {"x": 1}
    with pytest.raises(ConversionError, match=r"kwargs\.s"):
        last(s="\ud800")


class Account:
    def __init__(self) -> None:
        self.balance = 10
        self.notes = ["first"]

    def add(self, n: int, times: int = 1) -> int:
        self.balance += n * times
        return self.balance

    def __len__(self) -> int:
        return self.balance

    def __str__(self) -> str:
        return "an account"


def test_an_instance_answers_members_methods_length_and_text(lua: Eval) -> None:
    use = lua("function(o) return o.balance, o:add(1), o.add(1, 2), #o, tostring(o), o.nope end")
    assert use(Account()) == (10, 11, 13, 13, "an account", None)


def test_a_member_of_an_instance_is_set_and_lists_in_it_are_live(lua: Eval) -> None:
    account = Account()
    lua("function(o) o.balance = 7 o.notes[#o.notes + 1] = 'second' end")(account)
    assert account.balance == 7
    assert account.notes == ["first", "second"]


def test_dates_classes_and_containers_of_ones_own_cross_by_reference(lua: Eval) -> None:
    class Own(dict):
        pass

    day, own = datetime.date(2024, 5, 1), Own(a=1)
    assert lua("function(d) return d.year, d end")(day) == (2024, day)
    assert lua("function(o) return o.a, o end")(own)[1] is own
    assert lua("function(c) return c('42'), c end")(int) == (42, int)


def test_python_objects_are_equal_in_lua_as_in_python(lua: Eval) -> None:
    a, b = datetime.date(2024, 5, 1), datetime.date(2024, 5, 1)
    assert lua("function(a, b) return a == b end")(a, b) is True


def test_dunder_names_and_frames_are_not_for_guests(lua: Eval) -> None:
    peek = lua("function(o, name) return o[name] end")
    generator = (x for x in [1])
    assert peek(Account(), "__class__") is None
    assert peek(Account, "__subclasses__") is None
    assert peek(generator, "gi_frame") is None
    with pytest.raises(AttributeError, match="not for guests"):
        lua("function(o) o.__class__ = 1 end")(Account())
    assert lua("python") is None
    assert lua("package.loaded.python") is None


def test_a_lent_list_is_read_and_changed_in_place(lua: Eval) -> None:
    xs = [1, 2, 3]
    change = lua("function(xs) xs[1] = 'a' xs[#xs + 1] = 4 xs[#xs + 1] = 5 xs[#xs] = nil end")
    change(by_ref(xs))
    assert xs == ["a", 2, 3, 4]
    assert lua("function(xs) return xs end")(by_ref(xs)) is xs
    assert lua("function(xs) return xs[9], xs[0] end")(by_ref(xs)) == (None, None)
    with pytest.raises(IndexError, match="Lua counts from 1"):
        lua("function(xs) xs[0] = 1 end")(by_ref(xs))


def test_a_lent_dict_is_read_and_changed_in_place(lua: Eval) -> None:
    d: dict[str, Any] = {"a": {"b": [1]}, "gone": 1}
    change = lua("function(d) d.a.b[2] = 2 d.new = true d.gone = nil return d.a.b[1], d.zz end")
    assert change(by_ref(d)) == (1, None)
    assert d == {"a": {"b": [1, 2]}, "new": True}


def test_a_lent_container_is_iterated_by_pairs(lua: Eval) -> None:
    collect = lua("""function(x) local out = {}
        for k, v in require('polyhy').pairs(x) do out[#out + 1] = k out[#out + 1] = v end
        return out end""")
    assert collect(by_ref({"a": 1, "b": 2})) == ["a", 1, "b", 2]
    assert collect(by_ref(["x", "y"])) == [1, "x", 2, "y"]


def test_a_table_that_lua_puts_into_a_lent_list_is_live(lua: Eval) -> None:
    xs: list[Any] = []
    table = lua("function(xs) local t = {n = 1} xs[1] = t return function() return t.n end end")
    read = table(by_ref(xs))
    xs[0].n = 5
    assert read() == 5


def test_a_proxy_of_a_stopped_life_is_refused(lua: Eval) -> None:
    from polyhy.bridges.lua.bridge import Lua

    other = Lua()
    other.start([])
    foreign = other.eval("function() end", "test.hy:1")
    other.stop()
    with pytest.raises(Stopped, match="import it again"):
        lua("function(x) end")(foreign)


def test_an_object_of_another_runtime_is_a_python_object_to_this_one(lua: Eval) -> None:
    from polyhy.bridges.lua.bridge import Lua

    other = Lua()
    other.start([])
    twice, account = (
        other.eval("function(x) return x * 2 end", "t:1"),
        other.eval(
            "setmetatable({n = 5}, {__call = function(self, x) return self.n + x end})", "t:1"
        ),
    )
    assert lua("function(f) return f(21) end")(twice) == 42
    same, number, called = lua("function(o) return o, o.n, o(1) end")(account)
    assert (same is account or same == account, number, called) == (True, 5, 6)
    thing = other.eval("setmetatable({n = 5}, {})", "t:1")
    assert lua("function(o) o.n = o.n + 1 return o, o.n end")(thing) == (thing, 6)
    other.stop()


def test_an_iterator_of_python_is_one_of_lua(lua: Eval) -> None:
    collect = lua("function(it) local t = {} for x in it do t[#t + 1] = x end return t end")
    assert collect(x * x for x in range(4)) == [0, 1, 4, 9]
    assert collect(iter(["a", None, "b"])) == ["a", None, "b"]
    assert collect(map(str, [1, 2])) == ["1", "2"]


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
PLAIN = st.one_of(
    st.booleans(),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.floats(allow_nan=False).filter(lambda x: not x.is_integer() or abs(x) > 2**53),
    TEXT,
    st.none(),
)
DATA = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, min_size=1, max_size=5)
    ),
    max_leaves=25,
)


SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.mark.parametrize("examples", [150, pytest.param(20_000, marks=pytest.mark.slow)])
def test_any_data_comes_back_as_it_was(lua: Eval, examples: int) -> None:
    same = lua("function(x) return x end")

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=SLOW)
    @given(DATA)
    def comes_back(data: Any) -> None:
        back = same(data)
        assert back == data
        assert kinds(back) == kinds(data)

    comes_back()


def kinds(data: Any) -> Any:
    if isinstance(data, list):
        return [kinds(x) for x in data]
    return {k: kinds(v) for k, v in data.items()} if isinstance(data, dict) else type(data)


@pytest.mark.parametrize(
    "numbers",
    [
        [2**31 - 1, -(2**31)],
        [2**31, -(2**31) - 1],
        [2**53 - 1, 1 - 2**53],
        [0.5, -0.0, float("inf"), 1e300],
        [True, False],
        [True, 1, 0],
        [1, 2.5, True],
        [2**40, True, 0.25],
        [1, 2**31, 0.5],
        [1, "x", 2],
        [1, [2, [3.5]], 4],
        [1, None],
        [],
    ],
)
def test_numbers_of_a_list_arrive_each_as_what_it_is(lua: Eval, numbers: list[Any]) -> None:
    back = lua("function(...) return ... end")(numbers)
    assert back == numbers
    assert [type(x) for x in back] == [type(x) for x in numbers]
    assert [str(x) for x in back] == [str(x) for x in numbers]


NUMBERS = st.one_of(
    st.booleans(),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.integers(-(2**31) - 2, -(2**31) + 2),
    st.integers(2**31 - 2, 2**31 + 2),
    st.floats().filter(lambda x: not x.is_integer() or abs(x) > 2**53 or str(x) == "-0.0"),
)


def test_lists_of_numbers_come_back_to_the_last_bit(lua: Eval) -> None:
    same = lua("function(x) return x end")

    @settings(max_examples=200, deadline=None, database=None, suppress_health_check=SLOW)
    @given(st.lists(NUMBERS) | st.lists(st.integers(0, 300)) | st.lists(st.floats(0.1, 0.9)))
    def comes_back(numbers: list[Any]) -> None:
        assert [repr(x) for x in same(numbers)] == [repr(x) for x in numbers]

    comes_back()


def test_lists_of_texts_come_back_as_they_were(lua: Eval) -> None:
    same = lua("function(x) return x end")

    @settings(max_examples=200, deadline=None, database=None, suppress_health_check=SLOW)
    @given(st.lists(TEXT | st.text("a\0ä", max_size=3)))
    def comes_back(texts: list[str]) -> None:
        assert same(texts) == texts

    comes_back()


def test_what_is_no_number_stays_what_it_is_among_numbers(lua: Eval) -> None:
    class Mine(int): ...

    kinds = lua("function(t) return type(t[1]), type(t[2]), type(t[3]), #t end")
    for x, kind in ((Mine(2), "number"), (b"b", "string"), ({"a": 1}, "table"), (len, "function")):
        assert kinds([1, x, 3]) == ("number", kind, "number", 3)
    memory = bytearray(b"abc")
    assert lua("function(t) t[2][1] = 120 return t[3] end")([1, memory, 3]) == 3
    assert memory == b"xbc"


def test_an_integer_that_luajit_can_not_hold_is_named_in_its_list(jit: Eval) -> None:
    with pytest.raises(ConversionError, match=r"args\[0\]\[1\]"):
        jit("function(x) return x end")([1, 2**53, 3])
