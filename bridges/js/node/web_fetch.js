// fetch, Headers, Request, Response, FormData and WebSocket: undici, as in node, over Python's connections.
"use strict";
({ host, lazily, node, packaged }) => {
  const GLOBAL = Symbol.for("undici.globalDispatcher.1");

  async function bytesOf(body) {
    if (body === null || body === undefined) return null;
    if (typeof body === "string" || ArrayBuffer.isView(body)) return Buffer.from(body);
    const pieces = [];
    for await (const piece of body) pieces.push(Buffer.from(piece));
    return Buffer.concat(pieces);
  }

  function pairsOf(headers) {
    if (!headers) return [];
    if (!Array.isArray(headers)) return Object.entries(headers).map(([key, value]) => [key, String(value)]);
    if (Array.isArray(headers[0])) return headers.map((pair) => pair.map(String));
    return Array.from({ length: headers.length / 2 }, (_, i) => [String(headers[2 * i]), String(headers[2 * i + 1])]);
  }

  /** A request for another protocol, whose connection undici goes on with. */
  function upgrade({ origin, path, headers, upgrade: protocol }, handler) {
    const url = new URL(path, origin);
    const { request: ask } = node(url.protocol === "https:" ? "https" : "http");
    const request = ask(url, { agent: false, headers: Object.fromEntries([...pairsOf(headers), ["connection", "Upgrade"], ["upgrade", protocol]]) });
    handler.onConnect((error) => request.destroy(error));
    request.on("error", (error) => handler.onError(error));
    request.on("response", (response) => request.destroy(new Error(`the server answered ${response.statusCode}`)));
    request.on("upgrade", (response, socket, head) => {
      if (head.length) socket.unshift(head);
      handler.onUpgrade(response.statusCode, response.rawHeaders.map((x) => Buffer.from(x, "latin1")), socket);
    });
    request.end();
    return true;
  }

  /** What undici takes for its connection pool: one request, answered in events. */
  function dispatch(asked, handler) {
    if (asked.upgrade) return upgrade(asked, handler);
    const { origin, path, method, headers, body } = asked;
    let ended = false;
    const end = (error) => {
      if (ended) return;
      ended = true;
      handler.onError(error);
    };
    let running;
    handler.onConnect((error) => {
      if (running !== undefined) host.network.cancel(running);
      end(error ?? new DOMException("The operation was aborted.", "AbortError"));
    });
    if (ended) return true;
    bytesOf(body).then((bytes) => {
      if (ended) return;
      running = host.network.request(method, `${origin}${path}`, pairsOf(headers), bytes, (what, ...detail) => {
        if (!ended) ANSWERS[what](...detail);
      });
    }, end);
    const ANSWERS = {
      headers: (status, text, pairs) => handler.onHeaders(status, pairs.flat().map((x) => Buffer.from(x, "latin1")), () => {}, text),
      data: (bytes) => handler.onData(Buffer.from(bytes)),
      end: () => ((ended = true), handler.onComplete([])),
      error: (code, message) => end(Object.assign(new Error(message), { code })),
    };
    return true;
  }

  globalThis[GLOBAL] ?? Object.defineProperty(globalThis, GLOBAL, { value: { dispatch, close: async () => {}, destroy: async () => {} }, writable: true, configurable: true });
  const { fetch } = packaged("undici/fetch");
  const { Headers } = packaged("undici/headers");
  const { Request } = packaged("undici/request");
  const { Response } = packaged("undici/response");
  const { FormData } = packaged("undici/formdata");

  const out = { fetch: (input, init) => fetch(input, init), Headers, Request, Response, FormData };
  for (const name of ["WebSocket", "CloseEvent"]) lazily(out, name, () => packaged(name === "WebSocket" ? "undici/websocket" : "undici/events")[name]);
  return out;
}
