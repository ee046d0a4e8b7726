"""Lisp written as source of another language: a piece of a program, or a module of its own.

EXPRESSIONS, STATEMENTS    the forms, a topic a file: forms, calls, loops, attempts, patterns
Walker                     goes through a form, and knows scopes, types and the order of things
Target                     how one language says it: `emit.py` in the language's room
Language                   what both are for; a language whose Lisp is another has one of its own
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from polyhy.emit.code import Code, EmitError, in_place, pretty
from polyhy.emit.expand import Macro, expanded
from polyhy.emit.language import Around, Language, Module, Piece
from polyhy.emit.target import Function, Parameter, Target
from polyhy.emit.walked import prelude, shaken
from polyhy.emit.walker import Block, Walker

__all__ = [
    "Around",
    "Block",
    "Code",
    "EmitError",
    "Function",
    "Language",
    "Macro",
    "Module",
    "Parameter",
    "Piece",
    "Target",
    "Walker",
    "in_place",
    "module",
    "piece",
    "prelude",
    "pretty",
    "shaken",
]


def piece(
    language: Language,
    forms: Sequence[Any],
    around: Around,
    macro: Macro,
    names: Sequence[str] = (),
) -> Piece:
    """Expand the macros in forms, and say these as one expression of the language."""
    return language.piece([expanded(form, macro) for form in forms], around, names)


def module(language: Language, forms: Sequence[Any], around: Around, macro: Macro) -> Module:
    """Expand the macros in the forms of a file, and say it as a file of the language."""
    return language.module([expanded(form, macro) for form in forms], around)
