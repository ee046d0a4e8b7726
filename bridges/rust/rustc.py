"""Rustc: what it says of an extension's source: the lines that it refuses, or the file it made."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from polyhy import store

from .errors import BuildFailed
from .workspace import Workspace

UNSIZED = "the size for values of type"
_ADVICE = "this is a bug in polyhy's generator; the crate may work with other features"


class Said(NamedTuple):
    """By number, the lines that are refused and why; the library; and how rustc was called."""

    refused: Mapping[int, str]
    library: Path | None = None
    call: str = ""


def check(workspace: Workspace, source: str, lines: Iterable[int]) -> Said:
    """Let rustc judge a source, of which only some `lines` may be refused."""
    return _ask(workspace, source, set(lines), "check")


def build(workspace: Workspace, source: str, lines: Iterable[int]) -> Said:
    """Let rustc compile a source: the library is there where no line is refused."""
    return _ask(workspace, source, set(lines), "build", "--verbose")


def arguments(call: str) -> list[str]:
    """The words of a call as cargo shows it, without the variables before them."""
    words = shlex.split(call)
    first = next(n for n, word in enumerate(words) if not re.match(r"\w+=", word))
    return words[first:]


def messages(output: str) -> Iterator[Any]:
    """The errors in what cargo says as JSON."""
    for said in _records(output):
        if said.get("reason") == "compiler-message":
            message = said["message"]
            if message["level"].startswith("error"):
                yield message


def library(output: str, name: str) -> Path | None:
    """The extension's file: the crate itself may be made as a shared library too."""
    for said in _records(output):
        if said.get("reason") == "compiler-artifact" and said["target"]["name"] == name:
            for file in said["filenames"]:
                if file.endswith((".so", ".dylib", ".dll")):
                    return Path(file)
    return None


def _ask(workspace: Workspace, source: str, lines: set[int], *words: str) -> Said:
    store.write(workspace.folder / "src" / "lib.rs", source)
    done = workspace.cargo(*words, "--message-format=json", "--lib")
    refused, unplaced = _refused(done.stdout, lines)
    if done.returncode and (unplaced or not refused):
        detail = "\n".join(unplaced)[:3000] or done.stderr[-3000:]
        raise BuildFailed(detail, crate=workspace.name, advice=_ADVICE)
    if refused:
        return Said(refused)
    name = f"polyhy_{workspace.name.replace('-', '_')}"
    return Said({}, library(done.stdout, name), _call(done.stderr, name))


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


def _records(output: str) -> Iterator[Any]:
    for line in output.splitlines():
        if line.startswith("{"):
            yield json.loads(line)


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
