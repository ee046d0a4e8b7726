"""A Python object on its way through Lua, in a box of its own each time."""

from __future__ import annotations

from typing import Any


class Ref:
    """What Lua holds for a Python object.

    lupa gives an object that it pushes again the userdata of the first time. Where Lua's collector
    has condemned that one, but not yet finalized it, lupa 2.8 makes another, and the finalizer of
    the first then frees the object under the second. No Ref is pushed twice.
    """

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class Passing(BaseException):
    """A Python exception on its way through Lua: a new one for each step, for the same reason."""

    def __init__(self, value: BaseException) -> None:
        super().__init__()
        self.value = value


def out_of(x: Any) -> Any:
    """The object or exception in the box, if it is one."""
    return x.value if type(x) in _BOXES else x


_BOXES = (Ref, Passing)
