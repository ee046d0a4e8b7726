"""Audits have three answers, and no data is never "clean"; bills of materials keep their schema."""

import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyhy.ecosystem import Finding
from polyhy.errors import MissingTool, Offline, Tampered, UsageError
from polyhy.packages import audit, lock, sbom
from polyhy.packages.audit import State
from polyhy.packages.lock import Lock
from polyhy.spec import Pin, Spec
from polyhy.testing import ToyEcosystem

PINS = ToyEcosystem().resolve([Spec("toy", "pair", "2")], [])
PAIR = next(pin for pin in PINS if pin.name == "pair")
LOCK = Lock.of([Spec("toy", "pair", "2")], PINS)


def record(name: str, **affected: object) -> dict:
    package = {"ecosystem": "Toys", "name": name}
    return {
        "id": "OSV-1",
        "modified": "2026-01-02T03:04:05Z",
        "summary": "it bites",
        "database_specific": {"severity": "HIGH"},
        "affected": [{"package": package, **affected}],
    }


def semver(*events: dict) -> dict:
    return {"ranges": [{"type": "SEMVER", "events": list(events)}]}


def snapshot(tmp_path: Path, *records: dict) -> audit.Snapshot:
    (tmp_path / "osv.json").write_text(json.dumps(list(records)))
    return audit.read_snapshot(tmp_path / "osv.json")


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ToyEcosystem, "osv", "Toys")


def test_without_data_nothing_is_clean() -> None:
    (verdict,) = audit.audit(LOCK)
    assert (verdict.state, verdict.packages) == (State.NOT_AUDITED, 3)
    assert list(audit.lines(verdict)) == ["toy: not audited (3 packages; its client has no audit)"]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Offline("no route", ecosystem="toy"), "the toy registry can't be reached: no route"),
        (MissingTool(tool="t", need="it audits", command="x"), "t is not installed, and it audits"),
    ],
)
def test_a_client_that_can_not_be_asked_is_no_audit(
    error: Exception, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: object, pins: object) -> None:
        raise error

    monkeypatch.setattr(ToyEcosystem, "audit", broken)
    (verdict,) = audit.audit(LOCK)
    assert (verdict.state, verdict.source) == (State.NOT_AUDITED, reason)


def test_what_the_client_finds_or_does_not_find_is_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ToyEcosystem, "audit", lambda self, pins: [])
    assert audit.audit(LOCK)[0].state is State.CLEAN
    found = Finding(PINS[0].purl, "X-1", "it bites", "high", "2.0")
    monkeypatch.setattr(ToyEcosystem, "audit", lambda self, pins: [found])
    (verdict,) = audit.audit(LOCK)
    assert verdict.findings == (found,)
    assert list(audit.lines(verdict))[1].endswith(": X-1 [high] it bites; fixed in 2.0")
    assert audit.plain(verdict)["state"] == "vulnerable"


@pytest.mark.parametrize(
    ("states", "whole"),
    [
        ([State.CLEAN, State.CLEAN], State.CLEAN),
        ([State.CLEAN, State.NOT_AUDITED], State.NOT_AUDITED),
        ([State.NOT_AUDITED, State.VULNERABLE], State.VULNERABLE),
        ([], State.CLEAN),
    ],
)
def test_the_worst_answer_is_the_answer(states: list[State], whole: State) -> None:
    assert audit.overall([audit.Verdict("toy", s, "", 1) for s in states]) is whole


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("affected", "hit", "fixed"),
    [
        (semver({"introduced": "0"}, {"fixed": "1.2.0"}), True, "1.2.0"),
        (semver({"introduced": "0"}, {"fixed": "1.1.0"}), False, ""),
        (semver({"introduced": "1.1.0"}), True, ""),
        (semver({"introduced": "1.2.0"}), False, ""),
        (semver({"introduced": "0"}, {"last_affected": "1.1.0"}), True, ""),
        (semver({"introduced": "0"}, {"last_affected": "1.0.9"}), False, ""),
        (semver({"introduced": "0"}, {"fixed": "1.0"}, {"introduced": "1.0.5"}), True, ""),
        (semver({"fixed": "1.3.0"}, {"introduced": "1.1.0-beta"}), True, "1.3.0"),
        ({"versions": ["1.1.0"]}, True, ""),
        ({"versions": ["1.0.0"]}, False, ""),
        ({"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}, False, ""),
    ],
)
def test_a_snapshot_of_osv_covers_versions_by_its_ranges(
    tmp_path: Path, affected: dict, hit: bool, fixed: str
) -> None:
    (verdict,) = audit.audit(LOCK, snapshot(tmp_path, record("left", **affected)))
    assert verdict.state is (State.VULNERABLE if hit else State.CLEAN)
    assert [f.fixed for f in verdict.findings] == ([fixed] if hit else [])
    assert verdict.source == "OSV's data of 2026-01-02"


@pytest.mark.usefixtures("known")
def test_a_record_that_was_withdrawn_is_no_finding(tmp_path: Path) -> None:
    withdrawn = {**record("left", versions=["1.1.0"]), "withdrawn": "2026-01-03T00:00:00Z"}
    assert audit.audit(LOCK, snapshot(tmp_path, withdrawn))[0].state is State.CLEAN


@pytest.mark.usefixtures("known")
def test_a_snapshot_of_other_ecosystems_audits_nothing(tmp_path: Path) -> None:
    other = record("left", versions=["1.1.0"])
    other["affected"][0]["package"]["ecosystem"] = "Others"
    assert audit.audit(LOCK, snapshot(tmp_path, other))[0].state is State.NOT_AUDITED


@pytest.mark.usefixtures("known")
def test_a_snapshot_may_be_a_zip_or_a_folder(tmp_path: Path) -> None:
    text = json.dumps(record("left", versions=["1.1.0"]))
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "OSV-1.json").write_text(text)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("OSV-1.json", text)
    for name in ("folder", "all.zip"):
        found = audit.read_snapshot(tmp_path / name)
        assert audit.audit(LOCK, found)[0].state is State.VULNERABLE


@pytest.mark.parametrize("text", ["", "[]", "{", '{"affected": 1}', '[{"affected": [{}]}]', "1"])
def test_what_is_no_snapshot_says_so(tmp_path: Path, text: str) -> None:
    for name in ("osv.json", "osv.zip"):
        (tmp_path / name).write_text(text)
        with pytest.raises(UsageError, match=r"snapshot .*osv.* no OSV records\n  give a zip"):
            audit.read_snapshot(tmp_path / name)
    with pytest.raises(UsageError, match="No such file"):
        audit.read_snapshot(tmp_path / "missing.json")


def test_what_signatures_prove_is_listed_and_a_false_one_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert audit.provenance(LOCK) == {"toy": "not checked: its client checks no signatures"}
    proved = {PINS[0].purl: "signed by its registry"}
    monkeypatch.setattr(ToyEcosystem, "provenance", lambda self, pins: proved)
    assert audit.provenance(LOCK) == proved

    def false(self: object, pins: object) -> None:
        raise Tampered(what="toy:left", expected="its signature")

    monkeypatch.setattr(ToyEcosystem, "provenance", false)
    with pytest.raises(Tampered):
        audit.provenance(LOCK)


# --- the bill of materials


def test_a_bill_names_every_package_with_its_hash_licence_and_requirements() -> None:
    bill = json.loads(sbom.sbom(LOCK, "mine"))
    parts = {part["purl"]: part for part in bill["components"]}
    pair = parts["pkg:generic/pair@2.0.0"]
    assert (bill["bomFormat"], bill["specVersion"], len(parts)) == ("CycloneDX", "1.6", 3)
    assert pair["licenses"] == [{"expression": "MIT OR GPL-3.0-only"}]
    assert pair["hashes"] == [{"alg": "SHA-256", "content": PAIR.hash.partition(":")[2]}]
    depends = {each["ref"]: each.get("dependsOn", []) for each in bill["dependencies"]}
    assert depends["mine"] == ["pkg:generic/pair@2.0.0"]
    assert depends["pkg:generic/pair@2.0.0"] == [
        "pkg:generic/left@1.1.0",
        "pkg:generic/right@3.0.0",
    ]


def test_the_same_lock_makes_the_same_bill() -> None:
    assert sbom.sbom(LOCK) == sbom.sbom(lock.parse(lock.dump(LOCK)))


@given(
    st.text(max_size=20),
    st.sampled_from(["", "x", "sha512-AA==", "sha256:zz", "sha1-AAAA sha512-AA==", "sha9-x"]),
    st.from_regex(r"(@[a-z]{1,3}/)?[a-z+-]{1,5}", fullmatch=True),
)
def test_whatever_a_package_says_the_bill_keeps_its_schema(
    licence: str, digest: str, name: str
) -> None:
    pin = Pin("toy", name, "1+a", "generic", digest, (), {}, licence)
    assert len(json.loads(sbom.sbom(Lock.of([], [pin])))["components"]) == 1


def test_names_of_pypi_are_compared_as_pypi_compares_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ToyEcosystem, "osv", "PyPI")
    found = record("Le_ft.x", versions=["1.1.0"])
    found["affected"][0]["package"]["ecosystem"] = "PyPI"
    mine = Lock.of([], [Pin("toy", "le-ft-x", "1.1.0", "toy")])
    assert audit.audit(mine, snapshot(tmp_path, found))[0].state is State.VULNERABLE
