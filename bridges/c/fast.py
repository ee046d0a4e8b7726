"""Calls at the price of compiled ones: what is used is compiled in the background and takes over.

cffi writes the C of an extension module for the functions in use; our compiler makes it; then each
Python function calls that instead. Functions of numbers alone are handed out as they are.
"""

from __future__ import annotations

import sys
import sysconfig
import threading
from collections.abc import Sequence
from functools import cache
from importlib.machinery import ExtensionFileLoader, ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cffi

from polyhy import store

from .compiler import build
from .errors import CSyntaxError
from .files import cache_folder, digest
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
        self.lock = threading.RLock()  # a signal may serve another thread at any step
        self.idle = threading.Event()
        self.idle.set()

    def add(self, call: Call) -> Any:
        """Have the function of `call` compiled soon, where C's types allow it.

        What an earlier process compiled takes over at once. Returns the compiled function where
        that can stand for the Python function; else None.
        """
        if not _can(call):
            return None
        native = _kept(self.library, call)
        if native is not None:
            return self._replace(call, native)
        with self.lock:
            self.waiting.append(call)
            if self.idle.is_set():
                self.idle.clear()
                threading.Thread(target=self._work, daemon=True).start()
        return None

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
        except (CSyntaxError, ImportError):
            if len(calls) > 1:  # one that does not compile must not hold up the others
                for call in calls:
                    self._take_over([call])
            return
        for call in calls:
            self._replace(call, getattr(native, call.function.name))

    def _replace(self, call: Call, native: Any) -> Any:
        call.scope["_f"] = native
        plain = all(slot.role == "plain" for slot in call.plan.slots)
        if call.errno or not plain or not _is_bare(call):
            return None
        self.library.__dict__[call.function.name] = native
        return native


def _can(call: Call) -> bool:
    function = call.function
    plain = all(slot.role in _PLAIN for slot in call.plan.slots)
    result = function.shape.kind not in ("record", "complex", "callback", "valist", "unknown")
    return plain and result and not (function.variadic or function.inline)


def _is_bare(call: Call) -> bool:
    """True where the Python function adds nothing to the native one."""
    shapes = [slot.shape for slot in call.plan.slots]
    kinds = {shape.kind for shape in (*shapes, call.function.shape)}
    if any(shape.kind == "real" and shape.size == 4 for shape in shapes):
        return False  # the function looks whether a number fits
    return kinds <= {"int", "real", "bool", "enum", "void"} and not call.library.calls_back


def _compiled(library: Library, calls: Sequence[Call]) -> Any:
    ffi = cffi.FFI()
    declared = [_declaration(call) for call in calls]
    ffi.cdef("\n".join(declared))
    hidden = "".join(f"#undef {call.function.name}\n" for call in calls)  # by a macro
    source = including(library.headers) + hidden
    objects = [str(each) for each in library.located.objects]
    name = f"_polyhy_c_{digest([source, *objects, *declared])}"
    text = _written(ffi, name, source)
    rpaths = [f"-Wl,-rpath,{each.rpartition('/')[0]}" for each in objects]
    include = f"-I{sysconfig.get_path('include')}"
    made = build(text, [*_RELAXED, include, *library.located.flags, *objects, *rpaths])
    for each in declared:
        store.write(_note(library, each), f"{name}\n{made}")
    return _loaded(name, made)


def _kept(library: Library, call: Call) -> Any:
    """The function as it was compiled before; None where it was not."""
    note = _note(library, _declaration(call))
    if not note.is_file():
        return None
    name, made = note.read_text("utf-8").split("\n")
    return getattr(_loaded(name, Path(made)), call.function.name) if Path(made).is_file() else None


def _note(library: Library, declared: str) -> Path:
    """Where it stands which extension module has a function."""
    cpython = sys.implementation.cache_tag
    parts = [cpython, library.located.version, *library.located.objects, *library.headers]
    return cache_folder("fast") / digest([*map(str, parts), declared])


@cache
def _loaded(name: str, file: Path) -> Any:
    loader = ExtensionFileLoader(name, str(file))
    module = module_from_spec(ModuleSpec(name, loader, origin=str(file)))
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
