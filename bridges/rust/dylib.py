"""Shared libraries with a C ABI, such as a Rust cdylib, by their declarations and cffi."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from polyhy.bridge import Bridge
from polyhy.errors import NoSuchFile, Stopped, UsageError

_NOISE = re.compile(
    r"""/\*.*?\*/ | //[^\n]*                              # comments
    | ^[ \t]*\#(?:[^\n]*\\\n)*[^\n]*                      # directives
    | \b__attribute__\s*\(\(.*?\)\) | \b__extension__\b""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
_EXTERN = re.compile(r'extern\s+"C"\s*\{(.*)\}|extern\s+"C"\s*', re.DOTALL)


class Dylib(Bridge):
    """`(import-from "dylib" "./libthing.so" :header "thing.h")`, or `:declare "int f(int);"`."""

    name: ClassVar[str] = "dylib"
    suffixes: ClassVar[tuple[str, ...]] = (".so", ".dylib", ".dll")
    survives_fork: ClassVar[bool] = True
    lexer: ClassVar[str] = "c"
    options: ClassVar[Mapping[str, str]] = {
        "header": "the C header, beside the library or where the program runs",
        "declare": "C declarations, in place of a header",
    }

    def start(self, paths: Sequence[Path]) -> None:
        self.running = True

    def stop(self) -> None:
        self.running = False

    def search(self, paths: Sequence[Path]) -> None:
        """A library is loaded by its path alone."""

    def eval(self, source: str, origin: str) -> Any:
        raise UsageError("a dylib is loaded, not evaluated", origin=origin)

    def load(self, module: str, **options: Any) -> Any:
        """Load a library, whose functions are those that its header declares."""
        if not self.running:
            raise Stopped(language=self.name)
        import cffi

        library = Path(module)
        ffi = cffi.FFI()
        try:
            ffi.cdef(_declarations(library, options))
            return Library(ffi, ffi.dlopen(str(library)), library.name)
        except (cffi.CDefError, cffi.FFIError) as error:
            said = f"the declarations of {library.name} can't be read: {error}"
            raise UsageError(said) from None
        except OSError as error:
            raise UsageError(f"{library.name} can't be loaded: {error}") from None


class Library:
    """What a header declares. Texts cross as UTF-8; other pointers as cffi has them."""

    def __init__(self, ffi: Any, library: Any, name: str) -> None:
        self._ffi, self._library, self._name = ffi, library, name
        self._declared = [each for each in dir(library) if not each.startswith("_")]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in self._declared:
            raise AttributeError(f"{self._name} declares no {name!r}")
        found = getattr(self._library, name)
        type_ = self._ffi.typeof(found) if isinstance(found, self._ffi.CData) else None
        if type_ is not None and type_.kind == "function":
            found = _function(self._ffi, found, type_, name)
        self.__dict__[name] = found
        return found

    def __dir__(self) -> list[str]:
        return self._declared

    def __repr__(self) -> str:
        return f"<library {self._name}: {', '.join(self._declared[:8])}>"


def _function(ffi: Any, native: Any, type_: Any, name: str) -> Any:
    """The native function where it takes and gives plain numbers; else one that converts."""
    texts = [_is_text(each) for each in type_.args]
    gives_text = _is_text(type_.result)
    if not any(texts) and not gives_text:
        return native

    def call(*args: Any) -> Any:
        converted = [
            arg.encode() if text and isinstance(arg, str) else arg
            for arg, text in zip(args, texts, strict=False)
        ]
        result = native(*converted, *args[len(texts) :])
        if gives_text:
            return None if result == ffi.NULL else ffi.string(result).decode()
        return result

    call.__name__ = call.__qualname__ = name
    call.__doc__ = ffi.getctype(type_, name)
    return call


def _is_text(type_: Any) -> bool:
    return type_.kind == "pointer" and type_.item.cname == "char"


def _declarations(library: Path, options: Mapping[str, Any]) -> str:
    if text := options.get("declare"):
        return str(text)
    if not (header := options.get("header")):
        hint = '(import-from "dylib" "./libthing.so" :header "thing.h")'
        raise UsageError(f"{library.name} needs its declarations", hint=f"write {hint}")
    places = [library.parent / str(header), Path(str(header))]
    file = next((place for place in places if place.is_file()), None)
    if file is None:
        where = " or ".join(str(place.parent) for place in places)
        raise NoSuchFile(language="C", file=str(header), where=where)
    return _EXTERN.sub(lambda m: m[1] or "", _NOISE.sub("", file.read_text("utf-8")))
