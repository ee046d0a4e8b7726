"""Prune: rustc says which lines compile; the others go, each with the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from . import rustc
from .classes import Class
from .errors import BuildFailed
from .lines import Lines, candidates
from .plan import Api, Entry
from .workspace import Workspace

ROUNDS = 12


class Pruner:
    """Takes out of a plan what rustc refuses. An entry goes when its last alternative does."""

    def __init__(self, api: Api, workspace: Workspace, say: Callable[[str], None]) -> None:
        self.api, self.workspace, self.say = api, workspace, say
        self.reasons: dict[str, str] = {}
        self.words: Sequence[str] = ()

    def check(self) -> None:
        """Let rustc judge all alternatives at once, and anew where a class went."""
        for round_ in range(ROUNDS):
            lines = candidates(self.api)
            self.say(f"{len(lines.at)} lines, round {round_ + 1}")
            refused = self._judged(lines)
            before = [(own.ident, own.shape) for own in self.api.classes]
            self._drop(lines, refused)
            if before == [(own.ident, own.shape) for own in self.api.classes]:
                return
        raise self._endless()

    def build(self, write: Callable[[], Lines]) -> rustc.Said:
        """Compile what was kept; what rustc sees only now goes too."""
        for _ in range(ROUNDS):
            lines = write()
            said = rustc.build(self.workspace, self.words, str(lines), lines.at)
            if not said.refused:
                return said
            self._drop(lines, said.refused)
        raise self._endless()

    def _judged(self, lines: Lines) -> Mapping[int, str]:
        if self.words:
            return rustc.check(self.workspace, self.words, str(lines), lines.at).refused
        said = rustc.begin(self.workspace, str(lines), lines.at)
        self.words = said.words
        return said.refused

    def _drop(self, lines: Lines, refused: Mapping[int, str]) -> None:
        for number, why in refused.items():
            what, line = lines.at[number]
            if isinstance(what, Entry):
                what.lines.remove(line)
                self.reasons.setdefault(what.key, why)
            elif rustc.UNSIZED in why and what.shape == "struct":
                what.shape = "unsized"
            else:
                self.api.classes.remove(what)
                self.api.reasons[what.text] = why
        self._keep()

    def _keep(self) -> None:
        kept: list[Entry] = []
        for entry in self.api.entries:
            if entry.lines and (entry.owner is None or _has(self.api.classes, entry.owner)):
                kept.append(entry)
            else:
                why = self.reasons.get(entry.key, "its type could not be bound")
                self.api.reasons[entry.key] = why
        self.api.entries[:] = kept

    def _endless(self) -> BuildFailed:
        detail = "rustc refuses new lines round after round"
        return BuildFailed(detail, crate=self.workspace.name, advice="tell polyhy's authors")


def _has(classes: list[Class], own: Class) -> bool:
    return any(each is own for each in classes)
