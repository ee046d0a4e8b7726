"""The prompts: until they are ready, until a word is completed, until an editor is answered."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from polyhy.guests import host
from polyhy.packages import install
from polyhy.sessions import complete
from polyhy.sessions.session import Session
from polyhy.spec import Spec

BIN = Path(sys.executable).parent
KEPT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def prompt_ready(*words: str, cwd: Path, shows: bytes) -> None:
    """Start a prompt in a terminal, and end it when it has shown its first prompt."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        words, cwd=cwd, env={**KEPT, "TERM": "xterm"}, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    said = b""
    while shows not in said:
        said += os.read(ours, 65536)
        if b"\x1b[6n" in said:  # where is the cursor?
            os.write(ours, b"\x1b[1;1R")
            said = said.replace(b"\x1b[6n", b"")
    child.kill()
    child.wait()
    os.close(ours)


@pytest.mark.benchmark(group="prompt ready")
@pytest.mark.parametrize("which", ["floor", "polyhy"])
def test_the_prompt_is_ready(benchmark: Any, tmp_path: Path, which: str) -> None:
    words = {"floor": [str(BIN / "hy")], "polyhy": [str(BIN / "polyhy"), "repl"]}[which]
    ready = lambda: prompt_ready(*words, cwd=tmp_path, shows=b"=> ")  # noqa: E731
    benchmark.pedantic(ready, rounds=10, warmup_rounds=2)


@pytest.mark.benchmark(group="kernel ready")
@pytest.mark.parametrize("which", ["floor", "polyhy"])
def test_the_kernel_is_ready(benchmark: Any, which: str, tmp_path: Path) -> None:
    from jupyter_client.manager import KernelManager

    module = {"floor": "ipykernel_launcher", "polyhy": "polyhy.front.kernel"}[which]

    def ready() -> None:
        manager = KernelManager(transport="ipc", ip=str(tmp_path / "k"))
        manager.kernel_spec.argv = [sys.executable, "-m", module, "-f", "{connection_file}"]
        manager.start_kernel(env=KEPT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        client = manager.blocking_client()
        client.start_channels()
        client.wait_for_ready(timeout=60)
        client.stop_channels()
        manager.shutdown_kernel(now=True)

    benchmark.pedantic(ready, rounds=6, warmup_rounds=1)


@pytest.mark.registry
@pytest.mark.benchmark(group="completion")
@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ("npm:lodash", "(lodash.gr"),
        pytest.param("crates:regex", "(regex.Regex.n", marks=pytest.mark.slow),
    ],
)
def test_a_member_of_a_package_is_completed(
    benchmark: Any, project: Path, spec: str, text: str
) -> None:
    ecosystem, name = spec.split(":")
    install.add(project, [Spec(ecosystem, name)])
    session = Session()
    session.evaluate(f'(import-from "{ecosystem}" {name})')
    found = benchmark(lambda: complete.complete(session, text))[1]
    assert [each.text for each in found if each.text.startswith(text[1:])]


@pytest.mark.benchmark(group="completion")
@pytest.mark.parametrize("what", ["numpy", "a guest of 600 members", "names"])
def test_a_word_is_completed(benchmark: Any, what: str) -> None:
    session = Session()
    session.evaluate("(import numpy :as np)")
    source = "Object.fromEntries(Array.from({length: 600}, (_, i) => ['member' + i, () => i]))"
    session.names["many"] = host.evaluate("js", source)
    text = {"numpy": "(np.", "a guest of 600 members": "(many.mem", "names": "(s"}[what]
    found = benchmark(lambda: complete.complete(session, text))[1]
    assert len(found) > 10


@pytest.fixture
def nrepl(tmp_path: Path) -> Iterator[Callable[[str], list[dict[str, Any]]]]:
    import socket

    from polyhy.front import bencode

    words = [str(BIN / "polyhy"), "nrepl"]
    server = subprocess.Popen(words, cwd=tmp_path, env=KEPT, stdout=subprocess.PIPE)
    assert server.stdout is not None
    server.stdout.readline()
    wire = socket.create_connection(("127.0.0.1", int((tmp_path / ".nrepl-port").read_text())))
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    stream = wire.makefile("rb")

    def evaluate(code: str) -> list[dict[str, Any]]:
        wire.sendall(bencode.encode({"op": "eval", "code": code, "id": "1"}))
        answers = [bencode.read(stream)]
        while "done" not in answers[-1].get("status", []):
            answers.append(bencode.read(stream))
        return answers

    yield evaluate
    stream.close()
    wire.close()
    server.kill()
    server.communicate()


@pytest.mark.benchmark(group="nrepl eval")
def test_an_editor_is_answered(benchmark: Any, nrepl: Callable[[str], Any]) -> None:
    time.sleep(0.2)
    assert benchmark(lambda: nrepl("(+ 1 1)"))[0]["value"] == "2"
