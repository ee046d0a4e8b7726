"""The event loop of guests: jobs run when the outermost call returns, timers when waited for."""

from __future__ import annotations

import heapq
import itertools
import time
from asyncio import events
from collections import deque
from collections.abc import Callable
from typing import Any

_order = itertools.count()


class Timer:
    """A job for later; `cancel()` forgets it, and `idle` says that nobody need wait for it."""

    __slots__ = ("idle", "job")

    def __init__(self, job: Callable[[], object]) -> None:
        self.idle = False
        self.job: Callable[[], object] | None = job

    def cancel(self) -> None:
        self.job = None


class Loop:
    """Jobs and timers of one runtime, served by whoever calls in.

    As node does it: jobs run when the guest's stack is empty, so before the outermost call
    returns; timers run in `run`, which returns when nothing is left. Within a running asyncio
    loop, that loop serves the timers.
    """

    def __init__(self) -> None:
        self.jobs: deque[Callable[[], object]] = deque()
        self.timers: list[tuple[float, int, Timer]] = []
        """A heap, ordered with no code of Python's: a call for another thread may add to it."""
        self.serving = False
        """True while jobs run."""
        self.rest: Callable[[float], object] = time.sleep
        """How `run` waits; what else brings news (a socket) may end that sooner."""
        self.ends: list[Callable[[], object]] = []
        """What to do when the runtime stops."""

    def call_soon(self, job: Callable[..., object], *args: Any, context: Any = None) -> None:
        """Run `job(*args)` when the guest's stack is empty."""
        self.jobs.append((lambda: job(*args)) if args else job)

    call_soon_threadsafe = call_soon

    def call_later(self, seconds: float, job: Callable[[], object]) -> Timer:
        """Run `job()` after `seconds`, not sooner, in order of time."""
        timer = Timer(job)
        heapq.heappush(self.timers, (time.monotonic() + max(seconds, 0.0), next(_order), timer))
        outer = events._get_running_loop()
        if outer is not None and outer is not self:
            outer.call_later(seconds, self.run_due)
        return timer

    def run_jobs(self) -> None:
        """Run jobs until there is none."""
        inner, self.serving = self.serving, True
        try:
            while self.jobs:
                self._next_job()()
        finally:
            self.serving = inner

    def _next_job(self) -> Callable[[], object]:
        try:
            return self.jobs.popleft()
        except IndexError:  # a call for another thread, made this very moment, ran it
            return lambda: None

    def run_due(self) -> None:
        """Run the timers whose time has come, and the jobs that they leave."""
        now = time.monotonic()
        while self.timers and (self.timers[0][2].job is None or self.timers[0][0] <= now):
            job = heapq.heappop(self.timers)[2].job
            if job is not None:
                job()
                self.run_jobs()

    def until_next(self) -> float | None:
        """Seconds until the next timer is due; None where there is none."""
        waiting = [at for at, _, timer in self.timers if timer.job]
        return max(min(waiting) - time.monotonic(), 0.0) if waiting else None

    def run(self, until: Callable[[], bool] = lambda: False) -> None:
        """Serve jobs and timers until nothing is left, or `until()` is true."""
        self.run_jobs()
        while not until():
            self.run_due()
            if not any(timer.job and not timer.idle for *_, timer in self.timers):
                return
            self.rest(max(self.timers[0][0] - time.monotonic(), 0))

    def clear(self) -> None:
        self.jobs.clear()
        self.timers.clear()
        self.rest = time.sleep
        while self.ends:
            self.ends.pop()()
