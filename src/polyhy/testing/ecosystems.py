"""The laws of a package source, as tests, and a registry in memory that keeps them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from polyhy import plugins
from polyhy.ecosystem import Ecosystem, Hit, Info, lay
from polyhy.errors import (
    NoSuchVersion,
    Offline,
    Tampered,
    UnknownPackage,
)
from polyhy.packages import lock
from polyhy.spec import Pin, Spec


class ToyEcosystem(Ecosystem):
    """A registry in memory: name → version → what that requires. A package is one text file."""

    name = "toy"
    purl_type = "generic"
    bridge = "toy"
    registry: ClassVar[dict[str, dict[str, tuple[str, ...]]]] = {
        "left": {"1.0.0": (), "1.1.0": ()},
        "pair": {"1.0.0": ("left",), "2.0.0": ("left", "right")},
        "right": {"3.0.0": ()},
        "elsewhere": {"1.0.0": ()},
    }
    reachable: ClassVar[bool] = True
    licences: ClassVar[dict[str, str]] = {"left": "MIT", "pair": "MIT OR GPL-3.0-only"}
    code: ClassVar[dict[str, str]] = {}
    downloads: ClassVar[dict[str, int]] = {"left": 9000, "pair": 500}

    def resolve(self, specs: Sequence[Spec], locked: Sequence[Pin]) -> list[Pin]:
        asked = {spec.name: spec.version for spec in specs}
        kept = {pin.name: pin.version for pin in locked}
        queue, pins = sorted(asked), dict[str, Pin]()
        for name in queue:  # grows as we go
            if name not in pins:
                version = self._choose(name, asked.get(name, ""), kept.get(name, ""))
                queue += self.registry[name][version]
                pins[name] = self._pin(name, version, {"asked": True} if name in asked else {})
        required = {p: self.registry[p.name][p.version] for p in pins.values()}
        purls = {p: tuple(sorted(pins[r].purl for r in required[p])) for p in required}
        return [replace(p, requires=purls[p]) for p in pins.values()]

    def fetch(self, pins: Sequence[Pin], into: Path) -> Mapping[Pin, Path]:
        folders = {}
        for pin in pins:
            if self._pin(pin.name, pin.version, {}).hash != pin.hash:
                raise Tampered(what=f"toy:{pin.name}@{pin.version}", expected=pin.hash)
            folders[pin] = into / pin.name
            folders[pin].mkdir()
            (folders[pin] / f"{pin.name}.txt").write_text(pin.version)
        return folders

    def link(self, stored: Mapping[Pin, Path], env: Path) -> None:
        for folder in stored.values():
            lay(folder, env)

    def stands(self, pin: Pin, env: Path) -> bool:
        return (env / f"{pin.name}.txt").is_file()

    def answers(self, spec: Spec, pin: Pin) -> bool:
        return "asked" in pin.native and spec.name == pin.name and _within(pin.version, spec)

    def wanted(self, pins: Iterable[Pin]) -> list[Pin]:
        return [pin for pin in pins if pin.name != "elsewhere"]

    def asks(self, pin: Pin) -> str:
        return self.code.get(pin.name, "")

    def info(self, spec: Spec) -> Info:
        version = self._choose(spec.name, spec.version, "")
        known = tuple(sorted(self.registry[spec.name], reverse=True))
        required = self.registry[spec.name][version]
        licence = self.licences.get(spec.name, "")
        return Info(spec.name, version, known, licence, f"the {spec.name} toy", requires=required)

    def search(self, text: str) -> list[Hit]:
        near = [name for name in self.registry if text[:2] == name[:2]]
        return [Hit(name, downloads=self.downloads.get(name, 0)) for name in near]

    def export(self, specs: Sequence[Spec], pins: Sequence[Pin]) -> Mapping[str, str]:
        return {"toys.txt": "".join(f"{pin.name} {pin.version}\n" for pin in pins)}

    def programs(self, pin: Pin, env: Path) -> Mapping[str, Sequence[str]]:
        return {f"cat-{pin.name}": ["cat", str(env / f"{pin.name}.txt")]}

    def _choose(self, name: str, wanted: str, kept: str) -> str:
        if not self.reachable:
            raise Offline("it was switched off", ecosystem=self.name)
        if name not in self.registry:
            raise UnknownPackage(ecosystem=self.name, name=name, origin_of_name="the manifest")
        spec = Spec(self.name, name, wanted)
        fitting = [v for v in sorted(self.registry[name]) if _within(v, spec)]
        if not fitting:
            newest = f"the newest is {max(self.registry[name])}"
            raise NoSuchVersion(ecosystem=self.name, name=name, version=wanted, available=newest)
        return kept if kept in fitting else fitting[-1]

    def _pin(self, name: str, version: str, native: dict[str, Any]) -> Pin:
        digest = hashlib.sha256(f"{name} {version}".encode()).hexdigest()
        licence = self.licences.get(name, "")
        return Pin(
            self.name, name, version, self.purl_type, f"sha256:{digest}", (), native, licence
        )


class EcosystemLaws:
    """The laws of a package source, to inherit.

    `package` is a spec whose package requires another; `file` one that lies in the env when it is
    linked; `unknown` and `impossible` specs that no registry can serve; `malformed` one that is
    no spec there. `unreachable` are the variables that lead its client to where nothing answers.
    """

    ecosystem: ClassVar[str]
    package: ClassVar[str]
    file: ClassVar[str]
    unknown: ClassVar[str]
    impossible: ClassVar[str]
    unreachable: ClassVar[Mapping[str, str]]

    @property
    def room(self) -> Ecosystem:
        return plugins.ecosystem(self.ecosystem)

    @pytest.fixture(scope="class")
    @classmethod
    def pins(cls) -> list[Pin]:
        room = plugins.ecosystem(cls.ecosystem)
        return room.resolve([room.spec(cls.package)], [])

    def with_another_hash(self, pin: Pin) -> Pin:
        algorithm = pin.hash[:6]
        return replace(pin, hash=f"{algorithm}{pin.hash[6]}{'A' * len(pin.hash[7:-2])}==")

    def test_a_spec_is_read_as_users_write_it(self) -> None:
        spec = self.room.spec(self.package)
        assert (spec.ecosystem, self.room.spec(str(spec))) == (self.ecosystem, spec)

    def test_what_a_package_requires_is_pinned_too(self, pins: list[Pin]) -> None:
        purls = {pin.purl for pin in pins}
        assert len(pins) > 1
        assert any(pin.requires for pin in pins)
        assert all(purl in purls for pin in pins for purl in pin.requires)
        assert all(pin.hash and pin.version and pin.ecosystem == self.ecosystem for pin in pins)

    def test_resolving_again_gives_the_same_lock_to_the_byte(self, pins: list[Pin]) -> None:
        specs = [self.room.spec(self.package)]
        text = lock.dump(lock.Lock.of(specs, pins))
        for locked in ([], pins):
            again = self.room.resolve(specs, locked)
            assert lock.dump(lock.Lock.of(specs, again)) == text

    def test_a_pin_comes_out_of_the_lock_as_it_went_in(self, pins: list[Pin]) -> None:
        specs = [Spec(self.ecosystem, self.room.spec(self.package).name)]
        back = lock.parse(lock.dump(lock.Lock.of(specs, pins)))
        assert list(map(vars, back.pins)) == list(map(vars, sorted(pins)))
        assert not any(self.room.fault(pin) for pin in back.pins)

    def test_an_asked_package_answers_its_spec_and_no_other(self, pins: list[Pin]) -> None:
        spec = self.room.spec(self.package)
        for asked in (spec, Spec(spec.ecosystem, spec.name), Spec(spec.ecosystem, spec.name, "*")):
            assert any(self.room.answers(asked, pin) for pin in pins)
        assert not any(self.room.answers(self.room.spec(self.unknown), pin) for pin in pins)
        assert not any(self.room.answers(replace(spec, version="99999"), pin) for pin in pins)
        transitive = [p for p in pins if not self.room.answers(spec, p)]
        assert not any(self.room.answers(Spec(p.ecosystem, p.name), p) for p in transitive)

    def test_what_is_fetched_can_be_linked(self, pins: list[Pin], tmp_path: Path) -> None:
        wanted = self.room.wanted(pins)
        fetched = self.room.fetch(wanted, _new(tmp_path / "into"))
        assert set(fetched) == set(wanted)
        assert all(tmp_path / "into" in folder.parents for folder in fetched.values())
        for pin, folder in fetched.items():
            self.room.build(pin, folder)
        self.room.link(fetched, _new(tmp_path / "env"))
        assert (tmp_path / "env" / self.file).is_file()
        assert all(self.room.stands(pin, tmp_path / "env") for pin in wanted)

    def test_a_package_with_another_hash_is_refused(self, pins: list[Pin], tmp_path: Path) -> None:
        with pytest.raises(Tampered, match=pins[0].name):
            self.room.fetch([self.with_another_hash(pins[0])], tmp_path)

    def test_an_unknown_package_is_named(self) -> None:
        spec = self.room.spec(self.unknown)
        with pytest.raises(UnknownPackage, match=spec.name):
            self.room.resolve([spec], [])

    def test_a_version_that_does_not_exist_is_named_with_what_there_is(self) -> None:
        spec = self.room.spec(self.impossible)
        with pytest.raises(NoSuchVersion, match=spec.name) as caught:
            self.room.resolve([spec], [])
        assert str(caught.value).split("\n")[1].strip()

    def test_no_network_is_said_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in self.unreachable.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(Offline, match=self.ecosystem):
            self.room.resolve([self.room.spec(self.package)], [])


def _within(version: str, spec: Spec) -> bool:
    return version.startswith(spec.version.lstrip("^=").strip("*"))


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder
