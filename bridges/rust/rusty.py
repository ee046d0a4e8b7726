"""Types of the model as Rust source: with paths that can be named, and parameters chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .document import Document
from .model import (
    STD,
    Item,
    Model,
    Type,
    Unnameable,
    last,
    lifetime_parameters,
    type_arguments,
    type_parameters,
)
from .project import projected

_MOVED: Mapping[tuple[str, ...], str] = {
    ("collections", "hash", "map"): "collections::hash_map",
    ("collections", "hash", "set"): "collections::hash_set",
    ("collections", "btree", "map"): "collections::btree_map",
    ("collections", "btree", "set"): "collections::btree_set",
    ("sync", "atomic"): "sync::atomic",
    ("sync", "mpsc"): "sync::mpsc",
    ("str", "pattern"): "str::pattern",
    ("os", "fd", "owned"): "os::fd",
}
"""Modules of std below the first, by where things are defined; all others are private."""

_COLLECTIONS = [
    "HashMap",
    "HashSet",
    "BTreeMap",
    "BTreeSet",
    "VecDeque",
    "BinaryHeap",
    "LinkedList",
]


def std_path(definition: Sequence[str]) -> str:
    """Where a thing of the standard library can be named: `std::ops::Range`."""
    _, *modules, name = definition
    if name in _COLLECTIONS:
        return f"std::collections::{name}"
    public = _MOVED.get(tuple(modules)) or (modules[0] if modules else "")
    public = "::".join(modules) if public in ("os", "arch", "collections") else public
    return "::".join(filter(None, ("std", public, name)))


class Writer:
    """Writes types. `chosen` gives the text for each generic parameter, and for `Self`."""

    def __init__(self, model: Model, document: Document, chosen: Mapping[str, str]) -> None:
        self.model, self.document, self.chosen = model, document, chosen

    def write(self, type_: Type, life: str = "'static") -> str:
        """The type as source, all lifetimes as `life`."""
        shape, said = next(iter(type_.items()))
        if shape == "generic":
            if said not in self.chosen:
                raise Unnameable(f"the type parameter {said}")
            return self.chosen[said]
        if shape == "primitive":
            return _PRIMITIVES.get(said) or str(said)
        if shape == "borrowed_ref":
            mutable = "mut " if said["is_mutable"] else ""
            return f"&{life} {mutable}{self.write(said['type'], life)}"
        if shape == "tuple":
            return "(" + "".join(f"{self.write(t, life)}, " for t in said) + ")"
        if shape == "slice":
            return f"[{self.write(said, life)}]"
        if shape == "array":
            return (
                f"[{self.write(said['type'], life)}; {self.chosen.get(said['len'], said['len'])}]"
            )
        if shape == "resolved_path":
            return self.path(said, life)
        if shape == "const_value":
            return self.chosen.get(said, said)
        if shape == "qualified_path" and said.get("trait"):
            owner = self.write(said["self_type"], life)
            if (found := projected(self, owner, said, life)) is not None:
                return found
            return f"<{owner} as {self.path(said['trait'], life)}>::{said['name']}"
        if shape == "dyn_trait" and not said.get("lifetime"):
            traits = " + ".join(self.path(t["trait"], life) for t in said["traits"])
            return f"dyn {traits}"
        raise Unnameable(_WHY.get(shape, shape))

    def path(self, said: Mapping[str, Any], life: str) -> str:
        """A path with its arguments, aliases resolved and defaults filled in."""
        item = self.model.find(self.document, said["id"])
        types = [self.write(t, life) for t in type_arguments(said)]
        if item is None or item.kind not in ("struct", "enum", "union", "type_alias"):
            name = self.name(said)
            given = ((said.get("args") or {}).get("angle_bracketed") or {}).get("args", [])
            lives = [life for each in given if "lifetime" in each]
            arguments = [*lives, *types]
            return f"{name}<{', '.join(arguments)}>" if arguments else name
        if item.kind == "type_alias":
            return self._aliased(item, types, life)
        return written(self.model, item, types, life)

    def _aliased(self, item: Item, types: list[str], life: str) -> str:
        try:
            chosen = filled(self.model, item, types, life)
            return Writer(self.model, item.document, chosen).write(item.inner["type"], life)
        except Unnameable:
            lives = [life for _ in lifetime_parameters(item.inner["generics"])]
            arguments = [*lives, *types]
            return f"{item.path}<{', '.join(arguments)}>" if arguments else item.path

    def name(self, said: Mapping[str, Any]) -> str:
        item = self.model.find(self.document, said["id"])
        if item is not None:
            return item.path
        definition = self.document.definition(said["id"])
        if definition and definition[0] in STD:
            return std_path(definition)
        if definition and self.model.include(definition[0]) and self._known(said):
            return self.name(said)
        raise Unnameable(
            f"the private type {last(said['path'])}" if definition else "a private type"
        )

    def _known(self, said: Mapping[str, Any]) -> bool:
        return self.model.find(self.document, said["id"]) is not None

    def is_std(self, type_: Type, *names: str) -> bool:
        """True for a type of the standard library with one of these names."""
        said = type_.get("resolved_path")
        if not said:
            return False
        definition = self.document.definition(said["id"])
        return bool(definition) and definition[0] in STD and definition[-1] in names


def written(model: Model, item: Item, types: list[str], life: str) -> str:
    """A type of the model with these arguments: `Foo<'static, f64>`."""
    generics = item.inner["generics"]
    chosen = filled(model, item, types, life)
    lives = [life for _ in lifetime_parameters(generics)]
    arguments = [*lives, *(chosen[p["name"]] for p in type_parameters(generics))]
    return f"{item.path}<{', '.join(arguments)}>" if arguments else item.path


def filled(model: Model, item: Item, types: list[str], life: str) -> dict[str, str]:
    """The parameters of an item by name: those given, and the defaults of the others."""
    parameters = type_parameters(item.inner["generics"])
    chosen = dict(zip((p["name"] for p in parameters), types, strict=False))
    for parameter in parameters[len(types) :]:
        said = next(iter(parameter["kind"].values()))
        default = said.get("default")
        if default is None:
            raise Unnameable(f"{item.name} without its parameters")
        is_type = isinstance(default, dict)
        writer = Writer(model, item.document, chosen)
        chosen[parameter["name"]] = writer.write(default, life) if is_type else default
    return chosen


_PRIMITIVES = {"never": "!", "unit": "()"}
_WHY = {
    "impl_trait": "an unnamed type",
    "function_pointer": "a function pointer",
    "raw_pointer": "a raw pointer",
    "dyn_trait": "a trait object",
    "infer": "an inferred type",
    "qualified_path": "an associated type",
}
