"""`(module …)`: what a file of Lisp says it needs and gives; and adding such files of others."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from hy.errors import HySyntaxError

from polyhy import modules, plugins
from polyhy.errors import (
    ManifestError,
    Offline,
    PackageError,
    SpecError,
    StaleLock,
    Tampered,
    ToolFailed,
    UnknownPackage,
)
from polyhy.front import cli
from polyhy.packages import env, install, lock, manifest
from polyhy.policy import Policy, governed
from polyhy.sessions import lisp
from polyhy.sessions.declared import declared
from polyhy.spec import Spec

HEAD = '(module :name "my-tools" :requires ["toy:left@1.0.0"] :exports [analyze-data])\n'
REQUIRE = "(require polyhy *)\n"
BODY = "(defn analyze-data [x] (+ x 1))\n"


def compiled(source: str) -> dict:
    module = ModuleType("tools")
    exec(lisp.program(source, "tools.hy", module), module.__dict__)
    return module.__dict__


# --- the form


def test_a_module_has_its_name_and_exports_what_it_says() -> None:
    found = compiled(HEAD + BODY + "(defn inner [])")
    assert (found["__module_name__"], found["__all__"]) == ("my-tools", ["analyze_data"])


@pytest.mark.parametrize(
    "body",
    [
        "(setv analyze-data 1)",
        "(defclass analyze-data [])",
        "(import math [pi :as analyze-data])",
        "(when True (setv analyze-data 1))",
        "(setv [a [analyze-data]] [1 [2]])",
        "(for [analyze-data [1 2]])",
        "(import math *)",
    ],
)
def test_what_is_defined_in_any_way_can_be_exported(body: str) -> None:
    assert compiled(HEAD + body)["__all__"] == ["analyze_data"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("(defn other [] (setv analyze-data 1))", "is exported, and defined nowhere in this file"),
        ("(defn f [] (global analyze-data) (setv analyze-data 1))", "is exported, and defined"),
        ("(let [analyze-data 1])", "is exported, and defined nowhere in this file"),
        ("(print 1)", "is exported, and defined nowhere in this file"),
        ("(defmacro analyze-data [])", "is a macro: `require` takes it without an export"),
    ],
)
def test_exporting_what_is_not_defined_is_an_error_as_it_is_compiled(body: str, said: str) -> None:
    with pytest.raises(HySyntaxError) as caught:
        lisp.program(HEAD + body, "tools.hy", ModuleType("tools"))
    assert f"analyze-data {said}" in str(caught.value)
    assert (caught.value.lineno, caught.value.filename) == (1, "tools.hy")


def test_another_error_in_the_file_is_told_first() -> None:
    with pytest.raises(HySyntaxError, match="defn"):
        lisp.program(f"{HEAD}(defn 1)", "tools.hy", ModuleType("tools"))


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("(module)", "a module has a :name"),
        ("(module :exports [])", "a module has a :name"),
        ('(module :name "a" :exports)', "nothing follows :exports"),
        ('(module :name "a" :name "b")', "this is the second :name"),
        ('(module :name "a" :color 1)', "a module says :name, :requires and :exports"),
        ('(module "a")', "a module says :name, :requires and :exports"),
        ("(module :name a)", "the :name is a string"),
        ('(module :name "a" :requires "x")', "is a list of strings"),
        ('(module :name "a" :requires ["x"])', "the ecosystem is missing; write npm:x"),
        ('(module :name "a" :exports ["x"])', "is a list of names"),
        ('(defn f [] (module :name "a"))', "a module is declared at the top of its file"),
    ],
)
def test_a_malformed_module_says_what_it_should_be(form: str, said: str) -> None:
    with pytest.raises(HySyntaxError) as caught:
        lisp.program(form, "tools.hy", ModuleType("tools"))
    assert said in str(caught.value)


def test_what_a_program_requires_as_a_module_is_declared() -> None:
    assert declared(HEAD + BODY, "x.hy") == [Spec("toy", "left", "1.0.0")]


def test_reading_a_source_for_its_modules_runs_nothing() -> None:
    source = '(module :name "a")\n(raise (SystemExit 1))\n#unknown (eval-and-compile (exit 1))'
    assert [module.name for module in modules.find(source, "x.hy")] == ["a"]
    assert list(modules.find("(module :name", "x.hy")) == []
    assert list(modules.find("(module :name 1)", "x.hy")) == []


# --- modules of others


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    folder = tmp_path / "my-tools"
    (folder / "my_tools").mkdir(parents=True)
    (folder / "my_tools" / "__init__.hy").write_text(REQUIRE + HEAD + BODY)
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "my-tools"\nversion = "1.2"\nlicense = "MIT"\n'
    )
    (folder / ".git").mkdir()
    (folder / ".git" / "secret").write_text("no")
    return folder


@pytest.fixture
def wheel(tools: Path, tmp_path: Path) -> Path:
    file = tmp_path / "my_tools-1.2-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("my_tools/__init__.hy", HEAD + BODY)
        metadata = "Metadata-Version: 2.1\nName: my-tools\nVersion: 1.2\nLicense: MIT\n"
        archive.writestr("my_tools-1.2.dist-info/METADATA", metadata)
    return file


def git(folder: Path, *arguments: str) -> str:
    names = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    command = ["git", "-C", str(folder), *names, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tools: Path) -> Path:
    import shutil

    shutil.rmtree(tools / ".git")
    git(tools, "init", "--quiet")
    git(tools, "add", ".")
    git(tools, "commit", "--quiet", "-m", "one")
    git(tools, "tag", "v1")
    return tools


def room():
    return plugins.ecosystem("lisp")


def test_what_a_folder_requires_comes_into_the_lock(project: Path, tools: Path) -> None:
    spec = room().claims(str(tools), project)
    assert spec == Spec("lisp", "my-tools", "path:../my-tools")
    env = install.add(project, [spec])
    pins = {pin.name: pin for pin in env.lock.pins}
    assert (pins["my-tools"].version, pins["my-tools"].licence) == ("1.2", "MIT")
    assert pins["left"].version == "1.0.0"
    assert (env.paths("lisp")[0] / "my_tools" / "__init__.hy").is_file()
    assert not list(env.paths("lisp")[0].rglob("secret"))
    assert str(tools.parent) not in (project / "polyhy.lock").read_text()


def test_a_folder_that_changed_makes_the_lock_stale_until_the_next_sync(
    project: Path, tools: Path
) -> None:
    spec = room().claims(str(tools), project)
    first = install.add(project, [spec])
    assert install.sync(project, frozen=True) == first
    newer = HEAD.replace("1.0.0", "1.1.0") + BODY
    (tools / "my_tools" / "__init__.hy").write_text(newer)
    with pytest.raises(StaleLock, match=r"the files of lisp:my-tools@1.2 changed"):
        install.sync(project, frozen=True)
    second = install.sync(project)
    assert {pin.name: pin.version for pin in second.lock.pins}["left"] == "1.1.0"
    assert second.folder != first.folder


def test_where_a_folder_is_gone_what_was_locked_will_do(project: Path, tools: Path) -> None:
    first = install.add(project, [room().claims(str(tools), project)])
    tools.rename(tools.with_name("elsewhere"))
    assert install.sync(project, frozen=True) == first


def test_a_folder_that_changes_while_it_is_fetched_is_no_longer_what_was_locked(
    project: Path, tools: Path, tmp_path: Path
) -> None:
    with governed(Policy(root=str(project))):
        pins = room().resolve([room().claims(str(tools), project)], [])
        (tools / "my_tools" / "more.hy").touch()
        (tmp_path / "into").mkdir()
        with pytest.raises(Tampered, match="my-tools"):
            room().fetch(pins, tmp_path / "into")
        (tools / "my_tools" / "more.hy").unlink()
        assert room().fetch(pins, tmp_path)


def test_a_wheel_is_added_as_a_folder_is(project: Path, wheel: Path) -> None:
    spec = room().claims(str(wheel), project)
    assert spec == Spec("lisp", "my-tools", f"wheel:../{wheel.name}")
    env = install.add(project, [spec])
    assert {pin.name: pin.licence for pin in env.lock.pins}["my-tools"] == "MIT"
    assert (env.paths("lisp")[0] / "my_tools" / "__init__.hy").is_file()


def test_a_repository_is_locked_at_its_commit(project: Path, repository: Path) -> None:
    spec = room().claims(f"git+file://{repository}@v1", project)
    env = install.add(project, [spec])
    (pin,) = (pin for pin in env.lock.pins if pin.name == "my-tools")
    assert pin.native["commit"] == git(repository, "rev-parse", "v1")
    branch = Spec("lisp", "my-tools", f"git+file://{repository}")
    with governed(Policy(root=str(project))):
        (first,) = room().resolve([branch], [])
        (repository / "my_tools" / "more.hy").touch()
        git(repository, "add", ".")
        git(repository, "commit", "--quiet", "-m", "two")
        assert room().resolve([branch], [first])[0].hash == first.hash
        assert room().resolve([branch], [])[0].hash != first.hash


def test_a_repository_is_not_cloned_without_a_network(project: Path, repository: Path) -> None:
    spec = Spec("lisp", "my-tools", f"git+file://{repository}@v1")
    with governed(Policy(offline=True)), pytest.raises(Offline, match="--offline is given"):
        install.add(project, [spec])


@pytest.mark.parametrize(
    ("source", "error", "said"),
    [
        ("^1", SpecError, 'it does not say where it is\n  write "path:'),
        ("path:../nowhere", UnknownPackage, "lisp has no package .*nowhere"),
        ("wheel:pyproject.toml", ToolFailed, "is no wheel"),
        ("git+file:" + "///nowhere@v1", PackageError, "git failed"),
        ("git+https://a:b@localhost/x", SpecError, "it holds a password"),
    ],
)
def test_a_source_that_can_not_be_opened_says_why(
    project: Path, source: str, error: type, said: str
) -> None:
    (project / "pyproject.toml").write_text(f'[tool.polyhy.dependencies.lisp]\nx = "{source}"\n')
    with pytest.raises(error, match=said):
        install.sync(project)


def test_a_folder_whose_module_says_nonsense_is_refused_by_its_line(
    project: Path, tools: Path
) -> None:
    said = '\n(module :name "my-tools"\n  :requires ["toy;left"])\n'
    (tools / "my_tools" / "__init__.hy").write_text(REQUIRE + said)
    with pytest.raises(ManifestError, match=r"__init__.hy:4: 'toy;left' is not a package spec"):
        install.add(project, [room().claims(str(tools), project)])
    assert not (project / "polyhy.lock").exists()


def test_texts_that_are_no_paths_are_not_claimed(project: Path) -> None:
    for text in ("lodash", "lodash@^4", "@scope/pkg", "lodash/fp"):
        assert room().claims(text, project) is None


def test_the_commands_take_a_folder_and_a_program_imports_it(
    project: Path, tools: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    assert cli._run(["add", "../my-tools"]) == 0
    assert "added lisp:my-tools@path:../my-tools: 1.2" in capsys.readouterr().out
    assert cli._run(["tree"]) == 0
    assert capsys.readouterr().out == "lisp:my-tools@1.2\n└── toy:left@1.0.0\n"
    code = '(import-from "lisp" my-tools [analyze-data])(print (analyze-data 41))'
    assert cli._run(["run", "-c", code]) == 0
    assert capsys.readouterr().out == "42\n"
    sys.modules.pop("my_tools", None)
    assert lock.read(project)


def test_a_module_in_an_env_imports_what_it_brought_into_the_lock(
    project: Path, tools: Path
) -> None:
    (tools / "pyproject.toml").write_text("[tool.polyhy.dependencies]\n")
    head = '(module :name "my-tools" :requires ["toy:left"] :exports [side])\n'
    body = '(import-from "toy" left)\n(defn side [] (str left))\n'
    (tools / "my_tools" / "__init__.hy").write_text(REQUIRE + head + body)
    made = install.add(project, [room().claims(str(tools), project)])
    laid = made.folder / "lisp" / "my_tools"
    assert laid.is_dir()
    assert env.find(laid) == made
    assert manifest.find_root(laid) == project


def test_a_program_of_the_project_imports_what_is_added_as_python_does(
    project: Path, tools: Path
) -> None:
    (tools / "my_tools" / "__init__.hy").write_text(BODY)
    install.add(project, [room().claims(str(tools), project)])
    command = [str(Path(sys.executable).with_name("polyhy")), "run", "-c"]
    code = "(import my-tools [analyze-data]) (print (analyze-data 41))"
    done = subprocess.run([*command, code], cwd=project, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("42\n", "")
