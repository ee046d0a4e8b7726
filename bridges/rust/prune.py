"""Prune: rustc says which lines compile; the others go, each with the reason."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from polyhy import store

from .api import Api, Entry
from .classes import Class
from .emit import candidates
from .errors import BuildFailed
from .workspace import Workspace

ROUNDS = 12


def prune(api: Api, workspace: Workspace, head: str, say: Callable[[str], None]) -> None:
    """Leave in `api` what compiles, the first alternative of each entry."""
    dropped: set[tuple[int, int]] = set()
    classes = list(api.classes)
    numbers = {id(entry): n for n, entry in enumerate(api.entries)}
    said: dict[str, str] = {}
    for round_ in range(ROUNDS):
        lines = candidates(api, head, dropped, classes)
        say(f"{len(lines.at)} lines, round {round_ + 1}")
        refused = _refused(workspace, str(lines), lines.at)
        if not refused:
            _keep(api, dropped, classes, said)
            return
        for number, why in refused.items():
            what, alternative = lines.at[number]
            if isinstance(what, Class):
                if _UNSIZED in why and what.shape == "struct":
                    what.shape = "unsized"
                    continue
                classes.remove(what)
                api.reasons[what.text] = why
            else:
                dropped.add((numbers[id(what)], alternative))
                said.setdefault(what.key, why)
    raise BuildFailed("rustc refuses new lines round after round", crate=workspace.name)


def _keep(
    api: Api, dropped: set[tuple[int, int]], classes: list[Class], said: Mapping[str, str]
) -> None:
    kept: list[Entry] = []
    for number, entry in enumerate(api.entries):
        lines = [line for at, line in enumerate(entry.lines) if (number, at) not in dropped]
        if lines and (entry.owner is None or entry.owner in classes):
            entry.lines = lines[:1]
            kept.append(entry)
        else:
            api.reasons[entry.key] = said.get(entry.key, "its type could not be bound")
    api.entries[:] = kept
    api.classes[:] = classes


def _refused(workspace: Workspace, source: str, at: Mapping[int, Any]) -> dict[int, str]:
    """The lines that rustc refuses, each with what it says first; that of a missing size above."""
    refused: dict[int, str] = {}
    store.write(workspace.folder / "src" / "lib.rs", source)
    done = workspace.cargo("check", "--message-format=json", "--lib")
    unplaced = []
    for message in _messages(done.stdout):
        found = next((number for number in _places(message) if number in at), None)
        if found is not None:
            reason = _reason(message)
            refused[found] = reason if _UNSIZED in reason else refused.get(found, reason)
        elif message["spans"]:
            unplaced.append(message["rendered"])
    if done.returncode and unplaced:
        raise BuildFailed("\n".join(unplaced)[:3000], crate=workspace.name, advice=_ADVICE)
    if done.returncode and not done.stdout.strip():
        raise BuildFailed(done.stderr[-3000:], crate=workspace.name, advice=_ADVICE)

    return refused


_UNSIZED = "the size for values of type"
_ADVICE = "this is a bug in polyhy's generator; the crate may work with other features"


def _messages(output: str) -> Iterator[Any]:
    for line in output.splitlines():
        if line.startswith("{"):
            said = json.loads(line)
            if said.get("reason") == "compiler-message":
                message = said["message"]
                if message["level"].startswith("error"):
                    yield message


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
