"""Emit: the plan as the source of an extension, one line for each thing that may be refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from .classes import Class, members_of, variants_of
from .lines import Lines
from .names import python_name
from .plan import Api, Entry

BUILD = "__fields__"
"""What builds a struct of its fields, if they are all public: calling the class calls it."""
SELF_ITER = "PyObject_SelfIter as *const _"


def extension(api: Api, name: str, docs: str) -> Lines:
    """The source of the extension: each entry's best line, and the tables of the module."""
    lines = Lines(api.classes)
    for own in api.classes:
        lines.add(own.declaration, own)
    classes = [own.text for own in api.classes]
    for number, entry in enumerate(api.entries):
        entry.ident = f"e{number}"
        lines.bind(entry, classes)
    tables = [
        _list("functions", "Function", _functions(api)),
        _list("classes", "Class", _classes(api, lines.text, name)),
        _list("enumerations", "Enumeration", _enumerations(api)),
        _list("constants", "Constant", _constants(api)),
        _list("exports", "Export", _exports(api)),
        _list("pointers", "Pointer", _pointers(api)),
    ]
    module = f"polyhy.crates.{name}"
    lines.text += [
        f"static TABLES: Tables = Tables {{ name: {_c(module)}, doc: {_text(docs)}, "
        f"{', '.join(tables)} }};",
        f'#[no_mangle]\npub unsafe extern "C" fn PyInit_{name}() -> O {{ load(&TABLES) }}',
    ]
    return lines


def document(entry: Entry) -> str:
    """The docstring of a function: its signature as Python reads it, Rust's, and its text."""
    if entry.shim is None:
        names = [each for each in entry.docs.split("\0") if each]
        listed = [*(["$self"] if entry.way == "method" else []), *names]
        return f"{entry.name}({', '.join(listed)})\n--\n\n"
    shim = entry.shim
    names = list(shim.parameters)
    for at in range(shim.required, len(names)):
        names[at] += "=None"
    listed = [*(["$self"] if shim.is_method else []), *names]
    return f"{entry.name}({', '.join(listed)})\n--\n\n{entry.docs}"


def _functions(api: Api) -> list[str]:
    return [
        f"Function({_c('.'.join(place))}, {_c(name)}, {e.ident}, {_c(document(e))})"
        for e in api.entries
        if e.owner is None and e.way == "static"
        for place, name in ((e.place, e.name), *e.also)
    ]


def _constants(api: Api) -> list[str]:
    found = []
    for entry in api.entries:
        if entry.way == "constant":
            places = ["."] if entry.owner is None else _paths(entry.owner)
            path = ".".join(entry.place) if entry.owner is None else places[0] if places else None
            if path is not None:
                found.append(
                    f"Constant({_text(path)}, {_c(python_name(entry.name))}, {entry.ident})"
                )
    return found


def _exports(api: Api) -> list[str]:
    found = []
    for own in api.classes:
        for place, name in own.places:
            found.append(f"Export({_text('.'.join(place))}, {_c(name)}, &{own.ident})")
            if own.shape == "variants":
                path = ".".join((*place, name))
                found += [
                    f"Export({_text(path)}, {_c(python_name(v))}, &{own.ident}_{v})"
                    for v in variants_of(own.item)
                ]
    return found


def _pointers(api: Api) -> list[str]:
    found = []
    for own, other, entries in api.shared():
        shared = [e.name for e in entries if not _changes(e)]
        changed = [e.name for e in entries if _changes(e)]
        names = ", ".join(f'"{" ".join(each)}"' for each in (shared, changed))
        found.append(f"Pointer(&{own.ident}, &{other.ident}, {names})")
    return found


def _changes(entry: Entry) -> bool:
    """True for a method that takes `&mut self`."""
    inputs = entry.shim.target.signature["inputs"] if entry.shim else []
    return bool(inputs) and inputs[0][1].get("borrowed_ref", {}).get("is_mutable", False)


def _paths(own: Class) -> list[str]:
    return [".".join((*place, name)) for place, name in own.places]


def _classes(api: Api, lines: list[str], module: str) -> list[str]:
    by_class = _by_class(api.entries)
    found = []
    for own in api.classes:
        if own.shape == "enumeration":
            continue
        entries = by_class.get(own.ident, [])
        slots = _slots(own, entries, lines)
        attributes = _attributes(entries)
        fields = [e.name for e in entries if e.way == "property"]
        found.append(
            _class(own, own.ident, None, own.name, attributes, slots, module, fields=fields)
        )
        if own.shape == "variants":
            for name in variants_of(own.item):
                found.append(_variant(own, name, entries, lines, module))
    return found


def _class(
    own: Class,
    ident: str,
    base: str | None,
    name: str,
    attributes: Sequence[str],
    slots: Sequence[str],
    module: str,
    docs: str | None = None,
    fields: Sequence[str] = (),
) -> str:
    folder = ".".join((module, *(own.places[0][0] if own.places else ())))
    docs = own.item.docs if docs is None else docs
    of = f"Some(&{base})" if base else "None"
    is_open = "true" if own.shape == "variants" and base is None else "false"
    return (
        f"Class {{ kind: &{ident}, base: {of}, name: {_c(f'polyhy.crates.{folder}.{name}')}, "
        f"doc: {_c(docs)}, attributes: &[{', '.join(attributes)}], "
        f"slots: &[{', '.join(slots)}], open: {is_open}, "
        f"fields: &[{', '.join(map(_text, fields))}] }}"
    )


def _variant(own: Class, name: str, entries: Sequence[Entry], lines: list[str], module: str) -> str:
    fields = [e for e in entries if e.way == f"variant {name}"]
    attributes = [_property(e, "None") for e in fields]
    slots = []
    for entry in entries:
        if entry.way == f"make {name}":
            made = f"n{entry.ident}"
            lines.append(f"constructor!({made} {entry.ident});")
            slots.append(f"(65, {made} as *const _)")
    words = ", ".join(f'"{python_name(e.name)}"' for e in fields)
    docs = f"{name}({words})" if words else name
    ident, names = f"{own.ident}_{name}", [e.name for e in fields]
    return _class(own, ident, own.ident, name, attributes, slots, module, docs, names)


def _attributes(entries: Sequence[Entry]) -> list[str]:
    setters = {e.name: e.ident for e in entries if e.way == "setter"}
    found = []
    for entry in entries:
        if entry.way in ("method", "static") and entry.name != BUILD:
            way = "Method" if entry.way == "method" else "Static"
            found.append(
                f"Attribute({_c(entry.name)}, Way::{way}({entry.ident}), {_c(document(entry))})"
            )
        elif entry.way == "property":
            setter = setters.get(entry.name)
            found.append(_property(entry, f"Some({setter})" if setter else "None"))
    return found


def _property(entry: Entry, setter: str) -> str:
    return f"Attribute({_c(entry.name)}, Way::Property({entry.ident}, {setter}), {_c(entry.docs)})"


def _slots(own: Class, entries: Sequence[Entry], lines: list[str]) -> list[str]:
    slots = {}
    sides: dict[int, list[str]] = {}
    for entry in entries:
        if entry.way == "slot":
            slots[entry.slot] = f"{entry.ident} as *const _"
        elif entry.way == "side":
            sides.setdefault(entry.slot, []).append(entry.ident)
    if 63 in slots:
        slots[62] = SELF_ITER
    for number, idents in sides.items():
        made = f"o{own.number}_{number}"
        lines.append(f"operator!({made} {', '.join(idents)});")
        slots[number] = f"{made} as *const _"
    if constructor := _constructor(own, entries):
        made = f"n{own.number}"
        lines.append(f"constructor!({made} {constructor});")
        slots[65] = f"{made} as *const _"
    return [f"({number}, {value})" for number, value in sorted(slots.items())]


def _constructor(own: Class, entries: Sequence[Entry]) -> str | None:
    """What calling the class calls: `new`, else what builds it of its fields, else `default`."""
    statics = {e.name: e.ident for e in entries if e.way == "static"}
    for name in ("new", BUILD, "default"):
        if name in statics and own.shape != "variants":
            return statics[name]
    return None


def _enumerations(api: Api) -> list[str]:
    by_class = _by_class(api.entries)
    found = []
    for own in api.classes:
        if own.shape == "enumeration":
            members = ", ".join(f"({_text(n)}, {v})" for n, v in members_of(own.item))
            attributes = ", ".join(_attributes(by_class.get(own.ident, [])))
            found.append(
                f"Enumeration {{ kind: &{own.ident}, name: {_text(own.name)}, "
                f"doc: {_text(own.item.docs)}, members: &[{members}], "
                f"attributes: &[{attributes}] }}"
            )
    return found


def _by_class(entries: Iterable[Entry]) -> Mapping[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.owner is not None:
            found.setdefault(entry.owner.ident, []).append(entry)
    return found


def _list(name: str, kind: str, items: Sequence[str]) -> str:
    return f"{name}: &[\n{''.join(f'{item},{chr(10)}' for item in items)}]"


_ESCAPES = re.compile(r'[\\"\x00-\x1f\x7f]')


def _text(text: str) -> str:
    return '"' + _ESCAPES.sub(lambda m: f"\\u{{{ord(m[0]):x}}}", text) + '"'


def _c(text: str) -> str:
    return "c" + _text(text.replace("\0", ""))
