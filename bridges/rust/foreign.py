"""Plan: methods of its traits on types of others: `m.ToSnakeCase.to_snake_case("aB")`.

They are functions beside the trait, whose first argument is what Rust calls them on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .calls import Target
from .choose import Chooser
from .document import inner, kind
from .implementors import implementors
from .model import Item, Model
from .names import python_name, rust_name
from .plan import STATIC, Entry

MOST = 150
"""How many such functions one crate may have."""


def functions_of(model: Model, hints: Mapping[str, str]) -> Iterator[tuple[list[Target], Entry]]:
    """For each method its targets, those of the likeliest types first, and where it goes."""
    made = 0
    for trait in model.of_kind("trait"):
        if not trait.places or trait.inner["generics"]["params"] or trait.raw["name"] in _HIDDEN:
            continue
        types = _types(model, trait, hints)
        for item in _functions(trait) if types else ():
            made += 1
            if made <= MOST:
                yield _planned(model, trait, item, types)


def _planned(model: Model, trait: Item, item: Any, types: list[str]) -> tuple[list[Target], Entry]:
    place, name = trait.places[0]
    key = f"{trait.path}::{item['name']}"
    label = ".".join((model.main.name, *place, name, item["name"]))
    entry = Entry(key, STATIC, python_name(item["name"]), [], None, (*place, name))
    return [_target(trait, item, text, label) for text in types], entry


def _target(trait: Item, item: Any, text: str, label: str) -> Target:
    said = inner(item)
    return Target(
        trait.document,
        item["name"],
        said["sig"],
        said["generics"],
        said["header"],
        f"<{text} as {trait.path}>::{rust_name(item['name'])}",
        label,
        None,
        {"Self": text},
        True,
        item["docs"] or "",
        item,
    )


def _types(model: Model, trait: Item, hints: Mapping[str, str]) -> list[str]:
    """The types that have the trait and no class here: texts, numbers, iterables."""
    chooser = Chooser(model, trait.document, {}, hints)
    found = implementors(chooser, trait)
    classes = [item.path for item in model.of_kind("struct", "enum", "union")]
    return [
        text
        for text in found
        if "'static" not in text and not any(path in text for path in classes)
    ][:4]


def _functions(trait: Item) -> Iterator[Any]:
    for item in filter(None, map(trait.document.get, trait.inner["items"])):
        if kind(item) == "function" and inner(item)["sig"]["inputs"]:
            yield item


_HIDDEN = ("Sealed", "Private")
