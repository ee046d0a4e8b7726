"""A Lua runtime's life: its version, its modules, its end."""

from __future__ import annotations

import pydoc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import polyhy
from polyhy.bridges.lua.bridge import Lua
from polyhy.errors import GuestSyntaxError, NoSuchFile, Stopped, UsageError
from polyhy.guests import host

Eval = Callable[[str], Any]


def test_the_environment_chooses_the_version(lua: Eval) -> None:
    assert lua("jit and 'LuaJIT' or _VERSION") in ("LuaJIT", "Lua 5.4")
    assert host.bridge("lua").name == "lua"


def test_the_constructor_chooses_the_version() -> None:
    versions = []
    for version in ("5.4", "jit"):
        life = Lua(version)
        life.start([])
        versions.append(life.eval("jit and 'LuaJIT' or _VERSION", "test.hy:1"))
    assert versions == ["Lua 5.4", "LuaJIT"]


def test_an_unknown_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLYHY_LUA", "6")
    with pytest.raises(UsageError, match=r"no Lua '6' here(.|\n)*jit or 5.4"):
        Lua().start([])


def test_a_file_of_the_project_is_loaded_once(lua: Eval, tmp_path: Path) -> None:
    (tmp_path / "helper.lua").write_text("local M = {n = 0} return M")
    (tmp_path / "transform.lua").write_text(
        "local helper = require 'helper'\nlocal M = {}\n"
        "function M.count(rows) helper.n = helper.n + #rows return helper.n end\nreturn M"
    )
    transform = host.load("lua", str(tmp_path / "transform.lua"))
    assert transform.count([1, 2]) == 2
    assert host.load("lua", str(tmp_path / "transform.lua")).count([3]) == 3
    assert lua("require('transform').count({})") == 3


def test_a_function_tells_its_parameters_and_comment(lua: Eval, tmp_path: Path) -> None:
    file = tmp_path / "documented.lua"
    file.write_text("-- Not this.\n\n-- Add two numbers.\nreturn function(a, b) return a + b end")
    add = host.load("lua", str(file))
    bridge = host.bridge("lua")
    assert bridge.signature(add.__native__) == "(a, b)"
    assert bridge.doc(add.__native__) == "Add two numbers."
    assert bridge.doc(lua("print").__native__) == bridge.signature(lua("print").__native__) == ""


def test_a_function_tells_its_types_and_its_source(lua: Eval, tmp_path: Path) -> None:
    file = tmp_path / "typed.lua"
    file.write_text(
        "local M = {}\n\n--- Repeat a text.\n---@param text string\n"
        "---@param n? integer how often\n"
        "---@return string\nfunction M.again(text, n, ...)\n  return text:rep(n or 2)\nend\n\n"
        "--- By LDoc.\n-- @tparam number a\n-- @treturn boolean\nfunction M.old(a, b)\n"
        "  return a == b\nend\nreturn M\n"
    )
    module, bridge = host.load("lua", str(file)), host.bridge("lua")
    again, old = module.again.__native__, module.old.__native__
    assert bridge.signature(again) == "(text: string, n: integer, ...) -> string"
    assert bridge.doc(again) == "Repeat a text."
    assert bridge.source(again).startswith("function M.again(text, n, ...)\n  return")
    assert bridge.source(again).endswith("end\n")
    assert bridge.signature(old) == "(a: number, b) -> boolean"
    assert bridge.doc(old) == "By LDoc."
    assert bridge.source(lua("print").__native__) == ""


def test_a_method_tells_what_follows_its_object(lua: Eval, tmp_path: Path) -> None:
    file = tmp_path / "counter.lua"
    file.write_text(
        "local M = {}\nM.__index = M\n\n--- Count on.\n-- @tparam number x by how much\n"
        "function M:add(x, ...) return x end\nfunction M.none(it) return it end\n"
        "function M.new() return setmetatable({}, M) end\nreturn M\n"
    )
    counter, bridge = host.load("lua", str(file)).new(), host.bridge("lua")
    add = counter.add.__native__
    assert bridge.signature(add) == "(x: number, ...)"
    assert bridge.source(add) == "function M:add(x, ...) return x end\n"
    assert bridge.signature(counter.none.__native__) == "()"
    assert counter.add.__doc__ == "(x: number, ...)\n\nCount on."
    assert "Count on." in pydoc.render_doc(counter.add)
    assert lua("print").__doc__ == "A function in C."


def test_a_userdata_tells_its_members(lua: Eval) -> None:
    assert {"close", "read", "write"} <= set(dir(lua("io.stdout")))


@pytest.mark.parametrize(("code", "ends"), [("", 0), ("true", 0), ("false", 1), ("3", 3)])
def test_os_exit_is_pythons_system_exit(lua: Eval, code: str, ends: int) -> None:
    with pytest.raises(SystemExit) as leaving:
        lua(f"function() os.exit({code}) end")()
    assert leaving.value.code == ends
    assert lua("1 + 1") == 2


def test_a_module_is_searched_in_the_folders(lua: Eval, tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "init.lua").write_text("return {name = ...}")
    assert host.load("lua", "deep/er", [tmp_path]) == {"name": "deep.er"}
    assert host.load("lua", "deep.er") == {"name": "deep.er"}


def test_a_missing_module_names_the_folders(lua: Eval, tmp_path: Path) -> None:
    with pytest.raises(NoSuchFile, match=r"no Lua file 'no/such\.lua'(.|\n)*by its path"):
        host.load("lua", "no.such", [tmp_path])
    with pytest.raises(NoSuchFile, match=r"missing\.lua"):
        host.load("lua", str(tmp_path / "missing.lua"))


def test_a_module_that_does_not_parse_says_where(lua: Eval, tmp_path: Path) -> None:
    (tmp_path / "broken.lua").write_text("return {\n  1,\n  = }")
    with pytest.raises(GuestSyntaxError, match="near") as caught:
        host.load("lua", str(tmp_path / "broken.lua"))
    frame = caught.value.frames[0]
    assert frame.file.endswith("broken.lua")
    assert frame.line == 3


def test_two_files_of_one_name_are_two_modules(lua: Eval, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "twin.lua").write_text(f"return '{name}'")
    assert host.load("lua", str(tmp_path / "a" / "twin.lua")) == "a"
    assert host.load("lua", str(tmp_path / "b" / "twin.lua")) == "b"
    assert host.load("lua", str(tmp_path / "b" / "twin.lua")) == "b"


def test_objects_of_two_lives_are_not_equal(lua: Eval) -> None:
    first = lua("print")
    host.stop("lua")
    assert first != lua("print")


def test_an_origin_without_a_line_is_a_file(lua: Eval) -> None:
    with pytest.raises(Exception, match=r"\(cell:2\)"):
        host.evaluate("lua", "local x = 'x'\nerror(x)", origin="cell")


def test_an_expression_that_fails_says_where(lua: Eval) -> None:
    with pytest.raises(Exception, match=r"\(test\.hy:1\)"):
        lua("error('x')")


def test_everything_of_a_stopped_runtime_says_so() -> None:
    life = Lua()
    life.start([])
    thing = life.eval("{f = print, 1}", "test.hy:1")
    call, loop = life.eval("function(x) return x end", "test.hy:1"), life.eval("{1, {print}}", "")
    life.stop()
    for use in (
        lambda: call(1),
        lambda: call("a"),
        lambda: thing.f,
        lambda: thing[1],
        lambda: len(thing),
        lambda: list(thing),
        lambda: 1 in thing,
        lambda: loop[1][1],
        lambda: setattr(thing, "x", 1),
        lambda: life.eval("1", "test.hy:1"),
    ):
        with pytest.raises(Stopped, match="import it again"):
            use()
    assert "stopped" in repr(thing)


def test_large_objects_and_exceptions_that_pass_are_let_go(lua: Eval) -> None:
    import gc
    import weakref

    class Large:
        def __len__(self) -> int:
            return 7

    length, apply = lua("function(x) return #x end"), lua("function(f, x) return f(x) end")
    alive: weakref.WeakSet[Any] = weakref.WeakSet()

    class Mine(Exception):
        pass

    def fail(x: Any) -> None:
        error = Mine()
        alive.add(error)
        raise error

    for _ in range(2000):
        large = Large()
        alive.add(large)
        assert length(large) == 7
        with pytest.raises(Mine):
            apply(fail, 1)
    gc.collect()
    assert len(alive) < 2000


def test_threads_take_turns(lua: Eval) -> None:
    from threading import Thread

    apply, done = lua("function(f, x) return f(x) end"), []

    def work() -> None:
        for i in range(500):
            assert apply(lambda x: apply(lambda y: y + 1, x), i) == i + 1
        done.append(True)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert done == [True] * 4


def test_the_readme_is_true() -> None:
    import doctest
    from importlib.resources import files

    host.stop("lua")
    text = files("polyhy.bridges.lua").joinpath("README.md").read_text("utf-8")
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner()
    runner.run(parser.get_doctest(text, {}, "README.md", "README.md", 0))
    assert runner.tries > 3
    assert not runner.failures


def test_luas_own_libraries_are_imported_from_the_language() -> None:
    [repeat] = polyhy.import_from("lua", "string", ["rep"])
    assert repeat("ab", 3) == "ababab"
    assert polyhy.import_from("lua", "table").concat(["a", "b"], "-") == "a-b"
    with pytest.raises(NoSuchFile, match="wind"):
        polyhy.import_from("lua", "wind")
