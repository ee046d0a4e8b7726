"""Looking around: the tree of a lock, names without ecosystems, what is newer, what looks odd."""

from collections.abc import Callable
from pathlib import Path

import pytest

from polyhy import plugins
from polyhy.ecosystem import Hit
from polyhy.errors import Conflict, Offline, SpecError
from polyhy.packages import install, lookup, tree
from polyhy.policy import Policy, governed, policy
from polyhy.spec import Pin, Spec
from polyhy.testing import ToyEcosystem

LEFT, PAIR = Spec("toy", "left"), Spec("toy", "pair", "2")


@pytest.fixture(autouse=True)
def rooms(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Only toys are asked: `rooms(other=Other)` adds one."""

    def set_rooms(**others: type) -> None:
        known = {"toy": ToyEcosystem, **others}
        monkeypatch.setattr(plugins, "_added", {**plugins._added, "polyhy.ecosystems": known})
        plugins._ecosystem.cache_clear()

    monkeypatch.setattr(plugins, "ecosystems", lambda: sorted(plugins._added["polyhy.ecosystems"]))
    set_rooms()
    return set_rooms


class Other(ToyEcosystem):
    name = "other"
    registry = {"right": {"9.0": ()}, "only-here": {"1.0": ()}}  # noqa: RUF012


class Silent(ToyEcosystem):
    name = "silent"
    reachable = False


def test_what_is_no_name_anywhere_is_said_so() -> None:
    with pytest.raises(SpecError, match=r"'left@' is not a package spec: it is no name in any"):
        lookup.qualify("left@")


# --- the tree


def test_a_tree_opens_each_package_once(project: Path) -> None:
    lock = install.add(project, [LEFT, PAIR]).lock
    assert list(tree.lines(tree.tree(lock))) == [
        "toy:left@1.1.0",
        "toy:pair@2.0.0",
        "├── toy:left@1.1.0",
        "└── toy:right@3.0.0",
    ]
    assert tree.data(tree.tree(lock))[1] == {
        "purl": "pkg:generic/pair@2.0.0",
        "requires": [
            {"purl": "pkg:generic/left@1.1.0", "requires": [], "repeated": False},
            {"purl": "pkg:generic/right@3.0.0", "requires": [], "repeated": False},
        ],
        "repeated": False,
    }


def test_a_circle_of_packages_is_drawn_once(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    circle = {"a": {"1": ("b",)}, "b": {"1": ("a",)}}
    monkeypatch.setattr(ToyEcosystem, "registry", circle)
    lock = install.add(project, [Spec("toy", "a")]).lock
    drawn = list(tree.lines(tree.tree(lock)))
    assert drawn == ["toy:a@1", "└── toy:b@1", "    └── toy:a@1 (*)"]
    assert [[pin.name for pin in way] for way in tree.why(lock, "b")] == [["a", "b"]]


@pytest.mark.parametrize("name", ["left", "toy:left", "toy:left@1.1.0", "pkg:generic/left@1.1.0"])
def test_why_names_the_way_from_what_was_asked(project: Path, name: str) -> None:
    lock = install.add(project, [PAIR]).lock
    assert [[pin.name for pin in way] for way in tree.why(lock, name)] == [["pair", "left"]]
    assert tree.why(lock, "nothing") == []


# --- names without an ecosystem


def test_a_name_that_one_ecosystem_has_is_taken(rooms: Callable[..., None]) -> None:
    rooms(other=Other)
    assert lookup.qualify("only-here") == Spec("other", "only-here")
    assert lookup.qualify("left@1.0.0") == Spec("toy", "left", "1.0.0")


def test_a_name_that_several_have_is_listed_with_a_command_each(
    rooms: Callable[..., None],
) -> None:
    rooms(other=Other)
    with pytest.raises(SpecError) as caught:
        lookup.qualify("right")
    lines = str(caught.value).splitlines()
    assert "several ecosystems have it" in lines[0]
    assert [" ".join(line.split()) for line in lines[2:]] == [
        "polyhy add other:right # 9.0 the right toy",
        "polyhy add toy:right # 3.0.0 the right toy",
    ]


def test_a_name_that_nobody_has_says_who_was_asked_and_who_could_not_be(
    rooms: Callable[..., None],
) -> None:
    with pytest.raises(SpecError, match=r"no ecosystem that was asked has it: toy\n.*search nope"):
        lookup.qualify("nope")
    rooms(silent=Silent)
    said = r"asked has it: toy\n.*could not be asked: silent \(the silent registry can't be reached"
    with pytest.raises(SpecError, match=said):
        lookup.qualify("nope")


def test_a_search_shows_what_each_registry_found(rooms: Callable[..., None]) -> None:
    rooms(other=Other, silent=Silent)
    other, silent, toy = lookup.search("left")
    assert toy.info
    assert (toy.info.version, [hit.name for hit in toy.hits]) == ("1.1.0", ["left"])
    assert other.info is None
    assert "can't be reached" in silent.refusal


# --- what is newer


def test_what_is_newer_in_range_and_beyond_is_listed(project: Path) -> None:
    install.add(project, [Spec("toy", "pair", "1"), Spec("toy", "left", "1.0.0"), PAIR_RIGHT])
    lock = install.sync(project).lock
    found, silent = lookup.outdated(lock)
    assert silent == {}
    newer = {new.spec.name: (new.pin.version, new.in_range, new.newest) for new in found}
    assert newer == {"pair": ("1.0.0", "1.0.0", "2.0.0"), "left": ("1.0.0", "1.0.0", "1.1.0")}


PAIR_RIGHT = Spec("toy", "right")


def test_an_ecosystem_that_can_not_be_asked_hides_none_of_the_others(
    project: Path, rooms: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms(other=Other)
    lock = install.add(project, [Spec("toy", "left", "1.0.0"), Spec("other", "right")]).lock

    def broken(self: object, spec: Spec) -> None:
        raise Offline("it is off", ecosystem="other")

    monkeypatch.setattr(Other, "info", broken)
    found, silent = lookup.outdated(lock)
    assert [new.spec.name for new in found] == ["left"]
    assert silent == {"other": "the other registry can't be reached: it is off"}


# --- what looks odd


@pytest.mark.parametrize(
    ("a", "b", "near"),
    [
        ("lodash", "lodahs", True),
        ("lodash", "lodas", True),
        ("lodash", "lodashs", True),
        ("lodash", "1odash", True),
        ("lodash", "lodash", False),
        ("lodash", "odas", False),
        ("ab", "ba", True),
        ("", "a", True),
        ("abcd", "badc", False),
    ],
)
def test_one_letter_is_one_edit(a: str, b: str, near: bool) -> None:
    assert lookup.is_one_edit_away(a, b) is lookup.is_one_edit_away(b, a) is near


def test_a_name_next_to_a_far_more_popular_one_is_doubted(monkeypatch: pytest.MonkeyPatch) -> None:
    hits = [Hit("left", downloads=1_000_000), Hit("lefty", downloads=12), Hit("loft", downloads=9)]
    monkeypatch.setattr(ToyEcosystem, "search", lambda self, text: hits)
    (doubt,) = lookup.doubts([Spec("toy", "lefty"), LEFT, Spec("toy", "loft")][:2])
    assert doubt == (
        "toy:lefty is one letter away from left (1,000,000 downloads against 12): "
        "is it the one you mean?"
    )


def test_a_registry_that_does_not_answer_raises_no_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: object, text: str) -> None:
        raise Offline("it is off", ecosystem="toy")

    monkeypatch.setattr(ToyEcosystem, "search", broken)
    doubts = lookup.beside([LEFT])
    assert doubts() == []


# --- what packages bring of other ecosystems


class Bringing(ToyEcosystem):
    name = "bringing"
    registry = {"lib": {"1": ()}, "lob": {"1": ()}}  # noqa: RUF012
    needs = {"lib": "toy:left@1.0.0", "lob": "toy:left@1.1.0"}  # noqa: RUF012

    def brings(self, pin: Pin) -> list[Spec]:
        return [Spec.parse(self.needs[pin.name])]


def test_what_a_package_brings_is_locked_and_stands_under_it(
    project: Path, rooms: Callable[..., None]
) -> None:
    rooms(bringing=Bringing)
    env = install.add(project, [Spec("bringing", "lib")])
    assert list(tree.lines(tree.tree(env.lock))) == ["bringing:lib@1", "└── toy:left@1.0.0"]
    assert (env.paths("toy")[0] / "left.txt").is_file()
    assert install.sync(project, frozen=True) == env
    assert install.remove(project, [Spec("bringing", "lib")]).lock.pins == ()


def test_two_that_bring_different_ranges_are_a_conflict_that_the_manifest_decides(
    project: Path, rooms: Callable[..., None]
) -> None:
    rooms(bringing=Bringing)
    both = [Spec("bringing", "lib"), Spec("bringing", "lob")]
    with pytest.raises(Conflict, match=r"toy:left .*1.0.0 by lib, 1.1.0 by lob\n  declare one"):
        install.add(project, both)
    env = install.add(project, [*both, Spec("toy", "left", "1.1.0")])
    assert {pin.name: pin.version for pin in env.lock.pins}["left"] == "1.1.0"


def test_files_of_the_project_that_changed_make_the_lock_stale(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install.add(project, [LEFT])
    monkeypatch.setattr(ToyEcosystem, "changed", lambda self, pin: pin.name == "left")
    with pytest.raises(install.StaleLock, match=r"the files of toy:left@1.1.0 changed"):
        install.sync(project, frozen=True)


def test_threads_ask_under_the_policy_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(ToyEcosystem, "search", lambda self, text: seen.append(policy().root) or [])
    with governed(Policy(root="here")):
        lookup.search("left")
    assert seen == ["here"]
