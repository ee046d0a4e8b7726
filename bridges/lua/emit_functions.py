"""Functions and classes of Lisp in Lua: methods of its Target, apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from polyhy.emit import Block, Code, Function, Target, Walker
from polyhy.emit.code import BREAK, block

from .emit_text import CALL, PLAIN, access, quoted


def function(self: Target, w: Walker, function: Function) -> Code:
    head, prologue = _parameters(self, w, function)
    body = Block()
    if function.hoisted:
        body.append(self.declared(function.hoisted))
    body += function.body
    if function.is_generator:
        made = f"return {w.need('generator')}(function(){block(body)}end);"
        body = Block([made])
    whole = Block([*prologue, *body])
    return Code(f"function({head}){block(whole) if whole else ' '}end", PLAIN)


def closed(self: Target, w: Walker, function: Code, values: Sequence[tuple[Any, Code]]) -> Code:
    names, given = ", ".join(n for n, _ in values), ", ".join(c.text for _, c in values)
    return Code(f"(function({names}) return {function.text} end)({given})", CALL)


def _parameters(self: Target, w: Walker, function: Function) -> tuple[str, list[str]]:
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
            said.append(f"local {p.name} = {options}{access(self.member_name(p.called))};")
            if p.default is not None:
                said.append(f"if {p.name} == nil then {p.name} = {p.default} end;")
        keys = ", ".join(quoted(p.called.encode()) for p in named)
        for p in others:
            said.append(f"local {p.name} = {w.need('without')}({options}, {{{keys}}});")
    return ", ".join(names), said


def classed(
    self: Target, w: Walker, name: str, bases: Sequence[Code], members: Sequence[Any], form: Any
) -> str:
    above = f", {bases[0].text}" if bases else ""
    parts = [f"{name} = {w.need('class')}({quoted(name.encode())}{above});"]
    for member in members:
        text = member.code.text
        if member.kind == "property":
            name_ = quoted(member.name.encode())
            parts.append(f"{w.need('property')}({name}, {name_}, {text});")
            continue
        if member.kind == "class":
            text = f"(function(f) return function(...) return f({name}, ...) end end)({text})"
        parts.append(f"{name}{access(member.name)} = {text};")
    return BREAK.join(parts)
