"""A session: cells in any language, one after another, that share their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any, NamedTuple

from polyhy import coroutines, plugins
from polyhy.guests import host
from polyhy.sessions import trace
from polyhy.sessions.lisp import Cells, Code

LISP = "hy"
"""The target that is no guest: Hy with the dialect."""


class Cell(NamedTuple):
    """What was evaluated: in which language, and its text."""

    target: str
    source: str


class Session:
    """Evaluates cells of Hy, and of every language with a room, in the names of one module.

        session = Session()
        session.evaluate("(setv xs [1 2 3])")
        session.evaluate("xs.map(x => x * 2)", "js")       # [2, 4, 6]

    `target` is the language of cells that name none. `*1 *2 *3` are the last values that were not
    None, `*e` is the last error. Errors pass as they are; a front shows them by `trace`.
    """

    def __init__(self, module: ModuleType | None = None) -> None:
        self.module = module or ModuleType("__main__")
        self.names: dict[str, Any] = self.module.__dict__
        self.given: Mapping[str, Any] = {}
        """What a front has put among the names."""
        self.cells = Cells(self.module)
        self.target = self.label = LISP
        self.history: list[Cell] = []
        self.results: list[Any] = [None, None, None]
        self.error: BaseException | None = None
        self._count = 0

    def switch(self, name: str) -> str:
        """Make `name` (`js`, `py`, `hy`) the language of the cells that follow."""
        self.target, self.label = target(name), name
        return self.target

    def evaluate(self, source: str, language: str = "", file: str = "") -> Any:
        """Run a cell, which may stand in a `file`, and return the value of its last expression."""
        language = language or self.target
        with self._attempt(source, language, file) as filename:
            if language == LISP:
                return self.keep(_run(self.cells.compile(source, filename), self.names))
            return self.keep(host.cell(language, source, f"{filename}:1", self.names))

    def each(self, source: str, language: str = "", file: str = "") -> Iterator[Any]:
        """Run a cell of Hy form by form, with a value for each; a guest's cell is one form."""
        language = language or self.target
        if language != LISP:
            yield self.evaluate(source, language, file)
            return
        with self._attempt(source, language, file) as filename:
            for code in self.cells.each(source, filename):
                yield self.keep(_run(code, self.names))

    def incomplete(self, source: str, language: str = "") -> bool:
        """True where more lines must follow."""
        language = language or self.target
        if language == LISP:
            return self.cells.incomplete(source)
        return host.incomplete(language, source)

    def keep(self, value: Any) -> Any:
        """Remember a value as `*1`, and return it."""
        if value is not None:
            self.results = [value, *self.results[:2]]
            self._publish()
        return value

    def fail(self, error: BaseException) -> None:
        """Remember an error as `*e`."""
        self.error = error
        self._publish()

    @contextmanager
    def _attempt(self, source: str, language: str, file: str) -> Iterator[str]:
        """Give a cell the name under which tracebacks find its lines; keep its error."""
        self._count += 1
        filename = file or f"<{language}-{self._count}>"
        if not file:
            trace.remember(filename, source)
        self._publish()
        try:
            yield filename
        except (SystemExit, GeneratorExit):
            raise
        except BaseException as error:
            self.fail(error)
            raise
        self.history.append(Cell(language, source))

    def _publish(self) -> None:
        """Set `*1 *2 *3 *e`, which sessions of one module have each their own."""
        self.names.update(zip(_RESULTS, self.results, strict=True))
        self.names[_ERROR] = self.error


def target(name: str) -> str:
    """The language that a name means: `hy`, `js`, or by the ending of its files, `py`."""
    return plugins.language(name, [LISP])


# `*1 *2 *3 *e` as Hy mangles them
_RESULTS = ("hyx_XasteriskX1", "hyx_XasteriskX2", "hyx_XasteriskX3")
_ERROR = "hyx_XasteriskXe"


def _run(code: Code, names: dict[str, Any]) -> Any:
    coroutines.run(code.body, names)
    return coroutines.run(code.last, names)
