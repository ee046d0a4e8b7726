"""The language reference, from docstrings: `python -m polyhy.macros.reference > REFERENCE.md`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

HEAD = """# Reference

What `(require polyhy * :readers *)` gives; `polyhy run`, the prompt and notebooks give it by
themselves. This page is made from the docstrings of `macros/`, and its examples are run by the
tests; `;=>` says what a form returns. The words of JavaScript are there for every language: `lua`,
`lua:defn`, `lua->`.
"""

TOPICS = {
    "imports": "Packages",
    "names": "Names and members",
    "forms": "Core forms, extended",
    "languages": "Other languages by name",
    "targets": "Lisp in other languages",
    "values": "Values and evaluation",
    "runtimes": "Runtimes",
    "meta": "Compile time",
    "messages": "Messages",
    "module": "Modules",
}
SHOWN = "js"
"""The language whose words stand for those of all."""


class Entry(NamedTuple):
    """A macro: its name as a program writes it, its topic, and what it says of itself."""

    name: str
    topic: str
    text: str


def entries() -> list[Entry]:
    """All macros of the dialect, and the core forms that it extends, in the order of the page."""
    import builtins

    import hy

    from polyhy import macros

    found: dict[str, Any] = {hy.unmangle(name): m for name, m in macros._hy_macros.items()}
    core: dict[str, Any] = getattr(builtins, "_hy_macros")  # noqa: B009
    for name, macro in core.items():
        if hasattr(macro, "of_hy") and macro.__doc__:
            found[hy.unmangle(name)] = macro
    return sorted(_entries(found), key=lambda e: (list(TOPICS).index(e.topic), e.name))


def _entries(found: dict[str, Any]) -> Iterator[Entry]:
    for name, macro in found.items():
        topic = getattr(macro, "topic", macro.__module__.rpartition(".")[2])
        if topic in TOPICS and macro.__doc__ and not name.endswith("-spoken"):
            parts = re.fullmatch(r"(\w+?)(?:(\.|->)(.*))?", name)
            language, mark, word = parts.groups() if parts else ("", "", "")
            if language in _languages() - {SHOWN} and name not in _ALONE:
                continue
            spelled = f"{language}:{word}" if mark == "." else name
            yield Entry(spelled, topic, _clean(macro.__doc__))


def _clean(doc: str) -> str:
    """The docstring without its indent; a program keeps its own, whatever stands before it."""
    text = inspect.cleandoc(doc)
    head, mark, rest = text.partition("::\n")
    if mark and not rest.strip("\n").startswith("    "):
        rest = "".join(f"    {line}" if line.strip() else line for line in rest.splitlines(True))
    return head + mark + rest


_ALONE = ("py", "py.import")


def _languages() -> set[str]:
    from polyhy import plugins

    return {*plugins.languages(), *plugins.emitters(), "py"}


def examples(text: str) -> list[str]:
    """The programs in a docstring: what is indented after a line that ends with `::`."""
    return [part for is_program, part in _parts(text) if is_program]


def _parts(text: str) -> Iterator[tuple[bool, str]]:
    """The paragraphs and the programs of a docstring, in order."""
    lines: list[str] = []
    within = False
    for line in [*text.splitlines(), "."]:
        starts = line.endswith("::")
        if within and line and not line.startswith("    "):
            yield True, inspect.cleandoc("\n".join(lines)) + "\n"
            within, lines = False, []
        if starts:
            said = line.removesuffix("::").rstrip()
            yield False, "\n".join([*lines, said if said.endswith(".") else f"{said}:"]).strip()
            within, lines = True, []
        else:
            lines.append(line)
    rest = "\n".join(lines[:-1]).strip()
    if rest:
        yield False, rest


def page() -> str:
    """The whole reference, in Markdown."""
    parts, topic = [HEAD], ""
    for entry in entries():
        if entry.topic != topic:
            topic = entry.topic
            parts.append(f"## {TOPICS[topic]}\n")
        parts.append(f"### `{entry.name}`\n")
        parts.append(_markdown(entry.text))
    return "\n".join(parts)


def _markdown(text: str) -> str:
    parts = [_fenced(part) if is_program else part for is_program, part in _parts(text)]
    return "\n\n".join(parts) + "\n"


def _fenced(program: str) -> str:
    """A program as a block that the tests run; one that declares packages is only shown."""
    if program.startswith("(module "):
        return "".join(f"    {line}" for line in program.splitlines(True)).rstrip()
    return f"```hy\n(require polyhy * :readers *)\n{program}```"


if __name__ == "__main__":
    print(page(), end="")
