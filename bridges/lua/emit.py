"""Lisp as Lua, for LuaJIT and Lua 5.4. It is text alone: expanding a program starts no runtime."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from typing import Any, ClassVar

from polyhy.emit import Block, Code, EmitError, Function, Target, Walker
from polyhy.emit.code import BREAK, block
from polyhy.values import MAX_SAFE

from .words import BUILTINS, GLOBALS, KEYWORDS, RESERVED

# How tightly operators bind. What is not a name or a call stands in parentheses before `.` and `(`.
OR, AND, ORDER, JOIN, SUM, PRODUCT, UNARY, POWER, PLAIN, CALL = 1, 2, 3, 5, 6, 7, 8, 9, 17, 18

_PRELUDE = (
    "kinds",
    "operators",
    "collections",
    "builtins",
    "format",
    "methods",
    "modules",
    "errors",
)


class Lua(Target):
    """Lua as LuaJIT and 5.4 both read it."""

    name = "lua"
    suffix = ".lua"
    CALL = CALL
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
        "number": lambda code: Code(f"{_wrap(code, ORDER + 1)} ~= 0", ORDER, "boolean"),
        "text": lambda code: Code(f'{_wrap(code, ORDER + 1)} ~= ""', ORDER, "boolean"),
        "list": lambda code: Code(f"{_wrap(code, CALL)}[1] ~= nil", ORDER, "boolean"),
        "function": lambda code: code,
    }

    def __init__(self) -> None:
        folder = files(__package__ or "").joinpath("lisp")
        self.prelude = "\n".join(folder.joinpath(f"{n}.lua").read_text("utf-8") for n in _PRELUDE)
        names = frozenset(n[2:] for n in re.findall(self.defines, self.prelude, re.MULTILINE))
        self.methods = frozenset(name[2:] for name in names if name.startswith("m_"))
        self.builtins = names & BUILTINS

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
            return Code("nil", fixed=True)
        if isinstance(value, bool):
            return Code("true" if value else "false", type="boolean", fixed=True)
        if isinstance(value, str):
            return Code(_quoted(value.encode()), PLAIN, "text", True)
        if isinstance(value, int) and abs(value) > MAX_SAFE:
            raise EmitError(None, f"{value} is more than a number of Lua holds exactly")
        if isinstance(value, float) and not math.isfinite(value):
            text = "(0 / 0)" if math.isnan(value) else "math.huge" if value > 0 else "(-math.huge)"
            return Code(text, type="number", fixed=True)
        text = repr(int(value) if value == int(value) and abs(value) < 1e15 else value)
        return Code(text, UNARY if text.startswith("-") else PLAIN, "number", True)

    def bytes(self, w: Walker, value: bytes) -> Code:
        return Code(_quoted(value), PLAIN, "bytes", True)

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
        made = f"{{{', '.join(f'{_field(self.member_name(n))} = {v.text}' for n, v in pairs)}}}"
        return w.call("merged", Code(made), *rest) if rest else Code(made, PLAIN)

    def binary(self, operator: str, a: Code, b: Code) -> Code:
        sign, level = self.operators[operator]
        kind = "boolean" if level == ORDER else "number"
        left, right = (level + 1, level) if sign == "^" else (level, level + 1)
        if level == ORDER:
            left = ORDER + 1
        return Code(f"{_wrap(a, left)} {sign} {_wrap(b, right)}", level, kind)

    def negated(self, a: Code) -> Code:
        if a.text.startswith("not L.truthy(") and a.level == UNARY:
            return Code(a.text[4:], UNARY, "boolean")
        return Code(f"not {_wrap(a, UNARY)}", UNARY, "boolean")

    def joined(self, operator: str, tests: Sequence[Code]) -> Code:
        level = {"and": AND, "or": OR}[operator]
        return Code(f" {operator} ".join(_wrap(t, level + 1) for t in tests), level, "boolean")

    def choice(self, test: Code, then: Code, other: Code) -> Code | None:
        """`test and then or other`, where `then` is never nil or false."""
        if then.type not in ("number", "text", "list", "function"):
            return None
        text = f"{_wrap(test, AND)} and {_wrap(then, AND + 1)} or {_wrap(other, OR + 1)}"
        return Code(text, OR, then.type if then.type == other.type else "")

    def member(self, thing: Code, name: str) -> Code:
        return Code(f"{_wrap(thing, CALL)}{_access(name)}", CALL)

    def called(
        self, w: Walker, function: Code, args: Sequence[Code], spread: Sequence[bool]
    ) -> Code:
        return Code(f"{_wrap(function, CALL)}({self._args(w, args, spread)})", CALL)

    def method(
        self, w: Walker, thing: Code, name: str, args: Sequence[Code], spread: Sequence[bool]
    ) -> Code:
        text = self._args(w, args, spread)
        if name in KEYWORDS:
            thing = w.keep(thing)
            return Code(
                f"{thing.text}{_access(name)}({', '.join(filter(None, [thing.text, text]))})", CALL
            )
        return Code(f"{_wrap(thing, CALL)}:{name}({text})", CALL)

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
        return Code(" .. ".join(_wrap(part, JOIN + 1) for part in parts), JOIN, "text")

    def _args(self, w: Walker, args: Sequence[Code], spread: Sequence[bool]) -> str:
        if any(spread):
            return self._spread(w, args, spread)
        return ", ".join(arg.text for arg in args)

    def _spread(self, w: Walker, codes: Sequence[Code], spread: Sequence[bool]) -> str:
        groups = [
            code.text if s else f"{{{code.text}}}" for code, s in zip(codes, spread, strict=True)
        ]
        return f"{w.need('spread')}({', '.join(groups)})"

    # --- functions

    def function(self, w: Walker, function: Function) -> Code:
        head, prologue = self._parameters(w, function)
        body = Block()
        if function.hoisted:
            body.append(self.declared(function.hoisted))
        body += function.body
        if function.is_generator:
            made = f"return {w.need('generator')}(function(){block(body)}end);"
            body = Block([made])
        whole = Block([*prologue, *body])
        return Code(f"function({head}){block(whole) if whole else ' '}end", PLAIN)

    def closed(self, w: Walker, function: Code, values: Sequence[tuple[Any, Code]]) -> Code:
        names, given = ", ".join(n for n, _ in values), ", ".join(c.text for _, c in values)
        return Code(f"(function({names}) return {function.text} end)({given})", CALL)

    def _parameters(self, w: Walker, function: Function) -> tuple[str, list[str]]:
        """The text of the parameters, and the statements that complete them."""
        given = list(function.parameters)
        names = [p.name for p in given if p.kind == "plain"]
        said = [
            f"if {p.name} == nil then {p.name} = {p.default} end;"
            for p in given
            if p.kind == "plain" and p.default is not None
        ]
        rest = [p for p in given if p.kind == "rest"]
        named = [p for p in given if p.kind == "keyword"]
        others = [p for p in given if p.kind == "options"]
        if rest:
            names.append("...")
            said.append(f"local {rest[0].name} = {{...}};")
        if named or others:
            options = "_options"
            if rest:
                said.append(f"local {options} = {w.need('options_in')}({rest[0].name});")
            else:
                names.append(options)
                said.append(f"{options} = {options} or {{}};")
            for p in named:
                said.append(f"local {p.name} = {options}{_access(self.member_name(p.called))};")
                if p.default is not None:
                    said.append(f"if {p.name} == nil then {p.name} = {p.default} end;")
            keys = ", ".join(_quoted(p.called.encode()) for p in named)
            for p in others:
                said.append(f"local {p.name} = {w.need('without')}({options}, {{{keys}}});")
        return ", ".join(names), said

    def classed(
        self, w: Walker, name: str, bases: Sequence[Code], members: Sequence[Any], form: Any
    ) -> str:
        w.classes.add(name)
        above = f", {bases[0].text}" if bases else ""
        parts = [f"{name} = {w.need('class')}({_quoted(name.encode())}{above});"]
        for member in members:
            if member.kind == "property":
                raise EmitError(form, "lua has no properties: write a method")
            text = member.code.text
            if member.kind == "class":
                text = f"(function(f) return function(...) return f({name}, ...) end end)({text})"
            parts.append(f"{name}{_access(member.name)} = {text};")
        return BREAK.join(parts)

    # --- statements

    def assigned(self, place: str, value: Code) -> str:
        return f"{place} = {value.text};"

    def evaluated(self, code: Code) -> str:
        text = re.sub(r"^\x01\d+\x02", "", code.text)
        is_call = code.level == CALL and text.endswith(")") and not text.startswith("(")
        return f"{code.text};" if is_call else f"local _ = {code.text};"

    def returned(self, w: Walker, code: Code) -> str:
        guards = w.scope.function.guards
        if guards:
            guards[-1].add("return")
            return f'return "return", {code.text};'
        return f"return {code.text};"

    def declared(self, names: Sequence[str]) -> str:
        return f"local {', '.join(dict.fromkeys(names))};"

    def branches(self, test: Code, then: Block, other: Block | None) -> str:
        if not then and other:
            return f"if {self.negated(test).text} then{block(other)}end;"
        rest = f"else{block(other)}" if other else ""
        return f"if {test.text} then{block(then)}{rest}end;"

    def while_loop(self, w: Walker, test: Code | None, body: Block, loop: Any) -> str:
        return f"while {test.text if test else 'true'} do{self._body(body, loop)}end;"

    def counting_loop(
        self, w: Walker, variable: str, bounds: Sequence[Code], body: Block, loop: Any
    ) -> str:
        start, stop = (self.literal(0), bounds[0]) if len(bounds) == 1 else (bounds[0], bounds[1])
        step = bounds[2].text if len(bounds) == 3 else "1"
        if not re.fullmatch(r"-?\d+", step) or step == "0":
            things = w.call("range", start, stop, Code(step))
            return self.each_loop(w, variable, things, body, loop, awaits=False)
        last = f"{_wrap(stop, SUM)} {'+' if step.startswith('-') else '-'} 1"
        by = "" if step == "1" else f", {step}"
        return f"for {variable} = {start.text}, {last}{by} do{self._body(body, loop)}end;"

    def each_loop(
        self, w: Walker, variable: str, things: Code, body: Block, loop: Any, *, awaits: bool
    ) -> str:
        each = w.call("iter", things)
        return f"for {variable} in {each.text} do{self._body(body, loop)}end;"

    def _body(self, body: Block, loop: Any) -> str:
        if loop is not None and loop.continues:
            inner = f"do{block(body)}end;" if body.ended else ""
            parts = Block([inner] if inner else body)
            return block(Block([*parts, f"::continue_{loop.label}::"]))
        return block(body)

    def left(self, w: Walker, how: str) -> str:
        if how == "stop":
            return "break;"
        loop, guards = w.loops[-1], w.scope.function.guards
        if len(guards) > loop.depth:
            guards[-1].add(how)
            return f'return "{how}";'
        return "break;" if how == "break" else f"goto continue_{loop.label};"

    def raised(self, w: Walker, error: Code | None, cause: Code | None) -> str:
        if error is None:
            return "error();"
        if error.fixed and not cause:
            return f"error({error.text}, 0);"
        given = [error, *([cause] if cause else [])]
        return f"{w.call('raise', *given).text};"

    def attempt(
        self,
        w: Walker,
        body: Callable[[], None],
        caught: Callable[[Code], None] | None,
        finally_: Callable[[], None] | None,
    ) -> None:
        if finally_ and caught:
            inner = body
            self.attempt(w, lambda: self.attempt(w, inner, caught, None), None, finally_)
            return
        guards = w.scope.function.guards
        guards.append(set())
        tried = w.gathered(body)
        ways = guards.pop()
        w.count += 1
        fine, how, value = (f"{name}_{w.count}" for name in ("_fine", "_how", "_value"))
        w.say(f"local {fine}, {how}, {value} = pcall(function(){block(tried)}end);")
        if finally_:
            finally_()
        failed = Code(how, fixed=True)
        rescue = w.gathered(lambda: caught(failed) if caught else w.leave(f"error({how}, 0);"))
        w.say(self.branches(Code(f"not {fine}", UNARY), rescue, None))
        for way in sorted(ways):
            self._pass_on(w, way, fine, how, value)

    def _pass_on(self, w: Walker, way: str, fine: str, how: str, value: str) -> None:
        """Leave as the guarded body did: by return, break or continue."""

        def leave() -> None:
            if way == "return":
                w.leave(self.returned(w, Code(value)))
            else:
                w.leave(self.left(w, way))

        test = Code(f'{fine} and {how} == "{way}"', AND)
        w.say(self.branches(test, w.gathered(leave), None))

    def unpacked(self, w: Walker, value: Code, before: int, after: int) -> Sequence[Code]:
        helper, counts = ("unpack", [before]) if after < 0 else ("unpack_rest", [before, after])
        items = w.keep(w.call(helper, value, *map(self.literal, counts)))
        wanted = before if after < 0 else before + 1 + after
        return [Code(f"{items.text}[{i + 1}]", CALL) for i in range(wanted)]

    # --- pieces

    def imported(self, w: Walker, ecosystem: str, package: str, member: str) -> Code:
        if ecosystem != "luarocks":
            raise EmitError(None, f"a module of Lua imports from luarocks, not from {ecosystem}")
        text = f"require({_quoted(package.encode())})"
        return Code(f"{text}{_access(self.member_name(member))}" if member else text, CALL)

    def piece(self, w: Walker, body: Block) -> tuple[str, bool]:
        given = [*w.free.values(), *w.imports.values()]
        if w.scope.hoisted:
            body.insert(0, self.declared(w.scope.hoisted))
        only = _RETURNS.fullmatch(body[0]) if len(body) == 1 else None
        if only and not w.needs and not given:
            return only[1] + only[2], False
        return f"function({', '.join(['L', *given])}){block(body)}end", True

    def prelude_source(self) -> str:
        return f"(function() local L = {{}}\n{self.prelude}\nreturn L end)()"

    def module(self, w: Walker, body: Block, exports: Mapping[str, str], prelude: str) -> str:
        parts = [f"local L = {{}};{BREAK}" + prelude.replace("\n", BREAK)] if prelude else []
        if w.scope.hoisted:
            parts.append(self.declared(w.scope.hoisted))
        names = [f"{_field(hy)} = {lua}" for lua, hy in exports.items()]
        ending = f"return {{ {', '.join(names)} }};" if names else ""
        return BREAK.join([*parts, *body, ending])


_RETURNS = re.compile(r"(\x01\d+\x02|)return (.*);", re.DOTALL)


def _wrap(code: Code, level: int) -> str:
    return code.text if code.level >= level else f"({code.text})"


def _quoted(value: bytes) -> str:
    """A literal text: what is not plain ASCII by its number."""
    return (
        '"'
        + "".join(_ESCAPES.get(x) or (chr(x) if 32 <= x < 127 else f"\\{x:03d}") for x in value)
        + '"'
    )


_ESCAPES = {34: '\\"', 92: "\\\\", 10: "\\n", 13: "\\r", 9: "\\t"}


def _is_name(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z_]\w*", text)) and text not in KEYWORDS


def _access(name: str) -> str:
    return f".{name}" if _is_name(name) else f"[{_quoted(name.encode())}]"


def _field(name: str) -> str:
    return name if _is_name(name) else f"[{_quoted(name.encode())}]"


def _key(code: Code) -> str:
    inner = code.text[1:-1] if code.type == "text" and code.text.startswith('"') else ""
    return inner if _is_name(inner) else f"[{code.text}]"
