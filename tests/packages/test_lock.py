"""polyhy.lock: the same bytes for the same packages, and what a damaged one gets."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyhy import lock
from polyhy.errors import LockError
from polyhy.lock import Lock
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
    lambda name, version, digest, native: Pin(
        "toy", name, version, "generic", digest, ("pkg:generic/a@1",), native
    ),
    NAMES,
    VERSIONS,
    TEXTS,
    NATIVE,
)
SPECS = st.builds(lambda name, version: Spec("toy", name, version), NAMES, VERSIONS)
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
        ("version = 1", "version = 'x'", "no format that polyhy knows"),
        ("version = 1", "version = ", "it was edited"),
        ('a = "1"', 'a = "2"', "its roots do not match"),
        ('a = "1"', "a = 1", "it was edited"),
        ('hash = "sha256:0"', "hash = 1", "it was edited"),
        ('hash = "sha256:0"', 'color = "red"', "it was edited"),
        ('"pkg:generic/a@1"', '"a"', "it was edited"),
        ("manifest = ", "manifesto = ", "it was edited"),
        ("# end", "# fin", "half-written"),
    ],
)
def test_a_damaged_lock_says_what_and_where(old: str, new: str, detail: str) -> None:
    with pytest.raises(LockError) as caught:
        lock.parse(WHOLE.replace(old, new), Path("here/polyhy.lock"))
    assert detail in str(caught.value)
    assert "here/polyhy.lock" in str(caught.value)
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


def test_the_difference_names_what_is_missing_and_what_is_too_much() -> None:
    old = Lock.of([Spec("toy", "a", "1"), Spec("toy", "b")], [])
    difference = lock.difference(old, [Spec("toy", "a", "2"), Spec("toy", "b")])
    assert difference == "toy:a@2 is not locked, toy:a@1 is no longer asked"
