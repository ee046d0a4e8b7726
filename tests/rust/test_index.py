"""What the registry says of crates, and the files that cargo itself takes."""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from polyhy import plugins
from polyhy.ecosystem import Ecosystem
from polyhy.errors import NoSuchVersion, UnknownPackage
from polyhy.spec import Spec


@pytest.fixture(scope="module")
def room() -> Ecosystem:
    return plugins.ecosystem("crates")


@pytest.mark.registry
class TestInfo:
    """`polyhy info`, `outdated` and the cooldown ask these."""

    def test_it_says_what_the_newest_version_in_range_is(self, room: Ecosystem) -> None:
        info = room.info(Spec("crates", "semver", "0.11"))
        assert info is not None
        assert info.version == "0.11.0"
        assert "1.0.28" in info.versions
        assert info.licence == "MIT/Apache-2.0"
        assert "emantic" in info.summary
        assert info.requires == ("semver-parser@^0.10.0",)
        assert info.size > 1000

    def test_without_a_range_the_newest_release_is_meant(self, room: Ecosystem) -> None:
        info = room.info(Spec("crates", "semver"))
        assert info is not None
        assert info.version == max(info.versions, key=room.order)
        assert "-" not in info.version

    def test_the_newest_in_range_stands_beside_the_newest_of_all(self, room: Ecosystem) -> None:
        asked = Spec("crates", "semver", "0.11")
        assert room.newest([asked])[asked][0] == "0.11.0"
        assert room.order(room.newest([asked])[asked][1]) > room.order("1.0")

    def test_an_unknown_crate_and_version_are_named(self, room: Ecosystem) -> None:
        with pytest.raises(UnknownPackage, match="no-such-crate-of-polyhy"):
            room.info(Spec("crates", "no-such-crate-of-polyhy"))
        with pytest.raises(NoSuchVersion, match=r"semver that satisfies 99(.|\n)*there are"):
            room.info(Spec("crates", "semver", "99"))

    def test_it_knows_when_a_version_came_out(self, room: Ecosystem) -> None:
        pin = room.resolve([room.spec("hex@=0.4.3")], [])[0]
        said = room.published(pin)
        assert said is not None
        assert said.startswith("2021-03-")
        assert datetime.fromisoformat(said.replace("Z", "+00:00")).utcoffset() == timedelta(0)

    def test_a_search_gives_hits_where_the_registry_has_one(self, room: Ecosystem) -> None:
        found = room.search("regular expressions")
        assert found is None or all(hit.name and hit.version for hit in found)

    def test_cargo_takes_the_files_of_an_export_as_they_are(
        self, room: Ecosystem, tmp_path: Path
    ) -> None:
        specs = [room.spec("semver@1"), room.spec("hex[std]@0.4")]
        pins = room.resolve(specs, [])
        for name, text in room.export(specs, pins).items():
            (tmp_path / name).write_text(text)
        words = ["cargo", "metadata", "--locked", "--format-version=1"]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


class TestOrder:
    """Versions are ordered as cargo does."""

    def test_a_release_is_newer_than_what_comes_before_it(self, room: Ecosystem) -> None:
        versions = ["0.9.1", "1.0.0-alpha.2", "1.0.0-alpha.10", "1.0.0-rc.1", "1.0.0", "1.10.0"]
        assert sorted({*versions}, key=room.order) == versions

    def test_what_comes_after_a_plus_does_not_count(self, room: Ecosystem) -> None:
        assert room.order("1.2.3+4") == room.order("1.2.3")
