"""Locks that somebody edited, or git merged badly: said with the line, and mended when asked."""

import hashlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyhy import plugins
from polyhy.errors import LockError, PolyhyError, StaleLock
from polyhy.packages import faults, install, lock
from polyhy.packages.lock import Lock
from polyhy.spec import Pin, Spec

HASHES = ["sha256:" + "1" * 64]
PINS = {
    "npm": Pin("npm", "a", "1.0.0", "npm", "sha512-x", native={"paths": ["node_modules/a"]}),
    "pypi": Pin(
        "pypi",
        "a",
        "1.0",
        "pypi",
        "sha256:" + hashlib.sha256(HASHES[0].encode()).hexdigest(),
        native={"hashes": HASHES, "asked": ""},
    ),
    "crates": Pin("crates", "a", "1.0.0", "cargo", "sha256:1", native={"runs": ""}),
    "luarocks": Pin("luarocks", "a", "1-1", "luarocks", "sha256:1", native={"rock": "src"}),
    "lisp": Pin("lisp", "a", "0", "generic", "sha256:1", native={"source": "git+https://x/y"}),
    "c": Pin("c", "a", "1", "generic", "sha256:1", native={"asked": ["a"]}),
}
VALUES: Any = st.recursive(
    st.one_of(st.booleans(), st.integers(), st.text(max_size=4)),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(max_size=2), inner)),
    max_leaves=4,
)


def edit(project: Path, old: str, new: str) -> str:
    """Change the lock of a project by hand; return what it was."""
    file = project / "polyhy.lock"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    return text


def block(project: Path, name: str) -> str:
    text = (project / "polyhy.lock").read_text().partition("# end")[0]
    return next(
        f"[[package]]{b}" for b in text.split("[[package]]") if f'purl = "pkg:generic/{name}@' in b
    )


@pytest.fixture
def locked(project: Path) -> Path:
    install.add(project, [Spec("toy", "pair", "2")])
    return project


def test_a_block_that_was_cut_out_is_missed_by_who_requires_it(locked: Path) -> None:
    whole = edit(locked, block(locked, "right"), "")
    said = r"toy:pair@2.0.0 requires pkg:generic/right@3.0.0, which has no block"
    with pytest.raises(StaleLock, match=said):
        install.sync(locked, frozen=True)
    assert "right" in {pin.name for pin in install.sync(locked).lock.pins}
    assert (locked / "polyhy.lock").read_text() == whole


def test_a_block_that_was_cut_out_is_missed_by_who_asks_for_it(locked: Path) -> None:
    whole = edit(locked, block(locked, "pair"), "")
    with pytest.raises(StaleLock, match="toy:pair@2 has no block"):
        install.sync(locked, frozen=True)
    install.lock(locked)
    assert (locked / "polyhy.lock").read_text() == whole


def test_a_block_that_nothing_requires_is_not_installed(locked: Path) -> None:
    whole = edit(locked, "# end", block(locked, "left").replace("left", "smuggled") + "\n# end")
    with pytest.raises(StaleLock, match=r"toy:smuggled@1.1.0 is required by nothing"):
        install.sync(locked, frozen=True)
    install.sync(locked)
    assert (locked / "polyhy.lock").read_text() == whole


def test_a_package_with_two_blocks_is_an_error_that_lock_mends(locked: Path) -> None:
    second = block(locked, "left").replace("sha256:", "sha256:0")
    edit(locked, "# end", f"{second}\n# end")
    text = (locked / "polyhy.lock").read_text()
    line = text.rpartition("[[package]]")[0].count("\n") + 1
    with pytest.raises(LockError, match=rf"polyhy.lock:{line}: .*/left@1.1.0 has two blocks"):
        install.sync(locked)
    install.lock(locked)
    assert [pin.name for pin in install.sync(locked).lock.pins] == ["left", "pair", "right"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('ecosystem = "toy"', 'ecosystem = "tpy"', "there is no ecosystem 'tpy'"),
        ("pkg:generic/left", "pkg:npm/left", "purls of toy begin with pkg:generic/"),
    ],
)
def test_a_block_of_no_ecosystem_says_its_line(locked: Path, old: str, new: str, said: str) -> None:
    edit(locked, block(locked, "left"), block(locked, "left").replace(old, new))
    with pytest.raises(LockError) as caught:
        install.sync(locked)
    assert said in str(caught.value)
    lines = (locked / "polyhy.lock").read_text().splitlines()
    at = int(str(caught.value).partition("polyhy.lock:")[2].partition(":")[0])
    assert lines[at - 1] == "[[package]]"
    assert "left" in lines[at]


@pytest.mark.parametrize(
    ("name", "native", "said"),
    [
        ("npm", {}, "npm:a@1.0.0: it has no native.paths"),
        ("npm", {"paths": [1]}, "npm:a@1.0.0: native.paths is not what polyhy writes"),
        ("npm", {"paths": [], "color": "red"}, "native.color is not what polyhy writes"),
        ("pypi", {"hashes": [], "asked": ""}, "its hash is not that of its native.hashes"),
        ("pypi", {"hashes": [], "marker": "0"}, "native.marker is no marker: '0'"),
        ("pypi", {"hashes": [], "marker": "sys_platform ~= 'x'"}, "native.marker is no marker"),
        ("luarocks", {}, "it has no native.rock"),
        ("lisp", {"source": 1}, "native.source is not what polyhy writes"),
    ],
)
def test_a_block_that_its_room_can_not_use_says_its_line(
    project: Path, name: str, native: dict[str, Any], said: str
) -> None:
    pin = replace(PINS[name], native=native)
    (project / "polyhy.lock").write_text(lock.dump(Lock.of([], [pin])))
    with pytest.raises(LockError, match=r"polyhy.lock:\d+: ") as caught:
        faults.read(project)
    assert said in str(caught.value)


@given(st.sampled_from(sorted(PINS)), st.data())
def test_whatever_is_edited_rooms_take_it_or_call_it_a_fault(name: str, data: Any) -> None:
    room, pin = plugins.ecosystem(name), PINS[name]
    key = data.draw(st.sampled_from([*room.native, "other"]))
    native = {**pin.native, key: data.draw(VALUES)}
    if data.draw(st.booleans()):
        del native[key]
    edited = replace(pin, native=native)
    if not faults.of_pin(edited):
        with suppress(PolyhyError):
            made = Lock.of([Spec(name, "a", data.draw(st.sampled_from(["", "1", "^1"])))], [edited])
            assert isinstance(faults.of(made), dict)
            room.asks(edited), room.artifacts(edited), room.wanted([edited])
