"""A Node process that answers to us by pipes, and that ends when we do."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from polyhy.errors import Forked, GuestError, MissingTool, NotInstalled, Stopped

from . import npm_client
from .line import Closed, Line

_CODEC = "@msgpack/msgpack"
_PATIENCE = 2.0  # seconds until a process that was asked to end is made to


class NodeDied(GuestError):
    """The Node process ended by itself: its code exited, crashed, or was killed."""

    language = "node"
    type_name = "NodeDied"


class NoCodec(NotInstalled):
    text = "the packages by which polyhy speaks to Node are not installed here"
    hint = "run: polyhy add npm:PACKAGE"


class NodeProcess:
    """One life of a Node process. `ask(…)` puts a question to its node_home.js."""

    def __init__(self, tools: Path, serve: Callable[..., Any], memory: int | None = None) -> None:
        self._state = ""
        ours, theirs = _pipes()
        command = [*node(), *_settings(memory), _home(), str(tools / "node_modules" / _CODEC)]
        self._child = subprocess.Popen(
            [*command, *map(str, theirs)],
            pass_fds=theirs,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C in the terminal is for Python alone
        )
        for pipe in theirs:
            os.close(pipe)
        *asked, self._life = ours
        self._line = Line(asked, serve, _write)
        threading.Thread(target=self._line.attend, name="polyhy-node", daemon=True).start()

    def ask(self, *question: Any) -> Any:
        """Put a question; what interrupts the wait for its answer ends the process."""
        if self._state:
            raise _ENDED[self._state]()
        try:
            return self._line.ask(*question)
        except (Closed, BrokenPipeError):
            raise _ENDED[self._state]() if self._state else self._died() from None
        except BaseException:
            if self._line.torn:
                self.end("stopped", patience=0)
            raise

    def end(self, state: str, patience: float = _PATIENCE) -> None:
        """End the process; questions from now on raise what `state` (stopped, forked) says."""
        if self._state:
            return
        self._state = state
        self._line.close()
        os.close(self._life)
        if state != "forked":
            self._gone(patience)

    def kill(self) -> None:
        """End the process at once, whatever it does: whoever waits for its answer gets NodeDied."""
        self._child.kill()

    def _died(self) -> NodeDied:
        code = self._gone(_PATIENCE)
        how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
        return NodeDied(message=f"the Node process {how}; its objects are gone, import them again")

    def _gone(self, patience: float) -> int:
        try:
            return self._child.wait(patience)
        except subprocess.TimeoutExpired:
            self._child.kill()
            return self._child.wait()

    @property
    def alive(self) -> bool:
        return not self._state and self._child.poll() is None


_ENDED: dict[str, Callable[[], Exception]] = {
    "stopped": lambda: Stopped(language="node"),
    "forked": lambda: Forked(language="node"),
}


def node() -> list[str]:
    """How node is started here."""
    program = npm_client.node()
    if not program:
        raise MissingTool(
            tool="node", need='`:in "node"` runs packages in it', command=npm_client.INSTALL
        )
    return [program]


def _home() -> str:
    return str(files("polyhy.bridges.js").joinpath("node_home.js"))


def _settings(memory: int | None) -> list[str]:
    return [f"--max-old-space-size={max(memory >> 20, 16)}"] if memory else []


def _pipes() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Our ends and theirs: questions, those in between, answers, calls; the last says we live."""
    asking = [os.pipe() for _ in range(2)]
    telling = [os.pipe() for _ in range(2)]
    life = os.pipe()
    ours = [*(w for _, w in asking), *(r for r, _ in telling), life[1]]
    theirs = [*(r for r, _ in asking), *(w for _, w in telling), life[0]]
    return tuple(ours), tuple(theirs)


def _write(stream: int, text: str) -> None:
    (sys.stderr if stream == 2 else sys.stdout).write(text)
