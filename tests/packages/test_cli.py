"""The command line, against the toy: what it says, where, and its exit codes."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from polyhy import plugins
from polyhy.ecosystem import Tool
from polyhy.front import checkup, cli, running
from polyhy.guests import host
from polyhy.packages import manifest
from polyhy.spec import Pin, Spec
from polyhy.testing import ToyEcosystem


@pytest.fixture(autouse=True)
def here(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)


def test_add_says_what_was_locked(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli._run(["add", "toy:pair@1", "toy:left"]) == 0
    said = capsys.readouterr()
    assert said.out == "added toy:pair@1: 1.0.0\nadded toy:left: 1.1.0\n"
    assert said.err == "resolve toy (1)\nfetch toy (2)\nlink (1)\n"
    assert manifest.read(project) == [Spec("toy", "left"), Spec("toy", "pair", "1")]


def test_add_takes_packages_of_several_ecosystems(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Other(ToyEcosystem):
        name = "other"

        def answers(self, spec: Spec, pin: Pin) -> bool:
            assert pin.ecosystem == "other"
            return super().answers(spec, pin)

    monkeypatch.setitem(plugins._added["polyhy.ecosystems"], "other", Other)
    assert cli._run(["add", "toy:left@1.0.0", "other:left"]) == 0
    assert capsys.readouterr().out == "added toy:left@1.0.0: 1.0.0\nadded other:left: 1.1.0\n"


def test_add_in_a_folder_of_a_project_declares_in_the_project(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (project / "src").mkdir()
    monkeypatch.chdir(project / "src")
    assert cli._run(["add", "toy:left"]) == 0
    assert manifest.read(project) == [Spec("toy", "left")]


def test_sync_says_how_many_and_where(capsys: pytest.CaptureFixture[str]) -> None:
    cli._run(["add", "toy:pair@2"])
    capsys.readouterr()
    assert cli._run(["sync"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("3 packages in ")
    assert said.err == ""
    assert cli._run(["sync", "--frozen"]) == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["add", "x/y:left"], 2, "the ecosystem is missing\n  write one of "),
        (["add", "@a/b@npm:x"], 2, "the ecosystem is missing"),
        (["add", "toi:left"], 2, "there is no ecosystem 'toi'\n  did you mean \"toy\"?"),
        (["add", "toy:l eft"], 2, "a character that no name has"),
        (["add", "toy:nothing"], 1, "toy has no package 'nothing'\n  check the spelling in the"),
        (["add", "toy:left@9"], 1, "satisfies 9\n  the newest is 1.1.0"),
        (["add"], 2, "Missing argument"),
        (["sync"], 2, "there is no manifest here\n  run: polyhy add"),
        (["snyc"], 2, "No such command 'snyc': did you mean \"sync\"?"),
        (["run"], 2, "say what to run"),
        (["run", "-c"], 2, "-c wants CODE"),
        (["run", "-m"], 2, "-m wants MODULE"),
    ],
)
def test_an_error_is_told_on_stderr_without_a_traceback(
    arguments: list[str],
    code: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _fake_session(monkeypatch)
    assert cli._run(arguments) == code
    told = capsys.readouterr()
    assert said in told.err
    assert "Traceback" not in told.err
    assert told.out == ""


@pytest.mark.parametrize(
    ("arguments", "called"),
    [
        (["x.hy"], ("run_file", "x.hy", [])),
        (["x.hy", "-c", "--help", "-", "--", "a b"], None),
        (["-c", "(print 1)", "-m", "--x=1"], ("run_code", "(print 1)", ["-m", "--x=1"])),
        (["-m", "mod", "-h"], ("run_module", "mod", ["-h"])),
        (["-", "-v"], ("run_stdin", ["-v"])),
    ],
)
def test_run_hands_on_all_that_follows_untouched(
    arguments: list[str], called: tuple | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = _fake_session(monkeypatch)
    assert cli._run(["run", *arguments]) == 7
    assert [call[:-1] for call in calls] == [called or ("run_file", arguments[0], arguments[1:])]
    assert {call[-1].func for call in calls} == {running._installing}


def test_ctrl_c_is_exit_code_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setitem(
        sys.modules, "polyhy.sessions.program", SimpleNamespace(run_file=interrupted, **_OTHERS)
    )
    monkeypatch.setattr(
        "polyhy.sessions.program", sys.modules["polyhy.sessions.program"], raising=False
    )
    assert cli._run(["run", "x.hy"]) == 130


def test_doctor_says_what_is_missing_and_fails_where_the_project_needs_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, project: Path
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(host, "bridge", lambda language: None)
    tool = Tool("shovel", "1.2", "it digs", "apt install shovel")
    monkeypatch.setattr(ToyEcosystem, "tools", lambda self: [tool])
    assert cli._run(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "shovel" in said
    assert "1.2" in said
    assert "apt install" not in said
    monkeypatch.setattr(ToyEcosystem, "tools", lambda self: [tool._replace(version="")])
    assert cli._run(["doctor"]) == 0
    absent = next(line for line in capsys.readouterr().out.splitlines() if "shovel" in line)
    assert " ".join(absent.split()) == "absent shovel it digs run: apt install shovel"
    cli._run(["add", "toy:left"])
    capsys.readouterr()
    assert cli._run(["doctor"]) == 1
    missing = next(line for line in capsys.readouterr().out.splitlines() if "shovel" in line)
    assert " ".join(missing.split()) == "missing shovel it digs run: apt install shovel"


def test_doctor_says_which_runtime_does_not_start_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(language: str) -> None:
        raise ImportError(f"no {language} here")

    monkeypatch.setattr(host, "bridge", broken)
    rows = {row.name: row for row in checkup.runtimes() if not row.ok}
    assert rows["js"].state == "ImportError: no js here"
    assert rows["js"].command


def test_doctor_says_whether_the_project_is_in_order(project: Path) -> None:
    assert [row.ok for row in checkup.project()] == [True]
    cli._run(["add", "toy:left"])
    assert [row.command for row in checkup.project()] == ["", ""]
    (project / "pyproject.toml").write_text('[tool.polyhy.dependencies.toy]\nright = "*"\n')
    (project / ".polyhy" / "current").unlink()
    assert [row.command for row in checkup.project()] == ["polyhy sync", "polyhy sync"]


def test_a_library_that_is_missing_or_too_old_is_named_with_its_command() -> None:
    assert checkup._library("pytest", "pytest>=2").ok
    assert checkup._library("pytest", "pytest<2").command == "pip install 'pytest<2'"
    assert checkup._library("no-such-library", "no-such-library>=2").ok is False


def test_progress_on_a_terminal_is_bars_and_without_colour_if_so_wished() -> None:
    import io

    from rich.console import Console

    from polyhy.front.progress import bars

    stream = io.StringIO()
    with bars(Console(file=stream, force_terminal=True, no_color=True, width=80)) as report:
        assert stream.getvalue() == ""
        report("fetch toy", 0, 2)
        report("fetch toy", 2, 2)
    assert "2/2" in stream.getvalue()
    assert "\x1b[3" not in stream.getvalue()


def test_help_loads_nothing_that_it_does_not_need() -> None:
    program = (
        "import sys; sys.argv = ['polyhy', '--help']; from polyhy.front import cli\n"
        "try: cli.main()\n"
        "except SystemExit: print([m for m in ('hy', 'rich', 'tomllib', 'filelock', 'uv', "
        "'polyhy.packages.install') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.endswith("[]\n"), done.stdout + done.stderr


def test_the_command_is_installed() -> None:
    command = Path(sys.executable).with_name("polyhy")
    done = subprocess.run([command, "--version"], capture_output=True, text=True)
    assert done.stdout.startswith("polyhy 0.")
    assert os.access(command, os.X_OK)


_OTHERS = dict.fromkeys(("run_code", "run_module", "run_stdin"))


def _fake_session(monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    calls: list[tuple] = []

    def way(name: str):
        return lambda *args: calls.append((name, *args)) or 7

    names = ("run_file", "run_code", "run_module", "run_stdin")
    session = SimpleNamespace(**{name: way(name) for name in names})
    monkeypatch.setitem(sys.modules, "polyhy.sessions.program", session)
    monkeypatch.setattr("polyhy.sessions.program", session, raising=False)
    return calls


HURRIED = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)

class Finder:
    def find_spec(name, path=None, target=None):
        if name == {name!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Finder)
sys.argv = ["polyhy", "tree"]
from polyhy.front import start
start.main()
"""


@pytest.mark.parametrize(
    "name",
    [
        *("polyhy.front.cli", "click", "click.core", "polyhy.front.locked"),
        "tomllib" if sys.version_info >= (3, 11) else "tomli",
    ],
)
def test_ctrl_c_ends_a_command_quietly_whatever_it_imports(name: str) -> None:
    program = HURRIED.format(name=name)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr.strip()) == (130, "", "")


def test_a_command_that_ignores_ctrl_c_from_the_start_goes_on_doing_so() -> None:
    program = HURRIED.format(name="click").replace("signal.default_int_handler", "signal.SIG_IGN")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert "there is no lock here" in done.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["cache", "dir"], ["cache", "dir", "--json"]])
def test_an_answer_that_can_not_be_written_is_an_error_of_one_line(arguments: list[str]) -> None:
    command = [str(Path(sys.executable).with_name("polyhy")), *arguments]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("polyhy: can't write the answer: No space left on device\n")
    assert "Traceback" not in done.stderr


LEAVING = """
import atexit, sys, time
from polyhy import together
from polyhy.front import cli

class Kept:
    def __del__(self):
        print("taken apart")

kept = Kept()
atexit.register(print, "at the end")
if sys.argv.pop() == "working":
    together.start(time.sleep, 600)
sys.argv[1:] = ["cache", "dir", "--json"]
cli.main()
"""


@pytest.mark.parametrize(
    ("doing", "end"),
    [("working", "at the end\n"), ("nothing", "at the end\ntaken apart\n")],
)
def test_python_is_not_taken_apart_around_threads_that_still_work(doing: str, end: str) -> None:
    command = [sys.executable, "-c", LEAVING, doing]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.partition("}\n")[2] == end
