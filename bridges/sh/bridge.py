"""The shell: a bash that goes on running, its output and exit codes as values. See README.md."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from polyhy.bridge import Bridge
from polyhy.errors import ConversionError, MissingTool, NoSuchFile, RuntimeUnavailable, Stopped
from polyhy.values import spellings

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
        self.turn = threading.Lock()
        self.folder = tempfile.TemporaryDirectory(prefix="polyhy-sh-")
        self.codes, told = os.pipe()
        self.process = subprocess.Popen(
            [bash, "--noprofile", "--norc"],
            stdin=subprocess.PIPE,
            pass_fds=[told],
            start_new_session=True,  # Ctrl-C is for this process, which ends the command itself
        )
        self.told = told
        os.close(told)

    def stop(self) -> None:
        self._end(Stopped)

    @property
    def lost(self) -> bool:
        """True after `exit`, or where a command was interrupted."""
        return self.closed is None and self.process.poll() is not None

    def search(self, paths: Sequence[Path]) -> None:
        """The shell finds its commands by PATH."""

    def eval(self, source: str, origin: str) -> Done:
        return self.run(source, origin, [])

    def filled(self, parts: Sequence[str], values: Sequence[Any], origin: str) -> Done:
        """Evaluate source with values in it, each one word, or a list of words: never source."""
        source, words = filled(parts, values)
        return self.run(source, origin, words)

    def load(self, module: str, **options: Any) -> Commands:
        """Run a file in this shell, so that what it defines is there; return all commands."""
        path = Path(module)
        if not path.is_file():
            raise NoSuchFile(language=self.name, file=path.name, where=path.parent)
        self.run(path.read_text("utf-8"), f"{path}:1", []).check()
        return self.globals()

    def globals(self) -> Commands:
        return Commands(self)

    def run(self, source: str, origin: str, words: Sequence[str]) -> Done:
        """Run source with the words as `$1`, `$2`…, and return what came of it."""
        if self.closed:
            raise self.closed(language=self.name)
        if "\0" in source or any("\0" in word for word in words):
            raise ConversionError("a shell's words hold no NUL", path="source")
        with self.turn:
            script, out, err = (Path(self.folder.name, name) for name in ("script", "out", "err"))
            file, _, line = origin.rpartition(":")
            lines = int(line) - 1 if line.isdigit() else 0
            script.write_text("\n" * lines + source + "\n", "utf-8", "surrogateescape")
            code = self._command(f". {_all(script, *words)} >{out} 2>{err} </dev/null")
            said = err.read_bytes().replace(bytes(script), (file or origin).encode())
            return Done(_text(out.read_bytes()), _text(said), code)

    def _command(self, command: str) -> int:
        """Run one line, and wait for its exit code; where bash itself ends, for that of bash."""
        stdin: Any = self.process.stdin
        line = f"set --; {command}; printf '%s\\n' \"$?\" >&{self.told}\n"
        try:
            stdin.write(line.encode("utf-8", "surrogateescape"))
            stdin.flush()
            told = b""
            while not told.endswith(b"\n") and (more := os.read(self.codes, 64)):
                told += more
        except BaseException:
            self._kill()
            raise
        return int(told) if told else self.process.wait()

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


def _text(said: bytes) -> str | bytes:
    """Text, or the bytes as they are where they are no UTF-8."""
    try:
        return said.decode("utf-8")
    except UnicodeDecodeError:
        return said
