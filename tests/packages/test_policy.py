"""What a project lets its packages be and do: age, licences, code of their own, no network."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from polyhy.errors import (
    LicenceRefused,
    ManifestError,
    NeedsConsent,
    Offline,
    StaleLock,
    TooYoung,
)
from polyhy.packages import install, licences, lock, settings
from polyhy.policy import Policy, governed, named, policy
from polyhy.spec import Pin, Spec
from polyhy.testing import ToyEcosystem

LEFT, PAIR = Spec("toy", "left"), Spec("toy", "pair", "2")


def declare(project: Path, text: str) -> Path:
    (project / "pyproject.toml").write_text(f"[tool.polyhy]\n{text}\n")
    return project


# --- the settings


def test_the_settings_of_a_project_are_its_policy(project: Path) -> None:
    declare(
        project,
        'allow-scripts = ["npm:esbuild", "crates:*"]\nminimum-release-age = "3 days"\n'
        'minimum-release-age-exempt = ["toy"]\nallow-licenses = ["MIT"]\n'
        'refuse-licenses = ["AGPL-3.0-only"]\ndependencies = {}',
    )
    found = settings.read(project)
    assert found.scripts == ("npm:esbuild", "crates:*")
    assert (found.licences, found.refused, found.ageless) == (
        ("MIT",),
        ("AGPL-3.0-only",),
        ("toy",),
    )
    age = datetime.now(timezone.utc) - datetime.fromisoformat(found.before.replace("Z", "+00:00"))
    assert timedelta(days=3) <= age < timedelta(days=3, minutes=1)
    assert found.root == str(project)


def test_no_settings_bind_nobody(project: Path) -> None:
    assert settings.read(project)._replace(root="") == Policy()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "allow-script = []",
            "there is no setting 'allow-script'\n  did you mean \"allow-scripts\"?",
        ),
        (
            "[tool.polyhy.dependences]",
            "there is no setting 'dependences'\n  did you mean \"dependencies\"?",
        ),
        ('allow-scripts = "npm:x"', "allow-scripts is not a list of packages\n  write it so: "),
        ('allow-scripts = ["NPM x"]', "allow-scripts is not a list of packages"),
        ('minimum-release-age = "3"', 'minimum-release-age is not an age\n  write it so: "3 days"'),
        ("minimum-release-age = 3", "minimum-release-age is not an age"),
        ('minimum-release-age = "99999999999 weeks"', "minimum-release-age is not an age"),
        ("refuse-licenses = [1]", "refuse-licenses is not a list of licences"),
    ],
)
def test_a_setting_that_is_wrong_says_its_line(project: Path, text: str, said: str) -> None:
    with pytest.raises(ManifestError) as caught:
        settings.read(declare(project, f"\n{text}"))
    assert str(caught.value).startswith(f"{project}/pyproject.toml:3: {said}")


def test_a_policy_is_in_force_for_the_work_inside_alone() -> None:
    with governed(Policy(offline=True)):
        assert policy().offline
    assert not policy().offline


def test_the_variable_for_no_network_is_heard(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLYHY_OFFLINE", "1")
    assert settings.read(project).offline


@pytest.mark.parametrize(
    ("among", "is_named"),
    [(("npm:a",), True), (("npm:*",), True), (("npm",), True), (("npm:b", "toy:a"), False)],
)
def test_packages_are_named_alone_or_with_their_ecosystem(
    among: tuple[str, ...], is_named: bool
) -> None:
    assert named("npm", "a", among) is is_named


# --- licences


@pytest.mark.parametrize(
    ("licence", "allowed", "refused", "fits"),
    [
        ("MIT", ["MIT"], [], True),
        ("mit", ["MIT"], [], True),
        ("MIT License", ["MIT"], [], True),
        ("MIT/Apache-2.0", ["Apache-2.0"], [], True),
        ("GPL-3.0-only", ["MIT"], [], False),
        ("MIT OR GPL-3.0-only", ["MIT"], [], True),
        ("MIT AND GPL-3.0-only", ["MIT"], [], False),
        ("(MIT OR GPL-3.0-only) AND ISC", ["MIT", "ISC"], [], True),
        ("MIT AND (GPL-3.0-only OR (ISC AND GPL-2.0-only))", ["MIT", "ISC"], [], False),
        ("Apache-2.0 WITH LLVM-exception", ["Apache-2.0"], [], True),
        ("GPL-3.0-only", [], ["GPL-3.0-only"], False),
        ("MIT OR GPL-3.0-only", [], ["GPL-3.0-only"], True),
        ("MIT AND GPL-3.0-only", [], ["GPL-3.0-only"], False),
        ("", ["MIT"], [], False),
        ("", [], ["MIT"], True),
        ("SEE LICENSE IN x", ["MIT"], [], False),
        ("((", ["MIT"], [], False),
    ],
)
def test_a_licence_fits_if_one_way_to_read_it_does(
    licence: str, allowed: list[str], refused: list[str], fits: bool
) -> None:
    pin = Pin("toy", "a", "1", "generic", licence=licence)
    rules = Policy(licences=tuple(allowed), refused=tuple(refused))
    if fits:
        licences.check([pin], rules)
    else:
        with pytest.raises(LicenceRefused, match="toy:a@1"):
            licences.check([pin], rules)


def test_of_many_refused_packages_the_first_are_named() -> None:
    pins = [Pin("toy", f"n{number:02}", "1", "generic", licence="MIT") for number in range(12)]
    with pytest.raises(LicenceRefused, match=r"n00@1 \(MIT\), .*, toy:n09@1 \(MIT\) and 2 more\n"):
        licences.check(pins, Policy(refused=("MIT",)))


def test_a_package_whose_licence_is_not_allowed_is_not_added(project: Path) -> None:
    declare(project, 'allow-licenses = ["MIT"]')
    with pytest.raises(LicenceRefused, match=r"toy:right@3.0.0 \(it names none\)"):
        install.add(project, [PAIR])
    assert not (project / "polyhy.lock").exists()
    declare(project, 'allow-licenses = ["MIT", "toy:right"]')
    added = install.add(project, [PAIR])
    assert {pin.name: pin.licence for pin in added.lock.pins}["pair"] == "MIT OR GPL-3.0-only"


def test_a_stricter_policy_is_held_against_what_is_locked(project: Path) -> None:
    install.add(project, [LEFT])
    text = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(f'{text}\n[tool.polyhy]\nrefuse-licenses = ["MIT"]\n')
    with pytest.raises(LicenceRefused):
        install.sync(project)


# --- code that packages run


@pytest.fixture
def building(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ToyEcosystem, "code", {"left": "build.toy"})
    monkeypatch.setattr(ToyEcosystem, "builds", True)


@pytest.mark.usefixtures("building")
def test_a_package_that_runs_code_is_not_installed_unasked(project: Path) -> None:
    with pytest.raises(NeedsConsent, match=r"toy:left@1.1.0 \(build.toy\)\n.*--yes"):
        install.add(project, [PAIR])
    assert not (project / "polyhy.lock").exists()


@pytest.mark.usefixtures("building")
def test_who_agrees_is_asked_once_and_the_lock_remembers(project: Path) -> None:
    asked = []

    def agree(asks: object) -> bool:
        asked.append(asks)
        return True

    with governed(Policy(agree=agree)):
        added = install.add(project, [PAIR])
    assert [(p.name, what) for each in asked for p, what in each.items()] == [("left", "build.toy")]
    assert {p.name: p.consent for p in added.lock.pins} == {
        "left": "build.toy",
        "pair": "",
        "right": "",
    }
    assert install.sync(project, frozen=True) == added
    install.add(project, [Spec("toy", "right")])  # nobody is there to agree, and nobody has to


@pytest.mark.usefixtures("building")
def test_the_manifest_agrees_by_name(project: Path) -> None:
    declare(project, 'allow-scripts = ["toy:left"]')
    assert install.add(project, [LEFT]).lock.pins[0].consent == "build.toy"


@pytest.mark.usefixtures("building")
def test_other_code_than_was_agreed_to_is_asked_for_again(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with governed(Policy(agree=lambda asks: True)):
        install.add(project, [LEFT])
    monkeypatch.setattr(ToyEcosystem, "code", {"left": "build.toy, more"})
    with pytest.raises(NeedsConsent, match="more"):
        install.sync(project)


@pytest.mark.usefixtures("building")
def test_a_lock_whose_consent_was_taken_out_builds_nothing(
    project: Path, monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    with governed(Policy(agree=lambda asks: True)):
        install.add(project, [LEFT])
    text = (project / "polyhy.lock").read_text()
    (project / "polyhy.lock").write_text(text.replace('consent = "build.toy"\n', ""))
    with pytest.raises(NeedsConsent):
        install.sync(project)


def test_scripts_that_are_not_needed_are_left_out_and_run_if_they_are_named(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ToyEcosystem, "code", {"left": "install script"})
    assert install.add(project, [LEFT]).lock.pins[0].consent == ""
    text = (project / "pyproject.toml").read_text()
    allowed = f'{text}\n[tool.polyhy]\nallow-scripts = ["toy:left"]\n'
    (project / "pyproject.toml").write_text(allowed)
    with pytest.raises(StaleLock, match="allow-scripts changed"):
        install.sync(project, frozen=True)
    assert install.sync(project).lock.pins[0].consent == "install script"


# --- age


def test_what_is_younger_than_allowed_is_refused(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(project, 'minimum-release-age = "3 days"')
    with pytest.raises(TooYoung, match=r"toy:left@1.1.0 .*: its registry does not say when"):
        install.add(project, [LEFT])
    monkeypatch.setattr(ToyEcosystem, "published", lambda self, pin: "2999-01-01T00:00:00Z")
    with pytest.raises(TooYoung, match="it came out at 2999"):
        install.add(project, [LEFT])
    monkeypatch.setattr(ToyEcosystem, "published", lambda self, pin: "2001-01-01T00:00:00Z")
    install.add(project, [LEFT])


def test_what_is_exempt_or_locked_already_may_be_young(project: Path) -> None:
    install.add(project, [LEFT])
    text = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(f'{text}[tool.polyhy]\nminimum-release-age = "1 day"\n')
    with pytest.raises(TooYoung, match=r"toy:pair@2.0.0"):
        install.add(project, [PAIR])
    exempt = 'minimum-release-age-exempt = ["toy:pair", "toy:right"]\n'
    (project / "pyproject.toml").write_text(
        f'{text}[tool.polyhy]\nminimum-release-age = "1 day"\n{exempt}'
    )
    install.add(project, [PAIR])


# --- no network


def test_without_a_network_what_is_stored_is_installed_and_nothing_else(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install.add(project, [PAIR])
    clone = tmp_path / "clone"
    clone.mkdir()
    for name in ("pyproject.toml", "polyhy.lock"):
        (clone / name).write_text((project / name).read_text())
    with governed(Policy(offline=True)):
        monkeypatch.setattr(ToyEcosystem, "fetch", None)
        monkeypatch.setattr(ToyEcosystem, "resolve", None)
        assert install.sync(clone).lock == lock.read(project)
        with pytest.raises(Offline, match="--offline is given"):
            install.add(clone, [Spec("toy", "elsewhere")])
        monkeypatch.setenv("POLYHY_CACHE", str(tmp_path / "empty"))
        (clone / ".polyhy" / "current").unlink()
        for old in (clone / ".polyhy").glob("*/polyhy.lock"):
            old.unlink()
        with pytest.raises(Offline, match=r"left@1.1.0, .* has to be fetched"):
            install.sync(clone)


def test_a_room_of_this_machine_needs_no_network(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ToyEcosystem, "local", True)
    with governed(Policy(offline=True)):
        install.add(project, [LEFT])
