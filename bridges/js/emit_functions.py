"""Functions and classes of Lisp in JavaScript: methods of its Target, apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from polyhy.emit import Block, Code, Function, Parameter, Target, Walker
from polyhy.emit.code import BREAK, RETURNS, wrapped

from .emit_text import ARROW, CALL, braces


def function(self: Target, w: Walker, function: Function) -> Code:
    head, prologue = _parameters(self, w, function)
    body = Block(prologue)
    if function.hoisted:
        # Were a number undefined at first, the engine would sometimes not take it for one.
        zeros = [f"{n} = 0" if n in function.numbers else n for n in function.hoisted]
        body.append(self.declared(zeros))
    body += function.body
    if function.kind:
        star = "*" if function.is_generator else ""
        before = "async " if function.is_async else ""
        return Code(f"{before}{star}({head}) {braces(body)}")
    before = "async " if function.is_async else ""
    if function.name or function.is_generator:
        star = "*" if function.is_generator else ""
        name = f" {function.name}" if function.name else ""
        return Code(f"{before}function{star}{name}({head}) {braces(body)}", ARROW)
    if len(body) == 1 and (found := RETURNS.fullmatch(body[0])) and BREAK not in body[0]:
        value = f"({found[2]})" if found[2].startswith("{") else found[2]
        return Code(f"{before}({head}) => {found[1]}{value}", ARROW)
    return Code(f"{before}({head}) => {braces(body)}", ARROW)


def closed(self: Target, w: Walker, function: Code, values: Sequence[tuple[Any, Code]]) -> Code:
    names, given = ", ".join(n for n, _ in values), ", ".join(c.text for _, c in values)
    return Code(f"(({names}) => {wrapped(function, ARROW)})({given})", CALL)


def _parameters(self: Target, w: Walker, function: Function) -> tuple[str, list[str]]:
    """The text of the parameters, and the statements that complete them."""
    given = list(function.parameters)
    prologue: list[str] = []
    if function.kind in ("method", "property", "init", "class") and given:
        this = given.pop(0)
        value = "this.prototype ? this : this.constructor" if function.kind == "class" else "this"
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
    self: Target, w: Walker, name: str, bases: Sequence[Code], members: Sequence[Any], form: Any
) -> str:
    above = f" extends {wrapped(bases[0], CALL)}" if bases else ""
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
    text = f"{name} = class {name}{above} {braces(body)};"
    values = [f"{m.name}: {wrapped(m.code, ARROW)}" for m in members if m.kind == "value"]
    if values:
        text += f"{BREAK}{w.need('attributes')}({name}, {{{', '.join(values)}}});"
    return text


_CONSTRUCTOR = "constructor(...args) { this.__init__?.(...args); }"
_CALLABLE = (
    "constructor(...args) { const self = (...given) => self.__call__(...given); "
    "Object.setPrototypeOf(self, new.target.prototype); self.__init__?.(...args); return self; }"
)


def _plain(parameter: Parameter) -> str:
    name = parameter.name
    return name if parameter.default is None else f"{name} = {parameter.default}"


def _by_name(parameter: Parameter, called: str) -> str:
    text = parameter.name if parameter.name == called else f"{called}: {parameter.name}"
    return text if parameter.default is None else f"{text} = {parameter.default}"


def _method(member: Any) -> str:
    """`async *name(args) {…}`: the text of a function, with its name where it belongs."""
    before, rest = re.fullmatch(r"((?:async )?\*?)(\(.*)", member.code.text, re.DOTALL).groups()  # pyright: ignore[reportOptionalMemberAccess]
    return f"{before}{member.name}{rest}"
