"""Plan: what the parameters of a type are, given one that was chosen: `Foo<@T@>` and `Foo<f64>`."""

from __future__ import annotations

from collections.abc import Sequence


def matched(pattern: str, names: Sequence[str], text: str) -> dict[str, str] | None:
    """What the parameters are for a type, given the pattern with `@name@` for each; or None.

    What a projection is (`<@P@ as Pixel>::Subpixel`), only rustc can tell: it may be anything.
    """
    found: dict[str, str] = {}
    at = here = 0
    while at < len(pattern):
        if here >= len(text):
            return None
        if pattern[at] == "@":
            name, _, _ = pattern[at + 1 :].partition("@")
            end = _end(text, here)
            if end == here or text.startswith("mut ", here):
                return None
            if found.setdefault(name, text[here:end]) != text[here:end]:
                return None
            at, here = at + len(name) + 2, end
        elif pattern[at] == "<" and not _is_head(pattern[:at]):
            after, end = _end(pattern, at), _end(text, here)
            if "@" not in pattern[at:after] and pattern[at:after] != text[here:end]:
                return None
            at, here = after, end
        elif pattern[at] == text[here]:
            at, here = at + 1, here + 1
        else:
            return None
    return {name: found[name] for name in names if name in found} if here == len(text) else None


def _is_head(before: str) -> bool:
    """True where a `<` behind it begins arguments, and no projection."""
    return bool(before) and (before[-1].isalnum() or before[-1] in "_:")


def _end(text: str, start: int) -> int:
    """Where the type ends that begins at `start`."""
    depth = 0
    for at in range(start, len(text)):
        letter = text[at]
        if letter in "<([":
            depth += 1
        elif letter in ">)]" and not (letter == ">" and text[at - 1] == "-"):
            depth -= 1
        if depth < 0 or (not depth and letter in ",;"):
            return at
    return len(text)
