"""Calls at the price of compiled ones: what is used is compiled in the background and takes over.

cffi writes the C of an extension module for the functions in use; our compiler makes it; then each
Python function calls that instead. Functions of numbers alone are handed out as they are.
"""

from __future__ import annotations

import sysconfig
import threading
from collections.abc import Sequence
from importlib.machinery import ExtensionFileLoader, ModuleSpec
from importlib.util import module_from_spec
from typing import TYPE_CHECKING, Any

import cffi

from .compiler import build
from .errors import CSyntaxError
from .files import digest
from .reader import including

if TYPE_CHECKING:
    from .call import Call
    from .library import Library

_PAUSE = 0.02
_PLAIN = frozenset({"plain", "text", "buffer", "length", "room", "out", "handle"})
_RELAXED = ("-Wno-incompatible-pointer-types", "-Wno-int-conversion")


class Fast:
    """The functions of a library that wait to be compiled, and the thread that does it."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.waiting: list[Call] = []
        self.lock = threading.Lock()
        self.idle = threading.Event()
        self.idle.set()

    def add(self, call: Call) -> None:
        """Have the function of `call` compiled soon, where C's types allow it."""
        if not _can(call):
            return
        with self.lock:
            self.waiting.append(call)
            if self.idle.is_set():
                self.idle.clear()
                threading.Thread(target=self._work, daemon=True).start()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until all that was used is compiled; False where the time was too short."""
        return self.idle.wait(timeout)

    def _work(self) -> None:
        pause = threading.Event()
        while True:
            pause.wait(_PAUSE)  # more names may come right behind the first
            with self.lock:
                calls, self.waiting = self.waiting, []
                if not calls:
                    self.idle.set()
                    return
            self._take_over(calls)

    def _take_over(self, calls: Sequence[Call]) -> None:
        try:
            native = _compiled(self.library, calls)
        except CSyntaxError:
            if len(calls) > 1:  # one that does not compile must not hold up the others
                for call in calls:
                    self._take_over([call])
            return
        for call in calls:
            name = call.function.name
            call.scope["_f"] = getattr(native, name)
            if (
                not call.errno
                and all(s.role == "plain" for s in call.plan.slots)
                and _is_bare(call)
            ):
                self.library.__dict__[name] = call.scope["_f"]


def _can(call: Call) -> bool:
    function = call.function
    plain = all(slot.role in _PLAIN for slot in call.plan.slots)
    result = function.shape.kind not in ("record", "complex", "callback", "valist", "unknown")
    return plain and result and not (function.variadic or function.inline)


def _is_bare(call: Call) -> bool:
    """True where the Python function adds nothing to the native one."""
    kinds = {slot.shape.kind for slot in call.plan.slots} | {call.function.shape.kind}
    return kinds <= {"int", "real", "bool", "enum", "void"} and not call.library.calls_back


def _compiled(library: Library, calls: Sequence[Call]) -> Any:
    ffi = cffi.FFI()
    ffi.cdef("\n".join(_declaration(call) for call in calls))
    source = including(library.headers)
    objects = [str(each) for each in library.located.objects]
    key = digest([source, *objects, *(_declaration(call) for call in calls)])
    name = f"_polyhy_c_{key}"
    text = _written(ffi, name, source)
    rpaths = [f"-Wl,-rpath,{each.rpartition('/')[0]}" for each in objects]
    include = f"-I{sysconfig.get_path('include')}"
    made = build(text, [*_RELAXED, include, *library.located.flags, *objects, *rpaths])
    loader = ExtensionFileLoader(name, str(made))
    module = module_from_spec(ModuleSpec(name, loader, origin=str(made)))
    loader.exec_module(module)
    return module.lib


def _written(ffi: cffi.FFI, name: str, source: str) -> str:
    from tempfile import TemporaryDirectory

    from cffi.recompiler import recompile

    with TemporaryDirectory() as folder:
        file = f"{folder}/{name}.c"
        # ffi.emit_c_code would do, and print what it does
        recompile(
            *(ffi, name, source),
            c_file=file,
            call_c_compiler=False,
            uses_ffiplatform=False,
            compiler_verbose=False,
        )
        with open(file, encoding="utf-8") as stream:
            return stream.read()


def _declaration(call: Call) -> str:
    """The function in words that need no other: pointers to records are `void *`."""
    type = call.library.ffi.typeof(call.abi)
    arguments = ", ".join(map(_bare, type.args)) or "void"
    return f"{_bare(type.result)} {call.function.name}({arguments});"


def _bare(type: Any) -> str:
    if type.kind == "enum":
        return "int"
    if type.kind == "pointer":
        item = type.item
        return f"{item.cname} *" if item.kind in ("primitive", "void") else "void *"
    return type.cname
