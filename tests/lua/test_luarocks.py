"""LuaRocks keeps every law of an ecosystem, with a real server in a folder; then its quirks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from polyhy import plugins
from polyhy.bridges.lua import luarocks_client, native, rockspec
from polyhy.bridges.lua.versions import constraints, fits, order
from polyhy.errors import (
    ManifestError,
    MissingTool,
    NoSuchVersion,
    Offline,
    PackageError,
    SpecError,
    ToolFailed,
    UsageError,
)
from polyhy.packages import env, install, lock, programs
from polyhy.policy import Policy, governed
from polyhy.spec import Pin, Spec
from polyhy.testing import EcosystemLaws


@pytest.fixture(autouse=True)
def _served(rocks_server: Any) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LUAROCKS_CONFIG", str(rocks_server.config()))
        patch.delenv("POLYHY_LUA", raising=False)
        yield


class TestLuarocks(EcosystemLaws):
    ecosystem = "luarocks"
    package = "greet@~> 1.0"
    file = "share/lua/5.1/words.lua"
    unknown = "no-such-rock"
    impossible = "greet>=99"
    unreachable: ClassVar = {"LUAROCKS_CONFIG": str(Path(__file__).with_name("nowhere.lua"))}

    @pytest.fixture(scope="class")
    @classmethod
    def pins(cls, rocks_server: Any) -> list[Pin]:
        return _resolve(rocks_server, "greet@~> 1.0")

    def with_another_hash(self, pin: Pin) -> Pin:
        return replace(pin, hash="sha256:" + "0" * 64)


def _resolve(server: Any, *texts: str, locked: Any = (), **settings: Any) -> list[Pin]:
    room = plugins.ecosystem("luarocks")
    said = {"servers": [server.address], **settings}
    with governed(Policy(settings={"luarocks": said})):
        return room.resolve([room.spec(text) for text in texts], list(locked))


def _versions(pins: list[Pin]) -> dict[str, str]:
    return {pin.name: pin.version for pin in pins}


# --- what is chosen


def test_the_newest_that_go_together_are_chosen(rocks_server: Any) -> None:
    assert _versions(_resolve(rocks_server, "greet")) == {"greet": "2.0rc1-1", "words": "1.2-1"}
    pins = _resolve(rocks_server, "greet@1.0", "words")
    assert _versions(pins) == {"greet": "1.0-1", "words": "1.2-1"}
    assert {pin.name: pin.requires for pin in pins}["greet"] == ("pkg:luarocks/words@1.2-1",)


def test_what_is_locked_stays(rocks_server: Any) -> None:
    old = _resolve(rocks_server, "greet@1.0", "words@1.0")
    new = _resolve(rocks_server, "greet", "words", "modern", locked=old, lua="5.4")
    assert _versions(new) == {"greet": "1.0-1", "modern": "1.0-1", "words": "1.0-1"}


def test_names_have_no_capitals(rocks_server: Any) -> None:
    assert _versions(_resolve(rocks_server, "Words@1.0")) == {"words": "1.0-1"}


def test_rocks_that_quarrel_are_named_with_their_ranges(rocks_server: Any) -> None:
    with pytest.raises(NoSuchVersion, match=r"words .*>= 2 \(for quarrel.*~> 1 \(for greet"):
        _resolve(rocks_server, "quarrel")


def test_a_rock_for_another_lua_says_how_to_choose_it(rocks_server: Any) -> None:
    with pytest.raises(PackageError, match=r"Lua 5\.1|lua = |\[tool\.polyhy\.luarocks\]"):
        _resolve(rocks_server, "modern")
    assert _versions(_resolve(rocks_server, "modern", lua="5.4")) == {"modern": "1.0-1"}
    with pytest.raises(UsageError, match=r"jit or 5\.4"):
        _resolve(rocks_server, "modern", lua="6")


def test_servers_that_are_no_list_are_refused() -> None:
    room = plugins.ecosystem("luarocks")
    with governed(Policy(settings={"luarocks": {"servers": "x"}})), pytest.raises(UsageError):
        room.resolve([Spec("luarocks", "words")], [])


def test_an_odd_range_is_refused_before_any_server_is_asked() -> None:
    room = plugins.ecosystem("luarocks")
    with pytest.raises(SpecError, match="no range"):
        room.resolve([Spec("luarocks", "words", "^1")], [])


def test_a_registry_tells_of_a_rock_and_finds_some() -> None:
    room = plugins.ecosystem("luarocks")
    told = room.info(room.spec("greet@~> 1"))
    assert told is not None
    assert (told.version, told.versions) == ("1.1-1", ("2.0rc1-1", "1.1-1", "1.0-1"))
    assert (told.licence, told.summary) == ("MIT", "The rock greet")
    assert told.size > 300
    assert told.requires == ("lua >= 5.1", "words ~> 1")
    assert [hit.name for hit in room.search("gree") or []] == ["greet"]


def test_what_is_locked_is_told_to_luarocks_itself(rocks_server: Any, tmp_path: Path) -> None:
    room = plugins.ecosystem("luarocks")
    specs = [room.spec("greet@~> 1"), room.spec("words@*")]
    pins = _resolve(rocks_server, "greet@~> 1", "words@*")
    texts = room.export(specs, pins)
    assert sorted(texts) == ["luarocks.lock", "polyhy-env-0-1.rockspec"]
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        ["luarocks", "--lua-version", "5.1", "--tree", "tree", "make", "--no-doc"],
        cwd=tmp_path,
        env={**os.environ, "LUAROCKS_CONFIG": str(rocks_server.config())},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    installed = sorted(x.parent.name for x in tmp_path.glob("tree/lib/luarocks/rocks-5.1/*/*/"))
    assert {"greet", "words"} <= set(installed)
    assert sorted(room.export([], [])) == ["polyhy-env-0-1.rockspec"]


def test_with_no_network_allowed_nothing_is_asked() -> None:
    room = plugins.ecosystem("luarocks")
    with governed(Policy(offline=True)), pytest.raises(Offline):
        room.resolve([Spec("luarocks", "words")], [])


# --- in a project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POLYHY_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("POLYHY_ENV", raising=False)
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


PROGRAM = """
import sys, polyhy
ticker = polyhy.import_from("luarocks", "lua-ticker")
t = ticker.new()
assert [t.up(), t.up()] == [1, 2]
assert ticker.call(lambda x: x + 1, 41) == 42
try:
    ticker.fail(7)
except polyhy.errors.GuestError as error:
    assert "out of tick 7" in error.message, error
greet = polyhy.import_from("luarocks", "greet")
assert greet.hi("you") == "hello from 1.2-1, you"
print(ticker.built_for)
"""


def _run(program: str, at: Path, **variables: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=at,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def test_rocks_pure_and_in_c_are_locked_installed_and_loaded(project: Path, tmp_path: Path) -> None:
    install.add(project, [Spec("luarocks", "lua-ticker"), Spec("luarocks", "greet", "~> 1")])
    pins = {pin.name: pin for pin in (lock.read(project) or lock.Lock()).pins}
    assert sorted(pins) == ["greet", "lua-ticker", "words"]
    assert all(pin.hash.startswith("sha256:") and pin.licence == "MIT" for pin in pins.values())
    assert pins["lua-ticker"].native == {"asked": "", "c": True, "lua": ">= 5.1", "rock": "src"}
    assert "file:" not in (project / "polyhy.lock").read_text()
    assert _run(PROGRAM, project) == "Lua 5.1"
    assert _run(PROGRAM, project, POLYHY_LUA="5.4") == "Lua 5.4"


def test_the_lock_alone_serves_another_machine(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install.add(project, [Spec("luarocks", "lua-ticker"), Spec("luarocks", "greet", "~> 1")])
    other = tmp_path / "other"
    other.mkdir()
    for name in ("pyproject.toml", "polyhy.lock"):
        (other / name).write_bytes((project / name).read_bytes())
    monkeypatch.setenv("POLYHY_CACHE", str(tmp_path / "other-cache"))
    monkeypatch.setattr(plugins.ecosystem("luarocks"), "resolve", None)
    install.sync(other)
    assert (other / "polyhy.lock").read_bytes() == (project / "polyhy.lock").read_bytes()
    assert _run(PROGRAM, other) == "Lua 5.1"


@pytest.mark.parametrize("relative", [False, True])
def test_the_manifest_says_which_servers_serve(
    project: Path, rocks_server: Any, monkeypatch: pytest.MonkeyPatch, relative: bool
) -> None:
    folder = os.path.relpath(rocks_server.folder, project)
    server = folder if relative else rocks_server.address
    monkeypatch.setenv("LUAROCKS_CONFIG", str(Path(__file__).with_name("nowhere.lua")))
    manifest = project / "pyproject.toml"
    manifest.write_text(f'[tool.polyhy.luarocks]\nservers = ["{server}"]\n')
    install.add(project, [Spec("luarocks", "words")])
    words = "import polyhy; print(polyhy.import_from('luarocks', 'words')['hello'])"
    assert _run(words, project) == "hello from 2.0-1,"
    manifest.write_text(manifest.read_text().replace("servers", "server"))
    with pytest.raises(ManifestError, match=r"luarocks\.server(.|\n)*servers"):
        install.sync(project)


def test_a_rock_that_runs_code_of_its_own_is_built_only_if_the_manifest_says_so(
    project: Path,
) -> None:
    with pytest.raises(PackageError, match="made"):
        install.add(project, [Spec("luarocks", "made")])
    (project / "pyproject.toml").write_text('[tool.polyhy]\nallow-scripts = ["luarocks:made"]\n')
    install.add(project, [Spec("luarocks", "made")])
    assert _run("import polyhy; print(polyhy.import_from('luarocks', 'made'))", project) == (
        "{'made': True}"
    )


def test_a_program_of_a_rock_runs_in_a_lua_of_ours(project: Path) -> None:
    install.add(project, [Spec("luarocks", "teller")])
    made = env.at(project)
    assert made is not None
    command = programs.find(made, Spec("luarocks", "teller"), "tell")
    told = subprocess.run([*command, "a", "b"], cwd=project, capture_output=True, text=True)
    assert (told.stdout, told.returncode) == ("told\ttell\t2\ta\tLua 5.1\n", 2), told.stderr
    failed = subprocess.run([*command, "fail"], cwd=project, capture_output=True, text=True)
    assert failed.returncode == 1
    assert failed.stderr.startswith("lua: LuaError: it failed\n    at <top> (")


def test_a_module_is_loaded_by_its_rock_and_path(project: Path) -> None:
    install.add(project, [Spec("luarocks", "lua-ticker")])
    tell = "import polyhy; print(polyhy.import_from('luarocks', 'lua-ticker/{}').built_for)"
    assert _run(tell.format("ticker"), project) == "Lua 5.1"
    wrong = tell.format("tock").replace("print(", "").replace(".built_for)", "")
    caught = f"{wrong.replace('import polyhy; ', 'import polyhy' + chr(10) + 'try: ')}"
    said = _run(f"{caught}\nexcept ImportError as error: print(error)", project)
    assert "it has lua-ticker/ticker" in said


def test_a_rock_in_c_asks_for_the_headers_that_it_needs(
    tmp_path: Path, rocks_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(native, "_PREFIXES", (str(tmp_path),))
    room = plugins.ecosystem("luarocks")
    pins = _resolve(rocks_server, "lua-ticker")
    (tmp_path / "into").mkdir()
    fetched = room.fetch(pins, tmp_path / "into")
    with pytest.raises(MissingTool, match=r"lua\.h of 5\.1(.|\n)*apt-get install liblua5\.1"):
        room.build(pins[0], fetched[pins[0]])
    assert not native.buildable()


def test_no_luarocks_says_how_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(MissingTool, match=r"luarocks is not installed(.|\n)*apt-get install lua"):
        plugins.ecosystem("luarocks").resolve([Spec("luarocks", "words")], [])
    tools = plugins.ecosystem("luarocks").tools()
    assert tools[0].version == ""
    assert {tool.command for tool in tools[1:]} == {
        "apt-get install liblua5.1-0-dev",
        "apt-get install liblua5.4-dev",
    }


def test_what_luarocks_says_as_it_fails_is_told_without_passwords(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "luarocks"
    broken.write_text("#!/bin/sh\necho 'Error: at http://me:hunter2@host/rocks' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(ToolFailed, match="luarocks failed: Error: at http://…@host") as caught:
        luarocks_client.install(tmp_path / "x.rock", tmp_path, "5.1", [])
    assert "hunter2" not in str(caught.value)


def test_a_server_with_odd_characters_is_written_as_lua_reads_it() -> None:
    assert luarocks_client._quoted('a"b\\é') == r'"a\034b\092\195\169"'


# --- rockspecs


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (b"while true do end", "does not end"),
        (b"x = 'a' while true do x = x .. x end", "LuaMemoryError|not enough memory"),
        (b"os.exit(1)", "index a nil value"),
        (b"return (", "unexpected symbol"),
        (b"version = '1'", "package"),
        (b"\x1bLua", "attempt to load a binary chunk"),
        (b"package = 'x' version = '1' dependencies = {'!!'}", "is no dependency"),
        (b"package = 'x' version = '1' dependencies = {} dependencies.a = dependencies", "recur"),
    ],
)
def test_a_rockspec_can_do_nothing_and_says_what_is_wrong(source: bytes, said: str) -> None:
    with pytest.raises(PackageError, match=rf"(?s)the rockspec of x can't be read: .*({said})"):
        rockspec.read(source, "x")


def test_a_rockspec_tells_what_is_needed() -> None:
    about = rockspec.read(
        b"package = 'X' version = '1-1' dependencies = {'lua >= 5.1', 'me/Y ~> 2', platforms = {}}"
        b"description = {license = 'MIT'} build = {type = 'builtin', modules = {x = 'x.c'}}",
        "x",
    )
    assert (about.name, dict(about.requires)) == ("x", {"lua": ">= 5.1", "y": "~> 2"})
    assert (about.licence, about.native, about.runs) == ("MIT", True, "")
    made = rockspec.read(b"package = 'x' version = '1' build = {type = 'cmake'}", "x")
    assert (made.runs, made.native) == ("cmake build", True)


def test_a_rockspec_may_say_more_for_a_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    source = b"""package = 'x' version = '1'
    dependencies = {'lua >= 5.1', platforms = {windows = {[2] = 'winapi'}}}
    build = {modules = {x = 'x.lua'}, platforms = {
        unix = {modules = {y = {sources = {'y.c'}}}}, macosx = {type = 'make'},
    }}"""
    told = {}
    for platform in ("linux", "darwin", "win32"):
        monkeypatch.setattr(sys, "platform", platform)
        about = rockspec.read(source, "x")
        told[platform] = (about.native, about.runs, sorted(about.requires))
    assert told == {
        "linux": (True, "", ["lua"]),
        "darwin": (True, "make build", ["lua"]),
        "win32": (False, "", ["lua", "winapi"]),
    }


# --- versions


@pytest.mark.parametrize(
    ("text", "wanted", "inside"),
    [
        ("1.2-1", "", True),
        ("1.2-1", "*", True),
        ("1.2-1", "1.2", True),
        ("1.2-1", "== 1.2-2", False),
        ("1.2-1", "~= 1.2", False),
        ("1.2.9-1", "~> 1.2", True),
        ("1.3-1", "~> 1.2", False),
        ("1.10-1", "> 1.9", True),
        ("2.0rc1-1", "< 2.0", True),
        ("2.0rc2-1", "> 2.0rc1", True),
        ("2.0-1", ">= 2.0beta", True),
        ("scm-1", ">= 99", True),
        ("1.2-3", ">= 1.2-2", True),
        ("1.2-1", ">= 1.0, < 1.2", False),
        ("5.1", ">= 5.1, < 5.5", True),
    ],
)
def test_a_range_means_what_luarocks_means_by_it(text: str, wanted: str, inside: bool) -> None:
    assert fits(text, wanted) is inside


def test_versions_are_sorted_with_candidates_before_what_they_become() -> None:
    ordered = [
        "0.9-1",
        "1.0alpha-1",
        "1.0beta2-1",
        "1.0rc1-1",
        "1.0-1",
        "1.0-2",
        "1.0.1-1",
        "scm-1",
    ]
    assert sorted(set(ordered), key=order) == ordered


@pytest.mark.parametrize("wanted", ["^1", "1 ||", ">> 1", "!"])
def test_a_range_of_another_language_is_refused(wanted: str) -> None:
    with pytest.raises(SpecError, match=r"no range(.|\n)*~> 1\.2"):
        constraints(wanted)


def test_the_index_lists_the_modules_of_each_rock(tmp_path: Path, rocks_server: Any) -> None:
    room = plugins.ecosystem("luarocks")
    pins = _resolve(rocks_server, "lua-ticker", "words")
    for name in ("into", "env"):
        (tmp_path / name).mkdir()
    fetched = room.fetch(pins, tmp_path / "into")
    for pin, folder in fetched.items():
        room.build(pin, folder)
    room.link(fetched, tmp_path / "env")
    index = json.loads((tmp_path / "env" / "rocks.json").read_text())
    assert index == {"lua-ticker": ["ticker"], "words": ["words"]}
