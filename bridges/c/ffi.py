"""cffi's own ways into a library: `lib.ffi`, and `lib.raw`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cffi

if TYPE_CHECKING:
    from .library import Library


_typeof: Any = cffi.FFI._typeof  # pyright: ignore[reportAttributeAccessIssue]


class Ffi(cffi.FFI):
    """cffi's, which learns a type of the library when it is named."""

    def __init__(self, library: Library) -> None:
        super().__init__()
        self._polyhy = library
        self._whole: set[str] = set()

    def known(self, cdecl: str) -> Any:
        """A type by name, whose records may be opaque."""
        self._polyhy.declare(cdecl)
        return _typeof(self, cdecl)

    def _typeof(self, cdecl: str, consider_function_as_pointer: bool = False) -> Any:
        # every method of FFI that takes a type by name asks here, and only here
        if cdecl not in self._whole:
            self._whole.add(cdecl)
            self._polyhy.complete(cdecl)
        return _typeof(self, cdecl, consider_function_as_pointer)


class Raw:
    """The functions of a library as cffi has them."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def __getattr__(self, name: str) -> Any:
        record = self._library._index.get(name)
        if record is None:
            raise AttributeError(name)
        if record["kind"] == "function":
            value = self._library.raw_function(name)
        else:
            self._library.declare(name)
            return self._library._symbol(name)
        self.__dict__[name] = value
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            self.__dict__[name] = value
            return
        self._library.declare(name)
        setattr(self._library._objects[0], name, value)
