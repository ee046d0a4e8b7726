"""Plan: all lines of an extension: classes, functions, traits' methods, fields, constants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .bind import Binder, Shim, Skip, Target, python_name, rust_name
from .choose import Chooser
from .classes import Class, Classes, match, variants_of
from .model import STD, Document, Item, Model, inner, kind, last, type_parameters
from .rusty import Unnameable, Writer
from .traits import std_members

METHOD, STATIC, PROPERTY, SLOT = "method", "static", "property", "slot"


@dataclass
class Entry:
    """One thing to bind: its alternatives as lines with `@ID`, and where it goes."""

    key: str
    way: str
    name: str
    lines: list[str]
    owner: Class | None = None
    place: tuple[str, ...] = ()
    shim: Shim | None = None
    counted: str = ""
    """The id of the public function that it binds, for the count of what is bound."""
    slot: int = 0
    docs: str = ""
    ident: str = ""


@dataclass
class Api:
    """What is planned, and what was left out and why, by name."""

    classes: list[Class] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    functions: dict[str, str] = field(default_factory=dict)
    """All public functions and inherent methods: by id, their names."""
    reasons: dict[str, str] = field(default_factory=dict)


class Planner:
    """Plans a crate. `hints` choose type parameters by name: `{"T": "f64"}`."""

    def __init__(self, model: Model, hints: Mapping[str, str]) -> None:
        self.model, self.hints = model, hints
        self.binder = Binder(model, hints)
        self.classes = Classes(model, hints)
        self.api = Api()

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
        self._count_the_rest()
        self.api.classes = list(self.classes.by_text.values())
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
        self._bind(target, Entry(item.path, STATIC, python_name(name), [], None, place), counted)

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
        most = 2 if entry.owner is not None and entry.owner.rank else 6
        entry.lines, entry.counted, entry.docs = entry.shim.lines[:most], counted, target.docs
        self.api.entries.append(entry)
        for type_ in [*(t for _, t in target.signature["inputs"]), target.signature["output"]]:
            self.classes.mentioned(target.document, type_, target.chosen)
        return True

    # --- classes

    def _class(self, own: Class) -> None:
        names: set[str] = set()
        impls = [i for i in map(own.item.document.get, own.item.inner["impls"]) if i]
        for raw in impls:
            if not inner(raw)["trait"]:
                self._inherent(own, inner(raw), names)
        self._fields(own, names)
        if own.shape == "variants":
            self._variants(own)
        traits: dict[str, list[Any]] = {}
        for raw in impls:
            impl = inner(raw)
            if impl["trait"] and not impl["is_negative"] and not impl["is_synthetic"]:
                traits.setdefault(last(impl["trait"]["path"]), []).append(impl)
        for entry in std_members(self.model, own, traits, names):
            self.api.entries.append(entry)
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

    def _fields(self, own: Class, names: set[str]) -> None:
        if own.item.kind != "struct":
            return
        for name, docs in fields_of(own.item):
            python = python_name(name) if not name.isdigit() else f"_{name}"
            if python in names:
                continue
            said = f'@ID "{own.name}.{name}" {own.text}, {rust_name(name)}'
            read, write = f"field!(read {said});", f"field!(write {said});"
            key = f"{own.item.path}.{name}"
            self.api.entries.append(Entry(key, PROPERTY, python, [read], own, docs=docs))
            self.api.entries.append(Entry(f"{key}=", "setter", python, [write], own))
        if names_of := is_open(own.item):
            line = _built(own, own.item.path, names_of, own.name)
            entry = Entry(f"{own.item.path}()", STATIC, "__fields__", [line], own)
            entry.docs = "\0".join(names_of)
            self.api.entries.append(entry)

    def _variants(self, own: Class) -> None:
        for name, said in variants_of(own.item).items():
            numbers = said if said == "plain" else next(iter(said.values()))
            if numbers == "plain":
                numbers = []
            if isinstance(numbers, dict):
                numbers = numbers["fields"]
            fields = [own.item.document.get(n) for n in numbers if n is not None]
            self._variant(own, name, [f["name"] for f in fields if f], said)

    def _variant(self, own: Class, name: str, fields: list[str], said: Any) -> None:
        path = f"{own.item.path}::{name}"
        for field_ in fields:
            python = f"_{field_}" if field_.isdigit() else python_name(field_)
            pattern = f"{path} {{ {rust_name(field_)}: field, .. }}"
            read = f'variant_field!(@ID "{own.name}.{name}" {own.text}, field, {pattern});'
            key = f"{path}.{field_}"
            self.api.entries.append(Entry(key, f"variant {name}", python, [read], own))
        names = [f"arg{f}" if f.isdigit() else python_name(f) for f in fields]
        line = _built(own, path, fields if said != "plain" else None, f"{own.name}.{name}")
        entry = Entry(f"{path}()", f"make {name}", name, [line], own)
        entry.docs = "\0".join(names)
        self.api.entries.append(entry)

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
            given = [writer.write(t) for t in _arguments(impl["trait"])]
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
            name = python_name(item["name"])
            of = f"<{own.text} as {path}>"
            target = self._target(own, item, None, chosen, of)
            target.document = trait.document
            target.owner = None
            way = METHOD if _has_receiver(item) else STATIC
            key = f"{own.text} as {path}::{item['name']}"
            if self._bind(target, Entry(key, way, name, [], own)):
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


def fields_of(item: Item) -> list[tuple[str, str]]:
    """The public fields of a struct, with their documentation."""
    said = item.inner["kind"]
    if said == "unit":
        return []
    numbers = said["plain"]["fields"] if "plain" in said else said["tuple"]
    fields = (item.document.get(n) for n in numbers if n is not None)
    return [(f["name"], f["docs"] or "") for f in fields if f and f["visibility"] == "public"]


def is_open(item: Item) -> list[str]:
    """The fields of a struct that anyone may build of them; none where some are private."""
    said = item.inner["kind"]
    if any("non_exhaustive" in str(each) for each in item.raw["attrs"]):
        return []
    if said == "unit" or ("plain" in said and said["plain"]["has_stripped_fields"]):
        return []
    numbers = said["plain"]["fields"] if "plain" in said else said["tuple"]
    fields = fields_of(item)
    return [name for name, _ in fields] if len(fields) == len(numbers) else []


def _built(own: Class, path: str, fields: Sequence[str] | None, label: str) -> str:
    """A function that builds a struct or a variant of its fields."""
    names = [f"arg{f}" if f.isdigit() else python_name(f) for f in fields or ()]
    listed = " ".join(f'"{each}"' for each in names)
    lets = " ".join(f"let x{n} = arg(p, {n}, k)?;" for n in range(len(names)))
    filled = ", ".join(f"{rust_name(f)}: x{n}" for n, f in enumerate(fields or ()))
    built = path if fields is None else f"{path} {{ {filled} }}"
    return (
        f'shim! {{ @ID "{label}" [{listed}] {len(names)} |s, p, f, k| '
        f"{{ {lets} let value: {own.text} = {built}; leave!(plain f k s value) }} }}"
    )


def _methods(document: Document, impl: Any) -> Iterator[Any]:
    if impl["trait"]:
        return
    for item in filter(None, map(document.get, impl["items"])):
        if kind(item) == "function" and item["visibility"] == "public":
            yield item


def _has_receiver(item: Any) -> bool:
    inputs = inner(item)["sig"]["inputs"]
    return bool(inputs) and inputs[0][0] == "self"


def _arguments(said: Any) -> list[Any]:
    from .model import type_arguments

    return type_arguments(said)
