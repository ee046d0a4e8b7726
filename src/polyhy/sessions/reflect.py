"""What a thing of any language says of itself, for Lisp: its members, signature, documentation."""

from __future__ import annotations

from typing import Any

from polyhy import plugins
from polyhy.guests import host
from polyhy.sessions import describe


def members(x: Any) -> list[str]:
    """The names of what `x` has, without those of its language's own making.

    >>> "Array" in members("js"), members(type("Point", (), {"x": 1, "y": 2}))
    (True, ['x', 'y'])
    """
    if isinstance(x, str) and x in plugins.languages():
        x = host.globals(x)
    names = x if isinstance(x, dict) else dir(x)
    return sorted(name for name in names if isinstance(name, str) and name[:1] != "_")


def signature(x: Any) -> str:
    """The parameters of a function, as its language writes them; empty if unknown.

    >>> import polyhy
    >>> signature(polyhy.evaluate("js", "(xs, size = 1) => xs"))
    '(xs, size = 1)'
    """
    return describe.of(x).signature


def doc(x: Any) -> str:
    """What `x` says of itself; empty where it says nothing."""
    return describe.of(x).doc


def module(language: str, name: str) -> Any:
    """A module that a language finds by itself, or in the env: `module("py", "math")`.

    >>> module("py", "math").sqrt(16)
    4.0
    """
    return host.load(plugins.language(language), name)


def lookup(language: str, path: str) -> Any:
    """What a dotted name means in a language: `lookup("js", "Math.max")`.

    >>> lookup("js", "Math.max")(1, 3, 2), lookup("python", "math.sqrt")(9)
    (3, 3.0)
    """
    language = plugins.language(language)
    thing, parts = host.globals(language), path.split(".")
    if not hasattr(thing, parts[0]):
        thing, parts = host.load(language, parts[0]), parts[1:]
    for part in parts:
        thing = getattr(thing, part)
    return thing
