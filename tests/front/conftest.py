"""What tests of the fronts share: a session, an nREPL server with clients, a kernel, a terminal."""

from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import start_new_kernel

from polyhy.front import bencode
from polyhy.sessions.session import Session

POLYHY = Path(sys.executable).with_name("polyhy")


@pytest.fixture
def session(toys: Path) -> Session:
    return Session()


def ctrl_c_when(begun: Callable[[], Any]) -> None:
    """Press Ctrl-C as soon as that is true."""

    def press() -> None:
        soon(begun)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    threading.Thread(target=press, daemon=True).start()


Talk = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def talk(environment: dict[str, str], tmp_path: Path) -> Talk:
    """Give a REPL some lines by a pipe."""

    def talk(*lines: str | bytes, words: tuple[str, ...] = (), **more: Any) -> Any:
        given = b"\n".join(x if isinstance(x, bytes) else x.encode() for x in lines) + b"\n"
        done = subprocess.run(
            [POLYHY, "repl", *words],
            input=given,
            cwd=more.get("cwd", tmp_path),
            env={**environment, **more.get("variables", {})},
            capture_output=True,
            timeout=60,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
        )

    return talk


class Editor:
    """An nREPL client: sends messages, and collects the answers to each until it is done."""

    def __init__(self, wire: socket.socket, **always: str) -> None:
        wire.settimeout(60)
        self.wire, self.stream, self.always = wire, wire.makefile("rb"), always
        self.sent, self.heard = 0, []

    def send(self, op: str, **fields: Any) -> str:
        self.sent += 1
        message = {"op": op, "id": f"{self.sent}", **self.always, **fields}
        self.wire.sendall(bencode.encode(message))
        return message["id"]

    def hear(self) -> dict[str, Any]:
        message = bencode.read(self.stream)
        self.heard.append(message)
        return message

    def until(self, number: str, status: str = "done") -> list[dict[str, Any]]:
        """The answers to a message, up to the one with that status."""
        last: dict[str, Any] = next((m for m in self.heard if _ends(m, number, status)), {})
        while not _ends(last, number, status):
            last = self.hear()
        found = [message for message in self.heard if message.get("id") == number]
        self.heard = [message for message in self.heard if message.get("id") != number]
        return found

    def ask(self, op: str, **fields: Any) -> dict[str, Any]:
        """One dict of all answers: texts joined, values in a list."""
        return merged(self.until(self.send(op, **fields)))

    def evaluate(self, code: str, **fields: Any) -> dict[str, Any]:
        return self.ask("eval", code=code, **fields)

    def close(self) -> None:
        self.stream.close()
        self.wire.close()


def _ends(message: dict[str, Any], number: str, status: str) -> bool:
    return message.get("id") == number and status in message.get("status", [])


def merged(answers: list[dict[str, Any]]) -> dict[str, Any]:
    whole: dict[str, Any] = {"values": [], "out": "", "err": "", "status": []}
    for each in answers:
        for key, value in each.items():
            if key == "value":
                whole["values"].append(value)
            elif key in ("out", "err", "status"):
                whole[key] += value
            else:
                whole[key] = value
    return whole


class Served:
    """A `polyhy nrepl` in a process of its own."""

    def __init__(self, folder: Path, words: tuple[str, ...], environment: dict[str, str]) -> None:
        self.folder, self.editors = folder, []
        self.process = subprocess.Popen(
            [POLYHY, "nrepl", *words],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline()

    @property
    def port(self) -> int:
        return int((self.folder / ".nrepl-port").read_text())

    def connect(self, **always: str) -> Editor:
        self.editors.append(Editor(socket.create_connection(("127.0.0.1", self.port)), **always))
        return self.editors[-1]

    def editor(self) -> Editor:
        """A client with a session of its own."""
        new = self.connect()
        new.always["session"] = new.ask("clone")["new-session"]
        return new

    def end(self) -> None:
        for editor in self.editors:
            editor.close()
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def environment(toys: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variables of a child that knows the toys, and leaves the user's files alone."""
    home = tmp_path_factory.mktemp("home")
    return {
        **{k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "POLYHY_ENV")},
        "PYTHONPATH": str(toys),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "POLYHY_HISTORY": str(home / "history"),
    }


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, environment: Any) -> Iterator[Served]:
    server = Served(tmp_path_factory.mktemp("served"), (), environment)
    yield server
    server.end()


@pytest.fixture
def serve(tmp_path: Path, environment: dict[str, str]) -> Iterator[Callable[..., Served]]:
    """Start another server, with these arguments."""
    servers: list[Served] = []

    def serve(*words: str, folder: Path = tmp_path) -> Served:
        servers.append(Served(folder, words, environment))
        return servers[-1]

    yield serve
    for server in servers:
        server.end()


@pytest.fixture(scope="module")
def installed(
    tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> Iterator[Path]:
    """A Jupyter that knows the kernel, by `polyhy kernel install`."""
    prefix = tmp_path_factory.mktemp("jupyter")
    words = [POLYHY, "kernel", "install", "--prefix", str(prefix)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    place = prefix / "share" / "jupyter" / "kernels" / "polyhy"
    assert done.stdout == f"kernel polyhy: {place}\n"
    with pytest.MonkeyPatch.context() as patch:
        for name in ("PYTHONPATH", "IPYTHONDIR", "JUPYTER_CONFIG_DIR"):
            patch.setenv(name, environment[name])
        patch.setenv("JUPYTER_PATH", str(place.parents[1]))
        yield place


class Kernel:
    """A running kernel, and what its cells gave."""

    def __init__(self, folder: Path) -> None:
        # ipykernel does not catch what C prints where pytest has left its mark
        variables = {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"}
        how = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": str(folder)}
        self.manager, self.client = start_new_kernel(kernel_name="polyhy", env=variables, **how)
        self.begun = folder / "begun"
        tell = f"lambda info: open({str(self.begun)!r}, 'w').close()"
        self.run(f"%%py\nget_ipython().events.register('pre_run_cell', {tell})")

    def begin(self, code: str) -> str:
        """Begin to run a cell, and return the number of the request."""
        self.begun.unlink(missing_ok=True)
        number = self.client.execute(code, allow_stdin=False, stop_on_error=False)
        soon(self.begun.exists, 60)
        return number

    def reply(self, number: str) -> dict[str, Any]:
        """The answer to a request."""
        while (reply := self.client.get_shell_msg(timeout=60))["parent_header"]["msg_id"] != number:
            continue
        return reply["content"]

    def run(self, code: str, **settings: Any) -> dict[str, Any]:
        """Run a cell: its text, data, error and reply."""
        got: dict[str, Any] = {"text": "", "data": {}, "error": "", "pictures": []}

        def heard(message: dict[str, Any]) -> None:
            content, kind = message["content"], message["msg_type"]
            if kind == "stream":
                got["text"] += content["text"]
            elif kind in ("execute_result", "display_data"):
                got["data"] |= content["data"]
            elif kind == "error":
                got["error"] += "\n".join(content["traceback"])

        settings = {"timeout": 60, "allow_stdin": False, "stop_on_error": False, **settings}
        reply = self.client.execute_interactive(code, output_hook=heard, **settings)
        got["reply"] = reply["content"]
        assert reply["content"]["status"] != "aborted"
        return got

    def value(self, code: str) -> str:
        got = self.run(code)
        assert not got["error"], got["error"]
        return got["data"].get("text/plain", "")

    def hears(self, code: str, text: str) -> None:
        """Run a cell, and wait for what is printed by it, or after it."""
        self.client.execute(code, allow_stdin=False, stop_on_error=False)
        said, end = "", time.monotonic() + 60
        while text not in said and time.monotonic() < end:
            with suppress(queue.Empty):
                said += self.client.get_iopub_msg(timeout=0.5)["content"].get("text", "")
        assert text in said

    def ask(self, what: str, *words: Any) -> dict[str, Any]:
        return self.reply(getattr(self.client, what)(*words))


@pytest.fixture(scope="module")
def kernel(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    started = Kernel(tmp_path_factory.mktemp("notebooks"))
    yield started
    started.client.stop_channels()
    started.manager.shutdown_kernel(now=True)


def soon(test: Callable[[], Any], seconds: float = 60) -> Any:
    """What `test` returns once it is true; an error if it never is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := test():
            return value
        time.sleep(0.02)
    raise AssertionError(f"still not true after {seconds} seconds")
