"""JavaScript inside this process, by PythonMonkey's core. What crosses, and how: README.md."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, ClassVar

from polyhy import lifetimes, owner
from polyhy.errors import Frame

from . import calls, cells, ctrl_c, interrupts, tasks
from .engine import core
from .engine_guest import EngineGuest
from .errors import JsSyntaxError, engine_error
from .exports import JsModule
from .globals import Globals
from .holding import Number
from .jobs import LOOP
from .modules import Modules
from .objects import JsFunction, lift
from .serving import Serving


class Js(Serving):
    """The runtime, on the main thread. Its engine lives as long as the process."""

    name = "js"
    several = False
    suffixes = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx", ".jsx", ".json")
    main_thread = True
    keeps = ("npm/registries/*",)
    options: ClassVar = {
        "timeout": "seconds that a call of the module's functions may take",
        "memory": "bytes by which a call of the module's functions may grow this process",
    }

    def start(self, paths: Sequence[Path]) -> None:
        calls.owner_ident = owner.IDENT or 0
        with ctrl_c.put_off():
            self.guest = EngineGuest(self._make, self._own)
            self.modules = Modules(self.guest)
            Globals(self.guest)
            interrupts.start()
            self.search(paths)
        lifetimes.register(self)

    def stop(self) -> None:
        self.guest.end("stopped")

    def forked(self) -> None:
        calls.owner_ident = 0
        self.guest.end("forked")

    def search(self, paths: Sequence[Path]) -> None:
        self.modules.search(paths)

    def eval(self, source: str, origin: str) -> Any:
        file, _, line = origin.rpartition(":")
        padding = "\n" * (int(line) - 1 if line.isdigit() else 0)
        try:
            return lift(
                self.guest.ask("evaluate", f"{padding}{source}\n//# sourceURL={file or origin}")
            )
        except JsSyntaxError as error:
            raise _located(error, source, file or origin, line) from None

    def cell(self, source: str, origin: str, names: MutableMapping[str, Any]) -> Any:
        file, _, line = origin.rpartition(":")
        padding = "\n" * (int(line) - 1 if line.isdigit() else 0)
        try:
            return cells.run(self.guest, source, padding, file or origin, names)
        except JsSyntaxError as error:
            raise _located(error, source, file or origin, line) from None

    def incomplete(self, source: str) -> bool:
        return cells.incomplete(source)

    def globals(self) -> Any:
        return self.eval("globalThis", "<globals>:1")

    def load(self, module: str, **options: Any) -> Any:
        exports, default = self.modules.load(module)
        limits = options.get("timeout"), options.get("memory")
        return JsModule(exports, default, limits)

    def limited(self, timeout: float | None, memory: int | None) -> AbstractContextManager[None]:
        return interrupts.limited(timeout, memory)

    def wait(self) -> None:
        LOOP.run()
        tasks.serve()
        if not self.guest.ended:
            self.guest.ask("rejected")

    def serve(self) -> float | None:
        return self.guest.serve()

    # --- proxies

    def _make(self, number: Number, function: bool) -> Any:
        return (JsFunction if function else self.guest.shape)(self, number)


def _located(error: JsSyntaxError, source: str, file: str, line: str) -> JsSyntaxError:
    """The engine does not say where in evaluated text an error is; where in a script it does."""
    options = {"filename": file, "lineno": int(line) if line.isdigit() else 1}
    try:
        core().eval(f"(async () => {{{source}\n}})", options)
    except Exception as again:
        located = engine_error(again)
        if not isinstance(located, JsSyntaxError) or located.message != error.message:
            located = error  # it was thrown by what ran, or the source imports
        elif located.frames:
            last = int(options["lineno"]) + source.count("\n")
            located.frames = (Frame(file, min(located.frames[0].line, last), ""),)
            return located
    error.frames = (Frame(file, int(options["lineno"]), ""),)
    return error
