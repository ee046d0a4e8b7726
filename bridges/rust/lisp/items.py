"""Lists and tuples of typed functions, and their items."""

from __future__ import annotations

from typing import Any

from hy.models import Integer, Symbol

from polyhy.emit import EmitError

from .types import INT, UNKNOWN, Type, joined, list_of, owned, tuple_of
from .writer import ATOM, FORMS, Value, Writer, form, wrap


@form("get")
def get(w: Writer, form: Any, wanted: Type | None) -> Value:
    if len(form) < 3:
        raise EmitError(form, "get takes a collection and a key: (get xs 0)")
    thing = w.say(form[1])
    for key in form[2:]:
        thing = _item(w, thing, key)
    return thing


def _item(w: Writer, thing: Value, key: Any) -> Value:
    if thing.type.name == "tuple":
        items = thing.type.items
        if not isinstance(key, Integer) or not -len(items) <= key < len(items):
            raise EmitError(key, "an item of a tuple is got by a number that stands there")
        at = int(key) % len(items)
        return Value(f"{wrap(thing, ATOM)}.{at}", items[at], place=True)
    if thing.type.name != "list":
        raise EmitError(key, f"what is of type {thing.type} has no items here")
    at = w.say(key, INT).text
    if thing.place:
        text = f"{thing.text}[lisp::place({thing.text}.len(), {at})]"
        return Value(text, thing.type.item, place=True)
    temp = w.temp()
    text = f"{{ let {temp} = {thing.text}; {temp}[lisp::place({temp}.len(), {at})].clone() }}"
    return Value(text, thing.type.item)


@form("cut")
def cut(w: Writer, form: Any, wanted: Type | None) -> Value:
    if len(form) not in (3, 4):
        raise EmitError(form, "here cut takes a list and one or two places: (cut xs 1 None)")
    places = [Symbol("None"), form[2]] if len(form) == 3 else form[2:]
    start, stop = ("None" if str(p) == "None" else f"Some({w.say(p, INT).text})" for p in places)
    thing = as_list(w, form[1])
    temp = w.temp()
    part = f"{temp}[lisp::span({temp}.len(), {start}, {stop})]"
    return Value(f"{{ let {temp} = &{thing.text}; {part}.to_vec() }}", thing.type)


def as_list(w: Writer, form: Any) -> Value:
    value = w.say(form)
    if value.type.name != "list":
        raise EmitError(form, f"this is of type {value.type}, and a list is wanted")
    return value


def _list(w: Writer, form: Any, wanted: Type | None) -> Value:
    item = wanted.item if wanted is not None and wanted.name == "list" else None
    if item in (None, UNKNOWN):
        item = UNKNOWN
        for each in form:
            kind = w.say(each).type
            both = joined(item, kind)
            if both is None:
                raise EmitError(
                    each, f"items of a list are of one type; this is {kind}, not {item}"
                )
            item = both
    assert item is not None
    texts = [w.owned(each, item).text for each in form]
    if not texts:
        return Value(f"Vec::<{owned(item)}>::new()", list_of(item))
    return Value(f"vec![{', '.join(texts)}]", list_of(item))


def _tuple(w: Writer, form: Any, wanted: Type | None) -> Value:
    kinds = wanted.items if wanted is not None and wanted.name == "tuple" else ()
    if len(kinds) != len(form):
        kinds = (None,) * len(form)
    values = [w.owned(each, kind) for each, kind in zip(form, kinds, strict=True)]
    return Value(f"({''.join(f'{v.text}, ' for v in values)})", tuple_of(*(v.type for v in values)))


FORMS["List"], FORMS["Tuple"] = _list, _tuple
