"""The life of the store: garbage is collected, damage found, bundles made and taken in."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from polyhy import plugins, store
from polyhy.ecosystem import Ecosystem
from polyhy.errors import NoBundle, NoProgram, StaleLock, Tampered, UsageError
from polyhy.packages import bundle, collect, damage, env, install, tools
from polyhy.packages.programs import find, run
from polyhy.policy import Policy, governed
from polyhy.spec import Pin, Spec
from polyhy.testing import ToyBridge, ToyEcosystem

LEFT, PAIR, RIGHT = Spec("toy", "left"), Spec("toy", "pair", "2"), Spec("toy", "right")


def stored() -> list[str]:
    return [entry.name.partition("@")[0] for entry in store.entries()]


# --- garbage


def test_what_no_env_uses_is_pruned(project: Path) -> None:
    install.add(project, [PAIR])
    install.remove(project, [PAIR])
    assert collect.prune(0).entries == ()  # the generation before may be switched back to
    install.add(project, [Spec("toy", "left", "1.0.0")])
    install.add(project, [Spec("toy", "right")])
    pruned = collect.prune(0)
    assert [name.partition("@")[0] for name in pruned.entries] == ["toy/left", "toy/pair"]
    assert pruned.bytes > 0
    assert stored() == ["left", "right"]
    assert install.sync(project)


def test_what_was_just_stored_is_spared(project: Path) -> None:
    install.add(project, [PAIR])
    for generation in (project / ".polyhy").glob("*/entries"):
        generation.unlink()
    assert collect.prune().entries == ()
    assert len(collect.prune(0).entries) == 3


def test_what_is_found_in_the_store_counts_as_used(project: Path, tmp_path: Path) -> None:
    install.add(project, [LEFT])
    (mark,) = (entry / "ok" for entry in store.entries())
    os.utime(mark, (1, 1))
    (tmp_path / "other").mkdir()
    install.add(tmp_path / "other", [LEFT])
    assert mark.stat().st_mtime > 1


def test_a_project_that_is_gone_uses_nothing(project: Path, tmp_path: Path) -> None:
    install.add(project, [LEFT])
    project.rename(tmp_path / "elsewhere")
    assert len(collect.prune(0).entries) == 1
    assert not list((store.cache() / "envs").iterdir())


def test_envs_of_scripts_and_caches_of_clients_go_only_if_so_asked(cache: Path) -> None:
    install.script([LEFT])
    store.write(cache / "clients" / "some" / "file", "cached")
    assert collect.prune(0).entries == ()
    pruned = collect.prune(0, everything=True)
    assert (pruned.scripts, len(pruned.entries)) == (1, 1)
    assert not (cache / "clients").exists()
    assert install.script([LEFT])


def test_what_rooms_made_goes_when_nobody_used_it_for_long(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ToyBridge, "keeps", ("toy/*", "toy-index/*/*"))
    plugins.add(ToyBridge)
    old, new = cache / "toy" / "old", cache / "toy-index" / "b" / "new"
    for file in (old / "inside" / "file", new):
        store.write(file, "made")
    for path in (old, *old.rglob("*")):
        os.utime(path, (1, 1))
    assert (collect.prune().made, old.exists(), new.exists()) == (1, False, True)
    assert (collect.prune(everything=True).made, new.exists()) == (1, False)


def test_an_env_of_a_script_goes_when_nobody_ran_it_for_long() -> None:
    root = install.script([LEFT]).root
    for path in (root, *root.rglob("*")):
        os.utime(path, (1, 1))
    install.script([LEFT])
    assert collect.prune().scripts == 0
    for path in (root, *root.rglob("*")):
        os.utime(path, (1, 1))
    assert collect.prune().scripts == 1
    assert not root.exists()


class Needy(ToyEcosystem):
    """A room that needs a package itself to load others."""

    def own(self) -> list[Pin]:
        return self.resolve([RIGHT], [])


@pytest.fixture
def needy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ecosystem]:
    monkeypatch.setitem(plugins._added, "polyhy.ecosystems", {"toy": Needy})
    plugins._ecosystem.cache_clear()
    yield plugins.ecosystem("toy")
    plugins._ecosystem.cache_clear()


def test_what_rooms_need_themselves_goes_when_another_version_needs_other_things(
    project: Path, needy: Ecosystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    install.add(project, [LEFT])
    now = tools.find(needy)
    assert now
    assert collect.prune(0, everything=True).made == 0
    monkeypatch.setitem(ToyEcosystem.registry["right"], "4.0.0", ())
    install.add(project, [Spec("toy", "left", "1.0.0")])
    assert (collect.prune(0).made, now.exists()) == (0, True)
    assert (collect.prune(0, everything=True).made, now.exists()) == (1, False)
    assert tools.find(needy)


def test_damage_of_what_rooms_need_themselves_is_found_and_mended(
    project: Path, needy: Ecosystem
) -> None:
    install.add(project, [LEFT])
    folder = tools.find(needy)
    assert folder
    file = folder / "tools" / "right.txt"
    file.unlink()
    file.write_text("evil")
    assert damage.verify().damaged == [f"rooms/toy/{folder.name}"]
    assert file.read_text() == "3.0.0"


def test_every_folder_of_the_cache_is_looked_after() -> None:
    root = Path(__file__).parents[2]
    files = [*(root / "src").rglob("*.py"), *(root / "bridges").rglob("*.py")]
    named = re.compile(r'store\.cache\(\) / "(\w+)"')
    used = {name for file in files for name in named.findall(file.read_text("utf-8"))}
    rooms = map(plugins.bridge_class, plugins.languages())
    made = {pattern.partition("/")[0] for room in rooms for pattern in room.keeps}
    assert {"scripts", "rust"} <= used <= {"clients", "envs", "rooms", "scripts", "store", *made}


def test_what_killed_processes_left_is_taken_away(project: Path, cache: Path) -> None:
    install.add(project, [LEFT])
    left = [
        cache / "store" / "toy" / ".gone-1" / "x",
        cache / "staging" / "toy" / "package-1" / "x",
        cache / "scripts" / ".gone-2" / "x",
        cache / "rooms" / "toy" / "staging-3" / "tools" / "x",
    ]
    for file in left:
        store.write(file, "left")
        os.utime(file, (1, 1))
        for parent in list(file.parents)[:3]:
            os.utime(parent, (1, 1))
    collect.prune()
    assert not any(file.exists() for file in left)
    assert install.sync(project, frozen=True)


def test_damage_is_found_and_removed(project: Path) -> None:
    install.add(project, [PAIR])
    victim = next(entry for entry in store.entries() if entry.name.startswith("left"))
    file = victim / "files" / "left.txt"
    file.unlink()
    file.write_text("evil")
    names, damaged, projects = damage.verify()
    assert (len(names), damaged, projects) == (3, [f"toy/{victim.name}"], [str(project)])
    assert stored() == ["pair", "right"]
    assert damage.verify().damaged == []
    assert env.find(project) is None
    mended = install.sync(project, frozen=True)
    assert (mended.paths("toy")[0] / "left.txt").read_text() == "1.1.0"


# --- bundles


def test_a_bundle_installs_where_there_is_no_registry(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "usb" / "bundle"
    assert bundle.write(install.add(project, [PAIR]), made) == (3, [])
    monkeypatch.setenv("POLYHY_CACHE", str(tmp_path / "another machine"))
    for name in ("fetch", "resolve"):
        monkeypatch.setattr(ToyEcosystem, name, None)
    assert bundle.take_in(made) == 3
    assert bundle.take_in(made) == 0
    with governed(Policy(offline=True)):
        found = install.sync(made, frozen=True)
    assert (found.paths("toy")[0] / "right.txt").read_text() == "3.0.0"


def test_a_bundle_of_an_env_from_another_store_is_fetched_again(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = install.add(project, [PAIR])
    monkeypatch.setenv("POLYHY_CACHE", str(tmp_path / "another"))
    assert bundle.write(added, tmp_path / "bundle") == (3, [])


def test_what_is_of_the_machine_itself_is_named_and_not_bundled(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = install.add(project, [LEFT])
    monkeypatch.setattr(ToyEcosystem, "local", True)
    assert bundle.write(added, tmp_path / "bundle") == (0, ["toy:left@1.1.0"])
    assert not list((tmp_path / "bundle").glob("store/*/*"))


def test_a_bundle_that_was_changed_is_refused(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle.write(install.add(project, [LEFT]), tmp_path / "bundle")
    (file,) = (tmp_path / "bundle").rglob("left.txt")
    file.write_text("evil")
    monkeypatch.setenv("POLYHY_CACHE", str(tmp_path / "another machine"))
    with pytest.raises(Tampered, match="make the bundle anew"):
        bundle.take_in(tmp_path / "bundle")
    assert stored() == []


def test_a_bundle_is_made_whole_or_not_at_all(project: Path, tmp_path: Path) -> None:
    added = install.add(project, [PAIR])
    victim = next(entry for entry in store.entries() if entry.name.startswith("right"))
    (victim / "files" / "right.txt").unlink()
    with pytest.raises(Tampered):
        bundle.write(added, tmp_path / "bundle")
    assert list(tmp_path.glob("*bundle*")) == []
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    with pytest.raises(UsageError, match="is not empty"):
        bundle.write(added, tmp_path / "full")


def test_what_is_no_bundle_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoBundle, match="is no bundle\n  make one"):
        bundle.take_in(tmp_path)


# --- programs of packages


def test_a_command_of_a_package_is_run_in_an_env_of_its_own(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert run(LEFT, "", ["/dev/null"]) == 0
    assert capfd.readouterr().out == "1.1.0"
    assert run(LEFT, "cat-left", ["/no/such/file"]) == 1


def test_a_command_of_what_the_environment_has_is_found_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ToyEcosystem, "wanted", lambda *_: [])
    assert find(install.script([LEFT]), LEFT)[0] == "cat"


def test_a_command_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(NoProgram, match=r"brings no command 'dog'\n  it brings: cat-left"):
        find(install.script([LEFT]), LEFT, "dog")


# --- scripts with locks of their own


def test_a_script_may_have_a_lock_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "tour.hy"
    assert install.lock_script(file, [LEFT]) == tmp_path / "tour.hy.lock"
    monkeypatch.setitem(ToyEcosystem.registry["left"], "1.2.0", ())
    assert [pin.version for pin in install.script([LEFT], file=file).lock.pins] == ["1.1.0"]
    assert [pin.version for pin in install.script([LEFT]).lock.pins] == ["1.2.0"]
    with pytest.raises(StaleLock, match=rf"toy:pair@2 is not locked.*\n  run: .*--script {file}"):
        install.script([LEFT, PAIR], file=file)


def test_the_project_of_an_env_is_found_again_wherever_it_was_made(project: Path) -> None:
    install.add(project, [LEFT])
    found = env.at(project)
    assert found
    assert (found.folder / collect.ENTRIES).read_text().startswith("toy/left@1.1.0-")


PRUNES = """
import time
from polyhy import plugins
from polyhy.packages import collect, install
from polyhy.spec import Spec
from polyhy.testing import ToyEcosystem
plugins.add(ToyEcosystem)
print(flush=True)
while True:
    for name, version in (("left", "1.0.0"), ("left", "1.1.0"), ("pair", "1"), ("pair", "2")):
        install.script([Spec("toy", name, version)])
    collect.prune(0, everything=True)
"""


def test_a_prune_that_is_killed_at_any_moment_leaves_whole_packages(project: Path) -> None:
    for _ in range(8):
        child = subprocess.Popen([sys.executable, "-c", PRUNES], stdout=subprocess.PIPE)
        assert child.stdout
        child.stdout.readline()
        time.sleep(random.uniform(0, 0.3))
        child.send_signal(signal.SIGKILL)
        child.communicate()
        assert damage.verify().damaged == []
        assert install.add(project, [PAIR])
    collect.prune(0, everything=True)
    assert sorted(stored()) == ["left", "pair", "right"]
    assert not list((store.cache() / "store").glob("*/.gone-*/*/ok"))
