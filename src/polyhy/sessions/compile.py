"""A whole file of Lisp as a file of another language, which runs without polyhy."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from polyhy import plugins
from polyhy.errors import UnknownLanguage, UsageError
from polyhy.guests import targets
from polyhy.sessions.lisp import prepared

PYTHON = "py"
"""The target that Hy itself writes."""


class Compiled(NamedTuple):
    """Source in the target, the ending of its file, and its source map where one was asked for."""

    source: str
    suffix: str
    map: str = ""


def file(path: str | Path, target: str, *, source_map: bool = False) -> Compiled:
    """Write a file of Lisp in `target`: what it defines is what the written module exports."""
    known = [*plugins.emitters(), PYTHON]
    if target not in known:
        raise UnknownLanguage(name=target, suggestion=plugins.suggestion(target, known))
    place = Path(path)
    try:
        text = place.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"can't read {place}: {error}", hint="check the path") from None
    if target == PYTHON:
        if source_map:
            raise UsageError("Python has no source maps", hint="leave --source-map out")
        return Compiled(_python(text, str(place)), ".py")
    return _emitted(text, place, target, source_map=source_map)


def _emitted(text: str, place: Path, target: str, *, source_map: bool) -> Compiled:
    from hy.errors import HySyntaxError

    from polyhy import emit

    language = plugins.emitter(target)
    compiler, forms = prepared(text, str(place), ModuleType("compiled"))
    said = list(_without_macros(compiler, forms))
    try:
        made = emit.module(language, said, _Alone(), targets.macros(compiler, target))
    except emit.EmitError as error:
        form = error.form if getattr(error.form, "start_line", None) else said[0]
        raise HySyntaxError(error.message, form, str(place), text) from None
    name = place.with_suffix(language.suffix).name
    return Compiled(
        made.source + (language.map_comment(f"{name}.map") if source_map else ""),
        language.suffix,
        _map(name, place.name, text, made.marks) if source_map else "",
    )


class _Alone:
    """Nothing is around a file."""

    def bound(self, name: str) -> bool:
        return False

    def names(self) -> Sequence[str]:
        return ()


def _without_macros(compiler: Any, forms: Any) -> Iterator[Any]:
    """The forms of a file that are not for its compiler; those that are, are done."""
    from polyhy.emit.scopes import head

    for form in forms:
        if head(form) in _FOR_THE_COMPILER:
            compiler.compile(form)
        else:
            yield form


_FOR_THE_COMPILER = frozenset(
    {"require", "defmacro", "defreader", "eval-when-compile", "eval-and-compile", "macro", "meta"}
    | {"pragma"}
)


# --- Python


def _python(text: str, filename: str) -> str:
    from hy.compiler import hy_compile
    from hy.models import Expression, Symbol

    compiler, forms = prepared(text, filename, ModuleType("compiled"))
    whole = Expression([Symbol("do"), *_without_macros(compiler, forms)])
    tree: Any = hy_compile(
        whole, compiler.module, filename=filename, source=text, compiler=compiler
    )
    if "hy" not in _names(node for node in tree.body if not isinstance(node, ast.Import)):
        tree.body = [node for node in tree.body if not _imports(node, "hy")]
    if "_polyhy" in _names(tree.body):
        raise UsageError(
            f"{filename} asks polyhy for something when it runs, so it can't run without",
            hint="leave out import-from of other languages, eval-in, and pieces of other languages",
        )
    return ast.unparse(tree) + "\n"


def _imports(node: ast.stmt, name: str) -> bool:
    return isinstance(node, ast.Import) and [each.name for each in node.names] == [name]


def _names(nodes: Any) -> set[str]:
    return {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name)}


# --- source maps


def _map(name: str, source: str, text: str, marks: Sequence[tuple[int, int, int]]) -> str:
    """A source map of version 3: which line of the Lisp each part of the written file is of."""
    lines: list[list[str]] = []
    last_line = column = 0
    for line, at, lisp in marks:
        while len(lines) <= line:
            lines.append([])
            column = 0
        lines[line].append("".join(map(_digits, (at - column, 0, lisp - 1 - last_line, 0))))
        column, last_line = at, lisp - 1
    mappings = ";".join(",".join(segments) for segments in lines)
    return json.dumps(
        {
            "version": 3,
            "file": name,
            "sources": [source],
            "sourcesContent": [text],
            "names": [],
            "mappings": mappings,
        }
    )


_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def _digits(number: int) -> str:
    """A number in the base-64 digits of source maps: the sign is its lowest bit."""
    rest, made = abs(number) << 1 | (number < 0), ""
    while True:
        rest, digit = rest >> 5, rest & 31
        made += _BASE64[digit | (32 if rest else 0)]
        if not rest:
            return made
