"""What all commands share: --json and --quiet, examples in their help, progress on stderr."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from polyhy import waiting
from polyhy.errors import StoreError

if TYPE_CHECKING:
    from rich.console import Console

    from polyhy.packages.install import Report

Work = Callable[[], int]
"""What a command does after click is through with the arguments; it returns an exit code."""

DONE, FAILED, USAGE, STALE, NO_TOOL, NOT_AUDITED, VULNERABLE = range(7)


class Answer(NamedTuple):
    """What a command found: `data` for --json, `lines` for people, and its exit code."""

    data: Any = None
    lines: Sequence[str] = ()
    code: int = DONE


class Asked(NamedTuple):
    """How the command in hand shows what it does."""

    as_json: bool = False
    quiet: bool = False


_asked = Asked()

consent = click.option("-y", "--yes", is_flag=True, help="Let packages run their own build code.")


def asked() -> Asked:
    """Whether --json or --quiet was given to the command that runs now."""
    return _asked


def command(name: str, examples: str, **settings: Any) -> Callable[[Any], click.Command]:
    """Make a command of a function that returns an Answer; its docstring is the help.

    `examples` is a line each; they are shown under the help, and tests read them.
    """
    epilog = "\b\nExamples:\n" + "\n".join(f"  {line.strip()}" for line in examples.splitlines())

    def make(function: Callable[..., Answer]) -> click.Command:
        @click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
        @click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
        @functools.wraps(function)
        def work(*, as_json: bool, quiet: bool, **arguments: Any) -> Work:
            how = Asked(as_json, quiet)
            return lambda: _show(functools.partial(function, **arguments), how)

        work.__doc__ = function.__doc__
        return click.command(name, epilog=epilog, **settings)(work)

    return make


@contextmanager
def progress() -> Iterator[Report]:
    """Show progress on stderr: bars on a terminal, plain lines elsewhere, nothing if so asked."""
    with waiting.told(note):
        if _asked.quiet or not sys.stderr.isatty():
            yield _nothing if _asked.quiet else _line
            return
        from polyhy.front.progress import bars

        with bars(console(sys.stderr)) as report:
            yield report


def console(stream: object) -> Console:
    """A rich console; it leaves out colour where NO_COLOR is set or the stream is no terminal."""
    from rich.console import Console

    return Console(file=stream, highlight=False)  # type: ignore[arg-type]


def confirm(question: str) -> bool:
    """Ask on a terminal; False where nobody is there to answer."""
    if _asked.quiet or _asked.as_json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    return click.confirm(question, default=False, err=True)


@contextmanager
def writing() -> Iterator[None]:
    """What is done within writes the answer: a disk that is full is an error of ours."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        sys.stdout = None  # what is left in it can't be written at the end either
        detail = error.strerror or str(error)
        hint = "what was asked is done; only its answer is lost"
        raise StoreError(detail, file="the answer", hint=hint) from error


def note(text: str) -> None:
    """Tell a person something beside the answer, on stderr."""
    if not _asked.quiet:
        click.echo(text, err=True)


def _show(function: Callable[[], Answer], how: Asked) -> int:
    global _asked
    _asked = how
    try:
        answer = function()
    finally:
        _asked = Asked()
    with writing():
        if how.as_json:
            import json

            click.echo(json.dumps(answer.data, indent=2, ensure_ascii=False, default=str))
        elif not how.quiet:
            for line in answer.lines:
                click.echo(line)
    return answer.code


def _line(stage: str, done: int, total: int) -> None:
    if done == 0:
        click.echo(f"{stage} ({total})", err=True)


def _nothing(stage: str, done: int, total: int) -> None:
    """Report nothing."""
