"""Calls, with arguments by place and by name: of functions, methods, classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hy import mangle
from hy.models import Expression, Keyword, String, Symbol

from polyhy.emit.code import Code, EmitError, at
from polyhy.emit.scopes import head
from polyhy.emit.target import Parameter
from polyhy.emit.types import RESULTS
from polyhy.emit.walker import Walker, expression


class Arguments:
    """The arguments of a call: by place, by name, and what is spread."""

    def __init__(self, forms: Sequence[Any]) -> None:
        self.places: list[Any] = []
        self.named: list[tuple[Keyword, Any]] = []
        self.spread: list[Any] = []
        self.left_out = 0
        """How many parameters by place stand before what is given by name, and are not given."""
        rest = list(forms)
        while rest:
            form = rest.pop(0)
            if isinstance(form, Keyword):
                if not rest:
                    raise EmitError(form, f"after {form} stands its value")
                self.named.append((form, rest.pop(0)))
            elif head(form) == "unpack-mapping":
                self.spread.append(form[1])
            else:
                self.places.append(form)

    def said(self, w: Walker) -> tuple[list[Code], list[bool], list[tuple[str, Code]], list[Code]]:
        starred = [head(each) == "unpack-iterable" for each in self.places]
        forms = [f[1] if s else f for f, s in zip(self.places, starred, strict=True)]
        named = [value for _, value in self.named]
        codes = w.exprs([*forms, *named, *self.spread])
        places = codes[: len(forms)]
        places = [w.call("iter", c) if s else c for c, s in zip(places, starred, strict=True)]
        places = [_marked(c, f) for c, f in zip(places, forms, strict=True)]
        options = codes[len(forms) : len(forms) + len(named)]
        names = [str(keyword.name) for keyword, _ in self.named]
        return (
            places,
            starred,
            list(zip(names, options, strict=True)),
            codes[len(forms) + len(named) :],
        )


def _marked(code: Code, form: Any) -> Code:
    """An argument on a line of its own names that line in errors."""
    return code._replace(text=at(form) + code.text) if isinstance(form, Expression) else code


@expression("(call)")
def call(w: Walker, form: Any) -> Code:
    first = form[0]
    if head(first) == "." and len(first) > 2:
        if str(first[1]) == "None":
            return _method_call(w, form)
        owner = Expression([*first[:-1]]) if len(first) > 3 else first[1]
        if isinstance(first[-1], Symbol):
            return _member_call(w, owner, first[-1], form, w.target.dotted_method)
    if isinstance(first, Symbol):
        return _named_call(w, form)
    if isinstance(first, (Keyword, String)):
        raise EmitError(first, "this is no function; (get x key) reads an item")
    function = w.keep(w.expr(first)) if len(form) > 1 else w.expr(first)
    args, spread = _with_options(w, Arguments(form[1:]))
    return w.target.called(w, function, args, spread)


def _named_call(w: Walker, form: Any) -> Code:
    name = mangle(str(form[0]))
    scope = w.scope.find(name)
    arguments = Arguments(form[1:])
    if scope is not None and name in scope.signatures:
        arguments = _in_order(arguments, scope.signatures[name])
    function = w.symbol(form[0])
    if scope is None and name in w.needs and name not in w.free:
        return _builtin_call(w, name, function, arguments)
    args, spread = _with_options(w, arguments)
    if str(form[0])[:1].isupper() or str(form[0]) in w.target.constructors:
        return w.target.constructed(w, function, args, spread)
    return w.target.called(w, function, args, spread)


def _builtin_call(w: Walker, name: str, function: Code, arguments: Arguments) -> Code:
    """Functions of the prelude take names in an object of their own kind."""
    args, spread, named, rest = arguments.said(w)
    if named or rest:
        options = w.target.options(w, named, rest)
        args, spread = [*args, w.call("named", options)], [*spread, False]
    if name[:1].isupper():
        return w.target.constructed(w, function, args, spread)
    return w.target.called(w, function, args, spread)._replace(type=RESULTS.get(name, ""))


def _with_options(w: Walker, arguments: Arguments) -> tuple[list[Code], list[bool]]:
    """Arguments by name go as the language passes them: in one object after the others."""
    args, spread, named, rest = arguments.said(w)
    if named or rest:
        gap = [w.target.absent] * arguments.left_out
        args = [*args, *gap, w.target.options(w, named, rest)]
        spread = [*spread, *(False for _ in gap), False]
    return args, spread


def _in_order(arguments: Arguments, parameters: Sequence[Parameter]) -> Arguments:
    """Where the function is known, arguments by name go to their places."""
    plain = [p.called for p in parameters if p.kind == "plain"]
    named = {mangle(str(keyword.name)): (keyword, value) for keyword, value in arguments.named}
    while len(arguments.places) < len(plain) and plain[len(arguments.places)] in named:
        keyword, value = named.pop(plain[len(arguments.places)])
        arguments.places.append(value)
    known = {p.called for p in parameters if p.kind == "keyword"}
    takes_any = any(p.kind == "options" for p in parameters)
    for name, (keyword, _) in named.items():
        if name in plain[: len(arguments.places)]:
            raise EmitError(keyword, f"the parameter {name!r} is given twice")
        if name in plain:
            gap = plain[len(arguments.places)]
            raise EmitError(keyword, f"the parameter {gap!r} before it must be given, too")
        if name not in known and not takes_any:
            raise EmitError(keyword, f"the function has no parameter {keyword.name!r}")
    arguments.named = list(named.values())
    if not any(head(each) == "unpack-iterable" for each in arguments.places):
        arguments.left_out = max(len(plain) - len(arguments.places), 0)
    return arguments


def _method_call(w: Walker, form: Any) -> Code:
    """`(.name object args)`."""
    if len(form) < 2:
        raise EmitError(form, "a method needs its object: (.name object)")
    *path, name = form[0][2:]
    for each in (*path, name):
        if not isinstance(each, Symbol):
            raise EmitError(each, "a method is called by its name: (.name object)")
    thing = form[1]
    if path:
        thing = Expression([Symbol("."), thing, *path])
    inner = Expression([form[0], *form[2:]]).replace(form)
    return _member_call(w, thing, name, inner, w.target.method)


def _member_call(w: Walker, owner: Any, name: Symbol, form: Any, how: Any) -> Code:
    if head(owner) == "super":
        args, spread = _with_options(w, Arguments(form[1:]))
        return w.target.supers(w, str(name), args, spread)
    with w.block() as before:
        thing = w.expr(owner)
    call = Expression([name, *form[1:]]).replace(form)
    with w.block() as later:
        code = method_of(w, thing, call, how)
    w.add(before)
    if later and not thing.fixed:
        # What the arguments do comes after the object is evaluated.
        place = w.keep(thing)
        code = code._replace(text=code.text.replace(thing.text, place.text, 1))
    w.add(later)
    return code


def method_of(w: Walker, thing: Code, form: Any, how: Any) -> Code:
    """A method of `thing`: Python's own methods are the prelude's, all others are the object's."""
    name, arguments = str(form[0]), Arguments(form[1:])
    if name == "new":
        args, spread = _with_options(w, arguments)
        return w.target.constructed(w, thing, args, spread)
    if mangle(name) in w.target.methods:
        args, spread, named, rest = arguments.said(w)
        if named or rest:
            options = w.call("named", w.target.options(w, named, rest))
            args, spread = [*args, options], [*spread, False]
        helper = Code(w.need("m_" + mangle(name)))
        result = w.target.called(w, helper, [thing, *args], [False, *spread])
        return result._replace(type=_METHODS.get(name, ""))
    args, spread = _with_options(w, arguments)
    if name[:1].isupper():
        member = w.target.member(thing, w.target.member_name(name))
        return w.target.constructed(w, member, args, spread)
    return how(w, thing, w.target.member_name(name), args, spread)


_METHODS = {
    **dict.fromkeys(("upper", "lower", "strip", "join", "title", "capitalize"), "text"),
    **dict.fromkeys(("startswith", "endswith", "isdigit"), "boolean"),
}


@expression("new")
def new(w: Walker, form: Any) -> Code:
    if len(form) < 2:
        raise EmitError(form, "new takes a class and its arguments: (new Date)")
    function = w.expr(form[1])
    args, spread = _with_options(w, Arguments(form[2:]))
    return w.target.constructed(w, function, args, spread)
