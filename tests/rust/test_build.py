"""What a build leaves: one folder an extension, quick at first, optimized later, found at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import polyhy
from polyhy.bridges.rust import kept, later
from polyhy.bridges.rust.inline import inline

MANY = "\n".join(f"pub fn f{n}(x: i64) -> i64 {{ x + {n} }}" for n in range(later.FEW + 5))


def answers(folder: Path, library: str) -> str:
    """What the extension in a folder says in a process of its own."""
    program = f"""
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_file_location
file = {str(folder / kept.EXTENSION)!r}
loader = ExtensionFileLoader({library!r}, file)
print(module_from_spec(spec_from_file_location({library!r}, file, loader=loader)).f7(35))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    return done.stdout.strip() or done.stderr


class TestLater:
    """A large extension is there at once, and fast from the next process on."""

    def test_a_large_extension_is_optimized_after_it_is_imported(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        begun: list[Path] = []
        monkeypatch.setenv("POLYHY_OPTIMIZE", "after")
        monkeypatch.setattr(later, "begin", begun.append)
        folder, library = inline([], MANY, "many.hy:1")
        assert begun == [folder]
        quick = (folder / kept.EXTENSION).stat().st_size
        assert answers(folder, library) == "42"
        later.optimize(folder)
        assert not (folder / kept.LATER).exists()
        assert not (folder / "src").exists()
        assert (folder / kept.EXTENSION).stat().st_size < quick
        assert answers(folder, library) == "42"
        assert inline([], MANY, "many.hy:1") == (folder, library)
        assert begun == [folder]

    def test_a_process_of_its_own_does_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        seen: list[Any] = []
        monkeypatch.setenv("POLYHY_OPTIMIZE", "after")
        monkeypatch.setattr(subprocess, "Popen", lambda *a, **k: seen.append((a, k)))
        later.begin(Path("/some/folder"))
        later.begin(Path("/some/folder"))  # once is enough
        assert len(seen) == 1
        assert seen[0][0][0][-2:] == ["polyhy.bridges.rust.later", "/some/folder"]
        assert seen[0][1]["start_new_session"]

    def test_it_can_be_left_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("POLYHY_OPTIMIZE", "never")
        folder, library = inline([], MANY + "\n", "never.hy:1")
        assert not (folder / kept.LATER).exists()
        assert answers(folder, library) == "42"


class TestFoundAgain:
    """The second import of a crate only loads it."""

    def test_the_generator_is_not_even_imported(self) -> None:
        source, origin = "pub fn seven() -> i64 { 7 }", "seven.hy:1"
        assert polyhy.evaluate("rust", source, origin=origin).seven() == 7
        program = f"""
import polyhy, sys
assert polyhy.evaluate("rust", {source!r}, origin={origin!r}).seven() == 7
print([name for name in sys.modules if name.startswith("polyhy.bridges.rust.")])
"""
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        assert "polyhy.bridges.rust.kept" in done.stdout, done.stderr
        for stage in ("build", "model", "choose", "emit", "prune", "stubs"):
            assert f"polyhy.bridges.rust.{stage}'" not in done.stdout
