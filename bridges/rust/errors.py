"""Errors of Rust as Python exceptions. The extensions' prelude makes them by `make`."""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from polyhy.errors import (
    ConversionError,
    Frame,
    GuestError,
    GuestSyntaxError,
    PackageError,
    UsageError,
)


class RustError(GuestError):
    """An `Err` that a function returned; `value` is the error itself, `causes` its sources."""

    language = "rust"
    causes: tuple[str, ...] = ()


class RustPanic(GuestError):
    """A panic: the function gave up where the last frame says. What it held may be half done."""

    language = "rust"


class RustSyntaxError(GuestSyntaxError):
    """Rust that the compiler refused."""

    language = "rust"


class HandleError(UsageError, ReferenceError):
    """A value that can't be used so now."""


class Borrowed(HandleError):
    text = "{detail}"
    hint = "let go of what was borrowed from it (del, or the end of its scope), or copy it first"


class Moved(HandleError):
    text = "this {detail} was moved into another value"
    hint = "make a new one, or copy it before the call that takes it: x.copy()"


class WrongThread(HandleError, RuntimeError):
    text = "this {detail} may be used only on the thread that made it"
    hint = "make it on this thread; its type is not Send"


class TooOld(PackageError):
    text = "rustc is {found}, and {need}"
    hint = "run: rustup update stable"


class BuildFailed(PackageError):
    text = "{crate} can't be compiled: {detail}"
    hint = "{advice}"


def make(
    kind: str,
    message: str,
    path: str,
    type_name: str,
    causes: str,
    place: str,
    function: str,
    value: Any,
) -> BaseException:
    """The exception for a failure of a call."""
    return _MAKERS[kind](_Said(message, path, type_name, causes, place, function, value))


class _Said:
    def __init__(self, *parts: Any) -> None:
        self.message, self.path, self.type_name, self.causes = parts[:4]
        self.place, self.function, self.value = parts[4:]


def _error(said: _Said) -> BaseException:
    error = RustError(
        type_name=short(said.type_name) or "Error",
        message=said.message,
        value=said.value,
        frames=(Frame(said.function.partition(".")[0], 0, said.function),),
        causes=tuple(filter(None, said.causes.split("\0"))),
    )
    cause: BaseException = error
    for text in error.causes:
        cause.__cause__ = RustError(type_name="caused by", message=text)
        cause = cause.__cause__
    return error


def _panic(said: _Said) -> BaseException:
    file, _, line = said.place.removeprefix("inline/").rpartition(":")
    frames = (Frame(file, int(line) if line.isdigit() else 0, said.function),)
    name, _, text = said.message.partition(": ")
    if name in _OF_PYTHON:
        return _panic_of(name)(type_name=name, message=text, frames=frames)
    return RustPanic(type_name="panic", message=said.message, frames=frames)


_OF_PYTHON = frozenset(
    {"AssertionError", "IndexError", "OverflowError", "ValueError", "ZeroDivisionError"}
)
"""What typed Lisp panics with: it is raised as Python's own, too."""


@cache
def _panic_of(name: str) -> type[RustPanic]:
    return type(name, (RustPanic, getattr(builtins, name)), {})


def _conversion(said: _Said) -> BaseException:
    return ConversionError(said.message, path=said.path or said.function)


_MAKERS: dict[str, Callable[[_Said], BaseException]] = {
    "error": _error,
    "panic": _panic,
    "conversion": _conversion,
    "usage": lambda said: TypeError(f"{said.function}: {said.message}"),
    "borrowed": lambda said: Borrowed(said.message),
    "moved": lambda said: Moved(said.message),
    "thread": lambda said: WrongThread(said.message),
}


def short(path: str) -> str:
    """`regex::error::Error` is `Error`; `a::B<c::D>` is `B<D>`."""
    return re.sub(r"\b\w+::", "", path)
