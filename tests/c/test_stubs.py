"""Types for editors: what `polyhy stubs` writes of a library, and where."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

from polyhy.bridges.c.stubs import stub
from polyhy.guests import stubs
from polyhy.packages import install
from polyhy.spec import Spec

C = Callable[[str], Any]


def test_functions_constants_and_enums_have_their_types(c: C) -> None:
    text = stub(
        c(
            """
            #define LIMIT 5
            enum color { RED, GREEN = 5 };
            /** Says "it"; takes \\\\ too. */
            int say(const char *text, double x);
            int say(const char *text, double x) { return LIMIT; }
            double sum(const double *xs, int n) { return n ? xs[0] : 0; }
            """
        )._index
    )
    tree = ast.parse(text)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert ast.unparse(functions["say"].args) == "text: str | bytes | None, x: float"
    assert ast.unparse(functions["sum"].args) == "xs: Buffer | None, n: int=..."
    assert 'Says "it"' in (ast.get_docstring(functions["say"]) or "")
    assert "LIMIT: int\n" in text
    assert "class color(IntEnum):\n    RED = 0\n    GREEN = 5\n" in text


def test_they_are_written_where_type_checkers_look(project: Path) -> None:
    install.add(project, [Spec("c", "zlib"), Spec("c", "sqlite3")])
    specs = [Spec("c", "zlib"), Spec("c", "sqlite3"), Spec("luarocks", "no-types")]
    made = stubs.write(specs, project, project / stubs.FOLDER)
    files = [stub.file.relative_to(project).as_posix() if stub.file else None for stub in made]
    folder = "typings/polyhy"
    assert files[:2] == [f"{folder}/c/zlib.pyi", f"{folder}/c/sqlite3.pyi"]
    assert files[2] == f"{folder}/luarocks/__init__.pyi"
    assert "def __getattr__(name: str) -> Any: ..." in (project / str(files[2])).read_text()
    tree = ast.parse((project / "typings/polyhy/c/zlib.pyi").read_text())
    assert "crc32" in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_command_writes_those_of_the_project(project: Path, run: Any) -> None:
    install.add(project, [Spec("c", "zlib")])
    said = run("polyhy", "stubs", cwd=project)
    assert said.stdout == f"wrote {project / 'typings/polyhy/c/zlib.pyi'}\n"
    said = run("polyhy", "stubs", "c:zlib", "--output", "here", cwd=project)
    assert (project / "here/polyhy/c/zlib.pyi").is_file()
