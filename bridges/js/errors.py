"""Errors of JavaScript as Python exceptions: with their stack, and never the engine's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from polyhy.errors import ConversionError, Frame, GuestError, GuestSyntaxError, Stopped
from polyhy.proxy import Proxy
from polyhy.tracebacks import traceback

from . import addons, interrupts, stacks

if TYPE_CHECKING:
    from .guest import Guest


class JsError(GuestError):
    """An error thrown in JavaScript: `value` is what was thrown, `errors` what it gathered."""

    language = "js"
    errors: tuple[BaseException, ...]


class JsSyntaxError(GuestSyntaxError):
    """JavaScript that does not parse."""

    language = "js"
    errors: tuple[BaseException, ...]


class Exhausted(Exception):
    """An iterator has no more; it never leaves the room."""


_FRAME = re.compile(r"^(?P<function>.*?)@(?P<file>.*?):(?P<line>\d+)(?::(?P<column>\d+))?$")
_V8_FRAME = re.compile(r"^ +at (?:async )?(?:(.*?) \()?([^()\n]+:\d+:\d+)\)?$")
_V8_PLACE = re.compile(r"^(\S.*:\d+)\n")
_WORDLESS = "spidermonkey did not set an exception."
_INSIDE = re.compile(r"^(polyhy/|node:|.*/node_home\.js(:|$)|evaluate\b|.* > (eval|Function)$)")


def frames(stack: str) -> tuple[Frame, ...]:
    """The frames of a stack as the engine prints it, where they were written, without our own."""
    found = (_FRAME.match(line) for line in _plain(stack))
    return tuple(_frame(m) for m in found if m and not _INSIDE.match(m["file"]))


def activation(stack: str) -> tuple[Frame, ...]:
    """The frames of a stack since Python last called into it."""
    own: list[str] = []
    for line in _plain(stack):
        if "@polyhy/guest.js:" in line and own:
            break
        if "@polyhy/" not in line:
            own.append(line)
    return frames("\n".join(own))


def _plain(stack: str) -> list[str]:
    """The lines of a stack as SpiderMonkey writes them, `function@file:line:column`; V8 has others.

    Where source does not parse, V8 says so above the message.
    """
    if "\n    at " not in stack:
        return stack.splitlines()
    found = (_V8_FRAME.match(line) for line in stack.splitlines())
    lines = [f"{m[1] or ''}@{m[2]}" for m in found if m and not _INSIDE.match(m[2])]
    place = _V8_PLACE.match(stack)
    return [f"@{place[1]}"] if place and not lines else lines


def _frame(found: re.Match[str]) -> Frame:
    place = stacks.written(found["file"], int(found["line"]), int(found["column"] or 1) - 1)
    return Frame(place.file, place.line, found["function"].rpartition("/")[2].strip("<"))


def failure(guest: Guest, kind: str, *detail: Any) -> BaseException:
    """The exception for a failure as guest.js describes it."""
    if kind == "home":
        number, stack = detail
        error = guest.lending.home(number)
        return error.with_traceback(traceback(activation(stack), "js", error.__traceback__))
    return _thrown(guest, *detail) if kind == "error" else refusal(kind, *detail)


_known: WeakValueDictionary[tuple[Any, int], JsError | JsSyntaxError] = WeakValueDictionary()
"""Exceptions by their error's bridge and number: one that comes out again is the same one."""


def _thrown(
    guest: Guest, name: str, message: str, stack: str, syntax: bool, value: Any, more: Any = None
) -> BaseException:
    value, more = guest.untag(value), more or {}
    cause = failure(guest, *more["cause"]) if "cause" in more else None
    gathered = tuple(failure(guest, *each) for each in more.get("errors", ()))
    key = (value.__bridge__, value.__native__) if isinstance(value, Proxy) else None
    error = key and _known.get(key)
    if error:
        return error.with_traceback(
            traceback(activation(more.get("at", "")), "js", error.__traceback__)
        )
    error = (JsSyntaxError if syntax else JsError)()
    error.type_name, error.frames, error.value = name, frames(stack), value
    error.message = repr(value) if message.startswith("[object ") else message
    error.hint = addons.hint(message, error.frames, in_node=not guest.lends)
    if cause:
        error.__cause__ = cause
    if gathered:
        error.errors = gathered
    if key:
        _known[key] = error
    return error.with_traceback(traceback(activation(stack), "js"))


def refusal(kind: str, *detail: Any) -> BaseException:
    """The exception for what guest.js refuses to do."""
    return _REFUSALS[kind](*detail)


def engine_error(error: Exception) -> BaseException:
    """What the engine itself raised: it gave up on a call, or on source that does not parse."""
    text = str(error)
    if type(error).__name__ != "SpiderMonkeyError":
        return error
    if text.endswith(_WORDLESS):
        return interrupts.reason() or _wordless()
    found = re.match(r"Error in file (.*), on line (\d+), column \d+:\n", text)
    lines = [line for line in text.splitlines() if re.match(r"^\w*Error\b", line)]
    name, _, message = (lines[-1] if lines else text).partition(": ")
    raised = (JsSyntaxError if name == "SyntaxError" else JsError)()
    raised.type_name, raised.message = name, message
    raised.frames = (Frame(found[1], int(found[2]), ""),) if found else ()
    return raised


def _wordless() -> JsError:
    error = JsError()
    error.type_name, error.message = "Stopped", "the engine gave up on the script"
    return error


def _missing(name: str, similar: str) -> AttributeError:
    hint = f'; did you mean "{similar}"?' if similar else ""
    return AttributeError(f"this js object has no member {name!r}{hint}", name=name)


_REFUSALS: dict[str, Callable[..., BaseException]] = {
    "stop": Exhausted,
    "stopped": lambda: Stopped(language="js"),
    "attribute": _missing,
    "key": KeyError,
    "index": lambda at: IndexError(f"there is no element {at}"),
    "length": lambda: TypeError("this js object has no length"),
    "await": lambda: TypeError("this js object can't be awaited"),
    "iterate": lambda: TypeError("this js object can't be iterated"),
    "surrogate": lambda: ConversionError(
        "a text holds half of a surrogate pair, which Python's UTF-8 can't",
        path="the result",
        hint="call .toWellFormed() on it in JavaScript",
    ),
    "detached": lambda: BufferError("this buffer was detached: its memory is gone"),
    "deep": lambda: ConversionError("the data nests too deep", path="the result"),
    "behaviour": lambda kind: ConversionError(
        f"a {kind} is behaviour, which can't be copied", path="the result"
    ),
}
