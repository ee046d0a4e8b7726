"""The types of an extension as a .pyi file, for those who check what they write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .classes import Class, members_of, variants_of
from .document import Document
from .model import type_arguments
from .plan import Api, Entry

PLAIN: Mapping[str, str] = {
    **dict.fromkeys(("bool",), "bool"),
    **dict.fromkeys(("str", "char", "String", "PathBuf", "Path", "OsStr", "OsString"), "str"),
    **dict.fromkeys(("f32", "f64"), "float"),
    **{f"{sign}{bits}": "int" for sign in "iu" for bits in (8, 16, 32, 64, 128, "size")},
    **dict.fromkeys(("unit", "never"), "None"),
}
"""Types that are one of Python's own."""

HOLDING: Mapping[str, str] = {
    **dict.fromkeys(("Vec", "VecDeque", "BinaryHeap", "LinkedList"), "list[{0}]"),
    **dict.fromkeys(("HashSet", "BTreeSet"), "set[{0}]"),
    **dict.fromkeys(("HashMap", "BTreeMap"), "dict[{0}, {1}]"),
    **dict.fromkeys(("Box", "Rc", "Arc", "Cow", "Result"), "{0}"),
    "Option": "{0} | None",
}
"""Types of the standard library by what they hold."""


def stub(api: Api) -> str:
    """The text of the module's .pyi: what stands at its top."""
    lines = ["from enum import IntEnum", "from typing import Any", ""]
    top = _names(api)
    hints = _Hints({own.text: top[own.ident] for own in api.classes if own.ident in top})
    members: dict[str, list[Entry]] = {}
    for entry in api.entries:
        if entry.owner is not None:
            members.setdefault(entry.owner.ident, []).append(entry)
        elif entry.way == "static" and not entry.place:
            lines.append(hints.function(entry, []))
        elif entry.way == "constant" and not entry.place:
            lines.append(f"{entry.name}: Any")
    for own, _, entries in api.shared():
        members.setdefault(own.ident, []).extend(entries)
    for own in api.classes:
        if own.ident in top:
            lines += ["", *_class(own, top[own.ident], members.get(own.ident, []), hints)]
    return "\n".join([*lines, ""])


def _names(api: Api) -> dict[str, str]:
    """The classes at the top by name; one that shares it with a function is `name_`."""
    taken = {e.name for e in api.entries if e.owner is None and e.way == "static" and not e.place}
    top = (own for own in api.classes if any(not place for place, _ in own.places))
    return {own.ident: f"{own.name}_" if own.name in taken else own.name for own in top}


def _class(own: Class, name: str, entries: Sequence[Entry], hints: _Hints) -> Iterator[str]:
    if own.shape == "enumeration":
        yield f"class {name}(IntEnum):"
        yield from (f"    {_kept(name)} = {number}" for name, number in members_of(own.item))
    else:
        yield f"class {name}:"
        yield "    def __init__(self, *args: Any, **words: Any) -> None: ..."
    if own.shape == "variants":
        yield from (f"    {_kept(name)}: Any" for name in variants_of(own.item))
    seen: set[str] = set()
    for entry in entries:
        if entry.name in seen or entry.name.startswith("__"):
            continue
        if entry.way in ("method", "static"):
            seen.add(entry.name)
            yield from (f"    {line}" for line in _member(entry, hints))
        elif entry.way == "property":
            seen.add(entry.name)
            yield f"    {entry.name}: Any"
    if any(entry.slot in (62, 63) for entry in entries):
        yield "    def __iter__(self) -> Any: ..."


def _member(entry: Entry, hints: _Hints) -> Iterator[str]:
    if entry.way == "static":
        yield "@staticmethod"
        yield hints.function(entry, [])
    else:
        yield hints.function(entry, ["self"])


class _Hints:
    """Types as Python writes them; what has no name there is Any."""

    def __init__(self, classes: Mapping[str, str]) -> None:
        self.classes = classes

    def function(self, entry: Entry, first: list[str]) -> str:
        if entry.shim is None:
            return f"def {entry.name}({', '.join([*first, '*args: Any'])}) -> Any: ..."
        shim, said = entry.shim, entry.shim.target
        types = [type_ for name, type_ in said.signature["inputs"] if name != "self"]
        listed = list(first)
        for at, (name, type_) in enumerate(zip(shim.parameters, types, strict=False)):
            default = " = None" if at >= shim.required else ""
            listed.append(f"{name}: {self.argument(said.document, type_)}{default}")
        output = said.signature["output"]
        result = self.of(said.document, output) if output else "None"
        if said.header["is_async"]:
            result = "Any"
        return f"def {entry.name}({', '.join(listed)}) -> {result}: ..."

    def argument(self, document: Document, type_: Any) -> str:
        """What a parameter takes: more than what a result of its type is."""
        found = self.of(document, type_)
        return found if found in ("str", "int", "bool", "float", *self.classes.values()) else "Any"

    def of(self, document: Document, type_: Any) -> str:
        shape, said = next(iter(type_.items()))
        if shape == "primitive":
            return PLAIN.get(said, "Any")
        if shape == "borrowed_ref":
            return self.of(document, said["type"])
        if shape == "slice":
            return "bytes" if said.get("primitive") == "u8" else "Any"
        if shape == "tuple":
            return f"tuple[{', '.join(self.of(document, t) for t in said)}]" if said else "None"
        if shape != "resolved_path":
            return "Any"
        definition = document.definition(said["id"])
        name = definition[-1] if definition else ""
        if name in PLAIN:
            return PLAIN[name]
        arguments = [self.of(document, each) for each in type_arguments(said)]
        if name in HOLDING and len(arguments) >= HOLDING[name].count("{"):
            if arguments[:1] == ["int"] and "u8" in str(type_arguments(said)[0]) and name == "Vec":
                return "bytes"
            return HOLDING[name].format(*arguments)
        texts = [text for text in self.classes if text.partition("<")[0].endswith(f"::{name}")]
        return self.classes[texts[0]] if len(texts) == 1 else "Any"


def _kept(name: str) -> str:
    return f"{name}_" if name in ("None", "True", "False") else name
