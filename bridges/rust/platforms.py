"""What a platform needs of a graph of crates: `cfg(…)` answered by a table of eight platforms."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

Key = tuple[str, str]  # a crate's name and version

_SYSTEMS = {
    "apple-darwin": ('target_family="unix"', 'target_os="macos"', 'target_vendor="apple"'),
    "pc-windows-msvc": ('target_family="windows"', 'target_os="windows"', 'target_vendor="pc"'),
    "unknown-linux-gnu": ('target_family="unix"', 'target_os="linux"', 'target_vendor="unknown"'),
    "unknown-linux-musl": ('target_family="unix"', 'target_os="linux"', 'target_vendor="unknown"'),
}
_ENVS = {"pc-windows-msvc": "msvc", "unknown-linux-gnu": "gnu", "unknown-linux-musl": "musl"}
_EVERYWHERE = ("debug_assertions", 'target_endian="little"', 'target_pointer_width="64"')


def _cfg(arch: str, system: str) -> frozenset[str]:
    """What `rustc --print cfg` says of a platform, as far as it stays so."""
    flag = "windows" if "windows" in system else "unix"
    more = f'target_arch="{arch}"', f'target_env="{_ENVS.get(system, "")}"'
    return frozenset([*_EVERYWHERE, *_SYSTEMS[system], *more, flag])


CFGS = {f"{arch}-{name}": _cfg(arch, name) for arch in ("aarch64", "x86_64") for name in _SYSTEMS}
"""For these a lock says what they need, whatever machine writes it; others take every crate."""

_TOLD = {text.partition("=")[0] for cfg in CFGS.values() for text in cfg}
_UNTOLD = re.compile(r"target_\w+|panic|relocation_model")


def differ(said: Mapping[str, Any]) -> bool:
    """True where what `cargo metadata` said names platforms at all."""
    edges = (edge for node in said["resolve"]["nodes"] for edge in node["deps"])
    return any(kind["target"] for edge in edges for kind in edge["dep_kinds"])


def needed(said: Mapping[str, Any], target: str) -> set[Key]:
    """The crates that a platform needs of what `cargo metadata` said; ValueError if unclear."""
    keys = {each["id"]: (each["name"], each["version"]) for each in said["packages"]}
    edges = {node["id"]: node["deps"] for node in said["resolve"]["nodes"]}
    reached, queue = set(), [said["resolve"]["root"]]
    while queue:
        if (crate := queue.pop()) not in reached:
            reached.add(crate)
            queue += [
                edge["pkg"]
                for edge in edges[crate]
                if any(holds(kind["target"], target) for kind in edge["dep_kinds"])
            ]
    return {keys[crate] for crate in reached}


def holds(wanted: str | None, target: str) -> bool:
    """True where a platform is what a dependency is for; ValueError where the table can't tell.

    >>> holds('cfg(all(unix, not(target_os = "macos")))', "x86_64-unknown-linux-gnu")
    True
    """
    if wanted is None or not wanted.startswith("cfg("):
        return wanted in (None, target)
    tokens = deque(_tokens(wanted))
    try:
        answer = _answer(tokens, CFGS[target])
    except (IndexError, KeyError, ValueError):
        raise ValueError(wanted) from None
    if tokens or answer is None:
        raise ValueError(wanted)
    return answer


def _tokens(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            raise ValueError(text)
        yield found[1]
        at = found.end()


def _answer(tokens: deque[str], cfg: frozenset[str]) -> bool | None:
    """What the expression at the front says, None for what nobody knows; it is taken away."""
    name = tokens.popleft().removeprefix("r#")
    if not _NAME.fullmatch(name):
        raise KeyError(name)
    after = tokens[0] if tokens else ""
    if after == "(":
        return _OPERATIONS[name](list(_arguments(tokens, cfg)))
    if after == "=":
        tokens.popleft()
        said = f"{name}={tokens.popleft()}" in cfg
        return None if _UNTOLD.fullmatch(name) and name not in _TOLD else said
    return name == "true" or name in cfg


def _arguments(tokens: deque[str], cfg: frozenset[str]) -> Iterator[bool | None]:
    tokens.popleft()
    while tokens[0] != ")":
        yield _answer(tokens, cfg)
        if tokens[0] != ")" and tokens.popleft() != ",":
            raise KeyError(",")
    tokens.popleft()


_TOKEN = re.compile(r'\s*((?:r#)?[A-Za-z_]\w*|"[^"]*"|[(),=])\s*')
_NAME = re.compile(r"[A-Za-z_]\w*")


def _all(answers: list[bool | None]) -> bool | None:
    return False if False in answers else None if None in answers else True


def _any(answers: list[bool | None]) -> bool | None:
    return True if True in answers else None if None in answers else False


def _one(answers: list[bool | None]) -> bool | None:
    (answer,) = answers
    return answer


def _not(answers: list[bool | None]) -> bool | None:
    answer = _one(answers)
    return None if answer is None else not answer


_OPERATIONS = {"cfg": _one, "all": _all, "any": _any, "not": _not}
