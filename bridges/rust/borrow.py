"""Plan: which arguments a result may point into, and must therefore keep alive and borrowed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from .document import Document
from .model import Model, all_bounds, lifetime_parameters

STATIC = "'static"


class Borrows(NamedTuple):
    """By argument, whether the result keeps it; and whether the receiver keeps it for good.

    `lease`: the result points into what the receiver itself points into.
    `unsound`: one argument may be put into another one, which nobody would keep alive.
    `forever`: by argument, whether the function may keep it as long as it likes: `&'static str`.
    """

    kept: Sequence[bool]
    lease: bool
    attached: bool
    unsound: bool
    forever: Sequence[bool]


def borrows(
    model: Model,
    document: Document,
    signature: Mapping[str, Any],
    generics: Mapping[str, Any],
    owner: Any,
    chosen: Mapping[str, str],
) -> Borrows:
    """Judge a function. `owner` is the type of its impl block; `chosen` its parameters' types."""
    lives = _Lives(model, document, owner, chosen, generics)
    inputs = signature["inputs"]
    of_inputs = [lives.of(type_, f"#{n}") for n, (_, type_) in enumerate(inputs)]
    has_receiver = bool(inputs) and inputs[0][0] == "self"
    elided = _elided(inputs, of_inputs, has_receiver)
    output = signature["output"]
    if output is None:
        result: set[str] = set()
    elif _is_opaque(output):
        result = set().union(*of_inputs)
    else:
        result = lives.of(output, elided)
    result = _outlived(result, generics) - {STATIC}
    kept = [bool(own & result) for own in of_inputs]
    inside = lives.of_self if has_receiver else set[str]()
    by_reference = has_receiver and "borrowed_ref" in inputs[0][1]
    lease = False
    if by_reference and kept[0]:
        reference = _reference(inputs[0][1], "#0")
        lease = reference not in result
        kept[0] = not lease
    stays = [has_receiver and n > 0 and bool(own & inside) for n, own in enumerate(of_inputs)]
    attached = by_reference and any(stays)
    kept = [k or (attached and s) for k, s in zip(kept, stays, strict=True)]
    unsound = not has_receiver and _mixes(inputs, of_inputs, lives)
    forever = [STATIC in own for own in of_inputs]
    return Borrows(kept, lease, attached, unsound, forever)


class _Lives:
    """The lifetimes within types. An elided one has the name of its argument: `#1`."""

    def __init__(
        self,
        model: Model,
        document: Document,
        owner: Any,
        chosen: Mapping[str, str],
        generics: Mapping[str, Any],
    ) -> None:
        self.model, self.document, self.chosen = model, document, chosen
        self.generics = generics
        self.of_self: set[str] = set()
        self.of_self = (self.of(owner, "#self") - {STATIC}) if owner else set()

    def of(self, type_: Any, elided: str) -> set[str]:
        found: set[str] = set()
        self._gather(type_, elided, found)
        return found

    def _gather(self, type_: Any, elided: str, found: set[str]) -> None:
        if isinstance(type_, list):
            for each in type_:
                self._gather(each, elided, found)
        elif isinstance(type_, dict):
            self._gather_shape(type_, elided, found)

    def _gather_shape(self, type_: dict[str, Any], elided: str, found: set[str]) -> None:
        if "generic" in type_ and len(type_) == 1:
            name = type_["generic"]
            if name == "Self":
                found |= self.of_self
            elif STATIC in self.chosen.get(name, "") and f"type {name}" not in found:
                found.add(f"type {name}")  # before its bounds, which may mention it
                self._gather(all_bounds(self.generics, name), elided, found)
            return
        if "borrowed_ref" in type_:
            found.add(_reference(type_, elided))
        if "resolved_path" in type_ and self._hides(type_["resolved_path"]):
            found.add(elided)
        for key, value in type_.items():
            if key in ("lifetime", "outlives") and isinstance(value, str):
                found.add(elided if value == "'_" else value)
            elif key not in ("name", "path", "id"):
                self._gather(value, elided, found)

    def _hides(self, said: Mapping[str, Any]) -> bool:
        """True for a type with lifetimes that are not written."""
        item = self.model.find(self.document, said["id"])
        if item is None or item.kind not in ("struct", "enum", "union", "type_alias"):
            return False
        if not lifetime_parameters(item.inner["generics"]):
            return False
        given = ((said.get("args") or {}).get("angle_bracketed") or {}).get("args", [])
        return not any("lifetime" in each for each in given)


def _reference(type_: Mapping[str, Any], elided: str) -> str:
    life = type_["borrowed_ref"]["lifetime"]
    return elided if life in (None, "'_") else life


def _elided(inputs: Sequence[Any], of_inputs: Sequence[set[str]], has_receiver: bool) -> str:
    """What a lifetime that the result does not name means."""
    if has_receiver and "borrowed_ref" in inputs[0][1]:
        return _reference(inputs[0][1], "#0")
    anonymous = sorted({life for own in of_inputs for life in own if life[0] == "#"})
    named = sorted({life for own in of_inputs for life in own if life[0] == "'"})
    return next(iter([*anonymous, *named]), STATIC)


def _outlived(result: set[str], generics: Mapping[str, Any]) -> set[str]:
    """The lifetimes whose data may become data of the result: those that outlive its own."""
    pairs: list[tuple[str, str]] = []
    for parameter in generics["params"]:
        if "lifetime" in parameter["kind"]:
            outlives: Iterable[str] = parameter["kind"]["lifetime"]["outlives"]
            pairs += [(parameter["name"], other) for other in outlives]
    for predicate in generics["where_predicates"]:
        if said := predicate.get("lifetime_predicate"):
            pairs += [(said["lifetime"], other) for other in said["outlives"]]
    grown = set(result)
    for _ in pairs:
        grown |= {longer for longer, shorter in pairs if shorter in grown}
    return grown


def _is_opaque(type_: Any) -> bool:
    """True where the result hides what it holds: it may hold anything that it was given."""
    if isinstance(type_, list):
        return any(map(_is_opaque, type_))
    if not isinstance(type_, dict):
        return False
    return "impl_trait" in type_ or any(map(_is_opaque, type_.values()))


def _mixes(inputs: Sequence[Any], of_inputs: Sequence[set[str]], lives: _Lives) -> bool:
    """True where a `&mut X<'a>` stands beside another argument that lives for 'a."""
    for at, (_, type_) in enumerate(inputs):
        reference = type_.get("borrowed_ref")
        if reference and reference["is_mutable"]:
            inside = lives.of(reference["type"], f"#inner{at}") - {STATIC}
            others = (own for n, own in enumerate(of_inputs) if n != at)
            if any(inside & own for own in others):
                return True
    return False
