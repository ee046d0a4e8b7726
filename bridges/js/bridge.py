"""JavaScript inside this process, by PythonMonkey's core. What crosses, and how: README.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from polyhy import owner
from polyhy.bridge import Bridge
from polyhy.errors import Frame, Stopped
from polyhy.proxy import Proxy
from polyhy.values import spellings

from . import objects
from .engine import LOOP, core
from .errors import Exhausted, JsSyntaxError, engine_error
from .globals import Globals
from .guest import Guest
from .modules import Modules
from .objects import JsFunction, JsModule, JsObject


class Js(Bridge):
    """The runtime, on the main thread. Its engine lives as long as the process."""

    name = "js"
    suffixes = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx", ".jsx", ".json")
    main_thread = True

    def start(self, paths: Sequence[Path]) -> None:
        objects.owner_ident = owner.IDENT or 0
        self.guest = Guest(self._make, self._own)
        self.modules = Modules(self.guest)
        Globals(self.guest)
        self.search(paths)

    def stop(self) -> None:
        self.guest.end("stopped")

    def forked(self) -> None:
        objects.owner_ident = 0
        self.guest.end("forked")

    def search(self, paths: Sequence[Path]) -> None:
        self.modules.search(paths)

    def eval(self, source: str, origin: str) -> Any:
        file, _, line = origin.rpartition(":")
        padding = "\n" * (int(line) - 1 if line.isdigit() else 0)
        try:
            return self._lifted(
                self.guest.ask("evaluate", f"{padding}{source}\n//# sourceURL={file or origin}")
            )
        except JsSyntaxError as error:
            raise _located(error, source, file or origin, line) from None

    def load(self, module: str, **options: Any) -> Any:
        exports, default = self.modules.load(module)
        return JsModule(exports, self._lifted(default))

    def wait(self) -> None:
        LOOP.run()
        self.guest.ask("rejected")

    # --- behind a Proxy

    def get(self, native: int, name: str) -> Any:
        return self.guest.ask("get", native, *spellings(name))

    def set(self, native: int, name: str, value: Any) -> None:
        self.guest.ask("set", native, value, *spellings(name))

    def delete(self, native: int, name: str) -> None:
        self.guest.ask("delete", native, *spellings(name))

    def call_by_ref(self, native: int, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return self.guest.ask("invokeByRef", native, 0, *args, *([dict(kwargs)] if kwargs else ()))

    def new(self, native: int, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return self.guest.ask("construct", native, *args, *([dict(kwargs)] if kwargs else ()))

    def item(self, native: int, key: Any) -> Any:
        return self.guest.ask("item", native, key)

    def set_item(self, native: int, key: Any, value: Any) -> None:
        self.guest.ask("setItem", native, key, value)

    def delete_item(self, native: int, key: Any) -> None:
        self.guest.ask("deleteItem", native, key)

    def length(self, native: int) -> int:
        return self.guest.ask("length", native)

    def contains(self, native: int, key: Any) -> bool:
        return self.guest.ask("contains", native, key)

    def iterate(self, native: int) -> Iterator[Any]:
        return self._each(self.guest.ask("iterate", native))

    def copy(self, native: int) -> Any:
        return self.guest.ask("copy", native)

    def members(self, native: int) -> list[str]:
        return self.guest.ask("members", native)

    def signature(self, native: int) -> str:
        return self.guest.ask("signature", native)

    def doc(self, native: int) -> str:
        return self.signature(native)

    def show(self, native: int) -> str:
        return self.guest.ask("show", native)

    def _each(self, iterator: Any) -> Iterator[Any]:
        while True:
            try:
                yield self.guest.ask("next", iterator.__native__)
            except Exhausted:
                return

    # --- proxies

    def _make(self, number: int, function: bool) -> Any:
        return (JsFunction if function else JsObject)(self, number)

    def _own(self, x: Proxy) -> int | None:
        if x.__bridge__ is self:
            return x.__native__
        if isinstance(x.__bridge__, Js):
            raise Stopped(language=self.name)
        return None

    def _lifted(self, x: Any) -> Any:
        if isinstance(x, JsFunction) and x.__bridge__ is self:
            x.lift()
        return x


def _located(error: JsSyntaxError, source: str, file: str, line: str) -> JsSyntaxError:
    """The engine does not say where in evaluated text an error is; where in a script it does."""
    options = {"filename": file, "lineno": int(line) if line.isdigit() else 1}
    try:
        core().eval(f"(() => {{{source}\n}})", options)
    except Exception as again:
        located = engine_error(again)
        if isinstance(located, JsSyntaxError) and located.frames:
            last = int(options["lineno"]) + source.count("\n")
            located.frames = (Frame(file, min(located.frames[0].line, last), ""),)
            return located
    error.frames = (Frame(file, int(options["lineno"]), ""),)
    return error
