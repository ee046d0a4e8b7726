"""Lets Ctrl-C end a loop in Lua: where Lua runs on and on, it looks up, and Python may raise.

Python runs a signal's function only where it runs itself. So every 0.1 seconds that this process
computes, which are none while it rests, a thread sets the hook of Lua 5.4 for one step, which calls
Python; also that of the coroutine that runs, for each has its own. What LuaJIT compiled calls no
hooks: its profiler is on instead, with no timer of its own, and calls Python at SIGPROF. Where
Python raised, LuaJIT's hook is set, too, to end what runs.
"""

from __future__ import annotations

import ctypes
import os
import signal
import time
from ctypes import POINTER, Structure, byref, c_int, c_long, c_void_p
from functools import lru_cache
from threading import RLock, Thread, current_thread, main_thread
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakSet

from .native import library

if TYPE_CHECKING:
    from .bridge import Lua

PERIOD: Final = 0.1
"""Seconds of computing between two looks."""

_PROCESS_CPUTIME, _COUNT = 2, 8
"""CLOCK_PROCESS_CPUTIME_ID and LUA_MASKCOUNT."""


class Looks:
    """The looks of one runtime."""

    def __init__(self, bridge: Lua) -> None:
        self.lock, self.limits = bridge.turns.lock, bridge.limits
        self.state = self.hook = 0
        self.coroutines: dict[int, str] = {}
        self.glancing = RLock()  # no coroutine goes meanwhile
        self.profiled = self.wanted = False
        self.jit = bridge.engine.abi == "5.1"
        self.lua: Any = ctypes.PyDLL(library(bridge.engine))  # no runtime goes meanwhile
        self.lua.lua_gethook.restype, self.lua.lua_gethook.argtypes = c_void_p, [c_void_p]
        self.lua.lua_gethookmask.argtypes = [c_void_p]
        self.lua.lua_sethook.argtypes = [c_void_p, c_void_p, c_int, c_int]

    def start(self, state: int) -> None:
        """Look up from now on, by the hook that the `lua_State` at this address has."""
        self.state, self.hook = state, self.lua.lua_gethook(state)
        self.rest()
        _watched.add(self)
        _watch()

    def profile(self, start: Any) -> None:
        """Heed SIGPROF, if it is nobody else's; `start` turns LuaJIT's profiler on."""
        free = signal.getsignal(signal.SIGPROF) in (signal.SIG_DFL, signal.SIG_IGN)
        if free and current_thread() is main_thread() and not any(x.profiled for x in _watched):
            signal.signal(signal.SIGPROF, signal.SIG_IGN)  # what LuaJIT leaves behind as it goes
            start()
            signal.setitimer(signal.ITIMER_PROF, 0)
            self.profiled = True

    def want(self) -> None:
        """Let the hook end what runs, as soon as may be."""
        self.wanted = True

    def stop(self) -> None:
        """Look no more: the state goes."""
        self.forget()
        self.state, self.profiled = 0, False

    def rest(self, coroutine: str = "") -> None:
        """Let Lua run without its hook, which it keeps in mind."""
        self.wanted = False
        if self.state:
            self.lua.lua_sethook(int(coroutine, 16) if coroutine else self.state, None, 0, 0)

    def show(self, place: int, coroutine: str) -> None:
        """Look also at the `lua_State` at this address, which lives on while it has the place."""
        self.rest(coroutine)
        with self.glancing:
            self.coroutines[place] = coroutine

    def forget(self) -> None:
        """Look at no coroutine: they go."""
        with self.glancing:
            self.coroutines.clear()

    def glance(self) -> None:
        """Where Lua runs now, let it call Python."""
        self.limits.relieve()
        if self.lock.acquire(False):
            self.lock.release()
        elif self.profiled:
            self._leave_compiled_code()
            time.sleep(0.02)  # what it calls then may want the hook
            if self.wanted:
                self._set_hook(self.state)
                self._leave_compiled_code()
        elif not self.jit:
            with self.glancing:
                self._set_hooks()

    def _set_hooks(self) -> None:
        for state in (self.state, *(int(x, 16) for x in self.coroutines.values())):
            if state and not self.lua.lua_gethookmask(state):
                self._set_hook(state)

    def _set_hook(self, state: int) -> None:
        if self.state:
            self.lua.lua_sethook(state, self.hook, _COUNT, 1)

    def _leave_compiled_code(self) -> None:
        if self.profiled:
            signal.pthread_kill(main_thread().ident or 0, signal.SIGPROF)


_watched: WeakSet[Looks] = WeakSet()


@lru_cache(maxsize=1)
def _watch() -> None:
    """Start the thread that looks after all runtimes."""
    Thread(target=_glance_around, name="polyhy-lua", daemon=True).start()


def _glance_around() -> None:
    while True:
        _compute(PERIOD)
        _glance_at_each()


def _glance_at_each() -> None:
    for looks in list(_watched):
        looks.glance()


class _Time(Structure):
    _fields_ = (("seconds", c_long), ("nanoseconds", c_long))


def _compute(seconds: float) -> None:
    """Sleep until this process has computed so long."""
    sleep, span = _sleep(), _Time(0, int(seconds * 1e9))
    if sleep is None or sleep(_PROCESS_CPUTIME, 0, byref(span), None):
        time.sleep(seconds)


@lru_cache(maxsize=1)
def _sleep() -> Any:
    sleep = getattr(ctypes.CDLL(None), "clock_nanosleep", None)
    if sleep is not None:
        sleep.argtypes = [c_int, c_int, POINTER(_Time), c_void_p]
    return sleep


def _again() -> None:
    """A forked child has no such thread yet, and no thread that glances."""
    for looks in _watched:
        looks.glancing = RLock()
    if _watch.cache_info().currsize:
        _watch.cache_clear()
        _watch()


os.register_at_fork(after_in_child=_again)
