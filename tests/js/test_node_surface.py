"""Node's surface where node has no answer to compare: this process, its streams, a server."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import polyhy
from polyhy.bridges.js import modules
from polyhy.bridges.js.errors import JsError
from polyhy.bridges.js.node import compression
from polyhy.guests import host
from polyhy.packages import env, install
from polyhy.spec import Spec


@pytest.fixture(scope="module")
def root() -> Path:
    """The root of an env that has what node's modules are made of."""
    return install.script([Spec("npm", "ms", "2.1.3")]).root


@pytest.fixture
def run(root: Path, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a script as a file of its own, in a process of its own."""

    def run(script: str, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        (tmp_path / "main.js").write_text(script, "utf-8")
        program = (
            "import polyhy, sys; from pathlib import Path;"
            "from polyhy.packages import env; from polyhy.guests import host;"
            f"env.use(env.at(Path({str(root)!r}))); polyhy.import_from('js', './main.js');"
            "host.wait()"
        )
        return subprocess.run(
            [sys.executable, "-c", program, *words],
            cwd=tmp_path,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


@pytest.mark.registry
class TestThisProcess:
    def test_exit_codes_and_listeners_of_exit(self, run: Any) -> None:
        done = run("process.on('exit', (code) => console.log('exit', code)); process.exit(7)")
        assert (done.returncode, done.stdout) == (7, "exit 7\n")

    def test_arguments_follow_the_script(self, run: Any) -> None:
        done = run("console.log(JSON.stringify(process.argv.slice(2)))", "--a", "é")
        assert json.loads(done.stdout) == ["--a", "é"]

    def test_stdout_and_stderr_are_pythons(self, run: Any) -> None:
        done = run(
            "process.stdout.write('a'); process.stdout.write(Buffer.from('b')); console.error('c');"
            "require('stream').Readable.from(['d', 'e']).pipe(process.stdout)"
        )
        assert (done.stdout, done.stderr) == ("abde", "c\n")

    def test_stdin_is_a_stream(self, run: Any) -> None:
        script = "require('stream/consumers').text(process.stdin).then((x) => console.log([x]))"
        assert run(script, stdin="héllo\n").stdout == "[ 'héllo\\n' ]\n"

    def test_a_timer_that_nobody_waits_for_does_not_hold_the_process(self, run: Any) -> None:
        done = run("setTimeout(() => console.log('late'), 60000).unref(); console.log('now')")
        assert done.stdout == "now\n"

    def test_a_tick_that_throws_leaves_the_others(self, run: Any) -> None:
        script = (
            "process.nextTick(() => { throw new Error('bad') });"
            "process.nextTick(() => console.log('still'))"
        )
        done = run(script)
        assert "Error: bad" in done.stderr

    def test_ticks_and_promises_may_follow_each_other_for_long(self, run: Any) -> None:
        script = (
            "(async () => { for (let i = 0; i < 3000; i++)"
            "  await new Promise((done) => process.nextTick(done)); console.log('through') })();"
            "process.nextTick(() => console.log('tick')); Promise.resolve().then(() => "
            "  (console.log('promise'), process.nextTick(() => console.log('last'))))"
        )
        done = run(script)
        assert done.stdout.split() == ["tick", "promise", "last", "through"], done.stderr


CODECS = """
const zlib = require('zlib'), { promisify } = require('util'), text = 'héllo '.repeat(50);
const pack = Buffer.from(zlib.NAMECompressSync(text));
console.log(pack.length < 60, zlib.NAMEDecompressSync(pack).toString() === text);
try { zlib.NAMEDecompressSync(Buffer.from('nonsense')) } catch (e) { console.log(e.message) }
promisify(zlib.NAMECompress)(text).then((x) => console.log(x.equals(pack)));
require('stream').Readable.from([pack]).pipe(zlib.createTYPEDecompress()).toArray()
  .then((all) => console.log(String(Buffer.concat(all)) === text));
"""


@pytest.mark.registry
def test_a_signature_takes_one_call(run: Any, tmp_path: Path) -> None:
    make = ["openssl", "genrsa", "-out", str(tmp_path / "key.pem"), "2048"]
    subprocess.run(make, check=True, capture_output=True)
    done = run(
        "const c = require('crypto'), key = require('fs').readFileSync('key.pem', 'utf8');"
        "const one = c.sign('sha256', Buffer.from('x'), key);"
        "console.log(one.equals(c.createSign('sha256').update('x').sign(key)));"
        "console.log(c.verify('sha256', Buffer.from('x'), key, one));"
        "c.sign('sha256', Buffer.from('x'), key, (error, two) => console.log(two.equals(one)));"
        "try { c.generateKeyPairSync('rsa', {}) } catch (e) { console.log(e.message) }"
    )
    lines = ["true", "true", "node's crypto.generateKeyPair", "true"]
    assert [line[:29] for line in done.stdout.splitlines()] == lines, done.stderr


@pytest.mark.registry
class TestCodecsOfPythons:
    @pytest.mark.parametrize("name", ["brotli", "zstd"])
    def test_they_pack_and_unpack(self, run: Any, name: str) -> None:
        done = run(CODECS.replace("NAME", name).replace("TYPE", name.title()))
        lines = done.stdout.splitlines()
        assert [lines[0], lines[1], *sorted(lines[2:])] == [
            *("true true", "Decompression failed", "true", "true"),
        ], done.stderr

    def test_without_a_package_they_say_which(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for names in compression._PACKAGES.values():
            for name in names:
                monkeypatch.setitem(sys.modules, name, None)
        monkeypatch.setattr(env, "_chosen", env.at(root))
        polyhy.import_from("npm", "ms")
        for name, package in (("brotli", "brotli"), ("zstd", "backports.zstd")):
            pack = polyhy.evaluate("js", f"process.getBuiltinModule('zlib').{name}CompressSync")
            with pytest.raises(JsError, match=f"pip install {package}, or import the package :in"):
                pack("x")


@pytest.mark.registry
def test_an_env_from_before_a_package_was_needed_has_the_others(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(env, "_chosen", env.at(root))
    polyhy.import_from("npm", "ms")
    monkeypatch.setitem(modules._PACKAGED, "new", "not-installed-yet")
    found: Any = host.bridge("js")
    assert found.modules.packaged("new") is None
    assert Path(found.modules.packaged("buffer")).name == "index.js"


@pytest.mark.registry
class TestWhatIsAbsent:
    @pytest.mark.parametrize(
        ("source", "name"),
        [
            ("require('child_process').execSync('ls')", "child_process.execSync"),
            ("new (require('worker_threads').Worker)('x.js')", "worker_threads.Worker"),
            ("require('http2').connect('http://x')", "http2.connect"),
            ("require('dns').resolveMx('x', () => {})", "dns.resolveMx"),
            ("require('cluster').fork()", "cluster.fork"),
            ("require('dgram').createSocket('udp4')", "dgram.createSocket"),
            ("require('fs').watch('.')", "fs.watch"),
            ("process.kill(1)", "process.kill"),
            ("require('node:sqlite').open()", "sqlite.open"),
            ("require('path').matchesGlob('a', 'b')", "path.matchesGlob"),
        ],
    )
    def test_it_says_its_name_and_where_it_is(self, run: Any, source: str, name: str) -> None:
        script = f"try {{ {source} }} catch (error) {{ console.log(error.message) }}"
        expected = f"node's {name} is not available in polyhy's own JavaScript runtime; "
        assert run(script).stdout == f'{expected}import the package :in "node"\n'

    def test_its_classes_can_be_extended_by_packages_that_only_might_use_them(
        self, run: Any
    ) -> None:
        script = (
            "const http = require('http'); class A extends http.Agent {};"
            "const { Server } = require('net'); console.log('Agent' in http, typeof Server)"
        )
        assert run(script).stdout == "true function\n"

    def test_a_module_that_is_not_there_has_nodes_code(self, run: Any) -> None:
        script = "try { require('none') } catch (error) { console.log(error.code) }"
        assert run(script).stdout == "MODULE_NOT_FOUND\n"


class TestWithoutAnEnv:
    def ask(self, source: str, cache: Path) -> subprocess.CompletedProcess[str]:
        program = f"import polyhy; print(polyhy.evaluate('js', {source!r}))"
        return subprocess.run(
            [sys.executable, "-c", program],
            cwd=cache,
            env={"POLYHY_CACHE": str(cache / "cache"), "PATH": "/nowhere"},
            capture_output=True,
            text=True,
            timeout=60,
        )

    def test_what_needs_packages_says_how_to_get_them(self, tmp_path: Path) -> None:
        done = self.ask("Buffer.from('x')", tmp_path)
        assert "run: polyhy add npm:buffer, or import the package :in" in done.stderr

    @pytest.mark.parametrize(
        ("source", "answer"),
        [
            ("structuredClone(new Map([[1, 2]])).get(1)", "2"),
            ("new AbortController().signal.aborted", "False"),
            ("process.platform.length > 0 && typeof process.env.PATH", "string"),
            ("performance.now() > 0", "True"),
            ("crypto.randomUUID().length", "36"),
            ("new TextDecoder().decode(new TextEncoder().encode('é'))", "é"),
        ],
    )
    def test_what_needs_none_is_there(self, source: str, answer: str, tmp_path: Path) -> None:
        done = self.ask(source, tmp_path)
        assert done.stdout == f"{answer}\n", done.stderr

    @pytest.mark.registry
    def test_what_an_earlier_install_left_in_the_cache_is_found(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("POLYHY_CACHE", str(tmp_path / "cache"))
        install.script([Spec("npm", "ms", "2.1.3")])
        done = self.ask("Buffer.from('hi').toString('hex')", tmp_path)
        assert done.stdout == "6869\n", done.stderr
