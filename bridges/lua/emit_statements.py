"""Statements of Lisp in Lua: methods of its Target, apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from polyhy.emit import Block, Code, Target, Walker
from polyhy.emit.code import block, wrapped

from .emit_text import AND, CALL, SUM, UNARY


def evaluated(self: Target, code: Code) -> str:
    text = re.sub(r"^\x01\d+\x02", "", code.text)
    is_call = code.level == CALL and text.endswith(")") and not text.startswith("(")
    return f"{code.text};" if is_call else f"local _ = {code.text};"


def returned(self: Target, w: Walker, code: Code) -> str:
    guards = w.scope.function.guards
    if guards:
        guards[-1].add("return")
        return f'return "return", {code.text};'
    return f"return {code.text};"


def declared(self: Target, names: Sequence[str]) -> str:
    return f"local {', '.join(dict.fromkeys(names))};"


def branches(self: Target, test: Code, then: Block, other: Block | None) -> str:
    if not then and other:
        return f"if {self.negated(test).text} then{block(other)}end;"
    rest = f"else{block(other)}" if other else ""
    return f"if {test.text} then{block(then)}{rest}end;"


def while_loop(self: Target, w: Walker, test: Code | None, body: Block, loop: Any) -> str:
    return f"while {test.text if test else 'true'} do{_body(body, loop)}end;"


def counting_loop(
    self: Target, w: Walker, variable: str, bounds: Sequence[Code], body: Block, loop: Any
) -> str:
    start, stop = (self.literal(0), bounds[0]) if len(bounds) == 1 else (bounds[0], bounds[1])
    step = bounds[2].text if len(bounds) == 3 else "1"
    if re.fullmatch(r"-?[1-9]\d*", step):
        last = f"{wrapped(stop, SUM)} {'+' if step.startswith('-') else '-'} 1"
    else:
        last = w.call("last_of", stop, bounds[2]).text
    by = "" if step == "1" else f", {step}"
    return f"for {variable} = {start.text}, {last}{by} do{_body(body, loop)}end;"


def each_loop(
    self: Target, w: Walker, variable: str, things: Code, body: Block, loop: Any, *, awaits: bool
) -> str:
    each = w.call("each", things)
    return f"for _, {variable} in {each.text} do{_body(body, loop)}end;"


def _body(body: Block, loop: Any) -> str:
    if loop is not None and loop.continues:
        inner = f"do{block(body)}end;" if body.ended else ""
        parts = Block([inner] if inner else body)
        return block(Block([*parts, f"::continue_{loop.label}::"]))
    return block(body)


def left(self: Target, w: Walker, how: str) -> str:
    if how == "stop":
        return "break;"
    loop, guards = w.loops[-1], w.scope.function.guards
    if len(guards) > loop.depth:
        guards[-1].add(how)
        return f'return "{how}";'
    return "break;" if how == "break" else f"goto continue_{loop.label};"


def raised(self: Target, w: Walker, error: Code | None, cause: Code | None) -> str:
    if error is None:
        return "error();"
    if error.fixed and not cause:
        return f"error({error.text}, 0);"
    given = [error, *([cause] if cause else [])]
    return f"{w.call('raise', *given).text};"


def attempt(
    self: Target,
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
        _pass_on(self, w, way, fine, how, value)


def _pass_on(self: Target, w: Walker, way: str, fine: str, how: str, value: str) -> None:
    """Leave as the guarded body did: by return, break or continue."""

    def leave() -> None:
        if way == "return":
            w.leave(self.returned(w, Code(value)))
        else:
            w.leave(self.left(w, way))

    test = Code(f'{fine} and {how} == "{way}"', AND)
    w.say(self.branches(test, w.gathered(leave), None))


def unpacked(self: Target, w: Walker, value: Code, before: int, after: int) -> Sequence[Code]:
    helper, counts = ("unpack", [before]) if after < 0 else ("unpack_rest", [before, after])
    items = w.keep(w.call(helper, value, *map(self.literal, counts)))
    wanted = before if after < 0 else before + 1 + after
    return [Code(f"{items.text}[{i + 1}]", CALL) for i in range(wanted)]
