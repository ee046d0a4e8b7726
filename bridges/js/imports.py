"""`import()` in text that a script or a prompt evaluates: the engine asks here what it means.

In files it was converted like all else; see convert.py.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from ctypes import PYFUNCTYPE, byref, c_bool, c_uint64, c_void_p
from typing import Any

from polyhy import owner

from . import native

_PLACE = 2**32 - 3  # an index of the global object, where a script leaves what was imported
_TEXT = 0xFFFB << 48  # a JS::Value that is a text: this, and its address
_Hook = PYFUNCTYPE(c_bool, c_void_p, c_void_p, c_void_p, c_void_p)
_hooks: list[Any] = []  # the engine has the latest, and none may be freed


def serve(load: Callable[..., bool]) -> None:
    """Answer from now on by `load(name, folder, place)`, a function of modules.js."""

    @owner.shelter
    def hook(cx: int, _: int, request: int, promise: int) -> bool:
        name = c_uint64(_TEXT | native.function("GetModuleRequestSpecifier")(cx, request))
        try:
            spec = native.function("pyTypeFactory")(cx, byref(name))
            outcome = "ResolvePromise" if load(spec, os.getcwd(), _PLACE) else "RejectPromise"
        except BaseException:  # the script was stopped
            return False
        realm, value = c_uint64(native.function("CurrentGlobalOrNull")(cx)), c_uint64()
        native.function("GetElement")(cx, byref(realm), _PLACE, byref(value))
        return native.function(outcome)(cx, promise, byref(value))

    _hooks.append(_Hook(hook))
    runtime = native.function("GetRuntime")(native.context())
    native.function("SetModuleDynamicImportHook")(runtime, _hooks[-1])
