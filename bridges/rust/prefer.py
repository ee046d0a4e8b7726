"""Plan: the arguments that a type with parameters has where nothing says which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .choose import Chooser
from .model import Item, Model, bounds_of, inner, type_arguments, type_parameters


def prefer(model: Model, hints: Mapping[str, str]) -> None:
    """Choose for all types of the model, and write it into `model.preferred`."""
    items = model.of_kind("struct", "enum", "union")
    for item in items:
        _prefer(model, hints, item)
    for item in items:
        if "PyObj" in model.preferred.get(item.path, ()):
            _prefer(model, hints, item)  # now that it is known what the types are that it may wrap


def _prefer(model: Model, hints: Mapping[str, str], item: Item) -> None:
    names = [p["name"] for p in type_parameters(item.inner["generics"])]
    if names:
        chooser = Chooser(model, item.document, {}, hints)
        for choice in chooser.all_of(_demanded(model, item), limit=1):
            model.preferred[item.path] = [choice[name].text for name in names]


def _demanded(model: Model, item: Item) -> Any:
    """The parameters of a type, with what most of its impl blocks ask of them."""
    generics = item.inner["generics"]
    impls = [inner(i) for i in map(item.document.get, item.inner["impls"]) if i]
    own = [i for i in impls if not i["trait"] and i["generics"]["params"]]
    own = own or [i for i in impls if _is_of_ours(model, item, i)]
    predicates = list(generics["where_predicates"])
    for at, parameter in enumerate(type_parameters(generics)):
        if not bounds_of(generics, parameter["name"]):
            for impl in own:
                name = _argument_name(impl["for"], at)
                bounds = [{"trait_bound": b} for b in bounds_of(impl["generics"], name)]
                subject = {"generic": parameter["name"]}
                predicates.append({"bound_predicate": {"type": subject, "bounds": bounds}})
    return {"params": generics["params"], "where_predicates": predicates}


def _is_of_ours(model: Model, item: Item, impl: Any) -> bool:
    """True for an impl of one of the crate's own traits."""
    trait = impl["trait"] and model.find(item.document, impl["trait"]["id"])
    return bool(trait and trait.kind == "trait" and impl["generics"]["params"])


def _argument_name(type_: Any, at: int) -> str:
    """The impl's own name for the parameter of its type: `N` in `impl<N> Foo<N>`."""
    said = type_.get("resolved_path")
    arguments = type_arguments(said) if said else []
    return arguments[at].get("generic", "") if at < len(arguments) else ""
