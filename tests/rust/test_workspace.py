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


def prelude_of(manifest: dict[str, Any]) -> dict[str, Any]:
    """The Cargo.toml of the prelude that a manifest asks for."""
    home = Path(manifest["dependencies"]["polyhy-prelude"]["path"])
    return tomllib.loads((home / "Cargo.toml").read_text("utf-8"))


class TestPrelude:
    """What every extension begins with is a crate of its own, which all of them share."""

    def test_it_knows_serde_where_the_crate_does(self, tmp_path: Path) -> None:
        packages = (package("toml", asked=True), package("serde"), package("serde_core"))
        prelude = prelude_of(declared(tmp_path, *packages))
        assert set(prelude["dependencies"]) == {"serde"}
        assert set(prelude["features"]["default"]) == {"serde"}

    def test_its_core_will_do_where_the_crate_itself_is_not_there(self, tmp_path: Path) -> None:
        manifest = declared(
            tmp_path, package("csv", asked=True), package("serde_core"), named="serde_core"
        )
        assert set(manifest["dependencies"]) == {"csv", "serde_core", "polyhy-prelude"}
        prelude = prelude_of(manifest)
        assert set(prelude["dependencies"]) == {"serde_core"}
        assert set(prelude["features"]["default"]) == {"serde", "serde_core"}

    def test_without_it_nothing_is_made_of_data(self, tmp_path: Path) -> None:
        prelude = prelude_of(declared(tmp_path, package("hex", asked=True)))
        assert prelude["features"]["default"] == []

    def test_crates_of_one_kind_share_it(self, tmp_path: Path) -> None:
        homes = set[str]()
        for name in ("hex", "regex"):
            (tmp_path / name).mkdir()
            manifest = declared(tmp_path / name, package(name, asked=True))
            homes.add(manifest["dependencies"]["polyhy-prelude"]["path"])
        assert len(homes) == 1


def test_rustc_is_called_as_cargo_calls_it() -> None:
    call = (
        "CARGO_X='a b' /bin/rustc --crate-name polyhy_slug --json=artifacts --cfg 'feature=\"a b\"'"
    )
    words = ["/bin/rustc", "--crate-name", "polyhy_slug", "--cfg", 'feature="a b"']
    assert rustc.arguments(call) == words


def test_the_extension_is_what_can_be_loaded_of_what_rustc_makes(tmp_path: Path) -> None:
    for name in ("libpolyhy_slug.so", "polyhy_slug.d", "libpolyhy_slug.rmeta"):
        (tmp_path / name).touch()
    assert rustc.libraries(tmp_path) == [tmp_path / "libpolyhy_slug.so"]
