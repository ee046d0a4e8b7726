"""Statements of Lisp in JavaScript: methods of its Target, apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from polyhy.emit import Block, Code, Target, Walker

from .emit_text import CALL, braces


def evaluated(self: Target, code: Code) -> str:
    wrapped = code.text.startswith(("{", "function", "class", "async function"))
    return f"({code.text});" if wrapped else f"{code.text};"


def returned(self: Target, w: Walker, code: Code) -> str:
    return f"return {code.text};"


def declared(self: Target, names: Sequence[str]) -> str:
    return f"let {', '.join(dict.fromkeys(names))};"


def branches(self: Target, test: Code, then: Block, other: Block | None) -> str:
    if not then and other:
        return f"if ({self.negated(test).text}) {braces(other)}"
    text = f"if ({test.text}) {braces(then)}"
    return f"{text} else {braces(other)}" if other else text


def while_loop(self: Target, w: Walker, test: Code | None, body: Block, loop: Any) -> str:
    return f"while ({test.text if test else 'true'}) {braces(body)}"


def counting_loop(
    self: Target, w: Walker, variable: str, bounds: Sequence[Code], body: Block, loop: Any
) -> str:
    start, stop = ("0", bounds[0].text) if len(bounds) == 1 else (b.text for b in bounds[:2])
    step = bounds[2].text if len(bounds) == 3 else "1"
    if not re.fullmatch(r"-?[1-9]\d*", step):
        test = f"{step} > 0 ? {variable} < {stop} : {variable} > {stop}"
        begin = f"{w.need('start_of')}({start}, {step})"
        head = f"let {variable} = {begin}; {test}; {variable} += {step}"
        return f"for ({head}) {braces(body)}"
    sign = ">" if step.startswith("-") else "<"
    forward = f"{variable}++" if step == "1" else f"{variable} += {step}"
    return f"for (let {variable} = {start}; {variable} {sign} {stop}; {forward}) {braces(body)}"


def each_loop(
    self: Target, w: Walker, variable: str, things: Code, body: Block, loop: Any, *, awaits: bool
) -> str:
    if awaits:
        return f"for await (const {variable} of {things.text}) {braces(body)}"
    if things.type != "list":
        things = w.call("iter", things)
    return f"for (const {variable} of {things.text}) {braces(body)}"


def left(self: Target, w: Walker, how: str) -> str:
    return "continue;" if how == "continue" else "break;"


def raised(self: Target, w: Walker, error: Code | None, cause: Code | None) -> str:
    text = error.text if error else "undefined"
    return f"throw Object.assign({text}, {{ cause: {cause.text} }});" if cause else f"throw {text};"


def attempt(
    self: Target,
    w: Walker,
    body: Callable[[], None],
    caught: Callable[[Code], None] | None,
    finally_: Callable[[], None] | None,
) -> None:
    tried = w.gathered(body)
    text, ended = f"try {braces(tried)}", tried.ended
    if caught:
        w.count += 1
        error = self.temporary(w.count)
        rescue = w.gathered(lambda: caught(Code(error, fixed=True)))
        text += f" catch ({error}) {braces(rescue)}"
        ended = ended and rescue.ended
    if finally_:
        text += f" finally {braces(w.gathered(finally_))}"
    w.say(text)
    w.out.ended = ended


def unpacked(self: Target, w: Walker, value: Code, before: int, after: int) -> Sequence[Code]:
    counts = [str(before)] if after < 0 else [str(before), str(after)]
    helper = "unpack" if after < 0 else "unpack_rest"
    items = w.keep(Code(f"{w.need(helper)}({', '.join([value.text, *counts])})", CALL))
    wanted = before if after < 0 else before + 1 + after
    return [Code(f"{items.text}[{i}]", CALL) for i in range(wanted)]
