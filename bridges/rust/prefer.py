"""Plan: the arguments that a type with parameters has where nothing says which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from .choose import Chooser
from .document import inner
from .likely import BYTES, NUMBERS, OCTETS
from .model import Item, Model, bounds_of, last, type_arguments, type_parameters
from .rusty import Unnameable, Writer

NUMERIC = ("f64", "i64")
NUMBER = "f64"
"""What stands in for any object in a type whose methods reckon with it."""


def prefer(model: Model, hints: Mapping[str, str]) -> None:
    """Choose for all types of the model, and write it into `model.preferred`."""
    items = model.of_kind("struct", "enum", "union")
    for item in items:
        _usual(model, item)
    for item in items:
        _prefer(model, hints, item)
    _as_aliased(model)
    for item in items:
        if "PyObj" in model.preferred.get(item.path, ()):
            _prefer(model, hints, item)  # now that it is known what the types are that it may wrap


def completed(
    model: Model, hints: Mapping[str, str], item: Item, known: Mapping[str, str]
) -> dict[str, str]:
    """The arguments of a type by name, given some of them; empty where nothing is known."""
    demanded = _demanded(model, item)
    missing = [p for p in demanded["params"] if p["name"] not in known]
    chooser = Chooser(model, item.document, known, hints)
    for choice in chooser.all_of({**demanded, "params": missing}, limit=1):
        found = {name: each.text.replace(OCTETS, BYTES) for name, each in choice.items()}
        if reckons(item):
            found = {name: text.replace("PyObj", NUMBER) for name, text in found.items()}
        return {**known, **found}
    return {}


def reckons(item: Item) -> bool:
    """True for a type of whose methods some are for numbers only."""
    impls = (inner(i) for i in map(item.document.get, item.inner["impls"]) if i)
    return any(
        any(_reckoned(item, impl, parameter["name"]))
        for impl in impls
        if not impl["trait"] and not _keys(impl["generics"])
        for parameter in type_parameters(impl["generics"])
    )


def _keys(generics: Any) -> bool:
    """True where something must be a key, which no float is."""
    bounds = (b for p in type_parameters(generics) for b in bounds_of(generics, p["name"]))
    return any(last(bound["trait"]["path"]) in ("Eq", "Hash", "Ord") for bound in bounds)


def _prefer(model: Model, hints: Mapping[str, str], item: Item) -> None:
    names = [p["name"] for p in type_parameters(item.inner["generics"])]
    if names and (found := completed(model, hints, item, {})):
        types = [found[name] for name in names]
        if set(types) == {"PyObj"}:
            types = _given(model, item) or types
        model.prefer(item, types)


def _usual(model: Model, item: Item) -> None:
    """Remember which types a crate itself gives, by default, for its own traits."""
    demanded = _demanded(model, item)
    for parameter in type_parameters(item.inner["generics"]):
        default = next(iter(parameter["kind"].values())).get("default")
        for bound in bounds_of(demanded, parameter["name"]) if isinstance(default, dict) else ():
            trait = item.document.definition(bound["trait"]["id"])
            if trait in model.items:
                with suppress(Unnameable):
                    text = Writer(model, item.document, {}).write(default)
                    model.usual.setdefault(trait, text)


def _as_aliased(model: Model) -> None:
    """Prefer what the crate's aliases put into others: `ImageBuffer<Rgb<u8>, Vec<u8>>`."""
    for alias in sorted(model.of_kind("type_alias"), key=lambda item: len(item.name)):
        outer = alias.inner["type"].get("resolved_path")
        if outer is None or alias.inner["generics"]["params"]:
            continue
        for said in (t.get("resolved_path") for t in type_arguments(outer)):
            target = said and model.find(alias.document, said["id"])
            if said and target and model.preferred.get(target.path, [""])[0] in NUMERIC:
                with suppress(Unnameable):
                    writer = Writer(model, alias.document, {})
                    model.prefer(target, [writer.write(t) for t in type_arguments(said)])


def _given(model: Model, item: Item) -> list[str]:
    """The arguments with which a type has one of the crate's own traits."""
    for impl in (inner(i) for i in map(item.document.get, item.inner["impls"]) if i):
        trait = impl["trait"] and model.find(item.document, impl["trait"]["id"])
        said = impl["for"].get("resolved_path")
        if trait and trait.kind == "trait" and said and not impl["generics"]["params"]:
            with suppress(Unnameable):
                writer = Writer(model, item.document, {})
                return [writer.write(each) for each in type_arguments(said)]
    return []


def _demanded(model: Model, item: Item) -> Any:
    """The parameters of a type, with what most of its impl blocks ask of them."""
    generics = item.inner["generics"]
    impls = [inner(i) for i in map(item.document.get, item.inner["impls"]) if i]
    impls = [i for i in impls if i["generics"]["params"] and not i["blanket_impl"]]
    own = [i for i in impls if not i["trait"]]
    own = own or [i for i in impls if _is_of_ours(model, item, i)]
    own = own or [i for i in impls if i["trait"] and not i["is_synthetic"]]
    predicates = list(generics["where_predicates"])
    for at, parameter in enumerate(type_parameters(generics)):
        if not bounds_of(generics, parameter["name"]):
            for impl in own:
                name = _argument_name(impl["for"], at)
                bounds = [{"trait_bound": b} for b in bounds_of(impl["generics"], name)]
                bounds += [{"trait_bound": b} for b in _reckoned(item, impl, name)]
                subject = {"generic": parameter["name"]}
                predicates.append({"bound_predicate": {"type": subject, "bounds": bounds}})
                predicates += _projections(impl["generics"], name) if name else []
    return {"params": generics["params"], "where_predicates": predicates}


def _reckoned(item: Item, impl: Any, name: str) -> Iterator[Any]:
    """What the functions of an impl block ask of its parameter, if that is to be a number."""
    for raw in filter(None, map(item.document.get, impl["items"])):
        for bound in bounds_of(inner(raw).get("generics", _NONE), name):
            if last(bound["trait"]["path"]) in NUMBERS:
                yield bound


def _projections(generics: Any, name: str) -> list[Any]:
    """What a where clause asks of the associated types of a parameter: `I::Target: Image`."""
    return [
        each
        for each in generics["where_predicates"]
        if (said := (each.get("bound_predicate") or {}).get("type", {}).get("qualified_path"))
        and said["self_type"].get("generic") == name
    ]


_NONE: Any = {"params": [], "where_predicates": []}


def _is_of_ours(model: Model, item: Item, impl: Any) -> bool:
    """True for an impl of one of the crate's own traits."""
    trait = impl["trait"] and model.find(item.document, impl["trait"]["id"])
    return bool(trait and trait.kind == "trait")


def _argument_name(type_: Any, at: int) -> str:
    """The impl's own name for the parameter of its type: `N` in `impl<N> Foo<N>`."""
    said = type_.get("resolved_path")
    arguments = type_arguments(said) if said else []
    return arguments[at].get("generic", "") if at < len(arguments) else ""
