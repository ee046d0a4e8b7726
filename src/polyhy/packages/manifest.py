"""The manifest: what a project declares in pyproject.toml.

A table for each ecosystem, a range for each package (`"*"` for any):

    [tool.polyhy.dependencies.npm]
    lodash = "^4"

    [tool.polyhy.dependencies.pypi]
    "httpx[http2]" = ">=0.27"
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from polyhy import plugins, store
from polyhy.errors import ManifestError, PolyhyError, SpecError
from polyhy.spec import Spec

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE = "pyproject.toml"
LOCK = "polyhy.lock"
FOLDER = ".polyhy"
"""Where the envs of a project lie."""

CURRENT = "current"
"""The file there that names the one in use."""

MERGE = re.compile(r"^(<{7}|>{7}|={7}|\|{7})( .*|)$", re.MULTILINE)
"""The lines that git leaves where it could not merge."""


def find_root(start: Path) -> Path | None:
    """The nearest folder, `start` or above, with polyhy.lock or a [tool.polyhy] table.

    What lies in a project's env belongs to that project, whatever it brought along.
    """
    start = _owner(start.absolute())
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
    tables = _table(parse(text, str(file), 0), str(file), "dependencies")
    return specs(tables, str(file), text, 0)


def settings(root: Path) -> tuple[str, Mapping[str, Any]]:
    """The text of pyproject.toml and its table [tool.polyhy]."""
    file = root / FILE
    text = _text(file)
    return text, _table(parse(text, str(file), 0), str(file))


def add(root: Path, specs: Iterable[Spec]) -> str:
    """The text of pyproject.toml with `specs` declared too; all else in it stays as it is."""
    import tomlkit

    document = _document(root)
    for spec in specs:
        table = document
        for name in ("tool", "polyhy", "dependencies", spec.ecosystem):
            if name not in table:
                table[name] = tomlkit.table(name != spec.ecosystem)
            table = table[name]
        for key in _keys(table, spec.name):
            if key != spec.key:
                del table[key]
        table[spec.key] = spec.version or "*"
    return _dumped(document, root)


def begin(root: Path) -> str:
    """The text of pyproject.toml with a table for packages; ManifestError where it has one."""
    import tomlkit

    if _declares(root):
        fail(str(root / FILE), 0, "it is a project already", hint="run: polyhy add npm:lodash")
    document = _document(root)
    table = document.setdefault("tool", tomlkit.table(True)).setdefault("polyhy", tomlkit.table())
    table.setdefault("dependencies", tomlkit.table())
    return _dumped(document, root)


def remove(root: Path, specs: Iterable[Spec]) -> str:
    """The text of pyproject.toml with `specs` declared no more; tables left empty go too."""
    document = _document(root)
    for spec in specs:
        tables = [document]
        for name in ("tool", "polyhy", "dependencies", spec.ecosystem):
            tables.append(tables[-1].get(name, {}))
        for key in _keys(tables[-1], spec.name):
            del tables[-1][key]
        if not tables[-1] and spec.ecosystem in tables[-2]:
            del tables[-2][spec.ecosystem]
    return _dumped(document, root)


def parse(text: str, file: str, offset: int) -> dict[str, Any]:
    """Read TOML that begins `offset` lines below the top of its file."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"(.*) \(at line (\d+)", str(error))
        line, detail = (int(found[2]), found[1]) if found else (text.count("\n") + 1, str(error))
        marked = MERGE.match(text.split("\n")[line - 1])
        said = "this is a merge mark" if marked else f"bad TOML: {detail}"
        fail(file, line + offset, said, hint="mend that line, then run it again")


def specs(tables: Mapping[str, Any], file: str, text: str, offset: int) -> list[Spec]:
    """The specs in tables of packages by ecosystem, sorted."""
    found = []
    for ecosystem, table in tables.items():
        known = plugins.ecosystems()
        if ecosystem not in known:
            hint = plugins.suggestion(ecosystem, known)
            fail(file, line_of(text, ecosystem) + offset, f"no ecosystem {ecosystem!r}", hint=hint)
        if not isinstance(table, dict):
            fail(file, line_of(text, ecosystem) + offset, f"{ecosystem} is not a table", hint=SHAPE)
        for name, version in table.items():
            try:
                found.append(_spec(ecosystem, name, version))
            except PolyhyError as error:
                detail = str(error).split("\n")[0]
                fail(file, line_of(text, name) + offset, detail, hint=SHAPE)
    return sorted(found, key=str)


def line_of(text: str, name: str) -> int:
    """The number of the first line that names something."""
    word = re.compile(rf"(?<![\w@/-]){re.escape(name)}(?![\w@/-])")
    return next((n for n, line in enumerate(text.split("\n"), 1) if word.search(line)), 1)


def fail(file: str, line: int, detail: str, *, hint: str) -> NoReturn:
    """Raise the ManifestError for a line of a file."""
    where = f"{file}:{line}" if line else file
    raise ManifestError(detail, file=where, hint=hint.replace("{", "{{").replace("}", "}}"))


def _owner(folder: Path) -> Path:
    """The project that has `folder` in its env; else `folder`."""
    if FOLDER not in folder.parts:
        return folder
    envs = (f for f in folder.parents if f.name == FOLDER and (f / CURRENT).is_file())
    return next((found.parent for found in envs), folder)


def _declares(folder: Path) -> bool:
    try:
        text = (folder / FILE).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return False
    return re.search(r"^\s*\[tool\.polyhy\b", text, re.MULTILINE) is not None


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig") if file.exists() else ""
    except UnicodeDecodeError as error:
        fail(str(file), 0, f"it is not UTF-8 ({error.reason})", hint="save it as UTF-8")
    except OSError as error:
        raise store.failure(error, file, "read") from error


def _document(root: Path) -> Any:
    import tomlkit

    text, file = _text(root / FILE), str(root / FILE)
    _table(parse(text, file, 0), file, "dependencies")
    return tomlkit.parse(text)


def _dumped(document: Any, root: Path) -> str:
    """The text of a manifest, its lines ended as those of the file are."""
    import tomlkit

    file = root / FILE
    windows = file.exists() and b"\r\n" in file.read_bytes()
    begun = "[tool.polyhy.dependencies]\n"
    text = tomlkit.dumps(document).replace(f"{begun}[", f"{begun}\n[")
    return text.replace("\n", "\r\n" if windows else "\n")


def _table(document: Mapping[str, Any], file: str, *more: str) -> Mapping[str, Any]:
    table: Any = document
    for depth, name in enumerate(path := ("tool", "polyhy", *more)):
        table = table.get(name, {})
        if not isinstance(table, dict):
            fail(file, 0, f"{'.'.join(path[: depth + 1])} is not a table", hint=SHAPE)
    return table


def _keys(table: Mapping[str, Any], name: str) -> list[str]:
    """The keys that declare a package, whatever its extras."""
    return [key for key in table if key.partition("[")[0].strip() == name]


def _spec(ecosystem: str, key: str, version: Any) -> Spec:
    if not isinstance(version, str):
        raise SpecError("its range is not a text", spec=key)
    parsed = Spec.parse(key, ecosystem)
    if parsed != Spec(ecosystem, parsed.name, extras=parsed.extras) or "\n" in version:
        raise SpecError("a range stands on the right of the =", spec=key)
    if key.partition("[")[0].strip() != parsed.name:
        raise SpecError("a name stands alone on the left of the =", spec=key)
    return replace(parsed, version="" if version.strip() == "*" else version.strip())


SHAPE = 'write [tool.polyhy.dependencies.npm] (in a header: npm.) and lodash = "^4" in it'
