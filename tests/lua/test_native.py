"""Modules in C: for LuaJIT and Lua 5.4 in one process, and refused where they would end it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from polyhy import plugins
from polyhy.bridges.lua import native
from polyhy.bridges.lua.bridge import Lua
from polyhy.errors import GuestError, UsageError, WrongBuild
from polyhy.policy import Policy, governed
from polyhy.spec import Pin


def tree(server: Any, folder: Path, *texts: str, lua: str = "jit") -> Path:
    """An env with these rocks, as `polyhy sync` lays it out."""
    room = plugins.ecosystem("luarocks")
    with governed(Policy(settings={"luarocks": {"servers": [server.address], "lua": lua}})):
        pins = room.resolve([room.spec(text) for text in texts], [])
        (folder / "into").mkdir(parents=True)
        (folder / "env").mkdir()
        fetched: dict[Pin, Path] = dict(room.fetch(pins, folder / "into"))
        for pin, place in fetched.items():
            room.build(pin, place)
    room.link(fetched, folder / "env")
    return folder / "env"


@pytest.fixture(scope="module")
def ticker(rocks_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tree(rocks_server, tmp_path_factory.mktemp("ticker"), "lua-ticker")


@pytest.fixture(params=["jit", "5.4"])
def life(request: pytest.FixtureRequest) -> Iterator[Lua]:
    life = Lua(request.param)
    life.start([])
    yield life
    life.stop()


def test_a_module_in_c_works_in_both_luas_at_once(ticker: Path) -> None:
    lives = [Lua("jit"), Lua("5.4")]
    for life in lives:
        life.start([ticker])
    both = [life.load("lua-ticker") for life in lives]
    assert [m.built_for for m in both] == ["Lua 5.1", "Lua 5.4"]
    tickers = [m.new() for m in both]
    for _ in range(200):
        assert len({t.up() for t in tickers}) == 1
        assert [m.call(lambda x: x * 2, 4) for m in both] == [8, 8]
    for module in both:
        with pytest.raises(GuestError, match="out of tick 3"):
            module.fail(3)
    for life in lives:
        life.collect()
        life.stop()


def test_a_python_exception_passes_through_c(life: Lua, ticker: Path) -> None:
    life.search([ticker])
    mine = KeyError("mine")

    def fail(_: Any) -> None:
        raise mine

    with pytest.raises(KeyError) as caught:
        life.load("lua-ticker").call(fail, 1)
    assert caught.value is mine


def test_a_module_built_for_another_lua_is_refused(life: Lua, ticker: Path, tmp_path: Path) -> None:
    other = {"5.1": "5.4", "5.4": "5.1"}[life.engine.abi]
    wrong = tmp_path / "lib" / "lua" / life.engine.abi
    wrong.mkdir(parents=True)
    shutil.copy(ticker / "lib" / "lua" / other / "ticker.so", wrong)
    shutil.copy(ticker / "rocks.json", tmp_path)
    life.search([tmp_path])
    with pytest.raises(WrongBuild, match=r"ticker\.so was built for Lua.*(.|\n)*polyhy sync"):
        life.load("lua-ticker")
    assert isinstance(life.eval("select(2, pcall(require, 'ticker'))", "test:1"), WrongBuild)
    load = life.eval("package.loadlib", "test:1")
    with pytest.raises(WrongBuild):
        load(str(wrong / "ticker.so"), "luaopen_ticker")
    assert life.eval("1 + 1", "test:1") == 2


def test_a_module_linked_for_no_lua_of_ours_is_refused(life: Lua, tmp_path: Path) -> None:
    place = tmp_path / "lib" / "lua" / life.engine.abi
    place.mkdir(parents=True)
    source = tmp_path / "bare.c"
    source.write_text("int luaopen_bare(void *L) { return 0; }")
    command = ["gcc", "-shared", "-fPIC", "-o", str(place / "bare.so"), str(source)]
    subprocess.run(command, check=True)
    (tmp_path / "rocks.json").write_text('{"bare": ["bare", "bare.sub"]}')
    life.search([tmp_path])
    for name in ("bare", "bare/sub"):
        with pytest.raises(WrongBuild, match="another Lua than any in this process"):
            life.load(name)


def test_an_unknown_lua_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match=r"jit or 5\.4"):
        native.engine("5.2")


REAL = {
    "lua-cjson": ("2.1.0-1", "cjson = { sources = { 'lua_cjson.c', 'strbuf.c', 'fpconv.c' } }"),
    "lpeg": (
        "1.0.2-1",
        "lpeg = { 'lpcap.c', 'lpcode.c', 'lpprint.c', 'lptree.c', 'lpvm.c' }, re = 're.lua'",
    ),
    "luafilesystem": ("1.8.0-1", "lfs = 'src/lfs.c'"),
    "luasocket": (
        "3.1.0-1",
        "['socket.core'] = { 'src/luasocket.c', 'src/timeout.c', 'src/buffer.c', 'src/io.c',"
        " 'src/auxiliar.c', 'src/options.c', 'src/inet.c', 'src/except.c', 'src/select.c',"
        " 'src/tcp.c', 'src/udp.c', 'src/compat.c', 'src/usocket.c' },"
        " ['mime.core'] = { 'src/mime.c', 'src/compat.c' },"
        " socket = 'src/socket.lua', mime = 'src/mime.lua', ltn12 = 'src/ltn12.lua',"
        " ['socket.url'] = 'src/url.lua'",
    ),
}
"""By rock: its version, and its modules as its rockspec lists them."""

DEBIAN = {
    "lua-cjson": "lua-cjson",
    "lpeg": "lua-lpeg",
    "luafilesystem": "lua-filesystem",
    "luasocket": "luasocket",
}
"""By rock: the Debian package that brings its source."""

USE = """
import sys
from pathlib import Path
from polyhy.bridges.lua.bridge import Lua
lives = [Lua("jit"), Lua("5.4")]
for life in lives:
    life.start([Path(sys.argv[1])])
for _ in range(20):
    for life in lives:
        cjson, lpeg = life.load("lua-cjson"), life.load("lpeg")
        lfs, socket = life.load("luafilesystem"), life.load("luasocket")
        assert cjson.decode('{"a": [1, 2, {"b": "c"}]}') == {"a": [1, 2, {"b": "c"}]}
        assert cjson.encode([1, 2]) == "[1,2]"
        try:
            cjson.decode("{")
        except Exception as error:
            assert "Expected object key" in str(error), error
        word = life.load("lpeg/re").compile("{[a-z]+} !.")
        assert word.match("hello") == "hello"
        assert lfs.currentdir() == str(Path.cwd())
        assert "rocks.json" in list(life.eval(
            f"function(lfs) local t = {{}} for x in lfs.dir('{sys.argv[1]}') do t[#t + 1] = x end"
            " return t end", "t:1")(lfs))
        assert life.load("luasocket/socket.url").parse("a://b/c")["host"] == "b"
        server = socket.bind("127.0.0.1", 0)
        client = socket.connect("127.0.0.1", int(server.getsockname()[1]))
        accepted = server.accept()
        client.send("over loopback\\n")
        said = accepted.receive()
        assert (said if isinstance(said, str) else said[0]) == "over loopback", said
        for each in (client, accepted, server):
            each.close()
        life.collect()
print("done")
"""


@pytest.mark.registry
def test_the_rocks_that_all_use_work_in_both_luas_at_once(
    rocks_server: Any, tmp_path: Path
) -> None:
    made = type(rocks_server)(tmp_path / "real")
    for name, (version, modules) in REAL.items():
        made.pack(name, version, _source(DEBIAN[name], tmp_path / name), modules)
    made.publish()
    env = tree(made, tmp_path / "tree", *REAL)
    done = subprocess.run(
        [sys.executable, "-c", USE, str(env)], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.stdout == "done\n", done.stderr


def _source(package: str, folder: Path) -> Path:
    """The source of a Debian package, by apt-get with lists of its own."""
    lists = folder / "lists"
    (lists / "partial").mkdir(parents=True)
    words = ["apt-get", "indextargets", "--format", "$(SITE) $(RELEASE) $(COMPONENT)"]
    known = subprocess.run(words, capture_output=True, text=True).stdout.splitlines()
    lines = [f"deb-src {line}\n" for line in dict.fromkeys(known) if line.endswith(" main")]
    (folder / "sources.list").write_text("".join(lines))
    options = [
        *("-o", f"Dir::Etc::sourcelist={folder / 'sources.list'}"),
        *("-o", "Dir::Etc::sourceparts=/dev/null"),
        *("-o", f"Dir::State::lists={lists}"),
    ]
    for words in (["update"], ["source", "--download-only", "--only-source", package]):
        done = subprocess.run(
            ["apt-get", *options, *words], cwd=folder, capture_output=True, text=True
        )
    archives = list(folder.glob("*.orig.tar.gz"))
    assert archives, done.stdout + done.stderr
    unpacked = folder / "unpacked"
    unpacked.mkdir()
    subprocess.run(["tar", "xzf", str(archives[0]), "-C", str(unpacked)], check=True)
    return next(unpacked.iterdir())
