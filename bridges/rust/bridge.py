"""Rust in this process: crates as extension modules, made when they are first imported."""

from __future__ import annotations

import sys
from collections.abc import Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from polyhy.bridge import Bridge


class Rust(Bridge):
    """Crates are real extension modules: what `load` returns is called with no Proxy between."""

    name: ClassVar[str] = "rust"
    suffixes: ClassVar[tuple[str, ...]] = (".rs",)
    keeps: ClassVar[tuple[str, ...]] = (
        "rust/target",
        *(
            f"rust/{topic}/*"
            for topic in ("described", "extensions", "prelude", "programs", "vendor")
        ),
    )
    survives_fork: ClassVar[bool] = True
    lexer: ClassVar[str] = "rust"
    options: ClassVar[Mapping[str, str]] = {
        "types": "which types stand in for type parameters: {T f64}",
    }

    def start(self, paths: Sequence[Path]) -> None:
        self.paths: list[Path] = []
        self.cells: Any = None
        self.search(paths)

    def stop(self) -> None:
        self.paths = []

    def search(self, paths: Sequence[Path]) -> None:
        self.paths += [path for path in paths if path not in self.paths]

    def eval(self, source: str, origin: str) -> Any:
        """Compile `source`, and return the module of what it makes public.

        `evaluate("rust", "pub fn twice(x: i64) -> i64 { 2 * x }").twice(4) == 8`. It may use the
        crates that are locked.
        """
        return self._module(source, origin)

    def cell(self, source: str, origin: str, names: MutableMapping[str, Any]) -> Any:
        """Compile what was typed, bind its items, run its statements: see cells.py."""
        if self.cells is None:
            from .cells import Cells

            self.cells = Cells(self._module)
        return self.cells.run(source, origin, names)

    def incomplete(self, source: str) -> bool:
        from .pieces import incomplete

        return incomplete(source)

    def load(self, module: str, **options: Any) -> Any:
        """Load a crate (`regex`), or one of its modules (`regex/bytes`)."""
        from .kept import EXTENSION, built

        if module.endswith(self.suffixes) and Path(module).is_file():
            return self.eval(Path(module).read_text("utf-8"), f"{module}:1")
        name, *inner = module.split("/")
        hints = {str(k): str(v) for k, v in dict(options.get("types") or {}).items()}
        folder, library = built(self.paths, name, hints)
        loaded = _imported(folder / EXTENSION, library)
        for each in inner:
            loaded = getattr(loaded, each)
        return loaded

    def stub(self, module: Any) -> str:
        """The types that were written when the crate was compiled."""
        from .kept import STUB

        file = Path(getattr(module, "__file__", None) or "").with_name(STUB)
        return file.read_text("utf-8") if file.is_file() else ""

    def _module(self, source: str, origin: str, **how: Any) -> Any:
        from .inline import inline
        from .kept import EXTENSION

        folder, library = inline(self.paths, source, origin, **how)
        return _imported(folder / EXTENSION, library)


def _imported(file: Path, library: str) -> Any:
    """The extension in a file, loaded once."""
    from importlib.machinery import ExtensionFileLoader
    from importlib.util import module_from_spec, spec_from_file_location

    key = f"polyhy.crates.{library}"
    known = sys.modules.get(f"{key}@{file}")
    if known is not None:
        return known
    spec = spec_from_file_location(library, file, loader=ExtensionFileLoader(library, str(file)))
    assert spec is not None
    module = module_from_spec(spec)
    sys.modules[f"{key}@{file}"] = module
    return module
