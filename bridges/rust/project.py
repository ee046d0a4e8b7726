"""Plan: what an associated type is for a type that was chosen: `<Rgb<u8> as Pixel>::Subpixel`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .document import Document, inner, kind
from .model import Model, Unnameable, type_arguments, type_parameters
from .patterns import matched

if TYPE_CHECKING:
    from .rusty import Writer

_NUMBERS = {
    *("f32", "f64", "u8", "u16", "u32", "u64", "u128", "usize"),
    *("i8", "i16", "i32", "i64", "i128", "isize"),
}


def projected(writer: Writer, owner: str, said: Mapping[str, Any], life: str) -> str | None:
    """The type that `said` (a qualified path) is for `owner`, or None where that is not known."""
    if " as " in owner:
        return None  # nobody knows what that is either
    known = writer.model.projections
    given = ", ".join(_given(writer, said, life))
    key = (owner, str(said["trait"]["id"]), said["name"], given, writer.document.name)
    if key not in known:
        known[key] = None  # before it is looked for, which may ask the same
        known[key] = _looked_up(writer, owner, said, life)
    return known[key]


def arguments_of(writer: Writer, said: Mapping[str, Any], life: str = "'static") -> str:
    """The type arguments of a trait as one text: `f64, Const<3>`."""
    return ", ".join(writer.write(each, life) for each in type_arguments(said))


def unified(
    writer: Writer, document: Document, impl: Any, owner: str, given: str
) -> dict[str, str] | None:
    """What an impl block's parameters are where it is for `owner`, and its trait's arguments so."""
    names = [p["name"] for p in type_parameters(impl["generics"])]
    marks = {"Self": owner, **{name: f"@{name}@" for name in names}}
    marking = type(writer)(writer.model, document, marks)
    try:
        pattern = f"({marking.write(impl['for'])}, {arguments_of(marking, impl['trait'])})"
    except Unnameable:
        return None
    return matched(pattern, names, f"({owner}, {given})")


def _given(writer: Writer, said: Mapping[str, Any], life: str) -> Iterator[str]:
    yield arguments_of(writer, said["trait"], life)
    for each in type_arguments(said):
        yield writer.write(each, life)


def _looked_up(writer: Writer, owner: str, said: Mapping[str, Any], life: str) -> str | None:
    if said["name"] == "Output" and owner in _NUMBERS:
        return owner
    trait = writer.document.definition(said["trait"]["id"])
    given = arguments_of(writer, said["trait"], life)
    found = _of_trait(writer, owner, trait, given, said, life)
    for definition in _above(writer.model, trait) if found is None else ():
        found = found or _of_trait(writer, owner, definition, "", said, life)
    return found


def _of_trait(
    writer: Writer,
    owner: str,
    trait: tuple[str, ...],
    given: str,
    said: Mapping[str, Any],
    life: str,
) -> str | None:
    for document, impl in writer.model.implementations(trait):
        for item in filter(None, map(document.get, impl["items"])):
            if kind(item) == "assoc_type" and item["name"] == said["name"]:
                chosen = unified(writer, document, impl, owner, given)
                if chosen is not None:
                    return _valued(writer, document, item, {**chosen, "Self": owner}, said, life)
    return None


def _above(model: Model, trait: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The traits that a trait wants of its types, and those that they want."""
    found = [trait]
    for each in found:
        item = model.items.get(each)
        for bound in item.inner["bounds"] if item and item.kind == "trait" else ():
            definition = item and item.document.definition(
                (bound.get("trait_bound") or {}).get("trait", {}).get("id")
            )
            if definition and definition not in found:
                found.append(definition)
    return found[1:]


def _valued(
    writer: Writer,
    document: Document,
    item: Any,
    chosen: Mapping[str, str],
    said: Mapping[str, Any],
    life: str,
) -> str | None:
    names = [p["name"] for p in type_parameters(inner(item)["generics"])]
    own = dict(zip(names, (writer.write(t, life) for t in type_arguments(said)), strict=False))
    try:
        valued = type(writer)(writer.model, document, {**chosen, **own})
        return valued.write(inner(item)["type"], life)
    except Unnameable:
        return None
