"""Lua to Python: each row of the README's second table, Proxies, and errors."""

from __future__ import annotations

import gc
import math
from collections.abc import Callable
from typing import Any

import pytest

from polyhy import by_ref, data
from polyhy.bridges.lua.errors import LuaError
from polyhy.bridges.lua.proxies import LuaObject
from polyhy.bridges.lua.receive import Mark
from polyhy.errors import ConversionError, Frame, GuestSyntaxError
from polyhy.proxy import FunctionProxy, Proxy

Eval = Callable[[str], Any]


def test_nil_and_null_are_none(lua: Eval) -> None:
    assert lua("nil") is None
    assert lua("{1, require('polyhy').null}") == [1, None]
    assert lua("local x = 1") is None


@pytest.mark.parametrize(
    ("number", "arrives"),
    [
        ("3", 3),
        ("3.5", 3.5),
        ("2^53 - 1", 2**53 - 1),
        ("2^53", 2.0**53),
        ("-2^53", -(2.0**53)),
        ("2^63", 2.0**63),
        ("-2^63", -(2.0**63)),
        ("1/0", math.inf),
        ("-1/0", -math.inf),
    ],
)
def test_a_number_of_luajit_is_an_int_where_it_is_safe(
    jit: Eval, number: str, arrives: float
) -> None:
    results: list[Any] = [jit(number), jit(f"{{{number}}}")[0], jit(f"{{x = {number}}}")["x"]]
    jit(f"function(f) f({number}) f({number}, 1) f(f, {number}) end")(
        lambda *all: results.append(all[-1] if all[-1] != 1 or arrives == 1 else all[0])
    )
    for got in results:
        assert got == arrives
        assert type(got) is type(arrives)


def test_minus_zero_and_nan_of_luajit_arrive(jit: Eval) -> None:
    got: list[float] = [jit("-0.0 * 1"), jit("{-1 / (1/0)}")[0]]
    jit("function(f) f(-1 / (1/0)) end")(got.append)
    assert [math.copysign(1, x) for x in got] == [-1, -1, -1]
    assert math.isnan(jit("0/0"))


def test_the_numbers_of_lua54_are_ints_and_floats(lua54: Eval) -> None:
    assert [lua54("1"), lua54("math.maxinteger"), lua54("2^53")] == [1, 2**63 - 1, 2.0**53]
    assert [type(lua54(x)) for x in ("1", "1.0", "{1.0}")] == [int, float, list]


def test_integers_of_64_bits_of_luajit_are_ints(jit: Eval) -> None:
    assert jit("9007199254740993LL") == 2**53 + 1
    assert jit("{18446744073709551615ULL}") == [2**64 - 1]


def test_a_string_is_a_text_or_else_bytes(lua: Eval) -> None:
    assert lua("'h\\195\\169'") == "hé"
    assert lua("'\\255x'") == b"\xffx"
    assert lua("{'\\255', 'é', k = 1}")[1] == b"\xff"
    assert lua("{['\\255'] = '\\254'}") == {b"\xff": b"\xfe"}


def test_tables_are_lists_and_dicts(lua: Eval) -> None:
    assert lua("{}") == []
    assert lua("{1, 'a', {2}, {x = {}}}") == [1, "a", [2], {"x": []}]
    assert lua("{a = 1, b = {c = 'd'}}") == {"a": 1, "b": {"c": "d"}}


def test_large_tables_arrive_whole(lua: Eval) -> None:
    many = lua("(function() local t = {} for i = 1, 50000 do t[i] = i end return t end)()")
    assert many == list(range(1, 50001))
    nested = lua("(function() local t = {} for i = 1, 9000 do t[i] = {i, 'é'} end return t end)()")
    assert nested == [[i, "é"] for i in range(1, 9001)]


def test_long_lists_of_numbers_arrive_whole(jit: Eval) -> None:
    count = jit("function(n, step) local t = {} for i = 1, n do t[i] = i * step end return t end")
    for n in (4095, 4096, 4097, 20_000):
        assert count(n, 1) == list(range(1, n + 1))
        assert count(n, 0.25 + 2**-40) == [i * (0.25 + 2**-40) for i in range(1, n + 1)]


def test_a_list_of_numbers_arrives_while_another_is_on_its_way(jit: Eval) -> None:
    held = gc.get_objects()
    rooms = [x.room for x in held if type(x) is Mark and x.room]
    assert rooms
    numbers = jit("function(x) return {x, x + 1} end")
    for room in rooms:
        room[0] = 1
    try:
        assert (numbers(1), numbers(0.5)) == ([1, 2], [0.5, 1.5])
        assert [room[0] for room in rooms] == [1] * len(rooms)
    finally:
        for room in rooms:
            room[0] = 0
    assert (numbers(1), numbers(0.5)) == ([1, 2], [0.5, 1.5])
    assert [room[0] for room in rooms] == [0] * len(rooms)


@pytest.mark.parametrize(
    ("table", "arrives"),
    [
        ("{'a', 'b'}", ["a", "b"]),
        ("{''}", [""]),
        ("{'', '', ''}", ["", "", ""]),
        (r"{'a\0b', 'c'}", ["a\0b", "c"]),
        (r"{'\0'}", ["\0"]),
        (r"{'\195\164', 'b', '\255'}", ["ä", "b", b"\xff"]),
        ("{'1', 2}", ["1", 2]),
        ("{'a', 'b', x = 'c'}", None),
        ("{'a', nil, 'b'}", None),
        ("setmetatable({'a'}, {})", None),
    ],
)
def test_a_list_of_texts_keeps_each(lua: Eval, table: str, arrives: list[Any] | None) -> None:
    got = lua(table)
    assert type(got) is LuaObject if arrives is None else got == arrives


def test_a_function_answers_alike_however_often_it_was_called(lua: Eval) -> None:
    f = lua("""function(x) if x == 7 then return 7, nil elseif x == 8 then return {1, 'a'}
        elseif x == 9 then error('nine') end return x end""")
    for _ in range(200):
        assert f(1) == 1
        assert f("text") == "text"
    assert (f(7), f(8), f(2.5), f("ä"), f(None)) == ((7, None), [1, "a"], 2.5, "ä", None)
    with pytest.raises(LuaError, match="nine"):
        f(9)
    assert lua("function(...) return select('#', ...) end")() == 0


def test_hundreds_of_functions_keep_apart(lua: Eval) -> None:
    made = [lua(f"function(x) return x + {i} end") for i in range(300)]
    for _ in range(100):
        assert [f(1) for f in made] == list(range(1, 301))


def test_functions_that_are_dropped_leave_no_memory_behind(lua: Eval) -> None:
    make = lua("function(n) return function(x) return x + n end end")
    used = lua("function() collectgarbage() collectgarbage() return collectgarbage('count') end")

    def after(count: int) -> float:
        for i in range(count):
            assert make(i)(1) == i + 1
        return used()

    before = after(2000)
    assert after(4000) - before < 200, "kilobytes"


@pytest.mark.parametrize("order", ["1, 40", "40, 1, -1", "1, 40, 3"])
def test_a_list_may_be_filled_in_any_order(lua: Eval, order: str) -> None:
    made = lua(f"""(function() local t = {{x = 1, y = 2, z = 3}}
        for i = {order} do t[i] = i end
        for i = 1, 40 do t[i] = i end
        t.x, t.y, t.z = nil, nil, nil
        return t end)()""")
    assert made == list(range(1, 41))


@pytest.mark.parametrize(
    "table",
    [
        "{1, 2, x = 3}",
        "{[1] = 1, [3] = 3}",
        "{[0] = 1}",
        "{[1.5] = 1}",
        "{1, 2, [4] = 4}",
        "{1, 2, 3, [0] = 0}",
        "{1, 2, [2.5] = 3}",
        "{print}",
        "{f = print}",
        "setmetatable({}, {})",
    ],
)
def test_a_table_that_is_no_plain_data_is_a_proxy(lua: Eval, table: str) -> None:
    assert isinstance(lua(table), Proxy)


def test_a_table_in_itself_is_a_proxy(lua: Eval) -> None:
    ring = lua("(function() local t = {name = 'ring'} t.inner = {outer = t} return t end)()")
    assert isinstance(ring, Proxy)
    assert ring.inner.outer == ring
    outer = lua("(function() local t = {inner = {}} t.inner.me = t.inner return t end)()")
    assert type(outer) is dict
    assert outer["inner"].me == outer["inner"]


def test_behaviour_in_data_is_a_proxy_in_its_place(lua: Eval) -> None:
    got = lua("{1, {f = function(x) return x + 1 end}, {a = setmetatable({n = 5}, {})}}")
    assert got[0] == 1
    assert got[1].f(1) == 2
    assert got[2]["a"].n == 5


def test_functions_userdata_and_coroutines_are_proxies(lua: Eval) -> None:
    assert isinstance(lua("print"), FunctionProxy)
    assert callable(lua("setmetatable({}, {__call = function(self, x) return x end})"))
    assert not callable(lua("io.stdout"))
    assert "file" in repr(lua("io.stdout"))
    assert lua("function(x) return type(x) end")(lua("coroutine.create(print)")) == "thread"


def test_several_results_are_a_tuple(lua: Eval) -> None:
    assert lua("function() return 1, nil, {2} end")() == (1, None, [2])
    assert lua("function() return nil, nil end")() == (None, None)


def test_tables_in_a_callback_are_live(lua: Eval) -> None:
    def change(t: Any) -> None:
        t.n = t.n + 1
        t["list"][1] = "changed"

    assert lua("function(f) local t = {n = 1, list = {'a'}} f(t) return t end")(change) == {
        "n": 2,
        "list": ["changed"],
    }


def test_what_a_coroutine_gives_a_callback_outlives_it(lua: Eval) -> None:
    kept: list[Any] = []
    lua("""function(keep) for i = 1, 50 do
        coroutine.wrap(function() keep({i, 2}, function(x) return x + i end) end)()
    end end""")(lambda table, f: kept.append((table, f)))
    lua("(function() for i = 1, 300 do local s = ('x'):rep(1000 + i) end collectgarbage() end)()")
    assert sum(len(table) + f(1) for table, f in kept) == 50 * 2 + sum(range(2, 52))


def test_a_coroutine_lives_while_its_callback_runs_lua(lua: Eval) -> None:
    collect = lua("function(x) collectgarbage() return x end")
    resume = lua("""function(f) local n = 0 for i = 1, 50 do
        local function body(x) return select(2, coroutine.resume(coroutine.create(f), x)) end
        n = n + select(2, coroutine.resume(coroutine.create(body), i))
    end return n end""")
    assert resume(lambda x: collect(x)) == sum(range(1, 51))


# --- Proxies


LIST = "function() return {10, 20, 30} end"
DICT = "function() return {name = 'x', inner = {1, 2}} end"


def test_a_coroutine_that_has_not_begun_begins_where_it_is_resumed(lua: Eval) -> None:
    begin = "coroutine.create(function(...) return select('#', ...), ... end)"
    resume = lua("function(co, ...) return coroutine.resume(co, ...) end")
    co = lua(begin)
    assert repr(co) == "<lua thread>"
    assert resume(co, 5, 6) == (True, 2, 5, 6)
    one, two = lua(f"(function() local co = {begin} return {{co, co}} end)()")
    assert one == two
    assert resume(one) == (True, 0)
    ring = lua(f"(function() local t = {{co = {begin}}} t.t = t return t end)()")
    assert resume(ring.co, "x") == (True, 1, "x")
    seen: list[Any] = []
    lua(f"function(f) local co = {begin} f(co) f({{co}}) f(coroutine.resume(co, 1)) end")(
        lambda *all: seen.append(all)
    )
    assert seen[2] == (True, 1, 1)
    away = f"coroutine.wrap(function(f) local co = {begin} f(co) return co end)"
    assert resume(lua(f"function(f) return {away}(f) end")(seen.append), 7) == (True, 1, 7)


def test_coroutines_that_wait_or_run_cross(lua: Eval) -> None:
    seen: list[Any] = []
    lua("""function(f)
        local outer outer = coroutine.create(function()
            local inner = coroutine.create(function() f(outer) f((coroutine.running())) end)
            assert(coroutine.resume(inner))
            f(coroutine.status(outer), coroutine.status(inner))
        end)
        assert(coroutine.resume(outer))
        f(outer) f(coroutine.status(outer))
    end""")(lambda *all: seen.append(all[0] if len(all) == 1 else all))
    outer, inner, states, again, state = seen
    assert outer == again != inner
    assert (states, state) == (("running", "dead"), "dead")


def test_a_coroutine_has_no_frames_but_its_own(lua: Eval) -> None:
    trace = lua("""function()
        local co = coroutine.create(function() coroutine.yield() end)
        coroutine.resume(co)
        return debug.traceback(co)
    end""")()
    assert len(trace.splitlines()) == 3  # the title, yield, the function


def test_a_coroutine_keeps_the_hook_that_it_was_given(lua54: Eval) -> None:
    lines = lua54("""function()
        local lines, co = {}, coroutine.create(function()
            coroutine.yield()
            return 1
        end)
        local function hook(_, line) lines[#lines + 1] = line end
        debug.sethook(co, hook, "l")
        while coroutine.resume(co) do assert(debug.gethook(co) == hook) end
        return lines
    end""")()
    assert lines == [3, 4]


def test_a_wrapped_coroutine_that_resumes_itself_is_told_so(lua: Eval) -> None:
    told = lua("""function()
        local co co = coroutine.wrap(function() return pcall(co) end)
        return co()
    end""")()
    assert told[0] is False
    assert "non-suspended" in told[1] or "running" in told[1]


def test_a_result_by_reference_is_a_proxy_that_answers_like_the_list(lua: Eval) -> None:
    p = by_ref(lua(LIST))()
    assert (p[1], len(p), list(p), 20 in p, 99 in p) == (10, 3, [10, 20, 30], True, False)
    assert repr(p) == "[10, 20, 30]"
    assert data(p) == [10, 20, 30]
    p[4] = 40
    del p[4]
    assert len(p) == 3


def test_a_result_by_reference_is_a_proxy_that_answers_like_the_dict(lua: Eval) -> None:
    p = by_ref(lua(DICT))()
    assert (p.name, p["name"], len(p), sorted(p), "name" in p) == (
        "x",
        "x",
        2,
        ["inner", "name"],
        True,
    )
    p.inner[1] = 5
    p.more = True
    assert data(p) == {"name": "x", "inner": [5, 2], "more": True}
    assert dir(p) == ["inner", "more", "name"]
    p.more = None
    assert not hasattr(p, "more")


def test_a_missing_item_says_that_lua_counts_from_1(lua: Eval) -> None:
    with pytest.raises(IndexError, match="no item 0; Lua counts from 1"):
        by_ref(lua(LIST))()[0]
    with pytest.raises(KeyError, match="nope"):
        by_ref(lua(DICT))()["nope"]
    with pytest.raises(AttributeError, match="nope"):
        by_ref(lua(DICT))().nope  # noqa: B018


def test_a_name_is_found_in_other_spellings(lua: Eval) -> None:
    p = lua("{groupBy = function(x) return x end, ['find-all'] = print}")
    assert p.group_by(3) == 3
    assert callable(p.find_all)
    p.group_by = 5
    assert p.groupBy == 5
    assert lua("{['in'] = 1, f = print}").in_ == 1


def test_data_copies_mixed_keys_and_refuses_behaviour(lua: Eval) -> None:
    assert data(lua("{1, 2, x = {[5] = 'y'}}")) == {1: 1, 2: 2, "x": {5: "y"}}
    with pytest.raises(ConversionError, match=r"it is behaviour(.|\n)*data\(x\.name\)"):
        data(lua("{f = print}"))


def test_a_preview_is_short(lua: Eval) -> None:
    assert repr(by_ref(lua("function() return {1, 2, 3, 4, 5, 6, 7, 8} end"))()).endswith(", …]")
    assert repr(lua("{f = print}")) == "{'f': <lua function>}"
    assert repr(lua("{{}, f = print}")) in (
        "{1: {…}, 'f': <lua function>}",
        "{'f': <lua function>, 1: {…}}",
    )
    assert repr(lua("function(a, ...) end")) == "<lua function (a, ...)>"
    assert repr(lua("coroutine.create(print)")) == "<lua thread>"


def test_functions_and_coroutines_are_iterated(lua: Eval) -> None:
    assert list(lua("('a b c'):gmatch('%a')")) == ["a", "b", "c"]
    yields = "coroutine.create(function() coroutine.yield(1) coroutine.yield(2, 3) return 4 end)"
    assert list(lua(yields)) == [1, (2, 3), 4]
    with pytest.raises(TypeError, match="can't be iterated"):
        iter(lua("io.stdout"))
    with pytest.raises(TypeError, match="no length"):
        len(lua("print"))


def test_an_error_in_a_coroutine_reaches_the_loop(lua: Eval) -> None:
    with pytest.raises(Exception, match="within"):
        list(lua("coroutine.create(function() error('within') end)"))


VECTOR = """
    local V = {}
    V.__index, V.__name = V, 'Vector'
    local function new(x) return setmetatable({x = x}, V) end
    function V.__add(a, b) return new((tonumber(a) or a.x) + (tonumber(b) or b.x)) end
    function V.__unm(a) return new(-a.x) end
    function V.__eq(a, b) return a.x == b.x end
    function V.__lt(a, b) return a.x < b.x end
    function V.__len() return 7 end
    function V.__tostring(a) return 'V' .. a.x end
    function V.__call(a, y) return a.x * y end
    return new
"""


def test_metatables_count(lua: Eval) -> None:
    v = lua(VECTOR)
    a, b = v(1), v(2)
    assert a + b == v(3)
    assert a + 2 == 2 + a == v(3)
    assert hash(v(1)) == hash(a)
    assert a != b
    assert a < b
    assert b > a
    assert -a == v(-1)
    assert (len(a), repr(a), a(21)) == (7, "V1", 21)


def test_index_and_newindex_count(lua: Eval) -> None:
    log = lua("""(function() local seen = {} return setmetatable({}, {
        __index = function(_, k) return seen[k] or (k == 'size' and 3) or nil end,
        __newindex = function(_, k, v) seen[k] = v * 2 end}) end)()""")
    log.x = 5
    assert (log.x, log["x"], log.size) == (10, 10, 3)


def test_pairs_counts(lua: Eval) -> None:
    p = lua("setmetatable({}, {__pairs = function() return next, {k = 1}, nil end})")
    assert list(p) == ["k"]


def test_an_object_without_an_operator_says_so(lua: Eval) -> None:
    with pytest.raises(Exception, match="attempt to perform arithmetic"):
        lua("{f = print}") + 1  # type: ignore[operator]


# --- methods


def test_a_function_of_a_module_does_not_get_the_module(lua: Eval) -> None:
    m = lua("(function() local M = {} function M.f(x) return x end return M end)()")
    assert m.f(1) == 1
    assert lua("string").rep("x", 3) == "xxx"
    assert lua("setmetatable({f = function(x) return x end}, {__index = string})").f(2) == 2
    assert lua("setmetatable({}, {__index = string})").rep("x", 2) == "xx"


def test_a_function_with_self_is_a_method(lua: Eval) -> None:
    o = lua("{n = 5, get = function(self, x) return self.n + x end}")
    assert o.get(1) == 6
    assert lua("function(f) return f(2) end")(o.get) == 7


def test_a_function_of_the_class_is_a_method_whatever_its_first_parameter(lua: Eval) -> None:
    o = lua("""(function() local C = {} C.__index = C
        function C.get(this) return this.n end
        function C.none() return 'static' end
        return setmetatable({n = 3, own = function(x) return x end}, C) end)()""")
    assert (o.get(), o.none(), o.own(1)) == (3, "static", 1)


def test_an_inherited_method_keeps_its_object(lua: Eval) -> None:
    dog = lua("""(function()
        local Animal = {} Animal.__index = Animal
        function Animal:name() return self.n end
        local Dog = setmetatable({}, {__index = Animal}) Dog.__index = Dog
        return setmetatable({n = 'Rex'}, Dog) end)()""")
    assert dog.name() == "Rex"


def test_a_function_of_a_userdata_is_a_method(lua: Eval) -> None:
    file = lua("io.tmpfile()")
    file.write("hello")
    file.seek("set")
    assert file.read("*a") == "hello"


def test_an_item_is_the_function_as_it_is(lua: Eval) -> None:
    o = lua("{n = 5, get = function(self) return self.n end}")
    assert o["get"](o) == 5


# --- errors


def test_an_error_has_message_frames_and_value(lua: Eval) -> None:
    with pytest.raises(Exception, match="bad") as caught:
        lua("\n\nfunction(x)\n  local y = 1\n  error('bad ' .. x) end")("news")
    error: Any = caught.value
    assert (error.type_name, error.message) == ("LuaError", "bad news")
    assert error.frames[0] == Frame("test.hy", 5, "")
    assert error.value == "test.hy:5: bad news"


def test_an_error_keeps_its_value(lua: Eval) -> None:
    def raised(source: str) -> LuaError:
        with pytest.raises(LuaError) as caught:
            lua(source)()
        return caught.value

    table = raised("function() error({code = 5, message = 'bad'}) end")
    assert (table.value, table.message) == ({"code": 5, "message": "bad"}, "bad")
    assert raised("function() error(7, 0) end").value == 7
    assert raised("function() error(nil) end").value is None
    named = "setmetatable({}, {__name = 'Mine', __tostring = function() return 'my text' end})"
    mine = raised(f"function() error({named}) end")
    assert (mine.type_name, mine.message, isinstance(mine.value, Proxy)) == (
        "Mine",
        "my text",
        True,
    )
    assert raised("function() error(print) end").value == lua("print")
    assert raised("function() error('\\255', 0) end").value == b"\xff"


def test_an_endless_recursion_is_an_error(lua: Eval) -> None:
    with pytest.raises(LuaError, match="stack overflow"):
        lua("(function() local function f(x) return 1 + f(x) end return f end)()")(1)


def test_an_endless_ring_of_calls_is_an_error(lua: Eval) -> None:
    from polyhy.errors import GuestError

    apply = lua("function(f, x) return f(x) end")
    with pytest.raises((RecursionError, GuestError), match=r"recursion|overflow"):
        (ring := lambda x: apply(ring, x))(1)
    assert apply(lambda x: x, 1) == 1


def test_the_exception_that_lua_raises_again_is_the_one_it_caught(lua: Eval) -> None:
    first, second = KeyError("first"), ValueError("second")

    def raiser(error: Exception) -> Any:
        def call() -> None:
            raise error

        return call

    again = lua("function(a, b) local _, e = pcall(a) pcall(b) error(e) end")
    with pytest.raises(KeyError) as caught:
        again(raiser(first), raiser(second))
    assert caught.value is first


def test_source_that_does_not_parse_is_a_syntax_error(lua: Eval) -> None:
    with pytest.raises(GuestSyntaxError, match="near") as caught:
        lua("local x = = 1")
    assert isinstance(caught.value, SyntaxError)
    assert str(caught.value.frames[0]).endswith("(test.hy:1)")
