"""Colons in names: `image:load` is read as `image.load`, in files that asked for it."""

from __future__ import annotations

import re
from typing import Any

from hy.reader.hy_reader import HyReader, as_identifier

MARK = "polyhy"
"""The reader macro that a reader has where colons are dots."""

# Two or more words with one colon between: not `1:3`, not `a:1`, not `a::b`, not `http://x`.
_WORD = r"(?![-+]?\d)[^\s:/.]+"
_WORDS = rf"{_WORD}(?:\.{_WORD})*"
_COLONS = re.compile(rf"{_WORDS}(?::{_WORDS})+")


def dotted(name: str) -> str:
    """Return the name that Hy reads for one with colons.

    >>> dotted("numpy:fft:fft2"), dotted("js:Math.max")
    ('numpy.fft.fft2', 'js.Math.max')
    >>> [name for name in ("1:3", "a:1", "a::b", "http://x", "a:", "-1:b") if dotted(name) != name]
    []
    """
    return name.replace(":", ".") if _COLONS.fullmatch(name) else name


def mark(reader: Any, key: str) -> None:
    """The reader macro `#polyhy`: it reads as nothing."""


def teach() -> None:
    """Teach Hy's reader the colon. A reader without polyhy's mark reads as before."""
    HyReader.read_default = _read_default


_hy_read_default = HyReader.read_default


def _read_default(self: Any, key: str) -> Any:
    if MARK in self.reader_macros:
        word = key + self.read_ident(just_peeking=True)
        name = dotted(word)
        if name != word:
            self.read_ident()
            return as_identifier(name, reader=self)
    return _hy_read_default(self, key)
