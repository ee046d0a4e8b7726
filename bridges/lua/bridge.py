"""Lua inside this process, by lupa: LuaJIT, or 5.4 by choice. What crosses, and how: README.md."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar

from polyhy.bridge import Bridge
from polyhy.errors import ConversionError, Frame, NoSuchFile, Stopped, UsageError
from polyhy.proxy import Proxy
from polyhy.values import MAX_DEPTH, spellings

from .calls import EVENTS, Calls
from .errors import LuaError, lua_error, syntax_error
from .preview import doc, show
from .proxies import OPERATORS
from .receive import END, MARKS, MISSING, Receive, text
from .send import Send

_PARTS = ("python", "tokens", "guest", "members", "modules")
_ASKED = (
    *("call", "call_live", "call_loose", "callable", "compile", "find"),
    *("home", "require", "require_file", "search", "stop"),
)

VERSIONS = {"jit": "lupa.luajit21", "5.4": "lupa.lua54"}
"""What POLYHY_LUA may say."""


class Lua(Bridge):
    """Lua. `POLYHY_LUA=5.4` in the environment, or `Lua("5.4")`, chooses Lua 5.4."""

    name: ClassVar[str] = "lua"
    suffixes: ClassVar[tuple[str, ...]] = (".lua",)
    survives_fork: ClassVar[bool] = True

    def __init__(self, version: str = "") -> None:
        self.version = version

    def start(self, paths: Sequence[Path]) -> None:
        lupa = _lupa(self.version or os.environ.get("POLYHY_LUA") or "jit")
        # Latin-1 makes the runtime 8-bit clean and lets ASCII cross as it is, at C's speed.
        self.vm = lupa.LuaRuntime(
            encoding="latin-1",
            source_encoding="utf-8",
            unpack_returned_tuples=True,
            register_eval=False,
            register_builtins=False,
        )
        by_ref = lupa.as_attrgetter
        self.lupa_error: type[Exception] = lupa.LuaError
        self.send = Send(self, self.vm, by_ref)
        self._boot(Calls(self, by_ref), by_ref)
        self.receive = Receive(self, self.vm)
        self.folders: list[str] = []
        self.search(paths)

    def _boot(self, calls: Calls, by_ref: Any) -> None:
        table = self.vm.table_from
        host = table(
            {
                "calls": table(calls.table()),
                "events": table(EVENTS),
                "operators": table(OPERATORS),
                "MINUS_ZERO": by_ref(-0.0),
                "MAX_DEPTH": MAX_DEPTH,
                **MARKS,
            }
        )
        guest = table({})
        for name in _PARTS:
            source = files(__package__ or "").joinpath(f"{name}.lua").read_text("utf-8")
            self.vm.execute(source, guest, host, name=f"=polyhy/{name}.lua")
        self.guest: Any = {name: guest[name] for name in _ASKED}
        self.ops: Any = dict(guest["ops"].items())
        self.callable, self.home = self.guest["callable"], self.guest["home"]
        self.collect = self.vm.globals()["collectgarbage"]

    def stop(self) -> None:
        self.guest["stop"]()
        self.guest = self.ops = _Gone()
        self.callable = self.home = self.collect = _gone
        del self.vm

    def search(self, paths: Sequence[Path]) -> None:
        self.folders += [f for f in map(str, paths) if f not in self.folders]
        self.guest["search"](";".join(f"{f}/?.lua;{f}/?/init.lua" for f in self.folders).encode())

    def eval(self, source: str, origin: str) -> Any:
        file, _, line = origin.rpartition(":")
        sent = self.send(source, "source")
        file, first = (file, int(line)) if line.isdigit() else (origin, 1)
        chunk = self.guest["compile"](sent, f"@{file}".encode(), first)
        if type(chunk) is tuple:
            raise syntax_error(str(text(chunk[1])), file)
        try:
            return self._enter("call", chunk)
        except LuaError as error:
            # LuaJIT forgets the frame of `return f()`.
            error.frames = error.frames or (Frame(file, first, ""),)
            raise

    def load(self, module: str, **options: Any) -> Any:
        if module.endswith(self.suffixes) or module.startswith((".", "/")):
            return self._load_file(Path(module).resolve())
        name = module.replace("/", ".")
        if not self.guest["find"](name.encode()):
            where = ", ".join(self.folders) or "any folder, for none is searched"
            raise NoSuchFile(language="Lua", file=name.replace(".", "/") + ".lua", where=where)
        return self._enter("call", self.guest["require"], name.encode())

    def _load_file(self, path: Path) -> Any:
        if not path.is_file():
            raise NoSuchFile(language="Lua", file=path.name, where=path.parent)
        self.search([path.parent])
        names = str(path).encode(), path.stem.encode()
        return self._enter("call", self.guest["require_file"], *names)

    # --- behind a Proxy

    def get(self, native: Any, name: str) -> Any:
        value = self.ask("get", native, *_spelled(name))
        if value is MISSING:
            raise AttributeError(f"this Lua object has no member {name!r}")
        return value

    def set(self, native: Any, name: str, value: Any) -> None:
        self.ask("set", native, self.send(value, name), *_spelled(name))

    def delete(self, native: Any, name: str) -> None:
        self.get(native, name)
        self.set(native, name, None)

    def call(self, native: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        sent = self.send.all(args, kwargs)
        try:
            return self.receive.value(self.guest["call"](native, *sent))
        except self.lupa_error as error:
            self.explain(error)
            raise

    def call_by_ref(self, native: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return self._enter("call_live", native, *self.send.all(args, kwargs))

    def item(self, native: Any, key: Any) -> Any:
        value = self.ask("item", native, self.send(key, "key"))
        if value is not MISSING:
            return value
        if type(key) is int:
            raise IndexError(f"this Lua object has no item {key}; Lua counts from 1")
        raise KeyError(key)

    def set_item(self, native: Any, key: Any, value: Any) -> None:
        self.ask("set_item", native, self.send(key, "key"), self.send(value, "value"))

    def delete_item(self, native: Any, key: Any) -> None:
        self.item(native, key)
        self.set_item(native, key, None)

    def length(self, native: Any) -> int:
        length = self.ask("length", native)
        if length is MISSING:
            raise TypeError("this Lua object has no length")
        return length

    def contains(self, native: Any, key: Any) -> bool:
        if self.ask("is_list", native):
            return any(key == x for x in self.iterate(native))
        return self.ask("item", native, self.send(key, "key")) is not MISSING

    def iterate(self, native: Any) -> Iterator[Any]:
        steps = self.ask("steps", native)
        if steps is MISSING:
            raise TypeError("this Lua object can't be iterated")
        return self._steps(steps.__native__)

    def copy(self, native: Any) -> Any:
        value = self._enter("call_loose", self.ops["copy"], native)
        if isinstance(value, Proxy):
            raise ConversionError(
                "it is behaviour (it holds functions or itself, or has a metatable), not data",
                path="data(x)",
                hint="copy what you need of it: data(x.name)",
            )
        return value

    def members(self, native: Any) -> list[str]:
        names = self._enter("call", self.ops["members"], native)
        return sorted(x for x in names if type(x) is str and x.isidentifier())

    def signature(self, native: Any) -> str:
        return self.ask("signature", native)

    def doc(self, native: Any) -> str:
        return doc(self, native)

    def show(self, native: Any) -> str:
        return show(self, native) if self.ops else "<lua object of a stopped runtime>"

    def same(self, a: Any, b: Any) -> bool:
        return self.ask("same", a, b)

    def address(self, native: Any) -> int:
        return int(self.ask("address", native), 16)

    def operate(self, name: str, a: Any, b: Any) -> Any:
        """Answer Python's operator `name` by the metamethod of one of the two."""
        return self._enter("call", self.ops[name], *self.send.all((a, b), {}))

    def ask(self, op: str, *args: Any) -> Any:
        """What members.lua answers; containers stay in Lua."""
        return self._enter("call_live", self.ops[op], *args)

    def explain(self, error: Exception, x: Any = None) -> None:
        """Raise what lupa's own `error` means, if it is one; `x` is the number that was sent."""
        if isinstance(error, OverflowError):
            self.send(x, ("args", 0))
        if isinstance(error, self.lupa_error) and not isinstance(error, MemoryError):
            message = str(error).partition("\nstack traceback:")[0]
            raise lua_error("", "LuaError", message, message) from None

    def _enter(self, how: str, *args: Any) -> Any:
        try:
            return self.receive.value(self.guest[how](*args))
        except self.lupa_error as error:
            self.explain(error)
            raise

    def _steps(self, native: Any) -> Iterator[Any]:
        while (value := self._enter("call_live", native)) is not END:
            yield value


@lru_cache(maxsize=4096)
def _spelled(name: str) -> tuple[bytes, ...]:
    return tuple(x.encode() for x in spellings(name))


class _Gone:
    """What is left of a runtime that was stopped."""

    def __getitem__(self, name: str) -> Any:
        raise Stopped(language="lua")

    def __bool__(self) -> bool:
        return False


def _gone(*_: Any) -> Any:
    raise Stopped(language="lua")


def _lupa(version: str) -> Any:
    if version not in VERSIONS:
        raise UsageError(f"there is no Lua {version!r} here", hint="POLYHY_LUA is jit or 5.4")
    return import_module(VERSIONS[version])
