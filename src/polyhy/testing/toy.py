"""ToyBridge: a language of Python expressions, for testing the core without a guest."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FunctionType, SimpleNamespace
from typing import Any, ClassVar

from polyhy.bridge import Bridge
from polyhy.errors import (
    ConversionError,
    Forked,
    Frame,
    GuestError,
    GuestSyntaxError,
    Stopped,
)
from polyhy.proxy import FunctionProxy, Proxy
from polyhy.values import MAX_DEPTH, Lent, check_text, member, places, spellings, too_deep


class ToyBridge(Bridge):
    """A tiny language for testing the core with no guest: its sources are Python expressions.

    A module is a file `name.toy` that holds one expression. Besides Python's builtins there are
    `error(text)`, which raises; `catch(f)`, which is "caught" if `f()` raises; `new(**members)`,
    an object by reference; and `later(f)`, which calls `f` in `wait`, as a timer would. It brings
    one module of its own, `toy:seven`.
    """

    name = "toy"
    suffixes = (".toy",)
    options: ClassVar = {"louder": "texts come in capitals"}

    def start(self, paths: Sequence[Path]) -> None:
        self.paths, self.loaded, self.pending, self.closed = list(paths), {}, [], None

    def stop(self) -> None:
        self.closed = Stopped

    def forked(self) -> None:
        self.closed = Forked

    def search(self, paths: Sequence[Path]) -> None:
        self.paths += [path for path in paths if path not in self.paths]

    def eval(self, source: str, origin: str) -> Any:
        file, _, line = origin.rpartition(":")
        words = {"error": _error, "catch": _catch, "new": SimpleNamespace}
        words |= {"later": self.pending.append, "__name__": "toy"}
        try:
            code = compile("\n" * (int(line) - 1) + source.strip(), file, "eval")
        except SyntaxError as error:
            frames = (Frame(file, error.lineno or 0, ""),)
            raise GuestSyntaxError(frames=frames, **_told(error)) from None
        return self._out(self._run(lambda: eval(code, words)))

    @classmethod
    def brings(cls, module: str) -> bool:
        return module in _BROUGHT

    def load(self, module: str, **options: Any) -> Any:
        if module in _BROUGHT:
            return _BROUGHT[module]
        ends = (".toy", "/index.toy")
        files = [folder / f"{module}{end}" for folder in self.paths for end in ends]
        for file in [Path(module), *files]:
            if file.suffix == ".toy" and file.is_file():
                if file not in self.loaded:
                    self.loaded[file] = self.eval(file.read_text("utf-8"), f"{file}:1")
                value = self.loaded[file]
                return value.upper() if options.get("louder") else value
        raise GuestError(type_name="NoModule", message=module, language=self.name)

    def wait(self) -> None:
        while self.pending:
            self._run(self.pending.pop(0))

    def serve(self) -> float | None:
        if self.pending:
            self._run(self.pending.pop(0))
        return 0 if self.pending else None

    # --- behind a Proxy

    def get(self, native: Any, name: str) -> Any:
        members = self._members(native)
        for spelling in spellings(name):
            if spelling in members:
                return self._out(members[spelling])
            if not isinstance(native.it, dict) and hasattr(native.it, spelling):
                return self._out(getattr(native.it, spelling))
        raise AttributeError(f"this toy object has no member {name!r}")

    def set(self, native: Any, name: str, value: Any) -> None:
        self._members(native)[name] = self._in(value, "value")

    def delete(self, native: Any, name: str) -> None:
        del self._members(native)[name]

    def call(self, native: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return self._out(self._called(native, args, kwargs))

    def call_by_ref(self, native: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return self._proxy(self._called(native, args, kwargs))

    def item(self, native: Any, key: Any) -> Any:
        return self._out(self._run(lambda: native.it[key]))

    def set_item(self, native: Any, key: Any, value: Any) -> None:
        native.it[key] = self._in(value, "value")

    def delete_item(self, native: Any, key: Any) -> None:
        del native.it[key]

    def length(self, native: Any) -> int:
        return len(native.it)

    def iterate(self, native: Any) -> Iterator[Any]:
        return map(self._out, iter(native.it))

    def copy(self, native: Any) -> Any:
        if callable(native.it) or not isinstance(native.it, _CONTAINERS):
            raise ConversionError("this toy object is behaviour, not data", path="value")
        return self._out(native.it)

    def members(self, native: Any) -> list[str]:
        return sorted(name for name in self._members(native) if isinstance(name, str))

    def show(self, native: Any) -> str:
        return f"<toy {native.it!r:.60}>"

    # --- the value rule

    def _in(self, value: Any, path: str) -> Any:
        if isinstance(value, Proxy) and value.__bridge__ is self:
            return value.__native__.it
        if isinstance(value, str):
            return check_text(value, path)
        return value if isinstance(value, _ATOMS) else _Host(self, value)

    def _out(self, value: Any, path: str = "result") -> Any:
        if isinstance(value, _Host):
            return value.it
        if isinstance(value, _CONTAINERS) and not _holds_function(value):
            return _copied(value, path, self._out)
        return value if isinstance(value, (str, *_ATOMS)) else self._proxy(value)

    def _proxy(self, value: Any) -> Any:
        return (FunctionProxy if callable(value) else Proxy)(self, _Native(value))

    def _called(self, native: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        put = [_copied(x, f"args[{i}]", self._in) for i, x in enumerate(args)]
        named = {key: _copied(x, f"kwargs.{key}", self._in) for key, x in kwargs.items()}
        return self._run(lambda: native.it(*put, **named))

    def _members(self, native: Any) -> dict[str, Any]:
        if self.closed:
            raise self.closed(language=self.name)
        return native.it if isinstance(native.it, dict) else getattr(native.it, "__dict__", {})

    def _run(self, call: Callable[[], Any]) -> Any:
        if self.closed:
            raise self.closed(language=self.name)
        try:
            return call()
        except _Passing as passing:
            home = passing.error
        except Exception as error:
            raise GuestError(frames=_frames(error), **_told(error)) from None
        raise home


class _Native:
    """A guest's object; two are equal if it is the same one."""

    __slots__ = ("it",)

    def __init__(self, it: Any) -> None:
        self.it = it

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Native) and self.it is other.it

    def __hash__(self) -> int:
        return id(self.it)


class _Host:
    """A Python object as the toy sees it: it can be called, and goes home as itself."""

    __slots__ = ("bridge", "it")

    def __init__(self, bridge: ToyBridge, it: Any) -> None:
        self.bridge, self.it = bridge, it.value if isinstance(it, Lent) else it

    def __call__(self, *args: Any) -> Any:
        try:
            taken = args if places(self.it) < 0 else args[: places(self.it)]
            live = [x if isinstance(x, (str, *_ATOMS)) else self._lend(x) for x in taken]
            return _copied(self.it(*live), "result", self.bridge._in)
        except BaseException as error:
            raise _Passing(error) from None

    def _lend(self, x: Any) -> Any:
        return x.it if isinstance(x, _Host) else self.bridge._proxy(x)


class _Passing(Exception):
    """A Python exception on its way through the toy."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


_ATOMS = (type(None), bool, int, float, bytes)
_CONTAINERS = (list, tuple, set, dict)


def _copied(value: Any, path: str, leaf: Callable[[Any, str], Any], depth: int = 0) -> Any:
    """Copy containers deeply; all else is what `leaf` makes of it."""
    kind = type(value)
    if kind not in _CONTAINERS or (depth and _holds_function(value)):
        return leaf(value, path)
    if depth > MAX_DEPTH:
        raise too_deep(path)
    copies = []
    for key, item in value.items() if kind is dict else enumerate(value):
        copies.append((key, _copied(item, member(path, key), leaf, depth + 1)))
    return dict(copies) if kind is dict else kind(copy for _, copy in copies)


def _holds_function(value: Any) -> bool:
    return isinstance(value, dict) and any(type(x) is FunctionType for x in value.values())


def _frames(error: Exception) -> tuple[Frame, ...]:
    steps = traceback.walk_tb(error.__traceback__)
    guest = [(f, line) for f, line in steps if f.f_globals.get("__name__") == "toy"]
    return tuple(Frame(f.f_code.co_filename, line, f.f_code.co_name) for f, line in guest[::-1])


def _told(error: Exception) -> dict[str, Any]:
    return {"type_name": type(error).__name__, "message": str(error), "language": "toy"}


_BROUGHT = {"toy:seven": 7}


def _error(text: str) -> None:
    raise RuntimeError(text)


def _catch(function: Callable[[], Any]) -> str:
    try:
        function()
    except Exception:
        return "caught"
    return "nothing was raised"
