"""Nothing happens at import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

HEAVY = ["hy", "click", "rich", "uv", "lupa", "msgspec", "packaging", "importlib.metadata"]


def test_importing_polyhy_imports_no_room_and_nothing_heavy(run: Any, tmp_path: Path) -> None:
    program = (
        "import sys; before = set(sys.modules); import polyhy\n"
        "new = set(sys.modules) - before\n"
        f"print([m for m in {HEAVY} if m in new], [m for m in new if 'bridges' in m])"
    )
    done = run("python", "-c", program, cwd=tmp_path)
    assert done.stdout == "[] []\n", done.stderr


def test_every_name_of_the_public_face_is_there() -> None:
    import polyhy

    assert [name for name in polyhy.__all__ if not hasattr(polyhy, name)] == []


def test_an_unknown_name_is_an_attribute_error() -> None:
    import polyhy

    assert not hasattr(polyhy, "no_such_name")


def test_the_dialect_is_there_whichever_was_imported_first(run: Any, tmp_path: Path) -> None:
    (tmp_path / "p.hy").write_text("(require polyhy *)\n(print (data 7))")
    for first in ("import polyhy, hy", "import hy, polyhy", "import hy"):
        done = run("python", "-c", f"{first}\nimport p", cwd=tmp_path)
        assert (done.stdout, done.stderr) == ("7\n", "")


def test_a_program_with_no_package_imports_no_room_and_nothing_heavy(
    run: Any, tmp_path: Path
) -> None:
    code = "(import sys) (for [name (list sys.modules)] (print name))"
    program = f"from polyhy.sessions import program; program.run_code({code!r})"
    names = run("python", "-c", program, cwd=tmp_path).stdout.split()
    assert "hy" in names
    before = run("python", "-c", "import sys, hy; print(*sys.modules)", cwd=tmp_path).stdout.split()
    assert (set(names) - set(before)) & set(HEAVY) == set()
    assert [name for name in names if name.startswith("polyhy.bridges.")] == []
