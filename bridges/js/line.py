"""The pipes to a Node process: one question after another, and calls that come back in between."""

from __future__ import annotations

import os
import struct
import threading
from collections.abc import Callable, Sequence
from typing import Any

import msgpack

ASK, ANSWER = 0, 1  # what goes there: a question, or the answer to its call
DONE, CALL, WRITE = 0, 1, 2  # what comes: the answer, a call, text for stdout or stderr

_head = struct.Struct("<I")
_pack: Callable[[Any], bytes] = msgpack.Packer(use_bin_type=True).pack


class Closed(Exception):
    """The process at the other end is gone."""


class _Step:
    """A question that waits for its answer, or a call that is being served (it has a source)."""

    __slots__ = ("source",)

    def __init__(self, source: _Reader | None) -> None:
        self.source = source


class _Reader:
    """Whole messages from a pipe."""

    def __init__(self, pipe: int) -> None:
        self._pipe, self._rest = pipe, bytearray()

    def read(self) -> Any:
        rest = self._rest
        while len(rest) < 4 or len(rest) < _head.unpack_from(rest)[0] + 4:
            piece = os.read(self._pipe, 1 << 16)
            if not piece:
                raise Closed
            rest += piece
        end = _head.unpack_from(rest)[0] + 4
        message = msgpack.unpackb(bytes(rest[4:end]), strict_map_key=False)
        del rest[:end]
        return message


class Line:
    """Questions to a process with one thread, from many threads here.

    The process serves one question at a time; while it waits for the answer to a call of its own,
    it serves the questions that come in between, so calls may nest to and fro. `serve` answers its
    calls, and `write` takes what it prints.
    """

    def __init__(
        self,
        pipes: Sequence[int],
        serve: Callable[..., Any],
        write: Callable[[int, str], None],
    ) -> None:
        self._idle, self._nested, answers, calls = pipes
        self._answers, self._calls = _Reader(answers), _Reader(calls)
        self._serve, self._write = serve, write
        self._steps: list[_Step] = []
        self._turn = threading.Condition(threading.Lock())

    def ask(self, *question: Any) -> Any:
        """Put a question and return its answer; what the process asks in between is served here."""
        step = _Step(None)
        pipe, source = self._begin(step)
        try:
            self._send(pipe, [ASK, *question])
            while True:
                kind, *rest = source.read()
                if kind == DONE:
                    return rest[0]
                self._attend(kind, rest, source)
        finally:
            self._end(step)

    def attend(self) -> None:
        """Serve the calls that the process makes by itself (timers, servers), until it ends."""
        try:
            while True:
                kind, *rest = self._calls.read()
                self._attend(kind, rest, self._calls)
        except (Closed, OSError):
            return

    def _begin(self, step: _Step) -> tuple[int, _Reader]:
        with self._turn:
            self._turn.wait_for(lambda: not self._steps or self._steps[-1].source)
            source = self._steps[-1].source if self._steps else None
            self._steps.append(step)
        return (self._nested, source) if source else (self._idle, self._answers)

    def _end(self, step: _Step) -> None:
        with self._turn:
            self._steps.remove(step)
            self._turn.notify_all()

    def _attend(self, kind: int, rest: list[Any], source: _Reader) -> None:
        if kind == WRITE:
            self._write(*rest)
            return
        step = _Step(source)
        with self._turn:
            self._steps.append(step)
            self._turn.notify_all()
        try:
            answer = self._serve(*rest)
        finally:
            with self._turn:
                self._turn.wait_for(lambda: self._steps[-1] is step)
                self._steps.remove(step)
        self._send(self._nested, [ANSWER, answer])

    def _send(self, pipe: int, message: list[Any]) -> None:
        body = _pack(message)
        data = memoryview(_head.pack(len(body)) + body)
        while data:
            data = data[os.write(pipe, data) :]
