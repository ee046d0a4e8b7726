"""What crosses, where it is not a number: texts, buffers, handles, pointers, records, fields.

Generated functions do the usual cases themselves and come here for the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from polyhy.errors import ConversionError

from . import valist
from .buffers import article, buffer, check_alive, has_buffer, lent
from .callbacks import Callbacks
from .errors import Refused
from .handles import Handle, adopt, lend
from .plan import is_text
from .shape import Shape

if TYPE_CHECKING:
    from .library import Library


class Cross:
    """The conversions of one library, whose ffi knows its types."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.ffi = library.ffi
        self.null = self.ffi.NULL
        self.cdata = self.ffi.CData
        self.callbacks = Callbacks(library)
        self.known: WeakValueDictionary[tuple[str, int], Handle] = WeakValueDictionary()

    # --- to C

    def text(self, x: Any) -> Any:
        """A `char *`: what is neither a str without NULs nor bytes."""
        if x is None:
            return self.null
        if isinstance(x, str):
            if "\0" in x:
                raise Refused("a NUL within a text would end it; pass bytes if that is meant")
            return x.encode()
        if isinstance(x, (self.cdata, bytes)):
            return x
        return lent(self.ffi, x, writable=False) if has_buffer(x) else self._handle_or(x, "a text")

    def writable_text(self, x: Any) -> Any:
        """A `char *` that C may write to: a str or bytes is copied for the call."""
        if isinstance(x, str):
            x = self.text(x)
        if isinstance(x, bytes):
            return self.ffi.new("char[]", x)
        if x is None or isinstance(x, self.cdata):
            return self.null if x is None else x
        return lent(self.ffi, x, writable=True) if has_buffer(x) else self._handle_or(x, "a text")

    def handle(self, cls: Any) -> Callable[[Any], Any]:
        """Make the conversion for a pointer to a record or an opaque type."""
        pointer = cls.pointer

        def convert(x: Any) -> Any:
            if x is None:
                return self.null
            if isinstance(x, Handle):
                check_alive(x)
                if type(x).tag != cls.tag and cls.tag != "void *" and " " in type(x).tag:
                    raise Refused(f"it is a {type(x).__name__}, and C wants a {cls.__name__}")
                return self.ffi.cast(pointer, x._p)
            if isinstance(x, self.cdata):
                return x
            if isinstance(x, dict) and cls.fields:
                return cls(**x)._p
            if isinstance(x, int) and not isinstance(x, bool):
                return self.ffi.cast(pointer, x)
            raise Refused(f"C wants a {cls.__name__}, not {article(x)}")

        return convert

    def strings(self, x: Any) -> Any:
        """A `char **`: a list of texts, with a NULL behind the last."""
        if x is None or isinstance(x, self.cdata):
            return self.null if x is None else x
        if not isinstance(x, (list, tuple)):
            return self._handle_or(x, "a list of texts")
        texts = [self.ffi.new("char[]", self.text(each)) for each in x]
        made = self.ffi.new("char *[]", [*texts, self.null])
        self.callbacks.tie(made, texts)
        return made

    def pointer(self, x: Any) -> Any:
        """Any other pointer."""
        if x is None or isinstance(x, self.cdata):
            return self.null if x is None else x
        return self._handle_or(x, "a pointer (lib.ffi makes one)")

    def record(self, x: Any) -> Any:
        """A record by value: a handle's, or a dict or list of its fields."""
        if isinstance(x, Handle):
            check_alive(x)
            return x._p[0]
        return x

    def variadic(self, x: Any) -> Any:
        """An argument behind the `…`: C promotes as its compiler would."""
        ffi = self.ffi
        if x is None:
            return self.null
        if isinstance(x, (bool, int)):
            return ffi.cast("long" if -(2**63) <= x < 2**63 else "unsigned long", x)
        if isinstance(x, float):
            return ffi.cast("double", x)
        if isinstance(x, (str, bytes)):
            return ffi.new("char[]", self.text(x))
        if isinstance(x, Handle):
            return self._handle_or(x, "")
        if isinstance(x, self.cdata):
            return x
        if has_buffer(x):
            return lent(self.ffi, x, writable=True)
        if callable(x):
            raise Refused(
                "C does not say what this function is called with; make it by lib.ffi.callback"
            )
        raise Refused(f"{article(x)} has no form in C")

    def valist(self, x: Any) -> Any:
        """A `va_list`: a list of what C may take from it."""
        if isinstance(x, self.cdata):
            return x
        items = [self.variadic(each) for each in (x if isinstance(x, (list, tuple)) else [x])]
        made = valist.make(self.ffi, items)
        self.callbacks.tie(made[0], (made, items))
        return made[0]

    def _handle_or(self, x: Any, wanted: str) -> Any:
        if not isinstance(x, Handle):
            raise Refused(f"C wants {wanted}, not {article(x)}")
        return self.given(x)

    def given(self, handle: Handle) -> Any:
        """The pointer of a handle that C may keep from now on."""
        check_alive(handle)
        lend(handle)
        return handle._p

    # --- from C

    def taker(self, shape: Shape, function: str = "") -> Callable[[Any], Any] | None:
        """How a value of this type arrives; None where it is already what it should be."""
        if shape.kind == "char":
            return lambda x: x.decode("latin-1")
        if shape.kind == "record":
            cls = self.library.handle_class(shape.name)
            return (lambda x: self.by_value(cls, x)) if cls else None
        if shape.kind != "pointer" or shape.to is None:
            return None
        if is_text(shape) or _says_text(shape, function):
            return self.take_text
        if self.library.is_handle(shape):
            cls = self.library.handle_class_of(shape)
            return lambda x: self.take_handle(cls, x)
        return lambda x: x if x else None

    def take_text(self, x: Any) -> str | bytes | None:
        """A copy of a C text: a str, or bytes where it is not UTF-8."""
        if not x:
            return None
        raw: Any = self.ffi.string(self.ffi.cast("char *", x))
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw

    def take_handle(self, cls: Any, x: Any, kept: Any = None) -> Handle | None:
        """The handle of a pointer: the same one as long as it lives."""
        if not x:
            return None
        key = cls.tag, self.library.address(x)
        found = self.known.get(key)
        if found is None or type(found).freed:
            found = self.known[key] = adopt(cls, self.ffi.cast(cls.pointer, x), kept)
        return found

    def remember(self, handle: Handle) -> Handle:
        """Have a record of our own come back as the same handle."""
        self.known[type(handle).tag, self.library.address(handle._p)] = handle
        return handle

    def forget(self, handle: Handle) -> None:
        """Let go of what was kept for a handle whose address may soon be another's."""
        self.known.pop((type(handle).tag, self.library.address(handle._p)), None)
        self.callbacks.kept.pop(handle, None)

    def by_value(self, cls: Any, x: Any) -> Handle:
        """A record that C returned, or that lies within another: in memory of its own."""
        made = self.ffi.new(f"{cls.tag} *", x)
        return adopt(cls, made)

    def read(self, handle: Handle, name: str) -> Any:
        """A record's field. Records within it are lent, with the handle that holds them."""
        self.library.complete(type(handle).tag)
        value = getattr(handle._p, name)
        shape = Shape.load(type(handle).fields[name])
        if shape.kind == "array":
            return self._read_array(shape, value)
        if shape.kind == "record":
            cls = self.library.handle_class(shape.name)
            return adopt(cls, self.ffi.addressof(handle._p, name), handle) if cls else value
        take = self.taker(shape)
        return take(value) if take else value

    def _read_array(self, shape: Shape, value: Any) -> Any:
        to = shape.to or Shape("void")
        if to.kind == "char":
            return self.take_text(value)
        return list(value) if to.kind in ("int", "real", "bool", "enum") and shape.size else value

    def write(self, handle: Handle, name: str, value: Any) -> None:
        """Set a record's field; what it points to lives as long as the handle."""
        shape = Shape.load(type(handle).fields[name])
        self.library.complete(type(handle).tag)
        try:
            setattr(handle._p, name, self._field(shape, name, value, handle))
        except (Refused, TypeError, OverflowError, ValueError) as error:
            raise ConversionError(str(error), path=f"{type(handle).__name__}.{name}") from None

    def _field(self, shape: Shape, name: str, value: Any, handle: Handle) -> Any:
        kind = shape.kind
        if kind == "callback":
            return self.callbacks.make(self._field_type(handle, name), value, handle)
        if kind == "record":
            return self.record(value)
        if kind == "array" and isinstance(value, str):
            return value.encode()
        if kind != "pointer":
            return value
        if isinstance(value, (str, bytes)):
            value = self.ffi.new("char[]", self.text(value))
        made = self.field_pointer(shape, value)
        self.callbacks.keep(handle, name, (value, made))
        return self.ffi.cast(self._field_type(handle, name), made)

    def field_pointer(self, shape: Shape, value: Any) -> Any:
        if isinstance(value, Handle) or value is None or isinstance(value, self.cdata):
            return self.pointer(value)
        return buffer(self, shape)(value)

    def _field_type(self, handle: Handle, name: str) -> Any:
        return dict(self.ffi.typeof(handle._p).item.fields)[name].type


def _says_text(shape: Shape, function: str) -> bool:
    """True for `const unsigned char *sqlite3_column_text(…)`."""
    to = shape.to
    is_bytes = to is not None and to.kind == "int" and to.size == 1
    return is_bytes and function.endswith(("text", "string", "str", "name"))
