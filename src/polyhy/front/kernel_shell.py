"""IPython's shell, whose cells are Hy with the dialect, and `%%js`, `%%lua`, …."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
import sys
from contextlib import suppress
from typing import Any

from ipykernel.displayhook import ZMQShellDisplayHook
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.compilerop import CachingCompiler
from IPython.core.error import UsageError as MagicError

from polyhy import coroutines, plugins
from polyhy.errors import Interrupted, UnknownLanguage
from polyhy.front import colour, commands, idle, notation
from polyhy.guests import host
from polyhy.sessions import describe, trace
from polyhy.sessions.session import LISP, Session, target

_PYTHON = ("py", "python", "python3")
"""`%%py` is a cell as IPython runs it: with `await`, magics and its display."""

_MAGIC = "magic"
"""The name of cells that are a call to a magic; `trace` hides their frames."""

_AWAIT = re.compile(r"\bawait\b")
_HELP = re.compile(r"\s*(\?{0,2})([^\s?]+?)(\?{0,2})\s*")


class Compiler(CachingCompiler):
    """Compiles Hy for IPython, except what the shell says is Python."""

    shell: Any = None

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        return f"<{self.shell.language(transformed_code)}-{number}>"

    def ast_parse(self, source: str, filename: str = "<unknown>", symbol: str = "exec") -> Any:
        if not self.shell.is_lisp(source):
            return super().ast_parse(source, filename, symbol)
        return self.shell.compiled(source, filename)


class Display(ZMQShellDisplayHook):
    """Shows values; IPython's own looks for a `;` at the end by Python's rules."""

    def quiet(self) -> bool:
        shell: Any = self.shell
        return not shell.is_lisp(shell.history_manager.input_hist_parsed[-1]) and bool(
            super().quiet()
        )


class Shell(ZMQInteractiveShell):
    """IPython's shell with a session of ours in its namespace."""

    compiler_class = Compiler
    displayhook_class = Display
    polyhy: Session

    def __init__(self, **settings: Any) -> None:
        self._other: dict[str, str] = {}  # what the sources last made are, where not Hy
        self._ready: tuple[str, Any] = "", None
        self._serving: asyncio.Task[None] | None = None
        super().__init__(**settings)
        compiler: Any = self.compile
        compiler.shell = self
        self.set_custom_exc((Exception, KeyboardInterrupt), _told)
        self.events.register("post_run_cell", self._keep)
        notation.install(self.display_formatter)
        for language in plugins.languages():
            self.register_magic_function(self._magic(language), "cell", language)

    def init_user_ns(self) -> None:
        """Begin a session, again after `%reset`."""
        super().init_user_ns()
        self.polyhy = Session(self.user_module)
        self.polyhy.given = self.user_ns_hidden

    # --- what a cell is

    def language(self, source: str) -> str:
        """What a transformed cell is: Hy, Python, or what stands for a magic."""
        return "python" if source == "pass" else self._other.get(source, LISP)  # of `%timeit`

    def is_lisp(self, source: str) -> bool:
        return self.language(source) == LISP

    def transform_cell(self, raw_cell: str) -> Any:
        """Leave Hy as it is; turn magics, help, commands and guests' cells into Python."""
        kind, source = self._transformed(raw_cell)
        self._other.pop(source, None)
        if kind != LISP:
            self._other[source] = kind
        while len(self._other) > 100:
            del self._other[next(iter(self._other))]
        return source

    def _transformed(self, raw: str) -> tuple[str, str]:
        text = raw.strip()
        first, _, rest = raw.lstrip().partition("\n")
        if first.startswith("%%") and first[2:].strip() in _PYTHON:
            return "python", super().transform_cell(rest)
        language = self._awaiting(first, rest) if first.startswith("%%") else ""
        if language:
            return _MAGIC, f"await get_ipython().awaited({language!r}, {rest!r})\n"
        if text.startswith(("%", "!")):
            return _MAGIC, super().transform_cell(raw)
        asked = _HELP.fullmatch(raw)
        if asked and (asked[1] or asked[3]) and self._is_help(text):
            detail = max(len(asked[1]), len(asked[3])) - 1
            return _MAGIC, f"get_ipython().explain({asked[2]!r}, {detail})\n"
        if commands.is_command(raw):
            return _MAGIC, f"get_ipython().command({text!r})\n"
        if self.polyhy.target != LISP and text:
            how = "await get_ipython().awaited" if _AWAIT.search(raw) else "get_ipython().guest"
            return _MAGIC, f"{how}({self.polyhy.target!r}, {raw!r})\n"
        return LISP, raw

    @staticmethod
    def _awaiting(first: str, rest: str) -> str:
        """The language of a guest's cell that may await at its top; empty for others."""
        name = first[2:].strip()
        with suppress(UnknownLanguage):
            return target(name) if _AWAIT.search(rest) and target(name) != LISP else ""
        return ""

    def _is_help(self, text: str) -> bool:
        """`even?` is a name of Lisp too: help only where nothing is named so."""
        return describe.describe(self.polyhy, text, LISP) is None

    # --- running

    def compiled(self, source: str, filename: str) -> ast.Module:
        """Compile Hy once: IPython asks whether a cell awaits before it runs it."""
        made_of, made = self._ready
        self._ready = "", None
        if made_of != source:
            made = self._compile(source, filename)
        if isinstance(made, BaseException):
            raise made
        return made

    def should_run_async(self, raw_cell: str, *, transformed_cell: Any = None, **more: Any) -> bool:
        """True for a cell that awaits at its top; all others can be interrupted by a signal."""
        source = raw_cell if transformed_cell is None else transformed_cell
        if not self.is_lisp(source):
            return super().should_run_async(raw_cell, transformed_cell=source, **more)
        if self._ready[0] != source:
            filename = self.compile.get_code_name(raw_cell, source, self.execution_count)
            trace.remember(filename, source)
            self._ready = source, self._compile(source, filename)
        return isinstance(self._ready[1], ast.Module) and _awaits(self._ready[1])

    def _compile(self, source: str, filename: str) -> ast.Module | BaseException:
        try:
            body, last = self.polyhy.cells.trees(source, filename)
            return _shown(body, last)
        except (Exception, KeyboardInterrupt) as error:  # macros may be endless too
            return error

    def guest(self, language: str, source: str) -> Any:
        """Run a cell of a guest's language in the session."""
        return host.cell(language, source, self._origin(language, source), self.polyhy.names)

    async def awaited(self, language: str, source: str) -> Any:
        """Run a cell that has the word `await`: here a loop runs, so its promise is the value."""
        value = self.guest(language, source)
        return await value if inspect.isawaitable(value) else value

    def _origin(self, language: str, source: str) -> str:
        filename = f"<{language}-{self.execution_count}>"
        trace.remember(filename, source)
        return f"{filename}:1"

    def _magic(self, language: str) -> Any:
        def magic(line: str, cell: str) -> Any:
            return self.guest(language, cell)

        magic.__doc__ = f"Run the cell in {language}; it shares the session's names."
        return magic

    def find_cell_magic(self, magic_name: str) -> Any:
        """IPython's magics, and `%%ts` for the endings of a language's files."""
        with suppress(UnknownLanguage):
            return super().find_cell_magic(magic_name) or self._magic(target(magic_name))
        return None

    def command(self, line: str) -> None:
        commands.run(self.polyhy, line)

    def explain(self, name: str, detail: int) -> None:
        """Show what `name?` asks for in the pager, `name??` with the source."""
        found = describe.describe(self.polyhy, name)
        text = f"There is nothing named {name}." if found is None else explanation(found, detail)
        data = {"text/plain": text}
        pager: Any = self.payload_manager
        pager.write_payload({"source": "page", "data": data, "start": 0})

    def _keep(self, result: Any) -> None:
        if self._serving is None:
            self._serving = asyncio.get_running_loop().create_task(_serve())
        if result is None:
            return
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            self.polyhy.fail(error)
        else:
            self.polyhy.keep(result.result)

    # --- errors

    def showtraceback(self, *args: Any, **settings: Any) -> None:
        kind, value, step = self._get_exc_info(args[0] if args else settings.get("exc_tuple"))
        if settings.get("exception_only") or kind is MagicError or value is None:
            super().showtraceback(*args, **settings)
        else:
            _told(self, kind, value, step)

    def showsyntaxerror(self, *args: Any, **settings: Any) -> None:
        self.showtraceback()


async def _serve() -> None:
    """Let guests' timers fire between cells, and show what they raise."""

    def tell(error: BaseException) -> None:
        known = isinstance(error, Interrupted)
        told = f"{error}\n" if known else colour.traceback(trace.text(trace.trim(error)))
        sys.stderr.write(told)

    with idle.telling(tell):
        while True:
            with suppress(Interrupted):
                await idle.keep_serving(tell)


def explanation(found: describe.Description, detail: int = 0) -> str:
    """What is known of a thing, as text: with its source, where `detail` is more than 0."""
    file, line = found.place
    lines = [f"{found.name}{found.signature}  ({found.language} {found.kind})", found.doc]
    if detail and found.source:
        lines += ["", found.source]
    return "\n".join([*lines, f"File: {file}:{line}" if file else ""]).strip()


def _told(
    shell: Any, kind: Any, value: BaseException, step: Any, tb_offset: Any = None
) -> list[str]:
    """Show an error in colour, with the user's frames alone."""
    if kind is MagicError:
        shell.show_usage_error(value)
        return []
    lines = colour.traceback(trace.text(trace.trim(value))).splitlines()
    shell._showtraceback(kind, value, lines)
    return lines


def _shown(body: ast.Module, last: ast.Expression) -> ast.Module:
    """Put the expression behind the statements: IPython shows the last node, but not a None."""
    nothing = isinstance(last.body, ast.Constant) and last.body.value is None
    shown = ast.Expr(ast.Constant(None) if nothing else last.body)
    if not nothing:
        ast.copy_location(shown, last.body)
    body.body.append(ast.fix_missing_locations(shown))
    return body


def _awaits(tree: ast.Module) -> bool:
    flags = coroutines.TOP_LEVEL_AWAIT
    try:
        code = compile(tree, "<awaits>", "exec", flags, dont_inherit=True)
    except Exception:  # told when it is run
        return False
    return bool(code.co_flags & inspect.CO_COROUTINE)
