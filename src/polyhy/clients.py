"""The programs that ecosystems drive: each ends with the work that it was started for."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from signal import SIGINT
from typing import Any

from polyhy.errors import PackageError

PATIENCE = 0.5
"""Seconds that programs have to end after they were interrupted."""

Program = subprocess.Popen[str]


@dataclass
class _Work:
    """Programs that run for some work; none is started any more once it is `over`."""

    whole: _Work | None = None
    programs: list[Program] = field(default_factory=list)
    over: bool = False

    def begin(self, program: Program) -> None:
        self.programs.append(program)
        if self.whole:
            self.whole.begin(program)

    def end(self, program: Program) -> None:
        self.programs.remove(program)
        if self.whole:
            self.whole.end(program)

    def check(self) -> None:
        if self.over:
            raise PackageError("what this was for was given up")
        if self.whole:
            self.whole.check()


_current: ContextVar[_Work | None] = ContextVar("polyhy_work", default=None)


def run(words: Sequence[str], **settings: Any) -> subprocess.CompletedProcess[str]:
    """Run a program and return what it said, as `subprocess.run` does.

    >>> run(["echo", "here"]).stdout
    'here\\n'
    """
    with beside(words, **settings) as program:
        said = program.communicate()
    return subprocess.CompletedProcess(words, program.returncode, *said)


@contextmanager
def beside(words: Sequence[str], **settings: Any) -> Iterator[Program]:
    """A program that runs beside what is done within, and is waited for; if that fails, it ends."""
    work = _current.get() or _Work()
    work.check()
    with subprocess.Popen(words, **{**_SETTINGS, **settings}) as program:
        work.begin(program)
        try:
            work.check()
            yield program
        except BaseException:
            _end([program])
            raise
        finally:
            work.end(program)


@contextmanager
def ending() -> Iterator[None]:
    """What is started within, in other threads too, ends if what is done within fails."""
    before = _current.set(work := _Work(_current.get()))
    try:
        yield
    except BaseException:
        work.over = True
        _end(list(work.programs))
        raise
    finally:
        _current.reset(before)


def _end(programs: Sequence[Program]) -> None:
    """Interrupt programs, as somebody at a terminal would, and kill those that go on."""
    deadline = time.monotonic() + PATIENCE
    for program in programs:
        with suppress(OSError, ValueError):  # Windows has no such signal
            program.send_signal(SIGINT)
    for program in programs:
        try:
            program.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            program.kill()


_SETTINGS: dict[str, Any] = {
    **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE},
    **{"encoding": "utf-8", "errors": "replace"},
}
