"""SpiderMonkey's own functions, by ctypes: what PythonMonkey's core does not pass on.

They are C++ of one version of the engine, which pyproject.toml pins. Each is asked for by name, and
one that is not there is an error that says so before anything was called.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from ctypes import c_bool, c_uint32, c_uint64, c_void_p
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from polyhy.errors import RuntimeUnavailable

_MOZ, PYTHONMONKEY = "libmozjs-*", "pythonmonkey.*"
_HANDLE = "N2JS6HandleIP8JSObjectEE"

_FUNCTIONS: Final[dict[str, tuple[str, str, Any, list[Any]]]] = {
    "SetJobQueue": (
        _MOZ,
        "_ZN2JS11SetJobQueueEP9JSContextPNS_8JobQueueE",
        None,
        [c_void_p, c_void_p],
    ),
    "JobQueueMayNotBeEmpty": (
        _MOZ,
        "_ZN2JS21JobQueueMayNotBeEmptyEP9JSContext",
        None,
        [c_void_p],
    ),
    "ClearKeptObjects": (
        _MOZ,
        "_ZN2JS16ClearKeptObjectsEP9JSContext",
        None,
        [c_void_p],
    ),
    "SetPromiseRejectionTrackerCallback": (
        _MOZ,
        "_ZN2JS34SetPromiseRejectionTrackerCallbackEP9JSContext"
        "PFvS1_bNS_6HandleIP8JSObjectEENS_29PromiseRejectionHandlingStateEPvES7_",
        None,
        [c_void_p, c_void_p, c_void_p],
    ),
    "GetPromiseID": (
        _MOZ,
        "_ZN2JS12GetPromiseIDENS_6HandleIP8JSObjectEE",
        c_uint64,
        [c_void_p],
    ),
    "AddInterruptCallback": (
        _MOZ,
        "_Z23JS_AddInterruptCallbackP9JSContextPFbS0_E",
        c_bool,
        [c_void_p, c_void_p],
    ),
    "RequestInterruptCallback": (
        _MOZ,
        "_Z27JS_RequestInterruptCallbackP9JSContext",
        None,
        [c_void_p],
    ),
    "CurrentGlobalOrNull": (
        _MOZ,
        "_ZN2JS19CurrentGlobalOrNullEP9JSContext",
        c_void_p,
        [c_void_p],
    ),
    "GetRuntime": (
        _MOZ,
        "_Z13JS_GetRuntimeP9JSContext",
        c_void_p,
        [c_void_p],
    ),
    "SetModuleDynamicImportHook": (
        _MOZ,
        "_ZN2JS26SetModuleDynamicImportHookEP9JSRuntime"
        "PFbP9JSContextNS_6HandleINS_5ValueEEENS4_IP8JSObjectEES9_E",
        None,
        [c_void_p, c_void_p],
    ),
    "GetModuleRequestSpecifier": (
        _MOZ,
        "_ZN2JS25GetModuleRequestSpecifierEP9JSContextNS_6HandleIP8JSObjectEE",
        c_void_p,
        [c_void_p, c_void_p],
    ),
    **{
        name: (
            _MOZ,
            f"_ZN2JS{len(name)}{name}EP9JSContextNS_6HandleIP8JSObjectEENS2_INS_5ValueEEE",
            c_bool,
            [c_void_p, c_void_p, c_void_p],
        )
        for name in ("ResolvePromise", "RejectPromise")
    },
    "InitReflectParse": (
        _MOZ,
        f"_Z19JS_InitReflectParseP9JSContext{_HANDLE}",
        c_bool,
        [c_void_p, c_void_p],
    ),
    "GetElement": (
        _MOZ,
        f"_Z13JS_GetElementP9JSContext{_HANDLE}jNS1_13MutableHandleINS1_5ValueEEE",
        c_bool,
        [c_void_p, c_void_p, c_uint32, c_void_p],
    ),
    "EnsureNonInlineArrayBufferOrView": (
        _MOZ,
        "_ZN2JS32EnsureNonInlineArrayBufferOrViewEP9JSContextP8JSObject",
        c_bool,
        [c_void_p, c_void_p],
    ),
    "GetArrayBufferData": (
        _MOZ,
        "_ZN2JS18GetArrayBufferDataEP8JSObjectPbRKNS_15AutoRequireNoGCE",
        c_void_p,
        [c_void_p, c_void_p, c_void_p],
    ),
    "PinArrayBufferOrViewLength": (
        _MOZ,
        "_ZN2JS26PinArrayBufferOrViewLengthEP8JSObjectb",
        c_bool,
        [c_void_p, c_bool],
    ),
    "pyTypeFactory": (
        PYTHONMONKEY,
        "_Z13pyTypeFactoryP9JSContextN2JS6HandleINS1_5ValueEEE",
        ctypes.py_object,
        [c_void_p, c_void_p],
    ),
}

_OBJECT_TAG = 0xFFFE << 48  # a JS::Value that is an object: this, and its address


@cache
def function(name: str) -> Callable[..., Any]:
    """One of the functions above; it is called with the GIL held."""
    library, symbol, result, arguments = _FUNCTIONS[name]
    found = _find(library, symbol)
    found.restype, found.argtypes = result, arguments
    return found


def address_of(name: str) -> int:
    """Where one of the functions above is."""
    return address(*_FUNCTIONS[name][:2])


@lru_cache(maxsize=1)
def context() -> int:
    """The engine's one context."""
    return c_void_p.in_dll(_library(PYTHONMONKEY), "GLOBAL_CX").value or 0


def address(library: str, symbol: str) -> int:
    """Where a function of a library is."""
    return ctypes.cast(_find(library, symbol), c_void_p).value or 0


def table(symbol: str, length: int) -> list[int]:
    """The functions of a C++ class of PythonMonkey's, in the order of its virtual table."""
    try:
        start = ctypes.addressof(c_void_p.in_dll(_library(PYTHONMONKEY), symbol))
    except ValueError:
        raise _missing(symbol) from None
    return [x or 0 for x in (c_void_p * (length + 2)).from_address(start)[2:]]


def object_value(handle: int) -> Any:
    """The JS::Value of the object that a handle points to."""
    return c_uint64(_OBJECT_TAG | (c_uint64.from_address(handle).value))


def object_address(value: int) -> int:
    """The address of the object in a JS::Value that holds one."""
    if value & _OBJECT_TAG != _OBJECT_TAG:
        raise RuntimeUnavailable("the engine did not give the object that was asked for")
    return value & ~_OBJECT_TAG


@cache
def _library(pattern: str) -> ctypes.PyDLL:
    folder = Path(next(iter(sys.modules["pythonmonkey"].__path__)))
    for file in folder.glob(pattern):
        if file.suffix in (".so", ".dylib", ".dll", ".pyd"):
            return ctypes.PyDLL(str(file))
    raise _missing(pattern)


def _find(library: str, symbol: str) -> Any:
    try:
        return getattr(_library(library), symbol)
    except AttributeError:
        raise _missing(symbol) from None


def _missing(symbol: str) -> RuntimeUnavailable:
    error = RuntimeUnavailable(f"this build of PythonMonkey has no {symbol}")
    error.hint = "polyhy needs PythonMonkey 1.4.1 on Linux: pip install pythonmonkey==1.4.1"
    return error
