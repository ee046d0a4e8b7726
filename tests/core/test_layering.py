"""A module imports only what is below it; a room only floors 0 and 1; src names no room."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Within a floor, a module may import those before it; a floor with a name is a folder.
FLOORS = {
    "what is said": "errors spec policy",
    "what rooms share": "modules bridge ecosystem values names variables emit proxy owner "
    "lifetimes tracebacks waiting store loop coroutines clients together installers",
    "the rooms": "plugins",
    "packages": "manifest header settings lock licences env tools collect damage tree "
    "faults resolve generation install lookup audit sbom bundle programs",
    "guests": "host clauses targets namespace stubs boundary runtime messages",
    "sessions": "declared meta trace lisp compile program worker session reading describe reflect "
    "complete",
    "all that people see": "front",
}
FOLDERS = {floor for floor in FLOORS if (ROOT / "src" / "polyhy" / floor).is_dir()}
ORDER = [
    f"{floor}.{module}" if floor in FOLDERS else module
    for floor, modules in FLOORS.items()
    for module in modules.split()
]
FOR_ROOMS = {module for floor in list(FLOORS)[:2] for module in FLOORS[floor].split()}
OUTSIDE = {"__init__", "testing", *(f"{folder}.__init__" for folder in FOLDERS)}
ROOMS = {file.parent.name for file in (ROOT / "bridges").glob("*/__init__.py")}
ROOMS -= {"python"}  # the host's name too
SOURCES = sorted((ROOT / "src" / "polyhy").rglob("*.py"))
ROOM_SOURCES = sorted((ROOT / "bridges").glob("*/**/*.py"))


def imports(file: Path) -> Iterator[str]:
    """What a file imports of polyhy: `errors`, `bridges.lua`; relative imports with their dots.

    Imports for type checkers alone are left out: they are none when the program runs.
    """
    tree = ast.parse(file.read_text("utf-8"))
    checks = [n for n in ast.walk(tree) if isinstance(n, ast.If) and _is_hint(n.test)]
    hints = {id(inner) for outer in checks for inner in ast.walk(outer)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and id(node) not in hints:
            module = "." * node.level + (f"{node.module}." if node.module else "")
            names = [module + alias.name for alias in node.names]
        else:
            continue
        for name in names:
            if name.startswith((".", "polyhy.")):
                yield name.removeprefix("polyhy.")


def _is_hint(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


def test_every_module_has_a_floor() -> None:
    modules = {_module(file) for file in SOURCES} - OUTSIDE
    assert modules <= set(ORDER)


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.name)
def test_a_module_imports_only_what_is_below_it(file: Path) -> None:
    mine = _module(file)
    for name in imports(file):
        assert not name.startswith("bridges")
        other = _known(name)
        if mine not in OUTSIDE and other != mine:
            assert other in ORDER, f"{mine} imports {name}"
            assert ORDER.index(other) < ORDER.index(mine), f"{mine} imports {name}"


@pytest.mark.parametrize("file", ROOM_SOURCES, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_a_room_imports_what_rooms_share_and_its_own_files(file: Path) -> None:
    for name in imports(file):
        sibling = name.startswith(".") and not name.startswith("..")
        assert sibling or name.split(".")[0] in FOR_ROOMS, f"{file} imports {name}"


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.name)
def test_no_source_names_a_room(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert node.value not in ROOMS, f"line {node.lineno}"
            assert not any(f"bridges.{room}" in node.value for room in ROOMS), f"line {node.lineno}"


def _module(file: Path) -> str:
    return _known(".".join(file.relative_to(ROOT / "src" / "polyhy").with_suffix("").parts))


def _known(name: str) -> str:
    """The module of the list that a name is of: `packages.lock`, and `front` for all of front/."""
    parts = name.split(".")
    return ".".join(parts[:2] if parts[0] in FOLDERS else parts[:1])
