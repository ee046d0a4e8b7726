"""Two hundred inputs leave a working session, at each front; endless ones are interrupted."""

from __future__ import annotations

import queue
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import Served
from .corpus import garbage, inputs

PRESS = """
import io, os, signal, sys, threading, time
from contextlib import contextmanager, suppress
sys.path.insert(0, sys.argv[1])
from corpus import inputs
from polyhy.front import repl
from polyhy.sessions.session import Session

@contextmanager
def pressing(wanted):
    'Press Ctrl-C again and again while what is endless runs.'
    over, main = threading.Event(), threading.main_thread().ident

    def press():
        pause = 0.3
        while not over.wait(pause):
            signal.pthread_kill(main, signal.SIGINT)
            pause = 0.1

    thread = threading.Thread(target=press)
    if wanted:
        thread.start()
    try:
        try:
            yield
        finally:
            over.set()
    except (SystemExit, KeyboardInterrupt):
        over.set()
    while thread.is_alive():
        with suppress(KeyboardInterrupt):
            thread.join()
    with suppress(KeyboardInterrupt):  # the last one, which came too late
        time.sleep(0.01)
"""

TERMINAL = (
    PRESS
    + """
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from polyhy.front.terminal import Terminal

session, limit = Session(), sys.getrecursionlimit()
with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
    terminal = Terminal(session, repl._show)
    for number, (text, endless) in enumerate(inputs()):
        pasted = text.replace("\\x1b", "?")  # the one key that ends a paste
        keys = "\\x1b[200~" + pasted + "\\x1b[201~\\x1b\\r"
        threading.Thread(target=pipe.send_text, args=(keys,)).start()  # a pipe holds 64 kB
        typed = terminal.read()
        with pressing(endless):
            for asked in (typed, text):
                with suppress(SystemExit):
                    repl.answer(session, asked)
        sys.setrecursionlimit(limit)
        if session.target != "hy":
            session.switch("hy")
        assert session.evaluate("(+ 40 2)") == 42, text
        session.evaluate("(import hy)")
        terminal.prompts.history._loaded_strings.clear()
print("whole", number + 1)
"""
)


PIPE = (
    PRESS
    + """
session, limit = Session(), sys.getrecursionlimit()
for number, (text, endless) in enumerate(inputs()):
    given = io.BytesIO(text.encode("utf-8", "surrogatepass") + bytes([10]))
    sys.stdin = io.TextIOWrapper(given, encoding="utf-8")
    with pressing(endless):
        repl._loop(session, repl._reader(session))
    sys.setrecursionlimit(limit)
    if session.target != "hy":
        session.switch("hy")
    assert session.evaluate("(+ 40 2)") == 42, text
    session.evaluate("(import hy)")
print("whole", number + 1)
"""
)


def test_two_hundred_inputs_by_a_pipe(environment: dict[str, str], tmp_path: Path) -> None:
    words = [sys.executable, "-c", PIPE, str(Path(__file__).parent)]
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, timeout=500)
    assert done.stdout.endswith(b"whole 200\n"), done.stderr[-3000:].decode("utf-8", "replace")


def test_two_hundred_inputs_at_a_terminal(environment: dict[str, str], tmp_path: Path) -> None:
    words = [sys.executable, "-c", TERMINAL, str(Path(__file__).parent)]
    done = subprocess.run(
        words,
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=500,
    )
    assert done.stdout.endswith(b"whole 200\n"), done.stderr[-3000:].decode("utf-8", "replace")


def test_two_hundred_inputs_by_nrepl(served: Served) -> None:
    editor = served.editor()
    for text, endless in inputs():
        number = editor.send("eval", code=text)
        if endless:
            time.sleep(0.2)
            editor.ask("interrupt", **{"interrupt-id": number})
        editor.until(number)
        editor.evaluate("(do (import sys) (import hy) (sys.setrecursionlimit 1000))")
        assert editor.evaluate("(+ 40 2)")["values"] == ["42"], text


def test_two_hundred_messages_that_are_none(served: Served) -> None:
    editor = served.editor()
    for data in garbage():
        stranger = served.connect()
        stranger.wire.sendall(data)
        stranger.close()
    assert editor.evaluate("(+ 40 2)")["values"] == ["42"]
    assert served.process.poll() is None


@pytest.mark.usefixtures("installed")
def test_two_hundred_cells_of_a_notebook(kernel: Any) -> None:
    for text, endless in inputs():
        number = kernel.client.execute(text, allow_stdin=False, stop_on_error=False)
        if endless:
            time.sleep(0.5)
        until(kernel, number, text, kernel.manager.interrupt_kernel if endless else None)
        kernel.run("(do (import sys) (import hy) (sys.setrecursionlimit 1000))")
        assert kernel.value("(+ 40 2)") == "42", text


def until(kernel: Any, number: str, text: str, meanwhile: Callable[[], None] | None) -> None:
    """Wait for the reply to a request, and do something now and then."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if meanwhile:
            meanwhile()
        try:
            reply = kernel.client.get_shell_msg(timeout=0.5)
        except queue.Empty:
            continue
        if reply["parent_header"].get("msg_id") == number:
            return
    raise AssertionError(f"no answer to {text!r:.200}")
