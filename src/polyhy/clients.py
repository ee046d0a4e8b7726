"""The programs that ecosystems drive: each ends with the work that it was started for."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from contextvars import Context, ContextVar, copy_context
from dataclasses import dataclass, field
from importlib import import_module
from signal import SIGINT
from threading import Lock, Thread
from typing import Any, Generic, TypeVar

from polyhy import waiting
from polyhy.errors import PackageError

R = TypeVar("R")
PATIENCE = 0.5
"""Seconds that programs have to end after they were interrupted."""

Program = subprocess.Popen[str]


@dataclass
class _Work:
    """Programs that run for some work; none is started any more once it is `over`."""

    whole: _Work | None = None
    programs: list[Program] = field(default_factory=list)
    aside: list[Callable[[], object]] = field(default_factory=list)
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

    def catch_up(self) -> None:
        """Do what was put aside, now that a program runs."""
        while self.aside:
            with suppress(Exception):  # who asks for the answer meets it again
                self.aside.pop(0)()
        if self.whole:
            self.whole.catch_up()


_current: ContextVar[_Work | None] = ContextVar("polyhy_work", default=None)


def run(words: Sequence[str], **settings: Any) -> subprocess.CompletedProcess[str]:
    """Run a program and return what it said, as `subprocess.run` does.

    >>> run(["echo", "here"]).stdout
    'here\\n'
    """
    with beside(words, **settings) as program:
        said = program.communicate()
    return subprocess.CompletedProcess(words, program.returncode, *said)


def meanwhile(work: Callable[[], R]) -> Callable[[], R]:
    """Put `work` aside until the next program runs here, or somebody asks for its answer.

    >>> answer = meanwhile(lambda: 6 * 7)
    >>> answer()
    42
    """
    once = _Once(copy_context(), work)
    if current := _current.get():
        current.aside.append(once)
    return once


def look_ahead(*modules: str) -> None:
    """Import meanwhile what is needed only after a program was asked."""
    meanwhile(lambda: [*map(import_module, modules)])


@contextmanager
def beside(words: Sequence[str], **settings: Any) -> Iterator[Program]:
    """A program that runs beside what is done within, and is waited for; if that fails, it ends."""
    work = _current.get() or _Work()
    work.check()
    with subprocess.Popen(words, **{**_SETTINGS, **settings}) as program:
        work.begin(program)
        try:
            work.check()
            work.catch_up()
            yield program
        except BaseException:
            _end([program])
            raise
        finally:
            work.end(program)


def heard(program: Program, name: str, blocked: re.Pattern[str]) -> tuple[str, str]:
    """What a program said once it ended, as its `communicate` has it.

    While it waits for `what` a line of its stderr says that it is `blocked` by, people are told.
    """
    out, err = program.stdout, program.stderr
    assert out is not None
    assert err is not None
    said: list[str] = []
    reading = Thread(target=lambda: said.append(out.read()), daemon=True)
    reading.start()
    lines: list[str] = []
    with ExitStack() as pause:
        for line in err:
            pause.close()
            lines.append(line)
            if found := blocked.search(line):
                pause.enter_context(waiting.on(f"{name}'s {found['what']}"))
    reading.join()
    program.wait()
    return "".join(said), "".join(lines)


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


class _Once(Generic[R]):
    """Work that is done once, by whichever thread comes first."""

    def __init__(self, context: Context, work: Callable[[], R]) -> None:
        self.context, self.work = context, work
        self.turn, self.future = Lock(), Future[R]()

    def __call__(self) -> R:
        with self.turn:
            if not self.future.done():
                self._do()
        return self.future.result()

    def _do(self) -> None:
        try:
            self.future.set_result(self.context.run(self.work))
        except BaseException as error:
            self.future.set_exception(error)


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
