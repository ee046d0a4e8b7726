"""`polyhy nrepl`: a server for editors (CIDER, Calva, Conjure), by the nREPL protocol."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import click

from polyhy import owner, store
from polyhy.errors import UsageError
from polyhy.front.nrepl_ops import respond
from polyhy.front.nrepl_session import Client, Interrupts, Seat
from polyhy.front.nrepl_streams import In, Out, convey
from polyhy.front.nrepl_wire import Connection

PORT_FILE = ".nrepl-port"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@click.command(
    epilog="""\b
Examples:
  polyhy nrepl
  polyhy nrepl --port 7888
  polyhy nrepl --socket /tmp/hy.sock"""
)
@click.option("--port", default=0, show_default="any", help="The port to listen at.")
@click.option("--bind", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--socket", "path", metavar="FILE", help="A Unix socket instead, for this user.")
@click.option("--token", default="", envvar="POLYHY_NREPL_TOKEN", help="What clients must say.")
def nrepl(port: int, bind: str, path: str | None, token: str) -> Callable[[], int]:
    """Evaluate for editors. The first message of a client says the token, if there is one."""
    return lambda: start(port, bind, path, token)


def start(port: int = 0, bind: str = "127.0.0.1", path: str | None = None, token: str = "") -> int:
    """Serve until Ctrl-C or SIGTERM; the port stands in `.nrepl-port` meanwhile."""
    if not path and bind not in LOOPBACK and not token:
        raise UsageError(
            f"whoever reaches {bind} could run any code here", hint="give a token: --token TEXT"
        )
    server = Server(token)
    listener = _unix(path) if path else _tcp(bind, port)
    number = 0 if path else listener.getsockname()[1]
    where = f"on socket {path}" if path else f"on port {number} on host {bind}"
    with listener, _announced(path, number):
        link = f"nrepl+unix:{path}" if path else f"nrepl://{bind}:{number}"
        server.run(listener, f"nREPL server started {where} - {link}")
    return 0


class Server:
    """Sessions, and the sockets by which they are asked. All share one module of names."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.clients: dict[str, Client] = {}
        self.module = sys.modules["__main__"] = ModuleType("user")
        self.main = Seat()
        self._main_taken_by = ""

    def new_client(self) -> Client:
        """A session, listed until it is closed."""
        client = Client(self.module, lambda: self._seat(client))
        self.clients[client.id] = client
        return client

    def _seat(self, client: Client) -> Seat:
        """The main thread, where an interrupt stops anything, goes to the first who evaluates."""
        if self._main_taken_by in self.clients:
            return Seat().begin()
        self._main_taken_by = client.id
        return self.main

    def run(self, listener: socket.socket, greeting: str) -> None:
        """Serve until a signal ends it. Call it on the main thread: sessions run there."""
        sys.path[0] = ""
        before = sys.stdin, sys.stdout, sys.stderr
        sys.stdin, sys.stdout, sys.stderr = (
            In(before[0]),
            Out("out", before[1]),
            Out("err", before[2]),
        )
        Interrupts.main = self.main
        signal.signal(signal.SIGINT, Interrupts.arrived)
        signal.signal(signal.SIGTERM, Interrupts.arrived)
        convey()
        print(greeting, flush=True)
        owner.run(lambda: None)  # so that calls of other threads are heard
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        try:
            self.main.work()
        finally:
            sys.stdin, sys.stdout, sys.stderr = before

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):  # closed: the server ends
            while True:
                wire = listener.accept()[0]
                with suppress(OSError):  # a Unix socket has no such option
                    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection = Connection(self, wire, respond)
                threading.Thread(target=connection.serve, daemon=True).start()


class _announced:
    """While it lasts, the port stands in the file where editors look for it."""

    def __init__(self, path: str | None, port: int) -> None:
        self.path, self.port, self.file = path, port, Path(PORT_FILE).absolute()

    def __enter__(self) -> None:
        if self.port:
            store.write(self.file, str(self.port))

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            if self.path:
                os.unlink(self.path)
            elif self.file.read_text() == str(self.port):
                self.file.unlink()


def _tcp(bind: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in bind else socket.AF_INET
        return socket.create_server((bind, port), family=family)
    except OSError as error:
        raise UsageError(f"can't listen at {bind}:{port}: {error}", hint="try --port 0") from None


def _unix(path: str) -> socket.socket:
    """Listen at a file that only this user may open; one that nobody answers at is replaced."""
    listener = socket.socket(socket.AF_UNIX)
    with suppress(OSError):
        if Path(path).is_socket():
            listener.connect(path)
            raise UsageError(f"a server answers at {path}", hint="choose another --socket")
    with suppress(FileNotFoundError):
        if Path(path).is_socket():
            os.unlink(path)
    mask = os.umask(0o177)
    try:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen()
    except OSError as error:
        raise UsageError(f"can't listen at {path}: {error}", hint="choose another file") from None
    finally:
        os.umask(mask)
    return listener
