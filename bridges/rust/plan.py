"""What is planned: the things to bind, each with its alternatives as lines of Rust."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from .bind import Shim
from .classes import Class

METHOD, STATIC, PROPERTY = "method", "static", "property"


@dataclass
class Entry:
    """One thing to bind: its alternatives as lines with `@ID`, and where it goes."""

    key: str
    way: str
    name: str
    lines: list[str]
    owner: Class | None = None
    place: tuple[str, ...] = ()
    also: Sequence[tuple[tuple[str, ...], str]] = ()
    """The other places where a function is reached, with its names there."""
    shim: Shim | None = None
    open: dict[str, Sequence[str]] = field(default_factory=dict)
    """By line, what the value of an argument decides: see kinds.py."""
    counted: str = ""
    """The id of the public function that it binds, for the count of what is bound."""
    slot: int = 0
    docs: str = ""
    ident: str = ""


@dataclass
class Api:
    """What is planned, and what was left out and why, by name."""

    classes: list[Class] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    functions: dict[str, str] = field(default_factory=dict)
    """All public functions and inherent methods: by id, their names."""
    reasons: dict[str, str] = field(default_factory=dict)
    pointers: list[tuple[Class, Class]] = field(default_factory=list)
    """Classes with those that they point to (by Deref): they have the methods of these too."""

    def lend_makers(self) -> None:
        """Let what makes a type of particular arguments be found at the type: `Set.from_iter`."""
        known = {(e.owner.ident, e.name) for e in self.entries if e.owner is not None}
        usual = {own.item.path: own for own in self.classes if own.name == own.item.name}
        for entry in [e for e in self.entries if e.way == STATIC and e.shim and e.owner]:
            other = entry.owner
            own = usual.get(other.item.path) if other else None
            if own is None or other is None or not other.name.startswith(f"{own.name}_"):
                continue
            if (own.ident, entry.name) not in known:
                known.add((own.ident, entry.name))
                self.entries.append(replace(entry, owner=own, lines=[*entry.lines]))

    def shared(self) -> list[tuple[Class, Class, list[Entry]]]:
        """What was kept of `pointers`, each with the methods that it gives."""
        found = []
        for own, other in self.pointers:
            by_name = {e.name for e in self.entries if e.owner is own}
            given = [e for e in self.entries if e.owner is other and e.way == METHOD]
            given = [e for e in given if e.shim is not None and e.name not in by_name]
            if "deref" in by_name and any(each is other for each in self.classes):
                found.append((own, other, given))
        return found
