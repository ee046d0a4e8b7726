"""What a header or a source declares, as a module: each name is looked up when it is asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from types import ModuleType
from typing import Any

from polyhy.values import spellings

from .engine import cppyy


class Library(ModuleType):
    """Names of C++. `homes` are the namespaces whose members need no prefix, `own` what is new.

    `cpp` is the global namespace, for all the rest.
    """

    def __init__(self, name: str, own: Collection[str] = (), homes: Collection[str] = ()) -> None:
        super().__init__(name, f"C++: {name}")
        self.__dict__.update(cpp=cppyy().gbl, _own=sorted(own), _homes=tuple(homes))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        for scope, spelled in self._places(name):
            found = getattr(scope, spelled)
            if callable(found):  # a variable is read anew
                self.__dict__[name] = found
            return found
        try:
            return cppyy().macro(name)
        except ValueError:
            raise AttributeError(f"C++'s {self.__name__} has no {name!r}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        for scope, spelled in [] if name.startswith("__") else self._places(name):
            setattr(scope, spelled, value)
            return
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        inner = [n for home in self._homes for n in dir(getattr(self.cpp, home))]
        return sorted({n for n in [*self._own, *inner, "cpp"] if n.isidentifier() and n[0] != "_"})

    def __repr__(self) -> str:
        return f"<C++ library {self.__name__}>"

    @property
    def __all__(self) -> list[str]:
        return [name for name in dir(self) if name != "cpp"]

    def _places(self, name: str) -> Iterator[tuple[Any, str]]:
        scopes = [*(getattr(self.cpp, home) for home in self._homes), self.cpp]
        for scope in scopes:
            yield from ((scope, each) for each in spellings(name) if hasattr(scope, each))


def declared() -> set[str]:
    """The names at the top of all that was compiled until now."""
    return {name for name in dir(cppyy().gbl) if not name.startswith("__")}
