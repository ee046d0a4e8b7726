"""The wheel, the sdist and an editable install: what is in them, and that they work elsewhere."""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.registry

PLACES = {"src/polyhy": "polyhy", "macros": "polyhy/macros", "bridges": "polyhy/bridges"}
"""Folders of the project, and what they are called where it is installed."""

TWO_GUESTS = """
(setv in-js (eval-in "js" "x => x + 1"))
(setv in-lua (eval-in "lua" "return function(x) return x + 1 end"))
(print (in-js 1) (in-lua 1))
"""
A_PACKAGE = '(import-from "npm" "lodash@^4" :as _) (print (_.chunk [1 2 3] 2))'


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(
    built: Any, files: list[Path]
) -> None:
    installed = {
        name + str(file).removeprefix(folder)
        for file in files
        for folder, name in PLACES.items()
        if file.is_relative_to(folder)
    }
    assert installed >= {"polyhy/py.typed", "polyhy/macros/imports.hy"}
    assert _packed(built.wheel) == installed


def test_the_sdist_holds_every_file_of_the_project(built: Any, files: list[Path]) -> None:
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames() if _is_file(archive, name)}
    made = {name for name in names if ".egg-info/" in name} | {"PKG-INFO", "setup.cfg"}
    assert names - made == {str(file) for file in files} - made


def test_the_sdist_builds_the_same_wheel(built: Any) -> None:
    assert _packed(built.again) == _packed(built.wheel)


def test_the_wheel_works_on_a_machine_with_no_node_and_no_compiler(
    built: Any, machine: Callable[..., Any]
) -> None:
    here = machine(str(built.wheel))
    assert _printed(here, TWO_GUESTS) == "2 2\n"
    doctor = here.run("polyhy", "doctor")
    assert doctor.returncode == 0, doctor.stdout  # no project here needs what is absent
    lines = [" ".join(line.split()) for line in doctor.stdout.splitlines()]
    absent = {line.split()[1]: line for line in lines if line.startswith("absent")}
    assert {"node", "cc", "cargo", "luarocks", "npm"} <= absent.keys()
    assert all(" run: " in line or "install" in line for line in absent.values())
    assert absent["npm"].endswith("run: pip install 'polyhy[npm]'")


def test_with_the_npm_extra_packages_of_npm_install(
    built: Any, machine: Callable[..., Any]
) -> None:
    here = machine(f"polyhy[npm] @ {built.wheel.as_uri()}")
    doctor = here.run("polyhy", "doctor")
    assert (doctor.returncode, doctor.stderr) == (0, "")
    assert "absent npm" not in " ".join(doctor.stdout.split())
    assert _printed(here, A_PACKAGE) == "[[1, 2], [3]]\n"


def test_the_sdist_installs_and_works(built: Any, machine: Callable[..., Any]) -> None:
    assert _printed(machine(str(built.sdist)), TWO_GUESTS) == "2 2\n"


def test_an_editable_install_works_and_sees_changes(
    built: Any, machine: Callable[..., Any]
) -> None:
    here = machine("--editable", str(built.clone))
    assert _printed(here, TWO_GUESTS) == "2 2\n"
    for folder, name in PLACES.items():
        (built.clone / folder / "added.py").write_text("print('seen')")
        done = here.run("python", "-c", f"import {name.replace('/', '.')}.added")
        assert (done.stdout, done.stderr) == ("seen\n", "")


def _printed(here: Any, program: str) -> str:
    done = here.run("polyhy", "run", "-c", program)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _packed(wheel: Path) -> set[str]:
    names = zipfile.ZipFile(wheel).namelist()
    return {name for name in names if ".dist-info/" not in name}


def _is_file(archive: tarfile.TarFile, name: str) -> bool:
    return archive.getmember(name).isfile()
