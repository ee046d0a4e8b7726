"""The shell: a bash that goes on running, its output and exit codes as values. See README.md."""

from __future__ import annotations

import itertools
import os
import select
import shlex
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, MutableMapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import Any, ClassVar

from polyhy import owner
from polyhy.bridge import Bridge
from polyhy.errors import ConversionError, MissingTool, NoSuchFile, RuntimeUnavailable, Stopped
from polyhy.values import spellings

from .cells import Cells, incomplete
from .done import Done
from .quoting import filled


class Sh(Bridge):
    """A bash. Its folder, variables and functions stay from one evaluation to the next."""

    name: ClassVar[str] = "sh"
    suffixes: ClassVar[tuple[str, ...]] = (".sh", ".bash")
    lexer: ClassVar[str] = "bash"
    fills: ClassVar[bool] = True

    def start(self, paths: Sequence[Path]) -> None:
        bash = shutil.which("bash")
        if bash is None:
            raise MissingTool(
                tool="bash", need="shell code runs in it", command="apt-get install bash"
            )
        self.closed: type[RuntimeUnavailable] | None = None
        self.turn = threading.RLock()
        self.runs: list[Run] = []
        """Commands of the thread that has its turn: where it waits for one, it may be called on
        behalf of another thread (see owner), and be asked to run the next."""
        self.folder = tempfile.TemporaryDirectory(prefix="polyhy-sh-")
        self.script, self.count = Path(self.folder.name, "script"), itertools.count()
        self.cells: Cells | None = None
        self.codes, told = os.pipe()
        self.process = subprocess.Popen(
            [bash, "--noprofile", "--norc"],
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=[told],
            start_new_session=True,  # Ctrl-C is for this process, which ends the command itself
        )
        self.told = told
        os.close(told)

    def stop(self) -> None:
        self._end(Stopped)

    @property
    def lost(self) -> bool:
        """True after `exit`, or where a command took no interrupt."""
        return self.closed is None and self.process.poll() is not None

    def search(self, paths: Sequence[Path]) -> None:
        """The shell finds its commands by PATH."""

    def eval(self, source: str, origin: str) -> Done:
        return self.run(source, origin, [])

    def filled(self, parts: Sequence[str], values: Sequence[Any], origin: str) -> Done:
        """Evaluate source with values in it, each one word, or a list of words: never source."""
        source, words = filled(parts, values)
        return self.run(source, origin, words)

    def cell(self, source: str, origin: str, names: MutableMapping[str, Any]) -> int | None:
        """Run a prompt's cell: what it writes is printed, its variables are the session's names."""
        if self.cells is None:
            self.cells = Cells(self)
        return self.cells.run(source, origin, names)

    def incomplete(self, source: str) -> bool:
        return incomplete(source)

    def load(self, module: str, **options: Any) -> Commands:
        """Run a file in this shell, so that what it defines is there; return all commands."""
        path = Path(module)
        if not path.is_file():
            raise NoSuchFile(language=self.name, file=path.name, where=path.parent)
        self.run(path.read_text("utf-8"), f"{path}:1", []).check()
        return self.globals()

    def globals(self) -> Commands:
        return Commands(self)

    def run(
        self,
        source: str,
        origin: str,
        words: Sequence[str],
        watch: Callable[[Path, Path], AbstractContextManager[Callable[[], None]]] | None = None,
    ) -> Done:
        """Run source with the words as `$1`, `$2`…, and return what came of it.

        `watch(out, err)` gives what to call meanwhile, of the files that are written.
        """
        if self.closed:
            raise self.closed(language=self.name)
        if "\0" in source or any("\0" in word for word in words):
            raise ConversionError("a shell's words hold no NUL", path="source")
        file, _, line = origin.rpartition(":")
        text = "\n" * (int(line) - 1 if line.isdigit() else 0) + source + "\n"
        with self.turn:
            if self.runs:
                self._finish(self.runs[-1])
            number = next(self.count)
            out, err = (Path(self.folder.name, f"{name}{number}") for name in ("out", "err"))
            command = f". {_all(self.script, *words)} >{out} 2>{err} </dev/null"
            with watch(out, err) if watch else nullcontext(_nothing) as meanwhile:
                code = self._command(text, command, meanwhile)
            said = err.read_bytes().replace(bytes(self.script), (file or origin).encode())
            done = Done(_text(out.read_bytes()), _text(said), code)
            out.unlink()
            err.unlink()
            return done

    def _command(self, text: str, command: str, meanwhile: Callable[[], None]) -> int:
        """Run one line, and wait for its exit code; where bash itself ends, for that of bash."""
        run = Run(meanwhile)
        try:
            self._begin(run, text, command)
            self._finish(run)
        except BaseException:
            if run in self.runs:
                self._interrupt(run)
            raise
        finally:
            if run in self.runs:
                self.runs.remove(run)
        return int(run.code) if run.code != _END else self.process.wait()

    @owner.shelter
    def _begin(self, run: Run, text: str, command: str) -> None:
        self.runs.append(run)
        stdin: Any = self.process.stdin
        self.script.write_text(text, "utf-8", "surrogateescape")
        line = f"{_STOP}; set --; {command}; printf '%s\\n' \"$?\" >&{self.told}; {_UNSTOP}\n"
        stdin.write(line.encode("utf-8", "surrogateescape"))
        stdin.flush()

    def _finish(self, run: Run) -> None:
        while not self._ended(run):
            run.meanwhile()
            select.select([self.codes], [], [], _MOMENT)

    @owner.shelter
    def _ended(self, run: Run) -> bool:
        """True when bash has told the exit code, or ended."""
        if not run.code and select.select([self.codes], [], [], 0)[0]:
            told = b""
            while not told.endswith(b"\n") and (more := os.read(self.codes, 64)):
                told += more
            run.code = told or _END
        return bool(run.code)

    def _interrupt(self, run: Run) -> None:
        """Press Ctrl-C in the shell: its command ends. A bash that goes on with it is ended."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGINT)
        end = time.monotonic() + _PATIENCE
        while not self._ended(run):
            if time.monotonic() > end:
                self._kill()
                run.code = _END
            select.select([self.codes], [], [], _MOMENT)

    def forked(self) -> None:
        from polyhy.errors import Forked

        self.closed = Forked
        self.folder._finalizer.detach()  # type: ignore[attr-defined]

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _end(self, why: type[RuntimeUnavailable]) -> None:
        self._kill()
        self.closed = why
        if self.process.stdin:
            with suppress(OSError):
                self.process.stdin.close()
        os.close(self.codes)
        self.folder.cleanup()


class Run:
    """A command that runs, until its exit code is known."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        self.meanwhile, self.code = meanwhile, b""


_STOP = "trap 'set -T; trap \"return 130\" DEBUG; return 130' INT"
"""An interrupt leaves all functions and the script, one by one, and not the bash."""
_UNSTOP = "trap - DEBUG INT; set +T"
_MOMENT = 0.05
_PATIENCE = 1.0
"""Seconds that an interrupted command has to end."""
_END = b"end"


class Commands:
    """All commands by name: `commands.git("status", "-s")` runs git with exactly these words."""

    def __init__(self, bridge: Sh) -> None:
        self._bridge = bridge

    def __getattr__(self, name: str) -> Any:
        if name[:2] == "__":
            raise AttributeError(name)
        for spelling in dict.fromkeys((name, *spellings(name), name.replace("_", "-"))):
            if self._bridge.run('type -- "$1"', "<sh>:1", [spelling]).code == 0:
                return Command(self._bridge, spelling)
        raise AttributeError(f"the shell has no command {name!r}")

    def __dir__(self) -> list[str]:
        names = str(self._bridge.run("compgen -c", "<sh>:1", []).out).split()
        return sorted({name.replace("-", "_") for name in names})


class Command:
    """A command. Called, it runs with its arguments as they are: no word is read as source."""

    def __init__(self, bridge: Sh, name: str) -> None:
        self._bridge, self._name = bridge, name

    def __call__(self, *args: Any) -> Done:
        _, words = filled([""] * (len(args) + 1), args)
        return self._bridge.run('"$@"', f"<{self._name}>:1", [self._name, *words])

    def __repr__(self) -> str:
        return f"<sh command {self._name}>"


def _all(*words: Any) -> str:
    return " ".join(shlex.quote(os.fspath(word)) for word in words)


def _nothing() -> None:
    """Do nothing meanwhile."""


def _text(said: bytes) -> str | bytes:
    """Text, or the bytes as they are where they are no UTF-8."""
    try:
        return said.decode("utf-8")
    except UnicodeDecodeError:
        return said
