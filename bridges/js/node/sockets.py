"""Sockets for node's net: none blocks, and the runtime's loop brings their news to scripts."""

from __future__ import annotations

import contextlib
import errno
import itertools
import selectors
import socket
import struct
from collections import deque
from collections.abc import Callable
from typing import Any

from polyhy.loop import Loop

from . import addresses
from .waiting import Waiting

_PIECE = 1 << 16
_WAIT = (errno.EAGAIN, errno.EWOULDBLOCK, errno.EINPROGRESS, errno.EINTR)
_OPTIONS = {
    "nodelay": (socket.IPPROTO_TCP, socket.TCP_NODELAY),
    "keepalive": (socket.SOL_SOCKET, socket.SO_KEEPALIVE),
}
_GONE = OSError(errno.EPIPE, "")


class Sockets:
    """What node/net.js asks, by numbers of sockets. An error is [code, number, call].

    `answer` of a connection is told by events: connect, data, end, drain, error; that of a
    listening socket: connection, with its number.
    """

    def __init__(self, loop: Loop, keep: Callable[[Any], Any]) -> None:
        self._keep = keep
        self._waiting = Waiting(loop)
        self._open: dict[int, _Connection | _Listening] = {}
        self._count = itertools.count(1)
        loop.ends.append(self._stop)

    def connect(self, family: int, address: Any, local: Any, answer: Callable[..., Any]) -> Any:
        """The number of a socket that connects to [host, port]; to a path, of the family 0."""
        try:
            made = socket.socket(addresses.family(family), socket.SOCK_STREAM)
            made.setblocking(False)
            if local:
                made.bind(addresses.given(local))
            number = made.connect_ex(addresses.given(address))
        except OSError as error:
            return addresses.failure(error, "connect")
        if number not in (0, *_WAIT):
            made.close()
            return addresses.failure(OSError(number, ""), "connect")
        return self._add(_Connection(made, self._waiting, self._keep(answer), connecting=True))

    def listen(self, family: int, address: Any, backlog: int, answer: Callable[..., Any]) -> Any:
        """The number of a socket that listens; `backlog` connections may wait to be accepted."""
        call, kept = "bind", self._keep(answer)
        try:
            made = socket.socket(addresses.family(family), socket.SOCK_STREAM)
            if family:
                made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == 6:
                made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(address[0] != "::"))
            made.bind(addresses.given(address))
            call = "listen"
            made.listen(backlog)
            made.setblocking(False)
        except OSError as error:
            return addresses.failure(error, call)
        return self._add(_Listening(made, lambda new: kept("connection", self._accepted(new))))

    def attach(self, number: int, answer: Callable[..., Any]) -> None:
        """Say who hears of a connection that was accepted."""
        self._open[number].answer = self._keep(answer)

    def lookup(self, host: str, family: int, answer: Callable[..., Any]) -> None:
        """Ask for a host's addresses: answers (None, [[address, family], …]), or an error."""
        kept = self._keep(answer)
        self._waiting.ask(lambda: addresses.found(host, family), lambda found: kept(*found))

    def write(self, number: int, data: bytes) -> Any:
        """Send; True where all is on its way, False where `drain` will tell."""
        found = self._open.get(number)
        if not isinstance(found, _Connection):
            return addresses.failure(_GONE, "write")
        found.unsent.append(memoryview(data))
        try:
            return found.send()
        except OSError as error:
            return found.fail(error, "write")

    def read(self, number: int, yes: bool) -> None:
        """Go on reading, or stop."""
        found = self._open.get(number)
        if isinstance(found, _Connection) and not found.ended:
            found.reading = yes
            self._waiting.watch(found)

    def end(self, number: int) -> Any:
        """Send no more."""
        found = self._open.get(number)
        try:
            if found is not None:
                found.socket.shutdown(socket.SHUT_WR)
        except OSError as error:
            return addresses.failure(error, "shutdown")
        return True

    def close(self, number: int, reset: bool) -> None:
        found = self._open.pop(number, None)
        if found is None:
            return
        found.closed = True
        self._waiting.watch(found)
        if reset:
            found.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        found.socket.close()

    def option(self, number: int, name: str, yes: bool) -> None:
        found = self._open.get(number)
        if found is not None:
            with contextlib.suppress(OSError):  # one of a path, or that the other side closed
                found.socket.setsockopt(*_OPTIONS[name], int(yes))

    def idle(self, number: int, yes: bool) -> None:
        """Say that nobody need wait for a socket."""
        found = self._open.get(number)
        if found is not None:
            found.idle = yes
            self._waiting.watch(found)

    def names(self, number: int) -> list[Any]:
        """The address, port and family of this end and of the other, or its path."""
        found = self._open.get(number)
        if found is None:
            return [None, None]
        return [
            addresses.named(found.socket.getsockname),
            addresses.named(found.socket.getpeername),
        ]

    def _stop(self) -> None:
        for number in [*self._open]:
            self.close(number, reset=False)

    def _accepted(self, made: socket.socket) -> int:
        return self._add(_Connection(made, self._waiting, _nobody))

    def _add(self, made: _Connection | _Listening) -> int:
        number = next(self._count)
        self._open[number] = made
        self._waiting.watch(made)
        return number


class _Listening:
    idle = closed = False

    def __init__(self, made: socket.socket, answer: Callable[..., Any]) -> None:
        self.socket, self.answer = made, answer

    def wanted(self) -> int:
        return 0 if self.closed else selectors.EVENT_READ

    def serve(self, ready: int) -> None:
        try:
            made, _ = self.socket.accept()
        except OSError:  # who asked has gone again
            return
        made.setblocking(False)
        self.answer(made)


class _Connection:
    idle = closed = reading = ended = False

    def __init__(
        self,
        made: socket.socket,
        waiting: Waiting,
        answer: Callable[..., Any],
        *,
        connecting: bool = False,
    ) -> None:
        self.socket, self.answer = made, answer
        self._waiting, self._connecting = waiting, connecting
        self.unsent: deque[memoryview] = deque()

    def wanted(self) -> int:
        if self.closed:
            return 0
        if self._connecting:
            return selectors.EVENT_WRITE
        reads = selectors.EVENT_READ if self.reading else 0
        return reads | (selectors.EVENT_WRITE if self.unsent else 0)

    def serve(self, ready: int) -> None:
        if self._connecting:
            self._connected()
            return
        if ready & selectors.EVENT_WRITE and self.unsent:
            self._drain()
        if ready & selectors.EVENT_READ and self.reading and not self.closed:
            self._receive()

    def send(self) -> bool:
        """Send what can be sent now; True where nothing is left."""
        try:
            while self.unsent:
                sent = self.socket.send(self.unsent[0])
                self.unsent[0] = self.unsent[0][sent:]
                if not self.unsent[0]:
                    self.unsent.popleft()
        except OSError as error:
            if error.errno not in _WAIT:
                raise
        self._waiting.watch(self)
        return not self.unsent

    def fail(self, error: OSError, call: str) -> list[Any]:
        """Take part in nothing any more, and say why."""
        self.unsent.clear()
        self._connecting = self.reading = False
        self.ended = True
        self._waiting.watch(self)
        return addresses.failure(error, call)

    def _connected(self) -> None:
        number = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number:
            self.answer("error", *self.fail(OSError(number, ""), "connect"))
            return
        self._connecting = False
        self._waiting.watch(self)
        self.answer("connect")

    def _drain(self) -> None:
        try:
            done = self.send()
        except OSError as error:
            self.answer("error", *self.fail(error, "write"))
            return
        if done:
            self.answer("drain")

    def _receive(self) -> None:
        try:
            data = self.socket.recv(_PIECE)
        except OSError as error:
            if error.errno not in _WAIT:
                self.answer("error", *self.fail(error, "read"))
            return
        if data:
            self.answer("data", data)
            return
        self.reading, self.ended = False, True
        self._waiting.watch(self)
        self.answer("end")


def _nobody(*_: Any) -> None: ...
