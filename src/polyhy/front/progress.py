"""Progress bars for a terminal; rich is imported when there is something to show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from polyhy.packages.install import Report


@contextmanager
def bars(console: Console) -> Iterator[Report]:
    """A Report that shows one bar for each stage, from its first report on."""
    shown: list[Progress] = []
    tasks, one_at_a_time = {}, Lock()

    def report(stage: str, done: int, total: int) -> None:
        with one_at_a_time:  # ecosystems report from threads of their own
            if not shown:
                shown.append(_begin(console))
            if stage not in tasks:
                tasks[stage] = shown[0].add_task(stage, total=total)
            shown[0].update(tasks[stage], completed=done, total=total)

    try:
        yield report
    finally:
        for progress in shown:
            progress.stop()


def _begin(console: Console) -> Progress:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    progress = Progress(*columns, TimeElapsedColumn(), console=console, transient=True)
    progress.start()
    return progress
