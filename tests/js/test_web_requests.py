"""Requests from scripts, by fetch and by node's http, to a server of our own."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import polyhy
from polyhy.bridges.js.errors import JsError
from polyhy.guests import host
from polyhy.packages import env, install
from polyhy.spec import Spec


@pytest.fixture(scope="module")
def root() -> Path:
    """The root of an env that has what node's modules are made of, and clients of npm."""
    names = (client.rpartition("@") for client in ("ms@2.1.3", *CLIENTS))
    return install.script([Spec("npm", name, version) for name, _, version in names]).root


class _Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/again":
            self.send_response(302)
            self.send_header("location", "/json?from=again")
            self.send_header("content-length", "0")
            self.end_headers()
            return
        if self.path == "/endless":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"first")
            self.wfile.flush()
            threading.Event().wait(20)
            return
        self._say({"path": self.path, "agent": self.headers.get("x-agent")})

    def do_POST(self) -> None:
        length = self.headers["content-length"]
        body = self.rfile.read(int(length)) if length else b"".join(self._chunks())
        self._say({"body": body.decode(), "type": self.headers["content-type"]})

    def _chunks(self) -> Iterator[bytes]:
        while length := int(self.rfile.readline(), 16):
            yield self.rfile.read(length)
            self.rfile.readline()
        self.rfile.readline()

    def _say(self, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Server) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def js(root: Path) -> Iterator[Callable[..., Any]]:
    """Call an async function of a script, and return what it resolves to."""
    before = env._chosen
    env.use(env.at(root))
    polyhy.import_from("npm", "ms")

    def js(source: str, *args: Any) -> Any:
        said: list[Any] = []
        polyhy.evaluate("js", source)(*args).then(
            lambda x: said.append((x, None)), lambda error: said.append((None, error))
        )
        host.wait()
        value, error = said[0]
        if error is not None:
            polyhy.evaluate("js", "(error) => { throw error }")(error)
        return polyhy.data(value) if hasattr(value, "__bridge__") else value

    yield js
    env.use(before)


@pytest.mark.registry
class TestFetch:
    def test_json_headers_and_redirects(self, js: Any, server: str) -> None:
        source = """async (url) => {
          const response = await fetch(url + "/again", { headers: { "X-Agent": "p" } });
          const type = response.headers.get("content-type");
          return [response.status, response.redirected, type, await response.json()];
        }"""
        expected = {"path": "/json?from=again", "agent": "p"}
        assert js(source, server) == [200, True, "application/json", expected]

    def test_a_body_is_sent(self, js: Any, server: str) -> None:
        source = """async (url) => {
          const send = (body) => fetch(url, { method: "POST", body }).then((r) => r.json());
          const bodies = ["é", new URLSearchParams({ a: 1 }), new Blob(["b"], { type: "x/y" })];
          return Promise.all(bodies.map(send));
        }"""
        assert js(source, server) == [
            {"body": "é", "type": "text/plain;charset=UTF-8"},
            {"body": "a=1", "type": "application/x-www-form-urlencoded;charset=UTF-8"},
            {"body": "b", "type": "x/y"},
        ]

    def test_a_body_comes_piece_by_piece_and_can_be_given_up(self, js: Any, server: str) -> None:
        source = """async (url) => {
          const control = new AbortController();
          const { body } = await fetch(url + "/endless", { signal: control.signal });
          const reader = body.getReader();
          const { value } = await reader.read();
          control.abort();
          const error = await reader.read().catch((error) => error);
          return [new TextDecoder().decode(value), error.name];
        }"""
        assert js(source, server) == ["first", "AbortError"]

    def test_nobody_there_is_a_type_error_with_its_cause(self, js: Any) -> None:
        with socket.create_server(("127.0.0.1", 0)) as gone:
            port = gone.getsockname()[1]
        source = """async (url) => {
          try { await fetch(url) } catch (e) { return [e.name, e.message, e.cause.code] }
        }"""
        expected = ["TypeError", "fetch failed", "ECONNREFUSED"]
        assert js(source, f"http://127.0.0.1:{port}") == expected

    def test_a_bad_address_is_refused(self, js: Any) -> None:
        with pytest.raises(JsError, match="Failed to parse URL"):
            js("async () => fetch('nowhere')")


@pytest.mark.registry
class TestHttpAsAClient:
    """axios, node-fetch and superagent ask by node's http."""

    def test_an_answer_has_its_status_headers_and_body(self, js: Any, server: str) -> None:
        source = """(url) => new Promise((done, fail) => {
          const http = process.getBuiltinModule("http");
          http.get(url + "/again", { headers: { "X-Agent": "p" } }, async (response) => {
            const body = await process.getBuiltinModule("stream/consumers").text(response);
            done([response.statusCode, response.headers.location, body, response.complete]);
          }).on("error", fail);
        })"""
        assert js(source, server) == [302, "/json?from=again", "", True]

    def test_a_body_is_sent_in_pieces(self, js: Any, server: str) -> None:
        source = """(url) => new Promise((done, fail) => {
          const options = { method: "POST", headers: { "Content-Type": "text/x" } };
          const { json } = process.getBuiltinModule("stream/consumers");
          const { request } = process.getBuiltinModule("http");
          const asked = request(url, options, (response) => done(json(response))).on("error", fail);
          asked.write("a");
          asked.end("é");
        })"""
        assert js(source, server) == {"body": "aé", "type": "text/x"}

    def test_nobody_there_is_nodes_error(self, js: Any) -> None:
        with socket.create_server(("127.0.0.1", 0)) as gone:
            port = gone.getsockname()[1]
        source = """(port) => new Promise((done) => {
          process.getBuiltinModule("http").get({ host: "127.0.0.1", port }).on("error", done);
        }).then((error) => [error.code, error.message])"""
        assert js(source, port) == ["ECONNREFUSED", f"connect ECONNREFUSED 127.0.0.1:{port}"]

    def test_a_request_can_be_given_up(self, js: Any, server: str) -> None:
        source = """(url) => new Promise((done) => {
          const request = process.getBuiltinModule("http").get(url + "/endless", (response) => {
            response.on("data", () => request.destroy()).on("error", (error) => done(error.code));
          });
        })"""
        assert js(source, server) == "ECONNRESET"


POST = """{ method: "POST", headers: { "content-type": "application/json" }, body: '{"a":1}' }"""
CLIENTS = {
    "axios@^1": """async (axios, url) => [
      (await axios.get(url + "/again")).data, (await axios.post(url, { a: 1 })).data]""",
    "got@^14": """async (got, url) => [
      await got(url + "/again").json(), await got.post(url, { json: { a: 1 } }).json()]""",
    "ky@^1": """async (ky, url) => [
      await ky(url + "/again").json(), await ky.post(url, { json: { a: 1 } }).json()]""",
    "superagent@^10": """async (agent, url) => [
      (await agent.get(url + "/again")).body, (await agent.post(url).send({ a: 1 })).body]""",
    "cross-fetch@^4": """async ({ fetch }, url) => [
      await (await fetch(url + "/again")).json(),
      await (await fetch(url, POST)).json()]""",
    "undici@^6": """async ({ fetch, request }, url) => [
      await (await fetch(url + "/again")).json(),
      await (await request(url, POST)).body.json()]""",
}


@pytest.mark.registry
class TestClientsOfNpm:
    @pytest.mark.parametrize("client", CLIENTS)
    def test_they_follow_and_send(self, js: Any, server: str, client: str) -> None:
        module = polyhy.import_from("npm", client.rpartition("@")[0])
        source = CLIENTS[client].replace("POST", POST)
        found, echo = js(f"(m, url) => ({source})(m.default ?? m, url)", module, server)
        assert found["path"] == "/json?from=again"
        assert (json.loads(echo["body"]), echo["type"].partition(";")[0]) == (
            *({"a": 1}, "application/json"),
        )

    def test_a_redirect_that_is_given_up_halfway_is_no_error(self, js: Any, server: str) -> None:
        source = """(url) => new Promise((done) => {
          const { get } = process.getBuiltinModule("http");
          const request = get(url + "/endless", (response) => {
            response.on("aborted", () => done([response.aborted, response.complete]));
            request.abort();
          }).on("error", () => {});
        })"""
        assert js(source, server) == [True, False]
