"""Cells of a prompt: JavaScript that shares its top names with the session. See cells.js."""

from __future__ import annotations

import re
from asyncio import events
from collections.abc import MutableMapping
from ctypes import byref, c_uint64
from typing import TYPE_CHECKING, Any

from polyhy.values import Lent, spellings

from . import native, tasks
from .engine import core
from .objects import JsObject

if TYPE_CHECKING:
    from .engine_guest import EngineGuest

_LONE = re.compile("[\ud800-\udfff]")
_TOP = re.compile(r"\bfor\s+await\b|\bawait\b|\bimport\b(?!\s*[.(])")  # what a script has not


def run(
    guest: EngineGuest, source: str, padding: str, file: str, names: MutableMapping[str, Any]
) -> Any:
    """Run a cell and return the value of its last expression.

    Where it awaits at its top, that value is waited for, unless an asyncio loop runs here already:
    then the promise of it is returned.
    """
    if "cells.js" not in guest.extended:
        realm = c_uint64(native.function("CurrentGlobalOrNull")(native.context()))
        native.function("InitReflectParse")(native.context(), byref(realm))
        guest.extend("cells.js")
    waits = guest.ask("cell", source, padding, file, Lent(_Names(names)))
    value = guest.ask("cellValue")
    if waits and isinstance(value, JsObject) and events._get_running_loop() is None:
        return tasks.finish(value)
    return value


def incomplete(source: str) -> bool:
    """True where the engine's parser came to the end and wanted more."""
    if not source.isascii() and _LONE.search(source):  # it would end the process
        return False
    plain = _TOP.sub(lambda m: "for" if m[0].startswith("for") else "void", source)
    return not core().isCompilableUnit(plain + "\n")  # a text in quotes ends with its line


class _Names:
    """The session's names, as cells.js asks for them."""

    def __init__(self, names: MutableMapping[str, Any]) -> None:
        self._names = names

    def has(self, name: str) -> bool:
        return self._known(name) is not None

    def look(self, name: str) -> Any:
        value = self._names[self._known(name) or name]
        return Lent(value) if isinstance(value, (list, dict)) else value

    def assign(self, name: str, value: Any) -> None:
        self._names[self._known(name) or name] = value

    def _known(self, name: str) -> str | None:
        return next((each for each in spellings(name) if each in self._names), None)
