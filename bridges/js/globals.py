"""What the globals of scripts (timers, console, process, crypto, text) ask of Python."""

from __future__ import annotations

import base64
import codecs
import os
import time
import uuid
from collections.abc import Callable
from typing import Any

from polyhy.errors import TimedOut
from polyhy.loop import Timer
from polyhy.values import Lent

from . import contexts, interrupts
from .engine_guest import EngineGuest
from .jobs import LOOP
from .node.compression import Compression
from .node.files import Files
from .node.hashes import Hashes
from .node.network import Network
from .node.secure import Secure
from .node.sockets import Sockets
from .node.system import System
from .objects import lasting

_STREAMS = (
    *("ReadableStream", "ReadableStreamDefaultReader", "ReadableStreamDefaultController"),
    *("ReadableStreamBYOBReader", "ReadableStreamBYOBRequest", "ReadableByteStreamController"),
    *("WritableStream", "WritableStreamDefaultWriter", "WritableStreamDefaultController"),
    *("TransformStream", "TransformStreamDefaultController"),
    *("ByteLengthQueuingStrategy", "CountQueuingStrategy"),
    *("TextEncoderStream", "TextDecoderStream", "CompressionStream", "DecompressionStream"),
)

FROM_MODULES: dict[str, tuple[str, ...]] = {
    "process": ("process",),
    "atomics": ("Atomics",),
    "buffer": ("Buffer",),
    "blob": ("Blob", "File"),
    "url": ("URL", "URLSearchParams"),
    "clone": ("structuredClone", "DOMException"),
    "event_target": ("Event", "EventTarget", "CustomEvent", "AbortController", "AbortSignal"),
    "messages": ("MessageChannel", "MessagePort", "MessageEvent", "BroadcastChannel"),
    "webcrypto": ("crypto", "Crypto", "CryptoKey", "SubtleCrypto"),
    "perf_hooks": (
        *("performance", "Performance", "PerformanceEntry", "PerformanceMark"),
        *("PerformanceMeasure", "PerformanceObserver"),
    ),
    "streams": _STREAMS,
    "web_fetch": ("fetch", "Headers", "Request", "Response", "FormData", "WebSocket", "CloseEvent"),
}
"""Globals that are members of the modules in node/, made when a script first names them."""


class Globals:
    """Installed once in each life of the runtime."""

    def __init__(self, guest: EngineGuest) -> None:
        guest.extend("globals.js")
        guest.ask("install", Lent(Services(guest)))


class Services:
    """The host as the scripts of this room see it. Times are in milliseconds there."""

    modules = FROM_MODULES

    def __init__(self, guest: EngineGuest) -> None:
        self._guest = guest
        self._timers: dict[int, Timer] = {}
        self._started = time.monotonic()
        self._decoders: dict[int, codecs.IncrementalDecoder] = {}
        self._ticks: Callable[[], object] = _nothing
        self.files, self.hashes = Files(), Hashes()
        self.compression, self.system, self.secure = Compression(), System(), Secure()
        self.network, self.sockets = Network(LOOP.call_later, lasting), Sockets(LOOP, lasting)
        self.place = contexts.PLACE

    # --- timers and ticks

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

    def ticks(self, drain: Callable[[], object]) -> None:
        """Say what runs the callbacks of process.nextTick."""
        self._ticks = lasting(drain)

    def tick(self) -> None:
        """Run them before the jobs of promises; if such a job asks, after those that wait."""
        if LOOP.serving:
            LOOP.jobs.append(self._tick_last)
        else:
            LOOP.jobs.appendleft(self._run_ticks)

    def _tick_last(self) -> None:
        if LOOP.jobs:
            LOOP.jobs.append(self._tick_last)
        else:
            self._run_ticks()

    def _run_ticks(self) -> None:
        with self._guest.unsettled():  # or ticks of promises of ticks would lie upon each other
            self._ticks()

    def keep_contexts(self) -> None:
        contexts.keep()

    def in_time(self, run: Callable[[], object], seconds: float) -> bool:
        """Run a script's function; False if it took longer."""
        try:
            with interrupts.limited(seconds, None):
                run()
        except TimedOut:
            return False
        return True

    # --- clocks, chance, text

    def now(self) -> float:
        return (time.monotonic() - self._started) * 1000

    def nanoseconds(self) -> str:
        return str(time.monotonic_ns())

    def sleep(self, wait: float) -> None:
        time.sleep(wait / 1000)

    def random(self, length: int) -> bytes:
        return os.urandom(length)

    def uuid(self) -> str:
        return str(uuid.uuid4())

    def encoding(self, label: str) -> str | None:
        """What the web calls an encoding; None where Python has none of that name."""
        name = _LABELS.get(label, label)
        try:
            return _NAMES.get(codecs.lookup(name).name, name)
        except LookupError:
            return None

    def decode(self, data: bytes, encoding: str, fatal: bool) -> str | None:
        try:
            return data.decode(_CODECS.get(encoding, encoding), "strict" if fatal else "replace")
        except UnicodeDecodeError:
            return None

    def decode_piece(self, number: int, data: bytes, encoding: str, fatal: bool, last: bool) -> Any:
        """Decode the next piece of a stream."""
        decoder = self._decoders.get(number)
        if decoder is None:
            make = codecs.getincrementaldecoder(_CODECS.get(encoding, encoding))
            decoder = self._decoders[number] = make("strict" if fatal else "replace")
        if last:
            del self._decoders[number]
        try:
            return decoder.decode(data, last)
        except UnicodeDecodeError:
            return None

    def atob(self, text: str) -> str | None:
        bare = "".join(text.split())
        bare = bare.removesuffix("==" if len(bare) % 4 == 0 and bare.endswith("==") else "=")
        try:
            if len(bare) % 4 == 1:
                return None
            return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode("latin-1")
        except ValueError:
            return None

    def btoa(self, text: str) -> str | None:
        try:
            return base64.b64encode(text.encode("latin-1")).decode()
        except UnicodeEncodeError:
            return None

    def write(self, stream: int, text: str) -> None:
        self.system.write(stream, text)


_NAMES = {
    **{f"iso8859-{n}": f"iso-8859-{n}" for n in range(2, 17)},
    **{f"cp{n}": f"windows-{n}" for n in range(1250, 1259)},
    **dict.fromkeys(("ascii", "iso8859-1", "latin-1"), "windows-1252"),
    **{"iso8859-9": "windows-1254", "gb2312": "gbk", "cp932": "shift_jis"},
    **{"utf-16": "utf-16le", "utf-16-le": "utf-16le", "utf-16-be": "utf-16be", "utf8": "utf-8"},
    **{"euc_jp": "euc-jp", "euc_kr": "euc-kr"},
}
_LABELS = {"unicode-1-1-utf-8": "utf-8", "x-sjis": "shift_jis", "unicode": "utf-16le"}
_CODECS = {"utf-16": "utf-16-le", "utf-16le": "utf-16-le", "gbk": "gb18030"}
_CODECS |= {"shift_jis": "cp932"}
"""What the web calls Python's codecs, its other names for them, and the codec that it means."""


def _nothing() -> None: ...
