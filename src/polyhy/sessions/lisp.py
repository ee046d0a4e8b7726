"""Hy with the dialect: source compiled for one module, a file or a cell at a time."""

from __future__ import annotations

import ast
import threading
from collections.abc import Iterator
from types import CodeType, ModuleType
from typing import Any, NamedTuple

from polyhy.coroutines import TOP_LEVEL_AWAIT

_compiling = threading.RLock()
"""Hy keeps its current reader for the whole process."""


class Code(NamedTuple):
    """A compiled cell: its statements, and the expression whose value is the cell's."""

    body: CodeType
    last: CodeType


def program(source: str, filename: str, module: ModuleType) -> CodeType:
    """Compile a file of Hy for `module`, as if it required the dialect."""
    from hy.compiler import hy_compile
    from hy.reader import read_many

    _require(module)
    forms = read_many(source, filename, _reader(module), skip_shebang=True)
    tree: Any = hy_compile(forms, module, filename=filename, source=source)
    return compile(tree, filename, "exec", dont_inherit=True)


def prepared(source: str, filename: str, module: ModuleType) -> tuple[Any, Iterator[Any]]:
    """A compiler for `module`, which requires the dialect, and the forms that it will compile."""
    from hy.compiler import HyASTCompiler
    from hy.reader import read_many

    _require(module)
    forms: Any = read_many(source, filename, _reader(module), skip_shebang=True)
    return HyASTCompiler(module, filename, source), forms


class Cells:
    """A reader and a compiler for one module, kept from cell to cell, so macros last."""

    def __init__(self, module: ModuleType) -> None:
        self.module = module
        _require(module)
        self._compiler, self._read_by = self._new_compiler(), _reader(module)

    def compile(self, source: str, filename: str) -> Code:
        """Compile a cell; `await` is allowed at its top, so `coroutines.run` runs it."""
        return _code(self.trees(source, filename), filename)

    def each(self, source: str, filename: str) -> Iterator[Code]:
        """Compile the forms of a cell one by one, each when those before it have run."""
        from hy.models import Lazy

        forms = self._read(source, filename)
        while True:
            with _compiling:
                form = next(forms, None)
                if form is None:
                    return
                one: Any = Lazy(iter([form]))
                one.source, one.filename, one.reader = source, filename, self._read_by
                trees = self._compile(one, source, filename)
            yield _code(trees, filename)

    def trees(self, source: str, filename: str) -> tuple[ast.Module, ast.Expression]:
        """Compile a cell to Python's trees: its statements, and its last expression."""
        with _compiling:
            return self._compile(self._read(source, filename), source, filename)

    def incomplete(self, source: str) -> bool:
        """True where a bracket or a string of `source` is still open."""
        return self.state(source) == "incomplete"

    def state(self, source: str) -> str:
        """Say whether `source` reads as whole forms: `complete`, `incomplete` or `invalid`."""
        from hy.reader import read_many
        from hy.reader.exceptions import PrematureEndOfInput

        try:
            for _ in read_many(source, "<prompt>", _reader(self.module)):
                pass
        except PrematureEndOfInput:
            return "incomplete"
        except Exception:  # a mistake, which is told when it is evaluated
            return "invalid"
        return "complete"

    def _read(self, source: str, filename: str) -> Any:
        from hy.reader import read_many

        return read_many(source, filename, self._read_by, skip_shebang=True)

    def _compile(self, forms: Any, source: str, filename: str) -> Any:
        from hy.compiler import hy_compile

        compiler: Any = self._compiler
        compiler.filename, compiler.source = filename, source
        try:
            return hy_compile(
                forms, self.module, get_expr=True, compiler=compiler, import_stdlib=False
            )
        except BaseException:
            self._compiler, self._read_by = self._new_compiler(compiler), _reader(self.module)
            raise

    def _new_compiler(self, broken: Any = None) -> Any:
        """A compiler; in place of a `broken` one, whose scopes an error left open, its like.

        The numbers of its hidden variables go on: closures of earlier cells still use theirs.
        """
        from hy.compiler import HyASTCompiler

        new: Any = HyASTCompiler(self.module)
        new.awaits = True  # its code is run by coroutines.run
        if broken is not None:
            new.anon_var_count = broken.anon_var_count
            new.local_state_stack = broken.local_state_stack[:1]
        return new


def _code(trees: tuple[ast.Module, ast.Expression], filename: str) -> Code:
    body, last = trees
    return Code(_compiled(body, filename, "exec"), _compiled(last, filename, "eval"))


def _compiled(tree: Any, filename: str, mode: str) -> CodeType:
    return compile(tree, filename, mode, TOP_LEVEL_AWAIT, dont_inherit=True)


def _require(module: ModuleType) -> None:
    from hy.macros import require, require_reader

    require("polyhy", module, assignments="EXPORTS")
    require_reader("polyhy", module, "ALL")


def _reader(module: ModuleType) -> Any:
    """A new reader that knows the reader macros of the module."""
    from hy.macros import enable_readers
    from hy.reader import HyReader

    reader = HyReader()
    enable_readers(module, reader, "ALL")
    return reader
