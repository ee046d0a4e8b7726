"""Plan: type parameters that others decide: the `P` of `I: Image<Pixel = P>`, once `I` is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .document import inner
from .model import Item, all_bounds, bounds_of, last, type_arguments, type_parameters
from .project import projected
from .rusty import Unnameable, Writer

if TYPE_CHECKING:
    from .choose import Chooser

_BORROWING = ("Borrow", "AsRef", "Equivalent", "Comparable")
_TEXTS = {"String": "str", "std::string::String": "str"}


def in_order(chooser: Chooser, generics: Mapping[str, Any]) -> list[Any]:
    """The parameters, those that others are bounded by first, and last those that others decide."""
    parameters = type_parameters(generics)
    names = [p["name"] for p in parameters]

    def weight(parameter: Any) -> tuple[bool, int]:
        said = str(bounds_of(generics, parameter["name"]))
        by_others = any(_deciding(chooser, generics, parameter["name"]))
        return by_others, sum(f"'generic': '{name}'" in said for name in names)

    return sorted(parameters, key=weight)


def is_alone(generics: Mapping[str, Any], name: str) -> bool:
    """True for a parameter whose choice has nothing to do with the others."""
    others = [p["name"] for p in type_parameters(generics) if p["name"] != name]
    own, said = str(all_bounds(generics, name)), f"'generic': '{name}'"
    if any(f"'generic': '{other}'" in own for other in others):
        return False
    return not any(said in str(all_bounds(generics, other)) for other in others)


def is_argument(generics: Mapping[str, Any], name: str) -> bool:
    """True where another type's bound mentions a parameter: `StandardUniform: Distribution<T>`."""
    said = f"'generic': '{name}'"
    bounds = (each.get("bound_predicate") for each in generics["where_predicates"])
    return any(said in str(bound["bounds"]) for bound in bounds if bound)


def decided(chooser: Chooser, generics: Mapping[str, Any], name: str) -> Iterator[str]:
    """What those that are chosen make of a parameter."""
    yield from _borrowed(chooser, generics, name)
    for other, trait, of in _deciding(chooser, generics, name):
        if other in chooser.chosen:
            text = chooser.chosen[other]
            writer = Writer(chooser.model, chooser.document, {**chooser.chosen, "Self": text})
            with suppress(Unnameable):
                found = projected(writer, text, {"trait": trait, "name": of}, "'static")
                yield from [found] if found else []


def asked_for(chooser: Chooser, generics: Mapping[str, Any], name: str) -> list[str]:
    """What `Self: Contains<T>` makes of `T`: the arguments with which the trait is had.

    The crate's own types go first.
    """
    own = f"{chooser.model.main.name}::"
    found = (
        text
        for type_, item, at in _mentioning(chooser, generics, name)
        for text in _arguments(chooser, item, at, chooser.written(type_))
    )
    return sorted(found, key=lambda text: own not in text)


def _deciding(
    chooser: Chooser, generics: Mapping[str, Any], name: str
) -> Iterator[tuple[str, Any, str]]:
    """Who decides a parameter: `I` with its trait and `Pixel`, by `I: Image<Pixel = P>`."""
    for other in (p["name"] for p in type_parameters(generics)):
        for bound in bounds_of(generics, other) if other != name else ():
            said = (bound["trait"].get("args") or {}).get("angle_bracketed") or {}
            for each in said.get("constraints", []):
                type_ = (each["binding"].get("equality") or {}).get("type") or {}
                own = chooser.model.find(chooser.document, bound["trait"]["id"])
                if type_.get("generic") == name and own is not None:
                    yield other, bound["trait"], each["name"]


def _mentioning(
    chooser: Chooser, generics: Mapping[str, Any], name: str
) -> Iterator[tuple[Any, Item, int]]:
    """The types whose traits have a parameter as an argument, these traits, and its place."""
    for predicate in generics["where_predicates"]:
        bound = predicate.get("bound_predicate")
        for each in bound["bounds"] if bound else ():
            trait = (each.get("trait_bound") or {}).get("trait")
            item = chooser.model.find(chooser.document, trait["id"]) if trait else None
            if trait is not None and item is not None and item.kind == "trait":
                places = [t.get("generic") == name for t in type_arguments(trait)]
                if True in places:
                    yield bound["type"], item, places.index(True)


def _arguments(chooser: Chooser, trait: Item, at: int, owner: str | None) -> list[str]:
    model, key = chooser.model, ("argument", trait.path, at, owner)
    if model.asking:
        return []  # what decides it would ask for its own, without end
    if key not in model.found:
        model.asking = True
        try:
            model.found[key] = list(_given(chooser, trait, at, owner))
        finally:
            model.asking = False
    return model.found[key]


def _given(chooser: Chooser, trait: Item, at: int, owner: str | None) -> Iterator[str]:
    choosing = type(chooser)(chooser.model, trait.document, {}, {})
    for impl in map(inner, filter(None, map(trait.document.get, trait.inner["implementations"]))):
        choices = choosing.all_of(impl["generics"], limit=1)
        fill = {name: choice.text for row in choices for name, choice in row.items()}
        writer = Writer(chooser.model, trait.document, fill)
        given = type_arguments(impl["trait"])
        with suppress(Unnameable):
            if at < len(given) and owner in (None, writer.write(impl["for"])):
                yield writer.write(given[at])


def _borrowed(chooser: Chooser, generics: Mapping[str, Any], name: str) -> Iterator[str]:
    """What a `K: Borrow<Q>` makes of `Q`: the key itself, `str` for a String."""
    for predicate in generics["where_predicates"]:
        bound = predicate.get("bound_predicate")
        for each in bound["bounds"] if bound else ():
            trait = (each.get("trait_bound") or {}).get("trait")
            if trait and last(trait["path"]) in _BORROWING:
                arguments = type_arguments(trait)
                if arguments and arguments[0].get("generic") == name:
                    text = chooser.written(bound["type"])
                    yield from [_TEXTS.get(text, text)] if text else []
