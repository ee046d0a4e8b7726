"""`match`: patterns become tests and names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hy import mangle
from hy.models import Dict, Expression, Keyword, List, Symbol, Tuple

from polyhy.emit.code import Code, EmitError
from polyhy.emit.scopes import head
from polyhy.emit.walker import Walker, statement


def cases(form: Any) -> Iterator[tuple[Any, Any, Any, Any]]:
    """Read `(match x  pattern :as name :if guard result …)`: (pattern, name, guard, result)."""
    rest = list(form[2:])
    while rest:
        pattern, name, guard = rest.pop(0), None, None
        if len(rest) > 1 and rest[0] == Keyword("as"):
            name = rest[1]
            del rest[:2]
        if len(rest) > 1 and rest[0] == Keyword("if"):
            guard = rest[1]
            del rest[:2]
        if not rest:
            raise EmitError(pattern, "this pattern has no result")
        yield pattern, name, guard, rest.pop(0)


def captures(pattern: Any) -> Iterator[str]:
    """The names that a pattern binds."""
    if isinstance(pattern, Symbol):
        if str(pattern) not in ("_", "True", "False", "None"):
            yield mangle(str(pattern))
    elif isinstance(pattern, (List, Tuple)):
        for each in pattern:
            yield from captures(each)
    elif isinstance(pattern, Dict):
        for each in list(pattern)[1::2]:
            yield from captures(each)
    elif head(pattern) in ("unpack-iterable", "unpack-mapping"):
        yield from captures(pattern[1])
    elif isinstance(pattern, Expression) and head(pattern) != ".":
        for each in pattern[1:]:
            if not isinstance(each, Keyword):
                yield from captures(each)


@statement("match")
def match(w: Walker, form: Any, place: str) -> None:
    if len(form) < 2:
        raise EmitError(form, "match takes what is matched, then patterns and results")
    subject = w.keep(w.expr(form[1]))
    _cases(w, subject, list(cases(form)), place)


def _cases(w: Walker, subject: Code, rest: Sequence[Any], place: str) -> None:
    if not rest:
        w.give(place, w.none)
        return
    (pattern, name, guard, result), *others = rest
    matched = w.temp()
    w.give(matched, w.target.literal(False))

    def agree() -> None:
        if name is not None:
            _capture(w, name, subject)
        if guard is None:
            w.give(matched, w.target.literal(True))
        else:
            w.give(matched, w.test(guard))

    _pattern(w, pattern, subject, agree)
    yes = w.gathered(lambda: w.into(result, place))
    no = w.gathered(lambda: _cases(w, subject, others, place))
    w.say(w.target.branches(Code(matched, type="boolean"), yes, no or None), pattern)


def _pattern(w: Walker, pattern: Any, subject: Code, agree: Any) -> None:
    """Say the tests of a pattern, each within the one before, and `agree` in the innermost."""
    if isinstance(pattern, Symbol) and str(pattern) not in ("True", "False", "None"):
        if str(pattern) != "_":
            _capture(w, pattern, subject)
        agree()
    elif isinstance(pattern, (List, Tuple)):
        _sequence(w, pattern, subject, agree)
    elif isinstance(pattern, Dict):
        _mapping(w, pattern, subject, agree)
    elif head(pattern) == "|":
        _either(w, pattern, subject, agree)
    elif isinstance(pattern, Expression) and head(pattern) != ".":
        _class(w, pattern, subject, agree)
    else:
        helper = "same" if str(pattern) in ("True", "False", "None") else "eq"
        _when(w, w.call(helper, subject, w.expr(pattern)), agree)


def _when(w: Walker, test: Code, then: Any) -> None:
    said = w.gathered(then)
    w.say(w.target.branches(test._replace(type="boolean"), said, None))


def _capture(w: Walker, name: Any, subject: Code) -> None:
    from polyhy.emit.assignment import place_of

    w.say(w.target.assigned(place_of(w, name), subject))


def _sequence(w: Walker, pattern: Any, subject: Code, agree: Any) -> None:
    parts = list(pattern)
    stars = [i for i, each in enumerate(parts) if head(each) == "unpack-iterable"]
    if len(stars) > 1:
        raise EmitError(parts[stars[1]], "only one #* may stand in a pattern")
    least = len(parts) - len(stars)
    exact = w.target.literal(not stars)
    test = w.call("is_sequence", subject, w.target.literal(least), exact)

    def inside() -> None:
        before = stars[0] if stars else len(parts)
        codes = w.target.unpacked(w, subject, before, len(parts) - before - 1 if stars else -1)
        _all(
            w,
            [each[1] if head(each) == "unpack-iterable" else each for each in parts],
            [w.keep(code) for code in codes],
            agree,
        )

    _when(w, test, inside)


def _mapping(w: Walker, pattern: Any, subject: Code, agree: Any) -> None:
    parts = list(pattern)
    if any(head(each) == "unpack-mapping" for each in parts):
        raise EmitError(pattern, "#** in a pattern is not to be had here; name the keys")
    keys = [w.expr(key) for key in parts[::2]]
    test = w.call("has_keys", subject, w.target.list(w, keys, [False] * len(keys)))

    def inside() -> None:
        _all(w, parts[1::2], [w.keep(w.call("get", subject, key)) for key in keys], agree)

    _when(w, test, inside)


def _class(w: Walker, pattern: Any, subject: Code, agree: Any) -> None:
    parts = list(pattern[1:])
    places: list[Any] = []
    while parts and not isinstance(parts[0], Keyword):
        places.append(parts.pop(0))
    if not pattern or len(parts) % 2 or not all(isinstance(each, Keyword) for each in parts[::2]):
        raise EmitError(pattern, "a pattern of a class is (Point x y) or (Point :x 1 :y y)")
    test = w.call("isinstance", subject, w.expr(pattern[0]))
    own = str(pattern[0]) in ("int", "float", "str", "bool", "list", "dict", "set", "tuple")

    def inside() -> None:
        codes = [
            w.keep(w.call("match_arg", subject, w.target.literal(i))) for i in range(len(places))
        ]
        names = [w.target.member_name(str(each.name)) for each in parts[::2]]
        codes = [subject] if own and places else codes
        codes += [w.keep(w.target.member(subject, name)) for name in names]
        _all(w, [*places, *parts[1::2]], codes, agree)

    _when(w, test, inside)


def _either(w: Walker, pattern: Any, subject: Code, agree: Any) -> None:
    if any(True for each in pattern[1:] for _ in captures(each)):
        raise EmitError(pattern, "the patterns of | bind no names")
    found = w.temp()
    w.give(found, w.target.literal(False))
    for each in pattern[1:]:
        _pattern(w, each, subject, lambda: w.give(found, w.target.literal(True)))
    _when(w, Code(found), agree)


def _all(w: Walker, patterns: Sequence[Any], codes: Sequence[Code], agree: Any) -> None:
    if not patterns:
        agree()
        return
    _pattern(w, patterns[0], codes[0], lambda: _all(w, patterns[1:], codes[1:], agree))
