"""The cargo program: found, old enough, run, and its errors read."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from polyhy import clients, policy, store
from polyhy.errors import (
    MissingTool,
    NoSuchVersion,
    Offline,
    PackageError,
    ToolFailed,
    UnknownPackage,
)

from .errors import TooOld

INSTALL = "curl -sSf https://sh.rustup.rs | sh"
OLDEST = (1, 85)
_SECRET = re.compile(r"(?<=://)[^/@\s]+@|(?<=[Bb]earer )\S+")
_BLOCKED = re.compile(r"^ *Blocking waiting for (?P<what>.+)")
_NETWORK = re.compile(
    r"could ?n.t (?:connect|resolve)|spurious network error|download of config|timed? ?out"
    r"|network failure|failed to download|\[\d+\] Could not|unable to update registry"
    r"|CONNECT tunnel|Failed to connect",
    re.IGNORECASE,
)


class Said(NamedTuple):
    """What cargo said as it failed."""

    text: str


def run(
    arguments: Sequence[str],
    folder: Path,
    need: str,
    variables: Mapping[str, str] | None = None,
) -> str:
    """Run cargo in `folder` and return its output; its failures are errors of ours."""
    done = call(arguments, folder, need, variables)
    if done.returncode == 0:
        return done.stdout
    text = _SECRET.sub("…", done.stderr or done.stdout)
    for pattern, failure in _ERRORS:
        if found := pattern.search(text):
            raise failure(found, text)
    raise ToolFailed(_last_words(text), tool="cargo")


def call(
    arguments: Sequence[str],
    folder: Path,
    need: str,
    variables: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run cargo in `folder`, whatever it says; its compiler is looked at meanwhile."""
    command = [_command(need), *arguments]
    if policy.policy().offline and "--offline" not in arguments:
        command.append("--offline")
    env = {**os.environ, "CARGO_TERM_COLOR": "never", **(variables or {})}
    env.pop("RUSTC_BOOTSTRAP", None)
    try:
        with clients.beside(command, cwd=folder, env=env) as program:
            check(need)
            said = clients.heard(program, "cargo", _BLOCKED)
    except OSError as error:
        doing = f"it has to {need}, but {command[0]} does not start: {error.strerror}"
        raise MissingTool(tool="cargo", need=doing, command=INSTALL) from error
    return subprocess.CompletedProcess(command, program.returncode, *said)


def check(need: str) -> None:
    """Raise MissingTool where there is no cargo, TooOld where its rustc is."""
    _command(need)
    found = version()
    numbers = tuple(map(int, re.findall(r"\d+", found)[:2]))
    if numbers and numbers < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        raise TooOld(found=found, need=f"polyhy needs {wanted} or newer to {need}")


def version() -> str:
    """The version of the rustc that cargo runs; empty where there is none."""
    found = re.match(r"rustc (\d+\.\d+\.\d+)", about())
    return found[1] if found else ""


def host() -> str:
    """The triple that rustc compiles for here: `x86_64-unknown-linux-gnu`."""
    found = re.search(r"^host: (\S+)", about(), re.MULTILINE)
    return found[1] if found else ""


def about() -> str:
    """What rustc says of itself; empty where there is none."""
    with _asking:
        return _about(rustc())


def rustc() -> str:
    """The compiler that cargo runs."""
    return os.environ.get("RUSTC") or shutil.which("rustc") or "rustc"


def cache() -> Path:
    """Where this room keeps what it builds."""
    return store.cache() / "rust"


def registry() -> Path:
    """Where cargo keeps the files that it downloaded."""
    return Path(os.environ.get("CARGO_HOME") or "~/.cargo").expanduser() / "registry" / "cache"


def _command(need: str) -> str:
    found = os.environ.get("CARGO") or shutil.which("cargo")
    if not found:
        raise MissingTool(tool="cargo", need=f"it has to {need}", command=INSTALL)
    return found


_asking = Lock()


@lru_cache(maxsize=8)
def _about(compiler: str) -> str:
    try:
        said = subprocess.run([compiler, "-vV"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return said.stdout


def _last_words(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    errors = [n for n, line in enumerate(lines) if line.startswith("error")]
    return "\n".join(lines[errors[0] if errors else -8 :][:20])


def _unknown(found: re.Match[str], text: str) -> PackageError:
    found_near = re.search(r"^perhaps you meant: +(\S+)", text, re.MULTILINE)
    near = found_near[1] if found_near else ""
    more = f"; is it {near}?" if near else ""
    return UnknownPackage(ecosystem="crates", name=found["name"], near=near, more=more)


def _no_version(found: re.Match[str], text: str) -> PackageError:
    known = re.search(r"candidate versions found which didn't match: (.*)", text)
    available = f"there are {known[1]}" if known else _last_words(text)
    wanted = found["version"]
    return NoSuchVersion(
        ecosystem="crates", name=found["name"], version=wanted, available=available
    )


def _offline(found: re.Match[str], text: str) -> PackageError:
    return Offline(_last_words(text).splitlines()[-1].strip(), ecosystem="crates")


_ERRORS: list[tuple[re.Pattern[str], Callable[[re.Match[str], str], PackageError]]] = [
    (_NETWORK, _offline),
    (re.compile(r"could not find `(?P<name>[^`@]+)` in registry"), _unknown),
    (re.compile(r"could not find `(?P<name>[^`@]+)@(?P<version>[^`]+)` in registry"), _no_version),
    (re.compile(r"no matching package (?:named )?`(?P<name>[^`]+)` found"), _unknown),
    (re.compile(r"no matching package found\nsearched package name: `(?P<name>[^`]+)`"), _unknown),
    (re.compile(r"requirement `(?P<name>[\w-]+) = \"(?P<version>[^\"]+)\"`"), _no_version),
]
