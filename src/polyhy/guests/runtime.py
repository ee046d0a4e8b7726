"""Runtimes by name, as values: what evaluates in each, what marshals for it, and its state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from polyhy import plugins
from polyhy.bridge import Bridge
from polyhy.guests import host, targets
from polyhy.proxy import Proxy, by_ref, watchers


class Runtime:
    """A runtime that runs, or will at its first use. `state` is a dict of the program's own.

    >>> runtime = runtime_dispatch["lua"]
    >>> runtime.eval("1 + 1"), runtime.language
    (2, 'lua')
    >>> runtime.state["greeting"] = "hello"
    >>> runtime_dispatch["lua"].state
    {'greeting': 'hello'}
    """

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def language(self) -> str:
        running = host.found(self.name)
        return running.name if running else plugins.language(self.name)

    @property
    def running(self) -> bool:
        return host.found(self.name) is not None

    @property
    def state(self) -> dict[str, Any]:
        """What the program keeps for this runtime. It ends with the runtime."""
        running = host.bridge(self.name)
        if self.name not in _states or _states[self.name][0] is not running:
            _states[self.name] = running, {}
        return _states[self.name][1]

    def eval(self, source: str, origin: str = "") -> Any:
        """Evaluate source in it."""
        return host.evaluate(self.name, source, origin)

    def marshal(self, value: Any) -> Any:
        """Send a value once, and return it as it lives there: a Proxy; plain values as they are."""
        running = host.bridge(self.name)
        if running not in _identities:
            _identities[running] = host.evaluate(self.name, targets.identity(self.language))
        identity = _identities[running]
        return by_ref(identity)(value) if isinstance(identity, Proxy) else value

    def stop(self) -> None:
        stop(self.name)

    def __repr__(self) -> str:
        return (
            f"<runtime {self.name} ({self.language}, {'runs' if self.running else 'not started'})>"
        )


class _Dispatch(Mapping[str, Runtime]):
    """Every language, and every runtime that was named."""

    def __getitem__(self, name: str) -> Runtime:
        if host.found(name) is None:
            name = plugins.language(name)
        return Runtime(name)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*plugins.languages(), *host.running()}))

    def __len__(self) -> int:
        return len(list(iter(self)))


runtime_dispatch = _Dispatch()
_states: dict[str, tuple[Bridge, dict[str, Any]]] = {}
_identities: WeakKeyDictionary[Bridge, Any] = WeakKeyDictionary()
_pieces: WeakKeyDictionary[Bridge, _Pieces] = WeakKeyDictionary()


def start(language: str, name: str = "", **settings: Any) -> Runtime:
    """Start a runtime, and return it: `start("lua", "worker", version="5.4")`."""
    running = host.start(language, name, **settings)
    return Runtime(name or running.name)


def stop(name: str) -> None:
    """Stop a runtime, if it runs. Its objects raise Stopped, and its state is gone."""
    _states.pop(name, None)
    host.stop(name)


def runtimes() -> list[Runtime]:
    """The runtimes that run now."""
    return [Runtime(name) for name in host.running()]


def emitted(language: str, source: str, origin: str, /, *passed: Any) -> Any:
    """Evaluate a piece of Lisp that was written in `language`, with what it takes from around it.

    The first thing that its source takes is the language's prelude: what Lisp means and the
    language lacks. Each runtime reads both but once: a piece in a loop is only called.
    """
    running = host.bridge(language)
    if running not in _pieces:
        text = plugins.emitter(language).prelude_source()
        prelude = _kept(host.evaluate(language, text, f"polyhy/lisp.{language}:1"))
        _pieces[running] = _Pieces(prelude, {})
    prelude, pieces = _pieces[running]
    piece = pieces.get((source, origin))
    if piece is None:
        piece = pieces[source, origin] = _kept(host.evaluate(language, source, origin))
    return piece(prelude, *passed)


class _Pieces(NamedTuple):
    """The prelude of a runtime, and the pieces of Lisp that it knows by source and origin."""

    prelude: Any
    known: dict[tuple[str, str], Any]


def _kept(proxy: Any) -> Any:
    if watchers:
        from polyhy import lifetimes

        lifetimes.keep(proxy)
    return proxy
