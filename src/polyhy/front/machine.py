"""Commands about this machine: cache, doctor, completion."""

from __future__ import annotations

import click

from polyhy.front.output import FAILED, Answer, command


@click.group()
def cache() -> None:
    """Look after the store, which all projects share."""


@command("dir", "polyhy cache dir")
def directory() -> Answer:
    """Print the folder of the store."""
    from polyhy import store

    return Answer({"folder": str(store.cache())}, [str(store.cache())])


@command(
    "prune",
    "polyhy cache prune\npolyhy cache prune --all --age 0",
    short_help="Remove what nobody uses any more.",
)
@click.option("--all", "everything", is_flag=True, help="Remove all that can be made again.")
@click.option(
    "--age",
    type=float,
    default=1.0,
    show_default=True,
    metavar="HOURS",
    help="Spare what was stored or used so lately.",
)
def prune(everything: bool, age: float) -> Answer:
    """Remove from the store what no project uses, and what rooms made that nobody used lately."""
    from polyhy.packages import collect

    done = collect.prune(age * 3600, everything=everything)
    what = (
        f"{len(done.entries)} packages, {done.scripts} envs of scripts, {done.made} made by rooms"
    )
    return Answer(done._asdict(), [f"removed {what}: {done.bytes / 2**20:,.1f} MB"])


@command("verify", "polyhy cache verify", short_help="Remove what was changed since it came.")
def verify() -> Answer:
    """Hash everything in the store anew; what changed is removed, and fetched again when needed."""
    from polyhy.packages import damage

    names, damaged, projects = damage.verify()
    lines = [
        *(f"removed {name}: it was changed" for name in damaged),
        *(f"run polyhy sync in {project}, which held what was changed" for project in projects),
        f"{len(names)} looked at",
    ]
    data = {"packages": names, "damaged": damaged, "projects": projects}
    return Answer(data, lines, FAILED if damaged else 0)


@command("doctor", "polyhy doctor\npolyhy doctor --json")
def doctor() -> Answer:
    """Say which runtimes and tools there are, and what to run for what is missing."""
    from polyhy.front import checkup

    return checkup.answer()


@click.command(epilog='\b\nExamples:\n  eval "$(polyhy completion bash)"')
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> object:
    """Print the script that completes commands and options in a shell."""
    return lambda: _completion(shell)


def _completion(shell: str) -> int:
    from click.shell_completion import get_completion_class

    from polyhy.front.cli import polyhy

    made = get_completion_class(shell)
    assert made is not None  # click knows the shells of the choice
    click.echo(made(polyhy, {}, "polyhy", "_POLYHY_COMPLETE").source())
    return 0


for _each in (directory, prune, verify):
    cache.add_command(_each)
