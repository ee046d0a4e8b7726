"""Names of Rust as Python can write them, and back."""

from __future__ import annotations

import keyword
import re
from collections.abc import Sequence

RUST_WORDS = {
    *("as", "break", "const", "continue", "dyn", "else", "enum", "extern", "false", "fn", "for"),
    *("if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return"),
    *("static", "struct", "trait", "true", "type", "unsafe", "use", "where", "while", "async"),
    *("await", "abstract", "become", "box", "do", "final", "macro", "override", "priv", "typeof"),
    *("unsized", "virtual", "yield", "try", "gen"),
}


def python_name(name: str) -> str:
    """A name that Python code can write: `from_`."""
    return f"{name}_" if keyword.iskeyword(name) else name


def rust_name(name: str) -> str:
    return f"r#{name}" if name in RUST_WORDS else name


def parameters(names: Sequence[str]) -> list[str]:
    """The names of a function's parameters; `arg0` where Python can't write one."""
    found: list[str] = []
    for at, name in enumerate(names):
        plain = name.removeprefix("r#").lstrip("_")
        usable = re.fullmatch(r"[a-z]\w*", plain) and plain not in found and plain != "self"
        found.append(python_name(plain) if usable else f"arg{at}")
    return found
