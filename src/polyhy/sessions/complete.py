"""Completion at a prompt: names, members of any language's objects, packages, files, keywords."""

from __future__ import annotations

import inspect
import os
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from polyhy import plugins
from polyhy.guests import host
from polyhy.packages import env
from polyhy.sessions import describe
from polyhy.sessions.reading import Open, Place, place
from polyhy.sessions.session import LISP, Session


class Completion(NamedTuple):
    """A text that may stand from the word's start to the cursor, and what it is."""

    text: str
    kind: str = ""


def complete(session: Session, text: str, language: str = "") -> tuple[int, list[Completion]]:
    """Complete `text`, which ends at the cursor: where the word begins, and what it may become.

    complete(session, "(lodash.gro")     # (1, [Completion("lodash.groupBy")])
    """
    language = language or session.target
    if language == LISP:
        return _lisp(session, place(text))
    return _guest(session, text, language)


def call_at(session: Session, text: str) -> describe.Description | None:
    """The function or macro of the innermost open form of Hy that has one, for its signature."""
    for form in reversed(place(text).forms):
        if form.bracket == "(" and form.head:
            return describe.describe(session, form.head, LISP)
    return None


# --- Hy


def _lisp(session: Session, at: Place) -> tuple[int, list[Completion]]:
    form = at.forms[-1] if at.forms else Open(0, "", [])
    import_form = next((f for f in at.forms if f.head in _IMPORTS), None)
    if at.inside == "comment":
        return at.start, []
    if at.inside == "string":
        return _string(at, import_form)
    if at.word.startswith(":"):
        return at.start, _matching(at.word, _keywords(session, form))
    if import_form and import_form.items[0][0] != at.start:
        return at.start, _matching(at.word, _imported(import_form, at.word))
    if "." in at.word[1:] or ":" in at.word[1:]:
        return at.start, _members(session, at.word, LISP, _separator(at.word))
    return at.start, _public(at.word, _names(session))


_IMPORTS = ("import", "import-from", "require")
_CLAUSES = (":as", ":from", ":in", ":with")


def _string(at: Place, import_form: Open | None) -> tuple[int, list[Completion]]:
    if import_form and len(import_form.items) == 1 and import_form.head != "import":
        names = {*plugins.ecosystems(), *plugins.languages()}
        return at.start, _matching(at.word, (Completion(n, "ecosystem") for n in names))
    if re.match(r"[.~]{0,2}/", at.word):
        return at.start, _files(at.word)
    if import_form:
        packages = _packages(_ecosystem_of(import_form))
        return at.start, _matching(at.word, packages)
    return at.start, []


def _keywords(session: Session, form: Open) -> Iterator[Completion]:
    """The keyword arguments of the form's function."""
    if form.head in _IMPORTS:
        yield from (Completion(word, "keyword") for word in _CLAUSES)
        return
    thing: Any = describe.find(session, form.head, LISP) if form.head else describe.MISSING
    try:
        parameters = inspect.signature(thing).parameters.values()
    except (TypeError, ValueError):
        return
    import hy

    for each in parameters:
        if each.kind in (each.KEYWORD_ONLY, each.POSITIONAL_OR_KEYWORD):
            yield Completion(f":{hy.unmangle(each.name)}", "keyword")


def _imported(form: Open, word: str) -> Iterable[Completion]:
    ecosystem = _ecosystem_of(form)
    if ecosystem:
        return _packages(ecosystem)
    return (Completion(name, "module") for name in _modules(word.rpartition(".")[0]))


def _ecosystem_of(form: Open) -> str:
    """`npm`, in `(import-from "npm" …`."""
    named = [text.strip('"') for _, text in form.items[1:2] if text.startswith('"')]
    return named[0] if named and form.head == "import-from" else ""


def _names(session: Session) -> Iterator[Completion]:
    """What a word of Hy may be: macros, session names, Python's own."""
    import builtins

    import hy

    for table in describe.tables(session):
        yield from (Completion(hy.unmangle(name), "macro") for name in table)
    for name, value in list(session.names.items()):
        if not name.startswith(("_hy_", "__", "hyx_Xasterisk")):
            yield Completion(hy.unmangle(name), describe.kind(value))
    yield from (Completion(hy.unmangle(n), describe.kind(v)) for n, v in vars(builtins).items())


# --- guests


def _guest(session: Session, text: str, language: str) -> tuple[int, list[Completion]]:
    """Complete the dotted name before the cursor, as nearly all languages write it."""
    found = _DOTTED.search(text)
    word = found[0] if found else ""
    start = len(text) - len(word)
    if re.search(r"""["'`][.~]{0,2}/[^"'`]*$""", text):
        path = re.split(r"""["'`]""", text)[-1]
        return len(text) - len(path), _files(path)
    if "." in word or ":" in word:
        return start, _members(session, word, language, _separator(word))
    world = host.globals(language)
    known = [Completion(name, "global") for name in _dir(world)] if world is not None else []
    own = (
        Completion(name, describe.kind(value))
        for name, value in list(session.names.items())
        if name.isidentifier() and not name.startswith(("_hy_", "__", "hyx_"))
    )
    return start, _public(word, [*own, *known])


_DOTTED = re.compile(r"[\w$]+(?:[.:]+[\w$]*)*$")


# --- common


def _members(session: Session, word: str, language: str, mark: str) -> list[Completion]:
    base, _, begun = word.rpartition(mark)
    thing = describe.find(session, base, language)
    if thing is describe.MISSING:
        return []
    names = _dir(thing)
    if not begun.startswith("_"):
        names = [name for name in names if not name.startswith("_")]
    known = getattr(thing, "__dict__", None) if inspect.ismodule(thing) else None
    found = (
        Completion(
            base + mark + spelled, describe.kind(known[name]) if known and name in known else ""
        )
        for name in names
        for spelled in _spellings(name, begun, language)
    )
    return _matching(word, found)


def _spellings(name: str, begun: str, language: str) -> Iterator[str]:
    """A member as it is; in Hy also in kebab-case, if that is how the word began."""
    if language != LISP:
        yield name
        return
    import hy

    yield hy.unmangle(name)
    if "-" in begun:
        yield _HUMP.sub(lambda m: "-" + m[0].lower(), name)


_HUMP = re.compile(r"(?<=[a-z0-9])[A-Z]")


def _separator(word: str) -> str:
    return ":" if word.rfind(":") > word.rfind(".") else "."


def _dir(thing: Any) -> list[str]:
    try:
        return [name for name in dir(thing) if isinstance(name, str)]
    except Exception:  # an object of the user's that can't say
        return []


def _matching(begun: str, some: Iterable[Completion]) -> list[Completion]:
    """Those that begin as the word does, once each, in order."""
    found = {c.text: c for c in some if c.text.startswith(begun)}
    return sorted(found.values(), key=lambda c: (c.text.lower(), c.text))


def _public(begun: str, some: Iterable[Completion]) -> list[Completion]:
    """Those that match; names with a leading underscore only where one was typed."""
    hidden = not begun.startswith("_")
    return _matching(begun, (c for c in some if not (hidden and c.text.startswith("_"))))


def _files(begun: str) -> list[Completion]:
    folder, _, name = begun.rpartition("/")
    try:
        entries = list(os.scandir(os.path.expanduser(folder or "/") or "."))
    except OSError:
        return []
    found = (
        Completion(
            f"{folder}/{e.name}{'/' if e.is_dir() else ''}", "folder" if e.is_dir() else "file"
        )
        for e in entries
        if name.startswith(".") or not e.name.startswith(".")
    )
    return _matching(begun, found)


def _packages(ecosystem: str) -> list[Completion]:
    """What is locked for an ecosystem here."""
    if ecosystem not in plugins.ecosystems():
        return []
    found = env.find(Path.cwd())
    pins = found.lock.of_ecosystem(ecosystem)[1] if found else []
    return [Completion(pin.name, "package") for pin in pins]


def _modules(package: str) -> list[str]:
    """The modules that can be imported: at the top, or in a package that was imported."""
    import pkgutil

    if not package:
        return [*sys.builtin_module_names, *_top_modules(tuple(sys.path))]
    folders = getattr(sys.modules.get(package), "__path__", None)
    return [f"{package}.{m.name}" for m in pkgutil.iter_modules(folders)] if folders else []


@cache
def _top_modules(path: tuple[str, ...]) -> list[str]:
    import pkgutil

    return [module.name for module in pkgutil.iter_modules(list(path))]
