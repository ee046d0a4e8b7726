"""The sandbox: what a guest tries, and does not get; each attempt says what it got."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from polyhy.bridges.lua.bridge import Lua
from polyhy.errors import GuestError, NoSuchFile, TimedOut
from polyhy.guests import host


class Safe:
    """An object of the host's with things that are not for guests."""

    secret = "secret"

    def __init__(self) -> None:
        self.token = "token"

    def method(self) -> str:
        return self.secret


def harmless(x: Any = None) -> Any:
    return x


def failing() -> None:
    raise ValueError("of the host's")


# ruff: noqa: E501  an attempt is one line
# Each is the body of a function of (o, f, g): an object, a function, a function that raises. What it
# returns must be nil, false or an error.
ATTEMPTS = {
    # files, programs, the debugger
    "os": "return os",
    "io": "return io",
    "debug": "return debug",
    "package": "return package",
    "ffi": "return ffi",
    "jit": "return jit",
    "python": "return python",
    "dofile": "return dofile",
    "loadfile": "return loadfile",
    "newproxy": "return newproxy",
    "module": "return module",
    "globals of globals": "return _G.os or _G._G.io or rawget(_G, 'debug')",
    "require os": "return require('os')",
    "require io": "return require('io')",
    "require debug": "return require('debug')",
    "require ffi": "return require('ffi')",
    "require jit": "return require('jit') or require('jit.util')",
    "require python": "return require('python')",
    "require package": "return require('package')",
    "require a path": "return require('/etc/passwd') or require('./tests/lua/secret')",
    "require above": "return require('..secret') or require('a..b') or require('../secret')",
    "require a template": "return require('secret;/etc/?')",
    "require C": "return require('socket.core') or require('cjson')",
    "require an object": "return require(setmetatable({}, {__tostring = function() return 'os' end}))",
    # bytecode
    "dump": "return string.dump",
    "dump by a text": "return ('').dump",
    "load bytecode": "return (load('\\27Lua'))",
    "load bytecode by mode": "return (load('\\27LJ', 'x', 'b'))",
    "load bytecode by parts": "local n = 0 return (load(function() n = n + 1 return ({'\\27', 'Lua'})[n] end))",
    "loadstring bytecode": "return loadstring and (loadstring('\\27LJ\\2')) or nil",
    "load sees os": "return load('return os or io or debug or package')()",
    "load with globals of its own": "return load('return os', 'x', 't', _G)()",
    # environments and metatables
    "getfenv": "return getfenv",
    "setfenv": "return setfenv",
    "a function's environment": "return getfenv and getfenv(print).os",
    "the metatable of texts": "return type(getmetatable('')) == 'table'",
    "texts changed for all": "getmetatable('').__index = {} return true",
    "a method of texts changed": "string.rep = function() return 'mine' end return ('x'):rep(2) == 'mine'",
    "the metatable of an object": "return type(getmetatable(o)) == 'table'",
    "an object freed twice": "getmetatable(o).__gc(o) return true",
    "the metatable of a function": "return type(getmetatable(f)) == 'table'",
    "an object's metatable set": "setmetatable(o, {}) return true",
    "a finalizer": "setmetatable({}, {__gc = function() end}) return true",
    "the collector stopped": "collectgarbage('stop') return true",
    "the collector tuned": "collectgarbage('setpause', 10000) return true",
    # attributes of Python objects
    "an attribute": "return o.token or o.secret",
    "a method": "return o.method or o:method()",
    "a class": "return o.__class__",
    "a dict": "return o.__dict__",
    "globals of a function": "return f.__globals__",
    "code of a function": "return f.__code__",
    "self of a built-in": "return f.__self__ or f.__module__",
    "init of a class": "return o.__init__",
    "an attribute by item": "return o['token'] or rawget(o, 'token')",
    "an attribute set": "o.token = 'mine' return true",
    "the class set": "o.__class__ = nil return true",
    "pairs of an object": "for k, v in require('polyhy').pairs(o) do return k end",
    "pairs of a function": "for k, v in require('polyhy').pairs(f) do return k end",
    "an exception's attributes": "local _, e = pcall(g) return e.args or e.__traceback__ or e.with_traceback",
    "an exception's frames": "local _, e = pcall(g) return e.__traceback__.tb_frame.f_globals",
    "an exception's metatable": "local _, e = pcall(g) return type(getmetatable(e)) == 'table'",
    "a class of a value": "return f(o).__class__",
    "null's attributes": "return require('polyhy').null.__class__",
    "null called": "return require('polyhy').null()",
    "polyhy's parts": "return require('polyhy').eval or require('polyhy').builtins",
    "a coroutine's way out": "return coroutine.wrap(function() return o.token end)()",
    "an error's way out": "local ok, e = xpcall(g, function(e) return e.args end) return e",
    "concatenation": "return (o .. '').token",
    "the guest's own tables": "return guest or host or _ENV and _ENV.guest",
}


@pytest.fixture(scope="module", params=["jit", "5.4"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Lua]:
    life = Lua(request.param)
    life.start([], sandbox=True)
    yield life
    life.stop()


def attempt(life: Lua, body: str) -> Any:
    tried = life.eval(f"return function(o, f, g) {body} end", "attempt:1")
    try:
        return tried(Safe(), harmless, failing)
    except (GuestError, AttributeError, TypeError, ValueError):
        return None


def test_the_corpus_is_large() -> None:
    assert len(ATTEMPTS) >= 60


@pytest.mark.parametrize("name", ATTEMPTS)
def test_an_escape_fails(sandbox: Lua, name: str) -> None:
    got = attempt(sandbox, ATTEMPTS[name])
    assert got in (None, False), f"{name} got {got!r}"
    assert sandbox.eval("('x'):rep(3), type(_G)", "after:1") == ("xxx", "table")


def test_outside_a_sandbox_many_of_them_succeed() -> None:
    life = Lua("jit")
    life.start([])
    names = [name for name in ATTEMPTS if "texts" not in name and name != "the collector stopped"]
    got = {name for name in names if attempt(life, ATTEMPTS[name])}
    assert {"os", "require ffi", "dump", "an attribute", "require io", "getfenv"} <= got
    life.stop()


def test_an_honest_program_runs(sandbox: Lua) -> None:
    program = """
        local Stack = {} Stack.__index = Stack
        local function new() return setmetatable({n = 0}, Stack) end
        function Stack:push(x) self.n = self.n + 1 self[self.n] = x return self end
        return function(f, xs)
            local s = new()
            for i, x in ipairs(xs) do s:push(f(x)) end
            local ok, e = pcall(error, {code = 5})
            local gen = coroutine.wrap(function() for i = 1, 2 do coroutine.yield(i) end end)
            return table.concat({s[1], s[2]}, ','), math.max(1, 3), e.code, gen() + gen(),
                ('%d'):format(4), load('return 1 + 1')(), select('#', 1, 2), #xs
        end"""
    run = sandbox.eval(program, "honest:1")
    assert run(lambda x: x * 10, [1, 2]) == ("10,20", 3, 5, 3, "4", 2, 2, 2)


def test_what_is_lent_to_it_is_read_and_changed_by_its_items(sandbox: Lua) -> None:
    from polyhy import by_ref

    xs, d = [1, 2], {"a": {"b": 1}}
    use = sandbox.eval("function(xs, d) xs[#xs + 1] = d.a.b d.new = xs[1] return #xs end", "t:1")
    assert use(by_ref(xs), by_ref(d)) == 3
    assert (xs, d) == ([1, 2, 1], {"a": {"b": 1}, "new": 1})
    with pytest.raises(AttributeError, match="not for a sandbox"):
        sandbox.eval("function(o) o.token = 1 end", "t:1")(Safe())


def test_its_modules_are_loaded_by_name_in_it(sandbox: Lua, tmp_path: Path) -> None:
    (tmp_path / "inner.lua").write_text("return {os = tostring(os), n = 5}")
    (tmp_path / "outer.lua").write_text(
        "local M = {inner = require 'inner', again = require('inner') == require 'inner'}\n"
        "function M.reach() return os end\nreturn M"
    )
    sandbox.search([tmp_path])
    outer = sandbox.load("outer")
    assert (outer.inner.os, outer.inner.n, outer.again, outer.reach()) == ("nil", 5, True, None)
    with pytest.raises(NoSuchFile):
        sandbox.load("../outer2")
    (tmp_path / "bytes.lua").write_bytes(b"\x1bLJ\x02")
    with pytest.raises(GuestError):
        sandbox.load("bytes")


def test_an_import_may_be_put_into_a_sandbox(tmp_path: Path) -> None:
    file = tmp_path / "guarded.lua"
    file.write_text("return {os = type(os), spin = function() while true do end end, f = print}")
    plain = host.load("lua", str(file))
    guarded = host.load("lua", str(file), options={"sandbox": True, "timeout": 0.1})
    assert (plain.os, guarded.os) == ("table", "nil")
    with pytest.raises(TimedOut):
        guarded.spin()
    with pytest.raises(TimedOut):
        host.evaluate("lua", "function(f) return f() end")(guarded.spin)


def test_a_finalizer_or_a_message_handler_does_not_outlive_the_time(sandbox: Lua) -> None:
    spin = "function() while true do end end"
    for source in (f"xpcall({spin}, {spin})", f"xpcall(error, {spin})"):
        tried = sandbox.eval(f"function() return {source} end", "t:1")
        with pytest.raises(TimedOut), sandbox.limited(0.1, None):
            tried()


UNENDING = [
    "table.insert(setmetatable({}, {__len = function() return 2^53 // 1 | 0 end}), 1, 'x')",
    "table.remove(setmetatable({}, {__len = function() return 2^53 // 1 | 0 end}), 1)",
    "table.sort(setmetatable({}, {__len = function() return 2^30 // 1 | 0 end}), rawequal)",
    "table.move({}, 1, 1e15, 2)",
    "table.concat(setmetatable({}, {__index = function() return 'x' end}), '', 1, 2^50)",
    "assert(#(''):rep(2^52) > 0)",
    "error(setmetatable({}, {__tostring = function() while true do end end}))",
    "setmetatable(_G, {__index = function() while true do end end}).missing",
    "load(function() while true do end end)",
    "pcall(function() local x <close> = setmetatable({}, {__close = function() while 1 do end end}) end)",
]


@pytest.mark.parametrize("version", ["jit", "5.4"])
@pytest.mark.parametrize("source", UNENDING)
def test_what_would_go_on_for_ever_ends(version: str, source: str) -> None:
    life = Lua(version)
    life.start([], sandbox=True, timeout=0.2, memory=50_000_000)
    began = time.monotonic()
    with suppress(GuestError):
        life.eval(f"return {source}", "t:1")
    assert time.monotonic() - began < 10
    life.stop()
