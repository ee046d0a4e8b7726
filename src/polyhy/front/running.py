"""Commands that run programs: `run` for files of Hy and Python, `x` for commands of packages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click

from polyhy.front.output import Work, consent, progress

if TYPE_CHECKING:
    from polyhy.packages.resolve import Report

_AS_WRITTEN = {"ignore_unknown_options": True, "allow_interspersed_args": False}
_EXAMPLES = """\b
Examples:
  polyhy run tour.hy --fast
  polyhy run -c '(print "hello")'
  polyhy run -m my-module
  polyhy run --inspect-boundary tour.hy
  echo '(print 1)' | polyhy run -"""


@click.command(
    context_settings=_AS_WRITTEN, options_metavar="[--inspect-boundary] [--yes]", epilog=_EXAMPLES
)
@click.option("--inspect-boundary", "inspects", is_flag=True, help="Show what crosses, by line.")
@consent
@click.argument("args", nargs=-1, type=click.UNPROCESSED, metavar="FILE | -c CODE | -m MODULE | -")
def run(inspects: bool, yes: bool, args: tuple[str, ...]) -> Work:
    """Run a program; what it declares is installed first. All else on the line is its argv."""
    way = _inspected if inspects else _program
    return lambda: way(list(args), yes=yes)


def _program(args: list[str], *, yes: bool) -> int:
    from polyhy.sessions import program

    installing = partial(_installing, yes=yes)

    ways = {"-c": (program.run_code, "CODE"), "-m": (program.run_module, "MODULE")}
    if not args:
        raise click.UsageError("say what to run: FILE, -c CODE, -m MODULE, or - for stdin")
    first, rest = args[0], args[1:]
    if first == "-":
        return program.run_stdin(rest, installing)
    if first not in ways:
        if first.startswith("-") and not os.path.exists(first):
            raise click.NoSuchOption(first, possibilities=["--inspect-boundary", "--yes"])
        return program.run_file(first, rest, installing)
    way, wanted = ways[first]
    if not rest:
        raise click.UsageError(f"{first} wants {wanted} after it")
    return way(rest[0], rest[1:], installing)


@contextmanager
def _installing(*, yes: bool) -> Iterator[Report]:
    """What a program declares is installed by its own project's rules; consent is asked here."""
    from polyhy import clients
    from polyhy.front.packages import agreeing
    from polyhy.policy import governed, policy

    rules = policy()._replace(agree=agreeing(yes=yes))
    with clients.ending(), governed(rules), progress() as report:
        yield report


def _inspected(args: list[str], *, yes: bool) -> int:
    """Run, and tell on stderr what crossed between the program and its guests."""
    from polyhy.guests import boundary

    with boundary.watching() as report:
        try:
            return _program(args, yes=yes)
        finally:
            click.echo(report.text(), err=True, nl=False)


@click.command(context_settings=_AS_WRITTEN, options_metavar="[--from SPEC] [--yes]")
@click.option("--from", "source", metavar="SPEC", help="The package, where the command is not it.")
@consent
@click.argument("args", nargs=-1, type=click.UNPROCESSED, metavar="SPEC [ARG]…")
def x(source: str | None, yes: bool, args: tuple[str, ...]) -> Work:
    """Run a command that a package brings, in an env of its own that is kept in the cache.

    The command of the package's name, or its only one; with --from any of its commands.
    """
    return lambda: _command(source, list(args), yes=yes)


x.epilog = """\b
Examples:
  polyhy x npm:prettier --check .
  polyhy x --from npm:typescript tsc --version
  polyhy x pypi:ruff check"""


def _command(source: str | None, args: list[str], *, yes: bool) -> int:
    from polyhy.front.packages import ruled, spec_of
    from polyhy.packages import programs

    if not args:
        raise click.UsageError("say which package to run, and its arguments")
    with ruled(yes=yes):
        spec = spec_of(source or args[0], command="x")
        name = args[0] if source else ""
        return programs.run(spec, name, args[1:], progress)
