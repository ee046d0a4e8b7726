"""Plan: which types stand in for the type parameters that nothing in a call decides.

Each bound has candidates, best first; rustc says which of their combinations compile (prune.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .decided import asked_for, decided, in_order, is_alone, is_argument
from .document import Document
from .implementors import CLOSURES, closures, implementors, sources
from .kinds import kind_of
from .likely import BYTES, FIXED, GUESSES, INTEGERS, NUMBERS, OCTETS, OF_ANY, TEXT, ease, likely
from .model import Model, all_bounds, bounds_of, last
from .rusty import Unnameable, Writer


class Choice(NamedTuple):
    """A type for a parameter; for a closure, the types that it is called with."""

    text: str
    closure: tuple[Any, ...] | None = None
    sends: bool = False
    signature: tuple[str, ...] = ()
    """The types that a closure is called with and, last, gives, where rustc can't tell."""


_ROWS = ("IntoIterator", "Iterator", "ExactSizeIterator", "DoubleEndedIterator", "FusedIterator")
_PARALLEL = ("IntoParallelIterator", "ParallelIterator", "IndexedParallelIterator")


class Chooser:
    """Chooses for one item: `chosen` holds what is decided already, `hints` what the user said."""

    def __init__(
        self,
        model: Model,
        document: Document,
        chosen: Mapping[str, str],
        hints: Mapping[str, str],
    ) -> None:
        self.model, self.document, self.chosen, self.hints = model, document, chosen, hints

    def all_of(self, generics: Mapping[str, Any], limit: int = 6) -> list[dict[str, Choice]]:
        """The plausible choices for all parameters of an item, best first.

        Each parameter is chosen anew for each choice of those that it is bounded by.
        """
        found: list[tuple[int, dict[str, Choice]]] = [(0, {})]
        for parameter in in_order(self, generics):
            name, alone = parameter["name"], is_alone(generics, parameter["name"])
            row = self.of_parameter(generics, parameter) if alone else []
            grown = []
            for cost, known in found:
                if not alone:
                    texts = {each: choice.text for each, choice in known.items()}
                    chooser = Chooser(
                        self.model, self.document, {**self.chosen, **texts}, self.hints
                    )
                    row = chooser.of_parameter(generics, parameter)
                grown += [(cost + at, {**known, name: each}) for at, each in enumerate(row[:5])]
            found = sorted(grown, key=lambda each: each[0])[: max(limit, 2)]
        return [choices for _, choices in found[:limit]]

    def of_parameter(self, generics: Mapping[str, Any], parameter: Any) -> list[Choice]:
        name = parameter["name"]
        if name in self.hints:
            return [Choice(self.hints[name])]
        if "const" in parameter["kind"]:
            default = parameter["kind"]["const"].get("default")
            if default:
                return [Choice(default)]
            boolean = parameter["kind"]["const"]["type"].get("primitive") == "bool"
            return [Choice("true" if boolean else text) for text in ("2", "4", "8")]
        default = parameter["kind"]["type"].get("default")
        if default is not None and (text := self.written(default)):
            return [Choice(text)]
        borrowed = [Choice(text) for text in decided(self, generics, name)]
        found = self.of_bounds(bounds_of(generics, name), _item_bounds(generics, name))
        names = {self.trait_name(bound["trait"]) for bound in bounds_of(generics, name)}
        if names <= OF_ANY | {"Copy"} and is_argument(generics, name):
            asked = [Choice(text) for text in asked_for(self, generics, name)]
            found = asked[:5] or found + [Choice(text) for text in GUESSES[1:6]]
        return borrowed + lasting(all_bounds(generics, name), found)

    def of_bounds(self, bounds: Sequence[Any], items: Sequence[Any] = ()) -> list[Choice]:
        """The types that have all these traits, as far as a table can say."""
        names = [self.trait_name(bound["trait"]) for bound in bounds]
        rows = [list(self._of_bound(bound["trait"], items, names)) for bound in bounds]
        rows = [row for row in rows if row]
        found = [choice for row in rows for choice in row]
        if len(rows) > 1:  # what has all of the traits comes first
            found.sort(key=lambda choice: -sum(choice in row for row in rows))
        known = {choice.text for choice in found}
        is_number = NUMBERS & set(names) and known & {"PyObj", *likely(names)}
        if not found or INTEGERS & set(names) or is_number:
            found[:0] = [Choice(text) for text in likely(names)]
        return _varied(list({(c.text, str(c.closure)): c for c in found}.values()))[:10]

    def trait_name(self, trait: Any) -> str:
        """A trait's own name, whatever the source calls it: `use IntoIterator as IntoIter`."""
        definition = self.document.definition(trait["id"])
        return definition[-1] if definition else last(trait["path"])

    def written(self, type_: Any) -> str | None:
        """A type as source; None where nothing decides what it is."""
        if "impl_trait" in type_:
            bounds = [b["trait_bound"] for b in type_["impl_trait"] if "trait_bound" in b]
            found = lasting(type_["impl_trait"], self.of_bounds(bounds))
            return next((choice.text for choice in found), None)
        try:
            return Writer(self.model, self.document, self.chosen).write(type_)
        except Unnameable:
            return None

    def _of_bound(self, trait: Any, items: Sequence[Any], names: list[str]) -> Iterator[Choice]:
        name, arguments = self.trait_name(trait), trait.get("args") or {}
        if name in CLOSURES and "parenthesized" in arguments:
            sends = bool({"Send", "Sync"} & set(names))
            yield Choice("_", tuple(arguments["parenthesized"]["inputs"]), sends)
        elif name in _ROWS or name in _PARALLEL:
            yield from self._rows(name, arguments, items, names)
        elif name in ("Deref", "DerefMut"):
            yield from self._pointers(arguments, items)
        elif name in ("AsRef", "AsMut", "Borrow", "Into", "TryInto", "From"):
            yield from self._conversions(name, arguments)
        elif name in FIXED and self._is_foreign(trait):
            of = self._argument(arguments) or "usize"
            yield from (Choice(text.replace("{0}", of)) for text in FIXED[name])
        elif name in ("Rng", "RngCore", "CryptoRng", "TryRng"):
            self.model.include("rand")
            known = [i for i in self.model.of_kind("struct") if i.name in ("ThreadRng", "StdRng")]
            # By reference first: a generator that is copied gives the same numbers again.
            yield from (Choice(f"&'static mut {item.path}") for item in known)
            yield from (Choice(item.path) for item in known)
            yield from (Choice(text) for text in self._implementors(trait))
        elif name not in OF_ANY | NUMBERS | INTEGERS | {"Copy"} or not self._is_foreign(trait):
            yield from (Choice(text) for text in self._implementors(trait))
            yield from self._closures(trait)

    def _is_foreign(self, trait: Any) -> bool:
        item = self.model.find(self.document, trait["id"])
        return item is None or item.document is not self.model.main

    def _rows(
        self, name: str, arguments: Any, items: Sequence[Any], names: list[str]
    ) -> Iterator[Choice]:
        item = "PyObj"
        constraints = (arguments.get("angle_bracketed") or {}).get("constraints", [])
        for constraint in constraints:
            if constraint["name"] == "Item":
                binding = constraint["binding"]
                if type_ := (binding.get("equality") or {}).get("type"):
                    item = self.written(type_) or self._filled(type_) or item
                elif bounds := binding.get("constraint"):
                    traits = [b["trait_bound"] for b in bounds if "trait_bound" in b]
                    item = next((c.text for c in self.of_bounds(traits)), item)
        if items:
            item = next((c.text for c in self.of_bounds(items)), item)
        if name == "IntoIterator":
            yield Choice(f"Vec<{item}>")
        elif name == "Iterator" and "Clone" not in names and "&'static" not in item:
            yield Choice(f"PyIter<{item}>")
        if name != "IntoIterator":
            yield Choice(f"Vec<{item}>" if name in _PARALLEL else f"std::vec::IntoIter<{item}>")

    def _pointers(self, arguments: Any, items: Sequence[Any]) -> Iterator[Choice]:
        """What points to a type that is given (`Deref<Target = [u8]>`), or to one of its traits."""
        for constraint in (arguments.get("angle_bracketed") or {}).get("constraints", []):
            type_ = (constraint["binding"].get("equality") or {}).get("type")
            if type_ and (text := self.written(type_)):
                yield from (Choice(each) for each in (_owned(text), f"&'static mut {text}"))
                return
        for choice in self.of_bounds(items) if items else ():
            yield Choice(f"&'static mut {choice.text}")

    def _conversions(self, name: str, arguments: Any) -> Iterator[Choice]:
        types = (arguments.get("angle_bracketed") or {}).get("args", [])
        type_ = next((t["type"] for t in types if "type" in t), None)
        text = self.written(type_) if type_ else None
        if text is None:
            return
        if name == "AsMut":
            yield from (Choice(each) for each in (_owned(text), f"&'static mut {text}"))
        elif name in ("AsRef", "Borrow"):
            if name == "AsRef" and text == "[u8]":
                yield Choice(OCTETS)
            yield Choice(_REFERENCES.get(text, f"&'static {text}"))
            yield Choice(_owned(text))
        elif text in ("std::borrow::Cow<'static, str>", "String"):
            yield Choice(TEXT)
        elif sources := self._sources(type_, text):
            yield from map(Choice, sources)
        else:  # what only borrows is made of a text or bytes: `Into<Input<'h>>`
            first = (TEXT, BYTES, text) if "'static" in text else (text, TEXT, BYTES)
            yield from (Choice(each) for each in (*first, "f64", "i64"))

    def _sources(self, type_: Any, text: str) -> list[str]:
        """A type of the model, and what becomes one by its impls of From: one of each kind."""
        said = (type_ or {}).get("resolved_path")
        item = self.model.find(self.document, said["id"]) if said else None
        key = ("sources", text)
        if item is not None and key not in self.model.found:
            own, *others = sources(self.model, item, text)
            self.model.found[key] = [own, *sorted(others, key=ease)] if others else []
        return self.model.found.get(key, [])

    def _argument(self, arguments: Any) -> str | None:
        types = (arguments.get("angle_bracketed") or {}).get("args", [])
        type_ = next((t["type"] for t in types if "type" in t), None)
        return self.written(type_) if type_ else None

    def _implementors(self, trait: Any) -> list[str]:
        """The types of the crate that have a trait of its own, the easiest for Python first."""
        item = self.model.find(self.document, trait["id"])
        if item is None and self.model.include(self.document.library(trait["id"])):
            item = self.model.find(self.document, trait["id"])
        known = item is not None and item.kind == "trait"
        return implementors(self, item, trait) if item is not None and known else list(GUESSES)

    def _closures(self, trait: Any) -> Iterator[Choice]:
        """The closures that have a trait: by `impl<F: FnMut(&Captures) -> T> Replacer for F`."""
        item = self.model.find(self.document, trait["id"])
        if item is None or item.kind != "trait":
            return
        writer = Writer(self.model, item.document, {})
        chooser = Chooser(self.model, item.document, {}, self.hints)
        for generics, said in closures(item):
            try:
                types = [writer.write(each, "'_") for each in said["inputs"]]
                result = chooser.given(generics, said["output"] or {"tuple": []})
            except Unnameable:
                continue
            yield Choice("_", tuple(said["inputs"]), signature=(*types, result))

    def given(self, generics: Mapping[str, Any], type_: Any) -> str:
        """What a callable may give: a type that owns what it holds."""
        bounds = bounds_of(generics, type_["generic"]) if "generic" in type_ else []
        found = next((choice.text for choice in self.of_bounds(bounds)), "") if bounds else ""
        found = found or Writer(self.model, self.document, self.chosen).write(type_)
        return _OWNED.get(found, found)

    def _filled(self, type_: Any) -> str | None:
        """A type whose parameters nothing decides: any object will do for them."""
        free = dict.fromkeys(re.findall(r"'generic': '(\w+)'", str(type_)), "PyObj")
        return Chooser(self.model, self.document, {**free, **self.chosen}, {}).written(type_)


_REFERENCES = {
    "str": TEXT,
    "[u8]": BYTES,
    "std::path::Path": "&'static std::path::Path",
    "std::ffi::OsStr": "&'static std::ffi::OsStr",
}


def _varied(found: Sequence[Choice]) -> list[Choice]:
    """The first of each kind, and then the others: `String` takes nothing that `&str` does not."""
    firsts: dict[str, Choice] = {}
    for choice in found:
        firsts.setdefault(kind_of(choice.text) or choice.text, choice)
    return [*firsts.values(), *(choice for choice in found if choice not in firsts.values())]


_OWNED = {TEXT: "String", BYTES: "Vec<u8>", OCTETS: "Vec<u8>"}
"""What a callable gives, which nothing keeps alive."""


def lasting(bounds: Sequence[Any], choices: Sequence[Choice]) -> list[Choice]:
    """Where a type must last (`T: AsRef<[u8]> + 'static`), what is lent to a call is no choice."""
    if {"outlives": "'static"} not in bounds:
        return [*choices]
    return [each._replace(text=each.text.replace(OCTETS, _OWNED[OCTETS])) for each in choices]


def _owned(text: str) -> str:
    """What owns a type that may be a slice: `Vec<u8>` for `[u8]`."""
    return f"Vec<{text[1:-1]}>" if text[0] == "[" and ";" not in text else text


def _item_bounds(generics: Mapping[str, Any], name: str) -> list[Any]:
    """The bounds of `T::Item`, or of what a `T` points to, in a where clause."""
    found: list[Any] = []
    for predicate in generics["where_predicates"]:
        bound = predicate.get("bound_predicate")
        said = bound and bound["type"].get("qualified_path")
        if said and said["name"] in ("Item", "Target") and said["self_type"].get("generic") == name:
            found += [b["trait_bound"] for b in bound["bounds"] if "trait_bound" in b]
    return found
