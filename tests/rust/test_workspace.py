"""The cargo project of an extension, and what cargo says that it made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from polyhy.bridges.rust import rustc
from polyhy.bridges.rust.crates import LAID, tomllib
from polyhy.bridges.rust.workspace import Package, Workspace


def package(name: str, *, asked: bool = False) -> Package:
    return Package(name, "1.0.0", "", (), (), asked)


def declared(folder: Path, *packages: Package, named: str = "") -> dict[str, Any]:
    """The Cargo.toml for the first of some packages, whose source names another one."""
    (folder / LAID).write_text(json.dumps([each._asdict() for each in packages]))
    workspace = Workspace([folder], packages[0].name)
    workspace.folder = folder
    workspace.others = {each.name: each for each in packages if each.name == named}
    workspace.declare()
    return tomllib.loads((folder / "Cargo.toml").read_text("utf-8"))


class TestSerde:
    """Each crate is declared once, under its own name: cargo refuses two names for one."""

    def test_its_core_will_do_where_the_crate_itself_is_not_there(self, tmp_path: Path) -> None:
        packages = (package("csv", asked=True), package("serde_core"))
        manifest = declared(tmp_path, *packages, named="serde_core")
        assert set(manifest["dependencies"]) == {"csv", "serde_core"}
        assert set(manifest["features"]["default"]) == {"serde", "serde_core"}

    def test_the_crate_itself_is_taken_where_it_is_there(self, tmp_path: Path) -> None:
        packages = (package("toml", asked=True), package("serde"), package("serde_core"))
        manifest = declared(tmp_path, *packages, named="serde_core")
        assert set(manifest["dependencies"]) == {"toml", "serde", "serde_core"}

    def test_without_it_nothing_is_made_of_data(self, tmp_path: Path) -> None:
        manifest = declared(tmp_path, package("hex", asked=True))
        assert manifest["features"]["default"] == []


def artifact(name: str, file: str) -> str:
    """What cargo says of a library that it made."""
    target = {"name": name, "kind": ["cdylib", "rlib"]}
    return json.dumps({"reason": "compiler-artifact", "target": target, "filenames": [file]})


def test_a_shared_library_of_the_crates_own_is_not_the_extension() -> None:
    said = [artifact("slug", "/target/libslug.so"), artifact("polyhy_slug", "/target/libp.so")]
    assert rustc.library("\n".join(said), "polyhy_slug") == Path("/target/libp.so")
    assert rustc.library(said[0], "polyhy_slug") is None
