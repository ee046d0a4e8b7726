"""Model: what a crate makes public, and the paths by which Rust code can name it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .document import Document, inner, kind

Type = dict[str, Any]
"""A type as rustdoc writes it: `{"primitive": "str"}`."""

MOST = 6
"""How many crates that are only mentioned are described."""

STD = ("std", "core", "alloc", "proc_macro")


class Unnameable(Exception):
    """A type that no source outside its crate can write; the message says why."""


@dataclass
class Item:
    """A public item: `path` names it in Rust, `places` are the modules it is reached in."""

    document: Document
    raw: Mapping[str, Any]
    path: str
    name: str
    places: list[tuple[tuple[str, ...], str]] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return kind(self.raw)

    @property
    def inner(self) -> Any:
        return inner(self.raw)

    @property
    def docs(self) -> str:
        return self.raw.get("docs") or ""


class Model:
    """All that is public in a crate, and in those that it re-exports.

    `fetch` gives the document of another crate by its library's name, or None.
    """

    def __init__(self, document: Document, fetch: Callable[[str], Document | None]) -> None:
        self.main = document
        self.documents = {document.name: document}
        self.fetch = fetch
        self.items: dict[tuple[str, ...], Item] = {}
        self.included: set[str] = set()
        self.preferred: dict[str, list[str]] = {}
        """By path of a type, the arguments that its class has."""
        self.projections: dict[tuple[str, ...], str | None] = {}
        """What project.py found out."""
        self.found: dict[tuple[Any, ...], list[str]] = {}
        """What implementors.py and decided.py found, while nothing that is preferred changes."""
        self.asking = False
        """True while decided.py looks for the arguments of a trait."""
        self.usual: dict[tuple[str, ...], str] = {}
        """By definition of a trait, what the crate itself gives for it by default."""
        self._types: dict[str, Item] = {}
        self._counted = self._sought = 0
        self._impls: dict[tuple[str, ...], dict[Any, tuple[Document, Any]]] = {}
        self._walk(document, document.root, document.name, ())

    def of_kind(self, *kinds: str) -> list[Item]:
        return [item for item in self.items.values() if item.kind in kinds]

    def find(self, document: Document, number: Any) -> Item | None:
        """The public item that an id of a document means."""
        return self.items.get(document.key(number))

    def named(self, path: str) -> Item | None:
        """The public type with a path."""
        if self._counted != len(self.items):
            self._counted = len(self.items)
            self._types = {i.path: i for i in self.of_kind("struct", "enum", "union")}
        return self._types.get(path)

    def implementations(self, trait: tuple[str, ...]) -> list[tuple[Document, Any]]:
        """The impl blocks of a trait, by its definition, with the documents that show them."""
        if self._sought != len(self.items):
            self._sought, self._impls = len(self.items), {}
            for item in self.of_kind("struct", "enum", "union", "trait"):
                is_trait = item.kind == "trait"
                for number in item.inner["implementations" if is_trait else "impls"]:
                    self._remember(item.document, item.document.get(number))
        return list(self._impls.get(trait, {}).values())

    def _remember(self, document: Document, raw: Any) -> None:
        said = raw and inner(raw)
        if said and said["trait"] and not said["is_synthetic"]:
            known = self._impls.setdefault(document.definition(said["trait"]["id"]), {})
            known.setdefault((document.name, raw["id"]), (document, said))

    def document(self, library: str) -> Document | None:
        if library in STD:
            return None
        if library not in self.documents:
            found = self.fetch(library)
            if found:
                self.documents[library] = found
        return self.documents.get(library)

    def include(self, library: str) -> bool:
        """Know a crate that is only mentioned: its items are nameable, but no part of the API."""
        if library in STD:
            return False
        if library not in self.included and len(self.included) < MOST:
            self.included.add(library)
            document = self.document(library)
            if document is not None and document is not self.main:
                self._walk(document, document.root, library, None)
        return library in self.documents

    def prefer(self, item: Item, types: list[str]) -> None:
        """Let the class of a type have these arguments."""
        if self.preferred.get(item.path) != types:
            self.preferred[item.path] = types
            self.found.clear()

    # --- the walk

    def _walk(
        self, document: Document, root: Any, prefix: str, place: tuple[str, ...] | None
    ) -> None:
        queue = deque([(document, root, prefix, place)])
        seen: set[tuple[int, Any]] = set()
        while queue:
            document, module, prefix, place = queue.popleft()
            if (id(module), place) in seen or prefix.count("::") > 8:
                continue
            seen.add((id(module), place))
            for item, name, where in self._members(document, module, 0):
                self._visit(where, item, name, prefix, place, queue)

    def _visit(
        self,
        document: Document,
        item: Any,
        name: str,
        prefix: str,
        place: tuple[str, ...] | None,
        queue: deque[Any],
    ) -> None:
        path = f"{prefix}::{name}"
        if kind(item) == "module":
            # A whole crate that is re-exported is a way to name its items, no part of this API.
            inside = None if place is None or item is document.root else (*place, name)
            queue.append((document, item, path, inside))
            return
        key = document.key(item["id"])
        found = self.items.get(key)
        if found is None:
            found = self.items[key] = Item(document, item, path, name)
        if place is not None and (place, name) not in found.places:
            found.places.append((place, name))

    def _members(
        self, document: Document, module: Any, depth: int
    ) -> Iterator[tuple[Any, str, Document]]:
        """The public members of a module (or an enum that is re-exported), uses resolved."""
        numbers = inner(module).get("items") or []
        for number in numbers:
            item = document.get(number)
            if item is None:
                continue
            if kind(item) == "use":
                if item["visibility"] == "public":
                    yield from self._used(document, item, depth)
            elif item["visibility"] == "public" and item["name"] and "impl" not in item["inner"]:
                yield item, item["name"], document

    def _used(
        self, document: Document, use: Any, depth: int
    ) -> Iterator[tuple[Any, str, Document]]:
        said = inner(use)
        target, where = self._target(document, said["id"])
        if target is None or depth > 8:
            return
        if kind(target) == "use":
            for item, _, owner in self._used(where, target, depth + 1):
                yield item, said["name"], owner
        elif said["is_glob"]:
            if kind(target) == "module":
                yield from self._members(where, target, depth + 1)
        else:
            yield target, said["name"], where

    def _target(self, document: Document, number: Any) -> tuple[Any, Document]:
        item = document.get(number) if number is not None else None
        if item is not None or number is None:
            return item, document
        library = document.library(number)
        other = self.document(library) if library != document.name else None
        if other is None:
            return None, document
        if len(document.definition(number)) == 1:
            return other.root, other
        return other.get(other.by_key.get(document.key(number))), other


def type_arguments(path: Mapping[str, Any]) -> list[Any]:
    """The types in `Foo<'a, T, 3>`: without lifetimes, constants as `{"const": …}`."""
    arguments = ((path.get("args") or {}).get("angle_bracketed") or {}).get("args", [])
    found = []
    for each in arguments:
        if "type" in each:
            found.append(each["type"])
        elif "const" in each:
            found.append({"const_value": each["const"]["expr"]})
    return found


def paths(type_: Any) -> Iterator[Any]:
    """The paths within a type: those of `Option<Vec<T>>` are two."""
    if isinstance(type_, list):
        for each in type_:
            yield from paths(each)
    elif isinstance(type_, dict):
        if "resolved_path" in type_:
            yield type_["resolved_path"]
        for each in type_.values():
            yield from paths(each)


def last(path: str) -> str:
    return path.rpartition("::")[2]


def type_parameters(generics: Mapping[str, Any]) -> list[Any]:
    """The parameters of a generic item that are types or constants, as people write them."""
    return [
        p
        for p in generics["params"]
        if "const" in p["kind"] or ("type" in p["kind"] and not p["kind"]["type"]["is_synthetic"])
    ]


def lifetime_parameters(generics: Mapping[str, Any]) -> list[str]:
    return [p["name"] for p in generics["params"] if "lifetime" in p["kind"]]


def bounds_of(generics: Mapping[str, Any], name: str) -> list[Any]:
    """All trait bounds of a type parameter, those of the where clause too."""
    return [b["trait_bound"] for b in all_bounds(generics, name) if "trait_bound" in b]


def all_bounds(generics: Mapping[str, Any], name: str) -> list[Any]:
    """What a type parameter is bound by: `T: Into<Cow<'a, str>> + 'static` has two bounds."""
    found: list[Any] = []
    for parameter in generics["params"]:
        if parameter["name"] == name and "type" in parameter["kind"]:
            found += parameter["kind"]["type"]["bounds"]
    for predicate in generics["where_predicates"]:
        bound = predicate.get("bound_predicate")
        if bound and bound["type"].get("generic") == name:
            found += bound["bounds"]
    return found
