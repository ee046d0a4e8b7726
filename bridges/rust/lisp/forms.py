"""Forms of typed functions: in order, by condition; variables, items, lists and tuples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hy.models import Expression, List, Symbol, Tuple

from polyhy.emit import EmitError
from polyhy.emit.code import block
from polyhy.emit.forms import bindings_of
from polyhy.emit.scopes import head

from .types import (
    BOOL,
    FLOAT,
    INT,
    NEVER,
    NONE,
    STR,
    UNKNOWN,
    Type,
    joined,
)
from .writer import (
    ATOM,
    DROP,
    UNARY,
    Value,
    Writer,
    form,
    wrap,
)

# --- in order, and by condition


@form("do")
def do(w: Writer, form: Any, wanted: Type | None) -> Value:
    text, kind = w.block(form[1:], wanted)
    return Value(f"{{{block([text])}}}", kind)


@form("if")
def if_(w: Writer, form: Any, wanted: Type | None) -> Value:
    if len(form) != 4:
        raise EmitError(form, "if takes a condition and two forms: (if test then else)")
    return choice(w, form[1], [form[2]], [form[3]], wanted)


@form("when")
def when(w: Writer, form: Any, wanted: Type | None) -> Value:
    if len(form) < 2:
        raise EmitError(form, "when needs a condition: (when test …)")
    return choice(w, form[1], form[2:], [Symbol("None").replace(form)], wanted)


def choice(w: Writer, test: Any, then: Any, other: Any, wanted: Type | None) -> Value:
    condition = truth(w, test)
    if wanted in (None, UNKNOWN):
        kinds = [w.block(each, None)[1] for each in (then, other)]
        wanted = joined(*kinds)
        if wanted is None:
            said = " and ".join(map(str, kinds))
            raise EmitError(other[-1], f"both ways give values of one type, not of {said}")
    (yes, kind), (no, other_kind) = (w.block(each, wanted) for each in (then, other))
    ends = NEVER if kind == other_kind == NEVER else None
    rest = "" if wanted == DROP and str(other[-1]) == "None" else f" else {{{block([no])}}}"
    text = f"if {condition.text} {{{block([yes])}}}{rest}"
    assert wanted is not None
    value = Value(text, ends or (NONE if wanted == DROP else wanted))
    return value if wanted in (DROP, NONE) else value._replace(text=f"({text})")


def truth(w: Writer, form: Any) -> Value:
    """A form for its truth alone: zero and what is empty are false."""
    kind = head(form)
    if kind in ("and", "or") and len(form) > 1:
        sign = " && " if kind == "and" else " || "
        return Value(f"({sign.join(wrap(truth(w, each), 3) for each in form[1:])})", BOOL)
    if kind == "not" and len(form) == 2:
        return Value(f"!{wrap(truth(w, form[1]), UNARY)}", BOOL, UNARY)
    return as_truth(w.say(form), form)


def as_truth(value: Value, form: Any) -> Value:
    if value.type in (BOOL, NEVER):
        return value
    if value.type in (INT, FLOAT):
        zero = "0" if value.type == INT else "0.0"
        return Value(f"({value.text} != {zero})", BOOL)
    if value.type == STR or value.type.name == "list":
        return Value(f"!{wrap(value, ATOM)}.is_empty()", BOOL, UNARY)
    raise EmitError(form, f"what is of type {value.type} is neither true nor false")


@form("and", "or")
def logic(w: Writer, form: Any, wanted: Type | None) -> Value:
    """The value that decides, as in Python; of one type."""
    if len(form) < 2:
        raise EmitError(form, f"{head(form)} needs an operand")
    values = [w.say(each) for each in form[1:]]
    if wanted == DROP or all(value.type in (BOOL, NEVER) for value in values):
        return truth(w, form)
    *before, last = form[1:]
    kind = wanted or values[0].type
    text = w.owned(last, kind).text
    for each in reversed(before):
        name = w.temp()
        value = w.owned(each, kind)
        test = as_truth(Value(name, value.type), each).text
        yes, no = (text, name) if head(form) == "and" else (name, text)
        text = f"{{ let {name} = {value.text}; if {test} {{ {yes} }} else {{ {no} }} }}"
    return Value(text, kind)


@form("not")
def not_(w: Writer, form: Any, wanted: Type | None) -> Value:
    counted(form, 1)
    return truth(w, form)


def counted(form: Any, wanted: int) -> None:
    if len(form) - 1 != wanted:
        noun = "form" if wanted == 1 else "forms"
        raise EmitError(form, f"{head(form)} takes {wanted} {noun}, not {len(form) - 1}")


@form("return")
def return_(w: Writer, form: Any, wanted: Type | None) -> Value:
    if len(form) > 2:
        raise EmitError(form[2], "return takes one value")
    if len(form) == 1:
        form = Expression([form[0], Symbol("None").replace(form)]).replace(form, recursive=False)
    if w.function.result == NONE:
        return Value(f"{{ {w.say(form[1], DROP).text}; return }}", NEVER)
    return Value(f"return {w.owned(form[1], w.function.result).text}", NEVER, 0)


@form("raise")
def raise_(w: Writer, form: Any, wanted: Type | None) -> Value:
    error = form[1] if len(form) == 2 else None
    name = head(error) or str(error)
    if name not in _RAISED:
        raise EmitError(error or form, f"a typed function raises one of {', '.join(_RAISED)}")
    text = w.say(error[1], STR).text if isinstance(error, Expression) and len(error) == 2 else '""'
    return Value(f'panic!("{name}: {{}}", {text})', NEVER)


_RAISED = ("ValueError", "IndexError", "OverflowError", "ZeroDivisionError", "AssertionError")


@form("assert")
def assert_(w: Writer, form: Any, wanted: Type | None) -> Value:
    if len(form) not in (2, 3):
        raise EmitError(form, "assert takes a condition and a text")
    text = w.say(form[2], STR).text if len(form) == 3 else '""'
    test = wrap(truth(w, form[1]), UNARY)
    return Value(f'if !{test} {{ panic!("AssertionError: {{}}", {text}) }}', NONE)


@form("pass")
def pass_(w: Writer, form: Any, wanted: Type | None) -> Value:
    return Value("()", NONE)


# --- variables


@form("setv")
def setv(w: Writer, form: Any, wanted: Type | None) -> Value:
    rest = list(form[1:])
    if not rest:
        return Value("()", NONE)
    parts = []
    while rest:
        target = rest.pop(0)
        if not rest:
            raise EmitError(target, "setv takes names and values in pairs: (setv x 1)")
        parts.append(assign(w, target, rest.pop(0)))
    return Value(parts[0] if len(parts) == 1 else f"{{ {'; '.join(parts)}; }}", NONE)


def assign(w: Writer, target: Any, value: Any) -> str:
    """The text of an assignment of a form to a target."""
    if head(target) == "annotate":
        raise EmitError(target, "variables take their types from their values: (setv x 0.0)")
    if isinstance(target, Symbol):
        said = w.owned(value)
        if isinstance(value, Symbol) and said.type.name == "list":
            raise EmitError(value, f"a list has one name here; a copy is made by (list {value})")
        if said.type == NEVER:
            return said.text
        name = w.become(target, said.type)
        return f"{name} = {w.owned(value, w.types[name]).text}"
    if isinstance(target, (List, Tuple)) and isinstance(value, (List, Tuple)):
        if len(target) != len(value):
            raise EmitError(target, f"{len(value)} values don't go into {len(target)} names")
        return _unpack(w, target, [w.owned(each) for each in value])
    if isinstance(target, (List, Tuple)):
        return _unpack_one(w, target, value)
    if head(target) == "get" and len(target) > 2:
        return _store_item(w, target, value)
    raise EmitError(target, "this can't be assigned to: a name, (get xs i) or [a b] can")


def _unpack(w: Writer, target: Any, values: Sequence[Value]) -> str:
    temps = [w.temp() for _ in values]
    before = " ".join(f"let {t} = {v.text};" for t, v in zip(temps, values, strict=True))
    parts = [
        put(w, each, Value(t, v.type)) for each, t, v in zip(target, temps, values, strict=True)
    ]
    return f"{{ {before} {'; '.join(parts)}; }}"


def _unpack_one(w: Writer, target: Any, value: Any) -> str:
    said, temp = w.say(value), w.temp()
    text = put(w, target, Value(temp, said.type, place=said.place), value)
    return f"{{ let {temp} = {'&' if said.place else ''}{said.text}; {text}; }}"


def put(w: Writer, target: Any, value: Value, form: Any = None) -> str:
    """The text by which a value, said already, becomes that of a target."""
    if isinstance(target, Symbol):
        name = w.become(target, value.type)
        return f"{name} = {w.fit(value, w.types.get(name), form or target).text}"
    if isinstance(target, (List, Tuple)):
        if value.type.name != "tuple" or len(value.type.items) != len(target):
            raise EmitError(target, f"a value of type {value.type} does not go into these names")
        items = [
            Value(f"{value.text}.{i}{'' if kind.is_copied else '.clone()'}", kind)
            for i, kind in enumerate(value.type.items)
        ]
        return "; ".join(put(w, each, item) for each, item in zip(target, items, strict=True))
    raise EmitError(target, "here only names can be assigned to: x, [a b]")


def _store_item(w: Writer, target: Any, value: Any) -> str:
    """Set an item of a list that has a name: the places are found before it changes."""
    root, *keys = target[1:]
    while head(root) == "get" and len(root) > 2:
        root, keys = root[1], [*root[2:], *keys]
    if not isinstance(root, Symbol):
        raise EmitError(root, "items of a list that has a name can be set")
    thing, new, parts = w.say(root), w.temp(), []
    for key in keys:
        if thing.type.name != "list":
            raise EmitError(key, f"what is of type {thing.type} has no items that can be set")
        found = w.temp()
        at = w.say(key, INT).text
        parts.append(f"let {found} = lisp::place({thing.text}.len(), {at});")
        thing = Value(f"{thing.text}[{found}]", thing.type.item, place=True)
    made = w.owned(value, thing.type).text
    return f"{{ let {new} = {made}; {' '.join(parts)} {thing.text} = {new}; }}"


@form("let")
def let(w: Writer, form: Any, wanted: Type | None) -> Value:
    if len(form) < 2 or not isinstance(form[1], (List, Expression)):
        raise EmitError(form, "let begins with its bindings: (let [a 1  b 2] …)")
    return _bind(w, bindings_of(form[1]), form[2:], wanted)


def _bind(w: Writer, bindings: Sequence[Any], body: Any, wanted: Type | None) -> Value:
    if not bindings:
        text, kind = w.block(body, wanted)
        return Value(text, kind)
    (target, value), *rest = bindings
    said, temp = w.owned(value), w.temp()
    if isinstance(target, Symbol):
        with w.renamed([target]):
            kind = w.types.get(w.become(target, said.type))
        said = w.owned(value, kind)
    with w.renamed([target]):
        text = put(w, target, Value(temp, said.type), value)
        inner = _bind(w, rest, body, wanted)
    return Value(f"{{ let {temp} = {said.text}; {text}; {inner.text} }}", inner.type)
