"""The contract of a runtime. A room subclasses Bridge; host starts it, namespace loads by it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, ClassVar

from polyhy.errors import UsageError


class Bridge(ABC):
    """A language inside this process.

    Five methods make a bridge: `start`, `stop`, `search`, `eval` and `load`. The others serve
    Proxies of guest objects; `native` is whatever the room keeps in a Proxy for a guest's object.
    Each method takes and returns Python values by the value rule, and raises a GuestError, never
    the guest's bare error.
    """

    name: ClassVar[str]
    """The language: `js`."""

    suffixes: ClassVar[tuple[str, ...]] = ()
    """The endings of its source files, for modules of the project's own."""

    main_thread: ClassVar[bool] = False
    """True where only the main thread may enter; calls from others are then routed there."""

    survives_fork: ClassVar[bool] = False
    """True where a forked child may go on using the runtime."""

    options: ClassVar[Mapping[str, str]] = {}
    """What `load` takes besides a name, each with a line of help: `{"sandbox": "no os, no io"}`."""

    twin_of: ClassVar[str] = ""
    """The language that it is another runtime of: `node` runs what is made for `js`."""

    several: ClassVar[bool] = True
    """True where runtimes that run side by side have each a state of their own."""

    fills: ClassVar[bool] = False
    """True where values may stand in source, as `filled` takes them."""

    lexer: ClassVar[str] = "text"
    """What Pygments calls the language: `javascript`."""

    keeps: ClassVar[tuple[str, ...]] = ()
    """Patterns of what it keeps in the cache: `("c/*/*",)`. Each match can be made again."""

    @classmethod
    def brings(cls, module: str) -> bool:
        """True for a module of the language itself, which is no file: `node:fs`, Lua's `string`."""
        return False

    @abstractmethod
    def start(self, paths: Sequence[Path]) -> None:
        """Bring the runtime up, with `paths` to look for modules in."""

    @property
    def lost(self) -> bool:
        """True where the runtime ended by itself; the next use starts another."""
        return False

    @abstractmethod
    def stop(self) -> None:
        """Let everything go. Proxies of its objects raise Stopped from now on."""

    @abstractmethod
    def search(self, paths: Sequence[Path]) -> None:
        """Look for modules in `paths` too."""

    @abstractmethod
    def eval(self, source: str, origin: str) -> Any:
        """Evaluate `source`, which stands at `origin` (`file.hy:line`), and return its value."""

    @abstractmethod
    def load(self, module: str, **options: Any) -> Any:
        """Load an installed module (`lodash/fp`), or a file of the project's own (a path)."""

    def filled(self, parts: Sequence[str], values: Sequence[Any], origin: str) -> Any:
        """Evaluate source with values between its parts, which are never read as source."""
        raise UsageError(f"values are no part of {self.name}'s source: pass them to a function")

    def cell(self, source: str, origin: str, names: MutableMapping[str, Any]) -> Any:
        """Run what was typed at a prompt, and return the value of its last expression.

        Its free names are looked up in `names`, and those it assigns at its top are set there.
        """
        return self.eval(source, origin)

    def incomplete(self, source: str) -> bool:
        """True where more lines must follow: a prompt then goes on reading."""
        return False

    def globals(self) -> Any:
        """The object whose members every source of the language sees, for completion and help."""
        return None

    def limited(self, timeout: float | None, memory: int | None) -> AbstractContextManager[None]:
        """Calls within end by TimedOut after that many seconds, OutOfMemory above those bytes."""
        raise UsageError(f"{self.name} has no limits for calls")

    def wait(self) -> None:
        """Run what the guest still has to do (timers, promises), until there is nothing left."""

    def serve(self) -> float | None:
        """Run what the guest has to do by now, and return the seconds until more is due, if known.

        A prompt asks this again and again while it waits for its user. It waits for nothing.
        """
        return None

    def forked(self) -> None:
        """Called in a forked child, where the runtime can't be used: raise Forked from now on."""

    def held(self) -> list[Any]:
        """The Python objects that the guest holds, for `polyhy.leaks()`."""
        return []

    def free(self, proxy: Any) -> None:
        """A scope ends this Proxy: let go of all that it has besides `__bridge__`."""
        object.__setattr__(proxy, "__native__", None)

    # --- behind a Proxy

    def get(self, native: Any, name: str) -> Any:
        """Return the member `name`, tried in all its spellings; AttributeError if there is none."""
        raise AttributeError(name)

    def set(self, native: Any, name: str, value: Any) -> None:
        raise AttributeError(name)

    def delete(self, native: Any, name: str) -> None:
        raise AttributeError(name)

    def call(self, native: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        raise TypeError(f"this {self.name} object can't be called")

    def call_by_ref(self, native: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Call, and leave a result that is data in the guest, as a Proxy."""
        raise TypeError(f"this {self.name} object can't be called")

    def new(self, native: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Construct with any constructor function."""
        raise TypeError(f"this {self.name} object constructs nothing")

    def item(self, native: Any, key: Any) -> Any:
        raise TypeError(f"this {self.name} object has no items")

    def set_item(self, native: Any, key: Any, value: Any) -> None:
        raise TypeError(f"this {self.name} object has no items")

    def delete_item(self, native: Any, key: Any) -> None:
        raise TypeError(f"this {self.name} object has no items")

    def length(self, native: Any) -> int:
        raise TypeError(f"this {self.name} object has no length")

    def contains(self, native: Any, key: Any) -> bool:
        return any(key == x for x in self.iterate(native))

    def iterate(self, native: Any) -> Iterator[Any]:
        raise TypeError(f"this {self.name} object can't be iterated")

    def copy(self, native: Any) -> Any:
        """Copy the data out; ConversionError where it is behaviour."""
        raise TypeError(f"this {self.name} object is not data")

    def members(self, native: Any) -> list[str]:
        return []

    def signature(self, native: Any) -> str:
        """Its parameters as the guest's source says them: `(array, size = 1)`; empty if unknown."""
        return ""

    def doc(self, native: Any) -> str:
        return ""

    def stub(self, module: Any) -> str:
        """What a loaded module offers, as the text of a `.pyi`; empty if its types are unknown."""
        return ""

    def source(self, native: Any) -> str:
        """The text that defines it; empty if unknown."""
        return ""

    def show(self, native: Any) -> str:
        """A short preview for `repr`."""
        return f"<{self.name} object>"

    def text(self, native: Any) -> str:
        """What `str` gives: the object's own text where it has one, else its preview."""
        return self.show(native)
