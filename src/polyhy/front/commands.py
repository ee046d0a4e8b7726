"""What a prompt does for lines like `:doc map` and `:target js`: a table of commands."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from polyhy import plugins, store
from polyhy.errors import UsageError, suggest
from polyhy.front import export, present
from polyhy.guests import host
from polyhy.sessions import describe
from polyhy.sessions.session import LISP, Session, target


class Command(NamedTuple):
    """A command: what follows its name, its line of help, and what it does with both."""

    arguments: str
    help: str
    run: Callable[[Session, str], None]


def is_command(line: str) -> bool:
    """True for a single line that begins with the name of a command."""
    line = line.strip()
    return line.startswith(":") and "\n" not in line and line.split()[0] in COMMANDS


def run(session: Session, line: str) -> None:
    """Do what a line like `:doc map` says; it prints."""
    name, _, argument = line.strip().partition(" ")
    COMMANDS[name].run(session, argument.strip())


def _target(session: Session, argument: str) -> None:
    if not argument:
        print(session.label)
        return
    chosen = target(argument)
    if chosen != LISP:
        host.bridge(chosen)  # what keeps it from starting is said now
    session.switch(argument)


def _doc(session: Session, argument: str) -> None:
    found = _described(session, argument)
    print(f"{found.name}{found.signature}  ({found.language} {found.kind})")
    if found.doc:
        print(found.doc)


def _source(session: Session, argument: str) -> None:
    found = _described(session, argument)
    file, line = found.place
    if file:
        print(f"; {file}:{line}")
    print(found.source.rstrip("\n") or f"the source of {argument} is not known")


def _described(session: Session, argument: str) -> describe.Description:
    if not argument:
        raise UsageError("the name is missing", hint="write: :doc NAME")
    found = describe.describe(session, argument)
    if found is None:
        raise UsageError(f"there is nothing named {argument}", hint=":who lists the names")
    return found


def _type(session: Session, argument: str) -> None:
    kind = type(session.evaluate(argument))
    print(kind.__qualname__ if kind.__module__ == "builtins" else _qualified(kind))


def _qualified(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _time(session: Session, argument: str) -> None:
    start = time.perf_counter()
    value = session.evaluate(argument)
    taken = time.perf_counter() - start
    if value is not None:
        print(present.text(value))
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if taken >= size or unit == "µs":
            print(f"{taken / size:.3g} {unit}")
            return


def _who(session: Session, _: str) -> None:
    import hy

    names = {n: v for n, v in session.names.items() if not n.startswith(("_", "hyx_Xasterisk"))}
    names.pop("hy", None)
    for name, value in names.items():
        if session.given.get(name) is value:
            continue
        print(f"{hy.unmangle(name):20} {type(value).__name__:16} {_short(value)}")


def _short(value: object) -> str:
    try:
        line = " ".join(repr(value).split())
    except Exception as error:
        line = f"(its repr failed: {type(error).__name__})"
    return line if len(line) <= 60 else f"{line[:59]}…"


def _runtimes(_: Session, __: str) -> None:
    running = host.running()
    for language in plugins.languages():
        print(f"{language:10} {'running' if language in running else 'not started'}")


def _add(_: Session, argument: str) -> None:
    from polyhy.front import cli

    words = ["add", *argument.split()]
    cli.polyhy.main(words, prog_name="polyhy", standalone_mode=False)()


def _load(session: Session, argument: str) -> None:
    """Evaluate a file in the session; its ending says the language."""
    file = Path(argument).expanduser()
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"can't read {file}: {error}", hint="check the path") from None
    session.evaluate(text, target(file.suffix[1:]) if file.suffix else LISP)


def _save(session: Session, argument: str) -> None:
    """Write the session's cells into a file that runs; guests' cells share its names there too."""
    if not argument:
        raise UsageError("the file is missing", hint="write: :save FILE.hy")
    store.write(Path(argument).expanduser(), export.program(session.history))
    print(f"{len(session.history)} cells in {argument}")


def _reload(session: Session, argument: str) -> None:
    """Import the project's own modules anew, and give the session their new names and macros."""
    import hy

    wanted = [hy.mangle(name) for name in argument.split()] or _own_modules()
    if not wanted:
        print("no module of the project was imported")
    for name in wanted:
        if name not in sys.modules:
            known = suggest(name, _own_modules(), "there are")
            raise UsageError(f"no module {name} was imported", hint=known)
        module = importlib.reload(sys.modules[name])
        macros = session.names.get("_hy_macros", {})
        for table, fresh in (
            (session.names, vars(module)),
            (macros, vars(module).get("_hy_macros")),
        ):
            for key, value in list(table.items()):
                own = getattr(value, "__module__", None) == name
                if own and key in (fresh or {}):
                    table[key] = (fresh or {})[key]
        print(f"reloaded {hy.unmangle(name)}")


def _own_modules() -> list[str]:
    here = Path.cwd()
    files = {name: getattr(m, "__file__", None) or "" for name, m in list(sys.modules.items())}
    return [
        name
        for name, file in files.items()
        if file
        and here in Path(file).parents
        and "site-packages" not in file
        and name != "__main__"
    ]


def _help(_: Session, __: str) -> None:
    for name, command in COMMANDS.items():
        print(f"{f'{name} {command.arguments}':24} {command.help}")


def _quit(_: Session, __: str) -> None:
    raise SystemExit


COMMANDS = {
    ":target": Command(
        "LANGUAGE", "go on in another language: js, lua, py, … and back: hy", _target
    ),
    ":doc": Command("NAME", "signature and documentation of anything", _doc),
    ":source": Command("NAME", "the text that defines it", _source),
    ":type": Command("EXPRESSION", "the type of its value", _type),
    ":time": Command("EXPRESSION", "its value, and how long it took", _time),
    ":who": Command("", "the names of this session", _who),
    ":runtimes": Command("", "the languages, and which of them run", _runtimes),
    ":add": Command("npm:lodash", "declare, lock and install packages, as `polyhy add`", _add),
    ":load": Command("FILE", "evaluate a file here, in its language", _load),
    ":save": Command("FILE", "write this session's cells as a program", _save),
    ":reload": Command("[MODULE]", "import the project's modules anew", _reload),
    ":help": Command("", "this list", _help),
    ":quit": Command("", "leave, as Ctrl-D does", _quit),
}
