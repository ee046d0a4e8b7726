"""The pipes to a Node process: one question after another, and calls that come back in between."""

from __future__ import annotations

import gc
import os
import select
import struct
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from io import FileIO
from threading import Lock, get_ident
from typing import Any, TypeVar

import msgpack

from polyhy import owner

T = TypeVar("T")

ASK, ANSWER = 0, 1  # what goes there: a question, or the answer to its call
DONE, CALL, WRITE = 0, 1, 2  # what comes: the answer, a call, text for stdout or stderr

_PAUSE = 0.05  # seconds between two looks at what a call in between may have done meanwhile
_OPEN = object()  # the answer of a question that has none yet
_head = struct.Struct("<I")
_pack: Callable[[Any], bytes] = msgpack.Packer(use_bin_type=True).pack


class Closed(Exception):
    """The process at the other end is gone."""


class _Question:
    """A question that was put, and then its answer."""

    __slots__ = ("answer", "pipe", "source", "thread")
    pipe: _Writer
    source: _Reader

    def __init__(self) -> None:
        self.thread, self.answer = get_ident(), _OPEN


class _Call:
    """A call that is being served: questions may be put in between."""

    __slots__ = ("source",)

    def __init__(self, source: _Reader) -> None:
        self.source = source


class _Writer:
    """Whole messages into a pipe."""

    def __init__(self, pipe: int) -> None:
        self.file = FileIO(pipe, "w")

    def write(self, message: bytes) -> None:
        rest = memoryview(message)
        while rest:
            rest = rest[self.file.write(rest) :]


class _Reader:
    """Whole messages from a pipe."""

    def __init__(self, pipe: int) -> None:
        os.set_blocking(pipe, False)
        self.file, self._rest = FileIO(pipe), bytearray()

    def wait(self, seconds: float | None = None) -> None:
        """Return when there is something to read, or after so long."""
        _check(self.file)
        look = select.poll()
        look.register(self.file, select.POLLIN)
        look.poll(seconds and seconds * 1000)

    def read(self) -> Any:
        """The next message; None while it is not there as a whole."""
        rest = self._rest
        while len(rest) < 4 or len(rest) < _head.unpack_from(rest)[0] + 4:
            _check(self.file)
            piece = self.file.read(1 << 16)
            if piece is None:
                return None
            if not piece:
                raise Closed
            rest += piece
        end = _head.unpack_from(rest)[0] + 4
        message = msgpack.unpackb(bytes(rest[4:end]), strict_map_key=False)
        del rest[:end]
        return message


def _check(file: FileIO) -> None:
    if file.closed:
        raise Closed


def _written(*message: Any) -> bytes:
    body = _pack(message)
    return _head.pack(len(body)) + body


class Line:
    """Questions to a process with one thread, from many threads here.

    The process serves one question at a time; while it waits for the answer to a call of its own,
    it serves the questions that come in between, so calls may nest to and fro. `serve` answers its
    calls, and `write` takes what it prints.

    Where the main thread waits here, it may make a call for another one (see owner), which may ask,
    too: then what waits is answered first.
    """

    def __init__(
        self,
        pipes: Sequence[int],
        serve: Callable[..., Any],
        write: Callable[[int, str], None],
    ) -> None:
        idle, nested, answers, calls = pipes
        self._idle, self._nested = _Writer(idle), _Writer(nested)
        self._answers, self._calls = _Reader(answers), _Reader(calls)
        self._serve, self._write = serve, write
        self._steps: list[_Question | _Call] = []
        self._state = Lock()
        self._waiting: deque[Lock] = deque()
        self.torn = False
        """True where nobody waits any more for the answer to a question."""

    def ask(self, *question: Any) -> Any:
        """Put a question and return its answer; what the process asks in between is served here."""
        asked, message = _Question(), _written(ASK, *question)
        try:
            while not self._alone(self._put, asked, message):
                self._await_turn()
            self._finish(asked)
        finally:
            self._leave(asked)
        return asked.answer

    def attend(self) -> None:
        """Serve the calls that the process makes by itself (timers, servers), until it ends."""
        with suppress(Closed, OSError):
            while True:
                if not self._hear(self._calls):
                    self._calls.wait()

    def close(self) -> None:
        """Let nobody ask any more; who waits for an answer hears that the process is gone."""
        for end in (self._idle, self._nested, self._answers, self._calls):
            end.file.close()

    # --- waiting

    def _await_turn(self) -> None:
        """Wait for another step to end; this thread's own question ends when it is answered."""
        top = next(reversed(self._steps), None)
        if isinstance(top, _Question) and top.thread == get_ident():
            self._finish(top)
            return
        waiting = Lock()
        waiting.acquire()
        self._waiting.append(waiting)
        waiting.acquire(timeout=_PAUSE)
        with suppress(ValueError):
            self._waiting.remove(waiting)

    def _finish(self, asked: _Question) -> None:
        """Serve what the process asks, until it has answered."""
        while asked.answer is _OPEN:
            if not self._hear(asked.source, asked):
                asked.source.wait(_PAUSE)  # a call in between may have read the answer

    def _hear(self, source: _Reader, asked: _Question | None = None) -> bool:
        """Do what the next message wants; False where there is none."""
        wanted = self._alone(self._read, source, asked)
        if wanted:
            wanted()
        return bool(wanted)

    def _attend(self, call: _Call, what: Sequence[Any]) -> None:
        try:
            answer = _written(ANSWER, self._serve(*what))
            while not self._alone(self._answer, call, answer):
                self._await_turn()
        finally:
            self._leave(call)

    def _leave(self, step: _Question | _Call) -> None:
        self._alone(self._drop, step)
        with suppress(IndexError):
            while self._waiting:
                self._waiting.popleft().release()

    # --- steps: each is made as a whole

    @owner.shelter
    def _alone(self, step: Callable[..., T], *args: Any) -> T:
        """Make a step, with nothing in between: no call of another thread, and no finalizer."""
        collects = gc.isenabled()
        gc.disable()
        try:
            with self._state:
                return step(*args)
        finally:
            if collects:
                gc.enable()

    def _put(self, asked: _Question, message: bytes) -> bool:
        """Put a question, if it is its turn."""
        _check(self._idle.file)
        top = self._steps[-1] if self._steps else None
        if top is None:
            asked.pipe, asked.source = self._idle, self._answers
        elif isinstance(top, _Call):
            asked.pipe, asked.source = self._nested, top.source
        elif top.thread == asked.thread and top.answer is not _OPEN:
            asked.pipe, asked.source = top.pipe, top.source
        else:
            return False
        self._steps.append(asked)
        asked.pipe.write(message)
        return True

    def _read(self, source: _Reader, asked: _Question | None) -> Callable[[], Any] | None:
        """Take the next message, and return what is to be done about it."""
        message = source.read() if asked is None or asked.answer is _OPEN else None
        if message is None:
            return None
        kind, *rest = message
        if kind == WRITE:
            return partial(self._write, *rest)
        if kind == CALL:
            call = _Call(source)
            self._steps.append(call)
            return partial(self._attend, call, rest)
        if asked is not None:
            asked.answer = rest[0]
        return _nothing

    def _answer(self, call: _Call, answer: bytes) -> bool:
        """Answer a call, if no question that came in between is open."""
        if self._steps[-1] is not call:
            return False
        self._steps.pop()
        self._nested.write(answer)
        return True

    def _drop(self, step: _Question | _Call) -> None:
        if step in self._steps:
            self._steps.remove(step)
            self.torn = self.torn or (isinstance(step, _Question) and step.answer is _OPEN)


def _nothing() -> None:
    """Do nothing more."""
