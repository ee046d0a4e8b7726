"""Plan: which types stand in for the type parameters that nothing in a call decides.

Each bound has candidates, best first; all combinations that look plausible are emitted, and rustc
says which of them compile (prune.py).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .model import (
    Document,
    Item,
    Model,
    bounds_of,
    inner,
    last,
    type_arguments,
    type_parameters,
)
from .rusty import Unnameable, Writer, written

BYTES = "&'static [u8]"
TEXT = "&'static str"


class Choice(NamedTuple):
    """A type for a parameter; for a closure, the types that it is called with."""

    text: str
    closure: tuple[Any, ...] | None = None
    sends: bool = False


FIXED: Mapping[str, Sequence[str]] = {
    "ToString": ["String"],
    "Pattern": [TEXT],
    "Read": ["PyFile"],
    "BufRead": ["PyFile"],
    "Write": ["PyFile"],
    "Seek": ["PyFile"],
    "Serialize": ["PyData"],
    "Deserialize": ["PyData"],
    "DeserializeOwned": ["PyData"],
    "Hasher": ["std::collections::hash_map::DefaultHasher"],
    "BuildHasher": ["std::collections::hash_map::RandomState"],
    "RangeBounds": ["(std::ops::Bound<{0}>, std::ops::Bound<{0}>)"],
    "SliceIndex": ["usize", "std::ops::Range<usize>"],
    "ToSocketAddrs": [TEXT],
    "Error": ["std::fmt::Error"],
    "FromStr": ["String"],
    "Future": ["PyFuture"],
}
"""What one trait decides by itself. `{0}` is its argument."""

INTEGERS = {"Integer", "Unsigned", "PrimInt", "BitAnd", "BitOr", "BitXor", "Shl", "Shr", "Rem"}
NUMBERS = {
    *("Num", "Float", "Real", "NumCast", "FromPrimitive", "ToPrimitive", "Signed", "Zero", "One"),
    *("Add", "Sub", "Mul", "Div", "NumAssign", "NumOps", "FloatCore", "FloatConst", "AddAssign"),
    *("SubAssign", "MulAssign", "DivAssign", "Neg", "Sum", "Product", "Bounded", "NumRef"),
    *("NumAssignOps", "NumAssignRef", "AsPrimitive", "Scalar", "RealField", "ComplexField"),
    *("CoordNum", "CoordFloat", "GeoNum", "GeoFloat", "SimdRealField", "LinalgScalar"),
    *("SampleUniform", "ClosedAddAssign", "ClosedMulAssign", "ClosedSubAssign"),
}
OF_ANY = {
    *("Clone", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash", "Debug", "Display", "Default"),
    *("Send", "Sync", "Sized", "Unpin", "UnwindSafe", "RefUnwindSafe", "ToOwned", "Drop"),
    *("Equivalent", "Any", "Borrow", "Comparable"),
}
"""Traits that PyObj has: any Python object will do."""

GUESSES = ("PyObj", "f64", "i64", TEXT, "String", "u8", "usize", "u32", BYTES, "Vec<u8>")
_CLOSURES = ("Fn", "FnMut", "FnOnce", "AsyncFn", "AsyncFnMut", "AsyncFnOnce")
_ROWS = ("IntoIterator", "Iterator", "ExactSizeIterator", "DoubleEndedIterator", "FusedIterator")
_PARALLEL = ("IntoParallelIterator", "ParallelIterator", "IndexedParallelIterator")


class Chooser:
    """Chooses for one item: `chosen` holds what is decided already, `hints` what the user said."""

    def __init__(
        self,
        model: Model,
        document: Document,
        chosen: Mapping[str, str],
        hints: Mapping[str, str],
    ) -> None:
        self.model, self.document, self.chosen, self.hints = model, document, chosen, hints

    def all_of(self, generics: Mapping[str, Any], limit: int = 6) -> list[dict[str, Choice]]:
        """The plausible choices for all parameters of an item, best first."""
        names, rows = [], []
        known = dict(self.chosen)
        for parameter in _in_order(generics):
            name = parameter["name"]
            chooser = Chooser(self.model, self.document, known, self.hints)
            row = chooser.of_parameter(generics, parameter)
            names.append(name)
            rows.append(row)
            known[name] = row[0].text if row else "PyObj"
        return [dict(zip(names, row, strict=True)) for row in _diagonal(rows, limit)]

    def of_parameter(self, generics: Mapping[str, Any], parameter: Any) -> list[Choice]:
        name = parameter["name"]
        if name in self.hints:
            return [Choice(self.hints[name])]
        if "const" in parameter["kind"]:
            default = parameter["kind"]["const"].get("default")
            if default:
                return [Choice(default)]
            boolean = parameter["kind"]["const"]["type"].get("primitive") == "bool"
            return [Choice("true" if boolean else text) for text in ("2", "4", "8")]
        default = parameter["kind"]["type"].get("default")
        if default is not None and (text := self._written(default)):
            return [Choice(text)]
        borrowed = [Choice(text) for text in self._borrowed(generics, name)]
        found = self.of_bounds(bounds_of(generics, name), _item_bounds(generics, name))
        if [choice.text for choice in found] == ["PyObj"] and _is_argument(generics, name):
            found += [Choice(text) for text in GUESSES[1:6]]
        return borrowed + found

    def _borrowed(self, generics: Mapping[str, Any], name: str) -> Iterator[str]:
        """What a `K: Borrow<Q>` makes of `Q`: the key itself, `str` for a String."""
        for predicate in generics["where_predicates"]:
            bound = predicate.get("bound_predicate")
            for each in bound["bounds"] if bound else ():
                trait = (each.get("trait_bound") or {}).get("trait")
                if not trait or last(trait["path"]) not in (
                    "Borrow",
                    "AsRef",
                    "Equivalent",
                    "Comparable",
                ):
                    continue
                arguments = type_arguments(trait)
                if arguments and arguments[0].get("generic") == name:
                    text = self._written(bound["type"])
                    if text:
                        yield {"String": "str", "std::string::String": "str"}.get(text, text)

    def of_bounds(self, bounds: Sequence[Any], items: Sequence[Any] = ()) -> list[Choice]:
        """The types that have all these traits, as far as a table can say."""
        names = [last(bound["trait"]["path"]) for bound in bounds]
        rows = [list(self._of_bound(bound["trait"], items, names)) for bound in bounds]
        rows = [row for row in rows if row]
        found = [choice for row in rows for choice in row]
        if len(rows) > 1:  # what has all of the traits comes first
            found.sort(key=lambda choice: -sum(choice in row for row in rows))
        if not found:
            found = [Choice(text) for text in _by_names(names)]
        return list({(c.text, str(c.closure)): c for c in found}.values())[:10]

    def _of_bound(self, trait: Any, items: Sequence[Any], names: list[str]) -> Iterator[Choice]:
        name, arguments = last(trait["path"]), trait.get("args") or {}
        if name in _CLOSURES and "parenthesized" in arguments:
            sends = bool({"Send", "Sync"} & set(names))
            yield Choice("_", tuple(arguments["parenthesized"]["inputs"]), sends)
        elif name in _ROWS or name in _PARALLEL:
            yield from self._rows(name, arguments, items, names)
        elif name in ("AsRef", "Borrow", "Into", "TryInto", "From"):
            yield from self._conversions(name, arguments)
        elif name in FIXED and self._is_foreign(trait):
            of = self._argument(arguments) or "usize"
            yield from (Choice(text.replace("{0}", of)) for text in FIXED[name])
        elif name in ("Rng", "RngCore", "CryptoRng", "TryRng"):
            known = [i for i in self.model.of_kind("struct") if i.name in ("ThreadRng", "StdRng")]
            # By reference first: a generator that is copied gives the same numbers again.
            yield from (Choice(f"&'static mut {item.path}") for item in known)
            yield from (Choice(item.path) for item in known)
            yield from (Choice(text) for text in self._implementors(trait))
        elif name not in OF_ANY | NUMBERS | INTEGERS or not self._is_foreign(trait):
            yield from (Choice(text) for text in self._implementors(trait))

    def _is_foreign(self, trait: Any) -> bool:
        item = self.model.find(self.document, trait["id"])
        return item is None or item.document is not self.model.main

    def _rows(
        self, name: str, arguments: Any, items: Sequence[Any], names: list[str]
    ) -> Iterator[Choice]:
        item = "PyObj"
        constraints = (arguments.get("angle_bracketed") or {}).get("constraints", [])
        for constraint in constraints:
            if constraint["name"] == "Item":
                binding = constraint["binding"]
                if type_ := (binding.get("equality") or {}).get("type"):
                    item = self._written(type_) or item
                elif bounds := binding.get("constraint"):
                    traits = [b["trait_bound"] for b in bounds if "trait_bound" in b]
                    item = next((c.text for c in self.of_bounds(traits)), item)
        if items:
            item = next((c.text for c in self.of_bounds(items)), item)
        if name == "IntoIterator":
            yield Choice(f"Vec<{item}>")
        elif name == "Iterator" and "Clone" not in names and "&'static" not in item:
            yield Choice(f"PyIter<{item}>")
        if name != "IntoIterator":
            yield Choice(f"Vec<{item}>" if name in _PARALLEL else f"std::vec::IntoIter<{item}>")

    def _conversions(self, name: str, arguments: Any) -> Iterator[Choice]:
        types = (arguments.get("angle_bracketed") or {}).get("args", [])
        type_ = next((t["type"] for t in types if "type" in t), None)
        text = self._written(type_) if type_ else None
        if text is None:
            return
        if name in ("AsRef", "Borrow"):
            yield Choice(_REFERENCES.get(text, f"&'static {text}"))
            yield Choice(text)
        elif text in ("std::borrow::Cow<'static, str>", "String"):
            yield Choice(TEXT)
        else:
            yield from (Choice(each) for each in (text, TEXT, BYTES, "f64", "i64"))

    def _argument(self, arguments: Any) -> str | None:
        types = (arguments.get("angle_bracketed") or {}).get("args", [])
        type_ = next((t["type"] for t in types if "type" in t), None)
        return self._written(type_) if type_ else None

    def _implementors(self, trait: Any) -> list[str]:
        """The types of the crate that have a trait of its own, the easiest for Python first."""
        item = self.model.find(self.document, trait["id"])
        if item is None or item.kind != "trait":
            return list(GUESSES)
        found: list[str] = []
        for number in item.inner["implementations"]:
            impl = item.document.get(number)
            if impl is None or inner(impl)["is_negative"]:
                continue
            found += self._implementor(item, inner(impl))
        known = sorted(dict.fromkeys(found), key=_ease)
        return known[:8]

    def _implementor(self, item: Item, impl: Any) -> Iterator[str]:
        target = impl["for"]
        if "generic" in target:
            bounds = bounds_of(impl["generics"], target["generic"])
            names = {last(bound["trait"]["path"]) for bound in bounds}
            if names & set(_CLOSURES):
                return
            chooser = Chooser(self.model, item.document, self.chosen, self.hints)
            others = [b for b in bounds if last(b["trait"]["path"]) != item.name]
            yield from (choice.text for choice in chooser.of_bounds(others)[:3])
            return
        inside = target.get("borrowed_ref", {})
        said = (inside.get("type") or target).get("resolved_path")
        own = self.model.find(item.document, said["id"]) if said else None
        if own is not None and own.path in self.model.preferred:
            mutable = "mut " if inside.get("is_mutable") else ""
            reference = f"&'static {mutable}" if inside else ""
            yield reference + written(self.model, own, self.model.preferred[own.path], "'static")
            return
        chosen = {p["name"]: "PyObj" for p in type_parameters(impl["generics"])}
        for parameter in type_parameters(impl["generics"]):
            bounds = bounds_of(impl["generics"], parameter["name"])
            names = {last(bound["trait"]["path"]) for bound in bounds}
            chosen[parameter["name"]] = _by_names(sorted(names))[0]
        try:
            yield Writer(self.model, item.document, {**self.chosen, **chosen}).write(target)
        except Unnameable:
            return

    def _written(self, type_: Any) -> str | None:
        if "impl_trait" in type_:
            bounds = [b["trait_bound"] for b in type_["impl_trait"] if "trait_bound" in b]
            return next((choice.text for choice in self.of_bounds(bounds)), None)
        try:
            return Writer(self.model, self.document, self.chosen).write(type_)
        except Unnameable:
            return None


_REFERENCES = {
    "str": TEXT,
    "[u8]": BYTES,
    "std::path::Path": "&'static std::path::Path",
    "std::ffi::OsStr": "&'static std::ffi::OsStr",
}


def _by_names(names: Iterable[str]) -> Sequence[str]:
    names = set(names)
    if names & INTEGERS:
        return ("i64", "usize", "u32", "u8")
    if names & NUMBERS:
        return ("f64", "i64", "f32", "i32", "u8")
    if names <= OF_ANY:
        return ("PyObj",)
    if "Copy" in names and names <= OF_ANY | {"Copy"}:
        return ("f64", "i64", "u32")
    return GUESSES


def _ease(text: str) -> int:
    for rank, known in enumerate(
        (TEXT, "str", "String", BYTES, "f64", "i64", "usize", "i32", "u8")
    ):
        if text == known:
            return rank
    return 30 + text.count("<") if "PyObj" not in text else 40


def _in_order(generics: Mapping[str, Any]) -> list[Any]:
    """The parameters, those that others are bounded by first."""
    parameters = type_parameters(generics)
    names = [p["name"] for p in parameters]

    def weight(parameter: Any) -> int:
        said = str(bounds_of(generics, parameter["name"]))
        return sum(f"'generic': '{name}'" in said for name in names)

    return sorted(parameters, key=weight)


def _item_bounds(generics: Mapping[str, Any], name: str) -> list[Any]:
    """The bounds of `T::Item` in a where clause."""
    found: list[Any] = []
    for predicate in generics["where_predicates"]:
        bound = predicate.get("bound_predicate")
        said = bound and bound["type"].get("qualified_path")
        if said and said["name"] == "Item" and said["self_type"].get("generic") == name:
            found += [b["trait_bound"] for b in bound["bounds"] if "trait_bound" in b]
    return found


def _is_argument(generics: Mapping[str, Any], name: str) -> bool:
    """True where another type's bound mentions a parameter: `StandardUniform: Distribution<T>`."""
    said = f"'generic': '{name}'"
    bounds = (each.get("bound_predicate") for each in generics["where_predicates"])
    return any(said in str(bound["bounds"]) for bound in bounds if bound)


def _diagonal(rows: Sequence[Sequence[Choice]], limit: int) -> list[tuple[Choice, ...]]:
    """The first combinations, those near the best choice of each row first."""
    if not all(rows):
        return []
    ranked = itertools.product(*(list(enumerate(row[:5])) for row in rows))
    some = sorted(itertools.islice(ranked, 600), key=lambda row: sum(at for at, _ in row))
    return [tuple(choice for _, choice in row) for row in some[:limit]]
