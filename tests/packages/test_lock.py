"""polyhy.lock: the same bytes for the same packages, and what a damaged one gets."""

import re
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyhy.errors import LockError
from polyhy.packages import lock
from polyhy.packages.lock import Lock
from polyhy.spec import Pin, Spec

NAMES = st.from_regex(r"(@[a-z][\w.-]{0,5}/)?[a-z0-9][\w.-]{0,8}", fullmatch=True)
VERSIONS = st.from_regex(
    r"[0-9]{1,3}(\.[0-9]{1,3}){0,2}(-[a-z.0-9]+)?(\+[a-z0-9]+)?", fullmatch=True
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NATIVE = st.dictionaries(
    st.sampled_from(["paths", "os", "asked", "é", "a b"]),
    st.one_of(TEXTS, st.booleans(), st.lists(TEXTS), st.dictionaries(TEXTS, TEXTS, max_size=3)),
)
PINS = st.builds(
    lambda name, version, digest, native, licence, consent: Pin(
        "toy", name, version, "generic", digest, ("pkg:generic/a@1",), native, licence, consent
    ),
    NAMES,
    VERSIONS,
    TEXTS,
    NATIVE,
    TEXTS,
    TEXTS,
)
EXTRAS = st.sets(st.from_regex(r"[a-z][\w.-]{0,5}", fullmatch=True), max_size=3)
SPECS = st.builds(
    lambda name, version, extras: Spec("toy", name, version, extras=tuple(sorted(extras))),
    NAMES,
    VERSIONS,
    EXTRAS,
)
WHOLE = lock.dump(
    Lock.of(
        [Spec("toy", "a", "1")],
        [Pin("toy", f"{c}", "1", "generic", "sha256:0", (), {"paths": ["x"]}) for c in "abc"],
    )
)


@given(st.lists(SPECS, unique_by=lambda s: s.name), st.lists(PINS, unique_by=lambda p: p.purl))
def test_a_lock_is_read_back_whole_whatever_the_order(roots: list[Spec], pins: list[Pin]) -> None:
    text = lock.dump(Lock.of(roots, pins))
    assert lock.dump(Lock.of(roots[::-1], pins[::-1])) == text
    back = lock.parse(text)
    assert back.roots == Lock.of(roots, ()).roots
    assert list(map(vars, back.pins)) == list(map(vars, sorted(pins)))
    assert lock.dump(back) == text


def test_a_lock_holds_no_addresses_and_says_what_it_is() -> None:
    assert "://" not in WHOLE
    assert "commit it" in WHOLE.splitlines()[0]
    assert 'purl = "pkg:generic/a@1"' in WHOLE


def test_no_lock_is_none(project: Path) -> None:
    assert lock.read(project) is None


def test_a_half_written_lock_is_refused_wherever_it_was_cut() -> None:
    for cut in range(len(WHOLE) - 1):
        with pytest.raises(LockError, match="restore it from version control, or delete"):
            lock.parse(WHOLE[:cut])


@pytest.mark.parametrize(
    ("old", "new", "detail"),
    [
        ("[[package]]", "<<<<<<< HEAD\n[[package]]", "is a merge mark"),
        ("[[package]]", "=======\n[[package]]", "is a merge mark"),
        ("version = 1", "version = 2", "a newer polyhy wrote it"),
        ("version = 1", "version = 'x'", "lock:2: it names no format that polyhy knows"),
        ("version = 1", "version = ", "lock:2: bad TOML"),
        ("[roots.toy]", "[roots]\ntoy = 1\n[x]", "roots.toy is not a table"),
        ('a = "1"', '"a b" = "1"', "lock:5: 'a b' is not a package spec"),
        ('a = "1"', "a = 1", "lock:5: the range of a is not a text"),
        ('hash = "sha256:0"', "hash = 1", "lock:7: hash of pkg:generic/a@1 is not what"),
        ('hash = "sha256:0"', 'color = "red"', "color of pkg:generic/a@1 is not what"),
        ('hash = "sha256:0"', "requires = [1]", "requires of pkg:generic/a@1 is not what"),
        ('hash = "sha256:0"', "", "lock:7: pkg:generic/a@1 has no hash"),
        ('"pkg:generic/a@1"', '"a"', "lock:7: 'a' is no purl with a version"),
        ("# end", "# fin", "half-written"),
    ],
)
def test_a_damaged_lock_says_what_and_where(old: str, new: str, detail: str) -> None:
    with pytest.raises(LockError) as caught:
        lock.parse(WHOLE.replace(old, new), Path("here/polyhy.lock"))
    assert detail in str(caught.value)
    assert re.match(r"here/polyhy.lock:\d+: ", str(caught.value))
    assert "\n  " in str(caught.value)


def test_a_lock_that_is_not_text_is_refused(project: Path) -> None:
    (project / "polyhy.lock").write_bytes(b"\xff\xfe")
    with pytest.raises(LockError, match="can't be read"):
        lock.read(project)


@given(st.text(alphabet="[]={}\"'\n.,1aversionpackgmfthd:@/# ", max_size=120), st.integers(0, 400))
def test_any_text_is_a_lock_or_an_error_of_ours(text: str, at: int) -> None:
    for whole in (text, WHOLE[:at] + text + WHOLE[at:], WHOLE[:at] + text):
        with suppress(LockError):
            assert isinstance(lock.parse(whole), Lock)


def test_two_people_add_a_package_and_git_merges_their_locks(tmp_path: Path) -> None:
    pins = {c: Pin("toy", c, "1", "generic", f"sha256:{c}") for c in "acegik"}
    texts = [
        lock.dump(Lock.of([Spec("toy", c) for c in names], [pins[c] for c in names]))
        for names in ("ceg", "aceg", "cegi")
    ]
    names = [tmp_path / name for name in ("base", "mine", "theirs")]
    for file, text in zip(names, texts, strict=True):
        file.write_text(text)
    base, mine, theirs = map(str, names)
    done = subprocess.run(
        ["git", "merge-file", "-p", mine, base, theirs], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
    assert lock.parse(done.stdout) == lock.parse(
        lock.dump(Lock.of([Spec("toy", c) for c in "acegi"], [pins[c] for c in "acegi"]))
    )


def test_both_sides_of_a_merge_that_git_could_not_make_are_salvaged() -> None:
    ours, theirs = WHOLE.split("[[package]]")[2], WHOLE.split("[[package]]")[3]
    marked = WHOLE.replace(
        f"[[package]]{ours}[[package]]{theirs}",
        f"<<<<<<< ours\n[[package]]{ours}=======\n[[package]]{theirs}>>>>>>> theirs\n",
    )
    with pytest.raises(LockError, match="run: polyhy lock, which makes one lock of both sides"):
        lock.parse(marked)
    assert [pin.name for pin in lock.salvage(marked).pins] == ["a", "b", "c"]


def test_the_difference_names_what_is_missing_and_what_is_too_much() -> None:
    old = Lock.of([Spec("toy", "a", "1"), Spec("toy", "b")], [])
    difference = lock.difference(old, [Spec("toy", "a", "2"), Spec("toy", "b")])
    assert difference == "toy:a@2 is not locked, toy:a@1 is no longer asked"
