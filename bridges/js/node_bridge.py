"""JavaScript in a process of Node's own, for what needs it: `:in "node"`."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from polyhy import lifetimes
from polyhy.errors import NotInstalled, TimedOut, UsageError

from .errors import JsError
from .exports import JsModule
from .holding import Number
from .node_guest import NodeGuest
from .node_process import NoCodec, NodeDied
from .objects import JsFunction, JsObject
from .serving import Serving

_ESM = ("ERR_REQUIRE_ESM", "ERR_REQUIRE_ASYNC_MODULE", "ERR_PACKAGE_PATH_NOT_EXPORTED")


class Node(Serving):
    """Node itself, with its addons, servers and files; any thread may call."""

    name = "node"
    suffixes = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx", ".jsx", ".json")
    twin_of = "js"
    guest: NodeGuest

    def start(self, paths: Sequence[Path], memory: int | None = None) -> None:
        tools = next((p / "tools" for p in paths if (p / "tools").is_dir()), None)
        if tools is None:
            raise NoCodec
        self.paths: list[Path] = []
        self.guest = NodeGuest(self._make, self._own, tools, memory)
        self.search(paths)
        lifetimes.register(self)

    @property
    def lost(self) -> bool:
        return not self.guest.process.alive

    def stop(self) -> None:
        self.guest.end("stopped")

    def forked(self) -> None:
        self.guest.end("forked")

    def search(self, paths: Sequence[Path]) -> None:
        if new := [path for path in paths if path not in self.paths]:
            self.paths = [*new, *self.paths]
            self.guest.ask("search", [str(path / "node_modules") for path in self.paths])

    def eval(self, source: str, origin: str) -> Any:
        file, _, line = origin.rpartition(":")
        return self.guest.ask("run", source, file or origin, int(line) if line.isdigit() else 1)

    def load(self, module: str, **options: Any) -> Any:
        folder = next((p for p in self.paths if _holds(p, module)), None)
        if folder is None and not module.startswith("/") and not self.brings(module):
            raise NotInstalled(spec=f"npm:{module}")
        exports = self._exports(str((folder or Path(module).parent).absolute()), module)
        return JsModule(exports, self.guest.ask("default", exports))

    def wait(self) -> None:
        """Return when Node has nothing left to do: no timer, no server, no open request."""
        if self.lost:
            return
        over = threading.Event()
        self.guest.ask("over", over.set)
        while not over.wait(0.2):
            if self.lost:
                return
        self.guest.ask("rejected")

    @contextmanager
    def limited(self, timeout: float | None, memory: int | None) -> Iterator[None]:
        if memory is not None:
            raise UsageError(
                "the memory of a Node process is limited when it starts",
                hint='(start-runtime "node" :memory 500000000)',
            )
        timer = threading.Timer(timeout or 0, self.guest.process.kill)
        timer.start()
        try:
            yield
        except NodeDied:
            if timer.is_alive() or timeout is None:
                raise
            raise TimedOut(
                type_name="TimedOut", message=f"no answer in {timeout} s", language="node"
            ) from None
        finally:
            timer.cancel()

    def _exports(self, folder: str, module: str) -> Any:
        try:
            return self.guest.ask("require", folder, module)
        except JsError as error:
            if getattr(error.value, "code", "") not in _ESM:
                raise
        return self._settled(self.guest.ask("import", folder, module))

    def _settled(self, promise: Any) -> Any:
        done = threading.Event()
        outcome: list[tuple[bool, Any]] = []

        def settle(good: bool, value: Any) -> None:
            outcome.append((good, value))
            done.set()

        promise.then(lambda value: settle(True, value), lambda error: settle(False, error))
        while not done.wait(0.2):
            if self.lost:
                raise NodeDied(message="the Node process ended while it loaded a module")
        good, value = outcome[0]
        return value if good else self.guest.ask("throw", value)

    def _make(self, number: Number, function: bool) -> Any:
        return (JsFunction if function else JsObject)(self, number)


def _holds(folder: Path, module: str) -> bool:
    name = "/".join(module.split("/")[: 2 if module.startswith("@") else 1])
    return (folder / "node_modules" / name).is_dir()
