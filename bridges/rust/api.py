"""Plan: all lines of an extension: classes, functions, traits' methods, fields, constants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from .bind import Binder
from .calls import Skip, Target
from .choose import Chooser
from .classes import Class, Classes, match
from .document import Document, inner, kind
from .fields import field_entries, variant_entries
from .foreign import functions_of
from .model import STD, Item, Model, last, type_arguments, type_parameters
from .names import python_name, rust_name
from .plan import METHOD, STATIC, Api, Entry
from .rusty import Unnameable, Writer
from .traits import std_members

MOST = 800
"""How many methods of traits the classes of one crate get: adaptors of adaptors have no end."""


class Planner:
    """Plans a crate. `hints` choose type parameters by name: `{"T": "f64"}`."""

    def __init__(self, model: Model, hints: Mapping[str, str]) -> None:
        self.model, self.hints = model, hints
        self.binder = Binder(model, hints)
        self.classes = Classes(model, hints)
        self.api = Api()
        self.borrowed = 0

    def plan(self) -> Api:
        self.classes.start()
        for item in self.model.of_kind("function"):
            if item.places:
                self._function(item)
        for item in self.model.of_kind("constant", "static"):
            self._constant(item)
        done = 0
        while done < len(self.classes.queue):
            self._class(self.classes.queue[done])
            done += 1
        for targets, entry in functions_of(self.model, self.hints):
            self._foreign(targets, entry)
        self._count_the_rest()
        self.api.classes = list(self.classes.by_text.values())
        self.api.lend_makers()
        for text, reason in self.classes.left_out.items():
            self.api.reasons.setdefault(text, reason)
        return self.api

    # --- functions and constants

    def _function(self, item: Item) -> None:
        place, name = item.places[0]
        target = Target(
            item.document,
            item.name,
            item.inner["sig"],
            item.inner["generics"],
            item.inner["header"],
            item.path,
            ".".join((self.model.main.name, *place, name)),
            docs=item.docs,
            item=item.raw,
        )
        counted = f"{item.document.name}/{item.raw['id']}"
        if self._is_own(item):
            self.api.functions[counted] = item.path
        entry = Entry(item.path, STATIC, python_name(name), [], None, place)
        entry.also = [(each, python_name(other)) for each, other in item.places[1:]]
        self._bind(target, entry, counted)

    def _constant(self, item: Item) -> None:
        if not item.places or (item.kind == "static" and item.inner["is_mutable"]):
            return
        place, name = item.places[0]
        value = f"{'&' if item.kind == 'static' else ''}{item.path}"
        line = f"constant!(@ID {value});"
        self.api.entries.append(Entry(item.path, "constant", name, [line], None, place))

    def _bind(self, target: Target, entry: Entry, counted: str = "") -> bool:
        try:
            entry.shim = self.binder.bind(target)
        except (Skip, Unnameable) as why:
            self.api.reasons[entry.key] = str(why)
            return False
        most = 2 if entry.owner is not None and entry.owner.rank else 8
        entry.lines, entry.counted, entry.docs = entry.shim.lines[:most], counted, target.docs
        entry.open |= entry.shim.open
        self.api.entries.append(entry)
        for type_ in [*(t for _, t in target.signature["inputs"]), target.signature["output"]]:
            self.classes.mentioned(target.document, type_, target.chosen)
        return True

    def _foreign(self, targets: Sequence[Target], entry: Entry) -> None:
        """Bind a method of another crate's type, for the first of some that rustc takes."""
        for target in targets:
            try:
                shim = self.binder.bind(target)
            except (Skip, Unnameable) as why:
                self.api.reasons.setdefault(entry.key, str(why))
                continue
            entry.lines += shim.lines[:2]
            entry.open |= shim.open
            names = ["self", *shim.parameters] if shim.is_method else shim.parameters
            required = shim.required + shim.is_method
            free = replace(shim, parameters=names, required=required, is_method=False)
            entry.shim, entry.docs = entry.shim or free, target.docs
        if entry.lines:
            self.api.entries.append(entry)

    # --- classes

    def _class(self, own: Class) -> None:
        names: set[str] = set()
        impls = [i for i in map(own.item.document.get, own.item.inner["impls"]) if i]
        for raw in impls:
            if not inner(raw)["trait"]:
                self._inherent(own, inner(raw), names)
        self.api.entries += field_entries(own, names)
        if own.shape == "variants":
            self.api.entries += variant_entries(own)
        traits: dict[str, list[Any]] = {}
        for raw in impls:
            impl = inner(raw)
            if impl["trait"] and not impl["is_negative"] and not impl["is_synthetic"]:
                traits.setdefault(last(impl["trait"]["path"]), []).append(impl)
        for entry in std_members(self.model, own, traits, names):
            self.api.entries.append(entry)
        for impl in traits.get("Deref", ()):
            self._pointer(own, impl)
        for impl in (impl for group in traits.values() for impl in group):
            self._trait(own, impl, names)
        if own.item.document is not self.model.main or not impls:
            self._reachable_traits(own, traits, names)

    def _inherent(self, own: Class, impl: Any, names: set[str]) -> None:
        chosen = match(self.model, own.item.document, impl, own)
        for number in impl["items"]:
            item = own.item.document.get(number)
            if item is None or item["visibility"] != "public":
                continue
            if kind(item) == "function":
                self._method(own, impl, item, chosen, names)
            elif kind(item) == "assoc_const" and chosen is not None:
                line = f"constant!(@ID <{own.text}>::{item['name']});"
                key = f"{own.item.path}::{item['name']}"
                entry = Entry(key, "constant", item["name"], [line], own)
                self.api.entries.append(entry)

    def _method(
        self, own: Class, impl: Any, item: Any, chosen: dict[str, str] | None, names: set[str]
    ) -> None:
        counted = f"{own.item.document.name}/{item['id']}"
        key = f"{own.item.path}::{item['name']}"
        if self._is_own(own.item):
            self.api.functions[counted] = key
        if chosen is None:
            self.api.reasons.setdefault(key, f"it is not for {own.text}")
            return
        self._complete(own.item.document, impl["generics"], chosen)
        name = python_name(item["name"])
        target = self._target(own, item, impl["for"], chosen, f"<{own.text}>")
        way = METHOD if _has_receiver(item) else STATIC
        if self._bind(target, Entry(key, way, name, [], own), counted):
            names.add(name)

    def _target(
        self, own: Class, item: Any, owner: Any, chosen: Mapping[str, str], of: str
    ) -> Target:
        said = inner(item)
        return Target(
            own.item.document,
            item["name"],
            said["sig"],
            said["generics"],
            said["header"],
            f"{of}::{rust_name(item['name'])}",
            f"{self.model.main.name}.{own.name}.{item['name']}",
            owner,
            {**chosen, "Self": own.text},
            own.shape == "enumeration",
            item["docs"] or "",
            item,
        )

    def _complete(self, document: Document, generics: Any, chosen: dict[str, str]) -> None:
        """Choose the parameters of an impl block that its type does not decide."""
        missing = [p for p in type_parameters(generics) if p["name"] not in chosen]
        if missing:
            some = {**generics, "params": missing}
            choices = Chooser(self.model, document, chosen, self.hints).all_of(some, limit=1)
            for name, choice in (choices[0] if choices else {}).items():
                chosen[name] = choice.text

    def _pointer(self, own: Class, impl: Any) -> None:
        """What a class points to is a class too, whose methods it has."""
        document, chosen = own.item.document, match(self.model, own.item.document, impl, own)
        for item in filter(None, map(document.get, impl["items"])) if chosen is not None else ():
            if kind(item) == "assoc_type" and item["name"] == "Target":
                self.classes.mentioned(document, inner(item)["type"], chosen or {})
                with suppress(Unnameable):
                    text = Writer(self.model, document, chosen or {}).write(inner(item)["type"])
                    other = self.classes.by_text.get(text)
                    if other is not None and other is not own:
                        self.api.pointers.append((own, other))

    # --- traits of crates

    def _trait(self, own: Class, impl: Any, names: set[str]) -> None:
        trait = self.model.find(own.item.document, impl["trait"]["id"])
        definition = own.item.document.definition(impl["trait"]["id"])
        if trait is None or trait.kind != "trait" or (definition and definition[0] in STD):
            return
        chosen = match(self.model, own.item.document, impl, own)
        if chosen is None:
            return
        self._complete(own.item.document, impl["generics"], chosen)
        try:
            writer = Writer(self.model, own.item.document, {**chosen, "Self": own.text})
            path = writer.path(impl["trait"], "'static")
            given = [writer.write(t) for t in type_arguments(impl["trait"])]
        except Unnameable:
            return
        self._methods_of(own, trait, path, given, names)

    def _reachable_traits(self, own: Class, known: Mapping[str, Any], names: set[str]) -> None:
        """Try the traits that the crate exports: the type is of another one, or says nothing."""
        for trait in self.model.of_kind("trait"):
            if trait.places and trait.name not in known and not trait.inner["generics"]["params"]:
                self._methods_of(own, trait, trait.path, [], names)

    def _methods_of(
        self, own: Class, trait: Item, path: str, given: list[str], names: set[str]
    ) -> None:
        parameters = (p["name"] for p in type_parameters(trait.inner["generics"]))
        chosen = {**dict(zip(parameters, given, strict=False)), "Self": own.text}
        for number in trait.inner["items"]:
            item = trait.document.get(number)
            if item is None or kind(item) != "function" or python_name(item["name"]) in names:
                continue
            if self.borrowed >= MOST:
                return
            name = python_name(item["name"])
            of = f"<{own.text} as {path}>"
            target = self._target(own, item, None, chosen, of)
            target.document = trait.document
            target.owner = None
            way = METHOD if _has_receiver(item) else STATIC
            key = f"{own.text} as {path}::{item['name']}"
            if self._bind(target, Entry(key, way, name, [], own)):
                self.borrowed += 1
                names.add(name)

    # --- what counts

    def _is_own(self, item: Item) -> bool:
        return item.document is self.model.main and bool(item.places)

    def _count_the_rest(self) -> None:
        """Methods of types that have no class at all count too."""
        for item in self.model.of_kind("struct", "enum", "union"):
            if not self._is_own(item):
                continue
            for raw in filter(None, map(item.document.get, item.inner["impls"])):
                for method in _methods(item.document, inner(raw)):
                    counted = f"{item.document.name}/{method['id']}"
                    key = f"{item.path}::{method['name']}"
                    if counted not in self.api.functions:
                        self.api.functions[counted] = key
                        why = self.classes.left_out.get(item.path, "its type has no class")
                        self.api.reasons.setdefault(key, why)


def _methods(document: Document, impl: Any) -> Iterator[Any]:
    if impl["trait"]:
        return
    for item in filter(None, map(document.get, impl["items"])):
        if kind(item) == "function" and item["visibility"] == "public":
            yield item


def _has_receiver(item: Any) -> bool:
    inputs = inner(item)["sig"]["inputs"]
    return bool(inputs) and inputs[0][0] == "self"
