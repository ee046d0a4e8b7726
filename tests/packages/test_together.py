"""What goes on at once: ecosystems, and the files of packages while licences are asked."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from polyhy import clients, plugins
from polyhy.errors import LicenceRefused, Offline
from polyhy.packages import install
from polyhy.policy import Policy, governed, policy
from polyhy.spec import Pin, Spec
from polyhy.testing import ToyEcosystem
from polyhy.together import beginning, each


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, type[ToyEcosystem]]]:
    """The ecosystems that are added to those of distributions, to be changed."""
    added: dict[str, type[ToyEcosystem]] = {}
    monkeypatch.setitem(plugins._added, "polyhy.ecosystems", added)
    plugins._ecosystem.cache_clear()
    yield added
    plugins._ecosystem.cache_clear()


def test_answers_come_in_order_and_the_first_error_is_raised() -> None:
    met = threading.Barrier(3, timeout=120)

    def work(item: int) -> int:
        met.wait()
        if item < 0:
            raise ValueError(item)
        return item * 2

    assert each(work, [3, 1, 2]) == [6, 2, 4]
    with pytest.raises(ValueError, match="-1"):
        each(work, [3, -1, 2])
    assert each(work, []) == []


def test_the_policy_in_force_binds_what_goes_on_at_once() -> None:
    with governed(Policy(root="/here")):
        assert each(lambda _: policy().root, "ab") == ["/here", "/here"]


def runs(pid: int) -> bool:
    """Whether a process runs: one that nobody waited for has no words any more."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except (FileNotFoundError, ProcessLookupError):
        return False


WAITING = """
import sys
from polyhy import clients
from polyhy.together import beginning, each

def wait(file):
    clients.run(["sh", "-c", "echo $$ > $0; exec sleep 900", file])

each(wait, sys.argv[1:])
"""


def test_an_interrupt_of_this_process_alone_ends_the_clients_too(tmp_path: Path) -> None:
    files = [tmp_path / "one", tmp_path / "two"]
    begun = time.monotonic()
    with subprocess.Popen([sys.executable, "-c", WAITING, *files], stderr=subprocess.PIPE) as child:
        while not all(file.is_file() and file.read_text().strip() for file in files):
            time.sleep(0.05)
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=300)
    assert said.strip().endswith(b"KeyboardInterrupt")
    while any(runs(int(file.read_text())) for file in files):
        assert time.monotonic() - begun < 600
        time.sleep(0.05)


def test_an_error_ends_the_clients_of_other_work() -> None:
    begun = threading.Event()

    def work(fails: bool) -> str:
        if fails:
            assert begun.wait(20)
            raise ValueError("no such package")
        with clients.beside(["sleep", "900"]) as program:
            begun.set()
            return str(program.wait())

    started = time.monotonic()
    with pytest.raises(ValueError, match="no such package"):
        each(work, [True, False])
    assert time.monotonic() - started < 600


def test_what_is_given_up_starts_nothing_more() -> None:
    late = []

    def give_up() -> None:
        gone = threading.Event()
        with beginning() as begin:
            late.append(begin(lambda: gone.wait(20) and clients.run(["true"])))
            threading.Timer(0.2, gone.set).start()
            raise ValueError("over")

    with pytest.raises(ValueError, match="over"):
        give_up()
    assert "given up" in str(late[0].exception())


def test_what_is_put_aside_is_done_while_a_program_runs(tmp_path: Path) -> None:
    begun, seen = tmp_path / "begun", []

    def work() -> str:
        deadline = time.monotonic() + 20
        while not begun.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        seen.append(begun.exists())
        return "done"

    with beginning():
        answer = clients.meanwhile(work)
        assert seen == []
        clients.run(["sh", "-c", 'touch "$0"', str(begun)])
        assert seen == [True]
        assert (answer(), answer(), seen) == ("done", "done", [True])


def test_what_is_put_aside_is_done_by_who_asks_first_and_its_error_is_theirs() -> None:
    def work() -> None:
        raise Offline("nowhere", ecosystem="toy")

    answers = [clients.meanwhile(work)]  # no program runs
    with beginning():
        answers.append(clients.meanwhile(work))
        assert clients.run(["echo", "here"]).stdout == "here\n"
    for answer in answers:
        with pytest.raises(Offline, match="nowhere"):
            answer()


def test_a_client_that_can_not_be_interrupted_is_killed() -> None:
    ended = []

    def give_up() -> None:
        deaf = "trap '' INT; echo ready; while :; do sleep 1; done"
        with clients.beside(["sh", "-c", deaf]) as program:
            ended.append(program)
            assert program.stdout
            assert program.stdout.readline() == "ready\n"
            raise ValueError("over")

    with pytest.raises(ValueError, match="over"):
        give_up()
    assert ended[0].returncode == -signal.SIGKILL


def test_ecosystems_are_resolved_and_fetched_at_once(
    project: Path, rooms: dict[str, type[ToyEcosystem]]
) -> None:
    met = threading.Barrier(2, timeout=120)

    class Meeting(ToyEcosystem):
        def resolve(self, specs: Sequence[Spec], locked: Sequence[Pin]) -> list[Pin]:
            met.wait()
            return super().resolve(specs, locked)

        def fetch(self, pins: Sequence[Pin], into: Path) -> Mapping[Pin, Path]:
            met.wait()
            return super().fetch(pins, into)

    rooms |= {name: type(name, (Meeting,), {"name": name}) for name in ("one", "two")}
    made = install.add(project, [Spec("one", "left"), Spec("two", "left")])
    assert [pin.label for pin in made.lock.pins] == ["one:left@1.1.0", "two:left@1.1.0"]


class Reticent(ToyEcosystem):
    """Tells licences only when it is asked for them, and no sooner than its files came."""

    came: ClassVar[threading.Event]
    asked: ClassVar[list[str]]

    def resolve(self, specs: Sequence[Spec], locked: Sequence[Pin]) -> list[Pin]:
        return [replace(pin, licence="") for pin in super().resolve(specs, locked)]

    def fetch(self, pins: Sequence[Pin], into: Path) -> Mapping[Pin, Path]:
        self.came.set()
        return super().fetch(pins, into)

    def licences_of(self, pins: Sequence[Pin]) -> Mapping[Pin, str]:
        self.asked.extend(pin.name for pin in pins)
        assert self.came.wait(20)
        return {pin: self.licences.get(pin.name, "") for pin in pins}


@pytest.fixture
def reticent(rooms: dict[str, type[ToyEcosystem]]) -> type[Reticent]:
    Reticent.came, Reticent.asked = threading.Event(), []
    rooms["toy"] = Reticent
    return Reticent


def test_licences_that_take_long_are_asked_once_while_files_come(
    project: Path, reticent: type[Reticent]
) -> None:
    made = install.add(project, [Spec("toy", "pair", "2")])
    said = {pin.name: pin.licence for pin in made.lock.pins}
    assert said == {"left": "MIT", "pair": "MIT OR GPL-3.0-only", "right": ""}
    install.add(project, [Spec("toy", "left")])
    old, new = install.lock(project, upgrade=[])
    assert old == new
    assert sorted(reticent.asked) == ["left", "pair", "right"]


def test_nothing_is_fetched_before_its_licence_is_let_in(
    project: Path, reticent: type[Reticent]
) -> None:
    (project / "pyproject.toml").write_text('[tool.polyhy]\nallow-licenses = ["ISC"]\n')
    reticent.came.set()
    with pytest.raises(LicenceRefused, match=r"toy:left@1.1.0 \(MIT\)"):
        install.add(project, [Spec("toy", "left")])
    assert list((project.parent / "cache").glob("store/*/*")) == []


def test_an_ecosystem_that_fails_leaves_manifest_and_lock_alone(
    project: Path, rooms: dict[str, type[ToyEcosystem]]
) -> None:
    class Unreachable(ToyEcosystem):
        name = "other"
        reachable = False

    rooms |= {"toy": ToyEcosystem, "other": Unreachable}
    with pytest.raises(Offline, match="other"):
        install.add(project, [Spec("toy", "left"), Spec("other", "left")])
    assert not (project / "polyhy.lock").exists()
    assert not (project / "pyproject.toml").exists()
