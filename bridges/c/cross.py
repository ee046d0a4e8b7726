"""What crosses, where it is not a number: texts, buffers, handles, pointers, records, fields.

Generated functions do the usual cases themselves and come here for the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from polyhy.errors import ConversionError

from . import valist
from .arguments import char
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
        pointer = cls.__pointer__

        def convert(x: Any) -> Any:
            if x is None:
                return self.null
            if isinstance(x, Handle):
                check_alive(x)
                if (
                    type(x).__tag__ != cls.__tag__
                    and cls.__tag__ != "void *"
                    and " " in type(x).__tag__
                ):
                    raise Refused(f"it is a {type(x).__name__}, and C wants a {cls.__name__}")
                return self.ffi.cast(pointer, x._p)
            if isinstance(x, self.cdata):
                return x
            if isinstance(x, dict) and cls.__fields__:
                return cls(**x)._p
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

    def record(self, cls: Any) -> Callable[[Any], Any]:
        """Make the conversion for a record by value: a handle's, a dict or list of its fields."""

        def convert(x: Any) -> Any:
            if isinstance(x, (dict, list, tuple)):
                x = cls(**x) if isinstance(x, dict) else cls(*x)
            if isinstance(x, self.cdata):
                return x
            if not isinstance(x, Handle) or type(x).__tag__ != cls.__tag__:
                raise Refused(f"C wants a {cls.__name__}, not {article(x)}")
            check_alive(x)
            if not x._p:
                raise Refused("it is NULL")
            own = isinstance(x, cls)  # else it was made by another library that has the type too
            value = (x._p if own else self.ffi.cast(cls.__pointer__, x._p))[0]
            self.callbacks.tie(value, x)
            return value

        return convert

    def variadic(self, x: Any) -> Any:
        """An argument behind the `…`: C promotes as its compiler would."""
        ffi = self.ffi
        if x is None:
            return self.null
        if isinstance(x, int):
            if not -(2**63) <= x < 2**64:
                raise Refused(f"{x} has more than 64 bits")
            return ffi.cast("long" if x < 2**63 else "unsigned long", x)
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
        return _text(self.ffi.string(self.ffi.cast("char *", x)))

    def take_handle(self, cls: Any, x: Any, kept: Any = None) -> Handle | None:
        """The handle of a pointer: the same one as long as it lives."""
        if not x:
            return None
        key = cls.__tag__, self.library.address(x)
        found = self.known.get(key)
        if found is None or type(found).__freed__:
            found = self.known[key] = adopt(cls, self.ffi.cast(cls.__pointer__, x), kept)
        return found

    def remember(self, handle: Handle) -> Handle:
        """Have a record of our own come back as the same handle."""
        self.known[type(handle).__tag__, self.library.address(handle._p)] = handle
        return handle

    def forget(self, handle: Handle) -> None:
        """Let go of what was kept for a handle whose address may soon be another's."""
        self.known.pop((type(handle).__tag__, self.library.address(handle._p)), None)
        self.callbacks.kept.pop(handle, None)

    def by_value(self, cls: Any, x: Any) -> Handle:
        """A record that C returned, or that lies within another: in memory of its own."""
        made = self.ffi.new(f"{cls.__tag__} *", x)
        return adopt(cls, made)

    def read(self, handle: Handle, name: str) -> Any:
        """A record's field. Records within it are lent, with the handle that holds them."""
        self.library.complete(type(handle).__tag__)
        value = getattr(handle._p, name)
        shape = Shape.load(type(handle).__fields__[name])
        if shape.kind == "array":
            return self.read_array(shape, value)
        if shape.kind == "record":
            cls = self.library.handle_class(shape.name)
            return adopt(cls, self.ffi.addressof(handle._p, name), handle) if cls else value
        take = self.taker(shape)
        return take(value) if take else value

    def read_array(self, shape: Shape, value: Any) -> Any:
        """A text of an array of characters, a list of numbers; cffi's array of anything else."""
        to = shape.to or Shape("void")
        if to.kind == "char":
            return _text(self.ffi.string(value)) if shape.size else self.take_text(value)
        return list(value) if to.kind in ("int", "real", "bool", "enum") and shape.size else value

    def write(self, handle: Handle, name: str, value: Any) -> None:
        """Set a record's field; what it points to lives as long as the handle."""
        shape = Shape.load(type(handle).__fields__[name])
        self.library.complete(type(handle).__tag__)
        try:
            setattr(handle._p, name, self._field(shape, name, value, handle))
        except (Refused, TypeError, OverflowError, ValueError) as error:
            raise ConversionError(str(error), path=f"{type(handle).__name__}.{name}") from None

    def _field(self, shape: Shape, name: str, value: Any, handle: Handle) -> Any:
        kind = shape.kind
        if kind == "callback":
            return self.callbacks.make(self._field_type(handle, name), value, handle)
        if kind == "record":
            return self.record(self.library.handle_class(shape.name))(value)
        if kind == "char":
            return char(value)
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


def _text(raw: Any) -> str | bytes:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw


def _says_text(shape: Shape, function: str) -> bool:
    """True for `const unsigned char *sqlite3_column_text(…)`."""
    to = shape.to
    is_bytes = to is not None and to.kind == "int" and to.size == 1
    return is_bytes and function.endswith(("text", "string", "str", "name"))
