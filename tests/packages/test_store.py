"""The store: nothing half-made is ever found, changed files are noticed, and a disk may say no."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from polyhy import store
from polyhy.errors import StoreError, Tampered
from polyhy.packages import env, install
from polyhy.spec import Pin, Spec

LEFT, PAIR = Spec("toy", "left"), Spec("toy", "pair")
PIN = Pin("toy", "@a/b", "1.0.0+x", "generic", "sha256:1", (), {})


def put(pin: Pin, text: str = "content", variant: str = "") -> Path:
    with store.staging("toy") as into:
        (into / "made" / "deep").mkdir(parents=True)
        (into / "made" / "deep" / "file").write_text(text)
        store.put(pin, into / "made", variant)
    found = store.find(pin, variant)
    assert found
    return found


def test_what_was_put_is_found_by_pin_and_variant() -> None:
    assert store.find(PIN) is None
    assert (put(PIN) / "deep" / "file").read_text() == "content"
    assert store.find(PIN, "cp311") is None
    assert put(PIN, "other", "cp311") != store.find(PIN)
    assert (store.verify(PIN) / "deep" / "file").read_text() == "content"


def test_a_name_never_leaves_the_store(cache: Path) -> None:
    for name, version in (("../../evil", "1"), ("..", "../.."), ("/etc", "1"), ("a", "../x")):
        found = put(Pin("toy", name, version, "generic", "sha256:1", (), {}))
        assert (cache / "store" / "toy") == found.parent.parent


def test_the_cache_is_where_the_variable_or_the_system_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert store.cache() == tmp_path / "cache"
    monkeypatch.delenv("POLYHY_CACHE")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert store.cache() == tmp_path / "polyhy"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/me")
    assert store.cache() == Path("/home/me/.cache/polyhy")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert store.cache() == Path("/home/me/Library/Caches/polyhy")


@pytest.mark.parametrize("change", ["content", "name", "mode", "more", "less"])
def test_a_changed_file_is_noticed_and_the_entry_removed(change: str) -> None:
    file = put(PIN) / "deep" / "file"
    changes = {
        "content": lambda: file.write_text("tampered"),
        "name": lambda: file.rename(file.with_name("other")),
        "mode": lambda: file.chmod(0o755),
        "more": lambda: file.with_name("more").touch(),
        "less": lambda: file.unlink(),
    }
    changes[change]()
    with pytest.raises(Tampered, match=r"the store's copy of toy:@a/b@1.0.0.*\(sha256:1\)"):
        store.verify(PIN)
    assert store.find(PIN) is None


def test_a_tampered_package_is_not_installed_and_is_fetched_anew(
    project: Path, tmp_path: Path
) -> None:
    old = install.add(project, [LEFT])
    (old.folder / "toy" / "left.txt").write_text("evil")  # a hard link: the store's copy too
    (tmp_path / "other").mkdir()
    with pytest.raises(Tampered, match=r"left@1.1.0 does not have .*\n.*run polyhy sync"):
        install.add(tmp_path / "other", [PAIR])
    assert env.find(tmp_path / "other") is None
    assert not (tmp_path / "other" / "polyhy.lock").exists()
    found = install.add(tmp_path / "other", [PAIR])
    assert (found.folder / "toy" / "left.txt").read_text() == "1.1.0"


def test_files_are_shared_with_the_store_by_hard_links(project: Path) -> None:
    found = install.add(project, [LEFT])
    assert (found.folder / "toy" / "left.txt").stat().st_nlink == 2


def test_where_the_disk_has_no_hard_links_files_are_copied(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    found = install.add(project, [LEFT])
    assert (found.folder / "toy" / "left.txt").read_text() == "1.1.0"


def test_a_copy_that_can_not_be_written_names_the_file_to_be(tmp_path: Path) -> None:
    error = OSError(28, "No space left on device", "/from/here", None, str(tmp_path / "there"))
    said = str(store.failure(error, tmp_path))
    assert said.startswith(f"can't write {tmp_path}/there: No space left on device")


def test_a_store_that_can_not_be_written_says_so_and_the_env_still_works(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = install.add(project, [LEFT])
    before = (project / "polyhy.lock").read_text()
    (tmp_path / "file").touch()
    monkeypatch.setenv("POLYHY_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(StoreError, match=r"can't write .*file.*\n.*environment in use was not"):
        install.add(project, [PAIR])
    assert (project / "polyhy.lock").read_text() == before
    assert install.sync(project) == old, "with nothing to do, nothing is written"


def test_a_project_that_can_not_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.polyhy.dependencies.toy]\nleft = "*"\n')
    (tmp_path / ".polyhy").touch()
    with pytest.raises(StoreError, match=r"can't write .*\.polyhy"):
        install.sync(tmp_path)


FULL = """
import resource, signal, sys
from pathlib import Path
from polyhy import errors, plugins, testing
from polyhy.packages import install
from polyhy.spec import Spec
class Large(testing.ToyEcosystem):
    def build(self, pin, folder):
        if pin.name == "right":
            (folder / "large").write_bytes(b"x" * 200_000)
plugins.add(Large)
root = Path(sys.argv[1])
install.add(root, [Spec("toy", "left")])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    install.add(root, [Spec("toy", "right")])
except errors.StoreError as error:
    print(error)
    print(install.sync(root).locked(Spec("toy", "left")))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on files")
def test_a_full_disk_says_so_and_the_env_still_works(project: Path) -> None:
    command = [sys.executable, "-c", FULL, str(project)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "can't write" in done.stdout
    assert "File too large" in done.stdout
    assert done.stdout.endswith("True\n")


CHILD = """
import itertools, os, sys
from pathlib import Path
import filelock, packageurl, tomli_w
from polyhy import plugins, testing
from polyhy.packages import install
plugins.add(testing.ToyEcosystem)
print("ready", flush=True)
root, cache = map(Path, sys.argv[1:])
for number, name in enumerate(itertools.cycle(["left", "right", "pair"])):
    (root / "pyproject.toml").write_text(f'[tool.polyhy.dependencies.toy]\\n{name} = "*"\\n')
    install.sync(root)
    (cache / "store").rename(cache / f"gone-{os.getpid()}-{number}")  # so that all is fetched anew
"""


def killed_again_and_again(project: Path, cache: Path, rounds: int) -> None:
    install.add(project, [LEFT])
    dice = random.Random(rounds)
    for _ in range(rounds):
        command = [sys.executable, "-c", CHILD, str(project), str(cache)]
        child = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert child.stdout
        child.stdout.readline()
        time.sleep(dice.uniform(0, 0.06))
        child.send_signal(signal.SIGKILL)
        child.communicate()
        found = env.find(project)
        assert found, "there is an env at any moment"
        names = {pin.name for pin in found.lock.pins}
        assert {file.stem for file in found.paths("toy")[0].iterdir()} == names
        (project / "pyproject.toml").write_text('[tool.polyhy.dependencies.toy]\nleft = "*"\n')
        assert install.sync(project).locked(LEFT)
        for pin in found.lock.pins:
            assert store.find(pin) is None or store.verify(pin)
    install.add(project, [Spec("toy", "pair", "1")])
    assert not list(cache.glob("staging/*/*"))
    assert not list((project / ".polyhy").glob("staging-*"))


def test_a_process_killed_at_any_moment_leaves_a_working_env(project: Path, cache: Path) -> None:
    killed_again_and_again(project, cache, 15)


def test_a_generation_that_was_being_removed_is_never_taken_for_whole(
    project: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begin_and_die(folder: Path, **_: object) -> None:
        for file in folder.rglob("*.txt"):
            file.unlink()
        raise KeyboardInterrupt

    for name in ("left", "right"):
        (project / "pyproject.toml").write_text(f'[tool.polyhy.dependencies.toy]\n{name} = "*"\n')
        install.sync(project)
    pair = '[tool.polyhy.dependencies.toy]\npair = "*"\n'
    (project / "pyproject.toml").write_text(pair)
    with monkeypatch.context() as dying:
        real = shutil.rmtree
        dying.setattr(
            shutil, "rmtree", lambda f, **k: (begin_and_die if ".gone" in str(f) else real)(f, **k)
        )
        with pytest.raises(KeyboardInterrupt):
            install.sync(project)
    (project / "pyproject.toml").write_text(pair.replace("pair", "left"))
    assert (install.sync(project).paths("toy")[0] / "left.txt").read_text() == "1.1.0"
    assert not list((project / ".polyhy").glob(".gone*"))


@pytest.mark.slow
def test_two_hundred_processes_killed_leave_a_working_env(project: Path, cache: Path) -> None:
    killed_again_and_again(project, cache, 200)
