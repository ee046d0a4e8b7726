"""What a project allows its packages: age, licences, scripts, the network. Rooms ask `policy()`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, NamedTuple

from polyhy.spec import Pin

Agree = Callable[[Mapping[Pin, str]], bool]
"""Asked whether packages may run code of their own to be built: by pin, which code."""


def nobody(asks: Mapping[Pin, str]) -> bool:
    """The Agree that agrees to nothing."""
    return False


class Policy(NamedTuple):
    """The `[tool.polyhy]` settings that bind packages, and what the command line adds.

    `root` is the project's folder. `before` is an ISO date and time in UTC: what came out later is
    not chosen, but for those in `ageless`. `scripts` are the packages (`npm:esbuild`) whose own
    code may run as they are built; `agree` is asked for others. `licences` are allowed, if any are
    named, and those `refused` are not. `settings` are the rooms' own tables: `[tool.polyhy.npm]`.
    """

    root: str = ""
    offline: bool = False
    before: str = ""
    ageless: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    agree: Agree = nobody
    licences: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    settings: Mapping[str, Mapping[str, Any]] = MappingProxyType({})


def policy() -> Policy:
    """The policy in force, for rooms: `if policy().offline: flags.append("--offline")`."""
    return _current.get() or _NONE


@contextmanager
def governed(by: Policy) -> Iterator[Policy]:
    """Put a policy in force for the work inside."""
    before = _current.set(by)
    try:
        yield by
    finally:
        _current.reset(before)


def named(ecosystem: str, name: str, among: tuple[str, ...]) -> bool:
    """True where a package is in a list by name, or with all of its ecosystem.

    >>> named("npm", "esbuild", ("npm:esbuild",)), named("npm", "esbuild", ("crates:*", "npm"))
    (True, True)
    """
    return not {f"{ecosystem}:{name}", f"{ecosystem}:*", ecosystem}.isdisjoint(among)


_NONE = Policy()
_current: ContextVar[Policy | None] = ContextVar("polyhy_policy", default=None)
