// node's http and https as clients: requests over sockets, and their answers.
"use strict";
({ node, parts }) => {
  const { IncomingMessage, OutgoingMessage, HTTPParser, headersOf, old } = node("http_messages");
  const { Agent, SecureAgent } = node("http_agent");
  const PORTS = { "http:": 80, "https:": 443 };
  const BARE = new Set(["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT"]);
  const reset = (text) => Object.assign(new Error(text), { code: "ECONNRESET" });
  const aborted = (signal) => Object.assign(new Error("The operation was aborted", { cause: signal?.reason }), { name: "AbortError", code: "ABORT_ERR" });
  const agents = { "http:": new Agent({ keepAlive: true, scheduling: "lifo", timeout: 5000 }), "https:": new SecureAgent({ keepAlive: true, scheduling: "lifo", timeout: 5000 }) };

  const ClientRequest = old(
    class ClientRequest extends OutgoingMessage {
      _implicitHeader() {
        this._storeHeader(`${this.method} ${this.path} HTTP/1.1`);
      }
      onSocket(socket, error) {
        globalThis.process.nextTick(() => {
          if (error) return this.destroy(error);
          if (this.destroyed) return this._unused(socket);
          attach(this, socket);
        });
      }
      /** Give back a connection that came too late. */
      _unused(socket) {
        if (this.agent) socket.emit("free");
        else socket.destroy();
      }
      _destroy(error, done) {
        const { res, socket } = this;
        const early = error ?? (res ? null : reset("socket hang up"));
        if (!this._released) res?._dump(); // what is left of it; where something is missing, the end of the connection tells
        if (socket && !this._released) socket.destroy(res ? (error ?? undefined) : undefined);
        done(res && !error ? null : early);
      }
      abort() {
        if (this.aborted) return;
        this.aborted = true;
        globalThis.process.nextTick(() => this.emit("abort"));
        this.destroy();
      }
      setNoDelay(yes) {
        this._onSocket((socket) => socket.setNoDelay?.(yes));
      }
      setSocketKeepAlive(...args) {
        this._onSocket((socket) => socket.setKeepAlive?.(...args));
      }
      _onSocket(act) {
        if (this.socket) act(this.socket);
        else this.once("socket", act);
      }
      clearTimeout(done) {
        this.setTimeout(0, done);
      }
      /** The body is sent: a connection that has answered already is free. */
      _finished() {
        if (this._answered) release(this);
      }
    },
    function (first, second, third) {
      const url = typeof first === "string" ? new URL(first) : first instanceof URL || first?.searchParams ? first : undefined;
      const [more, done] = url ? (typeof second === "function" ? [{}, second] : [second ?? {}, third]) : [{}, second];
      const options = { ...(url ? node("url").urlToHttpOptions(url) : first), ...more };
      OutgoingMessage.call(this);
      begin(this, options, done);
    },
  );

  function begin(request, options, done) {
    const { agent: wanted, signal } = options;
    const agent = wanted === false ? new (options.protocol === "https:" ? SecureAgent : Agent)() : (wanted ?? (options.createConnection ? undefined : (options._defaultAgent ?? agents[options.protocol ?? "http:"])));
    const protocol = options.protocol ?? agent?.protocol ?? "http:";
    if (!(protocol in PORTS)) throw Object.assign(new TypeError(`Protocol "${protocol}" not supported. Expected "http:"`), { code: "ERR_INVALID_PROTOCOL" });
    const path = options.path ?? "/";
    if (/[\u0000-\u0020]/.test(path)) throw Object.assign(new TypeError("Request path contains unescaped characters"), { code: "ERR_UNESCAPED_CHARACTERS" });
    const standard = PORTS[protocol];
    const port = options.port || options.defaultPort || standard;
    const host = options.hostname || options.host || "localhost";
    const method = (options.method ?? "GET").toUpperCase();
    const bare = BARE.has(method);
    Object.assign(request, { agent, protocol, path, host, method, aborted: false, reusedSocket: false, res: null, maxHeadersCount: null, timeout: options.timeout, useChunkedEncodingByDefault: !bare, _bare: bare });
    request.shouldKeepAlive = Boolean(agent && (agent.keepAlive || Number.isFinite(agent.maxSockets)));
    if (done) request.once("response", done);
    const headers = Array.isArray(options.headers) ? pairs(options.headers) : Object.entries(options.headers ?? {});
    for (const [key, value] of headers) if (value !== undefined) request.setHeader(key, value);
    if (!request.hasHeader("host") && options.setHost !== false) request.setHeader("Host", hostOf(host, port, standard));
    if (options.auth && !request.hasHeader("authorization")) request.setHeader("Authorization", `Basic ${Buffer.from(options.auth).toString("base64")}`);
    if (request.hasHeader("expect")) request.flushHeaders();
    const stop = () => request.destroy(aborted(signal));
    if (signal?.aborted) globalThis.process.nextTick(stop);
    else signal?.addEventListener("abort", stop, { once: true });
    connect(request, { ...options, protocol, host, hostname: host, port, path: options.socketPath ?? undefined, headers: undefined, timeout: options.timeout });
  }

  const pairs = (all) => (Array.isArray(all[0]) ? all : Array.from({ length: all.length / 2 }, (_, i) => [all[2 * i], all[2 * i + 1]]));
  const hostOf = (host, port, standard) => {
    const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
    return Number(port) === standard ? name : `${name}:${port}`;
  };

  function connect(request, options) {
    options.host = options.host.replace(/^\[|\]$/g, "");
    if (options.path === undefined) delete options.path;
    if (request.agent) return request.agent.addRequest(request, options);
    let told = false;
    const created = (error, socket) => {
      if (told) return;
      told = true;
      request.onSocket(socket, error ?? undefined);
    };
    const socket = options.createConnection(options, created);
    if (socket) created(null, socket);
  }

  /** Send a request over a connection, and read what comes back. */
  function attach(request, socket) {
    const parser = new HTTPParser(HTTPParser.RESPONSE);
    let upgraded = false;
    const listeners = {
      data: (bytes) => feed(bytes),
      end: () => ended(),
      close: () => closed(),
      error: (error) => failed(error),
      timeout: () => request.emit("timeout"),
    };
    const detach = () => {
      for (const [name, listener] of Object.entries(listeners)) socket.off(name, listener);
      if (socket._httpMessage === request) socket._httpMessage = null;
    };
    request._detach = detach;

    parser[HTTPParser.kOnHeadersComplete] = headersOf((info) => {
      const { statusCode, statusMessage } = info;
      const response = new IncomingMessage(socket)._begin(info);
      Object.assign(response, { statusCode, statusMessage, req: request, upgrade: info.upgrade });
      if (request.method === "CONNECT" || (info.upgrade && statusCode === 101)) {
        upgraded = response;
        return 2;
      }
      if (statusCode < 200) {
        request.emit(statusCode === 100 ? "continue" : "information", response);
        return 0;
      }
      request.res = response;
      if (!info.shouldKeepAlive) request.shouldKeepAlive = false;
      if (request.aborted || !request.emit("response", response)) response._dump();
      return request.method === "HEAD" ? 1 : 0;
    });
    parser[HTTPParser.kOnBody] = (bytes) => {
      const { res } = request;
      if (res && !res.destroyed && !res.push(Buffer.from(bytes))) socket.pause();
    };
    parser[HTTPParser.kOnHeaders] = (raw) => {
      Object.assign(request.res, { rawTrailers: raw, trailers: Object.fromEntries(pairs(raw).map(([name, value]) => [name.toLowerCase(), value])) });
    };
    parser[HTTPParser.kOnMessageComplete] = () => {
      const { res } = request;
      if (!res || upgraded || res.complete) return;
      res.complete = true;
      request._answered = true;
      if (!res.destroyed) res.push(null);
      if (res.readableEnded || res.destroyed) finish();
      else res.once("end", finish).once("close", finish);
    };

    const finish = () => request.finished && request.writableFinished ? release(request) : undefined;
    function feed(bytes) {
      const used = parser.execute(Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes));
      if (used instanceof Error) {
        detach();
        socket.destroy();
        return request.destroy(Object.assign(used, { code: used.code ?? "HPE_INVALID_CONSTANT", rawPacket: bytes }));
      }
      if (upgraded) leave(bytes.subarray(used));
    }
    /** The connection is the program's own from now on. */
    function leave(head) {
      detach();
      socket.readableFlowing = null; // until somebody listens
      const what = request.method === "CONNECT" ? "connect" : "upgrade";
      request.res = upgraded;
      upgraded.complete = true;
      request._released = true;
      if (request.agent) socket.emit("agentRemove");
      if (request.listenerCount(what)) {
        request.emit(what, upgraded, socket, head);
        globalThis.process.nextTick(() => request.destroy());
      } else socket.destroy();
    }
    function ended() {
      if (!request.res) return; // the end of the connection says it
      const wrong = parser.finish();
      if (wrong && !request.res.complete) socket.destroy();
    }
    function closed() {
      detach();
      const { res } = request;
      if (res && !res.complete && !res.destroyed) res.destroy(reset("aborted"));
      request._released = true;
      if (!request.destroyed) request.destroy(res ? undefined : reset("socket hang up"));
    }
    function failed(error) {
      if (!request.res && !request.destroyed) request.destroy(error);
      else if (request.res && !request.res.complete) request.res.destroy(error);
    }

    for (const [name, listener] of Object.entries(listeners)) socket.on(name, parts.bound?.(listener) ?? listener);
    socket._httpMessage = request;
    request.socket = socket;
    request.emit("socket", socket);
    if (request.timeout) socket.setTimeout(request.timeout);
    request._flushTo(socket);
  }

  /** The answer is read: the connection may go to another request, or is closed. */
  function release(request) {
    const { socket } = request;
    if (request._released || !socket) return;
    request._released = true;
    request._detach();
    if (request.timeout) socket.setTimeout(0);
    if (request.shouldKeepAlive && !request._last && request.agent && !socket.destroyed) globalThis.process.nextTick(() => socket.emit("free"));
    else socket.destroySoon();
    globalThis.process.nextTick(() => request.destroy());
  }

  /** The client's half of http or https. */
  const of = (protocol) => {
    const settle = (args) => {
      const at = typeof args[0] === "string" || args[0] instanceof URL || args[0]?.searchParams ? 1 : 0;
      if (at === 1) return typeof args[1] === "function" || args[1] === undefined ? [args[0], { _defaultAgent: agents[protocol] }, args[1]] : [args[0], { _defaultAgent: agents[protocol], ...args[1] }, args[2]];
      return [{ protocol: args[0]?.agent?.protocol ?? protocol, _defaultAgent: agents[protocol], ...args[0] }, args[1]];
    };
    const request = (...args) => new ClientRequest(...settle(args));
    const get = (...args) => request(...args).end();
    const out = { Agent: protocol === "https:" ? SecureAgent : Agent, request, get };
    Object.defineProperty(out, "globalAgent", { enumerable: true, configurable: true, get: () => agents[protocol], set: (agent) => void (agents[protocol] = agent) });
    return protocol === "https:" ? out : Object.defineProperties({ ClientRequest, IncomingMessage, OutgoingMessage }, Object.getOwnPropertyDescriptors(out));
  };
  return { of };
}
