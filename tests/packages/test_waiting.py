"""Who waits for another process is told so, once, if it takes longer than a moment."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from polyhy import clients, store, waiting
from polyhy.front import cli

MANIFEST = "[tool.polyhy.dependencies]\n"
BLOCKED = re.compile(r"blocked by (?P<what>.+)")
BLOCKS = """
import os, sys, time
print("its answer")
print("blocked by its cache", file=sys.stderr, flush=True)
while not os.path.exists(sys.argv[1]):
    time.sleep(0.01)
print("goes on", file=sys.stderr)
"""


@pytest.fixture
def held(tmp_path: Path) -> Iterator[FileLock]:
    """The lock of a project, in use; any thread may release it."""
    (tmp_path / "pyproject.toml").write_text(MANIFEST)
    lock = FileLock(tmp_path / ".polyhy" / "lock", thread_local=False)
    Path(lock.lock_file).parent.mkdir()
    with lock:
        yield lock


def test_who_waits_for_a_lock_is_told_who_has_it(
    held: FileLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "MOMENT", 0.01)
    said: list[str] = []

    def tell(text: str) -> None:
        said.append(text)
        held.release()

    with waiting.told(tell), store.locked(Path(held.lock_file)):
        assert said == [f"waiting for another process, which holds {held.lock_file}"]


def test_a_lock_that_is_free_is_waited_for_by_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "on", None)
    with store.locked(tmp_path / "lock"), store.locked(tmp_path / "other"):
        pass


def test_a_command_says_on_stderr_that_it_waits_and_its_answer_stays_json(
    held: FileLock, tmp_path: Path
) -> None:
    words = [sys.executable, "-c", "from polyhy.front.start import main; main()", "sync", "--json"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(words, cwd=tmp_path, text=True, **pipes) as child:
        assert child.stderr is not None
        first = child.stderr.readline()
        held.release()
        out, err = child.communicate(timeout=60)
    assert first == f"waiting for another process, which holds {held.lock_file}\n"
    assert "waiting" not in err
    assert json.loads(out)["packages"] == 0


def test_a_quiet_command_waits_in_silence(
    held: FileLock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(waiting, "MOMENT", 0.01)
    monkeypatch.chdir(tmp_path)
    threading.Timer(0.3, held.release).start()
    assert cli._run(["sync", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_client_that_says_what_blocks_it_is_heard_while_it_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "MOMENT", 0.01)
    go, said = tmp_path / "go", []

    def tell(text: str) -> None:
        said.append(text)
        go.touch()

    command = [sys.executable, "-c", BLOCKS, str(go)]
    with waiting.told(tell), clients.beside(command) as program:
        assert clients.heard(program, BLOCKED) == (
            "its answer\n",
            "blocked by its cache\ngoes on\n",
        )
    assert said == ["waiting for its cache"]
    assert program.returncode == 0


def test_a_client_that_is_blocked_for_a_moment_disturbs_nobody(tmp_path: Path) -> None:
    (go := tmp_path / "go").touch()
    said: list[str] = []
    command = [sys.executable, "-c", BLOCKS, str(go)]
    with waiting.told(said.append), clients.beside(command) as program:
        clients.heard(program, BLOCKED)
    assert said == []
