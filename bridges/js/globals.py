"""What the globals of scripts (timers, console, process, crypto, text) ask of Python."""

from __future__ import annotations

import base64
import os
import sys
import time
import uuid
from typing import Any

from polyhy.loop import Timer
from polyhy.values import Lent

from .engine import LOOP
from .guest import Guest

FROM_MODULES = {
    "Buffer": ("buffer", "Buffer"),
    "URL": ("url", "URL"),
    "URLSearchParams": ("url", "URLSearchParams"),
}
"""Globals that are members of modules, loaded when a script first names them."""


class Globals:
    """Installed once in each life of the runtime."""

    def __init__(self, guest: Guest) -> None:
        guest.extend("globals.js")
        guest.ask("install", Lent(Services(guest)))


class Services:
    """The host as globals.js sees it. Times are in milliseconds there, in seconds here."""

    modules = FROM_MODULES
    platform = {"win32": "win32", "darwin": "darwin"}.get(sys.platform, "linux")
    pid = os.getpid()

    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        self._timers: dict[int, Timer] = {}
        self._started = time.monotonic()

    def after(self, number: int, wait: float, again: bool) -> None:
        def fire() -> None:
            self._timers.pop(number, None)
            if again:
                self._timers[number] = LOOP.call_later(wait / 1000, fire)
            self._guest.ask("fire", number)

        self._timers[number] = LOOP.call_later(wait / 1000, fire)

    def cancel(self, number: int) -> None:
        timer = self._timers.pop(number, None)
        if timer is not None:
            timer.cancel()

    def idle(self, number: int, yes: bool) -> None:
        if number in self._timers:
            self._timers[number].idle = yes

    def write(self, stream: int, text: str) -> None:
        (sys.stderr if stream == 2 else sys.stdout).write(text)

    def decode(self, data: bytes, encoding: str, fatal: bool, keep_mark: bool) -> str:
        text = data.decode(encoding, "strict" if fatal else "replace")
        return text if keep_mark else text.removeprefix("\ufeff")

    def random(self, length: int) -> bytes:
        return os.urandom(length)

    def uuid(self) -> str:
        return str(uuid.uuid4())

    def env(self) -> dict[str, str]:
        names = {k: v for k, v in os.environ.items() if k.isascii() and v.isascii()}
        return {"NODE_ENV": "production", **names}

    def cwd(self) -> str:
        return os.getcwd()

    def now(self) -> float:
        return time.monotonic() - self._started

    def atob(self, text: str) -> str:
        return base64.b64decode(text + "=" * (-len(text) % 4)).decode("latin-1")

    def btoa(self, text: str) -> str:
        return base64.b64encode(text.encode("latin-1")).decode()

    def exit(self, code: Any) -> None:
        sys.exit(code)
