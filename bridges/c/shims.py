"""Small C functions in front of what has no symbol of its own: static inlines, macros, complex."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from polyhy.errors import ConversionError

from . import clang
from .compiler import build
from .errors import Unbound
from .handles import Handle
from .reader import including
from .shape import Function, joined

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
            part = _part(parameter.type)
            head += [f"{part} {name}_re", f"{part} {name}_im"]
            lines.append(f"{parameter.type} {name}; (({part} *)&{name})[0] = {name}_re;")
            lines.append(f"(({part} *)&{name})[1] = {name}_im;")
        else:
            head.append(joined(parameter.type, name))
        arguments.append(name)
    call = f"{wanted.name}({', '.join(arguments)})"
    symbol, result = f"polyhy_{wanted.name}", wanted.result
    if wanted.shape.kind == "complex":
        part = _part(wanted.result)
        head.append(f"{part} *out")
        lines.append(
            f"{wanted.result} r = {call}; out[0] = (({part} *)&r)[0]; out[1] = (({part} *)&r)[1];"
        )
        result = "void"
    else:
        lines.append(f"return {call};")
    native = _bound(
        library, symbol, f"{result} {symbol}({', '.join(head)})", f"{{ {' '.join(lines)} }}"
    )
    return _Complex(library, wanted, native)


class _Complex:
    """Calls a shim with the parts of each complex argument."""

    def __init__(self, library: Library, wanted: Function, native: Any) -> None:
        self.ffi, self.native = library.ffi, native
        self.split = [p.shape.kind == "complex" for p in wanted.parameters]
        self.out = _part(wanted.result) if wanted.shape.kind == "complex" else ""

    def __call__(self, *args: Any) -> Any:
        parts: list[Any] = []
        for x, split in zip(args, self.split, strict=True):
            parts += [complex(x).real, complex(x).imag] if split else [x]
        if not self.out:
            return self.native(*parts)
        out = self.ffi.new(f"{self.out}[2]")
        self.native(*parts, out)
        return (out[0], out[1]) if self.out == "long double" else complex(out[0], out[1])


def _part(type: str) -> str:
    return re.sub(r"\s*\b_?[Cc]omplex\b\s*|const ", " ", type).strip()


def _declared(result: str, rest: str) -> str:
    if "(*" in result:
        return result.replace("(*", f"(*{rest}", 1)
    return joined(result, rest)


def _bound(library: Library, symbol: str, declaration: str, body: str) -> Any:
    """Compile a shim, load it and declare it."""
    located = library.located
    source = f"{_includes(library)}{declaration} {body}\n"
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
        return f"{type(x).tag} *"
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
