"""One Python function for each function of C, written from its plan: what a person would write."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from polyhy.errors import UsageError

from .arguments import (
    AUTO,
    char,
    length,
    null,
    python_name,
    readable,
    signature,
    single,
    small,
    unknown,
)
from .buffers import buffer
from .callbacks import DURING_CALL, carry, raised
from .docs import clean
from .explain import REFUSALS, explain
from .handles import lend
from .plan import Plan, Slot, is_text
from .results import Results

if TYPE_CHECKING:
    from .library import Library


_GREATEST = 3.4028235677973366e38
"""The first number that rounds to no `float` of C any more."""

_DESTRUCTOR = "void (*)(void *)"


class Call:
    """Writes the function for a plan. `native` is what cffi calls C by."""

    def __init__(self, library: Library, plan: Plan, native: Any, *, errno: bool = False) -> None:
        self.library, self.plan, self.errno = library, plan, errno
        self.function = plan.function
        self.abi = native
        self.cross = library.cross
        self.scope: dict[str, Any] = {
            "_f": native,
            "_AUTO": AUTO,
            "_raised": raised,
            "_carry": carry,
            "_NULL": self.cross.null,
            "_REFUSALS": REFUSALS,
            "_explain": partial(explain, self),
            "_len": length,
            "_str": str,  # by names that no parameter has
            "_bytes": bytes,
            "_int": int,
        }

    def make(self) -> Any:
        """The function: its name, signature and doc are those of the header."""
        source = "\n".join(self.lines())
        code = compile(source, f"<c {self.function.name}>", "exec")
        exec(code, self.scope)
        made = self.scope[python_name(self.function.name)]
        made.__name__ = made.__qualname__ = self.function.name
        made.__doc__ = "\n\n".join(
            filter(None, [f"{self.function.prototype};", clean(self.function.doc)])
        )
        made.__module__ = self.library.__name__
        made.__signature__ = signature(self.plan)
        return made

    # --- the text of it

    def lines(self) -> Iterator[str]:
        """`def crc32(crc, buf, len=_AUTO): …`, line by line."""
        slots = self.plan.slots
        names = [slot.name for slot in slots]
        yield f"def {python_name(self.function.name)}({self._head()}):"
        yield from (f"    {line}" for line in self._arrange())
        body = [line for slot in slots for line in self._convert(slot)]
        if self.function.variadic:
            self.scope["_each"] = self.cross.variadic
            body.append("_more = [_each(_x) for _x in _more]")
        call = f"_f({', '.join([*names, *(['*_more'] if self.function.variadic else [])])})"
        yield "    try:"
        yield from (f"        {line}" for line in body)
        if self.errno:
            self.scope["_ffi"] = self.library.ffi
            yield "        _ffi.errno = 0"
        results = Results(self)
        ends = list(results.lines())
        returns = results.returned()
        plain = returns == "_r" and not self.errno and not ends
        if plain and not self.library.calls_back:
            yield f"        return {call}"
        else:
            yield f"        _r = {call}"
        yield "    except _REFUSALS as _error:"
        given = f"({', '.join(names)}{',' if names else ''})"
        yield f"        raise _explain(_error, {given}) from None"
        if plain and not self.library.calls_back:
            return
        yield "    if _raised: _carry()"
        yield from (f"    {line}" for line in ends)
        yield f"    return {returns}"

    def _head(self) -> str:
        if self.plan.spread:
            return "*_args, **_named"
        parts = [f"{s.name}=_AUTO" if s.optional or s.filled else s.name for s in self.plan.slots]
        return ", ".join([*parts, *(["*_more"] if self.function.variadic else [])])

    def _arrange(self) -> Iterator[str]:
        """Where what may be left out stands first: all arguments, or only those that must be."""
        if not self.plan.spread:
            return
        names = ", ".join(slot.name for slot in self.plan.slots)
        short = self.plan.short
        self.scope["_arrange"] = self._arranged
        yield f"if _args.__len__() == {len(short)} and not _named:"
        if short:
            yield f"    {', '.join(slot.name for slot in short)}, = _args"
        others = [slot.name for slot in self.plan.slots if slot not in short]
        yield f"    {' = '.join(others)} = _AUTO"
        yield f"else: {names}, = _arrange(_args, _named)"

    def _arranged(self, args: tuple[Any, ...], named: dict[str, Any]) -> list[Any]:
        slots, short = self.plan.slots, self.plan.short
        names = [slot.name for slot in slots]
        takes = short if len(args) <= len(short) else slots
        given = dict(zip((slot.name for slot in takes), args, strict=False))
        unknown = [name for name in named if name not in names or name in given]
        given |= named
        lacking = [slot.name for slot in short if slot.name not in given]
        if unknown or lacking or len(args) > len(slots):
            detail = f"{self.function.name} was called with {len(args)} arguments"
            detail += f" and {', '.join(named)}" if named else ""
            raise UsageError(detail, hint=f"it takes {signature(self.plan)}, or all of them")
        return [given.get(name, AUTO) for name in names]

    def _convert(self, slot: Slot) -> Iterator[str]:
        name = slot.name
        if slot.optional and slot.role != "out":
            yield f"if {name} is _AUTO: {name} = None"
        make = getattr(self, f"_{slot.role}", None)
        if make:
            yield from make(slot)
        elif slot.role not in ("plain", "length"):
            self.scope[f"_to_{name}"] = getattr(self.cross, _OTHERS[slot.role])
            yield f"{name} = _to_{name}({name})"
        if slot.parameter.nonnull and slot.role not in ("out", "room"):
            self.scope["_null"] = null
            yield f"if {name} is None or {name}.__class__ is not _bytes and not {name}: _null()"

    def _text(self, slot: Slot) -> Iterator[str]:
        name = slot.name
        if not slot.shape.const:
            self.scope[f"_to_{name}"] = self.cross.writable_text
            yield f"{name} = _to_{name}({name})"
            yield from self._sized(slot)
            return
        self.scope[f"_to_{name}"] = self.cross.text
        whole = "" if self._length_of(slot) else f" and '\\0' not in {name}"
        yield f"if {name}.__class__ is _str{whole}: {name} = {name}.encode()"
        yield f"elif {name}.__class__ is not _bytes: {name} = _to_{name}({name})"
        yield from self._sized(slot)

    def _buffer(self, slot: Slot) -> Iterator[str]:
        self.scope[f"_to_{slot.name}"] = buffer(self.cross, slot.shape)
        yield f"{slot.name} = _to_{slot.name}({slot.name})"
        yield from self._sized(slot)

    def _sized(self, slot: Slot) -> Iterator[str]:
        """Fill in the length of a buffer, or check the one that was given."""
        length = self._length_of(slot)
        if length is None:
            return
        self.scope |= {"_small": small, "_unknown": unknown}
        name, size = length.name, f"_n_{slot.name}"
        self.scope["_readable"] = readable
        yield f"{size} = {'_readable' if slot.shape.const else '_len'}({slot.name})"
        if length.role == "room":
            self.scope[f"_new_{name}"] = self._new(length)
            yield f"_given_{name} = {name}"
            given = f"{size} if {size} >= 0 else _unknown({name!r})"
            yield f"if {name} is _AUTO: {name} = _new_{name}({given})"
            yield f"elif {name}.__class__ is _int:"
            yield f"    if {name} > {size} >= 0: _small({name}, {size}, {slot.name!r})"
            yield f"    {name}, _given_{name} = _new_{name}({name}), _AUTO"
        else:
            yield f"if {name} is _AUTO: {name} = {size} if {size} >= 0 else _unknown({name!r})"
            yield f"elif {name} > {size} >= 0: _small({name}, {size}, {slot.name!r})"

    def _room(self, slot: Slot) -> Iterator[str]:
        yield from ()

    def _out(self, slot: Slot) -> Iterator[str]:
        name = slot.name
        self.scope[f"_new_{name}"] = self._new(slot)
        self.scope[f"_to_{name}"] = self._out_given(slot)
        yield f"_given_{name} = {name}"
        yield f"{name} = _new_{name}() if {name} is _AUTO else _to_{name}({name})"

    def _new(self, slot: Slot) -> Any:
        new = self.library.ffi.new
        type = self.native_type(slot)
        self.library.complete_shapes([slot.shape.to] if slot.shape.to else [])
        return lambda value=None: new(type) if value is None else new(type, value)

    def _out_given(self, slot: Slot) -> Any:
        to = slot.shape.to
        if to is not None and to.kind == "record":
            return self.cross.handle(self.library.handle_class(to.name))
        if to is not None and to.kind in ("int", "real", "enum", "bool"):
            return buffer(self.cross, slot.shape)
        return self.cross.strings if to is not None and is_text(to) else self.cross.pointer

    def native_type(self, slot: Slot) -> Any:
        type = getattr(self.abi, "type", None) or self.library.ffi.typeof(self.abi)
        return type.args[self.plan.slots.index(slot)]

    def _handle(self, slot: Slot) -> Iterator[str]:
        name = slot.name
        cls = self.library.handle_class_of(slot.shape)
        self.scope[f"_C_{name}"], self.scope[f"_to_{name}"] = cls, self.cross.handle(cls)
        if self.is_freed(slot):
            yield f"_freed = {name}"
        elif self.receiver() is slot:
            yield f"_self = {name}"
        else:
            self.scope["_lend"] = lend
            yield f"_lend({name})"
        yield f"{name} = {name}._p if {name}.__class__ is _C_{name} else _to_{name}({name})"

    def _record(self, slot: Slot) -> Iterator[str]:
        cls = self.library.handle_class(slot.shape.name)
        self.scope[f"_to_{slot.name}"] = self.cross.record(cls)
        yield f"{slot.name} = _to_{slot.name}({slot.name})"

    def _callback(self, slot: Slot) -> Iterator[str]:
        name, holder = slot.name, self.receiver()
        native = self.native_type(slot)
        make = self.cross.callbacks.make
        brief = bool(DURING_CALL.search(self.function.name))
        self.scope[f"_to_{name}"] = lambda x, held=None: make(native, x, held, brief=brief)
        held = ", _self" if holder is not None and not brief and not self.is_freed(holder) else ""
        yield f"{name} = _to_{name}({name}{held})"
        if slot.parameter.type == _DESTRUCTOR and held:
            yield from self._keep_texts(slot)

    def _keep_texts(self, slot: Slot) -> Iterator[str]:
        """Where no function frees a text that C was given, C may read it long after the call."""
        names = [s.name for s in self.plan.slots if s.role in ("text", "buffer")]
        numbers = [s.name for s in self.plan.slots if s.shape.kind == "int" and s.role == "plain"]
        self.scope["_keep"] = self.cross.callbacks.keep
        key = f"({', '.join([repr(self.function.name), *numbers])},)"
        yield f"if {slot.name} == _NULL: _keep(_self, {key}, ({', '.join(names)},))"

    def _plain(self, slot: Slot) -> Iterator[str]:
        name, shape = slot.name, slot.shape
        if shape.kind == "char":
            self.scope["_char"] = char
            yield f"{name} = _char({name})"
        elif shape.kind == "real" and shape.size == 4:
            self.scope |= {"_single": single, "_float": float}
            yield f"if {name}.__class__ is _float and not {-_GREATEST} < {name} < {_GREATEST}:"
            yield f"    _single({name})"

    def _length_of(self, slot: Slot) -> Slot | None:
        number = self.plan.slots.index(slot)
        return next((s for s in self.plan.slots if s.of == number), None)

    def receiver(self) -> Slot | None:
        """The handle whose method the function is: the first argument that is no result."""
        given = [slot for slot in self.plan.slots if slot.role != "out"]
        return given[0] if given and given[0].role == "handle" else None

    def is_freed(self, slot: Slot) -> bool:
        if self.receiver() is not slot:
            return False
        return self.function.name in self.library.handle_class_of(slot.shape).__partners__


_OTHERS = {"array": "strings", "valist": "valist", "pointer": "pointer"}
