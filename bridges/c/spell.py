"""Clang's types in the words of cffi, with every type that a declaration needs, and as shapes."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from . import clang
from .layout import padded
from .shape import Shape, joined

VA_LISTS = frozenset({"va_list", "__gnuc_va_list", "__builtin_va_list"})

# What cffi knows by itself.
_KNOWN = frozenset(
    {f"{sign}int{width}_t" for sign in ("", "u") for width in (8, 16, 32, 64)}
    | {"size_t", "ssize_t", "ptrdiff_t", "intptr_t", "uintptr_t", "intmax_t", "uintmax_t"}
    | {"wchar_t", "char16_t", "char32_t", "FILE", "bool"}
)
_WORDS = {
    "VOID": "void",
    "BOOL": "_Bool",
    "CHAR_U": "char",
    "CHAR_S": "char",
    "UCHAR": "unsigned char",
    "SCHAR": "signed char",
    "SHORT": "short",
    "USHORT": "unsigned short",
    "INT": "int",
    "UINT": "unsigned int",
    "LONG": "long",
    "ULONG": "unsigned long",
    "LONGLONG": "long long",
    "ULONGLONG": "unsigned long long",
    "FLOAT": "float",
    "DOUBLE": "double",
    "LONGDOUBLE": "long double",
    "WCHAR": "wchar_t",
}
_KINDS = {
    "void": "void",
    "_Bool": "bool",
    "char": "char",
    "float": "real",
    "double": "real",
    "long double": "wide",
}


class Unsupported(Exception):
    """A type that can't be said in cffi's words; the text says which."""


class Types:
    """The types of one translation unit.

    `declarations` grows by what `declare` meets: typedefs by name, records and enums by `struct x`.
    `layouts` holds what clang says of the size, the alignment and the offsets of each record.
    """

    def __init__(self) -> None:
        self.declarations: dict[str, str] = {}
        self.layouts: dict[str, dict[str, Any]] = {}
        self.enums: dict[str, dict[str, int]] = {}
        self.shapes: dict[str, Shape] = {}
        self._spelled: dict[str, tuple[str, Shape]] = {}
        self._refused: dict[str, str] = {}
        self._named: dict[str, str] = {}
        self._queue: list[tuple[str, Any]] = []

    def of(self, type: Any, key: str) -> tuple[str, Shape]:
        """A type's declaration without a name, and its shape; Unsupported where it has none.

        `key` is the type's spelling, which means the same all over the unit.
        """
        if key in self._refused:
            raise Unsupported(self._refused[key])
        if key not in self._spelled:
            try:
                self._spelled[key] = self.declare(type), self.shape(type)
            except Unsupported as error:
                self._refused[key] = str(error)
                raise
        return self._spelled[key]

    def flush(self) -> None:
        """Lay out the records that were met; those that can't be stay opaque."""
        while self._queue:
            key, cursor = self._queue.pop()
            definition = cursor.get_definition()
            body = None if definition is None else self._body_of(key, definition)
            self.declarations[key] = f"{key} {body};" if body else f"{key};"

    # --- declarations

    def declare(self, type: Any, name: str = "") -> str:
        """`declare(int *, "p")` is `int *p`."""
        const = "const " if type.is_const_qualified() else ""
        type = self._plain(type)
        kind = type.kind.name
        if kind in _WORDS:
            return joined(const + _WORDS[kind], name)
        make = getattr(self, f"_{kind.lower()}", None)
        if make is None:
            raise Unsupported(f"the type {type.spelling}")
        return make(type, name, const)

    def _typedef(self, type: Any, name: str, const: str) -> str:
        declared = type.get_declaration()
        if declared.spelling in VA_LISTS:
            return joined("void *", name)
        self.typedef(declared)
        return joined(const + declared.spelling, name)

    def typedef(self, cursor: Any) -> None:
        """Declare a typedef, and what it is of."""
        name = cursor.spelling
        if name in self.declarations or name in _KNOWN or name in VA_LISTS:
            return
        if name in self._refused:
            raise Unsupported(self._refused[name])
        under = self._plain(cursor.underlying_typedef_type)
        self.declarations[name] = ""  # a record may name it again
        if under.kind.name == "RECORD" and self._unnamed(under.get_declaration()):
            declared = under.get_declaration()
            self._named.setdefault(declared.get_usr(), f"{_keyword(declared)} {name}")
        try:
            text = self.declare(under, name)
        except Unsupported as error:
            self._refused[name] = str(error)
            del self.declarations[name]
            raise
        self.declarations[name] = f"typedef {text};"
        self.shapes[name] = self.shape(under)

    def _pointer(self, type: Any, name: str, const: str) -> str:
        to = self._plain(type.get_pointee())
        star = f"*{const}{name}"
        if to.kind.name in ("FUNCTIONPROTO", "FUNCTIONNOPROTO", "CONSTANTARRAY", "INCOMPLETEARRAY"):
            return self.declare(to, f"({star})")
        return self.declare(type.get_pointee(), star)

    def _functionproto(self, type: Any, name: str, const: str) -> str:
        parts = [self.declare(each) for each in type.argument_types()]
        if type.is_function_variadic():
            parts.append("...")
        return self.declare(type.get_result(), f"{name}({', '.join(parts) or 'void'})")

    def _functionnoproto(self, type: Any, name: str, const: str) -> str:
        return self.declare(type.get_result(), f"{name}()")

    def _constantarray(self, type: Any, name: str, const: str) -> str:
        return self.declare(type.element_type, f"{name}[{type.element_count}]")

    def _incompletearray(self, type: Any, name: str, const: str) -> str:
        return self.declare(type.element_type, f"{name}[]")

    def _variablearray(self, type: Any, name: str, const: str) -> str:
        return self.declare(type.element_type, f"*{name}")

    def _complex(self, type: Any, name: str, const: str) -> str:
        return joined(type.get_canonical().spelling.replace("_Complex ", "") + " _Complex", name)

    def _enum(self, type: Any, name: str, const: str) -> str:
        return joined(const + self.enum(type.get_declaration()), name)

    def _record(self, type: Any, name: str, const: str) -> str:
        return f"{const}{self.record(type.get_declaration())} {name}".rstrip()

    def enum(self, cursor: Any) -> str:
        """Declare an enum; an unnamed one is the integer that holds it."""
        constants = self._constants(cursor)
        if self._unnamed(cursor):
            return _WORDS.get(cursor.enum_type.kind.name, "int")
        key = f"enum {cursor.spelling}"
        if key not in self.declarations:
            self.enums[key] = constants
            body = ", ".join(f"{name}={value}" for name, value in constants.items())
            self.declarations[key] = f"{key} {{ {body} }};" if body else ""
        return key if self.declarations[key] else "int"

    def record(self, cursor: Any) -> str:
        """Declare a struct or union by its tag; an unnamed one is said with its body."""
        if self._unnamed(cursor):
            key = self._named.get(cursor.get_usr(), "")
            if not key:
                return f"{_keyword(cursor)} {self._body(cursor)[0]}"
        else:
            key = f"{_keyword(cursor)} {cursor.spelling}"
        if key not in self.declarations:
            self.declarations[key] = f"{key};"
            self._queue.append((key, cursor))
        return key

    def _body_of(self, key: str, cursor: Any) -> str | None:
        try:
            body, fields = self._body(cursor)
        except Unsupported:
            return None
        size = cursor.type.get_size()
        self.layouts[key] = layout = {"size": size, "fields": fields}
        packed = padded(cursor, self.declare) if cursor.kind.name == "STRUCT_DECL" else None
        if packed is not None:
            layout["packed"] = True
        return packed or body

    def _body(self, cursor: Any) -> tuple[str, list[Any]]:
        """A record's body, and of each field its name, its offset in bits, its width, its shape."""
        parts: list[str] = []
        fields: list[Any] = []
        for child in cursor.get_children():
            kind = clang.kind_of(child)
            if kind == "FIELD_DECL":
                text = self.declare(child.type, child.spelling)
                width = child.get_bitfield_width() if child.is_bitfield() else 0
                parts.append(f"{text} : {width};" if child.is_bitfield() else f"{text};")
                if child.spelling:
                    offset = child.get_field_offsetof()
                    fields.append([child.spelling, offset, width, self.shape(child.type)])
            elif kind in ("STRUCT_DECL", "UNION_DECL") and clang.is_unnamed_member(child):
                inner, more = self._body(child)
                parts.append(f"{_keyword(child)} {inner};")
                fields += [[name, -1, width, shape] for name, _, width, shape in more]
        return f"{{ {' '.join(parts)} }}", fields

    def _constants(self, cursor: Any) -> dict[str, int]:
        definition = cursor.get_definition() or cursor
        children = definition.get_children()
        return {
            c.spelling: c.enum_value for c in children if clang.kind_of(c) == "ENUM_CONSTANT_DECL"
        }

    # --- shapes

    def shape(self, type: Any, depth: int = 0) -> Shape:
        """What a call must know of a type."""
        type = self._plain(type)
        alias = type.get_declaration().spelling if type.kind.name == "TYPEDEF" else ""
        if alias in VA_LISTS:
            return Shape("valist", alias)
        bare = type.get_canonical()
        kind = bare.kind.name
        size = max(bare.get_size(), 0) if kind not in ("RECORD", "VOID") else 0
        if kind in _WORDS:
            return Shape(_KINDS.get(_WORDS[kind], "int"), alias or _WORDS[kind], size)
        if kind in ("POINTER", "CONSTANTARRAY", "INCOMPLETEARRAY", "VARIABLEARRAY"):
            return self._pointer_shape(type, bare, alias, depth)
        if kind in ("RECORD", "ENUM"):
            tag = self._tag(bare.get_declaration())
            return Shape(kind.lower(), tag, max(bare.get_size(), 0))
        return Shape({"COMPLEX": "complex"}.get(kind, "unknown"), bare.spelling, size)

    def _pointer_shape(self, type: Any, bare: Any, alias: str, depth: int) -> Shape:
        array = bare.kind.name != "POINTER"
        to = bare.element_type if array else bare.get_pointee()
        if to.get_canonical().kind.name in ("FUNCTIONPROTO", "FUNCTIONNOPROTO"):
            return Shape("callback", alias or bare.spelling, 8)
        source = self._plain(type)
        while source.kind.name == "TYPEDEF":
            source = self._plain(source.get_declaration().underlying_typedef_type)
        direct = source.element_type if array else source.get_pointee()
        inner = self.shape(direct, depth + 1) if depth < 3 else Shape("void")
        kind = "array" if array else "pointer"
        count = (
            max(getattr(bare, "element_count", 0), 0) if bare.kind.name == "CONSTANTARRAY" else 0
        )
        return Shape(kind, alias, count if array else 8, to.is_const_qualified(), inner)

    def _tag(self, cursor: Any) -> str:
        if self._unnamed(cursor):
            return self._named.get(cursor.get_usr(), "")
        return f"{_keyword(cursor)} {cursor.spelling}"

    # --- clang's own ways

    @cached_property
    def _sugar(self) -> frozenset[str]:
        return frozenset({"ELABORATED", "UNEXPOSED", "ATTRIBUTED"})

    def _plain(self, type: Any) -> Any:
        """Without the sugar that clang puts around a type."""
        while type.kind.name in self._sugar:
            if type.kind.name == "ATTRIBUTED":
                type = clang.without_attribute(type)
                continue
            named = type.get_named_type()
            bare = type.get_canonical() if named.kind.name == "INVALID" else named
            if bare.kind.name in self._sugar:
                raise Unsupported(f"the type {type.spelling}")
            type = bare
        return type

    def _unnamed(self, cursor: Any) -> bool:
        spelling = cursor.type.spelling.replace("const ", "")
        named = spelling.startswith(("struct ", "union ", "enum "))
        return not named or not cursor.spelling or "(" in cursor.spelling or cursor.is_anonymous()


def _keyword(cursor: Any) -> str:
    return {"UNION_DECL": "union", "ENUM_DECL": "enum"}.get(cursor.kind.name, "struct")
