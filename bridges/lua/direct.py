"""The shortest way from Lua into a function of Python's, written for each number of arguments.

A call with `*args` costs as much again as one with its own, and so does each frame between.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from polyhy.values import places

from .refs import Passing

if TYPE_CHECKING:
    from .bridge import Lua

_ARGS = {0: ("", "()"), 1: ("a", "(a,)"), 2: ("a, b", "(a, b)"), -1: ("*args", "args")}
_SMALL = 2**30 - 1  # CPython compares these fastest
_SAME = frozenset({type(None), bool, float})

_CALLS = """
            if turns.level:
                result = turns.aside(function, {tuple})
            else:  # as Turns.aside does it
                turns.level = 1
                try:
                    release()
                    result = function({args})
                finally:
                    try:
                        acquire()
                    finally:
                        if turns.level == 1:
                            turns.level = 0
                        else:
                            turns.back(1, 0)
"""
_COMPUTES = """
            result = function({args})
"""
_SOURCE = """
def direct(function, turns, acquire, release, answer):
    def call({args}):
        try:
            {body}
            kind = type(result)
            if kind is int:
                if -{small} <= result <= {small}:
                    return result
            elif kind in SAME:
                return result
            return answer(result)
        except BaseException as error:
            raise Passing(error) from None

    return call
"""


def caller(bridge: Lua, function: Callable[..., Any]) -> tuple[Callable[..., Any], int]:
    """What Lua calls with plain arguments, two at most; and how many it must give (-1: any)."""
    takes = places(function)
    if takes not in _ARGS or getattr(function, "__defaults__", None):
        takes = -1
    body = _COMPUTES if takes >= 0 and _only_computes(function) else _CALLS
    lock, answer = bridge.turns.lock, bridge.calls.answer
    make = _direct(takes, body)
    return make(function, bridge.turns, lock.acquire, lock.release, answer), takes


def _only_computes(function: Any) -> bool:
    """True where it names nothing but its arguments: what is plain waits for no other thread."""
    if type(function) is not FunctionType or function.__kwdefaults__:
        return False
    code = function.__code__
    named = code.co_names or code.co_freevars or code.co_cellvars
    return not named and not any(type(x) is CodeType for x in code.co_consts)


@lru_cache
def _direct(takes: int, body: str) -> Callable[..., Callable[..., Any]]:
    args, as_tuple = _ARGS[takes]
    body = body.strip().format(args=args, tuple=as_tuple)
    names: dict[str, Any] = {"Passing": Passing, "SAME": _SAME}
    source = _SOURCE.format(args=args, body=body, small=_SMALL)
    exec(compile(source, "<from Lua>", "exec"), names)
    return names["direct"]
