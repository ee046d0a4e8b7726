"""What Proxies ask of their objects in Lua; members.lua answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from polyhy.bridge import Bridge
from polyhy.errors import ConversionError, Freed
from polyhy.proxy import Proxy
from polyhy.values import spellings

from . import preview
from .errors import lua_error
from .receive import END, MISSING
from .refs import Passing

if TYPE_CHECKING:
    from .limits import Limits
    from .receive import Receive
    from .send import Send


class Objects(Bridge):
    """The half of Lua's bridge that stands behind Proxies."""

    guest: Any
    ops: Any
    send: Send
    receive: Receive
    limits: Limits
    lupa_error: type[Exception]

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
        except BaseException as error:
            meant = self.meant(error)
        raise meant

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
        return preview.signature(self, native)

    def doc(self, native: Any) -> str:
        return preview.doc(self, native)

    def source(self, native: Any) -> str:
        return preview.source(self, native)

    def show(self, native: Any) -> str:
        return preview.show(self, native) if self.ops else "<lua object of a stopped runtime>"

    def same(self, a: Any, b: Any) -> bool:
        return self.ask("same", a, b)

    def address(self, native: Any) -> int:
        return int(self.ask("address", native), 16)

    def operate(self, name: str, a: Any, b: Any) -> Any:
        """Answer Python's operator `name` by the metamethod of one of the two."""
        if name not in self.ops:
            if name == "__invert__":  # Python asks no one else
                raise TypeError("this Lua has no operator ~")
            return NotImplemented
        return self._enter("call", self.ops[name], *self.send.all((a, b), {}))

    def closing(self, native: Any) -> None:
        """TypeError where Lua could not close it, as `with` asks."""
        if not self.ask("closing", native):
            raise TypeError("this Lua object has no __close")

    def close(self, native: Any, error: BaseException | None) -> None:
        self.ask("close", native, self.send(error, "error"))

    def freed(self, *_: Any) -> Any:
        raise Freed(language=self.name)

    def ask(self, op: str, *args: Any) -> Any:
        """What members.lua answers; containers stay in Lua."""
        try:
            return self.receive.value(self.guest["call_live"](self.ops[op], *args))
        except BaseException as error:
            meant = self.meant(error)
        raise meant

    def meant(self, error: BaseException, x: Any = None) -> BaseException:
        """The exception that lupa's `error` stands for; `x` is the number that was sent."""
        self.limits.lift()
        if type(error) is Passing:
            return error.value
        if isinstance(error, OverflowError):
            try:
                self.send(x, ("args", 0))
            except ConversionError as refused:
                return refused
        if isinstance(error, self.lupa_error):
            if isinstance(error, MemoryError):
                return self.limits.out_of_memory()
            message = str(error).partition("\nstack traceback:")[0]
            return lua_error("", "LuaError", message, message)
        return error

    def _enter(self, how: str, *args: Any) -> Any:
        try:
            return self.receive.value(self.guest[how](*args))
        except BaseException as error:
            meant = self.meant(error)
        raise meant

    def _steps(self, native: Any) -> Iterator[Any]:
        while (value := self._enter("call_live", native)) is not END:
            yield value


@lru_cache(maxsize=4096)
def _spelled(name: str) -> tuple[bytes, ...]:
    return tuple(x.encode() for x in spellings(name))
