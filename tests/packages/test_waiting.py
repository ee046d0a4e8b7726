"""Who waits for another process is told so, once, if it takes longer than a moment."""

import fcntl
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

import pytest

from polyhy import clients, store, waiting
from polyhy.front import cli

BLOCKED = re.compile(r"blocked by (?P<what>.+)")
BLOCKS = """
import os, sys, time
print("its answer")
print("blocked by cache", file=sys.stderr, flush=True)
while not os.path.exists(sys.argv[1]):
    time.sleep(0.01)
print("goes on", file=sys.stderr)
"""


class Held(NamedTuple):
    """A lock that another process has, as far as filelock can tell."""

    file: Path
    stream: IO[str]

    def release(self) -> None:
        fcntl.flock(self.stream, fcntl.LOCK_UN)


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Held]:
    """The lock of a project, in use."""
    (tmp_path / "pyproject.toml").write_text("[tool.polyhy.dependencies]\n")
    file = tmp_path / ".polyhy" / "lock"
    file.parent.mkdir()
    with file.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield Held(file, stream)


def test_who_waits_for_a_lock_is_told_who_has_it(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "MOMENT", 0.01)
    said: list[str] = []

    def tell(text: str) -> None:
        said.append(text)
        held.release()

    with waiting.told(tell), store.locked(held.file):
        assert said == [f"waiting for another process, which holds {held.file}"]


def test_a_lock_that_is_free_is_waited_for_by_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "on", None)
    with store.locked(tmp_path / "lock"), store.locked(tmp_path / "other"):
        pass


def test_a_command_says_on_stderr_that_it_waits_and_its_answer_stays_json(
    held: Held, tmp_path: Path
) -> None:
    words = [sys.executable, "-c", "from polyhy.front.start import main; main()", "sync", "--json"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(words, cwd=tmp_path, text=True, **pipes) as child:
        assert child.stderr is not None
        first = child.stderr.readline()
        held.release()
        out, err = child.communicate(timeout=60)
    assert first == f"waiting for another process, which holds {held.file}\n"
    assert "waiting" not in err
    assert json.loads(out)["packages"] == 0


def test_a_quiet_command_waits_in_silence(
    held: Held,
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
        assert clients.heard(program, "a client", BLOCKED) == (
            "its answer\n",
            "blocked by cache\ngoes on\n",
        )
    assert said == ["waiting for a client's cache"]
    assert program.returncode == 0


def test_a_client_that_is_blocked_for_a_moment_disturbs_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "MOMENT", 60)
    (go := tmp_path / "go").touch()
    said: list[str] = []
    command = [sys.executable, "-c", BLOCKS, str(go)]
    with waiting.told(said.append), clients.beside(command) as program:
        clients.heard(program, "a client", BLOCKED)
    assert said == []
