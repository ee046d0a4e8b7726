"""Errors of JavaScript as Python exceptions: with their stack, and never the engine's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from polyhy.errors import ConversionError, Frame, GuestError, GuestSyntaxError, Stopped

if TYPE_CHECKING:
    from .guest import Guest


class JsError(GuestError):
    """An error thrown in JavaScript; `value` is what was thrown."""

    language = "js"


class JsSyntaxError(GuestSyntaxError):
    """JavaScript that does not parse."""

    language = "js"


class Exhausted(Exception):
    """An iterator has no more; it never leaves the room."""


_FRAME = re.compile(r"^(?P<function>.*?)@(?P<file>.*?):(?P<line>\d+)(?::\d+)?$")
_INSIDE = re.compile(r"^(polyhy/|evaluate\b|.* > (eval|Function)$)")


def frames(stack: str) -> tuple[Frame, ...]:
    """The frames of a stack as the engine prints it, without those of this room."""
    found = (_FRAME.match(line) for line in stack.splitlines())
    return tuple(
        Frame(m["file"], int(m["line"]), m["function"].rpartition("/")[2].strip("<"))
        for m in found
        if m and not _INSIDE.match(m["file"])
    )


def failure(guest: Guest, kind: str, *detail: Any) -> BaseException:
    """The exception for a failure as guest.js describes it."""
    if kind == "home":
        return guest.lending.objects[detail[0]]
    if kind == "error":
        name, message, stack, syntax, value = detail
        error = (JsSyntaxError if syntax else JsError)()
        error.type_name, error.message, error.frames = name, message, frames(stack)
        error.value = guest.untag(value)
        return error
    return refusal(kind, *detail)


def refusal(kind: str, *detail: Any) -> BaseException:
    """The exception for what guest.js refuses to do."""
    return _REFUSALS[kind](*detail)


def engine_error(error: Exception) -> Exception:
    """What the engine itself raised: it gave up on a call, or on source that does not parse."""
    text = str(error)
    if isinstance(error, RuntimeError) and "running Python event-loop" in text:
        return _unseen()
    if type(error).__name__ != "SpiderMonkeyError":
        return error
    found = re.match(r"Error in file (.*), on line (\d+), column \d+:\n", text)
    lines = [line for line in text.splitlines() if re.match(r"^\w*Error\b", line)]
    name, _, message = (lines[-1] if lines else text).partition(": ")
    raised = (JsSyntaxError if name == "SyntaxError" else JsError)()
    raised.type_name, raised.message = name, message
    raised.frames = (Frame(found[1], int(found[2]), ""),) if found else ()
    return raised


def _unseen() -> JsError:
    """The one job of a promise that the engine's debugger does not announce: see engine.py."""
    error = JsError()
    error.message = (
        "an older promise was resolved with another promise, and nothing else was; "
        "do that in an async function, or resolve it with `await` of the other"
    )
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
    "iterate": lambda: TypeError("this js object can't be iterated"),
    "surrogate": lambda: ConversionError(
        "a text holds half of a surrogate pair, which Python's UTF-8 can't",
        path="the result",
        hint="call .toWellFormed() on it in JavaScript",
    ),
    "deep": lambda: ConversionError("the data nests too deep", path="the result"),
    "behaviour": lambda kind: ConversionError(
        f"a {kind} is behaviour, which can't be copied", path="the result"
    ),
}
