"""SpiderMonkey, booted once per process from PythonMonkey's compiled core alone.

The package's own start-up code would publish Python's `eval` to every script and need npm; the
core needs neither. Promise jobs go to the asyncio loop that runs at that moment, so ours is made
the running one: not on every call, which would cost half as much as the call, but when the
engine's debugger sees the first promise in it.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from asyncio import events
from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files
from typing import Any

from polyhy.errors import MissingTool
from polyhy.loop import Loop


class GuestLoop(Loop):
    """The loop as PythonMonkey's promises see it."""

    def __init__(self) -> None:
        super().__init__()
        self.entered: list[Any] = []
        """Holds the loop that ran before ours, from the first promise until `settle`."""
        self._rejected = False

    def enter(self) -> bool:
        """Make this the running loop; called by the engine at each new or settled promise.

        True if it was just rejected, with nobody listening.
        """
        running = events._get_running_loop()
        if running is not self:
            self.entered[:] = (running,)
            events._set_running_loop(self)  # type: ignore[arg-type]
        rejected, self._rejected = self._rejected, False
        return rejected

    def leave(self) -> Any:
        """Give the thread its own loop back, as a Python callback must see it."""
        if self.entered:
            events._set_running_loop(self.entered[0])

    def settle(self) -> None:
        """Run what promises left to do; called when the guest's stack is empty."""
        outer = self.entered[0] if self.entered else events._get_running_loop()
        try:
            while self.jobs:
                self.entered[:] = (outer,)
                events._set_running_loop(self)  # type: ignore[arg-type]
                self.jobs.popleft()()
        finally:
            self.entered.clear()
            events._set_running_loop(outer)

    def run_jobs(self) -> None:
        self.settle()

    # What PythonMonkey asks of the loop when a promise is rejected with nobody listening yet.

    def _exception_handler(self, *_: Any) -> None: ...

    def create_future(self) -> _Rejected:
        self._rejected = True
        return _Rejected()

    def get_debug(self) -> bool:
        return False


class _Rejected:
    def set_result(self, _: Any) -> None: ...

    def set_exception(self, _: Any) -> None: ...

    def add_done_callback(self, _: Any) -> None: ...

    def cancelled(self) -> bool:
        return False


LOOP = GuestLoop()


@lru_cache(maxsize=1)
def core() -> Any:
    """PythonMonkey's core: `eval(source, {"filename": …, "lineno": …})`, `collect`, `bigint`."""
    if "pythonmonkey" not in sys.modules:
        spec = importlib.util.find_spec("pythonmonkey")
        if spec is None:
            raise MissingTool(
                tool="pythonmonkey",
                need="JavaScript runs in it",
                command="pip install pythonmonkey",
            )
        stub = types.ModuleType("pythonmonkey", "Only the core of PythonMonkey, loaded by polyhy.")
        stub.__path__ = list(spec.submodule_search_locations or ())
        stub.__spec__ = spec
        sys.modules["pythonmonkey"] = stub
    return importlib.import_module("pythonmonkey.pythonmonkey")


def script(name: str) -> Callable[..., Any]:
    """Evaluate one of the room's own scripts, which is a function."""
    text = files("polyhy.bridges.js").joinpath(name).read_text("utf-8")
    return core().eval(text, {"filename": f"polyhy/{name}"})


@lru_cache(maxsize=1)
def watch() -> Any:
    """Watch promises for `LOOP`, and leave nothing of the debugger to scripts.

    Returns a function of the engine's: the reasons of rejections that nobody listened to.
    """
    return script("watch.js")(LOOP.enter)
