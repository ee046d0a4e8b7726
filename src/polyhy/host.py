"""The host starts each runtime once, keeps it for the process, guards it at forks, and stops it."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from polyhy import owner, plugins
from polyhy.bridge import Bridge
from polyhy.errors import Forked, UnknownOption, suggest

_running: dict[str, Bridge] = {}
_forked: set[str] = set()
_starting = threading.RLock()


def bridge(language: str, paths: Sequence[Path] = ()) -> Bridge:
    """Return the running bridge of `language`, started if need be, that searches `paths` too."""
    started = _running.get(language)
    if started is None:
        started = _start(language, paths)
    elif paths:
        _enter(started, lambda: started.search(paths))
    return started


def evaluate(language: str, source: str, origin: str = "") -> Any:
    """Evaluate source in a guest: `evaluate("js", "(x) => x + 1")(1) == 2`.

    `origin` (`file.hy:line`) is where errors say that the source stands.
    """
    running = bridge(language)
    return _enter(running, lambda: running.eval(source, origin or f"<{language}>:1"))


def load(
    language: str,
    module: str,
    paths: Sequence[Path] = (),
    options: Mapping[str, Any] = MappingProxyType({}),
) -> Any:
    """Load an installed module, or a file of the project's own, into the guest.

    `options` are those that the bridge knows; another one is an UnknownOption that lists them.
    """
    running = bridge(language, paths)
    for name in options.keys() - running.options.keys():
        suggestion = suggest(name, [*running.options, "in"], "there are")
        raise UnknownOption(name=name, language=language, suggestion=suggestion)
    return _enter(running, lambda: running.load(module, **options))


def running() -> list[str]:
    """The languages whose runtimes run now."""
    return sorted(_running)


def stop(language: str) -> None:
    """Stop a runtime, if it runs; its Proxies raise Stopped from then on."""
    stopped = _running.pop(language, None)
    if stopped is not None:
        _enter(stopped, stopped.stop)


def wait() -> None:
    """Return when no guest has a timer or a promise left to serve, as node does before it exits."""
    for each in list(_running.values()):
        _enter(each, each.wait)


def _start(language: str, paths: Sequence[Path]) -> Bridge:
    if language in _forked:
        raise Forked(language=language)
    room = plugins.bridge_class(language)
    if room.main_thread:
        return owner.run(lambda: _start_here(room, language, paths))
    return _start_here(room, language, paths)


def _start_here(room: type[Bridge], language: str, paths: Sequence[Path]) -> Bridge:
    with _starting, owner.undisturbed():
        if language not in _running:
            new = room()
            new.start(paths)
            _running[language] = new
        return _running[language]


def _enter(entered: Bridge, call: Any) -> Any:
    return owner.run(call) if entered.main_thread else call()


def _after_fork() -> None:
    for language, each in list(_running.items()):
        if not each.survives_fork:
            each.forked()
            _forked.add(language)
            del _running[language]


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
