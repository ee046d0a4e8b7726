"""`polyhy repl`: a prompt for Hy and every guest, at a terminal, a dumb one, or a pipe."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import ModuleType
from typing import Any, TextIO

import click

from polyhy.front import colour, commands, idle, present
from polyhy.guests import host
from polyhy.sessions import trace
from polyhy.sessions.session import LISP, Session

Read = Callable[[], str]
"""Returns the next cell: EOFError at the end, KeyboardInterrupt where it was given up."""


@click.command(
    epilog="""\b
Examples:
  polyhy repl
  polyhy repl --target js
  polyhy repl notes.hy
  echo '(+ 1 2)' | polyhy repl"""
)
@click.argument("file", required=False)
@click.option("--target", default=LISP, help="The language to begin with: js, lua, py, …")
def repl(file: str | None, target: str) -> Callable[[], int]:
    """Evaluate forms of Hy, and of every language, as they are typed. FILE is loaded first."""
    return lambda: start(file, target)


def start(file: str | None = None, target: str = LISP) -> int:
    """Run the prompt to its end and return its exit code."""
    session = Session(_main())
    if file:
        answer(session, f":load {file}")
    if target != LISP:
        commands.run(session, f":target {target}")
    read = _reader(session)
    try:
        return _loop(session, read)
    except SystemExit as leaving:
        if leaving.code is None or isinstance(leaving.code, int):
            return leaving.code or 0
        print(leaving.code, file=sys.stderr)
        return 1


def answer(session: Session, source: str) -> None:
    """Evaluate one cell or command, and show its value or its error."""
    try:
        if not source.strip():
            return
        if commands.is_command(source):
            commands.run(session, source)
            return
        value = session.evaluate(source)
        if value is not None:
            _write(_presented(value))
    except SystemExit:
        raise
    except KeyboardInterrupt:
        _tell_interrupt()
    except click.ClickException as error:  # of `:add`
        error.show()
    except BaseException as error:
        if isinstance(error.__cause__ or error.__context__, KeyboardInterrupt):  # of a macro
            _tell_interrupt()
        else:
            _show(error)


def _tell_interrupt() -> None:
    """Say so, and let no second Ctrl-C cut it short."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    print("\ninterrupted", file=sys.stderr)
    signal.signal(signal.SIGINT, before)


def _loop(session: Session, read: Read) -> int:
    while True:
        try:
            source = read()
        except KeyboardInterrupt:
            continue
        except EOFError:
            return _end()
        with suppress(KeyboardInterrupt):  # a second Ctrl-C, while the first is being told
            answer(session, source)


def _end() -> int:
    """Leave; what was given by a pipe ends like a program, when its guests have nothing to do."""
    if not sys.stdin.isatty():
        try:
            host.wait()
        except KeyboardInterrupt:
            return 130
        except BaseException as error:
            _show(error)
    return 0


def _main() -> ModuleType:
    """The module that the session is: `__main__`, as in Python's own prompt."""
    module = sys.modules["__main__"] = ModuleType("__main__")
    sys.path[0] = ""
    return module


def _reader(session: Session) -> Read:
    _forgive(sys.stdin, "replace")
    _forgive(sys.stdout, "backslashreplace")
    if not sys.stdin.isatty():
        return lambda: _cell(session, _piped)
    if os.environ.get("TERM") in ("dumb", "", None) or not sys.stdout.isatty():
        return lambda: _cell(session, _typed)
    from polyhy.front.terminal import Terminal

    _greet()
    return Terminal(session, _show).read


def _greet() -> None:
    from importlib.metadata import version

    import hy

    python = ".".join(map(str, sys.version_info[:3]))
    print(
        f"polyhy {version('polyhy')} (Hy {hy.__version__}, Python {python}); :help lists commands"
    )


def _forgive(stream: Any, errors: str) -> None:
    """What is no text must not end the session."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors=errors)


def _cell(session: Session, line: Callable[[Session, str], str]) -> str:
    """Read lines until they are whole; at the end of the input, what there is."""
    text = line(session, "")
    while text.strip() and not commands.is_command(text) and session.incomplete(text):
        try:
            text += "\n" + line(session, text)
        except EOFError:
            return text
    return text


def _piped(_: Session, __: str) -> str:
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\n")


def _typed(session: Session, begun: str) -> str:
    label = "=> " if session.target == LISP else f"({session.label})> "
    sys.stdout.write("... ".rjust(len(label)) if begun else label)
    sys.stdout.flush()
    idle.until_typed(_show)
    return input()


def _presented(value: Any) -> str:
    if not _is_plain(sys.stdout):
        return present.terminal(value, shutil.get_terminal_size().columns)
    return present.text(value)


def _write(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _show(error: BaseException) -> None:
    trace.trim(error)
    sys.stdout.flush()
    if sys.excepthook is not sys.__excepthook__:
        sys.excepthook(type(error), error, error.__traceback__)
        return
    text = trace.text(error)
    sys.stderr.write(text if _is_plain(sys.stderr) else colour.traceback(text))


def _is_plain(stream: TextIO) -> bool:
    return not colour.wanted(stream)
