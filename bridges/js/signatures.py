"""The parameters of a script's function, as `inspect.signature` tells them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import Parameter, Signature

_OPEN, _CLOSE = "([{", ")]}"
_TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"])*"|'(?:\\.|[^'])*'|`(?:\\.|[^`])*`|.""", re.DOTALL
)
_ARROW = re.compile(r"=(?![=>])")


class Source(str):
    """A default value as the script's source says it."""

    def __repr__(self) -> str:
        return str(self)


def signature(text: str) -> Signature:
    """`signature("(array, size = 1, ...rest)")`; a last `{ width }` becomes keyword arguments."""
    parameters: dict[str, Parameter] = {}
    pieces = list(_split(text[1:-1]))
    for i, piece in enumerate(pieces):
        last = i == len(pieces) - 1
        for parameter in _parameters(piece, i, last):
            parameters.setdefault(parameter.name, parameter)
    ordered = sorted(parameters.values(), key=lambda parameter: parameter.kind)
    return Signature(_defaults_last(ordered))


def _parameters(piece: str, at: int, last: bool) -> Iterator[Parameter]:
    if piece.startswith("..."):
        yield Parameter(_name(piece[3:], at), Parameter.VAR_POSITIONAL)
        return
    name, default = _halves(piece)
    if last and name.startswith("{"):
        for member in _split(name[1:-1]):
            yield _keyword(member, at)
        return
    yield Parameter(_name(name, at), Parameter.POSITIONAL_ONLY, default=default)


def _keyword(member: str, at: int) -> Parameter:
    if member.startswith("..."):
        return Parameter(_name(member[3:], at), Parameter.VAR_KEYWORD)
    name, default = _halves(member)
    name = _name(name.partition(":")[0].strip(), at)
    missing = Source("undefined") if default is Parameter.empty else default
    return Parameter(name, Parameter.KEYWORD_ONLY, default=missing)


def _defaults_last(parameters: list[Parameter]) -> list[Parameter]:
    """What follows a parameter with a default has one too: a script may leave any out."""
    seen, out = False, []
    for parameter in parameters:
        if parameter.kind is Parameter.POSITIONAL_ONLY:
            seen = seen or parameter.default is not Parameter.empty
            if seen and parameter.default is Parameter.empty:
                parameter = parameter.replace(default=Source("undefined"))
        out.append(parameter)
    return out


def _split(text: str) -> Iterator[str]:
    """The parts between commas that stand in no bracket, text or comment."""
    depth, part = 0, ""
    for token in _TOKEN.findall(text):
        if token.startswith(("//", "/*")):
            continue
        depth += (token in _OPEN) - (token in _CLOSE)
        if token == "," and not depth:
            yield part.strip()
            part = ""
        else:
            part += token
    if part.strip():
        yield part.strip()


def _halves(piece: str) -> tuple[str, object]:
    depth = 0
    for i, character in enumerate(piece):
        depth += (character in _OPEN) - (character in _CLOSE)
        if not depth and _ARROW.match(piece, i):
            return piece[:i].strip(), Source(piece[i + 1 :].strip())
    return piece, Parameter.empty


def _name(name: str, at: int) -> str:
    """A name that Python allows for what a script may call `$` or destructure."""
    plain = re.sub(r"\W", "_", name.strip())
    return plain if plain.isidentifier() and name.strip()[:1] not in ("{", "[") else f"_{at}"
