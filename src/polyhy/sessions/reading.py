"""Hy text as an editor sees it, finished or not: what is open at a place, and how far to indent."""

from __future__ import annotations

import re
from typing import NamedTuple

from polyhy import plugins

CLOSERS = {"(": ")", "[": "]", "{": "}"}


class Open(NamedTuple):
    """A bracket that is open: where it is, which, and the places of what follows it."""

    start: int
    bracket: str
    items: list[tuple[int, str]]

    @property
    def head(self) -> str:
        """The first word of the form: `import-from`."""
        return self.items[0][1] if self.items else ""


class Place(NamedTuple):
    """Where a cursor is: in which open forms, in which string or comment, and on which word."""

    forms: list[Open]
    inside: str
    """`string` or `comment`; empty in code."""
    start: int
    """Where the string's text, or the word, begins."""
    word: str
    """The string's text, or the word, up to the cursor."""


def place(text: str) -> Place:
    """Read `text`, which ends at the cursor."""
    forms: list[Open] = []
    for found in _TOKEN.finditer(text):
        kind, token, at = found.lastgroup or "", found[0], found.start()
        if kind == "open":
            _add(forms, at, token)
            forms.append(Open(at, token[-1], []))
        elif kind == "close":
            _close(forms, token)
        elif kind in ("comment", "string", "bracket") and found.end() == len(text):
            if not _ended(kind, token):
                opening = _OPENING[kind].match(token)
                start = at + (opening.end() if opening else 1)
                return Place(
                    forms, "comment" if kind == "comment" else "string", start, text[start:]
                )
            _add(forms, at, token)
        elif kind == "word" and found.end() == len(text):
            return Place(forms, "", at, token)
        elif kind not in ("comment", "space"):
            _add(forms, at, token)
    return Place(forms, "", len(text), "")


def indentation(text: str) -> int:
    """How many blanks begin the line that follows `text`."""
    forms = place(text + "\n").forms
    if not forms:
        return 0
    form = forms[-1]
    column = _column(text, form.start) + len(form.bracket)
    if form.bracket != "(" or not form.items:
        return column
    if _has_body(form.head):
        return column + 1
    beside = [at for at, _ in form.items[1:2] if "\n" not in text[form.start : at]]
    return _column(text, beside[0]) if beside else column + 1


def word_at(text: str, cursor: int) -> str:
    """The word that the cursor is in or behind; else the head of the form that it is in."""
    for found in _WORD.finditer(text):
        if found.start() <= cursor <= found.end():
            return found[0]
    forms = place(text[:cursor] + " ").forms
    return forms[-1].head if forms else ""


def closers(text: str) -> str:
    """The brackets that close what `text` leaves open: `)])`."""
    return "".join(CLOSERS[form.bracket] for form in reversed(place(text).forms))


BODIES = frozenset(
    [
        "do",
        "fn",
        "if",
        "when",
        "unless",
        "cond",
        "for",
        "while",
        "try",
        "except",
        "except*",
        "else",
        "finally",
        "let",
        "with",
        "match",
        "case",
        "import",
        "import-from",
        "require",
        "global",
        "nonlocal",
        "eval-and-compile",
        "eval-when-compile",
        "do-mac",
        "loop",
        "doto",
        "->",
        "->>",
        "as->",
        "module",
        "pragma",
        "async-with",
        "async-for",
        "fn/a",
    ]
)
"""The forms whose further lines are a body, two blanks in."""

_TOKEN = re.compile(
    r"""(?P<comment>;[^\n]*)
    | (?P<bracket>\#\[(?P<tag>[^\[\]\s]*)\[(?:.*?(?:\](?P=tag)\]|\Z)))
    | (?P<string>[a-zA-Z]{0,2}"(?:[^"\\]|\\.)*(?:"|\\?\Z))
    | (?P<open>[\#~'`@^*]*[(\[{])
    | (?P<close>[)\]}])
    | (?P<space>\s+)
    | (?P<word>[^\s()\[\]{}"';`~]+)
    | (?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)
_WORD = re.compile(r"[^\s()\[\]{}\"';`~]+")
_OPENING = {
    "string": re.compile(r'[a-zA-Z]{0,2}"'),
    "bracket": re.compile(r"#\[[^\[\]\s]*\["),
    "comment": re.compile(";+"),
}


def _has_body(head: str) -> bool:
    """True for `defn`, `js`, and `js:defn`."""
    last = re.split("[:.]", head)[-1]
    is_body = last in BODIES or last.startswith(("def", "with-", "let-"))
    return is_body or head in plugins.languages()


def _ended(kind: str, token: str) -> bool:
    """True where a string is closed, so that the cursor is behind it."""
    if kind == "comment":
        return False
    if kind == "string":
        return re.fullmatch(r'[a-zA-Z]{0,2}"(?:[^"\\]|\\.)*"', token, re.DOTALL) is not None
    tag = token[2 : token.index("[", 2)]
    return token.endswith(f"]{tag}]") and len(token) >= 2 * len(tag) + 6


def _add(forms: list[Open], at: int, token: str) -> None:
    if forms:
        forms[-1].items.append((at, token))


def _close(forms: list[Open], token: str) -> None:
    if forms and CLOSERS[forms[-1].bracket] == token:
        forms.pop()


def _column(text: str, at: int) -> int:
    return at - (text.rfind("\n", 0, at) + 1)
