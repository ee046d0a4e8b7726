"""What Proxies of JavaScript objects ask of their bridge, whichever home the guest lives in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from polyhy.bridge import Bridge
from polyhy.errors import Stopped
from polyhy.proxy import Proxy
from polyhy.values import spellings

from . import objects
from .errors import Exhausted

_LINES = 12  # of a function's source, where no comment says what it does


class Serving(Bridge):
    """The half of a bridge that is the same for the engine in this process and for Node."""

    lexer = "javascript"
    guest: Any  # a Guest; each home has its own

    def get(self, native: int, name: str) -> Any:
        return self.guest.ask("get", native, *spellings(name))

    def set(self, native: int, name: str, value: Any) -> None:
        self.guest.ask("set", native, value, *spellings(name))

    def delete(self, native: int, name: str) -> None:
        self.guest.ask("delete", native, *spellings(name))

    def call_by_ref(self, native: int, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return self.guest.ask("invokeByRef", native, 0, *args, *([dict(kwargs)] if kwargs else ()))

    def new(self, native: int, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return self.guest.ask("construct", native, *args, *([dict(kwargs)] if kwargs else ()))

    def item(self, native: int, key: Any) -> Any:
        return self.guest.ask("item", native, key)

    def set_item(self, native: int, key: Any, value: Any) -> None:
        self.guest.ask("setItem", native, key, value)

    def delete_item(self, native: int, key: Any) -> None:
        self.guest.ask("deleteItem", native, key)

    def length(self, native: int) -> int:
        return self.guest.ask("length", native)

    def contains(self, native: int, key: Any) -> bool:
        return self.guest.ask("contains", native, key)

    def iterate(self, native: int) -> Iterator[Any]:
        return self._each(self.guest.ask("iterate", native))

    def copy(self, native: int) -> Any:
        return self.guest.ask("copy", native)

    def members(self, native: int) -> list[str]:
        return self.guest.ask("members", native)

    def signature(self, native: int) -> str:
        return self.guest.ask("signature", native)

    def doc(self, native: int) -> str:
        """Its parameters, and the comment before it or the first lines of its source."""
        parts = (self.signature(native), self.guest.ask("comment", native) or self._head(native))
        return "\n\n".join(part for part in parts if part)

    def source(self, native: int) -> str:
        return self.guest.ask("source", native)

    def _head(self, native: int) -> str:
        lines = self.source(native).splitlines()
        return "\n".join([*lines[:_LINES], "..."] if len(lines) > _LINES else lines)

    def show(self, native: int) -> str:
        return self.guest.ask("show", native)

    @classmethod
    def brings(cls, module: str) -> bool:
        return module.startswith("node:")

    def text(self, native: int) -> str:
        return self.guest.ask("text", native)

    def held(self) -> list[Any]:
        """The Python objects that scripts hold, but for this room's own."""
        if self.guest.ended:
            return []
        self.guest.look()
        return [x for x in list(self.guest.lending.objects.values()) if not _is_ours(x)]

    def free(self, proxy: Any) -> None:
        self.guest.holding.forget(proxy)
        objects.free(proxy)
        super().free(proxy)
        self.guest.lending.look()

    def _each(self, iterator: Any) -> Iterator[Any]:
        while True:
            try:
                yield self.guest.ask("next", iterator.__native__)
            except Exhausted:
                return

    def _own(self, x: Proxy) -> int | None:
        bridge = x.__bridge__
        if bridge is self:
            return x.__native__
        if bridge.name == self.name and bridge.guest.ended:
            raise Stopped(language=self.name)
        return None


def _is_ours(x: Any) -> bool:
    named = x if callable(x) else type(x)
    return str(getattr(named, "__module__", "")).startswith(__package__ or "")
