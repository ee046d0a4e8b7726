"""Hy and its dialect for Pygments: the prompt, notebooks and documents are coloured by it."""

from __future__ import annotations

from typing import ClassVar

from pygments.lexer import RegexLexer, bygroups, words
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Text,
)

CORE = [
    "and",
    "annotate",
    "as->",
    "assert",
    "async",
    "await",
    "break",
    "case",
    "cfor",
    "chainc",
    "cond",
    "continue",
    "cut",
    "defclass",
    "defmacro",
    "defmain",
    "defn",
    "defreader",
    "del",
    "deftype",
    "dfor",
    "do",
    "do-mac",
    "doto",
    "eval-and-compile",
    "eval-when-compile",
    "except",
    "except*",
    "finally",
    "fn",
    "for",
    "get",
    "gfor",
    "global",
    "if",
    "import",
    "in",
    "is",
    "is-not",
    "let",
    "lfor",
    "lif",
    "local-macros",
    "match",
    "meth",
    "nonlocal",
    "not",
    "not-in",
    "or",
    "pragma",
    "py",
    "pys",
    "quasiquote",
    "quote",
    "raise",
    "require",
    "return",
    "setv",
    "setx",
    "sfor",
    "try",
    "unless",
    "unpack-iterable",
    "unpack-mapping",
    "unquote",
    "unquote-splice",
    "when",
    "while",
    "with",
    "yield",
    "->",
    "->>",
    "else",
]

DIALECT = [
    "import-from",
    "eval-in",
    "by-ref",
    "data",
    "export",
    "module",
    "start-runtime",
    "stop-runtime",
    "runtimes",
]

_WORD = r"[^\s()\[\]{}\"';`~]"
_END = rf"(?!{_WORD})"


class PolyhyLexer(RegexLexer):
    """Hy 1.x with polyhy's words, bracket strings, reader macros and keywords."""

    name = "polyhy"
    url = "https://hylang.org"
    aliases: ClassVar = ["polyhy"]
    filenames: ClassVar = ["*.hy"]
    mimetypes: ClassVar = ["text/x-hylang", "text/x-hy"]
    priority = 0.05  # over Pygments' own lexer for these files

    tokens: ClassVar = {
        "root": [
            (r"\s+", Text.Whitespace),
            (r";.*$", Comment.Single),
            (r"#!.*$", Comment.Hashbang),
            (r"#_", Comment.Preproc),
            (r"(#\[)([^\[\]\s]*)(\[)((?:.|\n)*?)(\]\2\])", String.Heredoc),
            (r'[bfr]{0,2}"(?:\\(?:.|\n)|[^"\\])*"', String),
            (r"[#]\*\*?|~@|[`'~]", Operator),
            (r"#[(\[{]", Punctuation),
            (rf"#{_WORD}+", Name.Decorator),
            (rf":{_WORD}*", String.Symbol),
            (rf"[+-]?\d[\d_,]*(?:\.[\d_]*)?(?:[eE][+-]?\d+)?[jJ]?{_END}", Number),
            (rf"0[xXoObB][\da-fA-F_]+{_END}", Number.Hex),
            (rf"(?:True|False|None|Inf|NaN|-Inf){_END}", Keyword.Constant),
            (r"[()\[\]{}]", Punctuation),
            (rf"(?<=\()((?:\w+[:.])?(?:defn|defmacro|defclass|defreader))(\s+)({_WORD}+)",
             bygroups(Keyword.Declaration, Text.Whitespace, Name.Function)),
            (words(tuple(CORE), prefix=r"(?<=\()", suffix=_END), Keyword),
            (words(tuple(DIALECT), prefix=r"(?<=\()", suffix=_END), Keyword.Namespace),
            (rf"(?<=\(){_WORD}+", Name.Function),
            (rf"{_WORD}+", Name.Variable),
            (r".", Text),
        ]
    }  # fmt: skip
