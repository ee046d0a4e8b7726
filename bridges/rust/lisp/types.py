"""The types of Lisp in Rust: how Hy's annotations say them, and how Rust does."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, Final, NamedTuple

from hy.models import Expression, Symbol, Tuple

from polyhy.emit import EmitError
from polyhy.emit.scopes import head


class Type(NamedTuple):
    """A type of Hy's annotations: a plain one, a list of an item's type, a tuple of several."""

    name: str
    items: tuple[Type, ...] = ()

    @property
    def item(self) -> Type:
        return self.items[0]

    @property
    def is_copied(self) -> bool:
        """True where Rust copies a value wherever it is used."""
        return self.name not in ("list", "str") and all(each.is_copied for each in self.items)

    def __str__(self) -> str:
        if self.name == "tuple":
            return f"(get tuple #({' '.join(map(str, self.items))}))"
        return f"(get list {self.item})" if self.name == "list" else self.name


INT, FLOAT, BOOL, STR, NONE = map(Type, ("int", "float", "bool", "str", "None"))
NEVER: Final = Type("never")
"""The type of what does not go on: `return`, `break`, `raise`."""
UNKNOWN: Final = Type("?")
"""The type of an item of `[]`, until something is put into it."""

_PLAIN = {"int": "i64", "float": "f64", "bool": "bool", "str": "String", "None": "()"}


def list_of(item: Type) -> Type:
    return Type("list", (item,))


def tuple_of(*items: Type) -> Type:
    return Type("tuple", items)


def read(form: Any) -> Type:
    """The type that an annotation says: `float`, `(get list float)`, `(get tuple #(int int))`."""
    if isinstance(form, Symbol) and str(form) in _PLAIN:
        return Type(str(form))
    if head(form) == "get" and len(form) == 3:
        if str(form[1]) == "list":
            return list_of(read(form[2]))
        if str(form[1]) == "tuple":
            several = isinstance(form[2], (Tuple, Expression)) and head(form[2]) != "get"
            return tuple_of(*map(read, form[2] if several else [form[2]]))
    close = get_close_matches(str(form), [*_PLAIN, "list", "tuple"], 1)
    hint = {"list": "say of what: (get list float)", "tuple": "say of what: (get tuple #(int int))"}
    said = (
        hint[close[0]]
        if close and close[0] in hint
        else f'did you mean "{close[0]}"?'
        if close
        else "there are int, float, bool, str, None, (get list float) and (get tuple #(int int))"
    )
    raise EmitError(form, f"this is no type of Rust's; {said}")


def owned(kind: Type) -> str:
    """The type of a variable or a result."""
    if kind.name == "list":
        return f"Vec<{owned(kind.item)}>"
    if kind.name == "tuple":
        return f"({', '.join(map(owned, kind.items))},)"
    return _PLAIN.get(kind.name, "()")  # in a draft, what is not known yet


def lent(kind: Type, *, changed: bool) -> str:
    """The type of a parameter: lists and texts are lent, and numbers of a buffer stay in it."""
    if kind.name == "str":
        return "&str"
    if kind.name != "list":
        return owned(kind)
    if changed and kind.item in (INT, FLOAT):
        return f"&mut [{owned(kind.item)}]"
    return f"&mut {owned(kind)}" if changed else f"&[{owned(kind.item)}]"


def joined(a: Type, b: Type) -> Type | None:
    """The type of what is now one, now the other; None where there is none."""
    if a == b or b in (NEVER, UNKNOWN):
        return a
    if a in (NEVER, UNKNOWN):
        return b
    if {a, b} == {INT, FLOAT}:
        return FLOAT
    if a.name == b.name and len(a.items) == len(b.items) and a.items:
        items = [joined(x, y) for x, y in zip(a.items, b.items, strict=True)]
        kinds = [each for each in items if each is not None]
        # An empty list takes the other's items; else those of a list stay what they are.
        free = a.name == "tuple" or UNKNOWN in (*a.items, *b.items)
        return Type(a.name, tuple(kinds)) if free and len(kinds) == len(items) else None
    return None
