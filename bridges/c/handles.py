"""Records and opaque types as classes: fields and methods as members, freed by their partner."""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from polyhy.errors import UsageError
from polyhy.values import spellings

from .errors import Freed

if TYPE_CHECKING:
    from .library import Library

_VERBS = (
    *("free", "destroy", "delete", "dispose", "cleanup", "finalize", "finalise"),
    *("release", "unref", "close"),
)
_MAKES = re.compile(r"new|create|init|open|alloc|dup|copy|prepare|parse", re.IGNORECASE)


class HandleType(type):
    """The class of handle classes: its members are the functions that make or take such a thing."""

    __library__: Library
    __tag__: str
    __pointer__: Any
    __fields__: dict[str, Any]
    __methods__: Sequence[str]
    __makers__: Sequence[str]
    __partners__: frozenset[str]
    __freed__: bool = False

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(cls.__library__, cls.find(name, [*cls.__makers__, *cls.__methods__]))

    def find(cls, name: str, among: Sequence[str]) -> str:
        """The function that `name` means: the type's own, the library's, or the only one."""
        forms = [f for each in spellings(name) for f in (each, each[:1].upper() + each[1:])]
        for head in _heads(cls.__name__):
            for form in forms:
                if f"{head}{form}" in among:
                    return f"{head}{form}"
        found = {m for m in among for form in forms if _ends(m, form)}
        if len(found) == 1:
            return found.pop()
        several = f"; it may be {' or '.join(sorted(found)[:4])}" if found else ""
        raise AttributeError(f"a {cls.__name__} has no member {name!r}{several}")

    def __dir__(cls) -> list[str]:
        return sorted({*super().__dir__(), *cls.__makers__, *cls.__methods__})


class Handle(metaclass=HandleType):
    """A pointer to a record of C: `handle.field`, `handle.method(…)`.

    Two handles of one pointer are equal. In a `with` it is freed at the end by its partner.
    """

    __slots__ = ("__weakref__", "_end", "_kept", "_p")
    _p: Any
    _kept: Any
    _end: Any

    def __new__(cls, *args: Any, **fields: Any) -> Handle:
        """Make a record of C's, its fields zero where they are not given."""
        if not cls.__fields__ and not cls.__library__.is_complete(cls.__tag__):
            makers = [name for name in cls.__makers__ if _MAKES.search(name)][:4]
            hint = f"make one by: {', '.join(makers)}" if makers else ""
            raise UsageError(f"{cls.__name__} is opaque: only the library makes one", hint=hint)
        if len(args) > len(cls.__fields__):
            raise UsageError(f"{cls.__name__} has {len(cls.__fields__)} fields, not {len(args)}")
        cls.__library__.complete(cls.__tag__)
        made = cls.__library__.ffi.new(f"{cls.__tag__} *")
        handle = cls.__library__.cross.remember(adopt(cls, made))
        for name, value in (*zip(cls.__fields__, args, strict=False), *fields.items()):
            setattr(handle, name, value)
        return handle

    def __getattr__(self, name: str) -> Any:
        cls = type(self)
        for spelling in spellings(name):
            if spelling in cls.__fields__:
                return cls.__library__.cross.read(self, spelling)
        if name.startswith("__"):
            raise AttributeError(name)
        return partial(getattr(cls.__library__, cls.find(name, cls.__methods__)), self)

    def __setattr__(self, name: str, value: Any) -> None:
        for spelling in spellings(name):
            if spelling in type(self).__fields__:
                type(self).__library__.cross.write(self, spelling, value)
                return
        raise AttributeError(f"this {type(self).__name__} has no field {name!r}")

    def __enter__(self) -> Handle:
        return self

    def __exit__(self, *_: object) -> None:
        self.__free__()

    def __free__(self) -> None:
        """Free it now, by its partner; once."""
        partner = _partner(type(self))
        if partner:
            getattr(type(self).__library__, partner)(self)

    def __dir__(self) -> list[str]:
        cls = type(self)
        return sorted({*super().__dir__(), *cls.__fields__, *cls.__methods__})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Handle) and self._p == other._p

    def __hash__(self) -> int:
        return hash(self._p)

    def __repr__(self) -> str:
        cls = type(self)
        values = ", ".join(f"{name}={_brief(self, name)}" for name in list(cls.__fields__)[:8])
        return f"<{cls.__name__} {values or hex(cls.__library__.address(self._p))}>"

    def __reduce__(self) -> Any:
        raise TypeError(f"a {type(self).__name__} lives in this process only")


def adopt(cls: Any, pointer: Any, kept: Any = None) -> Handle:
    """A handle of a pointer that C gave, or of memory that is ours."""
    handle = object.__new__(cls)
    _set(handle, "_p", pointer)
    _set(handle, "_kept", kept)
    _set(handle, "_end", None)
    return handle


def own(handle: Handle, function: str) -> None:
    """Free `handle` when it is collected, where `function` evidently made it, of nothing else.

    What was made of another handle may be a part of that (`xmlNewChild`): it is not ours. Once
    it was given away as an argument it is C's to free, and only `with` or the partner does.
    """
    cls = type(handle)
    if handle._end is None and cls.__partners__ and _MAKES.search(function):
        partner = _partner(cls)
        free = cls.__library__.raw_function(partner)
        end = weakref.finalize(handle, _free, free, handle._p, handle._kept)
        end.atexit = False
        _set(handle, "_end", end)


def lend(handle: Any) -> None:
    """Note that C may keep or free `handle` from now on."""
    if isinstance(handle, Handle) and handle._end is not None:
        handle._end.detach()


def mark_freed(handle: Any, result: Any) -> None:
    """Refuse `handle` from now on; a positive result says that C refused to free it."""
    if isinstance(handle, Handle) and not (isinstance(result, int) and result > 0):
        lend(handle)
        type(handle).__library__.cross.forget(handle)
        _set(handle, "__class__", _freed_class(type(handle)))


def partners_of(tag: str, takes: Sequence[str]) -> frozenset[str]:
    """The functions that end the life of a handle: those with the strongest verb.

    Behind the verb stands nothing, or the name of the type: `sqlite3_close_v2`, `ZSTD_freeCCtx`.
    """
    type_name = tag.replace("_", "").lower()
    for verb in _VERBS:
        word = re.compile(
            rf"(?:.*_|.*[a-z])?(?:{verb}|(?<![A-Z]){verb.title()})(?P<rest>[A-Z]\w*|_v\d+)?"
        )
        found = []
        for name in takes:
            match = word.fullmatch(name)
            rest = (match["rest"] or "").removeprefix("_").lower() if match else ""
            if match and (rest in type_name or re.fullmatch(r"v\d+", rest)):
                found.append(name)
        if found:
            return frozenset(found)
    return frozenset()


def _heads(name: str) -> Iterator[str]:
    """What the functions of a type begin with: `sqlite3_stmt_`, `sqlite3_`; `xmlDoc`, `xml`."""
    bare = re.sub(r"(?:_t|_s|_st|Ptr)$", "", name)
    parts = re.findall(r"[A-Za-z0-9]+_?", bare)
    for count in range(len(parts), 0, -1):
        head = "".join(parts[:count]).rstrip("_")
        yield from (f"{head}_", head, f"{head.lower()}_")
    if camel := re.match(r"[a-z]+(?=[A-Z])", bare):
        yield camel[0]


def _ends(function: str, form: str) -> bool:
    return function.endswith(f"_{form}") or (form[:1].isupper() and function.endswith(form))


def _partner(cls: Any) -> str:
    return min(cls.__partners__, key=lambda name: (len(name), name), default="")


def _free(free: Any, pointer: Any, kept: Any) -> None:
    free(pointer)


def _brief(handle: Handle, name: str) -> str:
    with suppress(Exception):
        value = getattr(handle, name)
        return f"<{type(value).__name__}>" if isinstance(value, Handle) else repr(value)[:40]
    return "?"


_set = object.__setattr__
_freed: dict[type, type] = {}


def _freed_class(cls: Any) -> Any:
    if cls not in _freed:
        body = {
            "__slots__": (),
            "__getattr__": _refuse,
            "__setattr__": _refuse,
            "__enter__": _refuse,
            "__free__": lambda self: None,
            "__repr__": lambda self: f"<{cls.__name__}, freed>",
        }
        made = HandleType(cls.__name__, (Handle,), body)
        made.__freed__ = True
        for name in HandleType.__annotations__.keys() - {"__freed__"}:
            setattr(made, name, getattr(cls, name))
        _freed[cls] = made
    return _freed[cls]


def _refuse(self: Any, name: str = "", *_: Any) -> Any:
    raise Freed(what=f"this {type(self).__name__}")


def fields_of(layout: dict[str, Any] | None) -> Iterator[tuple[str, Any]]:
    """The fields of a record by name, each with its stored shape."""
    for name, _, _, shape in (layout or {}).get("fields", ()):
        yield name, shape
