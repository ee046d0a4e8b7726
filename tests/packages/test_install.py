"""Installing, against the toy: what is done, what stays as it was, how little a warm sync does."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from polyhy import plugins, store
from polyhy.errors import (
    LockError,
    ManifestError,
    NoSuchVersion,
    NotInstalled,
    NotLocked,
    Offline,
    SpecError,
    StaleLock,
    Tampered,
    UnknownEcosystem,
    UnknownPackage,
)
from polyhy.packages import env, install, lock, manifest
from polyhy.spec import Spec
from polyhy.testing import ToyEcosystem

PAIR = Spec("toy", "pair", "1")
LEFT = Spec("toy", "left")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the toy's client was asked to do."""
    log: list[str] = []
    for name in ("resolve", "fetch"):
        real = getattr(ToyEcosystem, name)

        def logged(self, pins, rest, name=name, real=real):
            log.append(f"{name} {' '.join(sorted(pin.name for pin in pins))}")
            return real(self, pins, rest)

        monkeypatch.setattr(ToyEcosystem, name, logged)
    return log


def contents(root: Path) -> dict[str, str]:
    return {f.name: f.read_text() for f in root.iterdir() if f.is_file()}


def test_an_added_package_is_declared_locked_and_installed(project: Path) -> None:
    added = install.add(project, [PAIR])
    assert manifest.read(project) == [PAIR]
    locked = lock.read(project)
    assert locked
    assert [(p.name, p.version) for p in locked.pins] == [("left", "1.1.0"), ("pair", "1.0.0")]
    assert (added.paths("toy")[0] / "left.txt").read_text() == "1.1.0"
    assert env.find(project) == added
    assert added.lock == locked
    assert (project / ".polyhy" / ".gitignore").read_text() == "*\n"


def test_the_same_project_has_the_same_lock_anywhere(project: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    install.add(project, [PAIR, LEFT])
    install.add(tmp_path / "other", [LEFT])
    install.add(tmp_path / "other", [PAIR])
    assert contents(project) == contents(tmp_path / "other")


def test_a_locked_project_is_installed_without_resolving(
    project: Path, tmp_path: Path, asked: list[str]
) -> None:
    install.add(project, [PAIR])
    clone = tmp_path / "clone"
    clone.mkdir()
    for name, text in contents(project).items():
        (clone / name).write_text(text)
    asked.clear()
    assert (install.sync(clone, frozen=True).paths("toy")[0] / "pair.txt").is_file()
    assert asked == []  # the store had it all


def test_with_nothing_to_do_no_client_is_started_and_nothing_written(
    project: Path, asked: list[str]
) -> None:
    first = install.add(project, [PAIR])
    before = {file: file.stat().st_mtime_ns for file in project.rglob("*")}
    asked.clear()
    reports: list[str] = []
    assert install.sync(project, lambda *report: reports.append(str(report))) == first
    assert asked == reports == []
    assert {file: file.stat().st_mtime_ns for file in project.rglob("*")} == before


def test_a_second_package_is_resolved_beside_the_versions_locked_before(project: Path) -> None:
    install.add(project, [Spec("toy", "left", "1.0.0")])
    (project / "pyproject.toml").write_text('[tool.polyhy.dependencies.toy]\nleft = "1"\n')
    found = install.add(project, [PAIR])
    assert {p.name: p.version for p in found.lock.pins}["left"] == "1.0.0"


def test_adding_without_a_range_keeps_the_range_there_is(project: Path) -> None:
    install.add(project, [Spec("toy", "left", "1.0")])
    install.add(project, [LEFT])
    assert manifest.read(project) == [Spec("toy", "left", "1.0")]


@pytest.mark.parametrize(
    ("spec", "error"),
    [
        (Spec("toy", "nothing"), UnknownPackage),
        (Spec("toy", "left", "9"), NoSuchVersion),
        (Spec("toi", "left"), UnknownEcosystem),
    ],
)
def test_what_can_not_be_added_leaves_everything_as_it_was(
    project: Path, spec: Spec, error: type
) -> None:
    install.add(project, [PAIR])
    before, current = contents(project), env.find(project)
    with pytest.raises(error):
        install.add(project, [spec])
    assert contents(project) == before
    assert env.find(project) == current


def test_without_a_network_everything_stays_as_it_was(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install.add(project, [LEFT])
    before = contents(project)
    monkeypatch.setattr(ToyEcosystem, "reachable", False)
    with pytest.raises(Offline, match=r"can't be reached.*\n  nothing was changed"):
        install.add(project, [PAIR])
    assert contents(project) == before
    install.sync(project)


def test_what_was_just_stored_is_hashed_once_and_anew_when_it_is_used_again(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    real = store.tree_hash
    monkeypatch.setattr(store, "tree_hash", lambda at: (hashed.append(at.parent.name), real(at))[1])
    install.add(project, [LEFT])
    assert len(hashed) == 1
    (tmp_path / "other").mkdir()
    install.add(tmp_path / "other", [LEFT])
    assert len(hashed) == 2
    (entry,) = store.entries()
    next(f for f in (entry / "files").rglob("*") if f.is_file()).write_text("changed")
    (tmp_path / "third").mkdir()
    with pytest.raises(Tampered, match="left"):
        install.add(tmp_path / "third", [LEFT])


def test_a_changed_manifest_is_locked_again_and_the_env_follows(project: Path) -> None:
    first = install.add(project, [PAIR])
    (project / "pyproject.toml").write_text('[tool.polyhy.dependencies.toy]\nright = "*"\n')
    second = install.sync(project)
    assert first.folder.exists(), "the generation before is kept"
    assert [pin.name for pin in second.lock.pins] == ["right"]
    assert not (second.paths("toy")[0] / "pair.txt").exists()
    (project / "pyproject.toml").write_text('[tool.polyhy.dependencies.toy]\nleft = "*"\n')
    install.sync(project)
    assert not first.folder.exists()
    assert second.folder.exists()


def test_a_lock_that_may_not_change_is_stale_and_says_why(project: Path) -> None:
    install.add(project, [PAIR])
    (project / "pyproject.toml").write_text('[tool.polyhy.dependencies.toy]\nright = "*"\n')
    with pytest.raises(StaleLock, match=r"toy:right is not locked, toy:pair@1 is no longer asked"):
        install.sync(project, frozen=True)
    (project / "polyhy.lock").unlink()
    with pytest.raises(StaleLock, match=r"toy:right is not locked"):
        install.sync(project, frozen=True)


def test_a_half_written_lock_stops_everything_and_the_env_still_works(project: Path) -> None:
    current = install.add(project, [PAIR])
    whole = (project / "polyhy.lock").read_text()
    (project / "polyhy.lock").write_text(whole[: len(whole) // 2])
    for step in (lambda: install.sync(project), lambda: install.add(project, [LEFT])):
        with pytest.raises(LockError, match="delete it and run: polyhy sync"):
            step()
    assert env.find(project) == current
    assert current.locked(PAIR)
    (project / "polyhy.lock").unlink()
    install.sync(project)
    assert (project / "polyhy.lock").read_text() == whole


def test_an_env_whose_copy_of_the_lock_is_damaged_is_made_anew(project: Path) -> None:
    whole = install.add(project, [PAIR]).folder / "polyhy.lock"
    for damage in (lambda: whole.write_text("version = "), whole.unlink):
        text = whole.read_text()
        damage()
        assert install.sync(project).folder == whole.parent
        assert whole.read_text() == text


def test_an_env_that_lost_a_package_is_made_anew_by_the_sync_that_the_error_names(
    project: Path,
) -> None:
    made = install.add(project, [PAIR])
    laid = made.folder / "toy"
    for loss in ((laid / "pair.txt").unlink, lambda: shutil.rmtree(laid)):
        loss()
        assert not made.locked(PAIR)
        assert isinstance(env.refusal(PAIR, project), NotInstalled)
        assert install.sync(project).locked(PAIR)


def test_a_folder_without_a_manifest_says_what_to_do(project: Path) -> None:
    with pytest.raises(ManifestError, match=r"no manifest here\n  run: polyhy add npm:lodash"):
        install.sync(project)


def test_packages_for_other_machines_are_locked_but_not_installed(project: Path) -> None:
    found = install.add(project, [Spec("toy", "elsewhere"), LEFT])
    assert len(found.lock.pins) == 2
    assert [file.name for file in found.paths("toy")[0].iterdir()] == ["left.txt"]


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The toys are an ecosystem more, under another name."""

    class Other(ToyEcosystem):
        name = "other"

    monkeypatch.setitem(plugins._added["polyhy.ecosystems"], "other", Other)


@pytest.mark.usefixtures("other")
def test_an_ecosystem_whose_specs_did_not_change_is_not_asked(
    project: Path, asked: list[str]
) -> None:
    install.add(project, [LEFT])
    asked.clear()
    install.add(project, [Spec("other", "right")])
    assert asked == ["resolve right", "fetch right"]
    assert {pin.ecosystem for pin in install.sync(project).lock.pins} == {"toy", "other"}


@pytest.mark.usefixtures("other")
def test_an_ecosystem_that_has_nothing_to_upgrade_is_not_asked(
    project: Path, asked: list[str]
) -> None:
    install.add(project, [LEFT, Spec("other", "right")])
    for names, resolved in (
        (["left"], ["resolve left"]),
        (["other:right"], ["resolve right"]),
        ([], ["resolve left", "resolve right"]),
    ):
        asked.clear()
        install.lock(project, upgrade=names)
        assert sorted(asked) == resolved


def test_a_rooms_own_packages_lie_apart(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = [ToyEcosystem()._pin("right", "3.0.0", {})]
    monkeypatch.setattr(ToyEcosystem, "own", lambda self: own)
    found = install.add(project, [LEFT])
    assert (found.paths("toy")[0] / "tools" / "right.txt").is_file()
    assert [pin.name for pin in found.lock.pins] == ["left"]


def test_what_a_room_needs_is_laid_out_once_for_all_envs_of_a_project(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy, needs = ToyEcosystem(), ["3.0.0"]
    monkeypatch.setattr(ToyEcosystem, "own", lambda self: [toy._pin("right", needs[0], {})])
    places = []
    for spec in (LEFT, PAIR):
        (folder,) = install.add(project, [spec]).paths("toy")
        places.append((folder / "tools").resolve())
    assert places[0] == places[1]
    assert project in places[0].parents
    shutil.rmtree(places[0])
    assert (install.sync(project).paths("toy")[0] / "tools" / "right.txt").is_file()
    needs[0] = "2.0.0"
    install.sync(project)
    (folder,) = install.add(project, [Spec("toy", "right")]).paths("toy")
    assert (folder / "tools").resolve() != places[0]
    assert not places[0].exists()


# --- scripts


def test_a_script_has_an_env_of_its_own_that_is_used_again(asked: list[str]) -> None:
    first = install.script([PAIR, Spec("toy", "left", "*", "some/module")])
    assert first.locked(PAIR)
    assert first.locked(LEFT)
    asked.clear()
    assert install.script([LEFT, PAIR]) == first
    assert asked == []
    assert install.script([LEFT]) != first


def test_two_ranges_for_one_package_are_refused() -> None:
    with pytest.raises(SpecError, match=r"toy:left@1.0 is asked too\n  ask for one range"):
        install.script([Spec("toy", "left", "1.0"), Spec("toy", "left", "1.1")])
    one = install.script([LEFT, Spec("toy", "left", "1.0")])
    assert one.lock.roots == (Spec("toy", "left", "1.0"),)


# --- the env


def test_the_env_in_use_is_the_chosen_one_then_the_named_then_the_projects(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, script = install.add(project, [LEFT]), install.script([PAIR])
    monkeypatch.chdir(project)
    assert env.find() == mine
    monkeypatch.setenv("POLYHY_ENV", str(script.root))
    assert env.find() == script
    env.use(mine)
    assert env.find(tmp_path) == mine
    env.use(None)
    assert env.find(tmp_path) == script
    monkeypatch.delenv("POLYHY_ENV")
    assert env.find(tmp_path) is None


def test_an_env_answers_for_what_was_asked_and_nothing_else(project: Path) -> None:
    found = install.add(project, [PAIR])
    assert found.locked(PAIR)
    assert found.locked(Spec("toy", "pair"))
    assert not found.locked(Spec("toy", "pair", "2"))
    assert not found.locked(LEFT), "only pair requires it"
    assert not found.locked(Spec("npm", "pair"))
    assert found.paths("npm") == []


def test_what_is_not_locked_and_what_is_not_installed_are_told_apart(project: Path) -> None:
    assert isinstance(env.refusal(LEFT, project), NotLocked)
    install.add(project, [PAIR])
    refusal = env.refusal(LEFT, project)
    assert isinstance(refusal, NotLocked)
    assert str(refusal) == "toy:left is not locked\n  run: polyhy add toy:left"
    (project / ".polyhy" / "current").unlink()
    assert env.find(project) is None
    refusal = env.refusal(PAIR, project)
    assert isinstance(refusal, NotInstalled)
    assert str(refusal) == "toy:pair@1 is locked but not installed\n  run: polyhy sync"


# --- many processes

CHILD = """
import sys, time
from pathlib import Path
from polyhy import plugins, testing
from polyhy.packages import install
class Slow(testing.ToyEcosystem):
    def fetch(self, pins, into):
        with open(sys.argv[2], "a") as log: log.write("fetch\\n")
        time.sleep(0.3)
        return super().fetch(pins, into)
plugins.add(Slow)
print(install.sync(Path(sys.argv[1])).folder)
"""


def test_four_syncs_at_once_build_once(project: Path, tmp_path: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.polyhy.dependencies.toy]\npair = "2"\n')
    command = [sys.executable, "-c", CHILD, str(project), str(tmp_path / "log")]
    children = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    said = [child.communicate(timeout=60) for child in children]
    assert [child.returncode for child in children] == [0] * 4, said
    assert len({out for out, _ in said}) == 1
    assert (tmp_path / "log").read_text() == "fetch\n"
    assert [f.name for f in (project / ".polyhy").iterdir() if f.is_dir()] == [
        Path(said[0][0].strip()).name
    ]


def test_two_projects_that_need_one_package_at_once_fetch_it_once(tmp_path: Path) -> None:
    children = []
    for name in "ab":
        (tmp_path / name).mkdir()
        text = f'[tool.polyhy.dependencies.toy]\nleft = "1.1.0"\n# {name}'
        (tmp_path / name / "pyproject.toml").write_text(text)
        command = [sys.executable, "-c", CHILD, str(tmp_path / name), str(tmp_path / "log")]
        children.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
    assert [child.wait(60) for child in children] == [0, 0]
    assert (tmp_path / "log").read_text() == "fetch\n"
