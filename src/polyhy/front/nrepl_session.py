"""An nREPL session: evaluates in turn, can be interrupted, and has stdin and stdout of its own."""

from __future__ import annotations

import ctypes
import queue
import signal
import sys
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from types import FrameType, ModuleType
from typing import Any

from polyhy import owner
from polyhy.front import commands, idle, present
from polyhy.front.nrepl_streams import CURRENT
from polyhy.guests import host
from polyhy.sessions import trace
from polyhy.sessions.session import Session

Reply = Callable[..., None]
"""Answers a message: `reply(value="3")`, `reply(status=["done"])`."""

PATIENCE = 2.0
"""Seconds until a thread that does not stop is left to itself, and the session gets another."""


class Seat:
    """A thread that does jobs one after another."""

    def __init__(self) -> None:
        self.jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self.ident: int | None = None
        self.busy = self.serving = False
        self.last: tuple[Client, Any] | None = None
        """Whose job was the last one: guests' timers print to it."""

    def begin(self) -> Seat:
        """Work on a thread of its own, and return itself."""
        threading.Thread(target=self.work, daemon=True).start()
        return self

    def work(self) -> None:
        """Work on the calling thread, until told to leave."""
        self.ident = threading.get_ident()
        while job := self._next():
            with suppress(KeyboardInterrupt):  # one that came too late
                self.busy = True
                job()
            self.busy = False

    def leave(self) -> None:
        self.jobs.put(None)

    @property
    def main(self) -> bool:
        return self.ident == owner.IDENT

    def stop(self, client: Client) -> None:
        """Raise KeyboardInterrupt in the job, or in the call that the main thread makes for it."""
        if self.main or owner.served() == self.ident:
            Interrupts.wanted = client
            signal.pthread_kill(owner.IDENT or 0, signal.SIGINT)
        else:
            _throw(self.ident, KeyboardInterrupt)

    def _next(self) -> Callable[[], None] | None:
        while True:
            with suppress(KeyboardInterrupt, queue.Empty):
                return self.jobs.get(timeout=self._serve() if self.main else None)

    def _serve(self) -> float:
        """Let guests' timers fire, and return the seconds after which to ask again."""
        if not host.running():
            return idle.SELDOM
        token, self.serving = CURRENT.set(self.last), True
        try:
            return idle.serve(_tell)
        finally:
            self.serving = False
            CURRENT.reset(token)


class Interrupts:
    """What SIGINT means on the main thread: a client's interrupt, or the server's end."""

    wanted: Client | None = None
    main = Seat()

    @classmethod
    def arrived(cls, number: int, frame: FrameType | None) -> None:
        """The signal: raise KeyboardInterrupt in what it is for, if that still runs."""
        if owner.puts_off(number, frame):
            return
        client, cls.wanted = cls.wanted, None
        if client is None:
            cls.main.leave()
            here = cls.main.busy
        else:
            here = client.seat.ident == (owner.served() or owner.IDENT)
            here = here and (client.reply is not None or client.seat.serving)
        if here:
            raise KeyboardInterrupt


class Client:
    """A session as clients see it: made by `clone`, gone by `close`."""

    def __init__(self, module: ModuleType, seat: Callable[[], Seat]) -> None:
        """`seat` is asked for where to evaluate, when there is something to evaluate."""
        self.id, self._new_seat = str(uuid.uuid4()), seat
        self.session = Session(module)
        self.lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.waiting: deque[Any] = deque()
        self.reply: Any = None

    def evaluate(self, reply: Any, source: str, file: str = "") -> None:
        """Evaluate when what came before is done; the reply gets values, output and `done`."""
        self.waiting.append(reply)
        self.seat.jobs.put(lambda: self._job(reply, source, file))

    @cached_property
    def seat(self) -> Seat:
        return self._new_seat()

    def close(self) -> None:
        """Stop what is evaluated, and take nothing more."""
        self.interrupt("")
        if "seat" in self.__dict__ and not self.seat.main:
            self.seat.leave()

    def interrupt(self, wanted: str) -> list[str]:
        """Stop the evaluation in hand, or the one `wanted`; return what to say of it."""
        waiting = list(self.waiting)
        reply = next((each for each in waiting if wanted in ("", each.id)), None)
        if reply is None and not waiting and self._stop_served():
            return []
        if reply is None:
            return ["error", "interrupt-id-mismatch"] if waiting else ["session-idle"]
        reply.stopping = True
        threading.Thread(target=self._stop, args=(reply,), daemon=True).start()
        return []

    def _stop_served(self) -> bool:
        """Interrupt a guest's timer that runs; False where there is none."""
        serving = "seat" in self.__dict__ and self.seat.serving
        if serving:
            self.seat.stop(self)
        return serving

    def _job(self, reply: Any, source: str, file: str) -> None:
        """Evaluate, and say `done` in any case. An interrupt may come at any line of this."""
        self.seat.last = self, reply
        CURRENT.set(self.seat.last)
        self.reply, begun = reply, False
        while not reply.done:
            try:
                if not begun and not reply.stopping:
                    begun = True
                    self._evaluate(reply, source, file)
                self._settle(reply)
                reply.finish(*(["interrupted"] if reply.stopping else []))
            except KeyboardInterrupt:
                reply.stopping = reply.stopping or self._alone(reply)

    def _settle(self, reply: Any) -> None:
        """Let no interrupt reach what comes next. A lock here might be left locked by one."""
        CURRENT.set(None)
        if self.reply is reply:
            self.reply = None
        with suppress(ValueError):  # gone already: the thread was left to itself
            self.waiting.remove(reply)
        while reply.stopping and not reply.stopped:
            time.sleep(0.001)
        if not self.seat.main:
            _throw(threading.get_ident(), None)

    @staticmethod
    def _alone(reply: Any) -> bool:
        """True, for a KeyboardInterrupt that nobody sent: the program raised it."""
        reply.stopped = True
        return True

    def _evaluate(self, reply: Any, source: str, file: str) -> None:
        try:
            if commands.is_command(source):
                commands.run(self.session, source)
                return
            for value in self.session.each(source, file=file):
                reply(value=present.text(value), ns=self.session.module.__name__)
        except SystemExit:
            reply(err="a session ends by the op close; the server by Ctrl-C\n")
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            sys.stdout.flush()
            reply(err=trace.text(trace.trim(error)))
            names = {"ex": _name(error), "root-ex": _name(_root(error))}
            reply(**names, ns=self.session.module.__name__, status=["eval-error"])

    def _stop(self, reply: Any) -> None:
        """Interrupt until the evaluation ends; a thread that does not end is left to itself."""
        pause, patience = 0.01, PATIENCE
        while reply in self.waiting and patience > 0:
            if self.reply is reply:
                self.seat.stop(self)
                patience -= 0 if self.seat.main else pause
            time.sleep(pause)
            pause = min(2 * pause, 0.5)
        if reply in self.waiting:
            self._leave(reply)
        reply.stopped = True

    def _leave(self, reply: Any) -> None:
        """Go on with a new thread; the old one ends when what it waits for does."""
        left, self.seat, self.reply = self.seat, Seat().begin(), None
        self.waiting.remove(reply)
        while not left.jobs.empty():
            with suppress(queue.Empty):
                self.seat.jobs.put(left.jobs.get_nowait())
        left.leave()
        reply.finish("interrupted")


def _tell(error: BaseException) -> None:
    sys.stderr.write(trace.text(trace.trim(error)))


def _throw(thread: int | None, error: type[BaseException] | None) -> None:
    """Raise an error in another thread of Python, at its next line; None takes one back."""
    exception = ctypes.py_object(error) if error else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread or 0), exception)


def _name(error: BaseException) -> str:
    return type(error).__qualname__


def _root(error: BaseException) -> BaseException:
    seen = {id(error)}
    while (cause := error.__cause__ or error.__context__) and id(cause) not in seen:
        seen.add(id(cause))
        error = cause
    return error
