"""The uv program: run, and its errors read. A name comes from one index: the first to have it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Sequence

from polyhy import clients
from polyhy.errors import (
    MissingTool,
    NoSuchVersion,
    Offline,
    PackageError,
    StoreError,
    Tampered,
    ToolFailed,
    UnknownPackage,
)
from polyhy.spec import Spec

_COMPILE = ("pip", "compile", "--universal", "--python-version", "3.10", "--generate-hashes")
# uv would start every Python that it finds on the path, to see which is the one it wants
_HERE = ("--python", sys.executable)
_FLAGS = ("--index-strategy", "first-index", "--no-python-downloads", *_HERE)
_SECRET = re.compile(r"(?<=://)[^/@\s]+@")
_NO_WHEEL = re.compile(
    r"(?:(?:required|disabled) for|build) `([\w.-]+)"
    r"|([\w.-]+?)(?:[<>=]\S+)? ha(?:s|ve) no usable wheels"
)


class Unbuilt(ToolFailed):
    """uv found no wheel of `names`, and was not to build their sources."""

    names: Sequence[str] = ()


def run(arguments: Sequence[str], specs: Sequence[Spec], root: str = "") -> None:
    """Run uv as in the folder `root`, whose configuration it reads; its failures are ours."""
    done = clients.run([command(), *arguments, *_FLAGS], cwd=root or None)
    if done.returncode:
        said = re.sub(
            r"\s+", " ", re.sub(r"[\u00d7\u2500-\u257f\u25b6]", " ", _SECRET.sub("", done.stderr))
        ).strip()
        raise next(make(said, specs) for sign, make in _ERRORS if re.search(sign, said))


def choose(
    arguments: Sequence[str], specs: Sequence[Spec], root: str, builds: Callable[[str], bool]
) -> None:
    """Choose versions for every Python that polyhy runs on, and every platform.

    uv may have to build a source to learn what it requires. It builds none but what has no wheel
    and is let by `builds`, a question for each name.
    """
    built: list[str] = []
    while True:
        told = [*_COMPILE, "--only-binary=:all:", *(f"--no-binary={name}" for name in built)]
        try:
            return run([*told, *arguments], specs, root)
        except Unbuilt as error:
            new = [name for name in error.names if name not in built]
            if not new or not all(map(builds, new)):
                raise
            built += new


def command() -> str:
    """The uv program, which comes with polyhy."""
    try:
        import uv

        return uv.find_uv_bin()
    except (ImportError, FileNotFoundError) as error:
        need = "PyPI packages are locked and fetched by it"
        raise MissingTool(tool="uv", need=need, command="pip install uv") from error


def version() -> str:
    """uv's version; empty where there is none, or it does not run."""
    try:
        done = subprocess.run([command(), "--version"], capture_output=True, text=True)
    except (MissingTool, OSError):
        return ""
    return done.stdout.strip().removeprefix("uv ").split(" ")[0]


def index(root: str) -> str:
    """The address of the index that uv asks first, without credentials."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory(prefix="polyhy-pypi-") as folder:
        nothing, made = Path(folder, "nothing.in"), Path(folder, "made.txt")
        nothing.touch()
        run(["pip", "compile", "--emit-index-url", "-q", "-o", str(made), str(nothing)], [], root)
        found = re.search(r"^--(?:index|extra-index)-url (\S+)", made.read_text("utf-8"), re.M)
    return _SECRET.sub("", found[1]) if found else ""


def pylock(
    lines: Sequence[str], specs: Sequence[Spec], root: str, builds: Callable[[str], bool]
) -> str:
    """The pylock.toml (PEP 751) of exact versions; uv asks the index for their files."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory(prefix="polyhy-pypi-") as folder:
        wanted, made = Path(folder, "wanted.in"), Path(folder, "pylock.toml")
        wanted.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        told = ("--no-deps", "--no-header", "--quiet", "--format", "pylock.toml")
        choose([*told, "-o", str(made), str(wanted)], specs, root, builds)
        return _SECRET.sub("", made.read_text("utf-8"))


def _unknown(said: str, specs: Sequence[Spec]) -> PackageError:
    found = re.search(r"([\w.-]+) was not found in", said)
    name = found[1] if found else ", ".join(spec.name for spec in specs)
    return UnknownPackage(ecosystem="pypi", name=name)


def _no_version(said: str, specs: Sequence[Spec]) -> PackageError:
    found = re.search(r"(?:you require|no version of) ([\w.-]+?)((?:[<>=!~]=?[^,\s]+,?)+)", said)
    name, version = found.groups() if found else (", ".join(str(spec) for spec in specs), "")
    reason = re.search(r"[Bb]ecause (.+?)(?:,? (?:and|we can)\b|$)", said)
    hint = reason[1].replace("{", "").replace("}", "") if reason else said
    return NoSuchVersion(
        ecosystem="pypi", name=name, version=version.rstrip(",.") or "that", available=hint
    )


def _offline(said: str, specs: Sequence[Spec]) -> PackageError:
    return Offline(said.rpartition("cause: ")[2], ecosystem="pypi")


def _tampered(said: str, specs: Sequence[Spec]) -> PackageError:
    expected = re.search(r"Expected: (\S+)", said)
    named = re.search(r"mismatch for `([^`]+)`", said)
    what = f"pypi:{named[1]}" if named else ", ".join(str(spec) for spec in specs)
    return Tampered(what=what, expected=expected[1] if expected else "its hash")


def _disk(said: str, specs: Sequence[Spec]) -> PackageError:
    return StoreError(said.rpartition("cause: ")[2], file="uv's files")


def _unbuilt(said: str, specs: Sequence[Spec]) -> Unbuilt:
    names = list(dict.fromkeys(a or b for a, b in _NO_WHEEL.findall(said)))
    name = names[0] if names else ", ".join(spec.name for spec in specs)
    detail = f"{name} has no wheel for this machine, and its source may run anything to be built"
    hint = f"to allow that, run: polyhy add pypi:{name}"
    return Unbuilt(detail, tool="uv", hint=hint, names=names)


def _failed(said: str, specs: Sequence[Spec]) -> PackageError:
    return ToolFailed(said.removeprefix("error: ")[:2000] or "it gave no reason", tool="uv")


_ERRORS = (
    (r"[Hh]ash mismatch", _tampered),
    (r"No space left|Read-only file system|Permission denied", _disk),
    (r"was not found in|404 Not Found", _unknown),
    (r"error sending request|dns error|[Cc]onnection refused|client error \(Connect\)", _offline),
    (r"building from source is disabled", _unbuilt),
    (r"only .+ (is|are) available|there (is|are) no versions? of|[Nn]o solution", _no_version),
    (r"", _failed),
)
