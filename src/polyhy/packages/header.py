"""The packages that a script declares in its own header.

A Hy script has the tables of the manifest between two marks, a Python script those of PEP 723 (its
`dependencies` are of PyPI; other ecosystems stand in `[tool.polyhy.dependencies]`):

    ;; /// polyhy                          # /// script
    ;; npm.lodash = "^4"                   # dependencies = ["httpx[http2]>=0.27"]
    ;; pypi.six = "*"                      # tool.polyhy.dependencies.npm.lodash = "^4"
    ;; ///                                 # ///

Among them `polyhy` itself may stand, as other runners of such scripts want it: the one that reads
the header answers for it, and for `requires-python`.
"""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from polyhy import plugins
from polyhy.errors import PolyhyError
from polyhy.packages import manifest
from polyhy.spec import Spec


class _Kind(NamedTuple):
    comment: str
    opening: str
    closing: str


_HY = _Kind(";", r";+ /// polyhy\s*", r";+ ///\s*")
_PYTHON = _Kind("#", r"# /// script\s*", r"# ///\s*")


def read(source: str, filename: str) -> list[Spec]:
    """The specs that a script's header declares, sorted; none where it has no header."""
    kind = _PYTHON if filename.endswith(".py") else _HY
    lines = re.split(r"\r\n|\r|\n", source)
    first = next((n for n, line in enumerate(lines) if re.fullmatch(kind.opening, line)), None)
    if first is None:
        return []
    rest = enumerate(lines[first + 1 :], first + 1)
    last = next((n for n, line in rest if re.fullmatch(kind.closing, line)), None)
    if last is None:
        hint = f"close it with a line `{kind.comment * (1 + (kind is _HY))} ///`"
        manifest.fail(filename, first + 1, "the header has no end", hint=hint)
    within = list(enumerate(lines))[first + 1 : last]
    text = "\n".join(_uncomment(line, kind, filename, n + 1) for n, line in within)
    document = manifest.parse(text, filename, first + 1)
    if kind is _HY:
        return manifest.specs(document, filename, text, first + 1)
    return _python(document, filename, text, first + 1)


def _python(document: Mapping[str, Any], file: str, text: str, offset: int) -> list[Spec]:
    """What PEP 723 declares, and what is declared beside it for us."""
    _check_python(document, file, text, offset)
    listed = document.get("dependencies", [])
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        line = manifest.line_of(text, "dependencies") + offset
        manifest.fail(file, line, "dependencies is not a list of texts", hint=_LIST)
    specs = []
    for requirement in listed:
        line = manifest.line_of(text, requirement) + offset
        try:
            spec = plugins.ecosystem("pypi").spec(requirement)
        except PolyhyError as error:
            manifest.fail(file, line, str(error).split("\n")[0], hint=_LIST)
        if spec.name != "polyhy":
            specs.append(spec)
        elif not plugins.ecosystem("pypi").satisfied(spec):
            detail = f"the script wants {requirement}, which this polyhy is not"
            manifest.fail(file, line, detail, hint=f'run: pip install "{requirement}"')
    tables: Any = document
    for name in ("tool", "polyhy", "dependencies"):
        tables = tables.get(name, {})
        if not isinstance(tables, dict):
            line = manifest.line_of(text, name) + offset
            manifest.fail(file, line, f"{name} is not a table", hint=manifest.SHAPE)
    return sorted({*specs, *manifest.specs(tables, file, text, offset)}, key=str)


def _check_python(document: Mapping[str, Any], file: str, text: str, offset: int) -> None:
    if "requires-python" not in document:
        return
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    within, here = document["requires-python"], platform.python_version()
    line = manifest.line_of(text, "requires-python") + offset
    try:
        answers = SpecifierSet(within).contains(here, prereleases=True)
    except (InvalidSpecifier, AttributeError, TypeError):
        hint = 'write requires-python = ">=3.10"'
        manifest.fail(file, line, f"requires-python is no range: {within!r}", hint=hint)
    if not answers:
        hint = "run it by the polyhy of another Python"
        detail = f"the script wants Python {within}, and this is {here}"
        manifest.fail(file, line, detail, hint=hint)


_LIST = 'write dependencies = ["httpx[http2]>=0.27"]'


def _uncomment(line: str, kind: _Kind, file: str, number: int) -> str:
    if not line.startswith(kind.comment):
        hint = f"begin it with `{kind.comment} `"
        manifest.fail(file, number, "this line of the header is no comment", hint=hint)
    return line.lstrip(kind.comment) if kind is _HY else line[1:].removeprefix(" ")
