"""Lisp as Lua, for LuaJIT and Lua 5.4. It is text alone: expanding a program starts no runtime."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from polyhy.emit import Block, Code, EmitError, Target, Walker
from polyhy.emit.code import BREAK, RETURNS, block, wrapped
from polyhy.values import MAX_SAFE

from . import emit_functions as functions
from . import emit_statements as statements
from .emit_text import (
    AND,
    CALL,
    JOIN,
    OR,
    ORDER,
    PLAIN,
    POWER,
    PRODUCT,
    SUM,
    UNARY,
    access,
    field,
    is_name,
    quoted,
)
from .words import GLOBALS, KEYWORDS, RESERVED

_PRELUDE = (
    "kinds",
    "operators",
    "collections",
    "builtins",
    "objects",
    "format",
    "methods",
    "texts",
    "modules",
    "errors",
)


class Lua(Target):
    """Lua as LuaJIT and 5.4 both read it."""

    name = "lua"
    suffix = ".lua"
    CALL = CALL
    absent = Code("nil", fixed=True)
    trusts = True
    word = r"L\.\w+"
    defines = r"^(?:function )?(L\.\w+)(?=\(| = )"
    constructors: ClassVar = frozenset()
    globals: ClassVar = GLOBALS
    operators: ClassVar = {
        **{"+": ("+", SUM), "-": ("-", SUM), "*": ("*", PRODUCT), "/": ("/", PRODUCT)},
        **{"%": ("%", PRODUCT), "**": ("^", POWER)},
        **{"<": ("<", ORDER), "<=": ("<=", ORDER), ">": (">", ORDER), ">=": (">=", ORDER)},
        **{"=": ("==", ORDER), "!=": ("~=", ORDER)},
    }
    truths: ClassVar = {
        "number": lambda code: Code(f"{wrapped(code, ORDER + 1)} ~= 0", ORDER, "boolean"),
        "text": lambda code: Code(f'{wrapped(code, ORDER + 1)} ~= ""', ORDER, "boolean"),
        "list": lambda code: Code(f"{wrapped(code, CALL)}[1] ~= nil", ORDER, "boolean"),
        "function": lambda code: code,
    }

    def __init__(self) -> None:
        super().__init__(__package__, _PRELUDE)

    # --- names

    def local_name(self, name: str) -> str:
        return f"{name}_" if name in RESERVED or name in self.globals else name

    def member_name(self, name: str) -> str:
        from hy import mangle

        return mangle(name)

    def own_name(self, name: str) -> str:
        return name if name in self.globals else ""

    def prelude_name(self, name: str) -> str:
        return f"L.{name}"

    def plain_name(self, name: str) -> str:
        return name[2:]

    def temporary(self, number: int) -> str:
        return f"_{number}"

    # --- expressions

    def literal(self, value: Any) -> Code:
        if value is None:
            return Code("nil", PLAIN, fixed=True)
        if isinstance(value, bool):
            return Code("true" if value else "false", PLAIN, "boolean", True)
        if isinstance(value, str):
            return Code(quoted(value.encode()), PLAIN, "text", True)
        if isinstance(value, int) and abs(value) > MAX_SAFE:
            raise EmitError(None, f"{value} is more than a number of Lua holds exactly")
        if isinstance(value, float) and not math.isfinite(value):
            text = "(0 / 0)" if math.isnan(value) else "math.huge" if value > 0 else "(-math.huge)"
            return Code(text, type="number", fixed=True)
        text = repr(int(value) if value == int(value) and abs(value) < 1e15 else value)
        return Code(text, UNARY if text.startswith("-") else PLAIN, "number", True)

    def bytes(self, w: Walker, value: bytes) -> Code:
        return Code(quoted(value), PLAIN, "bytes", True)

    def list(self, w: Walker, items: Sequence[Code], spread: Sequence[bool]) -> Code:
        if any(spread):
            return Code(f"{{{self._spread(w, items, spread)}}}", PLAIN)
        texts = [item.text for item in items]
        if texts and items[-1].level == CALL:
            texts[-1] = f"({texts[-1]})"
        return Code(f"{{{', '.join(texts)}}}", PLAIN)

    def dict(self, w: Walker, pairs: Sequence[tuple[Code, Code]], *, textual: bool) -> Code:
        made = f"{{{', '.join(f'{_key(k)} = {v.text}' for k, v in pairs)}}}"
        return Code(f"{w.need('as_dict')}({made})", CALL)

    def options(self, w: Walker, pairs: Sequence[tuple[str, Code]], rest: Sequence[Code]) -> Code:
        made = f"{{{', '.join(f'{field(self.member_name(n))} = {v.text}' for n, v in pairs)}}}"
        return w.call("merged", Code(made), *rest) if rest else Code(made, PLAIN)

    def binary(self, operator: str, a: Code, b: Code) -> Code:
        sign, level = self.operators[operator]
        kind = "boolean" if level == ORDER else "number"
        left, right = (level + 1, level) if sign == "^" else (level, level + 1)
        if level == ORDER:
            left = ORDER + 1
        return Code(f"{wrapped(a, left)} {sign} {wrapped(b, right)}", level, kind)

    def negated(self, a: Code) -> Code:
        if a.text.startswith("not L.truthy(") and a.level == UNARY:
            return Code(a.text[4:], UNARY, "boolean")
        return Code(f"not {wrapped(a, UNARY)}", UNARY, "boolean")

    def joined(self, operator: str, tests: Sequence[Code]) -> Code:
        level = {"and": AND, "or": OR}[operator]
        return Code(f" {operator} ".join(wrapped(t, level + 1) for t in tests), level, "boolean")

    def choice(self, test: Code, then: Code, other: Code) -> Code | None:
        """`test and then or other`, where `then` is never nil or false."""
        if then.type not in ("number", "text", "list", "function"):
            return None
        text = f"{wrapped(test, AND)} and {wrapped(then, AND + 1)} or {wrapped(other, OR + 1)}"
        return Code(text, OR, then.type if then.type == other.type else "")

    def member(self, thing: Code, name: str) -> Code:
        return Code(f"{wrapped(thing, CALL)}{access(name)}", CALL)

    def called(
        self, w: Walker, function: Code, args: Sequence[Code], spread: Sequence[bool]
    ) -> Code:
        return Code(f"{wrapped(function, CALL)}({self._args(w, args, spread)})", CALL)

    def method(
        self, w: Walker, thing: Code, name: str, args: Sequence[Code], spread: Sequence[bool]
    ) -> Code:
        text = self._args(w, args, spread)
        if name in KEYWORDS:
            thing = w.keep(thing)
            return Code(
                f"{thing.text}{access(name)}({', '.join(filter(None, [thing.text, text]))})", CALL
            )
        return Code(f"{wrapped(thing, CALL)}:{name}({text})", CALL)

    def dotted_method(
        self, w: Walker, thing: Code, name: str, args: Sequence[Code], spread: Sequence[bool]
    ) -> Code:
        """`(math.floor x)` is a function of a module; of what is not known, `invoke` asks."""
        if thing.text.split(".")[0] in self.globals:
            return self.called(w, self.member(thing, name), args, spread)
        given = [thing, self.literal(name), *args]
        return self.called(w, Code(w.need("invoke")), given, [False, False, *spread])

    def supers(self, w: Walker, name: str, args: Sequence[Code], spread: Sequence[bool]) -> Code:
        scope = w.scope
        while scope is not None and not scope.super:
            scope = scope.parent
        if scope is None:
            raise EmitError(None, "super stands in a method of a class")
        given = [Code(scope.super), self.literal(self.member_name(name)), Code(scope.this), *args]
        return self.called(w, Code(w.need("super")), given, [False, False, False, *spread])

    def constructed(
        self, w: Walker, function: Code, args: Sequence[Code], spread: Sequence[bool]
    ) -> Code:
        return self.called(w, function, args, spread)

    def awaited(self, w: Walker, value: Code, form: Any) -> Code:
        return value

    def yielded(self, w: Walker, value: Code, *, everything: bool) -> Code:
        if everything:
            return w.call("yield_from", value)
        return Code(f"coroutine.yield({value.text})", CALL)

    def joined_text(self, parts: Sequence[Code]) -> Code:
        if len(parts) == 1:
            return parts[0]
        return Code(" .. ".join(wrapped(part, JOIN + 1) for part in parts), JOIN, "text")

    def _args(self, w: Walker, args: Sequence[Code], spread: Sequence[bool]) -> str:
        if any(spread):
            return self._spread(w, args, spread)
        return ", ".join(arg.text for arg in args)

    def _spread(self, w: Walker, codes: Sequence[Code], spread: Sequence[bool]) -> str:
        groups = [
            code.text if s else f"{{{code.text}}}" for code, s in zip(codes, spread, strict=True)
        ]
        return f"{w.need('spread')}({', '.join(groups)})"

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
        if ecosystem != "luarocks":
            raise EmitError(None, f"a module of Lua imports from luarocks, not from {ecosystem}")
        text = f"require({quoted(package.encode())})"
        return Code(f"{text}{access(self.member_name(member))}" if member else text, CALL)

    def as_piece(self, w: Walker, body: Block) -> tuple[str, bool]:
        given = [*w.free.values(), *w.imports.values()]
        if w.scope.hoisted:
            body.insert(0, self.declared(w.scope.hoisted))
        only = RETURNS.fullmatch(body[0]) if len(body) == 1 else None
        if only and not w.needs and not given:
            return only[1] + only[2], False
        return f"function({', '.join(['L', *given])}){block(body)}end", True

    def prelude_source(self) -> str:
        return f"(function() local L = {{}}\n{self.prelude}\nreturn L end)()"

    def as_module(self, w: Walker, body: Block, exports: Mapping[str, str], prelude: str) -> str:
        parts = [f"local L = {{}};{BREAK}" + prelude.replace("\n", BREAK)] if prelude else []
        if w.scope.hoisted:
            parts.append(self.declared(w.scope.hoisted))
        names = [f"{field(hy)} = {lua}" for lua, hy in exports.items()]
        ending = f"return {{ {', '.join(names)} }};" if names else ""
        return BREAK.join([*parts, *body, ending])


def _key(code: Code) -> str:
    inner = code.text[1:-1] if code.type == "text" and code.text.startswith('"') else ""
    return inner if is_name(inner) else f"[{code.text}]"
