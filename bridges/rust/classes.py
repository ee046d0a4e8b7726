"""Plan: the types of a crate as Python classes, each with its parameters chosen."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from .aliases import alias_parameters, behind, usefulness
from .choose import Chooser
from .document import Document, inner
from .model import Item, Model, last, lifetime_parameters, paths, type_arguments, type_parameters
from .patterns import matched
from .prefer import prefer
from .rusty import Unnameable, Writer, written

MOST, MOST_OF_ONE = 90, 12
"""How many classes with parameters one crate may have, and one type; the others are skipped."""
METHODS = 1500
"""How many methods the classes of one type may have: a type of many has fewer classes."""


@dataclass
class Class:
    """A type with its parameters: `text` names it with 'static lifetimes, `loose` with `'l0`…"""

    number: int
    item: Item
    text: str
    loose: str
    lives: list[str]
    name: str
    places: list[tuple[tuple[str, ...], str]]
    chosen: Mapping[str, str]
    shape: str
    """`struct`, `unsized`, `enumeration` (no data) or `variants` (an enum with data)."""
    rank: int = 0
    """How many classes of the same type there were before it."""

    @property
    def ident(self) -> str:
        return f"K{self.number}"

    @property
    def declaration(self) -> str:
        """The line that makes its values cross."""
        if self.shape == "enumeration":
            members = ", ".join(
                f"{number} => {self.item.path}::{name}" for name, number in members_of(self.item)
            )
            return f"enumeration!({self.ident} {self.text}, {members});"
        lives = " ".join(self.lives)
        if self.shape == "variants":
            variants = ", ".join(
                f"{self.ident}_{name} => {self.item.path}::{name} {{ .. }}"
                for name in variants_of(self.item)
            )
            return f"variants!({self.ident} [{lives}] {self.loose}, {self.text}, {variants});"
        macro = "unsized_handle" if self.shape == "unsized" else "handle"
        return f"{macro}!({self.ident} [{lives}] {self.loose}, {self.text});"


class Classes:
    """All classes by the text of their type, made as signatures mention them."""

    def __init__(self, model: Model, hints: Mapping[str, str]) -> None:
        self.model, self.hints = model, hints
        self.by_text: dict[str, Class] = {}
        self.queue: list[Class] = []
        self.left_out: dict[str, str] = {}

    def start(self) -> None:
        """The classes of the crate itself: its types, and its aliases of generic types."""
        prefer(self.model, self.hints)
        for item in sorted(self.model.of_kind("type_alias"), key=usefulness):
            if item.places:
                self._alias(item)
        for item in self.model.of_kind("struct", "enum", "union"):
            if item.places:
                self._default(item)

    def mentioned(self, document: Document, type_: Any, chosen: Mapping[str, str]) -> None:
        """Make classes of the types with parameters that a signature mentions."""
        for said in paths(type_):
            item = self.model.find(document, said["id"])
            if item is None or item.kind not in ("struct", "enum", "union"):
                continue
            if "Self" not in chosen and _mentions(said, "Self"):
                continue
            try:
                types = [
                    Writer(self.model, document, chosen).write(t) for t in type_arguments(said)
                ]
                self.add(item, types)
            except Unnameable:
                continue

    def add(
        self,
        item: Item,
        types: list[str],
        name: str = "",
        places: Sequence[tuple[tuple[str, ...], str]] = (),
        *,
        asked: bool = False,
    ) -> Class | None:
        """The class for an item with these arguments."""
        preferred = self.model.preferred.get(item.path, types)
        types = [
            better if each == "PyObj" else each
            for each, better in zip(types, preferred, strict=False)
        ]
        text = written(self.model, item, types, "'static")
        if any(re.search(rf"{item.path}\b", each) for each in types):
            return None  # a type of itself: its methods would mention the next one
        if text in self.by_text:
            known = self.by_text[text]
            known.places += [place for place in places if place not in known.places]
            return known
        generics = item.inner["generics"]
        same = sum(c.item is item for c in self.by_text.values())
        if same and (self._is_full(item, 4 * asked) or (len(self.by_text) >= MOST and not asked)):
            self.left_out[text] = f"there are {same} classes of {item.name} already"
            return None
        if " as " in text:
            self.left_out[text] = "only rustc can tell which type it is"
            return None
        number = len(self.by_text)
        lives = [f"'l{n}" for n in range(len(lifetime_parameters(generics)))]
        loose = written(self.model, item, types, "'static")
        for life in lives:
            loose = loose.replace("'static", life, 1)
        own = name or (item.name if not same else f"{item.name}_{_suffix(types) or same}")
        all_places = list(places) or [(place, own) for place, _ in item.places]
        parameters = (p["name"] for p in type_parameters(generics))
        filled = dict(zip(parameters, _arguments(text, len(lives)), strict=False))
        made = Class(number, item, text, loose, lives, own, all_places, filled, _shape(item), same)
        self.by_text[text] = made
        self.queue.append(made)
        return made

    def _is_full(self, item: Item, more: int) -> bool:
        """True for a type that has as many classes as it may have."""
        same = sum(c.item is item for c in self.by_text.values())
        return same >= min(MOST_OF_ONE, METHODS // (_methods(item) or 1)) + more

    def _default(self, item: Item) -> None:
        try:
            if not type_parameters(item.inner["generics"]):
                self.add(item, [], asked=True)
            elif item.path in self.model.preferred:
                places = [(place, item.name) for place, _ in item.places]
                preferred = list(self.model.preferred[item.path])
                self.add(item, preferred, item.name, places, asked=True)
        except Unnameable as why:
            self.left_out[item.path] = str(why)
        self._particular(item)

    def _particular(self, item: Item) -> None:
        """The classes that an impl block is for which names some of the arguments."""
        for raw in filter(None, map(item.document.get, item.inner["impls"])):
            impl = inner(raw)
            said = impl["for"].get("resolved_path")
            if impl["trait"] or _is_for_all(impl):
                continue
            arguments = type_arguments(said)
            chooser = Chooser(self.model, item.document, {}, self.hints)
            for choices in chooser.all_of(impl["generics"], limit=1):
                chosen = {name: choice.text for name, choice in choices.items()}
                chosen |= self._as_preferred(item, arguments, chosen)
                with suppress(Unnameable):
                    writer = Writer(self.model, item.document, chosen)
                    self.add(item, [writer.write(each) for each in arguments], asked=True)

    def _as_preferred(
        self, item: Item, arguments: Sequence[Any], chosen: Mapping[str, str]
    ) -> dict[str, str]:
        """What stands within the arguments is what the type itself has: `Xyz<Vec<f32>>`."""
        preferred = self.model.preferred.get(item.path, ())
        return {
            name: text
            for argument, text in zip(arguments, preferred, strict=False)
            if "PyObj" not in text and "generic" not in argument
            for name in re.findall(r"'generic': '(\w+)'", str(argument))
            if chosen.get(name) == "PyObj"
        }

    def _alias(self, item: Item) -> None:
        """`type Array1<A> = ArrayBase<…>`: a class of the alias's name."""
        try:
            target, types = behind(self.model, item, alias_parameters(self.model, self.hints, item))
            if target is not None and type_parameters(target.inner["generics"]):
                self.add(target, types, item.name, item.places, asked=True)
        except Unnameable as why:
            self.left_out[item.path] = str(why)


def match(model: Model, document: Document, impl: Any, own: Class) -> dict[str, str] | None:
    """What an impl block's parameters are for a class; None where it is not for it."""
    names = [p["name"] for p in type_parameters(impl["generics"])]
    if (name := impl["for"].get("generic")) in names:
        return {name: own.text}
    if "borrowed_ref" in impl["for"]:
        return None
    marks = {name: f"@{name}@" for name in names}
    try:
        return matched(Writer(model, document, marks).write(impl["for"]), names, own.text)
    except Unnameable:
        return None


def members_of(item: Item) -> list[tuple[str, int]]:
    """The members of an enum without data, with their numbers."""
    found: list[tuple[str, int]] = []
    following = 0
    for number in item.inner["variants"]:
        variant = item.document.get(number)
        if variant is None:
            continue
        said = inner(variant).get("discriminant")
        following = int(said["value"]) if said else following
        found.append((variant["name"], following))
        following += 1
    return found


def variants_of(item: Item) -> dict[str, Any]:
    """The variants of an enum with data, by name."""
    variants = (item.document.get(number) for number in item.inner["variants"])
    return {variant["name"]: inner(variant)["kind"] for variant in variants if variant}


def _methods(item: Item) -> int:
    """How many functions the impl blocks of a type hold which are for all its classes."""
    impls = (inner(i) for i in map(item.document.get, item.inner["impls"]) if i)
    return sum(len(impl["items"]) for impl in impls if not impl["trait"] and _is_for_all(impl))


def _is_for_all(impl: Any) -> bool:
    said = impl["for"].get("resolved_path")
    return all("generic" in each for each in type_arguments(said)) if said else True


def _shape(item: Item) -> str:
    if item.kind != "enum":
        return "struct"
    kinds = [inner(v)["kind"] for v in map(item.document.get, item.inner["variants"]) if v]
    if not kinds:
        return "struct"
    plain = all(each == "plain" for each in kinds)
    return "enumeration" if plain and not item.inner["generics"]["params"] else "variants"


def _mentions(type_: Any, generic: str) -> bool:
    return f"'generic': '{generic}'" in str(type_)


def _arguments(text: str, skipped: int) -> list[str]:
    """The arguments in `Foo<'static, A<B, C>, D>`, without lifetimes."""
    if not text.endswith(">"):
        return []
    inside, depth, found = text[text.index("<") + 1 : -1], 0, [""]
    for letter in inside:
        depth += (letter in "<([") - (letter in ">)]")
        if letter == "," and not depth:
            found.append("")
        else:
            found[-1] += letter
    return [each.strip() for each in found][skipped:]


def _suffix(types: Sequence[str]) -> str:
    words = re.findall(r"\w+", " ".join(last(t) for t in types if "'static" not in t))
    return "_".join(words)[:30]
