"""Plan: the types that have a trait of the model, each with its parameters chosen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .likely import INTEGERS, NUMBERS, ease, likely
from .model import Item, bounds_of, inner, last, type_arguments, type_parameters
from .rusty import Unnameable, Writer, written

if TYPE_CHECKING:
    from .choose import Chooser

MOST = 16
CLOSURES = ("Fn", "FnMut", "FnOnce", "AsyncFn", "AsyncFnMut", "AsyncFnOnce")


def implementors(chooser: Chooser, trait: Item) -> list[str]:
    """The types that have a trait, the easiest for Python first."""
    found: list[str] = []
    lent = False
    for impl in filter(None, map(trait.document.get, trait.inner["implementations"])):
        said = inner(impl)
        reference = said["for"].get("borrowed_ref")
        if reference and "generic" in reference["type"]:
            lent = lent or not reference["is_mutable"]
        elif not said["is_negative"]:
            found += _implementor(chooser, trait, said)
    if lent:
        found += [f"&'static {text}" for text in found if text[0] != "&"]
    return sorted(dict.fromkeys(found), key=ease)[:MOST]


def _implementor(chooser: Chooser, trait: Item, impl: Any) -> Iterator[str]:
    target = impl["for"]
    if "generic" in target:
        yield from _of_all(chooser, trait, impl, target["generic"])
        return
    inside = target.get("borrowed_ref", {})
    said = (inside.get("type") or target).get("resolved_path")
    own = chooser.model.find(trait.document, said["id"]) if said else None
    whole = own is not None and all("generic" in each for each in type_arguments(said))
    if own is not None and whole and own.path in chooser.model.preferred:
        mutable = "mut " if inside.get("is_mutable") else ""
        reference = f"&'static {mutable}" if inside else ""
        preferred = chooser.model.preferred[own.path]
        if "_" not in preferred:  # a closure, whose type has no name
            yield reference + written(chooser.model, own, preferred, "'static")
        return
    chosen = _chosen(chooser, trait, impl)
    if chosen is not None:
        try:
            writer = Writer(chooser.model, trait.document, {**chooser.chosen, **chosen})
            yield writer.write(target)
        except Unnameable:
            return


def _of_all(chooser: Chooser, trait: Item, impl: Any, name: str) -> Iterator[str]:
    """The types of a trait that all types have which have another one."""
    bounds = bounds_of(impl["generics"], name)
    if {last(bound["trait"]["path"]) for bound in bounds} & set(CLOSURES):
        return
    others = [b for b in bounds if last(b["trait"]["path"]) != trait.name]
    choices = type(chooser)(chooser.model, trait.document, chooser.chosen, chooser.hints)
    yield from (choice.text for choice in choices.of_bounds(others)[:3])


def _chosen(chooser: Chooser, trait: Item, impl: Any) -> dict[str, str] | None:
    """Types for the parameters of an impl; None where it wraps what the crate itself knows."""
    chosen: dict[str, str] = {}
    for parameter in type_parameters(impl["generics"]):
        bounds = bounds_of(impl["generics"], parameter["name"])
        names = sorted(last(bound["trait"]["path"]) for bound in bounds)
        known = (chooser.model.find(trait.document, bound["trait"]["id"]) for bound in bounds)
        if any(known) and not set(names) & (NUMBERS | INTEGERS):
            return None
        chosen[parameter["name"]] = "3" if "const" in parameter["kind"] else likely(names)[0]
    return chosen
