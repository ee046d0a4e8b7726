"""An nREPL connection: messages in, answers out, output by lines."""

from __future__ import annotations

import hmac
import queue
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from types import ModuleType
from typing import Any, Protocol

from polyhy.front import bencode
from polyhy.front.nrepl_session import Client, Seat

LINE = 2048
"""Output is sent by lines, or when there is this much."""

MOST_UNSENT = 1 << 18
"""Bytes that may wait for a client that does not read, until evaluation waits too."""

Message = dict[str, Any]

Respond = Callable[["Connection", Any], None]
"""Does what a message asks."""


class Server(Protocol):
    """What connections share."""

    token: str
    module: ModuleType
    clients: dict[str, Client]

    def new_client(self) -> Client: ...


class Connection:
    """One client's socket: messages in, answers out, each side on a thread of its own."""

    def __init__(self, server: Server, wire: socket.socket, respond: Respond) -> None:
        self.server, self.wire, self.respond = server, wire, respond
        self._trusted, self._open = not server.token, True
        self.lookups = Seat()
        self._out: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._unsent = 0

    def serve(self) -> None:
        """Answer until the client leaves, or says what is no message."""
        threading.Thread(target=self._write, daemon=True).start()
        self.lookups.begin()
        with self.wire, self.wire.makefile("rb") as stream:
            with suppress(EOFError, OSError):
                while True:
                    try:
                        message = bencode.read(stream)
                    except bencode.Malformed as error:
                        self.send({"status": ["error", "bencode-error", "done"], "err": str(error)})
                        break
                    self.respond(self, message)
            self.lookups.leave()
            if own := self.server.clients.pop(self.__dict__.get("own_id", ""), None):
                own.close()
            self._open = False
            self._out.put(None)
            self._drain()

    @cached_property
    def own_id(self) -> str:
        """The session of messages that name none."""
        return self.server.new_client().id

    def send(self, message: Message) -> None:
        """Send a message, later; wait where the client leaves too many unread."""
        data = bencode.encode(message)
        while self._unsent > MOST_UNSENT:
            time.sleep(0.01)
        if not self._open:  # what is left behind may print for ever
            return
        self._unsent += len(data)
        self._out.put(data)

    def trusts(self, message: Message) -> bool:
        """True once the client has said the token, if there is one."""
        said = field(message, "token").encode()
        self._trusted = self._trusted or hmac.compare_digest(said, self.server.token.encode())
        return self._trusted

    def _write(self) -> None:
        broken = False
        while (data := self._out.get()) is not None:
            try:
                if not broken:
                    self.wire.sendall(data)
            except OSError:  # the client left; what it asked for runs on
                broken = True
            self._unsent -= len(data)
        self._unsent = 0

    def _drain(self) -> None:
        """Let the last answers out before the socket is closed."""
        end = time.monotonic() + 1
        while self._unsent > 0 and time.monotonic() < end:
            time.sleep(0.005)


class Answer:
    """Replies to one message, until it is done."""

    def __init__(self, connection: Connection, message: Message) -> None:
        self.connection, self.done = connection, False
        self.stopping = self.stopped = False
        named = {key: field(message, key) for key in ("id", "session")}
        self.id, self.fields = named["id"], {k: v for k, v in named.items() if v}
        self._printed: dict[str, str] = {}

    def __call__(self, **fields: Any) -> None:
        if not self.done:
            if self._printed:
                self.flush()
            self.connection.send({**self.fields, **fields})

    def finish(self, *status: str, **fields: Any) -> None:
        """Say the last word."""
        self(**fields, status=[*status, "done"])
        self.done = True

    def print(self, key: str, text: str) -> None:
        """Send output, a line or more at a time."""
        other = next((k for k in self._printed if k != key), None)
        if other:
            self.flush()
        text = self._printed.pop(key, "") + text
        whole = len(text) if len(text) >= LINE else text.rfind("\n") + 1
        for start in range(0, whole, bencode.LARGEST // 8):
            self._send(key, text[start : min(start + bencode.LARGEST // 8, whole)])
        if text[whole:] and not self.done:
            self._printed[key] = text[whole:]
        elif text[whole:]:  # of a thread that goes on
            self._send(key, text[whole:])

    def flush(self) -> None:
        """Send what was printed of the last line."""
        while self._printed:
            self._send(*self._printed.popitem())

    def _send(self, key: str, text: str) -> None:
        self.connection.send({**self.fields, key: text})


def field(message: Message, key: str) -> str:
    """A field of a message that should be a text; empty where it is none."""
    value = message.get(key, "")
    return value if isinstance(value, str) else ""
