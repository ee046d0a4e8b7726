"""`meta` runs while a program is compiled, and says when what it wrote is stale."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]

HEAD = "(require polyhy * :readers *)\n"
BUILD = """
(meta
  (setv rows (.split (read "rows.txt")))
  (write "out/rows.md" (.join "" (gfor row rows f"- {row}\\n")))
  (setv (get cache "count") (len rows))
  (defmacro first-row [] (get rows 0)))
(meta
  (defmacro how-many [] (get cache "count")))
(print (first-row) (how-many))
"""


def test_a_block_runs_when_the_file_is_compiled_and_only_then(tmp_path: Path, run: Run) -> None:
    (tmp_path / "m.hy").write_text(HEAD + '(meta (print "compiling"))\n(print "running")')
    first, second = (
        run("python", "-c", "import hy, m", cwd=tmp_path, PYTHONDONTWRITEBYTECODE="")
        for _ in range(2)
    )
    assert first.stdout == "compiling\nrunning\n", first.stderr
    assert second.stdout == "running\n"


def test_blocks_share_variables_a_cache_and_macros(tmp_path: Path, run: Run) -> None:
    (tmp_path / "rows.txt").write_text("a b c")
    (tmp_path / "m.hy").write_text(HEAD + BUILD)
    done = run("hy", "m.hy", cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("a 3\n", "")
    assert (tmp_path / "out" / "rows.md").read_text() == "- a\n- b\n- c\n"


def test_a_build_is_repeatable(tmp_path: Path, run: Run) -> None:
    (tmp_path / "rows.txt").write_text("a b c")
    (tmp_path / "m.hy").write_text(HEAD + BUILD)
    run("hy", "m.hy", cwd=tmp_path)
    written = tmp_path / "out" / "rows.md"
    before = written.stat()
    run("hy", "m.hy", cwd=tmp_path)
    assert written.stat() == before
    assert [f.name for f in written.parent.iterdir()] == ["rows.md"]


def test_a_stale_output_is_seen(tmp_path: Path, run: Run) -> None:
    (tmp_path / "rows.txt").write_text("a b c")
    (tmp_path / "m.hy").write_text(HEAD + BUILD)

    def load() -> str:
        return run("python", "-c", "import hy, m", cwd=tmp_path, PYTHONDONTWRITEBYTECODE="").stderr

    assert load() == load() == ""
    (tmp_path / "rows.txt").write_text("changed")
    assert "StaleOutput" in load()
    assert "rows.txt changed since" in load()
    (tmp_path / "rows.txt").write_text("a b c")
    (tmp_path / "out" / "rows.md").write_text("by hand")
    assert "rows.md is not what was written when" in load()


def test_each_target_has_a_namespace_and_macros_of_its_own(tmp_path: Path, run: Run) -> None:
    program = """
(js:meta (setv n 1) (defmacro plus-n [x] `(+ ~x ~n)))
(lua:meta (setv n 100) (defmacro plus-n [x] `(+ ~x ~n)))
(print (js (plus-n 1)) (lua (plus-n 1)))
(defn plus-n [x] "the function")
(print (plus-n 1))
"""
    done = run("hy", "-c", HEAD + program, cwd=tmp_path)
    assert done.stdout == "2 101\nthe function\n", done.stderr


def test_a_mistake_in_a_block_names_its_line(tmp_path: Path, run: Run) -> None:
    (tmp_path / "m.hy").write_text(HEAD + "\n(meta\n  (/ 1 0))")
    done = run("hy", "m.hy", cwd=tmp_path)
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
    assert 'm.hy", line 3' in done.stderr
