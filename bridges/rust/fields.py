"""Plan: the fields of structs and of enums' variants, and what builds these of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .classes import Class, variants_of
from .document import inner
from .model import Item
from .names import python_name, rust_name
from .plan import PROPERTY, STATIC, Entry


def field_entries(own: Class, names: set[str]) -> Iterator[Entry]:
    """The public fields of a struct as properties, and what builds it of them."""
    if own.item.kind != "struct":
        return
    for field in _public(own.item):
        name = field["name"]
        python = python_name(name) if not name.isdigit() else f"_{name}"
        if python in names:
            continue
        said = f'@ID "{own.name}.{name}" {own.text}, {rust_name(name)}'
        read, write = f"field!(read {said});", f"field!(write {said}, {_reader(field)});"
        key = f"{own.item.path}.{name}"
        yield Entry(key, PROPERTY, python, [read], own, docs=field["docs"] or "")
        yield Entry(f"{key}=", "setter", python, [write], own)
    if fields := _open(own.item):
        line = _built(own, own.item.path, fields, own.name)
        entry = Entry(f"{own.item.path}()", STATIC, "__fields__", [line], own)
        entry.docs = "\0".join(field["name"] for field in fields)
        yield entry


def variant_entries(own: Class) -> Iterator[Entry]:
    """The fields of an enum's variants, and what builds these."""
    for name, said in variants_of(own.item).items():
        numbers = said if said == "plain" else next(iter(said.values()))
        if numbers == "plain":
            numbers = []
        if isinstance(numbers, dict):
            numbers = numbers["fields"]
        fields = [own.item.document.get(n) for n in numbers if n is not None]
        yield from _variant(own, name, [f for f in fields if f], said)


def _variant(own: Class, name: str, fields: list[Any], said: Any) -> Iterator[Entry]:
    path = f"{own.item.path}::{name}"
    for field_ in (field["name"] for field in fields):
        python = f"_{field_}" if field_.isdigit() else python_name(field_)
        pattern = f"{path} {{ {rust_name(field_)}: field, .. }}"
        read = f'variant_field!(@ID "{own.name}.{name}" {own.text}, field, {pattern});'
        key = f"{path}.{field_}"
        yield Entry(key, f"variant {name}", python, [read], own)
    names = [_parameter(field["name"]) for field in fields]
    line = _built(own, path, fields if said != "plain" else None, f"{own.name}.{name}")
    entry = Entry(f"{path}()", f"make {name}", name, [line], own)
    entry.docs = "\0".join(names)
    yield entry


def _public(item: Item) -> list[Any]:
    """The public fields of a struct."""
    said = item.inner["kind"]
    if said == "unit":
        return []
    numbers = said["plain"]["fields"] if "plain" in said else said["tuple"]
    fields = (item.document.get(n) for n in numbers if n is not None)
    return [field for field in fields if field and field["visibility"] == "public"]


def _open(item: Item) -> list[Any]:
    """The fields of a struct that anyone may build of them; none where some are private."""
    said = item.inner["kind"]
    if any("non_exhaustive" in str(each) for each in item.raw["attrs"]):
        return []
    if said == "unit" or ("plain" in said and said["plain"]["has_stripped_fields"]):
        return []
    numbers = said["plain"]["fields"] if "plain" in said else said["tuple"]
    fields = _public(item)
    return fields if len(fields) == len(numbers) else []


def _reader(field: Any) -> str:
    """What reads a field: where its type says 'static, it may be kept for good."""
    return "arg_forever" if "'static" in str(inner(field)) else "arg"


def _parameter(name: str) -> str:
    return f"arg{name}" if name.isdigit() else python_name(name)


def _built(own: Class, path: str, fields: Sequence[Any] | None, label: str) -> str:
    """A function that builds a struct or a variant of its fields."""
    names = [_parameter(field["name"]) for field in fields or ()]
    listed = " ".join(f'"{each}"' for each in names)
    reads = enumerate(map(_reader, fields or ()))
    lets = " ".join(f"let x{n} = got!({read}(p, {n}, k));" for n, read in reads)
    filled = ", ".join(f"{rust_name(f['name'])}: x{n}" for n, f in enumerate(fields or ()))
    built = path if fields is None else f"{path} {{ {filled} }}"
    return (
        f'shim! {{ @ID "{label}" [{listed}] {len(names)} |s, p, f, k| '
        f"{{ {lets} let value: {own.text} = {built}; leave!(plain {{{own.text}}} f k s value) }} }}"
    )
