"""What a generated function does behind the call: results taken, owned, returned."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .arguments import some
from .handles import mark_freed, own
from .plan import Slot
from .shape import Shape
from .summary import owner

if TYPE_CHECKING:
    from .call import Call

_FAILED = {"int": "_r == -1", "pointer": "not _r", "real": "True"}
"""How a result of each kind says that errno is set."""


class Results:
    """The lines behind the call, for one function."""

    def __init__(self, call: Call) -> None:
        self.call = call

    def lines(self) -> Iterator[str]:
        """What must be done with the result, and with what C wrote through pointers."""
        receiver = self.call.receiver()
        if receiver is not None and self.call.is_freed(receiver):
            self.call.scope["_mark_freed"] = mark_freed
            yield "_mark_freed(_freed, _r)"
        failed = _FAILED.get(self.call.function.shape.kind) if self.call.errno else None
        if failed:
            self.call.scope["_fail"] = self._fail
            yield f"if {failed} and _ffi.errno: _fail(_ffi.errno)"
        take = self.call.cross.taker(self.call.function.shape, self.call.function.name)
        if take:
            self.call.scope["_take"] = self._owning(self.call.function.shape, take)
            parent = self._parent() if owner(self.call.function.shape) else ""
            yield f"_r = _take(_r{parent})"
        for slot in self.call.plan.slots:
            if slot.role in ("out", "room"):
                self.call.scope[f"_take_{slot.name}"] = self._out_taker(slot)
                taken = f"_take_{slot.name}({slot.name}{self._parent()})"
                yield f"_out_{slot.name} = {taken} if _given_{slot.name} is _AUTO else _AUTO"

    def _parent(self) -> str:
        receiver = self.call.receiver()
        return ", _self" if receiver is not None and not self.call.is_freed(receiver) else ", None"

    def _owning(self, shape: Shape, take: Any) -> Any:
        if not owner(shape):
            return take
        name, cls = self.call.function.name, self.call.library.handle_class_of(shape)
        from_data = not any(slot.role in ("handle", "record") for slot in self.call.plan.slots)

        def take_owned(x: Any, parent: Any) -> Any:
            handle = self.call.cross.take_handle(cls, x, parent)
            if handle is not None and from_data:
                own(handle, name)
            return handle

        return take_owned

    def _out_taker(self, slot: Slot) -> Any:
        to = slot.shape.to
        assert to is not None
        if to.kind == "record":
            cls = self.call.library.handle_class(to.name)
            return lambda x, parent: self.call.cross.by_value(cls, x[0])
        take = self.call.cross.taker(to)
        if take is None:
            return lambda x, parent: x[0]
        owned = self._owning(to, take)
        if owned is take:
            return lambda x, parent: take(x[0])
        return lambda x, parent: owned(x[0], parent)

    def returned(self) -> str:
        """The result, then what was asked through pointers; None stands for nothing."""
        outs = [s for s in self.call.plan.slots if s.role in ("out", "room")]
        if not outs:
            return "_r"
        void = self.call.function.shape.kind == "void"
        parts = ([] if void else ["_r"]) + [f"_out_{slot.name}" for slot in outs]
        self.call.scope["_some"] = some
        given = " is ".join(f"_given_{slot.name}" for slot in outs)
        whole = parts[0] if len(parts) == 1 else f"({', '.join(parts)})"
        return f"{whole} if {given} is _AUTO else _some({', '.join(parts)})"

    def _fail(self, number: int) -> None:
        raise OSError(number, os.strerror(number), self.call.function.name)
