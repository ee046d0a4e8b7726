"""Where Lisp modules of others are: folders, Git repositories, wheels; opened to be read."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from polyhy import clients, modules, store
from polyhy.errors import MissingTool, Offline, SpecError, ToolFailed, UnknownPackage
from polyhy.modules import Module
from polyhy.policy import policy

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

KINDS = ("path:", "wheel:", "git+")
_LEFT_OUT = {"__pycache__", "build", "dist", "node_modules", "tests", "venv"}
_CODE = (".hy", ".py")
_NO_CREDENTIALS = "no credentials belong there: git has helpers that keep them"


@dataclass(frozen=True)
class Source:
    """A source opened: what is importable lies in `folder`."""

    folder: Path
    name: str
    version: str
    licence: str
    modules: tuple[Module, ...]
    commit: str = ""


def source(text: str, root: Path) -> str | None:
    """What the manifest says for a path or an address that a user wrote; None for other texts."""
    if text.startswith("git+"):
        _check_address(text)
        return text
    if not text.endswith(".whl") and not text.startswith((".", "/", "~")):
        return None
    path = Path(os.path.expanduser(text)).absolute()
    inside = Path(os.path.relpath(path, root.absolute())).as_posix()
    return f"{'wheel' if text.endswith('.whl') else 'path'}:{inside}"


@contextmanager
def opened(source: str, root: Path, commit: str = "") -> Iterator[Source]:
    """Open a source for reading; a repository at `commit`, if that is given."""
    with tempfile.TemporaryDirectory(prefix="polyhy-lisp-") as name:
        if source.startswith("git+"):
            at = _clone(source, Path(name), commit)
            yield _read(Path(name), at)
        elif source.startswith("wheel:"):
            _unzip(_existing(source, root), Path(name))
            yield _read(Path(name))
        else:
            yield _read(_existing(source, root))


def copy(folder: Path, to: Path) -> None:
    """Copy what is importable in a folder."""
    to.mkdir(parents=True, exist_ok=True)
    for file in _files(folder):
        place = to / file.relative_to(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)


def tree_hash(folder: Path) -> str:
    """The hash that a copy of a folder would have."""
    with tempfile.TemporaryDirectory(prefix="polyhy-lisp-") as name:
        copy(folder, Path(name, "copy"))
        return store.tree_hash(Path(name, "copy"))


def describe(name: str, version: str, folder: Path, env: Path) -> None:
    """Write beside what is linked which modules a distribution of that name holds."""
    if any(folder.glob("*.dist-info")):
        return
    spelled = re.sub(r"[^\w.]+", "_", name)
    info = env / f"{spelled}-{version}.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    found = [each for each in sorted(folder.iterdir()) if each.is_dir() or each.suffix in _CODE]
    (info / "top_level.txt").write_text("".join(f"{each.stem}\n" for each in found))


def git_version() -> str:
    """Git's version; empty where there is none."""
    try:
        done = subprocess.run(["git", "--version"], capture_output=True, text=True)
    except OSError:
        return ""
    return done.stdout.strip().removeprefix("git version ")


def _read(folder: Path, commit: str = "") -> Source:
    """Read names and modules of an opened folder: of its `src`, if it has one."""
    said = _project(folder)
    inside = folder / "src" if (folder / "src").is_dir() else folder
    texts = ((f.read_text("utf-8", errors="replace"), str(f)) for f in _files(inside))
    found = [m for text, name in texts if name.endswith(".hy") for m in modules.demand(text, name)]
    name = said.get("name") or (found[0].name if found else folder.resolve().name)
    licence = said.get("license") or ""
    licence = licence.get("text", "") if isinstance(licence, dict) else str(licence)
    return Source(inside, str(name), str(said.get("version") or "0"), licence, tuple(found), commit)


def _project(folder: Path) -> dict[str, Any]:
    """What a pyproject.toml, or a wheel's metadata, says of the project."""
    for file in folder.glob("*.dist-info/METADATA"):
        from email.parser import Parser

        from .index import licence

        said = Parser().parsestr(file.read_text("utf-8", errors="replace"))
        return {"name": said["Name"], "version": said["Version"], "license": licence(said)}
    try:
        table = tomllib.loads((folder / "pyproject.toml").read_text("utf-8")).get("project", {})
    except (OSError, ValueError):
        return {}
    return table if isinstance(table, dict) else {}


def _files(folder: Path) -> Iterator[Path]:
    """The files that can be imported, or read by what can: nothing hidden, built or for tests."""
    for parent, folders, files in os.walk(folder):
        kept = (f for f in folders if not f.startswith(".") and f not in _LEFT_OUT)
        folders[:] = sorted(f for f in kept if not f.endswith(".egg-info"))
        for name in sorted(files):
            if not name.startswith(".") and not name.endswith((".pyc", ".lock", ".whl")):
                yield Path(parent, name)


def _existing(source: str, root: Path) -> Path:
    path = root / source.partition(":")[2]
    if not path.exists():
        raise UnknownPackage(ecosystem="lisp", name=str(path), origin_of_name="pyproject.toml")
    return path


def _unzip(wheel: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
    except (zipfile.BadZipFile, OSError) as error:
        raise ToolFailed(f"{wheel} is no wheel: {error}", tool="unzip") from None


def _clone(source: str, folder: Path, commit: str) -> str:
    """Clone a repository at its commit, tag or branch, and return the commit."""
    _check_address(source)
    address, at, rev = source.removeprefix("git+").rpartition("@")
    if not at or "/" in rev or ":" in rev:  # the @ of ssh://git@host/…
        address, rev = source.removeprefix("git+"), ""
    if policy().offline:
        raise Offline("a repository has to be cloned, and --offline is given", ecosystem="lisp")
    _git("clone", "--quiet", "--no-checkout", "--", address, str(folder))
    _git("-C", str(folder), "checkout", "--quiet", "--detach", commit or rev or "HEAD")
    found = _git("-C", str(folder), "rev-parse", "HEAD").strip()
    shutil.rmtree(folder / ".git")
    return found


def _git(*arguments: str) -> str:
    quiet = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = clients.run(["git", *arguments], env=quiet)
    except OSError as error:
        need = "it clones Lisp modules"
        raise MissingTool(tool="git", need=need, command="apt-get install git") from error
    if done.returncode:
        said = re.sub(r"(?<=://)[^/@\s]+@", "", done.stderr.strip())
        if re.search(r"resolve host|unable to access|Connection (refused|timed out)", said):
            raise Offline(said.splitlines()[-1], ecosystem="lisp")
        raise ToolFailed(said[-500:] or "it gave no reason", tool="git")
    return done.stdout


def _check_address(text: str) -> None:
    if re.search(r"://[^/@\s]*:[^/@\s]*@", text):
        clean = re.sub(r"://[^/@\s]*@", "://", text)
        raise SpecError("it holds a password", spec=clean, hint=_NO_CREDENTIALS)
