"""What each parameter of a C function is for, told from its type and its name.

A text, a buffer and its length, a result that is returned through a pointer, a handle, a callback:
`plan` says it once for a function, and `call` writes a Python function from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from keyword import iskeyword

from .shape import Function, Parameter, Shape

SCALARS = frozenset({"int", "real", "bool", "enum", "wide", "char"})
FREEING = re.compile(
    r"(free|destroy|delete|dispose|cleanup|finali[sz]e|release|unref|close)", re.IGNORECASE
)
_LENGTH = re.compile(
    r"(?:n|nn|num|len|length|size|sz|count|cnt|capacity|max|bytes)(?:_\w+)?"
    r"|n_?(?:bytes?|chars|elem\w*|items?)|\w*(?:len|length|size|sz|count|cnt|capacity|bytes?)",
    re.IGNORECASE,
)
_SUFFIX = r"_?(?:n|len|length|size|sz|count|cnt|capacity|bytes)"
_ARRAY = re.compile(r"buf|arr|data|vec|val|list|dst|dest|work|mem|[a-z]s$|^[a-z]?out$", re.I)
_USER = re.compile(r"user|arg|data|ctx|context|closure|cookie|opaque|baton|priv|param|^p", re.I)


@dataclass(frozen=True)
class Slot:
    """One parameter. `role`: plain, text, buffer, length, room, out, handle, callback, array,
    valist, record, pointer. A length and a room (a pointer to a length, which C also writes) are
    `of` the slot with that number. `optional` may be left out where it is trailing, `filled`
    anywhere."""

    name: str
    parameter: Parameter
    role: str
    of: int = -1
    optional: bool = False
    filled: bool = False

    @property
    def shape(self) -> Shape:
        return self.parameter.shape


@dataclass(frozen=True)
class Plan:
    """The slots of a function. `frees` is true where the call ends the life of its first handle."""

    function: Function
    slots: tuple[Slot, ...]

    @property
    def spread(self) -> bool:
        """True where a parameter that may be left out stands before one that may not."""
        omitted = [s.optional or s.filled for s in self.slots]
        return any(a and not b for a, b in pairwise(omitted))

    @property
    def short(self) -> tuple[Slot, ...]:
        """What a caller must give."""
        return tuple(s for s in self.slots if not (s.optional or s.filled))


def plan(function: Function, plain_records: frozenset[str] = frozenset()) -> Plan:
    """Say what each parameter is for. `plain_records` are tags of records that are mere data."""
    names = _names(function.parameters)
    slots = [
        Slot(name, parameter, _role(parameter.shape))
        for name, parameter in zip(names, function.parameters, strict=True)
    ]
    _find_lengths(slots, function)
    _find_outs(slots, function, plain_records)
    if function.variadic:
        slots = [replace(slot, optional=False, filled=False) for slot in slots]
    return Plan(function, tuple(slots))


def is_text(shape: Shape) -> bool:
    """True for what holds characters: `char *`, and typedefs of bytes that say so (`xmlChar`)."""
    to = shape.to
    return bool(to) and (
        to.kind == "char"
        or (
            (to.kind == "int" and to.size == 1 and to.name.lower().endswith("char"))
            and not to.name.startswith("unsigned")
        )
    )


def _role(shape: Shape) -> str:
    if shape.kind in SCALARS:
        return "plain"
    if shape.kind in ("callback", "valist", "record"):
        return shape.kind
    if shape.kind != "pointer" or shape.to is None:
        return "plain"
    to = shape.to
    if is_text(shape):
        return "text"
    if to.kind == "record" or (to.kind == "void" and to.name != "void"):
        return "handle"
    if to.kind in ("pointer", "array"):
        return "array" if to.to and is_text(to) else "pointer"
    return "buffer" if to.kind in ("void", "int", "real", "bool", "char") else "pointer"


def _find_lengths(slots: list[Slot], function: Function) -> None:
    taken: set[int] = set()
    for number, slot in enumerate(slots):
        if slot.role not in ("buffer", "text"):
            continue
        place = _length_of(slots, number, taken)
        if place:
            taken.add(place)
            found = slots[place]
            role = "length" if found.shape.kind == "int" else "room"
            slots[place] = replace(found, role=role, of=number, filled=True)


def _length_of(slots: list[Slot], number: int, taken: set[int]) -> int:
    """The number of the slot that holds the length of another; 0 where none evidently does."""
    named = re.compile(re.escape(slots[number].parameter.name) + _SUFFIX, re.IGNORECASE)
    stem = re.sub(r"_?(?:buf(?:fer)?|ptr|data)$", "", slots[number].parameter.name, flags=re.I)
    stemmed = re.compile(re.escape(stem) + _SUFFIX, re.IGNORECASE) if stem else named
    for place in range(number + 1, len(slots)):
        name = slots[place].parameter.name
        fits = named.fullmatch(name) or stemmed.fullmatch(name)
        if name and fits and place not in taken and _counts(slots[place], slots[number]):
            return place
    place = number + 1
    if place >= len(slots) or place in taken or not _counts(slots[place], slots[number]):
        return 0
    name = slots[place].parameter.name
    evident = _LENGTH.fullmatch(name) if name else slots[place].shape.name == "size_t"
    another = place + 1 < len(slots) and _LENGTH.fullmatch(slots[place + 1].parameter.name)
    another = another and slots[place + 1].shape.kind == "int"
    return place if evident and not another else 0


def _counts(slot: Slot, of: Slot) -> bool:
    """True where a slot can hold a length: an integer, or a pointer to one that C may change."""
    shape = slot.shape
    if shape.kind == "int":
        return shape.size > 1
    to = shape.to
    is_room = shape.kind == "pointer" and to is not None and to.kind == "int" and to.size > 2
    return is_room and not shape.const and not of.shape.const


def _find_outs(slots: list[Slot], function: Function, plain_records: frozenset[str]) -> None:
    for number in reversed(range(len(slots))):
        slot = slots[number]
        if slot.role in ("length", "room"):
            continue
        if any(other.of == number for other in slots):
            break
        if _is_out(slot, plain_records):
            slots[number] = replace(slot, role="out", optional=True)
        elif slot.role == "callback" or _is_user_data(slots, number):
            slots[number] = replace(
                slot, optional=number > 0 and _goes_with_callback(slots, number)
            )
        else:
            break
    if len(slots) > 1 and slots[0].role != "out" and _is_maker(slots[0], function):
        slots[0] = replace(slots[0], role="out", optional=True)


def _is_out(slot: Slot, plain_records: frozenset[str]) -> bool:
    shape, to = slot.shape, slot.shape.to
    if shape.kind != "pointer" or shape.const or to is None or slot.parameter.type.endswith("]"):
        return False
    if to.kind == "pointer":
        return to.to is not None and (
            to.to.kind == "record" or not to.to.name or is_text(to) or to.to.kind == "void"
        )
    if to.kind == "record":
        return to.name in plain_records
    named = slot.parameter.name
    return to.kind in ("int", "real", "enum", "bool") and to.size > 1 and not _ARRAY.search(named)


def _is_maker(slot: Slot, function: Function) -> bool:
    """True for `git_repository **out` at the front of what opens, creates or looks up."""
    to = slot.shape.to
    points = slot.shape.kind == "pointer" and not slot.shape.const and to is not None
    to_handle = points and to is not None and to.kind == "pointer" and to.to is not None
    handle = to_handle and to.to.kind == "record"  # pyright: ignore[reportOptionalMemberAccess]
    return bool(handle) and not FREEING.search(function.name) and not function.variadic


def _is_user_data(slots: list[Slot], number: int) -> bool:
    to = slots[number].shape.to
    return to is not None and to.kind == "void" and _goes_with_callback(slots, number)


def _goes_with_callback(slots: list[Slot], number: int) -> bool:
    if slots[number].role == "callback":
        return any(_void(slot) for slot in slots[number + 1 : number + 2])
    before = slots[number - 1] if number else None
    return before is not None and before.role == "callback"


def _void(slot: Slot) -> bool:
    return slot.shape.to is not None and slot.shape.to.kind == "void"


def _names(parameters: tuple[Parameter, ...]) -> list[str]:
    """Names for Python: those of the header without leading underscores, each once."""
    names: list[str] = []
    for number, parameter in enumerate(parameters):
        name = parameter.name.lstrip("_") or f"arg{number}"
        if iskeyword(name) or name in names or not name.isidentifier():
            name = f"{name}_" if name.isidentifier() else f"arg{number}"
        names.append(name)
    return names
