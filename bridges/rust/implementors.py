"""Plan: the types that have a trait of the model, each with its parameters chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .document import Document, inner
from .kinds import kind_of, without_reference
from .likely import INTEGERS, NUMBERS, ease, likely
from .model import Item, Model, bounds_of, last, type_arguments, type_parameters
from .patterns import matched
from .project import projected
from .rusty import Unnameable, Writer, written

if TYPE_CHECKING:
    from .choose import Chooser

MOST = 16
CLOSURES = ("Fn", "FnMut", "FnOnce", "AsyncFn", "AsyncFnMut", "AsyncFnOnce")


def implementors(chooser: Chooser, trait: Item, said: Any = None) -> list[str]:
    """The types that have a trait, the easiest for Python first.

    `said` is the bound, where there is one: what has the trait with these arguments goes first.
    """
    wanted = _wanted(chooser, trait, said) if said else []
    found = _found(chooser, trait, wanted)
    if not found and any(wanted):
        found = _found(chooser, trait, [])
    found = [_fitted(chooser, said, text) for text in found]
    usual = chooser.model.usual.get(trait.document.definition(trait.raw["id"]))
    ranked = ((not fits, text != usual, ease(text), text) for fits, text in found)
    return list(dict.fromkeys(text for *_, text in sorted(ranked)))[:MOST]


def closures(trait: Item) -> Iterator[tuple[Any, Any]]:
    """For each impl of a trait for closures its generics, and what it says of `FnMut(A) -> B`."""
    for impl in map(inner, filter(None, map(trait.document.get, trait.inner["implementations"]))):
        for bound in bounds_of(impl["generics"], impl["for"].get("generic", "")):
            said = (bound["trait"].get("args") or {}).get("parenthesized")
            if said and last(bound["trait"]["path"]) in CLOSURES:
                yield impl["generics"], said


def sources(model: Model, item: Item, text: str) -> list[str]:
    """A type, and what becomes one by its impls of From: one of each kind, better by reference."""
    found = {text: text}
    for impl in map(inner, filter(None, map(item.document.get, item.inner.get("impls", ())))):
        if not impl["trait"] or last(impl["trait"]["path"]) != "From" or impl["blanket_impl"]:
            continue
        with suppress(Unnameable):  # as `Vec<T>` is, whose items may become anything
            source = Writer(model, item.document, {}).write(type_arguments(impl["trait"])[0])
            plain = without_reference(source)
            kind = kind_of(source, [plain] if model.named(plain.partition("<")[0]) else ())
            if kind and (kind not in found or source[0] == "&"):
                found[kind] = source
    return list(found.values())


def _wanted(chooser: Chooser, trait: Item, said: Any) -> list[str | None]:
    """The arguments of a trait in a bound; None for those that nothing decides yet."""
    wanted = [chooser.written(each) for each in type_arguments(said)]
    defaults = Writer(chooser.model, trait.document, {})
    for parameter in type_parameters(trait.inner["generics"])[len(wanted) :]:
        default = next(iter(parameter["kind"].values())).get("default")
        try:
            wanted.append(defaults.write(default) if isinstance(default, dict) else default)
        except Unnameable:
            wanted.append(None)
    return wanted


def _found(chooser: Chooser, trait: Item, wanted: Sequence[str | None]) -> list[str]:
    definition = trait.document.definition(trait.raw["id"])
    known, key = chooser.model.found, (definition, tuple(wanted))
    if key not in known:
        known[key] = []  # before they are sought, which may ask the same
        known[key] = _sought(chooser, trait, definition, wanted)
    return known[key]


def _sought(
    chooser: Chooser, trait: Item, definition: tuple[str, ...], wanted: Sequence[str | None]
) -> list[str]:
    found: list[str] = []
    lent = False
    for document, said in chooser.model.implementations(definition):
        reference = said["for"].get("borrowed_ref")
        if reference and "generic" in reference["type"]:
            lent = lent or not reference["is_mutable"]
        elif not said["is_negative"]:
            known = _agreed(chooser, document, said, wanted)
            if known is not None:
                found += _implementor(chooser, trait, document, said, known)
    if lent:
        found += [f"&'static {text}" for text in found if text[0] != "&"]
    return list(dict.fromkeys(found))


def _agreed(
    chooser: Chooser, document: Document, impl: Any, wanted: Sequence[str | None]
) -> dict[str, str] | None:
    """What the parameters of an impl are, where its trait's arguments must be `wanted`."""
    names = [p["name"] for p in type_parameters(impl["generics"])]
    marking = Writer(chooser.model, document, {name: f"@{name}@" for name in names})
    known: dict[str, str] = {}
    for argument, text in zip(type_arguments(impl["trait"]), wanted, strict=False):
        if text is None:
            continue
        try:
            found = matched(marking.write(argument), names, text)
        except Unnameable:
            continue
        if found is None or any(known.get(n, t) != t for n, t in found.items()):
            return None
        known |= found
    return known


def _fitted(chooser: Chooser, said: Any, text: str) -> tuple[bool, str]:
    """Whether a type has the associated types that a bound asks for: `Pixel = Rgb<u8>`.

    Any object in it becomes what is asked for, if that makes it fit.
    """
    writer = Writer(chooser.model, chooser.document, {**chooser.chosen, "Self": text})
    constraints = ((said or {}).get("args") or {}).get("angle_bracketed") or {}
    for each in constraints.get("constraints", []):
        asked = (each["binding"].get("equality") or {}).get("type")
        wanted = asked and chooser.written(asked)
        try:
            found = projected(writer, text, {"trait": said, "name": each["name"]}, "'static")
        except Unnameable:
            continue
        if found == "PyObj" and wanted:
            text = text.replace("PyObj", wanted)
        elif found and wanted and found != wanted:
            return False, text
    return True, text


def _implementor(
    chooser: Chooser, trait: Item, document: Document, impl: Any, known: Mapping[str, str]
) -> Iterator[str]:
    target = impl["for"]
    if "generic" in target:
        if target["generic"] in known:
            yield known[target["generic"]]
        else:
            yield from _of_all(chooser, trait, document, impl, target["generic"])
        return
    inside = target.get("borrowed_ref", {})
    said = (inside.get("type") or target).get("resolved_path")
    own = chooser.model.find(document, said["id"]) if said else None
    names = [each.get("generic") for each in type_arguments(said)] if said else []
    if own is not None and all(names) and own.path in chooser.model.preferred:
        mutable = "mut " if inside.get("is_mutable") else ""
        reference = f"&'static {mutable}" if inside else ""
        preferred = chooser.model.preferred[own.path]
        if "_" not in preferred:  # a closure, whose type has no name
            pairs = zip(names, preferred, strict=False)
            types = [known.get(str(name), text) for name, text in pairs]
            yield reference + written(chooser.model, own, types, "'static")
        return
    chosen = _chosen(chooser, trait, document, impl, known)
    if chosen is not None:
        try:
            yield Writer(chooser.model, document, chosen).write(target)
        except Unnameable:
            return


def _of_all(
    chooser: Chooser, trait: Item, document: Document, impl: Any, name: str
) -> Iterator[str]:
    """The types of a trait that all types have which have another one."""
    bounds = bounds_of(impl["generics"], name)
    if {last(bound["trait"]["path"]) for bound in bounds} & set(CLOSURES):
        return
    others = [b for b in bounds if last(b["trait"]["path"]) != trait.name]
    choices = type(chooser)(chooser.model, document, {}, chooser.hints)
    yield from (choice.text for choice in choices.of_bounds(others)[:3])


def _chosen(
    chooser: Chooser, trait: Item, document: Document, impl: Any, known: Mapping[str, str]
) -> dict[str, str] | None:
    """Types for the parameters of an impl; None where it wraps what the crate itself knows."""
    chosen = dict(known)
    for parameter in type_parameters(impl["generics"]):
        name = parameter["name"]
        if name in chosen:
            continue
        bounds = bounds_of(impl["generics"], name)
        names = sorted(last(bound["trait"]["path"]) for bound in bounds)
        ours = [i for b in bounds if (i := chooser.model.find(document, b["trait"]["id"]))]
        if ours and not set(names) & (NUMBERS | INTEGERS):
            plain = next(_plain(chooser, trait, ours), None)
            if plain is None:
                return None
            chosen[name] = plain
            continue
        known_by = set(names) & {"AsRef", "Into", "Borrow"}
        choices = type(chooser)(chooser.model, document, chosen, {}).of_bounds(bounds)
        guess = choices[0].text if known_by and choices else likely(names)[0]
        chosen[name] = "3" if "const" in parameter["kind"] else guess
    return chosen


def _plain(chooser: Chooser, trait: Item, bounds: Sequence[Item]) -> Iterator[str]:
    """What Python has itself and other traits of the crate too: numbers, as coordinates are."""
    if all(item.kind == "trait" and item is not trait for item in bounds):
        found = implementors(chooser, bounds[0])
        yield from (text for text in found if kind_of(text) in ("int", "float"))
