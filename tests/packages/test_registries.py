"""npm and PyPI against registries on loopback: private ones, old and young versions, audits."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from loopback import Registry, npm_package, pypi_package, pypi_source, serving

from polyhy import plugins
from polyhy.bridges.js import npm_client
from polyhy.bridges.python import index
from polyhy.bridges.rust import cargo
from polyhy.errors import (
    MissingTool,
    NoSuchVersion,
    Offline,
    PackageError,
    SpecError,
    Tampered,
    ToolFailed,
    UnknownPackage,
)
from polyhy.front import cli
from polyhy.packages import install, lock
from polyhy.policy import Policy, governed
from polyhy.spec import Spec

TOKEN = "polyhy-token-that-nobody-may-see"


@pytest.fixture
def npm(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """A registry that the project's own .npmrc names, with a token."""
    with serving(Registry(TOKEN)) as registry:
        host = registry.address.removeprefix("http:")
        (project / ".npmrc").write_text(
            f"registry={registry.address}/\n{host}/:_authToken=${{A_TOKEN}}\n"
        )
        monkeypatch.setenv("A_TOKEN", TOKEN)
        monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm-cache"))
        monkeypatch.setattr(plugins.ecosystem("npm"), "own", list)
        npm_package(registry, "inner", {"1.0.0": {"license": "ISC"}})
        versions = {
            "1.0.0": {"license": "MIT", "dependencies": {"inner": "^1.0.0"}, "bin": "index.js"},
            "1.1.0": {"license": {"type": "MIT"}, "time": "2999-01-01T00:00:00.000Z"},
        }
        npm_package(registry, "@us/tool", versions)
        yield registry


@pytest.fixture
def pypi(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """An index that the environment names, with a password."""
    with serving(Registry(TOKEN, "me")) as registry:
        url = registry.address.replace("//", f"//me:{TOKEN}@") + "/simple"
        for name in ("UV_INDEX_URL", "UV_FIND_LINKS", "PIP_FIND_LINKS", "UV_EXTRA_INDEX_URL"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("UV_DEFAULT_INDEX", url)
        monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv-cache"))
        old = {"1.0": "MIT", "1.1": "Apache-2.0"}
        pypi_package(registry, "madeup_tool", old, "madeup_inner>=1", "2020-01-01T00:00:00Z")
        pypi_package(registry, "madeup_inner", {"1.0": "ISC"}, uploaded="2020-01-01T00:00:00Z")
        for name in ("tool", "inner"):
            page = registry.files[f"/simple/madeup_{name}/"]
            registry.files[f"/simple/madeup-{name}/"] = page
        yield registry


def everything_written(*folders: Path) -> Iterator[tuple[Path, bytes]]:
    for folder in folders:
        for file in folder.rglob("*"):
            if file.is_file():
                yield file, file.read_bytes()


def secret_nowhere(project: Path, cache: Path) -> None:
    for file, content in everything_written(project, cache):
        assert TOKEN.encode() not in content, file


# --- credentials


def test_a_private_npm_registry_is_read_by_the_projects_own_npmrc(
    project: Path, cache: Path, npm: Registry
) -> None:
    env = install.add(project, [Spec("npm", "@us/tool", "^1.0.0")])
    assert (env.paths("npm")[0] / "node_modules/@us/tool/index.js").is_file()
    text = (project / "polyhy.lock").read_text()
    assert "://" not in text
    assert npm.address not in text
    secret_nowhere(project, cache)


def test_a_private_index_of_pypi_is_read_and_its_password_is_written_nowhere(
    project: Path, cache: Path, pypi: Registry
) -> None:
    env = install.add(project, [Spec("pypi", "madeup-tool")])
    assert (env.paths("pypi")[0] / "madeup_tool.py").is_file()
    assert "://" not in (project / "polyhy.lock").read_text()
    secret_nowhere(project, cache)


@pytest.mark.parametrize("ecosystem", ["npm", "pypi"])
def test_an_error_of_a_private_registry_holds_no_secret(
    ecosystem: str,
    project: Path,
    npm: Registry,
    pypi: Registry,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(project)
    for registry in (npm, pypi):
        registry.token = "another"
    assert cli._run(["add", f"{ecosystem}:anything"]) == 1
    said = capsys.readouterr()
    assert TOKEN not in said.out + said.err
    assert "Traceback" not in said.err


def test_a_crate_that_is_spelled_otherwise_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = (
        "error: no matching package found\nsearched package name: `HEX`\n"
        "perhaps you meant:      hex\nlocation searched: the index\n"
    )
    failed = subprocess.CompletedProcess([], 101, "", said)
    monkeypatch.setattr(cargo, "call", lambda *_: failed)
    with pytest.raises(UnknownPackage, match=r"no package 'HEX'\n.*pyproject.toml; is it hex\?"):
        cargo.run(["metadata"], tmp_path, "lock crates")


def test_what_git_is_told_holds_no_password(project: Path) -> None:
    address = f"git+https://me:{TOKEN}@localhost/x.git"
    with pytest.raises(SpecError, match="it holds a password") as caught:
        plugins.ecosystem("lisp").claims(address, project)
    assert TOKEN not in str(caught.value)


# --- one registry for a name


def test_a_name_is_taken_from_the_first_index_that_has_it_whatever_others_offer(
    project: Path, pypi: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dependency confusion: a stranger offers a higher version of a name of ours."""
    with serving(Registry()) as stranger:
        pypi_package(stranger, "madeup-tool", {"99.0": "MIT"})
        ours = pypi.address.replace("//", f"//me:{TOKEN}@") + "/simple"
        monkeypatch.setenv("UV_INDEX", ours)
        monkeypatch.setenv("UV_DEFAULT_INDEX", f"{stranger.address}/simple")
        monkeypatch.setenv("UV_INDEX_STRATEGY", "unsafe-best-match")
        env = install.add(project, [Spec("pypi", "madeup-tool")])
    assert {pin.name: pin.version for pin in env.lock.pins}["madeup-tool"] == "1.1"


# --- licences, versions, what registries say


def test_licences_are_locked_as_packages_say_them(project: Path, npm: Registry) -> None:
    pins = install.add(project, [Spec("npm", "@us/tool", "1.0.0")]).lock.pins
    assert {pin.name: pin.licence for pin in pins} == {"@us/tool": "MIT", "inner": "ISC"}
    again = install.lock(project, upgrade=["inner"])
    assert again[0] == again[1]


def test_the_licence_of_a_wheel_is_read_out_of_it(pypi: Registry) -> None:
    pypi.token = ""
    found = index.files(f"{pypi.address}/simple", "madeup-tool")
    assert found
    said = index.metadata(found, "1.1")
    assert said
    assert index.licence(said) == "Apache-2.0"
    assert index.files(f"{pypi.address}/simple", "nothing") is None
    assert index.metadata(found, "7") is None


def test_metadata_that_lies_beside_a_wheel_is_read_there(pypi: Registry) -> None:
    pypi.token = ""
    files = [
        {
            "filename": "a-1.0-py3-none-any.whl",
            "url": "/files/a-1.0-py3-none-any.whl",
            "hashes": {},
            "core-metadata": True,
            "upload-time": "2020-01-01T00:00:00Z",
            "size": 7,
        }
    ]
    kind = "application/vnd.pypi.simple.v1+json"
    pypi.files["/simple/a/"] = (kind, json.dumps({"files": files}).encode())
    pypi.files["/files/a-1.0-py3-none-any.whl.metadata"] = ("text/plain", b"License: BSD\n")
    found = index.files(f"{pypi.address}/simple", "a")
    assert found
    assert (found[0].size, found[0].uploaded) == (7, "2020-01-01T00:00:00Z")
    said = index.metadata(found, "1.0")
    assert said
    assert index.licence(said) == "BSD"


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        ("License-Expression: MIT OR ISC\nLicense: no", "MIT OR ISC"),
        ("License: MIT", "MIT"),
        ("License: line\n        more", ""),
        ("Classifier: License :: OSI Approved :: MIT License", "MIT License"),
        ("Name: x", ""),
    ],
)
def test_metadata_names_its_licence_in_one_of_three_ways(text: str, licence: str) -> None:
    from email.parser import Parser

    assert index.licence(Parser().parsestr(text)) == licence


def test_an_index_that_is_gone_is_said_so() -> None:
    with pytest.raises(Offline, match="pypi"):
        index.files("http://127.0.0.1:9/simple", "x")


def test_info_of_npm_is_the_newest_in_range(project: Path, npm: Registry) -> None:
    room = plugins.ecosystem("npm")
    with governed(Policy(root=str(project))):
        found = room.info(Spec("npm", "@us/tool", "~1.0.0"))
        assert found
        assert (found.version, found.versions) == ("1.0.0", ("1.1.0", "1.0.0"))
        assert (found.licence, found.requires) == ("MIT", ("inner@^1.0.0",))
        with pytest.raises(UnknownPackage):
            room.info(Spec("npm", "nothing-here"))


def test_what_is_newest_in_npm_is_said_by_one_process(project: Path, npm: Registry) -> None:
    with governed(Policy(root=str(project))):
        tool, inner = Spec("npm", "@us/tool", "~1.0.0"), Spec("npm", "inner")
        found = plugins.ecosystem("npm").newest([tool, inner])
    assert found == {tool: ("1.0.0", "1.1.0"), inner: ("1.0.0", "1.0.0")}


def test_info_of_pypi_is_the_newest_in_range(project: Path, pypi: Registry) -> None:
    pypi.token = ""
    room = plugins.ecosystem("pypi")
    found = room.info(Spec("pypi", "madeup-tool", "<1.1"))
    assert found
    assert (found.version, found.versions, found.licence) == ("1.0", ("1.1", "1.0"), "MIT")
    assert (found.summary, found.requires) == ("the madeup_tool of loopback", ("madeup_inner>=1",))
    with pytest.raises(NoSuchVersion, match=r"the newest is 1.1"):
        room.info(Spec("pypi", "madeup-tool", ">9"))
    with pytest.raises(UnknownPackage):
        room.info(Spec("pypi", "nothing-here"))


def test_what_is_newest_in_pypi_is_no_prerelease(pypi: Registry) -> None:
    pypi.token = ""
    pypi_package(pypi, "madeup_tool", {"1.0": "MIT", "1.1": "MIT", "2.0rc1": "MIT"})
    pypi.files["/simple/madeup-tool/"] = pypi.files["/simple/madeup_tool/"]
    tool, gone = Spec("pypi", "Madeup_Tool", "<1.1"), Spec("pypi", "nothing-here")
    assert plugins.ecosystem("pypi").newest([tool, gone]) == {tool: ("1.0", "1.1")}


def test_search_of_npm_says_how_popular_packages_are(project: Path, npm: Registry) -> None:
    npm.token = ""
    found = [
        {"package": {"name": "lodahs", "version": "1.0.0"}, "downloads": {"monthly": 3}},
        {"package": {"name": "lodash", "version": "4.0.0"}, "downloads": {"monthly": 10**8}},
    ]
    body = json.dumps({"objects": found}).encode()
    npm.files["/-/v1/search"] = ("application/json", body)
    with governed(Policy(root=str(project))):
        hits = plugins.ecosystem("npm").search("lodahs")
        assert hits
        assert [(hit.name, hit.downloads) for hit in hits] == [("lodash", 10**8), ("lodahs", 3)]
        del npm.files["/-/v1/search"]
        assert plugins.ecosystem("npm").search("lodahs") is None


def test_two_clean_machines_make_the_same_lock_and_the_same_files(
    project: Path, tmp_path: Path, npm: Registry, pypi: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for name in ("one", "two"):
        root = tmp_path / name / "project"
        root.mkdir(parents=True)
        (root / ".npmrc").write_text((project / ".npmrc").read_text())
        monkeypatch.setenv("POLYHY_CACHE", str(tmp_path / name / "cache"))
        monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / name / "uv"))
        env = install.add(root, [Spec("npm", "@us/tool", "1.0.0"), Spec("pypi", "madeup-tool")])
        files = {f.relative_to(root).as_posix(): f for f in env.folder.rglob("*") if f.is_file()}
        found.append({place: file.read_bytes() for place, file in files.items()})
        found[-1]["lock"] = (root / "polyhy.lock").read_bytes()
    assert found[0] == found[1]
    assert any("node_modules/inner/index.js" in place for place in found[0])


# --- age


def test_npm_leaves_out_what_is_too_young(project: Path, npm: Registry) -> None:
    (project / "pyproject.toml").write_text('[tool.polyhy]\nminimum-release-age = "3 days"\n')
    env = install.add(project, [Spec("npm", "@us/tool")])
    assert {pin.name: pin.version for pin in env.lock.pins}["@us/tool"] == "1.0.0"


def test_uv_leaves_out_what_is_too_young(project: Path, pypi: Registry) -> None:
    pypi.token = ""
    page = pypi.files["/simple/madeup-tool/"][1].decode().splitlines()
    page[1] = page[1].replace("2020-", "2999-")
    pypi.files["/simple/madeup-tool/"] = ("text/html", "\n".join(page).encode())
    (project / "pyproject.toml").write_text('[tool.polyhy]\nminimum-release-age = "3 days"\n')
    env = install.add(project, [Spec("pypi", "madeup-tool")])
    assert {pin.name: pin.version for pin in env.lock.pins}["madeup-tool"] == "1.0"


@pytest.mark.parametrize("exempt", ["npm:@us/tool", "npm:*", "npm"])
def test_npm_takes_what_is_young_of_packages_that_are_exempt(
    project: Path, npm: Registry, exempt: str
) -> None:
    (project / "pyproject.toml").write_text(
        f'[tool.polyhy]\nminimum-release-age = "3 days"\nminimum-release-age-exempt = ["{exempt}"]'
    )
    env = install.add(project, [Spec("npm", "@us/tool")])
    assert {pin.name: pin.version for pin in env.lock.pins}["@us/tool"] == "1.1.0"


@pytest.mark.parametrize("exempt", ["pypi:madeup-tool", "pypi:*", "pypi"])
def test_uv_takes_what_is_young_of_packages_that_are_exempt(
    project: Path, pypi: Registry, exempt: str
) -> None:
    pypi.token = ""
    page = pypi.files["/simple/madeup-tool/"][1].decode().splitlines()
    page[1] = page[1].replace("2020-", "2999-")
    pypi.files["/simple/madeup-tool/"] = ("text/html", "\n".join(page).encode())
    (project / "pyproject.toml").write_text(
        f'[tool.polyhy]\nminimum-release-age = "3 days"\nminimum-release-age-exempt = ["{exempt}"]'
    )
    env = install.add(project, [Spec("pypi", "madeup-tool")])
    assert {pin.name: pin.version for pin in env.lock.pins}["madeup-tool"] == "1.1"


# --- scripts and programs


def test_an_install_script_runs_only_where_the_manifest_names_its_package(
    project: Path, npm: Registry
) -> None:
    script = {"install": "node -e \"require('fs').writeFileSync('made.txt', 'made')\""}
    other = {"install": "node -e \"require('fs').writeFileSync('../../../evil.txt', 'x')\""}
    npm_package(npm, "helper", {"1.0.0": {"scripts": other}})
    npm_package(npm, "native", {"1.0.0": {"scripts": script, "dependencies": {"helper": "1"}}})
    env = install.add(project, [Spec("npm", "native")])
    made = "node_modules/native/made.txt"
    assert not (env.paths("npm")[0] / made).exists()
    with (project / "pyproject.toml").open("a") as stream:
        stream.write('\n[tool.polyhy]\nallow-scripts = ["npm:native"]\n')
    env = install.sync(project)
    assert (env.paths("npm")[0] / made).read_text() == "made"
    assert {pin.name: pin.consent for pin in env.lock.pins}["helper"] == ""
    assert not list(project.parent.rglob("evil.txt"))


def test_the_commands_of_packages_are_run(
    project: Path, npm: Registry, pypi: Registry, capfd: pytest.CaptureFixture[str]
) -> None:
    pypi.token = ""
    npm_package(npm, "hello", {"1.0.0": {"bin": "x.js", "files": {"x.js": "console.log('hi')"}}})
    npm.token = ""
    (project / ".npmrc").write_text(f"registry={npm.address}/\n")
    from polyhy.packages.programs import find

    for spec, said in ((Spec("npm", "hello"), "hi\n"), (Spec("pypi", "madeup-tool"), "ran 1.1\n")):
        import subprocess

        env = install.add(project, [spec])
        done = subprocess.run(find(env, spec, spec.name.replace("-", "_")), check=True)
        assert done.returncode == 0
        assert capfd.readouterr().out == said


# --- audits


def test_npm_audit_answers_for_each_version(project: Path, npm: Registry) -> None:
    npm.token = ""
    room = plugins.ecosystem("npm")
    advisory = {
        "id": 7,
        "url": "https://example.org/advisories/GHSA-xxxx",
        "title": "it bites",
        "severity": "high",
        "vulnerable_versions": "<=1.0.0",
    }
    with governed(Policy(root=str(project))):
        pins = room.resolve([Spec("npm", "@us/tool", "1.0.0")], [])
        with pytest.raises(PackageError):  # a registry without advisories audits nothing
            room.audit(pins)
        npm.posts["/-/npm/v1/security/advisories/bulk"] = {}
        assert room.audit(pins) == []
        npm.posts["/-/npm/v1/security/advisories/bulk"] = {"inner": [advisory]}
        found = room.audit(pins)
    assert found
    assert [(f.purl, f.id, f.severity) for f in found] == [
        ("pkg:npm/inner@1.0.0", "GHSA-xxxx", "high")
    ]


def test_pip_audit_is_asked_strictly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    room = plugins.ecosystem("pypi")
    native: dict[str, Any] = {"hashes": ["sha256:" + "0" * 64]}
    pin = replace(lock.Pin("pypi", "madeup", "1.0", "pypi", "sha256:0"), native=native)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(MissingTool, match="pip install pip-audit"):
        room.audit([pin])
    vulns = [{"id": "PYSEC-1", "description": "it\nbites", "fix_versions": ["1.1"]}]
    said = {"dependencies": [{"name": "madeup", "version": "1.0", "vulns": vulns}]}
    (tmp_path / "pip_audit.py").write_text(
        f"import sys\nassert '--strict' in sys.argv\nprint({json.dumps(said)!r}); sys.exit(1)"
    )
    (found,) = room.audit([pin]) or []
    assert (found.id, found.summary, found.fixed) == ("PYSEC-1", "it bites", "1.1")
    (tmp_path / "pip_audit.py").write_text("import sys; sys.exit('no data for madeup')")
    with pytest.raises(PackageError, match="pip-audit failed: no data for madeup"):
        room.audit([pin])


def test_signatures_that_are_false_are_an_error(
    npm: Registry, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = plugins.ecosystem("npm")
    with governed(Policy(root=str(project))):
        pins = room.resolve([Spec("npm", "@us/tool", "1.0.0")], [])
    replies: list[dict[str, Any]] = [{"missing": [{"name": "inner", "version": "1.0.0"}]}]
    monkeypatch.setattr(npm_client, "ask", lambda *_: replies[-1])
    assert room.provenance(pins) == {
        "pkg:npm/%40us/tool@1.0.0": "signed by its registry",
        "pkg:npm/inner@1.0.0": "no signature",
    }
    replies.append({"invalid": [{"name": "inner", "version": "1.0.0"}]})
    with pytest.raises(Tampered, match=r"npm:inner@1.0.0"):
        room.provenance(pins)


# --- native files


def test_npm_ci_takes_what_is_exported(project: Path, npm: Registry) -> None:
    env = install.add(project, [Spec("npm", "@us/tool", "1.0.0")])
    native = project / "native"
    native.mkdir()
    for name, text in plugins.ecosystem("npm").export(env.lock.roots, env.lock.pins).items():
        (native / name).write_text(text)
    with governed(Policy(root=str(project))):
        npm_client.run(["ci"], native, "install")
    assert (native / "node_modules/inner/index.js").is_file()


BACKEND = """
import zipfile

def build_wheel(folder, config_settings=None, metadata_directory=None):
    open({ran!r}, "w").close()
    info, name = "madeup_source-1.0.dist-info", "madeup_source-1.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{{folder}}/{{name}}", "w") as wheel:
        wheel.writestr("madeup_source.py", "")
        wheel.writestr(f"{{info}}/METADATA", "Name: madeup-source\\nVersion: 1.0\\n")
        wheel.writestr(f"{{info}}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\n")
        wheel.writestr(f"{{info}}/RECORD", "madeup_source.py,,\\n")
    return name
"""


def test_no_source_is_built_to_choose_versions_unless_it_is_named(
    project: Path, pypi: Registry, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    build = 'requires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    files = {
        "PKG-INFO": "Metadata-Version: 1.0\nName: madeup-source\nVersion: 1.0\n",
        "pyproject.toml": f"[build-system]\n{build}",
        "backend.py": BACKEND.format(ran=str(ran)),
    }
    pypi_source(pypi, "madeup_source", "1.0", files)
    pypi_package(pypi, "madeup_inner", {"1.0": "ISC"}, "madeup-source")
    for name in ("inner", "source"):
        pypi.files[f"/simple/madeup-{name}/"] = pypi.files[f"/simple/madeup_{name}/"]
    with pytest.raises(ToolFailed, match=r"madeup-source has no wheel.*\n.*pypi:madeup-source"):
        install.add(project, [Spec("pypi", "madeup-tool")])
    assert not ran.exists()
    table = '[tool.polyhy]\nallow-scripts = ["pypi:madeup-source"]\n'
    (project / "pyproject.toml").write_text(table)
    made = install.add(project, [Spec("pypi", "madeup-tool")])
    assert ran.exists()
    assert (made.folder / "pypi" / "madeup_source.py").is_file()


def test_uv_takes_what_is_exported(project: Path, pypi: Registry) -> None:
    import subprocess

    env = install.add(project, [Spec("pypi", "madeup-tool")])
    native = project / "native"
    native.mkdir()
    for name, text in plugins.ecosystem("pypi").export(env.lock.roots, env.lock.pins).items():
        assert TOKEN not in text
        (native / name).write_text(text)
    assert {file.name for file in native.iterdir()} == {"requirements.txt", "pylock.toml"}
    assert 'requires-python = ">=3.10"' in (native / "pylock.toml").read_text()
    command = ["uv", "pip", "install", "--python", sys.executable, "--require-hashes"]
    command += ["--target", str(native / "there"), "-r", str(native / "requirements.txt")]
    subprocess.run(command, check=True, capture_output=True)
    assert (native / "there" / "madeup_tool.py").is_file()


def test_a_python_script_gets_what_pep_723_declares(
    project: Path, pypi: Registry, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    script = '# /// script\n# dependencies = ["madeup-tool<1.1"]\n# ///\nimport madeup_tool\n'
    (project / "x.py").write_text(script + "madeup_tool.main()\n")
    monkeypatch.chdir(project)
    assert cli._run(["run", "x.py"]) == 0
    assert capsys.readouterr().out == "ran 1.0\n"
    sys.modules.pop("madeup_tool", None)
