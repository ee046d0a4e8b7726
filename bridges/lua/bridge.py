"""Lua inside this process, by lupa: LuaJIT, or 5.4 by choice. What crosses, and how: README.md."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar

from polyhy import lifetimes
from polyhy.errors import Frame, NoSuchFile, Stopped
from polyhy.values import MAX_DEPTH, places

from .buffers import CODES, ITEMS
from .calls import EVENTS, NEXT, SANDBOX_EVENTS, Calls, advance, set_name
from .coroutines import Coroutines
from .direct import caller
from .errors import LuaError, syntax_error
from .limits import Limits
from .looks import Looks
from .native import engine
from .objects import Objects
from .proxies import OPERATORS, LuaFunction
from .receive import ROOM, Receive, marks, text
from .refs import Ref, out_of
from .search import Folders
from .send import Send
from .turns import Turns

_PARTS = (
    *("limits", "python", "buffers", "numbers", "packs", "texts", "tokens"),
    *("guest", "members", "modules"),
)
# LuaJIT's profiler looks up at each line: ours have none, and are as quick as without it.
_COMPILED = """function(source, name)
    local chunk = assert((loadstring or load)(source, name))
    return jit and loadstring(string.dump(chunk, true), name) or chunk
end"""
_LIBRARIES = (
    *("bit", "coroutine", "debug", "ffi", "io", "jit"),
    *("math", "os", "package", "string", "table", "utf8"),
)
_ASKED = (
    *("buffer", "call", "call_live", "call_loose", "callable", "calm", "compile", "find"),
    *("home", "known", "limit", "looks", "names", "profile", "require", "require_file", "search"),
    *("stop", "unpacked", "unprofile", "unwatch", "wants_more"),
)


class Lua(Objects):
    """Lua. `POLYHY_LUA=5.4` in the environment, or `Lua("5.4")`, chooses Lua 5.4."""

    name: ClassVar[str] = "lua"
    suffixes: ClassVar[tuple[str, ...]] = (".lua",)
    survives_fork: ClassVar[bool] = True
    lexer: ClassVar[str] = "lua"
    options: ClassVar[Mapping[str, str]] = {
        "sandbox": "a runtime of its own with no files, no programs and no way into Python",
        "timeout": "a runtime of its own, in which a call may take so many seconds",
        "memory": "a runtime of its own, which may hold so many bytes",
    }

    def __init__(self, version: str = "") -> None:
        self.version = version

    def start(
        self,
        paths: Sequence[Path],
        *,
        version: str = "",
        sandbox: bool = False,
        timeout: float | None = None,
        memory: int | None = None,
    ) -> None:
        """`version` is jit or 5.4; `timeout` and `memory` limit each call."""
        version = version or self.version or os.environ.get("POLYHY_LUA") or "jit"
        self.settings = {"sandbox": sandbox, "timeout": timeout, "memory": memory}
        self.engine = engine(version)
        lupa = import_module(self.engine.module)
        # Latin-1 makes the runtime 8-bit clean and lets ASCII cross as it is, at C's speed.
        self.vm = lupa.LuaRuntime(
            encoding="latin-1",
            source_encoding="utf-8",
            unpack_returned_tuples=True,
            register_eval=False,
            register_builtins=False,
            max_memory=0,
        )
        by_ref = lupa.as_attrgetter
        self.lupa_error: type[Exception] = lupa.LuaError
        self.limits = Limits(self, timeout, memory)
        self.turns = Turns(self.vm)
        self.coroutines = Coroutines(self.engine)
        self.looks = Looks(self)
        self.send = Send(self, self.vm, by_ref)
        self.calls = Calls(self, by_ref)
        self._boot(by_ref)
        self.receive = Receive(self, self.vm)
        self.folders, self.apart = Folders(self.engine), dict[str, Lua]()
        self.search(paths)
        self.looks.start(int(self.guest["looks"](), 16))
        if self.looks.jit:
            self.looks.profile(self.guest["profile"])
        self.own = {id(x) for x in self._lent()}
        lifetimes.register(self)

    def _boot(self, by_ref: Any) -> None:
        table, sandbox = self.vm.table_from, self.settings.get("sandbox")
        events = SANDBOX_EVENTS if sandbox else EVENTS
        known = marks()
        rooms = {name: mark.room.buffer_info()[0] for name, mark in known.items() if mark.room}

        def asked(f: Callable[..., Any]) -> Any:
            call, takes = caller(self, f)
            asked = {"call": call, "takes": takes, "f": by_ref(Ref(f)), "n": places(f)}
            return table(asked)

        host = table(
            {
                "calls": table(self.calls.table()),
                "limits": table(self.calls.limits()),
                "events": table({name: asked(f) for name, f in events.items()}),
                "set_name": asked(set_name),
                "advance": asked(advance),
                "NEXT": NEXT,
                "operators": table(OPERATORS),
                "rooms": table(rooms),
                "ROOM": ROOM,
                "items": table(ITEMS),
                "codes": table(CODES),
                "MINUS_ZERO": by_ref(-0.0),
                "MAX_DEPTH": MAX_DEPTH,
                **known,
            }
        )
        guest, compiled = table({}), self.vm.eval(_COMPILED)
        for name in (*_PARTS, "sandbox") if sandbox else _PARTS:
            source = files(__package__ or "").joinpath(f"{name}.lua").read_bytes()
            compiled(source, f"=polyhy/{name}.lua")(guest, host)
        self.guest: Any = {name: guest[name] for name in _ASKED}
        self.ops: Any = dict(guest["ops"].items())
        for name in ("call", "call_live", "call_loose"):
            self.guest[name] = self.limits.each(self.guest[name])
        self.callable, self.known = self.guest["callable"], self.guest["known"]
        self.home = self.guest["home"]
        self.collect = self.vm.globals()["collectgarbage"]

    def stop(self) -> None:
        for each in self.apart.values():
            each.stop()
        self.apart.clear()
        if self.looks.profiled:
            self.guest["unprofile"]()
        self.looks.stop()
        self.guest["stop"]()
        self.guest = self.ops = _Gone()
        self.callable = self.known = self.home = self.collect = _gone
        del self.vm

    def search(self, paths: Sequence[Path]) -> None:
        if self.folders.add(paths):
            self.guest["search"](*(t.encode() for t in self.folders.templates()))
        for each in self.apart.values():
            each.search(paths)

    def eval(self, source: str, origin: str) -> Any:
        return self._run(source, origin, None)

    def cell(self, source: str, origin: str, names: MutableMapping[str, Any]) -> Any:
        """Run a prompt's cell: its globals are the session's names, then Lua's own."""
        return self._run(source, origin, self.guest["names"](self.send.by_ref(names)))

    def incomplete(self, source: str) -> bool:
        """True where Lua met the end of the source and wanted more."""
        return self.guest["wants_more"](self.send(source, "source"))

    def held(self) -> list[Any]:
        """The Python objects that Lua holds, but for those that it began with."""
        return [x for x in self._lent() if id(x) not in self.own] if self.ops else []

    def free(self, proxy: Any) -> None:
        super().free(proxy)
        if isinstance(proxy, LuaFunction):
            proxy.free()
        self.guest["unwatch"]()
        self.collect()

    def _lent(self) -> list[Any]:
        lent = next(x for x in gc.get_referents(self.vm) if type(x) is dict)
        return [out_of(y) for x in lent.values() for y in gc.get_referents(x)]

    def limited(self, timeout: float | None, memory: int | None) -> AbstractContextManager[None]:
        """Limit the calls made inside; meanwhile LuaJIT interprets. See README.md."""
        return self.limits.within(timeout, memory)

    def _run(self, source: str, origin: str, env: Any) -> Any:
        file, _, line = origin.rpartition(":")
        sent = self.send(source, "source")
        file, first = (file, int(line)) if line.isdigit() else (origin, 1)
        chunk = self.guest["compile"](sent, f"@{file}".encode(), first, env)
        if type(chunk) is tuple:
            raise syntax_error(str(text(chunk[1])), file)
        try:
            return self._enter("call", chunk)
        except LuaError as error:
            # LuaJIT forgets the frame of `return f()`.
            error.frames = error.frames or (Frame(file, first, ""),)
            raise

    def globals(self) -> Any:
        return self.eval("return _G", "<globals>:1")

    @classmethod
    def brings(cls, module: str) -> bool:
        return module.partition(".")[0] in _LIBRARIES

    def load(self, module: str, **options: Any) -> Any:
        if any(options.values()):
            return self._apart(module, options).load(module)
        if module.endswith(self.suffixes) or module.startswith((".", "/")):
            return self._load_file(Path(module).resolve())
        name = self.folders.module(module)
        if not self.guest["find"](name.encode()):
            raise self.folders.missing(name)
        return self._enter("call", self.guest["require"], name.encode())

    def _apart(self, module: str, options: Mapping[str, Any]) -> Lua:
        """The runtime of its own that a module with these options is loaded into."""
        key = f"{module} {sorted(options.items())}"
        if key not in self.apart:
            made = type(self)(self.version)
            settings: dict[str, Any] = {**self.settings, **options}
            made.start(self.folders.folders, **settings)
            self.apart[key] = made
        return self.apart[key]

    def _load_file(self, path: Path) -> Any:
        if not path.is_file():
            raise NoSuchFile(language="Lua", file=path.name, where=path.parent)
        self.search([path.parent])
        names = str(path).encode(), path.stem.encode()
        return self._enter("call", self.guest["require_file"], *names)


class _Gone:
    """What is left of a runtime that was stopped."""

    def __getitem__(self, name: str) -> Any:
        raise Stopped(language="lua")

    def __bool__(self) -> bool:
        return False


def _gone(*_: Any) -> Any:
    raise Stopped(language="lua")
