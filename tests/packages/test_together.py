"""What goes on at once: ecosystems, and the files of packages while licences are asked."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from polyhy import plugins
from polyhy.errors import LicenceRefused, Offline
from polyhy.packages import install
from polyhy.packages.together import each
from polyhy.policy import Policy, governed, policy
from polyhy.spec import Pin, Spec
from polyhy.testing import ToyEcosystem


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, type[ToyEcosystem]]]:
    """The ecosystems that are added to those of distributions, to be changed."""
    added: dict[str, type[ToyEcosystem]] = {}
    monkeypatch.setitem(plugins._added, "polyhy.ecosystems", added)
    plugins._ecosystem.cache_clear()
    yield added
    plugins._ecosystem.cache_clear()


def test_answers_come_in_order_and_the_first_error_is_raised() -> None:
    met = threading.Barrier(3, timeout=20)

    def work(item: int) -> int:
        met.wait()
        if item < 0:
            raise ValueError(item)
        return item * 2

    assert each(work, [3, 1, 2]) == [6, 2, 4]
    with pytest.raises(ValueError, match="-1"):
        each(work, [3, -1, -2])
    assert each(work, []) == []


def test_the_policy_in_force_binds_what_goes_on_at_once() -> None:
    with governed(Policy(root="/here")):
        assert each(lambda _: policy().root, "ab") == ["/here", "/here"]


def test_ecosystems_are_resolved_and_fetched_at_once(
    project: Path, rooms: dict[str, type[ToyEcosystem]]
) -> None:
    met = threading.Barrier(2, timeout=20)

    class Meeting(ToyEcosystem):
        def resolve(self, specs: Sequence[Spec], locked: Sequence[Pin]) -> list[Pin]:
            met.wait()
            return super().resolve(specs, locked)

        def fetch(self, pins: Sequence[Pin], into: Path) -> Mapping[Pin, Path]:
            met.wait()
            return super().fetch(pins, into)

    rooms |= {name: type(name, (Meeting,), {"name": name}) for name in ("one", "two")}
    made = install.add(project, [Spec("one", "left"), Spec("two", "left")])
    assert [pin.label for pin in made.lock.pins] == ["one:left@1.1.0", "two:left@1.1.0"]


class Reticent(ToyEcosystem):
    """Tells licences only when it is asked for them, and no sooner than its files came."""

    came: ClassVar[threading.Event]
    asked: ClassVar[list[str]]

    def resolve(self, specs: Sequence[Spec], locked: Sequence[Pin]) -> list[Pin]:
        return [replace(pin, licence="") for pin in super().resolve(specs, locked)]

    def fetch(self, pins: Sequence[Pin], into: Path) -> Mapping[Pin, Path]:
        self.came.set()
        return super().fetch(pins, into)

    def licences_of(self, pins: Sequence[Pin]) -> Mapping[Pin, str]:
        self.asked.extend(pin.name for pin in pins)
        assert self.came.wait(20)
        return {pin: self.licences.get(pin.name, "") for pin in pins}


@pytest.fixture
def reticent(rooms: dict[str, type[ToyEcosystem]]) -> type[Reticent]:
    Reticent.came, Reticent.asked = threading.Event(), []
    rooms["toy"] = Reticent
    return Reticent


def test_licences_that_take_long_are_asked_once_while_files_come(
    project: Path, reticent: type[Reticent]
) -> None:
    made = install.add(project, [Spec("toy", "pair", "2")])
    said = {pin.name: pin.licence for pin in made.lock.pins}
    assert said == {"left": "MIT", "pair": "MIT OR GPL-3.0-only", "right": ""}
    install.add(project, [Spec("toy", "left")])
    old, new = install.lock(project, upgrade=[])
    assert old == new
    assert sorted(reticent.asked) == ["left", "pair", "right"]


def test_nothing_is_fetched_before_its_licence_is_let_in(
    project: Path, reticent: type[Reticent]
) -> None:
    (project / "pyproject.toml").write_text('[tool.polyhy]\nallow-licenses = ["ISC"]\n')
    reticent.came.set()
    with pytest.raises(LicenceRefused, match=r"toy:left@1.1.0 \(MIT\)"):
        install.add(project, [Spec("toy", "left")])
    assert list((project.parent / "cache").glob("store/*/*")) == []


def test_an_ecosystem_that_fails_leaves_manifest_and_lock_alone(
    project: Path, rooms: dict[str, type[ToyEcosystem]]
) -> None:
    class Unreachable(ToyEcosystem):
        name = "other"
        reachable = False

    rooms |= {"toy": ToyEcosystem, "other": Unreachable}
    with pytest.raises(Offline, match="other"):
        install.add(project, [Spec("toy", "left"), Spec("other", "left")])
    assert not (project / "polyhy.lock").exists()
    assert not (project / "pyproject.toml").exists()
