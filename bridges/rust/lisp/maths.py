"""Python's `math` in typed functions: what it refuses is refused here."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from hy.models import Expression

from polyhy.emit import EmitError
from polyhy.emit.scopes import head

from .forms import counted
from .types import FLOAT, INT, NONE, Type
from .writer import ATOM, Value, Writer, form, wrap


@form("import")
def import_(w: Writer, form: Any, wanted: Type | None) -> Value:
    if not is_math(form):
        raise EmitError(form, "typed functions import math alone: (import math)")
    w.has_math = True
    return Value("()", NONE)


def is_math(form: Any) -> bool:
    """True for `(import math)`."""
    return head(form) == "import" and [str(each) for each in form[1:]] == ["math"]


def math_call(w: Writer, form: Any, member: Any) -> Value:
    """`(math.sqrt x)`; `math` must be imported in the Lisp around, as for any other Hy."""
    name = str(member[2])
    if not w.has_math:
        raise EmitError(member, "math is not imported: (import math)")
    if name in ("floor", "ceil", "trunc"):
        counted(form, 1)
        value = w.say(form[1], FLOAT)
        return Value(f"lisp::whole({wrap(value, ATOM)}.{name}())", INT)
    if name not in _MATH:
        close = get_close_matches(name, [*_MATH, "floor", "ceil", "trunc"], 1)
        hint = f'did you mean "{close[0]}"?' if close else f"there are {', '.join(sorted(_MATH))}"
        raise EmitError(member, f"math.{name} is not to be had in Rust; {hint}")
    count, text = _MATH[name]
    counted(Expression([member[2], *form[1:]]).replace(form), count)
    names = [w.temp() for _ in range(count)]
    given = [w.say(each, FLOAT).text for each in form[1:]]
    before = " ".join(f"let {n} = {g};" for n, g in zip(names, given, strict=True))
    said = f"lisp::checked({text.format(*names)}, [{', '.join(names)}])"
    return Value(f"{{ {before} {said} }}", FLOAT)


_MATH: dict[str, tuple[int, str]] = {
    **{name: (1, f"{{0}}.{name}()") for name in ("sqrt", "cbrt", "exp", "sin", "cos", "tan")},
    **{name: (1, f"{{0}}.{name}()") for name in ("asin", "acos", "atan", "sinh", "cosh", "tanh")},
    **{name: (1, f"lisp::positive({{0}}).{name}()") for name in ("log2", "log10")},
    "log": (1, "lisp::positive({0}).ln()"),
    "fabs": (1, "{0}.abs()"),
    "degrees": (1, "{0}.to_degrees()"),
    "radians": (1, "{0}.to_radians()"),
    "atan2": (2, "{0}.atan2({1})"),
    "hypot": (2, "{0}.hypot({1})"),
    "pow": (2, "{0}.powf({1})"),
    "copysign": (2, "{0}.copysign({1})"),
}


@form(".")
def dot(w: Writer, form: Any, wanted: Type | None) -> Value:
    """`math.pi`."""
    if len(form) == 3 and str(form[1]) == "math" and str(form[2]) in _CONSTANTS:
        if not w.has_math:
            raise EmitError(form, "math is not imported: (import math)")
        return Value(_CONSTANTS[str(form[2])], FLOAT)
    raise EmitError(form, "values of typed functions have no members, only methods: (.append xs x)")


_CONSTANTS = {
    "pi": "std::f64::consts::PI",
    "e": "std::f64::consts::E",
    "tau": "std::f64::consts::TAU",
    "inf": "f64::INFINITY",
    "nan": "f64::NAN",
}
