"""C++ compiled where it stands: headers, files, inline sources, cells; errors at their lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from polyhy.errors import UsageError

from .engine import cppyy
from .errors import CppSyntaxError, refused
from .library import Library, declared

_numbers = count(1)
_inline: dict[str, Any] = {}
_ENDS = (";", "}")
_STARTS = "#"


def evaluate(source: str, origin: str) -> Any:
    """The value of an expression; of anything else what it declares, as a module.

    A source that was compiled before is not compiled again: C++ declares a name once.
    """
    if source not in _inline:
        if is_expression(source):
            return value(source, origin)
        before = declared()
        declare(source, origin)
        _inline[source] = Library("inline", declared() - before)
    return _inline[source]


def run(source: str, origin: str) -> Any:
    """Run a cell: an expression, declarations or statements. The value of the first, or None."""
    if is_expression(source):
        return value(source, origin)
    try:
        declare(source, origin)
    except CppSyntaxError as error:
        try:
            cppyy().cppexec(source)
        except SyntaxError:
            raise error from None
    return None


def value(source: str, origin: str) -> Any:
    """The value of an expression."""
    name = f"polyhy_value_{next(_numbers)}"
    at = _line(origin)
    declare(f"inline decltype(auto) {name}() {{ return\n{at}({source}\n); }}", origin)
    return getattr(cppyy().gbl, name)()


def declare(source: str, origin: str) -> None:
    """Compile declarations; CppSyntaxError at the line of `origin`."""
    try:
        cppyy().cppdef(f"{_line(origin)}{source}\n")
    except SyntaxError as error:
        raise refused(str(error), origin) from None


def include(header: str, where: str, folders: Sequence[Path], homes: Sequence[str]) -> Library:
    """Compile a header (`<x>` or `"/a/path"`); what it declares, as a module named `where`."""
    for folder in folders:
        cppyy().add_include_path(str(folder))
    before = declared()
    declare(f"#include {header}", where)
    new = declared()
    gbl = cppyy().gbl
    known = {each.lower(): each for each in new}
    found = [known[home.lower()] for home in homes if home.lower() in known]
    spaces = [home for home in found if isinstance(getattr(gbl, home), type)]
    return Library(where, new - before, spaces)


def link(name: str, beside: Path) -> None:
    """Load a shared object: a path beside a file, or a library as the linker names it."""
    file = beside / name
    if file.is_file():
        name = str(file.resolve())
    elif "/" in name:
        raise UsageError(f"there is no shared object {name!r} in {beside}", hint=_HINT)
    with suppress(RuntimeError):
        if cppyy().load_library(name):
            return
    raise UsageError(f"the shared object {name!r} can't be loaded", hint=_HINT)


def is_expression(source: str) -> bool:
    """True for what ends in neither `;` nor `}`, and is no line for the preprocessor."""
    code = re.sub(r"//[^\n]*|/\*.*?\*/", "", source, flags=re.S).strip()
    last = code.rpartition("\n")[2].strip()
    return bool(code) and not code.endswith(_ENDS) and not last.startswith(_STARTS)


def _line(origin: str) -> str:
    name, _, line = origin.rpartition(":")
    if not line.isdigit():
        name, line = origin, "1"
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'#line {line} "{quoted}"\n'


_HINT = 'name it by its path (:lib "./libthing.so"), or as the linker does (:lib "fmt")'
