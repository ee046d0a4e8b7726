"""What AsyncLocalStorage keeps over `await`: jobs of promises run in the context of their `then`.

The engine asks its job queue for an object when somebody waits for a promise, and hands it over
with the job. That object is the context, which scripts keep at an index of the global object.
"""

from __future__ import annotations

from ctypes import PYFUNCTYPE, byref, c_bool, c_uint64, c_void_p
from functools import lru_cache, partial
from typing import Any

from polyhy import owner

from . import jobs, native
from .engine import core
from .jobs import LOOP

PLACE = 2**32 - 2
"""The last index that an object has."""

_ASKED = "_ZNK8JobQueue18getHostDefinedDataEP9JSContextN2JS13MutableHandleIP8JSObjectEE"
_Ask = PYFUNCTYPE(c_bool, c_void_p, c_void_p, c_void_p)
_IS_OBJECT = 0xFFFE
_WITHIN = f"""(context, job) => {{
  const before = globalThis[{PLACE}];
  globalThis[{PLACE}] = context;
  try {{
    job();
  }} finally {{
    globalThis[{PLACE}] = before;
  }}
}}"""


@lru_cache(maxsize=1)
def keep() -> tuple[Any, ...]:
    """Keep contexts from now on; what is returned must live as long."""
    within = core().eval(_WITHIN, {"filename": "polyhy/contexts.py"})

    @owner.shelter
    def ask(_: int, cx: int, answer: int) -> bool:
        realm, value = c_uint64(native.function("CurrentGlobalOrNull")(cx)), c_uint64()
        native.function("GetElement")(cx, byref(realm), PLACE, byref(value))
        if value.value >> 48 == _IS_OBJECT:
            c_uint64.from_address(answer).value = native.object_address(value.value)
        return True

    @owner.shelter
    def enqueue(_: int, cx: int, promise: int, job: int, site: int, context: int) -> bool:
        LOOP.jobs.append(partial(within, _object(cx, context), _object(cx, job)))
        return True

    ours = {_ASKED: _Ask(ask), jobs.ENQUEUE: jobs.Enqueue(enqueue)}
    jobs.replace(ours)
    return within, ours


def _object(cx: int, handle: int) -> Any:
    """The object that a handle points to; None where it points to none."""
    if not c_uint64.from_address(handle).value:
        return None
    return native.function("pyTypeFactory")(cx, byref(native.object_value(handle)))
