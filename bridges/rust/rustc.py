"""Rustc: what it says of an extension's source: the lines that it refuses, or the file it made."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from polyhy import clients, store

from .errors import BuildFailed
from .workspace import Workspace

UNSIZED = "the size for values of type"
TRAP = 'const _: u8 = "";\n'
"""What rustc always refuses: it goes no further than to judge."""
_ADVICE = "this is a bug in polyhy's generator; the crate may work with other features"


class Said(NamedTuple):
    """By number, the lines that are refused and why; how rustc was called; and what it made."""

    refused: Mapping[int, str]
    words: Sequence[str] = ()
    library: Path | None = None


def begin(workspace: Workspace, source: str, lines: Iterable[int]) -> Said:
    """Let cargo compile all that a source needs, and rustc judge it: only `lines` may be refused.

    Cargo says how it calls rustc, which is then called without it.
    """
    trap = source.count("\n") + 1
    store.write(workspace.folder / "src" / "lib.rs", source + TRAP)
    done = workspace.cargo("build", "--verbose", "--message-format=json", "--lib")
    refused, unplaced = _refused(done.stdout, {*lines, trap})
    words = arguments(_call(done.stderr, f"polyhy_{workspace.name.replace('-', '_')}"))
    if unplaced or trap not in refused or not words:
        raise _failed(workspace, unplaced, done.stderr)
    refused.pop(trap)
    return Said(refused, words)


def check(workspace: Workspace, words: Sequence[str], source: str, lines: Iterable[int]) -> Said:
    """Let rustc judge a source once more."""
    only = ["--emit=metadata" if word.startswith("--emit=") else word for word in words]
    return _ask(workspace, only, source, set(lines))


def build(workspace: Workspace, words: Sequence[str], source: str, lines: Iterable[int]) -> Said:
    """Let rustc compile a source: the library is there where no line is refused."""
    units = 1 if workspace.level else 16  # one is quicker than to optimize over several again
    more = ["-C", f"opt-level={workspace.level}", "-C", f"codegen-units={units}"]
    return _ask(workspace, [*words, *more], source, set(lines))


def arguments(call: str) -> list[str]:
    """The words of a call as cargo shows it, without the variables before them."""
    words = shlex.split(call)
    while words and re.match(r"\w+=", words[0]):
        words.pop(0)
    return [word for word in words if not word.startswith("--json=")]


def messages(output: str) -> Iterator[Any]:
    """The errors in what cargo says as JSON, or rustc itself."""
    for line in output.splitlines():
        if line.startswith("{"):
            said = json.loads(line)
            message = said["message"] if said.get("reason") == "compiler-message" else said
            if message.get("level", "").startswith("error"):
                yield message


def libraries(folder: Path) -> list[Path]:
    """The extension's files in a folder."""
    return sorted(each for each in folder.glob("*") if each.suffix in (".so", ".dylib", ".dll"))


def _ask(workspace: Workspace, words: Sequence[str], source: str, lines: set[int]) -> Said:
    """Call rustc as cargo did, but for the folder of what it makes: nobody else writes there."""
    made = workspace.folder / "made"
    made.mkdir(exist_ok=True)
    store.write(workspace.folder / "src" / "lib.rs", source)
    called = [*words]
    called[called.index("--out-dir") + 1] = str(made)
    env = {name: value for name, value in os.environ.items() if name != "RUSTC_BOOTSTRAP"}
    done = clients.run(called, cwd=workspace.folder, env=env)
    refused, unplaced = _refused(done.stderr, lines)
    if done.returncode and (unplaced or not refused):
        raise _failed(workspace, unplaced, done.stderr)
    return Said(refused, words, next(iter(libraries(made)), None))


def _failed(workspace: Workspace, unplaced: Sequence[str], said: str) -> BuildFailed:
    detail = "\n".join(unplaced)[:3000] or said[-3000:]
    return BuildFailed(detail, crate=workspace.name, advice=_ADVICE)


def _refused(output: str, lines: set[int]) -> tuple[dict[int, str], list[str]]:
    """The lines that are refused, each with its first reason; and the errors that are of none."""
    refused: dict[int, str] = {}
    unplaced = []
    for message in messages(output):
        found = next((number for number in _places(message) if number in lines), None)
        if found is not None:
            reason = _reason(message)
            refused[found] = reason if UNSIZED in reason else refused.get(found, reason)
        elif message["spans"]:
            unplaced.append(message["rendered"])
    return refused, unplaced


def _call(said: str, name: str) -> str:
    """The call of rustc that made the extension, as `cargo --verbose` shows it."""
    crate = f"--crate-name {name} "
    for line in said.splitlines():
        if line.strip().startswith("Running `") and crate in line:
            return line.strip().removeprefix("Running `").removesuffix("`")
    return ""


def _places(message: Any) -> Iterator[int]:
    """The lines of lib.rs that a message is about, through the macros that it came from."""
    spans = sorted(message["spans"], key=lambda span: not span["is_primary"])
    for span in spans:
        while span is not None:
            if span["file_name"] == "src/lib.rs":
                yield span["line_start"]
            span = (span["expansion"] or {}).get("span")
    for child in message["children"]:
        yield from _places(child)


_BOUND = re.compile(r"the trait bound `(?P<bound>.+?)` is not satisfied")


def _reason(message: Any) -> str:
    text = message["message"]
    if found := _BOUND.search(text):
        subject, _, trait = found["bound"].partition(": ")
        if "FromPy" in trait:
            return f"no Python value becomes {_short(subject)}"
        return f"{_short(subject)} is not {_short(trait)}"
    return text.splitlines()[0][:200]


def _short(path: str) -> str:
    return re.sub(r"\b\w+::", "", path)
