"""`polyhy compile` writes files that run without polyhy, and says which line each is of."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from polyhy.errors import UnknownLanguage, UsageError
from polyhy.sessions import compile as compiling

Run = Callable[..., Any]

PROGRAM = """(require polyhy * :readers *)
(defmacro square [x] `(* ~x ~x))
(macro js:place [] "js")
(macro lua:place [] "lua")
(defmacro place [] "py")

(defclass Circle []
  (defn __init__ [self r]
    (setv self.r r))
  (defn area [self]
    (* 3 (square self.r))))

(defn total-area [shapes]
  (sum (gfor s shapes (.area s))))

(defn fail []
  (raise (ValueError "no")))

(print (total-area [(Circle 1) (Circle 2)]) f"{(/ 1 4) :.2f}" (place))
(let ((xs [3 1 2])) (print (sorted xs :reverse True)))
"""
LUAJIT = "import lupa.luajit21 as l, sys; l.LuaRuntime().execute(open(sys.argv[1]).read())"


@pytest.fixture
def shapes(tmp_path: Path) -> Path:
    (tmp_path / "shapes.hy").write_text(PROGRAM)
    return tmp_path


def node() -> str:
    """The node of polyhy's extra `npm`, or the system's."""
    return (
        shutil.which("node", path=f"{Path(sys.executable).parent}:/usr/bin:/usr/local/bin")
        or "node"
    )


RUNS = {
    "js": lambda file: [node(), file],
    "lua": lambda file: [sys.executable, "-c", LUAJIT, file],
    "py": lambda file: [sys.executable, "-S", "-I", file],
}


@pytest.mark.parametrize("target", RUNS)
def test_a_written_file_runs_without_polyhy(target: str, shapes: Path, run: Run) -> None:
    done = run("polyhy", "compile", "shapes.hy", "--target", target, cwd=shapes)
    assert done.returncode == 0, done.stderr
    written = shapes / f"shapes.{target}"
    assert "polyhy" not in written.read_text()
    words = RUNS[target](str(written))
    ran = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert ran.stdout == f"15 0.25 {target}\n[3, 2, 1]\n", ran.stderr


def test_what_a_file_defines_is_what_it_exports(shapes: Path, run: Run) -> None:
    run("polyhy", "compile", "shapes.hy", "-t", "js", cwd=shapes)
    script = "const m = require('./shapes.js'); "
    script += "console.log(Object.keys(m).sort().join(' '), m.totalArea([]))"
    ran = subprocess.run(
        [node(), "-e", script], cwd=shapes, capture_output=True, text=True, timeout=60
    )
    assert ran.stdout.splitlines()[-1] == "Circle fail totalArea 0", ran.stderr


def test_a_source_map_leads_back_to_the_lisp(shapes: Path, run: Run) -> None:
    run("polyhy", "compile", "shapes.hy", "-t", "js", "--source-map", cwd=shapes)
    mapped = json.loads((shapes / "shapes.js.map").read_text())
    assert (mapped["version"], mapped["sources"], mapped["file"]) == (3, ["shapes.hy"], "shapes.js")
    script = "require('./shapes.js').fail()"
    words = [node(), "--enable-source-maps", "-e", script]
    ran = subprocess.run(words, cwd=shapes, capture_output=True, text=True, timeout=60)
    assert f"{shapes / 'shapes.hy'}:17" in ran.stderr


def test_the_prelude_holds_only_what_is_needed(shapes: Path) -> None:
    (shapes / "small.hy").write_text("(defn add [#^ int a #^ int b] (+ a b))")
    made = compiling.file(shapes / "small.hy", "js").source
    assert "$" not in made
    assert len(made.splitlines()) < 10


def test_what_needs_polyhy_when_it_runs_is_refused(shapes: Path) -> None:
    (shapes / "asks.hy").write_text('(require polyhy *)\n(print (eval-in "js" "1"))')
    with pytest.raises(UsageError, match="asks polyhy for something when it runs"):
        compiling.file(shapes / "asks.hy", "py")


def test_unknown_targets_files_and_maps_of_python_are_refused(shapes: Path) -> None:
    with pytest.raises(UnknownLanguage, match='did you mean "js"'):
        compiling.file(shapes / "shapes.hy", "jss")
    with pytest.raises(UsageError, match="can't read"):
        compiling.file(shapes / "none.hy", "js")
    with pytest.raises(UsageError, match="Python has no source maps"):
        compiling.file(shapes / "shapes.hy", "py", source_map=True)


def test_a_package_is_imported_as_the_target_does(shapes: Path) -> None:
    (shapes / "uses.hy").write_text('(import-from "npm" lodash :as _ "date-fns" [format])')
    made = compiling.file(shapes / "uses.hy", "js").source
    assert '_ = require("lodash");' in made
    assert 'format = require("date-fns").format;' in made
