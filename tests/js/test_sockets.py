"""Sockets of scripts: node's net, dns and tls, with each other and with Python, on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import polyhy
from polyhy.bridges.js.errors import JsError
from polyhy.guests import host

pytestmark = pytest.mark.registry


@contextlib.contextmanager
def served(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port of a server that answers one connection, on a thread."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)

        def serve() -> None:
            with contextlib.suppress(OSError):
                connection, _ = server.accept()
                with connection:
                    answer(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(20)


def shout(connection: socket.socket) -> None:
    """Send back what comes, in capitals, until its end."""
    while piece := connection.recv(65536):
        connection.sendall(piece.upper())


@pytest.fixture
def net(script: Any) -> Any:
    return polyhy.evaluate("js", "process.getBuiltinModule('net')")


class TestClients:
    def test_what_is_sent_and_what_comes_are_a_stream(self, script: Any) -> None:
        source = """async (port) => {
          const c = net.connect(port, "127.0.0.1");
          await events.once(c, "connect");
          const before = [c.readyState, c.remoteAddress, c.remotePort === port, c.remoteFamily];
          c.write("a");
          c.end("bc");
          const said = await text(c);
          if (!c.closed) await events.once(c, "close");
          return [...before, said, c.bytesRead, c.bytesWritten, c.readyState];
        }"""
        with served(shout) as port:
            expected = ["open", "127.0.0.1", True, "IPv4", "ABC", 3, 3, "closed"]
            assert script(source, port) == expected

    def test_megabytes_arrive_whole_through_a_pipe_that_is_full(self, script: Any) -> None:
        source = """async (port) => {
          const c = net.connect({ port, host: "localhost" });
          let left = 200, waited = 0;
          (async () => {
            for (const piece = Buffer.alloc(50_000, "x"); left > 0; left--) {
              if (!c.write(piece)) waited++, await events.once(c, "drain");
            }
            c.end();
          })();
          const digest = (hash) => hash.digest("hex");
          const sum = crypto.createHash("sha1");
          let n = 0;
          for await (const piece of c) { n += piece.length; sum.update(piece) }
          const wanted = crypto.createHash("sha1").update("X".repeat(1e7));
          return [n, waited > 0, digest(sum) === digest(wanted)];
        }"""
        with served(shout) as port:
            assert script(source, port) == [10_000_000, True, True]

    def test_nobody_there_is_nodes_error(self, script: Any) -> None:
        with socket.create_server(("127.0.0.1", 0)) as gone:
            port = gone.getsockname()[1]
        source = """(port) => new Promise((done) => {
          const told = [];
          const tell = (e) => told.push(e.code, e.errno, e.syscall, e.address, e.message);
          const c = net.connect(port, "127.0.0.1").on("error", tell);
          c.on("close", (failed) => done([...told, failed]));
        })"""
        assert script(source, port) == [
            *("ECONNREFUSED", -111, "connect", "127.0.0.1"),
            *(f"connect ECONNREFUSED 127.0.0.1:{port}", True),
        ]

    def test_a_host_without_an_address_is_nodes_error(self, script: Any) -> None:
        source = """() => new Promise((done) => {
          const c = net.connect(80, "no.such.host.invalid");
          c.on("error", (e) => done([e.syscall, e.hostname]));
        })"""
        assert script(source) == ["getaddrinfo", "no.such.host.invalid"]

    def test_a_connection_that_is_cut_off_is_an_error(self, script: Any) -> None:
        def cut(connection: socket.socket) -> None:
            connection.recv(1)
            linger = b"\1\0\0\0\0\0\0\0"
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

        source = """(port) => new Promise((done) => {
          net.connect(port, "127.0.0.1").on("error", (e) => done([e.code, e.syscall])).write("x");
        })"""
        with served(cut) as port:
            assert script(source, port) == ["ECONNRESET", "read"]

    def test_silence_is_told_by_its_timeout(self, script: Any) -> None:
        source = """async (port) => {
          const c = net.connect(port, "127.0.0.1").setTimeout(20);
          await events.once(c, "timeout");
          c.destroy();
          return "silence";
        }"""
        with served(lambda connection: connection.recv(1) and None) as port:
            assert script(source, port) == "silence"

    @pytest.mark.parametrize(
        ("source", "message"),
        [
            ("net.connect({ port: 70000 })", "should be >= 0 and < 65536"),
            ("net.connect({})", "must be specified"),
            ("net.connect({ port: 'x' })", "should be >= 0 and < 65536"),
            ("new net.Socket({ fd: 3 })", ':in "node"'),
            ("new net.BlockList()", ':in "node"'),
        ],
    )
    def test_what_is_wrong_or_absent_says_so(self, script: Any, source: str, message: str) -> None:
        with pytest.raises(JsError, match=message):
            script(f"async () => {source}")

    def test_names_become_addresses(self, script: Any) -> None:
        source = """async () => [
          (await dns.promises.lookup("127.0.0.1")).family,
          (await dns.promises.lookup("localhost", { all: true })).every((x) => net.isIP(x.address)),
        ]"""
        assert script(source) == [4, True]

    def test_an_asyncio_loop_waits_for_them(self, script: Any) -> None:
        source = """async (port) => {
          const net = process.getBuiltinModule("net");
          const c = net.connect(port, "127.0.0.1");
          c.end("a");
          let t = "";
          for await (const d of c) t += d;
          return t;
        }"""

        async def ask(port: int) -> Any:
            return await polyhy.evaluate("js", source)(port)

        with served(shout) as port:
            assert asyncio.run(ask(port)) == "A"

    def test_another_thread_may_ask(self, script: Any) -> None:
        source = """async (port) => {
          const net = process.getBuiltinModule("net");
          const c = net.connect(port, "127.0.0.1").end("a");
          let t = "";
          for await (const d of c) t += d;
          return t;
        }"""
        ask, said = polyhy.evaluate("js", source), []

        async def wait(port: int) -> None:
            said.append(await ask(port))

        with served(shout) as port:
            thread = threading.Thread(target=lambda: asyncio.run(wait(port)))
            thread.start()
            while thread.is_alive():
                thread.join(0.01)
        assert said == ["A"]


class TestServers:
    def test_python_may_be_their_client(self, script: Any) -> None:
        said: list[bytes] = []
        threads: list[threading.Thread] = []

        def ask(port: int) -> None:
            def talk() -> None:
                with socket.create_connection(("127.0.0.1", port), 20) as c:
                    c.sendall(b"hello")
                    c.shutdown(socket.SHUT_WR)
                    said.append(c.makefile("rb").read())

            threads.append(threading.Thread(target=talk, daemon=True))
            threads[0].start()

        source = """async (ask) => {
          const answer = async (c) => c.end("got " + await text(c));
          const server = net.createServer({ allowHalfOpen: true }, answer);
          server.listen(0, "127.0.0.1");
          await events.once(server, "listening");
          const { address, family, port } = server.address();
          ask(port);
          await events.once(server, "connection");
          server.close();
          await events.once(server, "close");
          return [address, family, server.listening, server.address()];
        }"""
        assert script(source, ask) == ["127.0.0.1", "IPv4", False, None]
        threads[0].join(20)
        assert said == [b"got hello"]

    def test_they_tell_that_they_listen_when_python_has_them_by_a_name(self, net: Any) -> None:
        told: list[Any] = []

        def ready() -> None:
            told.append(server.address()["port"])
            server.close()

        server = net.createServer().listen(0, ready)
        assert not told
        host.wait()
        assert told[0] > 0

    def test_a_client_that_fails_waits_for_who_listens(self, net: Any) -> None:
        told: list[Any] = []
        client = net.connect({"path": "/there/is/no/such.sock"})
        client.on("error", lambda error: told.append(error.code))
        host.wait()
        assert told == ["ENOENT"]

    def test_a_port_that_is_taken_is_nodes_error(self, script: Any) -> None:
        source = """(port) => new Promise((done) => {
          const server = net.createServer().listen(port, "127.0.0.1");
          server.on("error", (e) => done([e.code, e.syscall, e.message]));
        })"""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            message = f"listen EADDRINUSE: address already in use 127.0.0.1:{port}"
            assert script(source, port) == ["EADDRINUSE", "listen", message]

    def test_a_path_is_an_address_too(self, script: Any, tmp_path: Path) -> None:
        source = """async (path) => {
          const server = net.createServer((c) => c.end("bye")).listen(path);
          await events.once(server, "listening");
          const said = await text(net.connect(path));
          server.close();
          return [said, server.listening, fs.existsSync(path)];
        }"""
        assert script(source, str(tmp_path / "s")) == ["bye", False, False]

    def test_one_that_nobody_waits_for_does_not_hold_the_process(self, bare: Path) -> None:
        program = (
            "import polyhy; from pathlib import Path; from polyhy.packages import env;"
            f"env.use(env.at(Path({str(bare)!r}))); polyhy.import_from('npm', 'ms');"
            "from polyhy.guests import host;"
            "net = polyhy.evaluate('js', \"process.getBuiltinModule('net')\");"
            "net.createServer().listen(0).unref();"
            "host.wait(); print('done')"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, timeout=60
        )
        assert done.stdout == "done\n", done.stderr

    def test_a_stopped_runtime_lets_go_of_its_ports(self, bare: Path) -> None:
        program = (
            "import polyhy, socket, gc; from pathlib import Path; from polyhy.packages import env;"
            f"env.use(env.at(Path({str(bare)!r}))); polyhy.import_from('npm', 'ms');"
            "from polyhy.guests import host\n"
            "listen = \"process.getBuiltinModule('net').createServer().listen(0, '127.0.0.1')\"\n"
            "port = polyhy.evaluate('js', listen).address()['port']\n"
            "socket.create_connection(('127.0.0.1', port)).close()\n"
            "host.stop('js'); host.wait(); gc.collect()\n"
            "try: socket.create_connection(('127.0.0.1', port)); print('open')\n"
            "except ConnectionRefusedError: print('gone')"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, timeout=60
        )
        assert done.stdout == "gone\n", done.stderr


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a key and a certificate of `localhost`, which nobody signed but itself."""
    folder = tmp_path_factory.mktemp("certificate")
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    make += ["-subj", "/CN=localhost", "-addext", names, "-keyout", "key", "-out", "cert"]
    subprocess.run(make, cwd=folder, check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_text((folder / "key").read_text() + (folder / "cert").read_text())
    return both


SECURE = "{ ca: pem, cert: pem, key: pem }"


class TestSecure:
    def test_scripts_agree_with_python(self, script: Any, certificate: Path) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.set_alpn_protocols(["http/1.1"])

        def answer(connection: socket.socket) -> None:
            with context.wrap_socket(connection, server_side=True) as secure:
                secure.sendall(secure.recv(100).upper())
                secure.unwrap()

        source = """async (port, pem) => {
          const c = tls.connect({ port, host: "localhost", ca: pem, ALPNProtocols: ["http/1.1"] });
          await events.once(c, "secureConnect");
          const { subject, subjectaltname } = c.getPeerCertificate();
          c.write("hello");
          const agreed = [c.authorized, c.alpnProtocol, /^TLSv1/.test(c.getProtocol())];
          return [...agreed, subject.CN, subjectaltname, await text(c)];
        }"""
        with served(answer) as port:
            assert script(source, port, certificate.read_text()) == [
                *(True, "http/1.1", True, "localhost"),
                *("DNS:localhost, IP Address:127.0.0.1", "HELLO"),
            ]

    @pytest.mark.parametrize(
        ("options", "code"),
        [
            ("{}", "DEPTH_ZERO_SELF_SIGNED_CERT"),
            ("{ ca: pem, servername: 'other.test' }", "ERR_TLS_CERT_ALTNAME_INVALID"),
            ("{ rejectUnauthorized: false }", "none"),
            ("{ ca: pem, servername: 'x.y', checkServerIdentity: () => undefined }", "none"),
            ("{ ca: pem, checkServerIdentity: () => new Error('mine') }", "mine"),
        ],
    )
    def test_a_certificate_that_is_none_is_refused(
        self, script: Any, certificate: Path, options: str, code: str
    ) -> None:
        source = f"""async (pem) => {{
          const server = tls.createServer({SECURE}, (c) => c.on("error", () => {{}}).end("hi"));
          server.listen(0, "127.0.0.1");
          await events.once(server, "listening");
          const {{ port }} = server.address();
          const c = tls.connect({{ port, host: "localhost", ...{options} }});
          const said = await text(c).then(() => "none", (e) => e.code ?? e.message);
          server.close();
          return said;
        }}"""
        assert script(source, certificate.read_text()) == code

    def test_a_plain_connection_becomes_secure(self, script: Any, certificate: Path) -> None:
        source = f"""async (pem) => {{
          const server = net.createServer((raw) => raw.once("data", () => {{
            raw.write("S");
            const c = new tls.TLSSocket(raw, {{ isServer: true, ...{SECURE} }});
            c.on("data", (d) => c.end(String(d).toUpperCase()));
          }})).listen(0, "127.0.0.1");
          await events.once(server, "listening");
          const raw = net.connect(server.address().port, "127.0.0.1");
          raw.write("secure?");
          await events.once(raw, "data");
          const c = tls.connect({{ socket: raw, servername: "localhost", ca: pem }});
          c.write("query");
          const said = await text(c);
          server.close();
          return said;
        }}"""
        assert script(source, certificate.read_text()) == "QUERY"

    def test_what_is_not_tls_and_who_hangs_up_are_errors(self, script: Any) -> None:
        source = """async (port) => {
          const c = tls.connect({ port, host: "localhost" });
          return text(c).then(() => "none", (e) => e.code);
        }"""
        with served(lambda c: c.sendall(b"HTTP/1.1 400 no\r\n\r\n" * 9)) as port:
            assert script(source, port) == "ERR_SSL_WRONG_VERSION_NUMBER"
        with served(lambda c: c.recv(1000) and None) as port:
            assert script(source, port) == "ECONNRESET"

    def test_a_bad_key_is_an_error_of_its_connection(self, script: Any) -> None:
        source = """async () => {
          const c = tls.connect({ port: 1, host: "127.0.0.1", cert: "nonsense", key: "nonsense" });
          return text(c).then(() => "none", (e) => /SSL|PEM|ECONN/.test(e.code + e.message));
        }"""
        assert script(source) is True

    def test_https_asks_and_answers(self, script: Any, certificate: Path) -> None:
        source = f"""async (pem) => {{
          const server = https.createServer({SECURE}, (q, s) => s.end(q.url));
          server.listen(0, "127.0.0.1");
          await events.once(server, "listening");
          const url = `https://localhost:${{server.address().port}}/a?b=1`;
          const said = await new Promise((done, fail) =>
            https.get(url, {{ ca: pem }}, (r) => done(text(r))).on("error", fail));
          server.closeAllConnections();
          server.close();
          return said;
        }}"""
        assert script(source, certificate.read_text()) == "/a?b=1"
