"""The manifest: what a project declares in pyproject.toml, and a script in its header.

In pyproject.toml, a table for each ecosystem, a range for each package (`"*"` for any):

    [tool.polyhy.dependencies.npm]
    lodash = "^4"

At the top of a script, the same tables between two marks:

    ;; /// polyhy
    ;; npm.lodash = "^4"
    ;; pypi.six = "*"
    ;; ///
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from polyhy import plugins, store
from polyhy.errors import ManifestError, PolyhyError, SpecError, suggest
from polyhy.spec import Spec

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE = "pyproject.toml"
LOCK = "polyhy.lock"
_OPEN = re.compile(r";+ /// polyhy\s*")
_CLOSE = re.compile(r";+ ///\s*")


def find_root(start: Path) -> Path | None:
    """The nearest folder, `start` or above, with polyhy.lock or a [tool.polyhy] table."""
    start = start.absolute()
    return next((f for f in (start, *start.parents) if (f / LOCK).is_file() or _declares(f)), None)


def home(start: Path) -> Path:
    """Where a package added from `start` is declared: its root, its project, or `start` itself."""
    start = start.absolute()
    projects = (f for f in (start, *start.parents) if (f / FILE).is_file())
    return find_root(start) or next(projects, start)


def read(root: Path) -> list[Spec]:
    """The specs that pyproject.toml declares, sorted; none where it has no table for them."""
    file = root / FILE
    text = _text(file)
    tables = _tables(_parse(text, str(file), 0), str(file))
    return _specs(tables, str(file), text, 0)


def read_header(source: str, filename: str) -> list[Spec]:
    """The specs that a script's header declares, sorted; none where it has no header."""
    lines = source.splitlines()
    first = next((n for n, line in enumerate(lines) if _OPEN.fullmatch(line)), None)
    if first is None:
        return []
    last = next((n for n, line in enumerate(lines[first:], first) if _CLOSE.fullmatch(line)), None)
    if last is None:
        _fail(filename, first + 1, "the header has no end", hint="close it with a line `;; ///`")
    text = "\n".join(_uncomment(line, filename, n + 1) for n, line in _between(lines, first, last))
    return _specs(_parse(text, filename, first + 1), filename, text, first + 1)


def add(root: Path, specs: Iterable[Spec]) -> str:
    """The text of pyproject.toml with `specs` declared too; all else in it stays as it is."""
    import tomlkit

    file = root / FILE
    text = _text(file)
    _tables(_parse(text, str(file), 0), str(file))
    document: Any = tomlkit.parse(text)
    for spec in specs:
        table = document
        for name in ("tool", "polyhy", "dependencies", spec.ecosystem):
            if name not in table:
                table[name] = tomlkit.table(name != spec.ecosystem)
            table = table[name]
        table[spec.name] = spec.version or "*"
    return tomlkit.dumps(document)


def _declares(folder: Path) -> bool:
    try:
        text = (folder / FILE).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return re.search(r"^\s*\[tool\.polyhy\b", text, re.MULTILINE) is not None


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8") if file.exists() else ""
    except UnicodeDecodeError as error:
        _fail(str(file), 0, f"it is not UTF-8 ({error.reason})", hint="save it as UTF-8")
    except OSError as error:
        raise store.failure(error, file, "read") from error


def _parse(text: str, file: str, offset: int) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"(.*) \(at line (\d+)", str(error))
        line, detail = (int(found[2]), found[1]) if found else (text.count("\n") + 1, str(error))
        _fail(file, line + offset, f"bad TOML: {detail}", hint="mend that line, then run it again")


def _tables(document: Mapping[str, Any], file: str) -> Mapping[str, Any]:
    table: Any = document
    for depth, name in enumerate(path := ("tool", "polyhy", "dependencies")):
        table = table.get(name, {})
        if not isinstance(table, dict):
            _fail(file, 0, f"{'.'.join(path[: depth + 1])} is not a table", hint=_SHAPE)
    return table


def _specs(tables: Mapping[str, Any], file: str, text: str, offset: int) -> list[Spec]:
    specs = []
    for ecosystem, table in tables.items():
        known = plugins.ecosystems()
        if ecosystem not in known:
            hint = suggest(ecosystem, known, "there are")
            _fail(file, _line(text, ecosystem) + offset, f"no ecosystem {ecosystem!r}", hint=hint)
        if not isinstance(table, dict):
            _fail(file, _line(text, ecosystem) + offset, f"{ecosystem} is not a table", hint=_SHAPE)
        for name, version in table.items():
            try:
                specs.append(_spec(ecosystem, name, version))
            except PolyhyError as error:
                _fail(file, _line(text, name) + offset, str(error).split("\n")[0], hint=_SHAPE)
    return sorted(specs, key=str)


def _spec(ecosystem: str, name: str, version: Any) -> Spec:
    if not isinstance(version, str):
        raise SpecError("its range is not a text", spec=name)
    parsed = Spec.parse(name, ecosystem)
    if parsed.name != name or "\n" in version:
        raise SpecError("a range stands on the right of the =", spec=name)
    return Spec(ecosystem, name, "" if version.strip() == "*" else version.strip())


_SHAPE = 'write [tool.polyhy.dependencies.npm] (in a header: npm.) and lodash = "^4" in it'


def _between(lines: list[str], first: int, last: int) -> list[tuple[int, str]]:
    return list(enumerate(lines))[first + 1 : last]


def _uncomment(line: str, file: str, number: int) -> str:
    if not line.startswith(";"):
        _fail(file, number, "this line of the header is no comment", hint="begin it with `;; `")
    return line.lstrip(";")


def _line(text: str, name: str) -> int:
    word = re.compile(rf"(?<![\w@/-]){re.escape(name)}(?![\w@/-])")
    return next((n for n, line in enumerate(text.split("\n"), 1) if word.search(line)), 1)


def _fail(file: str, line: int, detail: str, *, hint: str) -> NoReturn:
    where = f"{file}:{line}" if line else file
    raise ManifestError(detail, file=where, hint=hint.replace("{", "{{").replace("}", "}}"))
