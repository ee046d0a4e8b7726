"""The commands of Python packages: console scripts, and programs that wheels lay into `bin`."""

from __future__ import annotations

import sys
from importlib.metadata import Distribution
from pathlib import Path

_BINS = ("bin", "Scripts")


def find(name: str, env: Path) -> dict[str, list[str]]:
    """How each command of a distribution is started, with the folder `env` before sys.path."""
    found = next(iter(Distribution.discover(name=name, path=[str(env), *sys.path])), None)
    if found is None:
        return {}
    bins = (Path(str(found.locate_file(f))) for f in found.files or () if f.parent.name in _BINS)
    points = found.entry_points.select(group="console_scripts")
    programs = {path.stem if path.suffix == ".exe" else path.name: path for path in bins}
    started = {name: _program(path.resolve(), env) for name, path in programs.items()}
    return started | {point.name: _script(point.name, point.value, env) for point in points}


def _program(path: Path, env: Path) -> list[str]:
    """A program as it is; a script of Python finds the env's modules."""
    with path.open("rb") as stream:
        first = stream.readline(256)
    if first.startswith(b"#!") and b"python" in first:
        return _python(f"import runpy; runpy.run_path({str(path)!r}, run_name='__main__')", env)
    return [str(path)]


def _script(name: str, value: str, env: Path) -> list[str]:
    """A console script as its installer would have written it."""
    module, _, function = (part.strip() for part in value.partition("[")[0].partition(":"))
    first = function.partition(".")[0]
    return _python(
        f"sys.argv[0] = {name!r}; from {module} import {first}; sys.exit({function}())", env
    )


def _python(code: str, env: Path) -> list[str]:
    return [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(env)!r}); {code}"]
