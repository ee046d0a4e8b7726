"""CPython itself as a guest: sources evaluated, modules imported, values as they are."""

from __future__ import annotations

import ast
import builtins
import importlib
import re
import sys
import types
from collections.abc import MutableMapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from polyhy import coroutines
from polyhy.bridge import Bridge
from polyhy.coroutines import TOP_LEVEL_AWAIT
from polyhy.errors import Stopped


class Python(Bridge):
    """Python from Python. Nothing is converted, and its errors are Python's own."""

    name: ClassVar[str] = "python"
    suffixes: ClassVar[tuple[str, ...]] = (".py",)
    survives_fork: ClassVar[bool] = True
    lexer: ClassVar[str] = "python"

    def start(self, paths: Sequence[Path]) -> None:
        self.scope: dict[str, Any] | None = {"__name__": "polyhy.python"}
        self.added: list[str] = []
        self.search(paths)

    def stop(self) -> None:
        for folder in self.added:
            with suppress(ValueError):
                sys.path.remove(folder)
        self.scope = None

    def search(self, paths: Sequence[Path]) -> None:
        """Look in `paths` first: they hold what the user's own environment lacks."""
        new = [folder for folder in map(str, paths) if folder not in sys.path]
        sys.path[:0] = new
        self.added += new
        importlib.invalidate_caches()

    def eval(self, source: str, origin: str) -> Any:
        """Run the statements of `source` and return the value of its last expression."""
        if self.scope is None:
            raise Stopped(language="python")
        body, last = _parsed(source, origin)
        exec(body, self.scope)
        return eval(last, self.scope) if last is not None else None

    def cell(self, source: str, origin: str, names: MutableMapping[str, Any]) -> Any:
        """Run a prompt's cell in `names`, as a module's; `await` is allowed at its top."""
        scope = names if isinstance(names, dict) else dict(names)
        body, last = _parsed(source, origin, TOP_LEVEL_AWAIT)
        try:
            coroutines.run(body, scope)
            return coroutines.run(last, scope) if last is not None else None
        finally:
            if scope is not names:
                names.update(scope)

    def incomplete(self, source: str) -> bool:
        """True in an open bracket or string, and in a block that no empty line has ended."""
        import codeop

        if "\n" in source and not source.rpartition("\n")[2].strip():
            source = source.rstrip() + "\n"
        try:
            return codeop.compile_command(source, "<prompt>", "single") is None
        except (SyntaxError, ValueError, OverflowError):
            return False

    def globals(self) -> Any:
        return builtins

    def load(self, module: str, **options: Any) -> Any:
        """Import a module (`numpy`, `scipy/stats`, `scikit-learn`), or a file by its path."""
        if module.endswith(self.suffixes) or module.startswith((".", "/")):
            return _load_file(Path(module).resolve())
        name, *parts = module.replace("/", ".").split(".")
        return importlib.import_module(".".join([_top_level(name), *parts]))


def _parsed(
    source: str, origin: str, flags: int = 0
) -> tuple[types.CodeType, types.CodeType | None]:
    file, _, line = origin.rpartition(":")
    file = file or origin
    tree = _parse(source, file, int(line) if line.isdigit() else 1)
    last = None
    if tree.body and isinstance(end := tree.body[-1], ast.Expr):
        tree.body.pop()
        last = compile(ast.Expression(end.value), file, "eval", flags, dont_inherit=True)
    return compile(tree, file, "exec", flags, dont_inherit=True), last


def _parse(source: str, file: str, line: int) -> ast.Module:
    try:
        tree = ast.parse(source, file)
    except SyntaxError as error:
        error.lineno = (error.lineno or 1) + line - 1
        error.end_lineno = error.end_lineno and error.end_lineno + line - 1
        raise error.with_traceback(None) from None
    ast.increment_lineno(tree, line - 1)
    return tree


def _top_level(name: str) -> str:
    """The module of a distribution where it has another name: `sklearn` for `scikit-learn`."""
    from importlib.metadata import packages_distributions
    from importlib.util import find_spec

    if name.isidentifier() and find_spec(name):
        return name
    for module, distributions in packages_distributions().items():
        if _normal(name) in map(_normal, distributions) and not module.startswith("_"):
            return module
    return name.replace("-", "_")


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _load_file(path: Path) -> types.ModuleType:
    """Import a file once, under its own name if that is free."""
    from importlib.util import module_from_spec, spec_from_file_location

    known = [m for m in list(sys.modules.values()) if getattr(m, "__file__", None) == str(path)]
    if known:
        return known[0]
    name = path.stem if path.stem not in sys.modules else str(path)
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ModuleNotFoundError(f"there is no Python file {path}", name=name, path=str(path))
    module = sys.modules[name] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
