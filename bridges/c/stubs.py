"""Types for editors: a `.pyi` of what a library offers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .docs import clean
from .index import Index
from .plan import Plan, Slot, is_text, plan
from .shape import Function, Shape
from .summary import ABOUT, owner

_PLAIN = {"int": "int", "enum": "int", "real": "float", "bool": "bool", "char": "str"}
_TAKEN = {
    "text": "str | bytes | None",
    "buffer": "Buffer | None",
    "callback": "Callable[..., Any] | None",
    "array": "list[str] | None",
    "length": "int",
    "room": "int",
}

_HEAD = (
    "from collections.abc import Callable",
    "from enum import IntEnum",
    "from typing import Any",
    "",
    "from typing_extensions import Buffer",
    "",
    "def __getattr__(name: str) -> Any: ...  # other spellings, types, macros",
)


def stub(index: Index) -> str:
    """The text of a library's `.pyi`.

    >>> import polyhy
    >>> text = stub(polyhy.evaluate("c", "int add(int a, int b) { return a + b; }")._index)
    >>> print(text.splitlines()[-2])
    def add(a: int, b: int) -> int:
    """
    return "\n".join([*_HEAD, *_lines(index)]) + "\n"


def _lines(index: Index) -> Iterator[str]:
    about = index.get(ABOUT) or {}
    plain = frozenset(about.get("plain", ()))
    for name in sorted(index.names()):
        record = index[name] if name.removeprefix("enum ").isidentifier() else {}
        if record.get("kind") == "constant" and "type" not in record:
            yield f"{name}: {type(record['value']).__name__}"
        elif record.get("kind") == "enum" and name.removeprefix("enum ") not in index:
            yield from _enum(name.removeprefix("enum "), record["values"])
        elif record.get("kind") == "function":
            yield from _function(plan(Function.load(name, record), plain))


def _enum(name: str, values: Mapping[str, int]) -> Iterator[str]:
    yield f"class {name}(IntEnum):"
    yield from (f"    {member} = {value}" for member, value in values.items())


def _function(it: Plan) -> Iterator[str]:
    slots = it.short if it.spread else it.slots
    parameters = [f"{s.name}: {_taken(s)}{' = ...' if _omitted(s) else ''}" for s in slots]
    parameters += ["*more: Any"] if it.function.variadic else []
    yield f"def {it.function.name}({', '.join(parameters)}) -> {_returned(it)}:"
    doc = clean(it.function.doc).partition("\n\n")[0].replace('"""', "'''").replace("\\", "\\\\")
    yield f'    """{it.function.prototype};' + (f"\n\n    {doc}\n    " if doc else "") + '"""'


def _omitted(slot: Slot) -> bool:
    return slot.optional or slot.filled


def _taken(slot: Slot) -> str:
    return _TAKEN.get(slot.role) or _PLAIN.get(slot.shape.kind) or "Any"


def _given(shape: Shape) -> str:
    if shape.kind == "void":
        return "None"
    if shape.kind == "pointer" and is_text(shape):
        return "str | bytes | None"
    return "Any" if owner(shape) else _PLAIN.get(shape.kind, "Any")


def _returned(it: Plan) -> str:
    outs = [slot.shape.to for slot in it.slots if slot.role in ("out", "room")]
    kinds = [_given(shape) for shape in outs if shape is not None]
    kinds = ([] if it.function.shape.kind == "void" else [_given(it.function.shape)]) + kinds
    if len(kinds) < 2:
        return kinds[0] if kinds else "None"
    return f"tuple[{', '.join(kinds)}]"
