"""Why a call was refused: which argument it was, and how C declares the function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from polyhy.errors import ConversionError

from .arguments import AUTO
from .errors import Freed, Refused
from .plan import Slot

if TYPE_CHECKING:
    from .call import Call

REFUSALS = (Refused, Freed, TypeError, OverflowError, ValueError, AttributeError)


def explain(call: Call, error: Exception, args: tuple[Any, ...]) -> Exception:
    """The error for what an argument refused, which is found by trying each."""
    if isinstance(error, Freed):
        return error
    detail = str(error)
    number = getattr(error, "number", None)
    for place, slot in enumerate(call.plan.slots):
        if number is not None or place >= len(args):
            break
        if not _fits(call, slot, args[place]):
            number = place
    name = call.plan.slots[number].name if number is not None else ""
    path = name if call.plan.spread else f"args[{number}] ({name})"
    path = path if name else call.function.name
    hint = f"C declares it so: {call.function.prototype}"
    return ConversionError(detail, path=path, hint=hint.replace("{", "{{").replace("}", "}}"))


def _fits(call: Call, slot: Slot, x: Any) -> bool:
    """True where a single argument crosses: a plain one, or one that was converted before."""
    if x is AUTO or slot.role in ("length", "room", "out"):
        return True
    convert = call.scope.get(f"_to_{slot.name}")
    try:
        if convert:
            convert(x)
        elif slot.role == "plain" and slot.shape.kind != "char":
            call.library.ffi.new(call.library.ffi.typeof(f"{call.native_type(slot).cname}[1]"), [x])
        if slot.parameter.nonnull and (x is None or x == call.cross.null):
            return False
    except REFUSALS:
        return False
    return True
