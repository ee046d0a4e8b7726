"""Servers and clients of node's http, by scripts and by Python."""

from __future__ import annotations

import http.client
import threading
from typing import Any

import pytest

pytestmark = pytest.mark.registry

HTTP = """async (act, port) => {
  const server = http.createServer(async (q, s) => {
    if (q.url === "/gone") return q.socket.destroy();
    if (q.url === "/pieces") return s.write("a"), setTimeout(() => s.end("b"), 2);
    if (q.url === "/empty") return s.writeHead(204).end();
    s.setHeader("x-all", ["1", "2"]);
    const { "content-length": length, "transfer-encoding": coding } = q.headers;
    s.end(JSON.stringify([q.method, q.url, length ?? coding ?? null, await text(q)]));
  });
  server.listen(0, "127.0.0.1");
  await events.once(server, "listening");
  const ask = (path, options, ...body) => new Promise((done) => {
    const answered = async (r) => done([r.statusCode, await text(r).catch((e) => e.code)]);
    const all = { path, port: server.address().port, host: "127.0.0.1", ...options };
    const asked = http.request(all, answered).on("error", (e) => done([e.code, e.message]));
    for (const each of body.slice(1)) asked.write(each);
    asked.end(body[0]);
  });
  try { return await (ACT)(ask, server) } finally { server.closeAllConnections(); server.close() }
}"""


class TestHttp:
    def ask(self, script: Any, act: str, *args: Any) -> Any:
        return script(HTTP.replace("ACT", act), *args)

    def test_bodies_have_their_length_or_come_in_pieces(self, script: Any) -> None:
        act = """async (ask) => [
          await ask("/a"), await ask("/p", { method: "POST" }, "é"),
          await ask("/p", { method: "POST" }, "c", "a", "b"), await ask("/p", { method: "POST" }),
          await ask("/pieces"), await ask("/empty"), await ask("/a", { method: "HEAD" })]"""
        assert self.ask(script, act) == [
            [200, '["GET","/a",null,""]'],
            [200, '["POST","/p","2","é"]'],
            [200, '["POST","/p","chunked","abc"]'],
            [200, '["POST","/p","0",""]'],
            *([200, "ab"], [204, ""], [200, ""]),
        ]

    def test_one_that_hangs_up_is_nodes_error(self, script: Any) -> None:
        expected = ["ECONNRESET", "socket hang up"]
        assert self.ask(script, "async (ask) => ask('/gone')") == expected

    def test_an_agent_keeps_connections_and_lets_others_wait(self, script: Any) -> None:
        act = """async (ask) => {
          const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
          const all = await Promise.all([1, 2, 3].map((n) => ask(`/${n}`, { agent })));
          const free = Object.values(agent.freeSockets).flat().length;
          const count = [all.map((x) => x[0]), agent.totalSocketCount, free];
          agent.destroy();
          return count;
        }"""
        assert self.ask(script, act) == [[200, 200, 200], 1, 1]

    def test_a_connection_may_change_its_protocol(self, script: Any) -> None:
        act = """async (_, server) => {
          const lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: x", "Connection: Upgrade"];
          server.on("upgrade", (q, c) => {
            c.write([...lines, "", ""].join("\\r\\n"));
            c.on("data", (d) => c.end(`echo ${d}`));
          });
          const headers = { connection: "Upgrade", upgrade: "x" };
          const { port } = server.address();
          const asked = http.request({ port, host: "127.0.0.1", headers }).end();
          const [response, c] = await events.once(asked, "upgrade");
          c.write("hi");
          return [response.statusCode, await text(c)];
        }"""
        assert self.ask(script, act) == [101, "echo hi"]

    def test_a_proxy_makes_a_tunnel(self, script: Any) -> None:
        act = """async (_, server) => {
          server.on("connect", (q, c) => { c.write("HTTP/1.1 200 OK\\r\\n\\r\\n"); c.pipe(c) });
          const options = { method: "CONNECT", path: "far.test:80", host: "127.0.0.1" };
          const asked = http.request({ port: server.address().port, ...options }).end();
          const [response, c] = await events.once(asked, "connect");
          c.write("through");
          const [said] = await events.once(c, "data");
          c.destroy();
          return [response.statusCode, String(said)];
        }"""
        assert self.ask(script, act) == [200, "through"]

    def test_who_asks_first_is_told_to_go_on(self, script: Any) -> None:
        act = """async (_, server) => {
          const headers = { expect: "100-continue", "content-length": 3 };
          const { port } = server.address();
          const asked = http.request({ port, host: "127.0.0.1", method: "POST", headers });
          await events.once(asked, "continue");
          asked.end("abc");
          const [response] = await events.once(asked, "response");
          return JSON.parse(await text(response))[3];
        }"""
        assert self.ask(script, act) == "abc"

    def test_what_is_no_request_is_refused(self, script: Any) -> None:
        act = """async (_, server) => {
          const c = net.connect(server.address().port, "127.0.0.1");
          c.write("nonsense\\r\\n\\r\\n");
          return (await text(c)).split("\\r\\n")[0];
        }"""
        assert self.ask(script, act) == "HTTP/1.1 400 Bad Request"

    def test_answers_stay_in_the_order_of_their_requests(self, script: Any) -> None:
        act = """async (_, server) => {
          const c = net.connect(server.address().port, "127.0.0.1");
          const ask = (path, how) =>
            [`GET ${path} HTTP/1.1`, "Host: a", `Connection: ${how}`, "", ""].join("\\r\\n");
          c.write(ask("/pieces", "keep-alive") + ask("/second", "close"));
          const said = await text(c);
          const end = said.indexOf("0\\r\\n\\r\\n");
          return [said.split("HTTP/1.1 200 OK").length - 1, end < said.indexOf("/second")];
        }"""
        assert self.ask(script, act) == [2, True]

    def test_headers_are_checked_and_cannot_come_late(self, script: Any) -> None:
        act = """async (_, server) => {
          const response = new http.ServerResponse({ method: "GET" });
          const told = [];
          const attempt = (act) => { try { act() } catch (e) { told.push(e.code) } };
          attempt(() => response.setHeader("a b", 1));
          attempt(() => response.setHeader("a", "\\u2713"));
          attempt(() => response.writeHead(99));
          response.writeHead(200);
          attempt(() => response.setHeader("a", 1));
          return told;
        }"""
        assert self.ask(script, act) == [
            *("ERR_INVALID_HTTP_TOKEN", "ERR_INVALID_CHAR"),
            *("ERR_HTTP_INVALID_STATUS_CODE", "ERR_HTTP_HEADERS_SENT"),
        ]

    def test_python_asks_a_server_of_scripts(self, script: Any) -> None:
        said: list[tuple[int, bytes, list[str] | None]] = []
        threads: list[threading.Thread] = []

        def ask(port: int) -> None:
            def talk() -> None:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
                connection.request("PUT", "/x", b"body")
                answer = connection.getresponse()
                said.append((answer.status, answer.read(), answer.headers.get_all("x-all")))
                connection.close()

            threads.append(threading.Thread(target=talk, daemon=True))
            threads[0].start()

        act = """async (_, server) => {
          act(server.address().port);
          await events.once(server, "connection");
          server.close();
          await events.once(server, "close");
        }"""
        self.ask(script, act, ask)
        threads[0].join(20)
        assert said == [(200, b'["PUT","/x","4","body"]', ["1", "2"])]

    def test_old_packages_may_call_its_classes_as_functions(self, script: Any) -> None:
        act = """async () => {
          function Mine() { http.ServerResponse.call(this, { method: "GET" }) }
          Object.setPrototypeOf(Mine.prototype, http.ServerResponse.prototype);
          const mine = new Mine();
          mine.setHeader("A", 1);
          return [mine instanceof http.ServerResponse, mine.getHeaders().a, mine.statusCode];
        }"""
        assert self.ask(script, act) == [True, 1, 200]

    def test_a_web_socket_is_a_global(self, script: Any) -> None:
        act = """async (_, server) => {
          const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
          server.on("upgrade", (q, c) => {
            const key = crypto.createHash("sha1").update(q.headers["sec-websocket-key"] + GUID);
            const lines = ["Upgrade: websocket", "Connection: Upgrade"];
            lines.push(`Sec-WebSocket-Accept: ${key.digest("base64")}`, "", "");
            c.write(["HTTP/1.1 101 Switching Protocols", ...lines].join("\\r\\n"));
            c.write(Buffer.from([0x81, 2, 0x68, 0x69]));
            c.on("data", () => c.end(Buffer.from([0x88, 2, 3, 232])));
          });
          const socket = new WebSocket(`ws://127.0.0.1:${server.address().port}/x`);
          const [message] = await events.once(socket, "message");
          socket.close();
          const [close] = await events.once(socket, "close");
          return [message.data, close.code, close.wasClean];
        }"""
        assert self.ask(script, act) == ["hi", 1000, True]
