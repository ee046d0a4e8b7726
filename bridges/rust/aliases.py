"""Plan: which types the aliases of a crate stand for: `type Array1<A> = ArrayBase<…>`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from .choose import Chooser
from .model import Item, Model, paths, type_arguments, type_parameters
from .prefer import NUMBER, completed, reckons
from .rusty import Unnameable, Writer, filled


def alias_parameters(model: Model, hints: Mapping[str, str], alias: Item) -> dict[str, str]:
    """What the parameters of an alias are."""
    chooser = Chooser(model, alias.document, {}, hints)
    choices = chooser.all_of(alias.inner["generics"], limit=1)
    chosen = {name: choice.text for name, choice in choices[0].items()} if choices else {}
    return chosen | _as_preferred(model, hints, alias, chosen)


def behind(model: Model, alias: Item, chosen: Mapping[str, str]) -> tuple[Item | None, list[str]]:
    """The type behind an alias, through other aliases, and its arguments."""
    said = alias.inner["type"].get("resolved_path")
    target = model.find(alias.document, said["id"]) if said else None
    if said is None or target is None:
        return None, []
    writer = Writer(model, alias.document, chosen)
    types = [writer.write(t) for t in type_arguments(said)]
    if target.kind == "type_alias":
        return behind(model, target, filled(model, target, types, "'static"))
    return (target if target.kind in ("struct", "enum", "union") else None), types


def usefulness(alias: Item) -> tuple[int, int]:
    """How likely an alias is wanted: short names before long ones, `Vector3` before `Vector6`."""
    number = re.search(r"\d+", alias.name)
    return len(alias.name), abs(int(number[0]) - 3) if number else 0


def _as_preferred(
    model: Model, hints: Mapping[str, str], alias: Item, chosen: Mapping[str, str]
) -> dict[str, str]:
    """The parameters of an alias that it does not bound, as its types prefer them."""
    found: dict[str, str] = {}
    for said in paths(alias.inner["type"]):
        target = model.find(alias.document, said["id"])
        if target is not None and target.kind == "type_alias":
            known = _inside(model, hints, target, said)
        elif target is not None and target.path in model.preferred:
            known = _completed(model, hints, alias, target, said)
        else:
            continue
        for name, text in known.items():
            if chosen.get(name) == "PyObj":
                found.setdefault(name, text)
    return found


def _inside(model: Model, hints: Mapping[str, str], alias: Item, said: Any) -> dict[str, str]:
    """What another alias makes of the parameters that are its own arguments."""
    names = [p["name"] for p in type_parameters(alias.inner["generics"])]
    found = _as_preferred(model, hints, alias, dict.fromkeys(names, "PyObj"))
    pairs = zip(names, type_arguments(said), strict=False)
    return {t["generic"]: found[name] for name, t in pairs if "generic" in t and name in found}


def _completed(
    model: Model, hints: Mapping[str, str], alias: Item, target: Item, said: Any
) -> dict[str, str]:
    """What a type would have for the parameters of an alias that are its own arguments."""
    names = [p["name"] for p in type_parameters(target.inner["generics"])]
    arguments = dict(zip(names, type_arguments(said), strict=False))
    free = {name: t["generic"] for name, t in arguments.items() if "generic" in t}
    types = dict(zip(names, model.preferred[target.path], strict=False))
    if len(free) > 1:  # they may depend on each other, and on those that are given
        known: dict[str, str] = {}
        for name in arguments.keys() - free.keys():
            with suppress(Unnameable):
                known[name] = Writer(model, alias.document, {}).write(arguments[name])
        types = completed(model, hints, target, known) or types
    found = {free[name]: types[name] for name in free if name in types}
    if reckons(target):  # what stands within its arguments: `ArrayBase<OwnedRepr<A>, D>`
        within = re.findall(r"'generic': '(\w+)'", str(arguments))
        return dict.fromkeys(within, NUMBER) | found
    return found
