"""A library in a process of its own: the same names and calls, and a crash is an exception.

Numbers, texts and data cross by pipe; what lives in the other process is a Proxy here. Buffers
that C may write to come back changed; callbacks are called here.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from polyhy.bridge import Bridge
from polyhy.errors import OutOfMemory, TimedOut
from polyhy.proxy import FunctionProxy, Proxy

from .errors import Crashed, Freed


class Remote(NamedTuple):
    """A thing over there: the life of that process, and the thing's number; 0 is the module."""

    life: int
    number: int


def isolated(module: str, options: Mapping[str, Any], folders: Sequence[Path]) -> Proxy:
    """Load a library in a child process."""
    process = Process(module, dict(options), [str(folder) for folder in folders])
    return process.ask("load", module, dict(options), process.folders)


class Process(Bridge):
    """One library's process, as the bridge of its Proxies. It is started anew after a crash."""

    name: ClassVar[str] = "c"

    def __init__(self, module: str, options: dict[str, Any], folders: list[str]) -> None:
        self.module, self.asked, self.folders = module, options, folders
        self.life = 0
        self.child: subprocess.Popen[bytes] | None = None
        self.pid = 0
        self.pipe: Any = None
        self.timeout: float | None = None
        self.lock = threading.RLock()
        self.callbacks: dict[int, Any] = {}
        self.errors: list[BaseException] = []
        self.gone: list[Remote] = []

    # --- the contract

    def start(self, paths: Sequence[Path]) -> None:
        ours, theirs = os.pipe(), os.pipe()
        words = [sys.executable, "-m", f"{__package__}.child", str(theirs[0]), str(ours[1])]
        # a session of its own: Ctrl-C is for us, and we end it
        self.child = subprocess.Popen(words, pass_fds=(theirs[0], ours[1]), start_new_session=True)
        os.close(theirs[0])
        os.close(ours[1])
        self.pid = os.getpid()
        self.pipe = Connection(ours[0], writable=False), Connection(theirs[1], readable=False)
        self.life += 1

    def stop(self) -> None:
        if self.child is not None:
            for pipe in self.pipe:
                pipe.close()
            self.child.kill()
            self.child.wait()
            self.child = None

    def search(self, paths: Sequence[Path]) -> None:
        self.folders += [str(path) for path in paths]

    def eval(self, source: str, origin: str) -> Any:
        return self.ask("eval", source, origin)

    def load(self, module: str, **options: Any) -> Any:
        return self.ask("load", module, options, self.folders)

    @contextmanager
    def limited(self, timeout: float | None, memory: int | None) -> Iterator[None]:
        """Calls within that take longer end the process, and raise TimedOut."""
        with self.lock:
            before, self.timeout = self.timeout, timeout
            try:
                self.ask("limit", memory)
                yield
                self.ask("limit", None)
            finally:
                self.timeout = before

    def get(self, native: Remote, name: str) -> Any:
        return self.ask("get", native, name)

    def set(self, native: Remote, name: str, value: Any) -> None:
        self.ask("set", native, name, value)

    def call(self, native: Remote, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return self.ask("call", native, *args, **kwargs)

    def item(self, native: Remote, key: Any) -> Any:
        return self.ask("item", native, key)

    def length(self, native: Remote) -> int:
        return self.ask("length", native)

    def members(self, native: Remote) -> list[str]:
        return self.ask("members", native)

    def doc(self, native: Remote) -> str:
        return self.ask("doc", native)

    def signature(self, native: Remote) -> str:
        return self.ask("signature", native)

    def show(self, native: Remote) -> str:
        return self.ask("show", native)

    # --- the pipe

    def ask(self, verb: str, *args: Any, **kwargs: Any) -> Any:
        """Ask the process; what it asks back meanwhile is answered."""
        with self.lock:
            if self.child is None or self.pid != os.getpid():  # a fork has a process of its own
                self._begin(verb)
            lent: list[Any] = []
            sent = [self._send(x, lent) for x in args]
            named = {key: self._send(x, lent) for key, x in kwargs.items()}
            try:
                self._tell((verb, sent, named, self._dropped()))
                return self._serve(verb, lent)
            except (EOFError, BrokenPipeError, ConnectionResetError):
                raise self._crashed() from None

    def _dropped(self) -> list[int]:
        """The things that nobody here holds any more."""
        gone, self.gone[:] = list(self.gone), []
        return [each.number for each in gone if each.life == self.life]

    def _begin(self, verb: str) -> None:
        self.start([])
        if verb not in ("load", "eval"):
            self.ask("load", self.module, self.asked, self.folders)

    def _serve(self, verb: str, lent: Sequence[Any]) -> Any:
        life = self.life
        while True:
            if self.timeout is not None and not self.pipe[0].poll(self.timeout):
                self.stop()
                message = f"{verb} took longer than {self.timeout} s, and its process was ended"
                raise TimedOut(type_name="TimedOut", message=message, language="c")
            kind, value, changed = self._heard()
            if kind == "callback":
                answer = self._called(*value)
                if self.child is None or self.life != life:  # it ended in what the callback called
                    raise self.errors.pop() if answer[0] == "raise" else self._crash("Ended")
                self._tell(answer)
                continue
            for x, content in zip(lent, changed, strict=True):
                if content is not None:
                    memoryview(x).cast("B")[:] = content
            if kind == "carried":
                raise self.errors.pop()
            if kind == "error":
                raise OutOfMemory(*value.args) if isinstance(value, MemoryError) else value
            return self._receive(value)

    def _heard(self) -> Any:
        with self._whole():
            return self.pipe[0].recv()

    def _tell(self, message: Any) -> None:
        with self._whole():
            self.pipe[1].send(message)

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """End the process where Ctrl-C cuts a message: the next call would take it for its own."""
        try:
            yield
        except KeyboardInterrupt:
            self.stop()
            raise

    def _called(self, number: int, args: Sequence[Any]) -> tuple[str, Any]:
        try:
            value = self.callbacks[number](*[self._receive(x) for x in args])
            return "value", self._send(value, [])
        except BaseException as error:
            self.errors.append(error)
            return "raise", None

    def _send(self, x: Any, lent: list[Any]) -> tuple[str, Any]:
        buffer: Any = x
        if isinstance(x, Proxy) and x.__bridge__ is self:
            return "ref", self._current(x.__native__)
        if isinstance(x, Remote):
            return "ref", self._current(x)
        if callable(x) and not isinstance(x, type):
            number = id(x)
            self.callbacks[number] = x  # as long as the process may call it
            return "callback", (number, _places(x))
        if isinstance(x, (bytes, str, int, float, complex, type(None), list, tuple, dict)):
            return "value", x
        with suppress(TypeError, ValueError), memoryview(buffer) as view:
            if not view.readonly and view.c_contiguous:
                lent.append(x)
                return "lent", x
        return "value", x

    def _current(self, native: Remote) -> int:
        if native.life != self.life and native.number != 0:
            raise Freed(what="this object, whose process ended,")
        return native.number

    def _receive(self, sent: Any) -> Any:
        kind, value = sent
        if kind == "value":
            return value
        if kind == "tuple":
            return tuple(map(self._receive, value))
        proxy = FunctionProxy if kind == "function" else Proxy
        made = proxy(self, Remote(self.life, value))
        weakref.finalize(made, self.gone.append, Remote(self.life, value)).atexit = False
        return made

    def _crashed(self) -> Crashed:
        code = self.child.wait() if self.child is not None else -signal.SIGKILL
        self.child = None
        return self._crash(signal.Signals(-code).name if code < 0 else f"exit {code}")

    def _crash(self, name: str) -> Crashed:
        message = f"the process of {self.module} ended; its handles are gone, and it starts anew"
        return Crashed(type_name=name, message=message, language="c")


def _places(function: Any) -> int:
    from polyhy.values import places

    return places(function)
