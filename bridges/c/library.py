"""A C library as a module: each name is bound when it is first asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from types import ModuleType
from typing import Any

import cffi

from polyhy.values import spellings

from .call import Call
from .cross import Cross
from .declare import Declarations, by_value
from .errors import Unbound
from .fast import Fast
from .ffi import Ffi, Raw
from .handles import Handle, HandleType, fields_of, partners_of
from .index import Index
from .plan import plan
from .shape import Function, Shape
from .summary import ABOUT, owner

_TAGGED = ("struct ", "union ", "enum ")


class Library(ModuleType):
    """The functions, types and constants of one library, by name.

    `ffi` is cffi's, for all that has no shorter way, and `raw` has the functions as cffi calls
    them, without conversions.
    """

    def __init__(self, name: str, index: Index, *, errno: bool = False, fast: bool = False) -> None:
        super().__init__(name, f"{name} {index.located.version}, bound from its headers.")
        self.__version__ = index.located.version
        self.__dict__["_index"] = index
        self._declarations = Declarations(self)
        self.ffi = Ffi(self)
        self.raw = Raw(self)
        self._errno = errno
        self.located = index.located
        self.headers = index.headers
        self.shims: dict[str, list[Any]] = {}
        self._about = index.get(ABOUT) or {}
        self._objects = [self.ffi.dlopen(each) for each in index.located.objects]
        self._classes: dict[str, Any] = {}
        self._address = self.ffi.typeof("uintptr_t")
        self.calls_back = bool(self._about.get("calls_back", True))
        self.cross = Cross(self)
        self.fast = Fast(self) if fast else None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        found = self._find(name)
        if not found:
            reason = self._index.missing.get(name)
            if reason:
                raise Unbound(reason, name=name, library=self.__name__)
            raise AttributeError(f"the C library {self.__name__} has no {name!r}")
        value = self._made(found)
        if self._index[found]["kind"] == "variable":
            return value
        return self.__dict__.setdefault(name, value)

    def __dir__(self) -> list[str]:
        return sorted({n for n in self._index.names() if " " not in n} | {"ffi", "raw"})

    def __repr__(self) -> str:
        return f"<C library {self.__name__} {self.__version__}>"

    @property
    def __all__(self) -> list[str]:
        hidden = ("typedef",)
        return [
            n
            for n in dir(self)
            if n[0] != "_" and n in self._index and self._index[n]["kind"] not in hidden
        ]

    # --- names

    def _find(self, name: str) -> str:
        """The name in the index that is meant: itself, another spelling, with a prefix, a tag."""
        index = self._index
        forms = [form for each in spellings(name) for form in (each, each[:1].upper() + each[1:])]
        prefixes = self._about.get("prefixes", ())
        candidates = [*spellings(name), *(prefix + form for prefix in prefixes for form in forms)]
        candidates += [tag + name for tag in _TAGGED]
        return next((each for each in candidates if each in index), "")

    def _made(self, name: str) -> Any:
        record = self._index[name]
        return getattr(self, f"_make_{record['kind']}")(name, record)

    def _make_function(self, name: str, record: dict[str, Any]) -> Any:
        function = Function.load(name, record)
        plain = frozenset(self._about.get("plain", ()))
        call = Call(self, plan(function, plain), self.native(function), errno=self._errno)
        made = call.make()
        return (self.fast and self.fast.add(call)) or made

    def _make_constant(self, name: str, record: dict[str, Any]) -> Any:
        value, type = record["value"], record.get("type")
        if not type:
            return value
        self.declare(type)
        return self.ffi.cast(type, value)

    def _make_variable(self, name: str, record: dict[str, Any]) -> Any:
        self.declare(name)
        self.complete_shapes([Shape.load(record["shape"])])
        value, shape = self._symbol(name), Shape.load(record["shape"])
        if shape.kind == "array":
            return self.cross.read_array(shape, value)
        take = self.cross.taker(shape)
        return take(value) if take else value

    def _make_typedef(self, name: str, record: dict[str, Any]) -> Any:
        shape = Shape.load(record["shape"]) if record["shape"] else Shape("unknown")
        if shape.kind == "record":
            return self.handle_class(shape.name)
        if shape.kind == "enum" and shape.name:
            return self._made(shape.name)
        if owner(shape) or (shape.kind == "void" and record["declaration"]):
            return self.handle_class(owner(shape) or name)
        self.declare(name)
        return self.ffi.typeof(name)

    def _make_enum(self, name: str, record: dict[str, Any]) -> Any:
        from enum import IntEnum

        return IntEnum(name.removeprefix("enum "), record["values"])

    def _make_record(self, name: str, record: dict[str, Any]) -> Any:
        return self.handle_class(name)

    def _make_alias(self, name: str, record: dict[str, Any]) -> Any:
        return getattr(self, record["to"])

    def _make_macro(self, name: str, record: dict[str, Any]) -> Any:
        from .shims import macro

        return macro(self, name, record)

    # --- declarations

    def native(self, function: Function) -> Any:
        """The function as cffi calls it."""
        if function.inline or function.has_complex:
            from .shims import function as shim

            return shim(self, function)
        self.declare(function.name)
        shapes = [function.shape, *(p.shape for p in function.parameters)]
        self.complete_shapes(shapes)
        symbol = self._symbol(function.name)
        if any(shape.kind == "record" for shape in shapes) and not function.variadic:
            from .shims import by_pointer, is_refused

            type = self.ffi.typeof(symbol)
            if any(is_refused(self, each) for each in (type.result, *type.args)):
                return by_pointer(self, function, type)
        return symbol

    def raw_function(self, name: str) -> Any:
        return self.native(Function.load(name, self._index[name]))

    def declare(self, text: str) -> None:
        """Give cffi the names in `text`; records that are pointed to may stay opaque."""
        self._declarations.give(text, self._declarations.names(text))

    def complete(self, text: str) -> None:
        """Give cffi the names in `text` with all that lies in them, as the compiler lays it out."""
        if text in self._declarations.completed:
            return
        for tag in self._declarations.whole(text):
            self._check(tag, self._index[tag].get("layout"))

    def _symbol(self, name: str) -> Any:
        reason: Any = "it has no shared object"
        self._complete_callbacks(name)
        for each in self._objects:
            try:
                return getattr(each, name)
            except AttributeError as error:
                reason = error
            except (NotImplementedError, cffi.FFIError) as error:
                raise Unbound(str(error), name=name, library=self.__name__) from None
        raise Unbound(str(reason), name=name, library=self.__name__)

    def _complete_callbacks(self, name: str) -> None:
        """Complete what functions that C calls take and return by value: cffi wants to know it."""
        record = self._index.get(name) or {}
        for _, type, shape, _ in record.get("parameters", ()):
            if shape[0] == "callback":
                self.complete(by_value(type))

    # --- types

    def is_handle(self, shape: Shape) -> bool:
        return bool(owner(shape))

    def is_complete(self, tag: str) -> bool:
        """True for a record whose fields the header shows."""
        return bool((self._index.get(tag) or {}).get("layout"))

    def handle_class_of(self, shape: Shape) -> Any:
        return self.handle_class(owner(shape))

    def handle_class(self, tag: str) -> Any:
        """The class of pointers to `struct sqlite3`, or to an opaque typedef such as CURL."""
        if tag not in self._classes:
            record = self._index.get(tag) or {}
            members = self._index.get(f"members {tag}") or {"takes": [], "makes": []}
            fields = dict(fields_of(record.get("layout")))
            name = self._typedef_of(tag)
            cls: Any = HandleType(name, (Handle,), {"__slots__": ()})
            cls.__module__, cls.__library__, cls.__tag__ = self.__name__, self, tag
            cls.__fields__, cls.__partners__ = fields, partners_of(tag, members["takes"])
            cls.__methods__, cls.__makers__ = members["takes"], members["makes"]
            cls.__pointer__ = self.ffi.known(f"{tag} *" if " " in tag else "void *")
            self._classes[tag] = cls
        return self._classes[tag]

    def address(self, pointer: Any) -> int:
        return int(self.ffi.cast(self._address, pointer))

    def _typedef_of(self, tag: str) -> str:
        """The name that people use for a tag: `z_stream` for `struct z_stream_s`."""
        bare = tag.partition(" ")[2] or tag
        for each in (bare.lstrip("_"), re.sub(r"_?(?:s|st|struct|tag|_)$", "", bare).lstrip("_")):
            for name in (each, f"{each}_t"):
                if (self._index.get(name) or {}).get("kind") == "typedef":
                    return name
        return bare

    def complete_shapes(self, shapes: Iterable[Shape]) -> None:
        """Complete the records that cross by value."""
        for shape in shapes:
            inner = shape.to if shape.kind == "array" and shape.to else shape
            if inner.kind == "record" and inner.name:
                self.complete(inner.name)

    def _check(self, tag: str, layout: dict[str, Any] | None) -> None:
        """Compare cffi's layout with clang's: another one would read other memory."""
        if not layout or not layout["fields"]:
            return
        try:
            size = self.ffi.sizeof(tag)
            offsets = {name: field.offset for name, field in self.ffi.typeof(tag).fields}
        except (cffi.FFIError, TypeError, NotImplementedError) as error:
            raise Unbound(
                f"cffi can't lay it out: {error}", name=tag, library=self.__name__
            ) from None
        wrong = [
            name
            for name, offset, width, _ in layout["fields"]
            if offset >= 0 and not width and offsets.get(name) != offset // 8
        ]
        if size != layout["size"] or wrong:
            detail = (
                f"the compiler lays it out otherwise than cffi ({layout['size']} bytes, not {size})"
            )
            raise Unbound(detail, name=tag, library=self.__name__)
