"""Small C functions in front of what cffi can't call: static inlines, macros, complex, unions."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from polyhy.errors import ConversionError

from . import clang
from .compiler import build
from .errors import Unbound
from .handles import Handle
from .reader import including
from .shape import Function, Shape, joined

if TYPE_CHECKING:
    from .library import Library


def function(library: Library, wanted: Function) -> Any:
    """The cffi function for a static inline, or for one that takes or returns complex numbers."""
    if wanted.has_complex:
        return _complex(library, wanted)
    names = [f"a{number}" for number in range(len(wanted.parameters))]
    head = ", ".join(joined(p.type, n) for p, n in zip(wanted.parameters, names, strict=True))
    call = f"{wanted.name}({', '.join(names)})"
    name = f"polyhy_{wanted.name}"
    declaration = _declared(wanted.result, f"{name}({head or 'void'})")
    returns = "" if wanted.shape.kind == "void" else "return "
    library.declare(wanted.declaration)
    library.complete_shapes([wanted.shape, *(p.shape for p in wanted.parameters)])
    return _bound(library, name, declaration, f"{{ {returns}{call}; }}")


def by_pointer(library: Library, wanted: Function, type: Any) -> Any:
    """A function of records that libffi can't pass by value: they cross by their addresses."""
    head, arguments = [], []
    for number, parameter in enumerate(wanted.parameters):
        is_record = parameter.shape.kind == "record"
        head.append(joined(parameter.type, f"{'*' * is_record}a{number}"))
        arguments.append(f"{'*' * is_record}a{number}")
    call, result = f"{wanted.name}({', '.join(arguments)})", wanted.result
    symbol = f"polyhy_{wanted.name}"
    returns_record = wanted.shape.kind == "record"
    if returns_record:
        head.insert(0, joined(wanted.result, "*out"))
        call, result = f"*out = {call}", "void"
    elif wanted.shape.kind != "void":
        call = f"return {call}"
    declaration = _declared(result, f"{symbol}({', '.join(head) or 'void'})")
    native = _bound(library, symbol, declaration, f"{{ {call}; }}", hidden=wanted.name)
    return _Records(library, wanted, native, type)


def is_refused(library: Library, type: Any) -> bool:
    """True for what libffi can't pass by value: unions, bit-fields, packed records."""
    if type.kind == "array":
        return is_refused(library, type.item)
    if type.kind == "union":
        return True
    if type.kind != "struct":
        return False
    fields = [each for _, each in type.fields or ()]
    natural = max((library.ffi.alignof(each.type) for each in fields), default=1)
    packed = library.ffi.alignof(type) < natural
    return packed or any(each.bitsize >= 0 or is_refused(library, each.type) for each in fields)


def macro(library: Library, name: str, record: dict[str, Any]) -> Any:
    """A Python function for a macro with parameters: compiled for each kinds of arguments."""
    made: dict[tuple[str, ...], Any] = {}
    count = len(record["parameters"])

    def call(*args: Any) -> Any:
        kinds = tuple(_kind(library, x) for x in args)
        if kinds not in made:
            made[kinds] = _macro(library, name, kinds)
        return made[kinds](*[_plain(library, x) for x in args])

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"#define {name}({', '.join(record['parameters'])}) {record['body']}"
    call.__text_signature__ = f"({', '.join(record['parameters'])})"  # pyright: ignore[reportFunctionMemberAccess]
    call.__wrapped_count__ = count  # pyright: ignore[reportFunctionMemberAccess]
    return call


def _macro(library: Library, name: str, kinds: tuple[str, ...]) -> Any:
    arguments = [f"a{number}" for number in range(len(kinds))]
    head = ", ".join(joined(k, a) for k, a in zip(kinds, arguments, strict=True))
    call = f"{name}({', '.join(arguments)})"
    result = _result_of(library, head, call)
    symbol = f"polyhy_{name}"
    declaration = _declared(result, f"{symbol}({head or 'void'})")
    body = f"{{ {'' if result == 'void' else 'return '}{call}; }}"
    for kind in (*kinds, result):
        library.complete(kind)
    native = _bound(library, symbol, declaration, body)
    take = library.cross.take_text if re.fullmatch(r"(const )?char \*", result) else None
    return (lambda *args: take(native(*args))) if take else native


def _result_of(library: Library, head: str, call: str) -> str:
    """The type of a macro's value, asked of clang; void for a statement."""
    probe = f"void polyhy_probe({head}) {{ __auto_type polyhy_value = ({call}); }}\n"
    source = _includes(library) + probe
    unit = clang.parse_whole(source, library.located.flags)
    for cursor in unit.cursor.walk_preorder():
        if cursor.spelling == "polyhy_value":
            faulty = any(file == clang.MAIN for _, file, _, _ in clang.complaints_of(unit))
            return "void" if faulty else cursor.type.spelling
    return "void"


def _complex(library: Library, wanted: Function) -> Any:
    """A function of complex numbers: each crosses as its two parts."""
    head, arguments, lines = [], [], []
    for number, parameter in enumerate(wanted.parameters):
        name = f"a{number}"
        if parameter.shape.kind == "complex":
            part = _part(parameter.shape)
            head += [f"{part} {name}_re", f"{part} {name}_im"]
            lines.append(f"{parameter.type} {name}; (({part} *)&{name})[0] = {name}_re;")
            lines.append(f"(({part} *)&{name})[1] = {name}_im;")
        else:
            head.append(joined(parameter.type, name))
        arguments.append(name)
    call = f"{wanted.name}({', '.join(arguments)})"
    symbol, result = f"polyhy_{wanted.name}", wanted.result
    if wanted.shape.kind == "complex":
        part = _part(wanted.shape)
        head.append(f"{part} *out")
        lines.append(
            f"{wanted.result} r = {call}; out[0] = (({part} *)&r)[0]; out[1] = (({part} *)&r)[1];"
        )
        result = "void"
    else:
        lines.append(f"return {call};")
    declaration, body = f"{result} {symbol}({', '.join(head)})", f"{{ {' '.join(lines)} }}"
    native = _bound(library, symbol, declaration, body, hidden=wanted.name)
    return _Complex(library, wanted, native)


class _Complex:
    """Calls a shim with the parts of each complex argument."""

    def __init__(self, library: Library, wanted: Function, native: Any) -> None:
        self.ffi, self.native = library.ffi, native
        self.split = [p.shape.kind == "complex" for p in wanted.parameters]
        self.out = _part(wanted.shape) if wanted.shape.kind == "complex" else ""
        parts = iter(self.ffi.typeof(native).args)
        places = [(next(parts), next(parts))[0] if split else next(parts) for split in self.split]
        self.type = SimpleNamespace(args=places)

    def __call__(self, *args: Any) -> Any:
        parts: list[Any] = []
        for x, split in zip(args, self.split, strict=True):
            parts += [complex(x).real, complex(x).imag] if split else [x]
        if not self.out:
            return self.native(*parts)
        out = self.ffi.new(f"{self.out}[2]")
        self.native(*parts, out)
        return (out[0], out[1]) if self.out == "long double" else complex(out[0], out[1])


class _Records:
    """Calls a shim with the addresses of records. `type` is that of the function behind it."""

    def __init__(self, library: Library, wanted: Function, native: Any, type: Any) -> None:
        self.ffi, self.native, self.type = library.ffi, native, type
        self.out = self._pointer(type.result)
        self.pointers = [self._pointer(each) for each in type.args]

    def __call__(self, *args: Any) -> Any:
        given = [self._lent(x, to) if to else x for x, to in zip(args, self.pointers, strict=True)]
        if not self.out:
            return self.native(*given)
        out = self.ffi.new(self.out)
        self.native(out, *given)
        return out[0]

    def _pointer(self, type: Any) -> Any:
        is_record = type.kind in ("struct", "union")
        return self.ffi.typeof(self.ffi.getctype(type, "*")) if is_record else None

    def _lent(self, x: Any, to: Any) -> Any:
        return self.ffi.addressof(x) if isinstance(x, self.ffi.CData) else self.ffi.new(to, x)


def _part(shape: Shape) -> str:
    """The type of the two parts of a complex number."""
    return {8: "float", 16: "double"}.get(shape.size, "long double")


def _declared(result: str, rest: str) -> str:
    if "(*" in result:
        return result.replace("(*", f"(*{rest}", 1)
    return joined(result, rest)


def _bound(library: Library, symbol: str, declaration: str, body: str, *, hidden: str = "") -> Any:
    """Compile a shim, load it and declare it. A macro may hide the function that it is for."""
    located = library.located
    shown = f"#undef {hidden}\n" if hidden else ""
    source = f"{_includes(library)}{shown}{declaration} {body}\n"
    objects = [
        word for each in located.objects for word in (each, f"-Wl,-rpath,{each.rpartition('/')[0]}")
    ]
    try:
        made = build(source, [*located.flags, *objects])
    except Exception as error:
        detail = str(error).partition("\n")[0]
        raise Unbound(
            detail, name=symbol.removeprefix("polyhy_"), library=library.__name__
        ) from None
    shim = library.ffi.dlopen(str(made))
    unique = f"{declaration};"
    library.declare(unique)
    if symbol in library.shims:
        from cffi import FFI

        other = FFI()
        other.include(library.ffi)
        other.cdef(unique)
        opened = other.dlopen(str(made))
        library.shims[symbol].append((other, opened))
        return getattr(opened, symbol)
    library.ffi.cdef(unique)
    library.shims[symbol] = [(library.ffi, shim)]
    return getattr(shim, symbol)


def _includes(library: Library) -> str:
    return including(library.headers)


def _kind(library: Library, x: Any) -> str:
    """The C type that a Python value has as an argument of a macro."""
    if isinstance(x, bool):
        return "int"
    if isinstance(x, int):
        return "int" if -(2**31) <= x < 2**31 else "long long"
    if isinstance(x, float):
        return "double"
    if isinstance(x, (str, bytes)):
        return "const char *"
    if isinstance(x, Handle):
        return f"{type(x).__tag__} *"
    if x is None:
        return "void *"
    if isinstance(x, library.ffi.CData):
        return library.ffi.getctype(library.ffi.typeof(x))
    detail = f"a macro takes numbers, texts and handles, not a value of type {type(x).__name__}"
    raise ConversionError(detail, path="args")


def _plain(library: Library, x: Any) -> Any:
    if isinstance(x, Handle):
        return library.cross.handle(type(x))(x)
    if x is None:
        return library.ffi.NULL
    return library.cross.text(x) if isinstance(x, str) else x
