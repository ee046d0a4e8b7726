"""C's ecosystem keeps the laws that fit a source that never fetches; its quirks are below."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import orjson
import pytest

import polyhy
from polyhy import plugins
from polyhy.bridges.c import installed, locate, locked, packages, system
from polyhy.bridges.c.errors import Changed, MissingLibrary
from polyhy.errors import MissingTool, NoSuchVersion, NotLocked, SpecError, UnknownPackage
from polyhy.packages import env, install
from polyhy.spec import Pin, Spec
from polyhy.testing import EcosystemLaws

PC = """
Name: {0}
Description: made up
Version: 2.1
{1}
Cflags: -I{2}
Libs: -L{2} -l{0}
"""


@pytest.fixture(scope="module", autouse=True)
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Two libraries of our own, found by pkg-config: `outer`, which requires `inner`."""
    folder = tmp_path_factory.mktemp("libs")
    for name, requires in (("polyhyinner", ""), ("polyhyouter", "Requires: polyhyinner")):
        (folder / f"{name}.h").write_text(f"int {name}(void);")
        (folder / "x.c").write_text(f"int {name}(void) {{ return 7; }}")
        words = ["cc", "-shared", "-fPIC", "-o", f"lib{name}.so", "x.c"]
        subprocess.run(words, cwd=folder, check=True)
        (folder / f"{name}.pc").write_text(PC.format(name, requires, folder))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PKG_CONFIG_PATH", str(folder))
        locate.forget()
        yield folder
    locate.forget()


class TestSystem(EcosystemLaws):
    ecosystem = "c"
    package = "polyhyouter>=2"
    file = "polyhyouter.json"
    unknown = "polyhynosuchlibrary"
    impossible = "polyhyinner>=99"
    unreachable: ClassVar = {}

    def with_another_hash(self, pin: Pin) -> Pin:
        return replace(pin, hash="sha256:0")

    def test_no_network_is_said_so(self) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """There is no network to miss: what is locked is on this machine or is not."""
        assert self.room.local

    def test_what_is_locked_stays_until_it_is_upgraded(self, monkeypatch: Any) -> None:
        asked = [Spec("c", "polyhyouter")]
        locked = self.room.resolve(asked, [])
        monkeypatch.setattr(system, "hash_of", lambda located: "sha256:new")
        monkeypatch.setattr(locate, "version", lambda name: "2.2")
        assert self.room.resolve(asked, locked) == locked
        assert [pin.hash for pin in self.room.resolve(asked, locked)] == [p.hash for p in locked]
        inner = [pin for pin in locked if pin.name == "polyhyinner"]
        upgraded = {pin.name: pin.hash for pin in self.room.resolve(asked, inner)}
        assert upgraded == {"polyhyouter": "sha256:new", "polyhyinner": inner[0].hash}
        assert all(pin.hash == "sha256:new" for pin in self.room.resolve(asked, []))


class TestNames:
    @pytest.mark.parametrize(
        ("name", "module"),
        [("zlib", "zlib"), ("sqlite3", "sqlite3"), ("polyhyouter", "polyhyouter")],
    )
    def test_a_library_is_found_as_people_call_it(self, name: str, module: str) -> None:
        assert locate.module_name(name) == module

    def test_what_is_not_here_names_the_systems_package(self, monkeypatch: Any) -> None:
        monkeypatch.setattr(locate, "module_name", lambda name: "")
        monkeypatch.setattr(locate, "library_file", lambda *_: None)
        with pytest.raises(
            MissingLibrary, match=r"no C library 'zlib'.*\n.*zlib1g-dev.*zlib-devel"
        ):
            locate.find("zlib")
        for name, package in (("curl", "libcurl4-openssl-dev"), ("libfoo-2.0", "libfoo-dev")):
            assert package in packages.install_command(name)

    @pytest.mark.parametrize(
        ("name", "advice"),
        [
            ("math", r'math\.h is of the language itself: \(import-from "c" m\)'),
            ("stdio.h", r'stdio\.h is of the language itself: \(import-from "c" c\)'),
            (
                "thing.h",
                r'a library is named without its header .*: "\./thing\.h"',
            ),
        ],
    )
    def test_a_header_in_a_librarys_place_is_told_what_is_meant(
        self, name: str, advice: str
    ) -> None:
        with pytest.raises(UnknownPackage, match=advice):
            system.System().resolve([Spec("c", name)], [])

    def test_an_import_of_it_says_how_to_add_it(self, project: Path) -> None:
        with pytest.raises(NotLocked, match="run: polyhy add c:polyhynosuchlibrary"):
            polyhy.import_from("c", "polyhynosuchlibrary")
        with pytest.raises(UnknownPackage, match="apt-get install libpolyhynosuchlibrary-dev"):
            install.add(project, [Spec("c", "polyhynosuchlibrary")])

    def test_no_pkg_config_says_how_to_get_it(self, monkeypatch: Any) -> None:
        monkeypatch.setattr(locate.shutil, "which", lambda name: None)
        with pytest.raises(MissingTool, match=r"pkg-config is not installed.*\n.*apt-get install"):
            locate.pkg_config("--version")


class TestWhatTheSystemSays:
    room = plugins.ecosystem("c")

    def test_a_library_is_described_by_its_package(self) -> None:
        said = self.room.info(Spec("c", "zlib"))
        assert said is not None
        assert (said.name, said.versions) == ("zlib", (said.version,))
        assert said.summary == "zlib compression library"
        assert said.size > 100_000
        assert said.homepage.startswith("http")
        outer = self.room.info(Spec("c", "polyhyouter"))
        assert outer is not None
        assert (outer.version, outer.requires, outer.summary) == (
            "2.1",
            ("polyhyinner",),
            "made up",
        )

    def test_what_it_lacks_is_unknown(self) -> None:
        with pytest.raises(UnknownPackage, match="apt-get install libpolyhynosuchlibrary-dev"):
            self.room.info(Spec("c", "polyhynosuchlibrary"))
        with pytest.raises(NoSuchVersion, match=r"there is 2\.1"):
            self.room.info(Spec("c", "polyhyouter", ">=99"))

    def test_a_search_finds_names_and_descriptions(self) -> None:
        installed.modules.cache_clear()
        found = self.room.search("compression library") or []
        assert "zlib" in [hit.name for hit in found]
        assert [hit.name for hit in self.room.search("polyhyinn") or []] == ["polyhyinner"]

    def test_a_version_came_out_at_a_date(self) -> None:
        pin = self.room.resolve([Spec("c", "zlib")], [])[0]
        assert str(self.room.published(pin))[:2] == "20"
        assert self.room.published(replace(pin, version="0.1")) is None
        assert pin.licence == "Zlib" or not pin.licence

    def test_the_lock_is_exported_as_lists_of_the_systems_packages(self) -> None:
        files = self.room.export([Spec("c", "zlib"), Spec("c", "sqlite3"), Spec("c", "m")], [])
        assert files["Aptfile"] == "libsqlite3-dev\nzlib1g-dev\n"
        assert files["Brewfile"] == 'brew "sqlite"\nbrew "zlib"\n'
        assert self.room.export([], []) == {}


class TestRanges:
    room = plugins.ecosystem("c")

    @pytest.mark.parametrize(
        ("range", "fits"),
        [
            ("", True),
            ("*", True),
            ("2.1", True),
            (">=2,<3", True),
            ("^2.0", True),
            ("~2.1", True),
            ("~=2.0", True),
            ("!=2.1", False),
            ("^1.9", False),
            ("~2.0", False),
            ("<2.1", False),
            ("3", False),
        ],
    )
    def test_a_range_is_compared_by_its_numbers(self, range: str, fits: bool) -> None:
        assert self.room.satisfied(Spec("c", "polyhyinner", range)) is fits

    def test_what_is_no_range_is_refused(self) -> None:
        with pytest.raises(SpecError, match="not one of C's"):
            self.room.resolve([Spec("c", "polyhyinner", "latest")], [])

    def test_doctor_knows_its_tools(self) -> None:
        assert {tool.name for tool in self.room.tools()} == {"pkg-config", "cc"}
        assert all(tool.version for tool in self.room.tools())


class TestLocked:
    def test_a_library_that_was_locked_loads(self, project: Path) -> None:
        built = install.add(project, [Spec("c", "polyhyouter", ">=2")])
        note = orjson.loads((built.folder / "c" / "polyhyouter.json").read_bytes())
        assert note["version"] == "2.1"
        assert "pkg:generic/polyhyinner@2.1" in (project / "polyhy.lock").read_text()
        assert polyhy.import_from("c", "polyhyouter").polyhyouter() == 7

    def test_another_file_than_the_locked_one_is_refused(
        self, project: Path, monkeypatch: Any
    ) -> None:
        built = install.add(project, [Spec("c", "polyhyinner")])
        env.use(built)
        monkeypatch.setattr(locked, "hash_of", lambda located: "sha256:1")
        with pytest.raises(Changed, match=r"libpolyhyinner\.so is not the file"):
            locked.check("polyhyinner", locate.find("polyhyinner"), built.paths("c"))

    def test_an_upgraded_library_is_locked_by_the_command_that_is_named(
        self, tmp_path: Path, run: Any
    ) -> None:
        def build(number: int) -> None:
            (libs / "x.c").write_text(f"int polyhymoving(void) {{ return {number}; }}")
            words = ["cc", "-shared", "-fPIC", "-o", "libpolyhymoving.so", "x.c"]
            subprocess.run(words, cwd=libs, check=True)

        libs, home = tmp_path / "libs", tmp_path / "home"
        libs.mkdir()
        home.mkdir()
        (libs / "polyhymoving.h").write_text("int polyhymoving(void);")
        (libs / "polyhymoving.pc").write_text(PC.format("polyhymoving", "", libs))
        program = (
            '(require polyhy *) (import-from "c" polyhymoving) (print (polyhymoving.polyhymoving))'
        )
        (home / "main.hy").write_text(program)
        build(1)
        polyhy_ = partial(run, "polyhy", cwd=home, PKG_CONFIG_PATH=str(libs))
        assert polyhy_("init").returncode == polyhy_("add", "c:polyhymoving").returncode == 0
        assert run("hy", "main.hy", cwd=home, PKG_CONFIG_PATH=str(libs)).stdout == "1\n"
        build(2)
        refused = run("hy", "main.hy", cwd=home, PKG_CONFIG_PATH=str(libs))
        assert "to use this one: polyhy lock --upgrade polyhymoving; polyhy sync" in refused.stderr
        said = polyhy_("lock", "--upgrade", "polyhymoving").stdout
        assert "c:polyhymoving: 2.1 -> 2.1" in said
        assert polyhy_("sync").returncode == 0
        assert run("hy", "main.hy", cwd=home, PKG_CONFIG_PATH=str(libs)).stdout == "2\n"
