"""C in this process: libraries from their headers, files and inline sources by the compiler."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from polyhy.bridge import Bridge
from polyhy.errors import NoSuchFile, UsageError

from . import own
from .cells import Cells
from .locate import advice


class C(Bridge):
    """C. It has no runtime to stop: what came out of it works on as long as the process."""

    name: ClassVar[str] = "c"
    suffixes: ClassVar[tuple[str, ...]] = (".h", ".c")
    keeps: ClassVar[tuple[str, ...]] = ("c/*/*",)
    survives_fork: ClassVar[bool] = True
    lexer: ClassVar[str] = "c"
    options: ClassVar[Mapping[str, str]] = {
        "lib": "the shared object of a header: a path beside it, a library's name, or a list",
        "fast": "compile what is used, in the background, for calls of half the price",
        "isolate": "run the library in a process of its own: a crash is an exception",
        "errno": "raise OSError where a call fails and sets errno",
    }

    def start(self, paths: Sequence[Path]) -> None:
        self.folders: list[Path] = []
        self.cells: Cells | None = None
        self.search(paths)

    def stop(self) -> None:
        self.folders = []

    def search(self, paths: Sequence[Path]) -> None:
        self.folders += [path for path in paths if path not in self.folders]

    def eval(self, source: str, origin: str) -> Any:
        """Compile `source`, and return its functions, types and constants as a module."""
        return own.inline(source, origin)

    def load(self, module: str, **options: Any) -> Any:
        """Bind a library (`zlib`, `curl`, `m`), or a `.h` or `.c` file."""
        kept = {name: bool(options.get(name)) for name in ("errno", "fast")}
        if options.get("isolate"):
            from .isolate import isolated

            return isolated(
                module, {k: v for k, v in options.items() if k != "isolate"}, self.folders
            )
        if module.endswith(self.suffixes) or module.startswith((".", "/")):
            file = Path(module).resolve()
            if not file.is_file():
                hint = "check the path" if module.startswith((".", "/")) else advice(module)
                raise NoSuchFile(language="C", file=file.name, where=file.parent, hint=hint)
            return own.file(file, options.get("lib"), **kept)
        if options.get("lib"):
            raise UsageError(
                "`lib` is for a header of your own", hint='(import-from "c" "./x.h" :lib …)'
            )
        return own.system(module, self.folders, **kept)

    def cell(self, source: str, origin: str, names: MutableMapping[str, Any]) -> Any:
        """Compile what was typed, bind what it defines, run what it does: see cells.py."""
        if self.cells is None:
            self.cells = Cells()
        return self.cells.run(source, origin, names)

    def incomplete(self, source: str) -> bool:
        """True where a bracket, a comment or a text is still open, or a backslash ends the line."""
        code = re.sub(
            r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|//[^\n]*|/\*.*?\*/', "", source, flags=re.S
        )
        opened = sum(code.count(c) for c in "([{") - sum(code.count(c) for c in ")]}")
        return opened > 0 or "/*" in code or source.rstrip(" \t\n").endswith("\\")

    # --- what front ends ask of a function or a module

    def signature(self, native: Any) -> str:
        import inspect

        try:
            return str(inspect.signature(native))
        except (TypeError, ValueError):
            return ""

    def stub(self, module: Any) -> str:
        """The library's functions, types and constants, with their documentation."""
        from .library import Library
        from .stubs import stub

        return stub(module._index) if isinstance(module, Library) else ""

    def doc(self, native: Any) -> str:
        return getattr(native, "__doc__", None) or ""
