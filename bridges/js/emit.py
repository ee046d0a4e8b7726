"""Lisp as JavaScript. It is text alone: expanding a program starts no engine."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from typing import Any, ClassVar

from polyhy.emit import Block, Code, EmitError, Function, Parameter, Target, Walker
from polyhy.emit.code import BREAK, block
from polyhy.values import MAX_SAFE

from .words import BUILTINS, CONSTRUCTORS, GLOBALS, RESERVED

# How tightly operators bind.
ARROW, CHOICE, OR, AND, EQUAL, ORDER, SUM, PRODUCT, UNARY, CALL = 1, 2, 3, 4, 9, 10, 12, 13, 15, 18

_PRELUDE = ("operators", "collections", "builtins", "format", "methods", "modules", "errors")


class Js(Target):
    """JavaScript of 2022, for the engine here and for node."""

    name = "js"
    suffix = ".js"
    CALL = CALL
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
        "list": lambda code: Code(f"{_wrap(code, CALL)}.length > 0", ORDER, "boolean"),
        "function": lambda code: code,
    }

    def __init__(self) -> None:
        folder = files(__package__ or "").joinpath("lisp")
        self.prelude = "\n".join(folder.joinpath(f"{n}.js").read_text("utf-8") for n in _PRELUDE)
        defined = re.findall(self.defines, self.prelude, re.MULTILINE)
        names = frozenset(name[1:] for name in defined)
        self.methods = frozenset(name[2:] for name in names if name.startswith("m_"))
        self.builtins = names & BUILTINS

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
            return Code(f"({{{', '.join(f'{_key(k)}: {_wrap(v, ARROW)}' for k, v in pairs)}}})")
        made = ", ".join(f"[{_wrap(k, ARROW)}, {_wrap(v, ARROW)}]" for k, v in pairs)
        return Code(f"{w.need('map_of')}({made})", CALL)

    def options(self, w: Walker, pairs: Sequence[tuple[str, Code]], rest: Sequence[Code]) -> Code:
        parts = [f"{self.member_name(name)}: {_wrap(v, ARROW)}" for name, v in pairs]
        parts += [f"...{_wrap(each, ARROW)}" for each in rest]
        return Code(f"{{{', '.join(parts)}}}")

    def binary(self, operator: str, a: Code, b: Code) -> Code:
        sign, level = self.operators[operator]
        kind = "boolean" if level in (ORDER, EQUAL) else "number"
        return Code(f"{_wrap(a, level)} {sign} {_wrap(b, level + 1)}", level, kind)

    def negated(self, a: Code) -> Code:
        if a.text.startswith("!$truthy(") and a.level == UNARY:
            return Code(a.text[1:], UNARY, "boolean")
        return Code(f"!{_wrap(a, UNARY)}", UNARY, "boolean")

    def joined(self, operator: str, tests: Sequence[Code]) -> Code:
        sign, level = {"and": ("&&", AND), "or": ("||", OR)}[operator]
        return Code(f" {sign} ".join(_wrap(test, level + 1) for test in tests), level, "boolean")

    def choice(self, test: Code, then: Code, other: Code) -> Code | None:
        kind = then.type if then.type == other.type else ""
        text = f"{_wrap(test, OR)} ? {_wrap(then, CHOICE)} : {_wrap(other, CHOICE)}"
        return Code(text, CHOICE, kind)

    def member(self, thing: Code, name: str) -> Code:
        return Code(f"{_wrap(thing, CALL)}.{name}", CALL)

    def called(
        self, w: Walker, function: Code, args: Sequence[Code], spread: Sequence[bool]
    ) -> Code:
        return Code(f"{_wrap(function, CALL)}({_args(args, spread)})", CALL)

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
            return Code(f"new {_wrap(function, CALL)}({_args(args, spread)})", CALL)
        if function.text in self.globals:
            return self.called(w, function, args, spread)
        return self.called(w, Code(w.need("construct")), [function, *args], [False, *spread])

    def awaited(self, w: Walker, value: Code, form: Any) -> Code:
        return Code(f"await {_wrap(value, UNARY)}", UNARY)

    def yielded(self, w: Walker, value: Code, *, everything: bool) -> Code:
        given = w.call("iter", value) if everything else value
        return Code(f"yield{'*' if everything else ''} {_wrap(given, ARROW)}", ARROW)

    def joined_text(self, parts: Sequence[Code]) -> Code:
        if len(parts) == 1:
            return parts[0]
        level = SUM
        text = " + ".join(_wrap(part, level + (i > 0)) for i, part in enumerate(parts))
        return Code(text, level, "text")

    # --- functions

    def function(self, w: Walker, function: Function) -> Code:
        head, prologue = self._parameters(w, function)
        body = Block(prologue)
        if function.hoisted:
            # Were a number undefined at first, the engine would sometimes not take it for one.
            zeros = [f"{n} = 0" if n in function.numbers else n for n in function.hoisted]
            body.append(self.declared(zeros))
        body += function.body
        if function.kind:
            star = "*" if function.is_generator else ""
            before = "async " if function.is_async else ""
            return Code(f"{before}{star}({head}) {_braces(body)}")
        before = "async " if function.is_async else ""
        if function.name or function.is_generator:
            star = "*" if function.is_generator else ""
            name = f" {function.name}" if function.name else ""
            return Code(f"{before}function{star}{name}({head}) {_braces(body)}", ARROW)
        if len(body) == 1 and (found := _RETURNS.fullmatch(body[0])) and BREAK not in body[0]:
            value = f"({found[2]})" if found[2].startswith("{") else found[2]
            return Code(f"{before}({head}) => {found[1]}{value}", ARROW)
        return Code(f"{before}({head}) => {_braces(body)}", ARROW)

    def closed(self, w: Walker, function: Code, values: Sequence[tuple[Any, Code]]) -> Code:
        names, given = ", ".join(n for n, _ in values), ", ".join(c.text for _, c in values)
        return Code(f"(({names}) => {_wrap(function, ARROW)})({given})", CALL)

    def _parameters(self, w: Walker, function: Function) -> tuple[str, list[str]]:
        """The text of the parameters, and the statements that complete them."""
        given = list(function.parameters)
        prologue: list[str] = []
        if function.kind in ("method", "property", "init", "class") and given:
            this = given.pop(0)
            value = (
                "this.prototype ? this : this.constructor" if function.kind == "class" else "this"
            )
            prologue.append(f"const {this.name} = {value};")
        parts = [_plain(p) for p in given if p.kind == "plain"]
        rest = [p for p in given if p.kind == "rest"]
        named = [p for p in given if p.kind == "keyword"]
        others = [p for p in given if p.kind == "options"]
        if named or others:
            keys = [_by_name(p, self.member_name(p.called)) for p in named]
            pattern = "{ " + ", ".join([*keys, *(f"...{p.name}" for p in others)]) + " }"
            if rest:
                parts.append(f"...{rest[0].name}")
                found = f"{w.need('options_in')}({rest[0].name})"
                prologue.append(f"let {pattern} = {found};")
            else:
                parts.append(f"{pattern} = {{}}")
        elif rest:
            parts.append(f"...{rest[0].name}")
        return ", ".join(parts), prologue

    def classed(
        self, w: Walker, name: str, bases: Sequence[Code], members: Sequence[Any], form: Any
    ) -> str:
        w.classes.add(name)
        above = f" extends {_wrap(bases[0], CALL)}" if bases else ""
        body = Block()
        if not bases:
            calls = any(member.name == "__call__" for member in members)
            body.append(_CALLABLE if calls else _CONSTRUCTOR)
        words = {"static": "static ", "class": "", "property": "get ", "method": ""}
        for member in members:
            if member.kind != "value":
                body.append(f"{words[member.kind]}{_method(member)}")
                if member.kind == "class":
                    body.append(f"static {_method(member)}")
        text = f"{name} = class {name}{above} {_braces(body)};"
        values = [f"{m.name}: {_wrap(m.code, ARROW)}" for m in members if m.kind == "value"]
        if values:
            text += f"{BREAK}{w.need('attributes')}({name}, {{{', '.join(values)}}});"
        return text

    # --- statements

    def assigned(self, place: str, value: Code) -> str:
        return f"{place} = {value.text};"

    def evaluated(self, code: Code) -> str:
        wrapped = code.text.startswith(("{", "function", "class", "async function"))
        return f"({code.text});" if wrapped else f"{code.text};"

    def returned(self, w: Walker, code: Code) -> str:
        return f"return {code.text};"

    def declared(self, names: Sequence[str]) -> str:
        return f"let {', '.join(dict.fromkeys(names))};"

    def branches(self, test: Code, then: Block, other: Block | None) -> str:
        if not then and other:
            return f"if ({self.negated(test).text}) {_braces(other)}"
        text = f"if ({test.text}) {_braces(then)}"
        return f"{text} else {_braces(other)}" if other else text

    def while_loop(self, w: Walker, test: Code | None, body: Block, loop: Any) -> str:
        return f"while ({test.text if test else 'true'}) {_braces(body)}"

    def counting_loop(
        self, w: Walker, variable: str, bounds: Sequence[Code], body: Block, loop: Any
    ) -> str:
        start, stop = ("0", bounds[0].text) if len(bounds) == 1 else (b.text for b in bounds[:2])
        step = bounds[2].text if len(bounds) == 3 else "1"
        if not re.fullmatch(r"-?\d+", step) or step == "0":
            things = Code(f"{w.need('range')}({start}, {stop}, {step})", CALL)
            return self.each_loop(w, variable, things, body, loop, awaits=False)
        sign = ">" if step.startswith("-") else "<"
        forward = f"{variable}++" if step == "1" else f"{variable} += {step}"
        return (
            f"for (let {variable} = {start}; {variable} {sign} {stop}; {forward}) {_braces(body)}"
        )

    def each_loop(
        self, w: Walker, variable: str, things: Code, body: Block, loop: Any, *, awaits: bool
    ) -> str:
        if awaits:
            return f"for await (const {variable} of {things.text}) {_braces(body)}"
        if things.type != "list":
            things = w.call("iter", things)
        return f"for (const {variable} of {things.text}) {_braces(body)}"

    def left(self, w: Walker, how: str) -> str:
        return "continue;" if how == "continue" else "break;"

    def raised(self, w: Walker, error: Code | None, cause: Code | None) -> str:
        text = error.text if error else "undefined"
        return (
            f"throw Object.assign({text}, {{ cause: {cause.text} }});"
            if cause
            else f"throw {text};"
        )

    def attempt(
        self,
        w: Walker,
        body: Callable[[], None],
        caught: Callable[[Code], None] | None,
        finally_: Callable[[], None] | None,
    ) -> None:
        tried = w.gathered(body)
        text, ended = f"try {_braces(tried)}", tried.ended
        if caught:
            w.count += 1
            error = self.temporary(w.count)
            rescue = w.gathered(lambda: caught(Code(error, fixed=True)))
            text += f" catch ({error}) {_braces(rescue)}"
            ended = ended and rescue.ended
        if finally_:
            text += f" finally {_braces(w.gathered(finally_))}"
        w.say(text)
        w.out.ended = ended

    def unpacked(self, w: Walker, value: Code, before: int, after: int) -> Sequence[Code]:
        counts = [str(before)] if after < 0 else [str(before), str(after)]
        helper = "unpack" if after < 0 else "unpack_rest"
        items = w.keep(Code(f"{w.need(helper)}({', '.join([value.text, *counts])})", CALL))
        wanted = before if after < 0 else before + 1 + after
        return [Code(f"{items.text}[{i}]", CALL) for i in range(wanted)]

    # --- pieces

    def imported(self, w: Walker, ecosystem: str, package: str, member: str) -> Code:
        if ecosystem != "npm":
            raise EmitError(None, f"a module of JavaScript imports from npm, not from {ecosystem}")
        text = f"require({json.dumps(package)})"
        return Code(f"{text}.{self.member_name(member)}" if member else text, CALL)

    def piece(self, w: Walker, body: Block) -> tuple[str, bool]:
        given = [*w.free.values(), *w.imports.values()]
        if w.scope.hoisted:
            body.insert(0, self.declared(w.scope.hoisted))
        before = "async " if w.scope.is_async else ""
        only = _RETURNS.fullmatch(body[0]) if len(body) == 1 else None
        if only and not w.needs and not given and not before:
            return f"{only[1]}({only[2]})", False
        names = ", ".join(f"{name}: ${name}" for name in w.needs)
        if names:
            body.insert(0, f"const {{ {names} }} = $;")
        return f"{before}({', '.join(['$', *given])}) => {_braces(body)}", True

    def map_comment(self, name: str) -> str:
        return f"//# sourceMappingURL={name}\n"

    def prelude_source(self) -> str:
        names = re.findall(self.defines, self.prelude, re.MULTILINE)
        made = ", ".join(f"{name[1:]}: {name}" for name in names)
        return f"(() => {{{self.prelude}\nreturn {{ {made} }};\n}})()"

    def module(self, w: Walker, body: Block, exports: Mapping[str, str], prelude: str) -> str:
        parts = ['"use strict";', *([prelude.replace("\n", BREAK)] if prelude else [])]
        if w.scope.hoisted:
            parts.append(self.declared(w.scope.hoisted))
        names = [
            f"{_exported(hy)}: {js}" if _exported(hy) != js else js for js, hy in exports.items()
        ]
        text = BREAK.join([*parts, *body])
        made = f"module.exports = {{ {', '.join(names)} }};"
        if w.scope.is_async:
            whole = f"(async () => {_braces(body)})().then(() => {{ {made} }});"
            return BREAK.join([*parts, whole])
        return f"{text}{BREAK}{made}" if names else text


_RETURNS = re.compile(r"(\x01\d+\x02|)return (.*);", re.DOTALL)

_CONSTRUCTOR = "constructor(...args) { this.__init__?.(...args); }"
_CALLABLE = (
    "constructor(...args) { const self = (...given) => self.__call__(...given); "
    "Object.setPrototypeOf(self, new.target.prototype); self.__init__?.(...args); return self; }"
)


def _wrap(code: Code, level: int) -> str:
    return code.text if code.level >= level else f"({code.text})"


def _level(text: str) -> int:
    return UNARY if text.startswith("-") else (CALL - 1 if text.isdigit() else 99)


def _args(codes: Sequence[Code], spread: Sequence[bool]) -> str:
    return ", ".join(
        ("..." if s else "") + _wrap(code, ARROW) for code, s in zip(codes, spread, strict=True)
    )


def _key(code: Code) -> str:
    name = json.loads(code.text) if code.text.startswith('"') else ""
    plain = re.fullmatch(r"[A-Za-z_]\w*", name) and name != "__proto__"
    return name if plain else f"[{code.text}]"


def _plain(parameter: Parameter) -> str:
    name = parameter.name
    return name if parameter.default is None else f"{name} = {parameter.default}"


def _by_name(parameter: Parameter, called: str) -> str:
    text = parameter.name if parameter.name == called else f"{called}: {parameter.name}"
    return text if parameter.default is None else f"{text} = {parameter.default}"


def _braces(body: Block) -> str:
    return f"{{{block(body)}}}" if body else "{}"


def _method(member: Any) -> str:
    """`async *name(args) {…}`: the text of a function, with its name where it belongs."""
    before, rest = re.fullmatch(r"((?:async )?\*?)(\(.*)", member.code.text, re.DOTALL).groups()  # pyright: ignore[reportOptionalMemberAccess]
    return f"{before}{member.name}{rest}"


def _exported(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])_([a-z])", lambda m: m[1].upper(), name)
