"""The command `polyhy`, and `lisp-pkg`: a table of commands, each loaded when it is called."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import click

from polyhy.errors import PolyhyError, suggest
from polyhy.front.output import writing
from polyhy.front.start import INTERRUPTED

# name: (where it is, its line in the list of commands)
COMMANDS: dict[str, dict[str, tuple[str, str]]] = {
    "Programs": {
        "run": ("running:run", "Run a program, after installing what it declares."),
        "compile": ("compiling:compile_", "Write a file of Lisp in another language."),
        "kernel": ("jupyter:kernel", "Install the kernel of Jupyter notebooks."),
        "nrepl": ("nrepl:nrepl", "Evaluate for editors: CIDER, Calva, Conjure."),
        "repl": ("repl:repl", "Evaluate forms as they are typed, of Hy and every language."),
        "x": ("running:x", "Run a command that a package brings."),
    },
    "Packages": {
        "init": ("packages:init", "Begin a project here."),
        "add": ("packages:add", "Declare, lock and install packages."),
        "remove": ("packages:remove", "Take packages out of the project."),
        "lock": ("packages:lock", "Choose exact versions, without installing them."),
        "sync": ("packages:sync", "Install what polyhy.lock says, exactly."),
        "outdated": ("asking:outdated", "List packages that have newer versions."),
        "search": ("asking:search", "Ask every registry for a name."),
        "info": ("asking:info", "Say what a registry knows of a package."),
    },
    "The lock": {
        "tree": ("locked:tree", "Show what requires what."),
        "why": ("locked:why", "Say what a package is there for."),
        "licenses": ("locked:licenses", "List the licence of every package."),
        "audit": ("locked:audit", "Look for known vulnerabilities."),
        "sbom": ("locked:sbom", "Write a bill of materials (CycloneDX)."),
        "stubs": ("stubs:stubs", "Write the types of packages, for editors."),
        "export": ("locked:export", "Write the native files of every ecosystem."),
        "bundle": ("locked:bundle", "Write all packages into a folder, to install from."),
    },
    "This machine": {
        "cache": ("machine:cache", "Look after the store: dir, prune, verify."),
        "doctor": ("machine:doctor", "Say what is there, and what to run for what is missing."),
        "completion": ("machine:completion", "Print the completion script of a shell."),
    },
}
ALIASES = {"install": "add"}

_CODES = """\b
Exit codes:
  0 done   1 failed   2 usage   3 the lock is stale   4 a tool is missing
  5 not audited   6 vulnerable   130 interrupted"""


class Lazy(click.Group):
    """A group whose commands are imported when they are called; the list of them loads none."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(name for topic in COMMANDS.values() for name in topic)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        name = ALIASES.get(cmd_name, cmd_name)
        for topic in COMMANDS.values():
            if name in topic:
                module, _, attribute = topic[name][0].partition(":")
                return getattr(import_module(f"polyhy.front.{module}"), attribute)
        return None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if self.get_command(ctx, args[0]) is None:
            known = [*self.list_commands(ctx), *ALIASES]
            ctx.fail(f"No such command {args[0]!r}: {suggest(args[0], known, 'there are')}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, self.list_commands(ctx)))
        for title, topic in COMMANDS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), line) for name, (_, line) in topic.items()])


@click.group(cls=Lazy, epilog=_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="polyhy", message="polyhy %(version)s")
def polyhy() -> None:
    """A Lisp from which every other language is a library.

    \b
    Begin with one of these; each command has a --help with examples:
      polyhy repl
      polyhy add npm:lodash pypi:six
      polyhy run FILE.hy
    """


def main() -> NoReturn:
    """Run the command line and exit."""
    name = Path(sys.argv[0]).stem
    code = _run(sys.argv[1:], name if name == "lisp-pkg" else "polyhy")
    together = sys.modules.get("polyhy.together")
    if together and any(thread.name == together.WORK for thread in threading.enumerate()):
        _leave(code)
    sys.exit(code)


def _leave(code: int) -> NoReturn:
    """Exit while threads still work, which may crash as Python takes itself apart around them."""
    atexit._run_exitfuncs()
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _run(arguments: list[str], name: str = "polyhy") -> int:
    try:
        with writing():
            work: Any = polyhy.main(arguments, prog_name=name, standalone_mode=False)
        return work if isinstance(work, int) else work()
    except PolyhyError as error:
        _tell(error, arguments)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BrokenPipeError:  # `polyhy tree | head`
        sys.stdout = None
        return 1
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED


def _tell(error: PolyhyError, arguments: list[str]) -> None:
    click.echo(f"polyhy: {error}", err=True)
    if "--json" in arguments and arguments[0] not in ("run", "x"):
        import json

        text = {"error": type(error).__name__, "message": str(error), "code": error.exit_code}
        click.echo(json.dumps(text, indent=2, ensure_ascii=False))
