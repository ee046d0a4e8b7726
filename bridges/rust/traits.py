"""Plan: what the traits of Rust's standard library give a class."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .choose import Chooser
from .classes import Class, match
from .model import Model, last, type_arguments, type_parameters
from .plan import Entry
from .rusty import Unnameable, Writer


class Slot(NamedTuple):
    """A slot of Python's types, and the alternatives for it as `slot!` names them."""

    number: int
    ways: tuple[str, ...]


SLOTS: Mapping[str, Slot] = {
    "Display": Slot(70, ("display",)),
    "Debug": Slot(66, ("debug",)),
    "PartialEq": Slot(67, ("compare", "equal")),
    "Hash": Slot(59, ("hash",)),
}

OPERATORS: Mapping[str, tuple[int, str]] = {
    "Add": (7, "add"),
    "Sub": (36, "sub"),
    "Mul": (29, "mul"),
    "Div": (37, "div"),
    "Rem": (34, "rem"),
    "BitAnd": (8, "bitand"),
    "BitOr": (31, "bitor"),
    "BitXor": (38, "bitxor"),
    "Shl": (28, "shl"),
    "Shr": (35, "shr"),
    "AddAssign": (14, "add_assign"),
    "SubAssign": (23, "sub_assign"),
    "MulAssign": (18, "mul_assign"),
    "DivAssign": (24, "div_assign"),
    "RemAssign": (21, "rem_assign"),
    "BitAndAssign": (15, "bitand_assign"),
    "BitOrAssign": (19, "bitor_assign"),
    "BitXorAssign": (25, "bitxor_assign"),
}
"""Slot and method of the operators of two sides."""

UNARY: Mapping[str, tuple[int, str]] = {"Neg": (30, "neg"), "Not": (27, "not")}


class Method(NamedTuple):
    """A method that a trait gives: its parameters, and its body with `{T}` for the type."""

    name: str
    parameters: tuple[str, ...]
    body: str
    is_static: bool = False


_SHARED = "let x0: &'static {T} = got!(receiver(s, f)); "
_CHANGED = "let x0: &'static mut {T} = got!(receiver(s, f)); "
_CLONED = _SHARED + "lease_of(s, k); leave!(plain {{T}} f k s x0.clone())"
_ALL = (
    "let mut all = {new}::new(); "
    "let read = std::io::Read::{name}(x0, &mut all).map(|_| all); leave!(result f k s read)"
)
_SOME = (
    "let size: usize = got!(arg(p, 0, f)); let mut some = vec![0; size]; "
    "let read = std::io::Read::read(x0, &mut some).map(|n| { some.truncate(n); some }); "
    "leave!(result f k s read)"
)
_WRITTEN = (
    "let x1: &'static [u8] = got!(arg(p, 0, f)); "
    "leave!(result f k s std::io::Write::{name}(x0, x1))"
)
_PARSED = (
    "let x0 = got!(arg(p, 0, f)); "
    "leave!(result {{T}} f k s <{T} as std::str::FromStr>::from_str(x0))"
)
_DEFAULT = "leave!(plain {{T}} f k s <{T} as Default>::default())"
_BYTES = _SHARED + "leave!(plain f k s <{T} as AsRef<[u8]>>::as_ref(x0))"
_POINTED = (
    "let x0: &'static {mut}{T} = got!(receiver(s, k)); leave!(plain f k s std::ops::{way}(x0))"
)
_STEP = "lease_of(s, k); leave!(option f k s {name}(x0))"
METHODS: Mapping[str, tuple[Method, ...]] = {
    "Clone": (Method("copy", (), _CLONED), Method("__copy__", (), _CLONED)),
    "Default": (Method("default", (), _DEFAULT, True),),
    "FromStr": (Method("from_str", ("s",), _PARSED, True),),
    "Deref": (Method("deref", (), _POINTED.replace("{mut}", "").replace("{way}", "Deref::deref")),),
    "DerefMut": (
        Method(
            "deref_mut",
            (),
            _POINTED.replace("{mut}", "mut ").replace("{way}", "DerefMut::deref_mut"),
        ),
    ),
    "Read": (
        *(
            Method(name, (), _CHANGED + _ALL.replace("{new}", new).replace("{name}", name))
            for name, new in (("read_to_end", "Vec"), ("read_to_string", "String"))
        ),
        Method("read", ("size",), _CHANGED + _SOME),
    ),
    "Write": (
        *(
            Method(name, ("buf",), _CHANGED + _WRITTEN.replace("{name}", name))
            for name in ("write_all", "write")
        ),
        Method("flush", (), _CHANGED + "leave!(result f k s std::io::Write::flush(x0))"),
    ),
    "Iterator": (Method("next", (), _CHANGED + _STEP.replace("{name}", "Iterator::next")),),
    "DoubleEndedIterator": (
        Method(
            "next_back",
            (),
            _CHANGED + _STEP.replace("{name}", "DoubleEndedIterator::next_back"),
        ),
    ),
}
"""Methods by trait. `s` is the handle, `p` the arguments, `f` and `k` the frames of the call."""


def std_members(
    model: Model, own: Class, traits: Mapping[str, list[Any]], names: set[str]
) -> Iterator[Entry]:
    """What the traits that a type implements give its class. `names` grows by the methods."""
    if own.shape == "enumeration":
        yield from _methods(own, {n: t for n, t in traits.items() if n == "FromStr"}, names)
        return
    yield from _slots(own, traits, names)
    yield from _methods(own, traits, names)
    yield from _conversions(model, own, traits, names)
    for name, (number, operation) in UNARY.items():
        if name in traits:
            line = f"slot!(unary @ID {own.text}, std::ops::{name}::{operation});"
            yield _entry(own, name, "slot", [line], slot=number)
    for name, impls in traits.items():
        if name in OPERATORS:
            yield from _operators(model, own, name, impls)
        if name == "Index":
            yield from _index(model, own, impls)


def _slots(own: Class, traits: Mapping[str, Any], names: set[str]) -> Iterator[Entry]:
    for name, slot in SLOTS.items():
        if name in traits:
            ways = [way for way in slot.ways if way != "compare" or "PartialOrd" in traits]
            lines = [f"slot!({way} @ID {own.text});" for way in ways]
            yield _entry(own, name, "slot", lines, slot=slot.number)
    if "Iterator" in traits:
        yield _entry(own, "Iterator", "slot", [f"slot!(next @ID {own.text});"], slot=63)
    elif "IntoIterator" in traits:
        lines = [f"slot!({way} @ID {own.text});" for way in ("each", "drain")]
        yield _entry(own, "IntoIterator", "slot", lines, slot=62)
    if "len" in names:
        yield _entry(own, "len", "slot", [f"slot!(length @ID {own.text});"], slot=4)
        yield _entry(own, "truth", "slot", [f"slot!(truth @ID {own.text});"], slot=9)


def _methods(own: Class, traits: Mapping[str, Any], names: set[str]) -> Iterator[Entry]:
    for trait, methods in METHODS.items():
        for method in methods if trait in traits else ():
            if method.name not in names:
                names.add(method.name)
                yield _method(own, trait, method)


def _method(own: Class, trait: str, method: Method) -> Entry:
    listed = " ".join(f'"{name}"' for name in method.parameters)
    count = len(method.parameters)
    body = method.body.replace("{T}", own.text)
    head = f'"{own.name}.{method.name}" [{listed}] {count}'
    line = f"shim! {{ @ID {head} |s, p, f, k| {{ {body} }} }}"
    way = "static" if method.is_static else "method"
    entry = _entry(own, f"{trait}::{method.name}", way, [line], name=method.name)
    entry.docs = "\0".join(method.parameters)
    return entry


def _conversions(
    model: Model, own: Class, traits: Mapping[str, list[Any]], names: set[str]
) -> Iterator[Entry]:
    """`From<X>` as `from_x`, `FromIterator` and `Extend` with any iterable, bytes by `AsRef`."""
    for trait in ("From", "TryFrom", "FromIterator", "Extend", "AsRef"):
        for impl in traits.get(trait, ())[:24]:
            source = _argument(model, own, impl)
            read = "arg_forever" if "'static" in str(_arguments(impl)) else "arg"
            method = None if source is None else _conversion(trait, source, read)
            if method is None or impl["blanket_impl"]:
                continue
            if method.name not in names:
                names.add(method.name)
                yield _method(own, f"{trait}<{source}>", method)


def _conversion(trait: str, source: str, read: str) -> Method | None:
    if trait == "AsRef":
        return Method("__bytes__", (), _BYTES) if source == "[u8]" else None
    items = f"let items: PyIter<{source}> = got!(arg(p, 0, f)); "
    if trait == "FromIterator":
        call = f"<{{T}} as FromIterator<{source}>>::from_iter(items)"
        return Method("from_iter", ("iter",), f"{items}leave!(plain {{{{T}}}} f k s {call})", True)
    if trait == "Extend":
        call = f"Extend::<{source}>::extend(x0, items)"
        return Method("extend", ("iter",), f"{_CHANGED}{items}leave!(plain f k s {call})")
    shape, name = ("plain", "from") if trait == "From" else ("result", "try_from")
    value = f"let x0: {source} = got!({read}(p, 0, k)); "
    call = f"<{{T}} as {trait}<{source}>>::{name}(x0)"
    word = "_".join(re.findall(r"\w+", " ".join(map(last, re.findall(r"[\w:]+", source)))))
    word = word.replace("static_", "").lower()
    body = f"{value}leave!({shape} {{{{T}}}} f k s {call})"
    return Method(f"{name}_{word}", ("value",), body, True)


def _operators(model: Model, own: Class, name: str, impls: list[Any]) -> Iterator[Entry]:
    number, operation = OPERATORS[name]
    for impl in impls[:24]:
        by_reference = "borrowed_ref" in impl["for"]
        right = _argument(model, own, impl)
        if impl["blanket_impl"] or (right is None and _arguments(impl)):
            continue
        if "'static" in str(_arguments(impl)):
            continue  # what is borrowed for the call's time is not for good
        right = right or own.text
        left = f"&'static {own.text}" if by_reference else own.text
        if name.endswith("Assign"):
            line = f"side!(assign @ID {own.text}, {right}, std::ops::{name}::{operation});"
        else:
            line = f"side!(@ID {left}, {right}, std::ops::{name}::{operation});"
        yield _entry(own, f"{name}<{right}>", "side", [line], slot=number)


def _index(model: Model, own: Class, impls: list[Any]) -> Iterator[Entry]:
    keys = [key for impl in impls if (key := _argument(model, own, impl))]
    if keys:
        lines = [f"slot!(index @ID {own.text}, {', '.join(keys)});"]
        lines += [f"slot!(index @ID {own.text}, {key});" for key in keys]
        yield _entry(own, "Index", "slot", lines, slot=5)


def _argument(model: Model, own: Class, impl: Any) -> str | None:
    """The type argument of an impl's trait: `u64` of `From<u64>`."""
    arguments = _arguments(impl)
    if not arguments:
        return None
    unreferenced = impl["for"].get("borrowed_ref", {}).get("type") or impl["for"]
    chosen = match(model, own.item.document, {**impl, "for": unreferenced}, own)
    if chosen is None:
        return None
    missing = [p for p in type_parameters(impl["generics"]) if p["name"] not in chosen]
    some = {**impl["generics"], "params": missing}
    choices = Chooser(model, own.item.document, chosen, {}).all_of(some, limit=1)
    filled = {name: choice.text for row in choices for name, choice in row.items()}
    filled |= {**chosen, "Self": own.text}
    try:
        return Writer(model, own.item.document, filled).write(arguments[0])
    except Unnameable:
        return None


def _arguments(impl: Any) -> list[Any]:
    return type_arguments(impl["trait"])


def _entry(
    own: Class, trait: str, way: str, lines: list[str], *, name: str = "", slot: int = 0
) -> Entry:
    return Entry(f"{own.text} as {trait}", way, name, lines, own, slot=slot)
