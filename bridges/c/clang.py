"""libclang, as far as headers need it: parse, visit, place, evaluate. Loaded at first use."""

from __future__ import annotations

import ctypes
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, NamedTuple

from .compiler import include_folders

MAIN = "polyhy.c"
_KEEP_GOING = 0x200  # a header that another lacks must not hide the rest
_ATTRIBUTED_TYPES = 0x1000  # _Nonnull is one
_STRINGS = (3, 4, 5)


class Parsed(NamedTuple):
    """A translation unit, and what clang had to say: (severity, file, line, text)."""

    unit: Any
    complaints: list[tuple[int, str, int, str]]


def parse(source: str, flags: Sequence[str], *, macros: bool = True) -> Parsed:
    """Parse C source with everything it includes; bodies are skipped, macros kept on demand."""
    ci = cindex()
    options = ci.TranslationUnit.PARSE_SKIP_FUNCTION_BODIES | _KEEP_GOING | _ATTRIBUTED_TYPES
    if macros:
        options |= ci.TranslationUnit.PARSE_DETAILED_PROCESSING_RECORD
    unit = ci.TranslationUnit.from_source(
        MAIN,
        args=[*_arguments(), *flags],
        unsaved_files=[(MAIN, source)],
        options=options,
    )
    return Parsed(unit, complaints_of(unit))


def complaints(source: str, flags: Sequence[str]) -> list[tuple[int, str, int, str]]:
    """What clang says against a source, bodies and all: (severity, file, line, text)."""
    return complaints_of(parse_whole(source, flags))


def parse_whole(source: str, flags: Sequence[str]) -> Any:
    """Parse C source with the bodies of its functions."""
    ci = cindex()
    files = [(MAIN, source)]
    return ci.TranslationUnit.from_source(MAIN, args=[*_arguments(), *flags], unsaved_files=files)


def declarations(unit: Any, kinds: Collection[str]) -> list[Any]:
    """What stands at the top of a unit, of those kinds: quicker than to make a cursor of it all."""
    ci = cindex()
    wanted = {getattr(ci.CursorKind, kind).value for kind in kinds}
    found: list[Any] = []

    def visit(child: Any, parent: Any, data: Any) -> int:
        if child._kind_id in wanted:
            child._tu = unit
            found.append(child)
        return 1  # go on, not into it

    ci.conf.lib.clang_visitChildren(unit.cursor, ci.callbacks["cursor_visit"](visit), found)
    return found


def place(cursor: Any) -> tuple[int, int, int]:
    """Where a cursor stands: a number for its file (0 for none), its line and its offset."""
    lib = cindex().conf.lib
    file, line, column, offset = ctypes.c_void_p(), _uint(), _uint(), _uint()
    location = lib.clang_getCursorLocation(cursor)
    lib.polyhy_place(location, *map(ctypes.byref, (file, line, column, offset)))
    return file.value or 0, line.value, offset.value


def file_name(number: int) -> str:
    """The path of a file that `place` numbered."""
    lib = cindex().conf.lib
    return lib.polyhy_file_name(ctypes.c_void_p(number))


def evaluate(cursor: Any) -> int | float | str | None:
    """The value of a constant's initialiser, where it has one."""
    lib = cindex().conf.lib
    result = lib.clang_Cursor_Evaluate(cursor)
    if not result:
        return None
    try:
        kind = lib.clang_EvalResult_getKind(result)
        if kind == 1:
            unsigned = lib.clang_EvalResult_isUnsignedInt(result)
            name = "getAsUnsigned" if unsigned else "getAsLongLong"
            return getattr(lib, f"clang_EvalResult_{name}")(result)
        if kind == 2:
            return lib.clang_EvalResult_getAsDouble(result)
        if kind in _STRINGS:
            text = lib.clang_EvalResult_getAsStr(result)
            return None if text is None else text.decode("utf-8", "replace")
        return None
    finally:
        lib.clang_EvalResult_dispose(result)


def attributes(cursor: Any) -> str:
    """A declaration as clang prints it, attributes and all; empty where it has none."""
    lib = cindex().conf.lib
    if not lib.clang_Cursor_hasAttrs(cursor):
        return ""
    policy = lib.clang_getCursorPrintingPolicy(cursor)
    text = lib.clang_getCursorPrettyPrinted(cursor, policy)
    lib.clang_PrintingPolicy_dispose(policy)
    return text


def complaints_of(unit: Any) -> list[tuple[int, str, int, str]]:
    """The errors of a unit: (severity, file, line, text)."""
    return [
        (d.severity, d.location.file.name if d.location.file else "", d.location.line, d.spelling)
        for d in unit.diagnostics
        if d.severity >= cindex().Diagnostic.Error
    ]


def kind_of(cursor: Any) -> str:
    """The kind of a cursor; empty for an attribute that clang's Python side does not know."""
    try:
        return cursor.kind.name
    except ValueError:
        return ""


def is_variadic(type: Any) -> bool:
    """True for `f(int, ...)`; not for `f()`, which clang calls so too."""
    variadic = cindex().conf.lib.clang_isFunctionTypeVariadic(type)
    return bool(variadic) and type.kind.name == "FUNCTIONPROTO"


def is_inlined(cursor: Any) -> bool:
    return bool(cindex().conf.lib.clang_Cursor_isFunctionInlined(cursor))


def is_unnamed_member(cursor: Any) -> bool:
    """True for a struct or union in a record, whose members are the record's own."""
    return bool(cindex().conf.lib.clang_Cursor_isAnonymousRecordDecl(cursor))


def nullability(type: Any) -> int:
    """0 where a type says _Nonnull, 1 for _Nullable, more where it says nothing."""
    return cindex().conf.lib.clang_Type_getNullability(type)


_uint = ctypes.c_uint


def without_attribute(type: Any) -> Any:
    """The type that `_Nonnull` and its like stand on."""
    return cindex().conf.lib.clang_Type_getModifiedType(type)


@cache
def cindex() -> Any:
    """clang.cindex, with the functions declared that its Python side leaves out."""
    import clang.cindex as ci

    lib: Any = ci.conf.lib
    out, kinds = ctypes.POINTER, vars(ci)["TypeKind"]
    for name, (result, *arguments) in _signatures(ci).items():
        function = getattr(lib, f"clang_{name}")
        function.restype, function.argtypes = result, arguments
    _as_text(ci, lib.clang_getCursorPrettyPrinted)
    lib.clang_Type_getModifiedType.errcheck = ci.Type.from_result
    if not hasattr(kinds, "ATTRIBUTED"):  # libclang 18 knows it, its Python side does not
        kinds.ATTRIBUTED = kinds(163)
    # ci declares these two with result types that cost an object a call
    fast = ctypes.CDLL(lib._name)
    lib.polyhy_place = fast.clang_getExpansionLocation
    lib.polyhy_place.restype = None
    lib.polyhy_place.argtypes = [
        *(ci.SourceLocation, out(ctypes.c_void_p), out(_uint), out(_uint), out(_uint))
    ]
    lib.polyhy_file_name = fast.clang_getFileName
    lib.polyhy_file_name.argtypes = [ctypes.c_void_p]
    _as_text(ci, lib.polyhy_file_name)
    return ci


def _as_text(ci: Any, function: Any) -> None:
    function.restype = ci._CXString
    function.errcheck = ci._CXString.from_result


def _signatures(ci: Any) -> dict[str, tuple[Any, ...]]:
    pointer, cursor = ctypes.c_void_p, ci.Cursor
    return {
        "Cursor_Evaluate": (pointer, cursor),
        "Cursor_hasAttrs": (_uint, cursor),
        "Cursor_isAnonymousRecordDecl": (_uint, cursor),
        "Cursor_isFunctionInlined": (_uint, cursor),
        "Cursor_isMacroFunctionLike": (_uint, cursor),
        "EvalResult_dispose": (None, pointer),
        "EvalResult_getAsDouble": (ctypes.c_double, pointer),
        "EvalResult_getAsLongLong": (ctypes.c_longlong, pointer),
        "EvalResult_getAsStr": (ctypes.c_char_p, pointer),
        "EvalResult_getAsUnsigned": (ctypes.c_ulonglong, pointer),
        "EvalResult_getKind": (ctypes.c_int, pointer),
        "EvalResult_isUnsignedInt": (_uint, pointer),
        "PrintingPolicy_dispose": (None, pointer),
        "Type_getModifiedType": (ci.Type, ci.Type),
        "Type_getNullability": (ctypes.c_int, ci.Type),
        "getCursorPrettyPrinted": (None, cursor, pointer),
        "getCursorPrintingPolicy": (pointer, cursor),
    }


@cache
def _arguments() -> list[str]:
    folders = [word for folder in include_folders() for word in ("-isystem", folder)]
    return [
        "-x",
        "c",
        "-std=gnu11",
        "-fparse-all-comments",
        "-nostdinc",
        *_RELAXED,
        *_GUARDS,
        *folders,
    ]


_RELAXED = ("-w", "-ferror-limit=0")

# gcc's headers of machine instructions are for gcc alone: taken as included.
_GUARDS = tuple(
    f"-D_{name}INTRIN_H_INCLUDED"
    for name in (
        "IMM",
        "MM",
        "XMM",
        "EMM",
        "PMM",
        "TMM",
        "SMM",
        "NMM",
        "WMM",
        "X86",
        "X86GPR",
        "IA32",
    )
)
