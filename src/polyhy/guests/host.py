"""The host starts each runtime once, keeps it for the process, guards it at forks, and stops it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from inspect import signature
from pathlib import Path
from types import MappingProxyType
from typing import Any

from polyhy import owner, plugins, proxy
from polyhy.bridge import Bridge
from polyhy.ecosystem import Ecosystem
from polyhy.errors import Forked, UnknownOption, UsageError, suggest
from polyhy.packages import env, tools

_running: dict[str, Bridge] = {}
_forked: set[str] = set()
_starting = threading.RLock()


def bridge(language: str, paths: Sequence[Path] = ()) -> Bridge:
    """Return the running bridge of that name, started if need be, that searches `paths` too.

    The name is a language (`js`, `py`), or that of a runtime that `start` was given.
    """
    started = _running.get(language)
    if started is None:
        language = plugins.language(language)
        started = _running.get(language)
    if started is None or started.lost:
        started = _start(language, paths)
    elif paths:
        _enter(started, lambda: started.search(paths))
    return started


def start(language: str, name: str = "", paths: Sequence[Path] = (), **settings: Any) -> Bridge:
    """Start a runtime: the one of its language, or a further one with a name and state of its own.

    `settings` are the bridge's: `start("lua", "worker", version="5.4")`. UsageError where one of
    that name runs already, unless nothing else is asked of it.
    """
    language = plugins.language(language)
    name = name or language
    if name != language and name in plugins.languages():
        raise UsageError(f"{name!r} is a language", hint="give the runtime a name of its own")
    running = _running.get(name)
    if running is not None and not running.lost:
        if settings or running.name != language:
            raise UsageError(
                f"a runtime {name!r} runs already", hint=f'stop it first: (stop-runtime "{name}")'
            )
        return running
    room = plugins.bridge_class(language)
    if name != language and not room.several:
        raise UsageError(f"a process has one runtime of {language}", hint=_instead(name, language))
    _check_settings(room, settings)
    return _start(language, paths, name, settings)


def evaluate(language: str, source: str, origin: str = "") -> Any:
    """Evaluate source in a guest: `evaluate("js", "(x) => x + 1")(1) == 2`.

    `origin` (`file.hy:line`) is where errors say that the source stands.
    """
    running = bridge(language)
    return _enter(running, lambda: running.eval(source, origin or f"<{language}>:1"))


def filled(language: str, parts: Sequence[str], origin: str, *values: Any) -> Any:
    """Evaluate source with values in it: `filled(shell, ["ls ", ""], "x.hy:1", folder)`."""
    running = bridge(language)
    return _enter(running, lambda: running.filled(parts, values, origin))


def cell(language: str, source: str, origin: str, names: MutableMapping[str, Any]) -> Any:
    """Run what was typed at a prompt, where it sees and sets `names`; return its last value."""
    running = bridge(language)
    return _enter(running, lambda: running.cell(source, origin, names))


def incomplete(language: str, source: str) -> bool:
    """True where a prompt in that language must go on reading."""
    running = bridge(language)
    return _enter(running, lambda: running.incomplete(source))


def globals(language: str) -> Any:
    """The object whose members every source of the language sees; None where it has none."""
    running = bridge(language)
    return _enter(running, running.globals)


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


def found(name: str) -> Bridge | None:
    """The bridge of that name if it runs; nothing is started."""
    started = _running.get(name)
    if started is None and name not in plugins.languages():
        known = [each for each in plugins.languages() if each in _running]
        started = next((_running[n] for n in known if f".{name}" in _running[n].suffixes), None)
    return None if started is None or started.lost else started


def running() -> list[str]:
    """The names of the runtimes that run now: languages, and those that `start` was given."""
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


def serve() -> float | None:
    """Run the timers and promises of guests that are due, and return the seconds until the next.

    For a front that waits for its user: it raises what a timer raises. None where none is known.
    """
    due = [_enter(each, each.serve) for each in list(_running.values())]
    return min((seconds for seconds in due if seconds is not None), default=None)


def _instead(name: str, language: str) -> str:
    """What to do where a language's runtime can't be there twice."""
    rooms = map(plugins.bridge_class, plugins.languages())
    twins = [room.name for room in rooms if room.twin_of == language and room.several]
    if not twins:
        return "use it under its own name"
    start = f'(start-runtime "{twins[0]}" :as "{name}")'
    return f"use it under its own name, or have one of {twins[0]}: {start}"


def _check_settings(room: type[Bridge], settings: Mapping[str, Any]) -> None:
    known = [
        name for name, p in signature(room.start).parameters.items() if p.kind is p.KEYWORD_ONLY
    ]
    takes_any = any(p.kind is p.VAR_KEYWORD for p in signature(room.start).parameters.values())
    for setting in settings:
        if setting not in known and not takes_any:
            suggestion = suggest(setting, known, "there are") if known else "it takes none"
            raise UsageError(f"a runtime of {room.name} has no setting {setting!r}; {suggestion}")


def _start(
    language: str,
    paths: Sequence[Path],
    name: str = "",
    settings: Mapping[str, Any] = MappingProxyType({}),
) -> Bridge:
    name = name or language
    if name in _forked:
        raise Forked(language=name)
    room = plugins.bridge_class(language)
    if room.main_thread:
        return owner.run(lambda: _start_here(room, name, paths, settings))
    return _start_here(room, name, paths, settings)


def _start_here(
    room: type[Bridge], name: str, paths: Sequence[Path], settings: Mapping[str, Any]
) -> Bridge:
    with _starting, owner.undisturbed(), proxy.unwatched():
        if name not in _running or _running[name].lost:
            new = room()
            new.start(paths or _installed(room), **settings)
            _running[name] = new
        return _running[name]


def _installed(room: type[Bridge]) -> list[Path]:
    """Where the current env has packages for a runtime that no import started.

    If it has none, what the room itself needs may have been left in the cache.
    """
    found = env.find()
    names = plugins.ecosystems()
    laid = {name: paths for name in names if found and (paths := found.paths(name))}
    paths = [path for each in _ecosystems(room, laid) for path in laid[each.name]]
    return paths or [path for each in _ecosystems(room, names) if (path := tools.find(each))]


def _ecosystems(room: type[Bridge], names: Iterable[str]) -> list[Ecosystem]:
    """Those whose packages the room loads."""
    ours = (room.name, room.twin_of)
    return [each for each in map(plugins.ecosystem, names) if each.bridge in ours]


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
