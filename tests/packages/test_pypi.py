"""PyPI keeps every law of an ecosystem, against the real registry; its quirks are below."""

import hashlib
import subprocess
import sys
from dataclasses import replace
from email.parser import Parser
from pathlib import Path
from typing import ClassVar

import pytest

from polyhy import plugins
from polyhy.bridges.python import pypi, uv_client
from polyhy.errors import (
    LockError,
    MissingTool,
    NoSuchVersion,
    Offline,
    SpecError,
    StoreError,
    Tampered,
    ToolFailed,
    UnknownPackage,
)
from polyhy.spec import Pin, Spec
from polyhy.testing import EcosystemLaws

MARKED = "python_full_version < '3'"


@pytest.mark.registry
class TestPypi(EcosystemLaws):
    ecosystem = "pypi"
    package = "wtforms>=3.2"
    file = "wtforms/__init__.py"
    unknown = "polyhy-no-such-package-zzz"
    impossible = "iniconfig>=99"
    unreachable: ClassVar = {
        "UV_INDEX_URL": "http://127.0.0.1:9/simple",
        "UV_HTTP_RETRIES": "0",
        "UV_NO_CACHE": "1",
    }

    def with_another_hash(self, pin: Pin) -> Pin:
        hashes = ["sha256:" + "0" * 64]
        digest = "sha256:" + hashlib.sha256(hashes[0].encode()).hexdigest()
        return replace(pin, hash=digest, native={**pin.native, "hashes": hashes})

    def test_what_has_only_a_source_is_built_only_if_it_was_asked(self, tmp_path: Path) -> None:
        pins = self.room.resolve([Spec("pypi", "docopt", "==0.6.2")], [])
        unasked = replace(pins[0], native={"hashes": pins[0].native["hashes"]})
        with pytest.raises(ToolFailed, match=r"docopt has no wheel.*\n.*polyhy add pypi:docopt"):
            self.room.fetch([unasked], tmp_path)
        folder = self.room.fetch(pins, tmp_path)[pins[0]]
        assert (folder / "docopt.py").is_file()

    def test_the_overlay_holds_only_files_of_its_own(self, pins: list[Pin], tmp_path: Path) -> None:
        folder = self.room.fetch(pins[:1], tmp_path)[pins[0]]
        assert all(file.stat().st_nlink == 1 for file in folder.rglob("*") if file.is_file())


class TestWithoutTheRegistry:
    room = plugins.ecosystem("pypi")

    @pytest.mark.parametrize(
        ("said", "home"),
        [
            (
                "Project-URL: Changelog, https://x/new\nProject-URL: HomePage, https://x\n",
                "https://x",
            ),
            ("Project-URL: Changelog, https://x/new\n", "https://x/new"),
            ("Home-page: https://h\nProject-URL: Homepage, https://x\n", "https://h"),
            ("Name: x\n", ""),
        ],
    )
    def test_the_homepage_is_the_link_that_is_called_so(self, said: str, home: str) -> None:
        from polyhy.bridges.python import registry

        assert registry._homepage(Parser().parsestr(said)) == home

    @pytest.mark.parametrize(
        ("said", "names"),
        [
            ("hint: Wheels are required for `a.b-c` because building from source", ["a.b-c"]),
            ("all versions of docopt have no usable wheels and building from", ["docopt"]),
            ("Because six==1.0.0 has no usable wheels and you require six==1.0", ["six"]),
            ("Building source distributions is disabled for `six`", ["six"]),
            ("a: no usable wheels. Wheels are required for `a` and `b`", ["a"]),
            ("building from source is disabled", []),
        ],
    )
    def test_what_has_no_wheel_is_read_out_of_what_versions_of_uv_say(
        self, said: str, names: list[str]
    ) -> None:
        from polyhy.bridges.python import uv_client

        assert uv_client._unbuilt(said, [Spec("pypi", "x")]).names == names

    def test_what_the_environment_has_stands_in_its_range(self, tmp_path: Path) -> None:
        for asked, stands in (("", True), (">=1", True), (">=999", False)):
            pin = Pin("pypi", "pytest", "8.0", "", native={"asked": asked})
            assert self.room.stands(pin, tmp_path) is stands

    def test_what_an_env_has_stands_for_the_python_and_version_that_it_was_made_for(
        self, tmp_path: Path
    ) -> None:
        pin = Pin("pypi", "no-such", "1.0", "", native={"asked": ""})
        (tmp_path / "stored" / "no_such-1.0.dist-info").mkdir(parents=True)
        env = tmp_path / "env"
        assert not self.room.stands(pin, env)
        env.mkdir()
        self.room.link({pin: tmp_path / "stored"}, env)
        assert self.room.stands(pin, env)
        assert self.room.stands(replace(pin, version="1.0.0"), env)
        assert not self.room.stands(replace(pin, version="1.1"), env)
        (env / "made-for").write_text("cpython-27-elsewhere")
        assert not self.room.stands(pin, env)

    @pytest.mark.parametrize(
        ("text", "name", "module"),
        [
            ("six", "six", "six"),
            ("scipy.stats", "scipy", "scipy/stats"),
            ("scipy.stats.mstats>=1.2", "scipy", "scipy/stats/mstats"),
            ("zope.interface", "zope.interface", "zope.interface"),
            ("ruamel.yaml.comments", "ruamel.yaml", "ruamel.yaml/comments"),
            ("google.cloud.storage", "google.cloud.storage", "google.cloud.storage"),
        ],
    )
    def test_a_dotted_name_is_a_package_and_a_module(
        self, text: str, name: str, module: str
    ) -> None:
        spec = self.room.spec(text)
        assert (spec.name, spec.module) == (name, module)

    def test_what_the_environment_has_in_range_is_satisfied(self) -> None:
        assert self.room.satisfied(Spec("pypi", "pytest"))
        assert self.room.satisfied(Spec("pypi", "PyTest", ">=8"))
        assert not self.room.satisfied(Spec("pypi", "pytest", "<2"))
        assert not self.room.satisfied(Spec("pypi", "polyhy-no-such-package"))

    def test_what_lies_in_an_overlay_of_ours_does_not_count_as_the_environment(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        overlay = tmp_path / ".polyhy" / "abc" / "pypi"
        (overlay / "made_up-1.0.dist-info").mkdir(parents=True)
        (overlay / "made_up-1.0.dist-info" / "METADATA").write_text("Name: made-up\nVersion: 1.0\n")
        monkeypatch.syspath_prepend(str(overlay))
        assert not self.room.satisfied(Spec("pypi", "made-up"))

    def test_what_the_environment_lacks_is_wanted_with_what_it_requires(self) -> None:
        six, lib, has = _pin("six-made-up", "1"), _pin("lib-made-up", "1"), _pin("pytest", "0.1")
        needs = replace(lib, requires=(six.purl, has.purl), native={"asked": ""})
        assert set(self.room.wanted([six, needs, has])) == {six, needs, has}
        assert self.room.wanted([six, lib, has]) == []

    def test_what_the_environment_has_is_not_wanted_nor_what_only_it_requires(self) -> None:
        six = _pin("six-made-up", "1")
        asked = replace(_pin("pytest", "8"), requires=(six.purl,), native={"asked": ">=1"})
        assert self.room.wanted([asked, six]) == []
        older = replace(asked, native={"asked": "<2"})
        assert set(self.room.wanted([older, six])) == {older, six}

    def test_a_pin_for_another_python_is_not_wanted_and_answers_nothing(self) -> None:
        pin = replace(_pin("made-up", "1"), native={"asked": "", "marker": MARKED})
        assert self.room.wanted([pin]) == []
        assert not self.room.answers(Spec("pypi", "made-up"), pin)

    def test_a_marker_is_read_whole_from_what_uv_writes(self) -> None:
        text = """
numpy==2.2.6 ; python_full_version < '3.11' \\
    --hash=sha256:00
    # via -r wanted.in
numpy==2.4.6 ; python_full_version >= '3.11' \\
    --hash=sha256:11
    # via -r wanted.in
six==1.17.0
    # via numpy
"""
        old, new, six = pypi._pins(pypi._blocks(text), {"numpy": Spec("pypi", "numpy")})
        assert old.native["marker"] == "python_full_version < '3.11'"
        assert (new.version, new.native["hashes"]) == ("2.4.6", ["sha256:11"])
        assert "marker" not in six.native
        assert len([pin for pin in (old, new) if pin in self.room.wanted([old, new])]) <= 1

    def test_names_are_compared_as_pypi_compares_them(self) -> None:
        pin = replace(_pin("made-up-thing", "1.5"), native={"asked": ""})
        assert self.room.answers(Spec("pypi", "Made_Up.Thing", "~=1.4"), pin)
        assert self.room.answers(Spec("pypi", "made-up-thing", "1.5"), pin)
        assert not self.room.answers(Spec("pypi", "made-up-thing", ">2"), pin)

    def test_a_range_of_another_ecosystem_is_refused_with_the_right_spelling(self) -> None:
        with pytest.raises(SpecError, match=r"its range is not one of PyPI's\n.*six>=1.2"):
            self.room.resolve([Spec("pypi", "six", "^1")], [])

    def test_hashes_that_were_edited_in_the_lock_are_refused(self, tmp_path: Path) -> None:
        pin = replace(_pin("six", "1.17.0"), native={"hashes": ["sha256:" + "1" * 64]})
        with pytest.raises(LockError, match=r"six@1.17.0: its hash is not that of its native.has"):
            self.room.fetch([pin], tmp_path)

    def test_a_console_script_may_name_a_function_of_a_submodule(self, tmp_path: Path) -> None:
        (tmp_path / "made_up").mkdir()
        (tmp_path / "made_up" / "__init__.py").touch()
        (tmp_path / "made_up" / "cli.py").write_text("import sys\ndef main():\n  return sys.argv")
        (tmp_path / "made_up-1.dist-info").mkdir()
        (tmp_path / "made_up-1.dist-info" / "METADATA").write_text("Name: made-up\nVersion: 1\n")
        points = "[console_scripts]\nit = made_up:cli.main\n"
        (tmp_path / "made_up-1.dist-info" / "entry_points.txt").write_text(points)
        command = self.room.programs(_pin("made-up", "1"), tmp_path)["it"]
        done = subprocess.run([*command, "x"], capture_output=True, text=True)
        assert (done.stderr, done.returncode) == ("['it', 'x']\n", 1)

    def test_a_program_in_bin_is_a_command_too(self, tmp_path: Path) -> None:
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "binary").write_text('#!/bin/sh\necho "$@"\n')
        (tmp_path / "bin" / "binary").chmod(0o755)
        (tmp_path / "bin" / "script.py").write_text("#!/x/python\nimport sys, made_up\nprint(1)")
        (tmp_path / "made_up.py").touch()
        info = tmp_path / "made_up-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Name: made-up\nVersion: 1\n")
        (info / "RECORD").write_text("bin/binary,,\nbin/script.py,,\nmade_up.py,,\n")
        commands = self.room.programs(_pin("made-up", "1"), tmp_path)
        said = {
            name: subprocess.run([*command, "x"], capture_output=True, text=True).stdout
            for name, command in commands.items()
        }
        assert said == {"binary": "x\n", "script.py": "1\n"}

    def test_no_uv_says_how_to_get_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "uv", None)
        with pytest.raises(MissingTool, match=r"uv is not installed.*\n  run: pip install uv"):
            self.room.resolve([Spec("pypi", "six")], [])
        assert self.room.tools()[0].version == ""

    def test_no_python_is_started_but_the_one_that_runs(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("python3.10", "python3", "python"):
            (tmp_path / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/started\nexit 1\n")
            (tmp_path / name).chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
        monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
        assert self.room.resolve([], []) == []
        assert not (tmp_path / "started").exists()

    def test_one_uv_brings_all_packages_and_each_gets_what_it_recorded(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        calls = []

        def run(arguments: list[str], specs: object, root: str) -> None:
            calls.append(arguments)
            for name in ("made_up", "other"):
                recorded = {f"{name}/__init__.py": "", "shared/data.txt": name, "bin/it": "it"}
                info = f"{name}-1.dist-info/RECORD"
                lines = "".join(f"{file},,\n" for file in recorded).replace("bin/", "../../bin/")
                for file, text in {**recorded, info: f"{lines}gone.py,,\n{info},,\n"}.items():
                    (tmp_path / "together" / file).parent.mkdir(parents=True, exist_ok=True)
                    (tmp_path / "together" / file).write_text(text)

        monkeypatch.setattr(uv_client, "run", run)
        hashes = ["sha256:" + "1" * 64]
        digest = "sha256:" + hashlib.sha256(hashes[0].encode()).hexdigest()
        native = {"hashes": hashes, "asked": ""}
        one = replace(_pin("made-up", "1"), hash=digest, native=native)
        two = replace(_pin("other", "1"), hash=digest, native={"hashes": hashes})
        folders = self.room.fetch([one, two], tmp_path)
        assert [f"--only-binary={name}" in calls[0] for name in ("other", "made-up")] == [
            True,
            False,
        ]
        assert len(calls) == 1
        found = {pin.name: sorted(f.name for f in at.rglob("*.*")) for pin, at in folders.items()}
        assert found["made-up"] == ["__init__.py", "data.txt", "made_up-1.dist-info"]
        assert found["other"] == ["__init__.py", "other-1.dist-info"]
        assert (folders[one] / "bin" / "it").is_file()

    @pytest.mark.parametrize(
        ("said", "error", "text"),
        [
            (
                "x No solution found: Because foo was not found in the package registry and",
                UnknownPackage,
                "pypi has no package 'foo'",
            ),
            (
                "x Because only six<=1.17.0 is available and you require six>=99, we can conclude",
                NoSuchVersion,
                "no version of six that satisfies >=99\n  only six<=1.17.0 is available",
            ),
            (
                "Because a>=1 depends on b<2 and you require b>=2, we can conclude No solution",
                NoSuchVersion,
                "b that satisfies >=2",
            ),
            ("error: Failed cause: dns error cause: no such host", Offline, "no such host"),
            ("Hash mismatch Expected: sha256:11 Computed: sha256:22", Tampered, "sha256:11"),
            ("error: failed cause: No space left on device (os error 28)", StoreError, "No space"),
            ("error: it burns at https://me:hunter2@host/", ToolFailed, "uv failed: it burns"),
        ],
    )
    def test_what_uv_says_becomes_an_error_of_ours(
        self, said: str, error: type, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        broken = tmp_path / "uv"
        broken.write_text(f"#!/bin/sh\ncat >&2 <<'E'\n{said}\nE\nexit 1\n")
        broken.chmod(0o755)
        monkeypatch.setattr(uv_client, "command", lambda: str(broken))
        with pytest.raises(error) as caught:
            self.room.resolve([Spec("pypi", "six")], [])
        assert text in str(caught.value)
        assert "hunter2" not in str(caught.value)


def _pin(name: str, version: str) -> Pin:
    return Pin("pypi", name, version, "pypi", "sha256:0", (), {})
