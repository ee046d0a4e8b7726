"""The command `polyhy`: add, sync, doctor, run. It reads arguments and shows results, no more."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from polyhy.errors import PolyhyError

if TYPE_CHECKING:
    from rich.console import Console

    from polyhy.env import Env
    from polyhy.install import Report
    from polyhy.spec import Spec

Work = Callable[[], int]
"""What a command does after click is through with the arguments; it returns an exit code."""

_INTERRUPTED = 130
_AS_WRITTEN = {"ignore_unknown_options": True, "allow_interspersed_args": False}


def main() -> NoReturn:
    """Run the command line and exit."""
    sys.exit(_run(sys.argv[1:]))


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="polyhy", message="polyhy %(version)s")
def polyhy() -> None:
    """A Lisp from which every other language is a library."""


@polyhy.command()
@click.argument("specs", nargs=-1, required=True, metavar="SPEC…")
def add(specs: tuple[str, ...]) -> Work:
    """Declare, lock and install packages: polyhy add npm:lodash@^4 pypi:six"""
    return lambda: _add(list(specs))


@polyhy.command()
@click.option("--locked", is_flag=True, help="Fail if the lock does not match the manifest.")
def sync(locked: bool) -> Work:
    """Install what the manifest declares, exactly as polyhy.lock says."""
    return lambda: _sync(locked=locked)


@polyhy.command()
def doctor() -> Work:
    """Say which runtimes and tools there are, and what to run for what is missing."""
    return _doctor


@polyhy.command(context_settings=_AS_WRITTEN, options_metavar="")
@click.argument("args", nargs=-1, type=click.UNPROCESSED, metavar="FILE | -c CODE | -m MODULE | -")
def run(args: tuple[str, ...]) -> Work:
    """Run a Hy program; what it declares is installed first. All else on the line is its argv."""
    return lambda: _program(list(args))


def _run(arguments: list[str]) -> int:
    try:
        work: Any = polyhy.main(arguments, prog_name="polyhy", standalone_mode=False)
        return work if isinstance(work, int) else work()
    except PolyhyError as error:
        click.echo(f"polyhy: {error}", err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return _INTERRUPTED


def _add(texts: list[str]) -> int:
    from polyhy import install, manifest

    specs = [_spec(text) for text in texts]
    with _progress() as report:
        env = install.add(manifest.home(Path.cwd()), specs, report)
    for spec in specs:
        click.echo(f"added {spec}: {_version(env, spec)}")
    return 0


def _sync(*, locked: bool) -> int:
    from polyhy import install, manifest

    root = manifest.find_root(Path.cwd()) or Path.cwd()
    with _progress() as report:
        env = install.sync(root, report, locked=locked)
    click.echo(f"{len(env.lock.pins)} packages in {env.folder}")
    return 0


def _program(args: list[str]) -> int:
    from polyhy import session

    ways = {"-c": (session.run_code, "CODE"), "-m": (session.run_module, "MODULE")}
    if not args:
        raise click.UsageError("say what to run: FILE, -c CODE, -m MODULE, or - for stdin")
    first, rest = args[0], args[1:]
    if first == "-":
        return session.run_stdin(rest, _progress)
    if first not in ways:
        return session.run_file(first, rest, _progress)
    way, wanted = ways[first]
    if not rest:
        raise click.UsageError(f"{first} wants {wanted} after it")
    return way(rest[0], rest[1:], _progress)


def _doctor() -> int:
    from polyhy.front import checkup

    return checkup.show(_console(sys.stdout))


def _spec(text: str) -> Spec:
    from polyhy import plugins
    from polyhy.errors import SpecError

    ecosystem, colon, rest = text.partition(":")
    if colon and "/" not in ecosystem and "@" not in ecosystem:
        return plugins.ecosystem(ecosystem).spec(rest)
    ways = " or ".join(f"{name}:{text}" for name in plugins.ecosystems())
    raise SpecError("the ecosystem is missing", spec=text, hint=f"write {ways}")


def _version(env: Env, spec: Spec) -> str:
    from polyhy import plugins

    room, pins = plugins.ecosystem(spec.ecosystem), env.lock.of_ecosystem(spec.ecosystem)[1]
    return ", ".join(pin.version for pin in pins if room.answers(spec, pin))


@contextmanager
def _progress() -> Iterator[Report]:
    """Show progress on stderr: bars on a terminal, plain lines elsewhere."""
    if not sys.stderr.isatty():
        yield _line
        return
    from polyhy.front.progress import bars

    with bars(_console(sys.stderr)) as report:
        yield report


def _line(stage: str, done: int, total: int) -> None:
    if done == 0:
        click.echo(f"{stage} ({total})", err=True)


def _console(stream: object) -> Console:
    from rich.console import Console

    return Console(file=stream, highlight=False)  # type: ignore[arg-type]
