"""Lisp as JavaScript. It is text alone: expanding a program starts no engine."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from polyhy.emit import Block, Code, EmitError, Target, Walker
from polyhy.emit.code import BREAK, RETURNS, wrapped
from polyhy.values import MAX_SAFE

from . import emit_functions as functions
from . import emit_statements as statements
from .emit_text import AND, ARROW, CALL, CHOICE, EQUAL, OR, ORDER, PRODUCT, SUM, UNARY, braces
from .words import CONSTRUCTORS, GLOBALS, RESERVED

_PRELUDE = (
    "operators",
    "collections",
    "builtins",
    "objects",
    "format",
    "methods",
    "modules",
    "errors",
)


class Js(Target):
    """JavaScript of 2022, for the engine here and for node."""

    name = "js"
    suffix = ".js"
    CALL = CALL
    absent = Code("undefined", fixed=True)
    names_functions = True
    word = r"\$\w+"
    defines = r"^(?:async )?(?:function\*?|class|const) (\$\w+)"
    operators: ClassVar = {
        **{"+": ("+", SUM), "-": ("-", SUM), "*": ("*", PRODUCT), "/": ("/", PRODUCT)},
        **{"<": ("<", ORDER), "<=": ("<=", ORDER), ">": (">", ORDER), ">=": (">=", ORDER)},
        **{"=": ("===", EQUAL), "!=": ("!==", EQUAL)},
    }
    truths: ClassVar = {
        "number": lambda code: code,
        "text": lambda code: code,
        "list": lambda code: Code(f"{wrapped(code, CALL)}.length > 0", ORDER, "boolean"),
        "function": lambda code: code,
    }

    def __init__(self) -> None:
        super().__init__(__package__, _PRELUDE)

    constructors: ClassVar = CONSTRUCTORS
    globals: ClassVar = CONSTRUCTORS | GLOBALS

    # --- names

    def local_name(self, name: str) -> str:
        return f"{name}_" if name in RESERVED else name

    def member_name(self, name: str) -> str:
        """Kebab-case is camelCase, as for Proxies; anything else is as it is written."""
        from hy import mangle

        if re.fullmatch(r"[A-Za-z_$][\w$]*(?:-[A-Za-z0-9_]+)+", name):
            return re.sub(r"-+(\w)", lambda m: m[1].upper(), name)
        return name if re.fullmatch(r"[A-Za-z_$][\w$]*", name) else mangle(name)

    def own_name(self, name: str) -> str:
        for spelling in (name, self.member_name(name)):
            if spelling in self.globals:
                return spelling
        return ""

    def prelude_name(self, name: str) -> str:
        return f"${name}"

    def plain_name(self, name: str) -> str:
        return name[1:]

    def temporary(self, number: int) -> str:
        return f"${number}"

    # --- expressions

    def literal(self, value: Any) -> Code:
        if value is None:
            return Code("null", fixed=True)
        if isinstance(value, bool):
            return Code("true" if value else "false", type="boolean", fixed=True)
        if isinstance(value, str):
            return Code(json.dumps(value, ensure_ascii=False), type="text", fixed=True)
        if isinstance(value, int) and abs(value) > MAX_SAFE:
            return Code(f"{value}n", fixed=True)
        if isinstance(value, float) and not math.isfinite(value):
            name = "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
            return Code(name, UNARY, "number", True)
        text = repr(int(value) if value == int(value) and abs(value) < 1e16 else value)
        return Code("-0" if str(value) == "-0.0" else text, _level(text), "number", True)

    def bytes(self, w: Walker, value: bytes) -> Code:
        return Code(f"Uint8Array.of({', '.join(map(str, value))})", CALL)

    def list(self, w: Walker, items: Sequence[Code], spread: Sequence[bool]) -> Code:
        return Code(f"[{_args(items, spread)}]")

    def dict(self, w: Walker, pairs: Sequence[tuple[Code, Code]], *, textual: bool) -> Code:
        if textual:
            return Code(f"({{{', '.join(f'{_key(k)}: {wrapped(v, ARROW)}' for k, v in pairs)}}})")
        made = ", ".join(f"[{wrapped(k, ARROW)}, {wrapped(v, ARROW)}]" for k, v in pairs)
        return Code(f"{w.need('map_of')}({made})", CALL)

    def options(self, w: Walker, pairs: Sequence[tuple[str, Code]], rest: Sequence[Code]) -> Code:
        parts = [f"{self.member_name(name)}: {wrapped(v, ARROW)}" for name, v in pairs]
        parts += [f"...{wrapped(each, ARROW)}" for each in rest]
        return Code(f"{{{', '.join(parts)}}}")

    def binary(self, operator: str, a: Code, b: Code) -> Code:
        sign, level = self.operators[operator]
        kind = "boolean" if level in (ORDER, EQUAL) else "number"
        return Code(f"{wrapped(a, level)} {sign} {wrapped(b, level + 1)}", level, kind)

    def negated(self, a: Code) -> Code:
        if a.text.startswith("!$truthy(") and a.level == UNARY:
            return Code(a.text[1:], UNARY, "boolean")
        return Code(f"!{wrapped(a, UNARY)}", UNARY, "boolean")

    def joined(self, operator: str, tests: Sequence[Code]) -> Code:
        sign, level = {"and": ("&&", AND), "or": ("||", OR)}[operator]
        return Code(f" {sign} ".join(wrapped(test, level + 1) for test in tests), level, "boolean")

    def choice(self, test: Code, then: Code, other: Code) -> Code | None:
        kind = then.type if then.type == other.type else ""
        text = f"{wrapped(test, OR)} ? {wrapped(then, CHOICE)} : {wrapped(other, CHOICE)}"
        return Code(text, CHOICE, kind)

    def member(self, thing: Code, name: str) -> Code:
        return Code(f"{wrapped(thing, CALL)}.{name}", CALL)

    def called(
        self, w: Walker, function: Code, args: Sequence[Code], spread: Sequence[bool]
    ) -> Code:
        return Code(f"{wrapped(function, CALL)}({_args(args, spread)})", CALL)

    def method(
        self, w: Walker, thing: Code, name: str, args: Sequence[Code], spread: Sequence[bool]
    ) -> Code:
        return self.called(w, self.member(thing, name), args, spread)

    def supers(self, w: Walker, name: str, args: Sequence[Code], spread: Sequence[bool]) -> Code:
        maybe = "?." if name == "__init__" else ""
        return Code(f"super.{self.member_name(name)}{maybe}({_args(args, spread)})", CALL)

    def constructed(
        self, w: Walker, function: Code, args: Sequence[Code], spread: Sequence[bool]
    ) -> Code:
        known = function.text in self.constructors or function.text in w.classes
        if known or (function.text[:1] == "$" and function.text[1:2].isupper()):
            return Code(f"new {wrapped(function, CALL)}({_args(args, spread)})", CALL)
        if function.text in self.globals:
            return self.called(w, function, args, spread)
        return self.called(w, Code(w.need("construct")), [function, *args], [False, *spread])

    def awaited(self, w: Walker, value: Code, form: Any) -> Code:
        return Code(f"await {wrapped(value, UNARY)}", UNARY)

    def yielded(self, w: Walker, value: Code, *, everything: bool) -> Code:
        given = w.call("iter", value) if everything else value
        return Code(f"yield{'*' if everything else ''} {wrapped(given, ARROW)}", ARROW)

    def joined_text(self, parts: Sequence[Code]) -> Code:
        if len(parts) == 1:
            return parts[0]
        level = SUM
        text = " + ".join(wrapped(part, level + (i > 0)) for i, part in enumerate(parts))
        return Code(text, level, "text")

    # --- functions and statements

    function = functions.function
    closed = functions.closed
    classed = functions.classed
    evaluated = statements.evaluated
    returned = statements.returned
    declared = statements.declared
    branches = statements.branches
    while_loop = statements.while_loop
    counting_loop = statements.counting_loop
    each_loop = statements.each_loop
    left = statements.left
    raised = statements.raised
    attempt = statements.attempt
    unpacked = statements.unpacked

    # --- pieces

    def imported(self, w: Walker, ecosystem: str, package: str, member: str) -> Code:
        if ecosystem != "npm":
            raise EmitError(None, f"a module of JavaScript imports from npm, not from {ecosystem}")
        text = f"require({json.dumps(package)})"
        return Code(f"{text}.{self.member_name(member)}" if member else text, CALL)

    def as_piece(self, w: Walker, body: Block) -> tuple[str, bool]:
        given = [*w.free.values(), *w.imports.values()]
        if w.scope.hoisted:
            body.insert(0, self.declared(w.scope.hoisted))
        before = "async " if w.scope.is_async else ""
        only = RETURNS.fullmatch(body[0]) if len(body) == 1 else None
        if only and not w.needs and not given and not before:
            return f"{only[1]}({only[2]})", False
        names = ", ".join(f"{name}: ${name}" for name in w.needs)
        if names:
            body.insert(0, f"const {{ {names} }} = $;")
        return f"{before}({', '.join(['$', *given])}) => {braces(body)}", True

    def map_comment(self, name: str) -> str:
        return f"//# sourceMappingURL={name}\n"

    def prelude_source(self) -> str:
        made = ", ".join(f"{n}: {self.prelude_name(n)}" for n in sorted(self.prelude_names))
        return f"(() => {{{self.prelude}\nreturn {{ {made} }};\n}})()"

    def as_module(self, w: Walker, body: Block, exports: Mapping[str, str], prelude: str) -> str:
        parts = ['"use strict";', *([prelude.replace("\n", BREAK)] if prelude else [])]
        if w.scope.hoisted:
            parts.append(self.declared(w.scope.hoisted))
        names = [
            f"{_exported(hy)}: {js}" if _exported(hy) != js else js for js, hy in exports.items()
        ]
        text = BREAK.join([*parts, *body])
        made = f"module.exports = {{ {', '.join(names)} }};"
        if w.scope.is_async:
            whole = f"(async () => {braces(body)})().then(() => {{ {made} }});"
            return BREAK.join([*parts, whole])
        return f"{text}{BREAK}{made}" if names else text


def _level(text: str) -> int:
    return UNARY if text.startswith("-") else (CALL - 1 if text.isdigit() else 99)


def _args(codes: Sequence[Code], spread: Sequence[bool]) -> str:
    return ", ".join(
        ("..." if s else "") + wrapped(code, ARROW) for code, s in zip(codes, spread, strict=True)
    )


def _key(code: Code) -> str:
    name = json.loads(code.text) if code.text.startswith('"') else ""
    plain = re.fullmatch(r"[A-Za-z_]\w*", name) and name != "__proto__"
    return name if plain else f"[{code.text}]"


def _exported(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])_([a-z])", lambda m: m[1].upper(), name)
