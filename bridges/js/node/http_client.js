// node's http and https as clients, over Python's connections. Servers and sockets need node.
"use strict";
({ host, node, packaged, parts }) => {
  const { Readable, Writable } = packaged("readable-stream");
  const EventEmitter = node("events");
  const PORTS = { "http:": 80, "https:": 443 };
  const JOINED = new Set(["age", "authorization", "content-length", "content-type", "etag", "expires", "from", "host", "if-modified-since", "if-unmodified-since", "last-modified", "location", "max-forwards", "proxy-authorization", "referer", "retry-after", "server", "user-agent"]);

  class Agent extends EventEmitter {
    constructor(options = {}) {
      super();
      Object.assign(this, { options, keepAlive: options.keepAlive ?? false, maxSockets: options.maxSockets ?? Infinity, maxFreeSockets: options.maxFreeSockets ?? 256, sockets: {}, freeSockets: {}, requests: {} });
    }
    getName({ host = "localhost", port = "", localAddress = "" } = {}) {
      return `${host}:${port}:${localAddress}`;
    }
    destroy() {}
  }
  Agent.defaultMaxSockets = Infinity;

  /** What packages ask of a socket, though there is none to see here. */
  class Connection extends EventEmitter {
    constructor(encrypted) {
      super();
      Object.assign(this, { encrypted, authorized: encrypted, connecting: false, destroyed: false, readable: true, writable: true, remoteAddress: undefined });
    }
    setTimeout() {
      return this;
    }
    setKeepAlive() {
      return this;
    }
    setNoDelay() {
      return this;
    }
    ref() {}
    unref() {}
    destroy() {
      this.destroyed = true;
    }
  }

  class IncomingMessage extends Readable {
    constructor(socket) {
      super({ read() {} });
      Object.assign(this, { socket, connection: socket, httpVersion: "1.1", httpVersionMajor: 1, httpVersionMinor: 1, complete: false, aborted: false, headers: {}, rawHeaders: [], trailers: {}, rawTrailers: [], url: "", method: null, statusCode: null, statusMessage: null });
    }
    get headersDistinct() {
      const out = {};
      for (let i = 0; i < this.rawHeaders.length; i += 2) (out[this.rawHeaders[i].toLowerCase()] ??= []).push(this.rawHeaders[i + 1]);
      return out;
    }
    setTimeout(wait, done) {
      if (done) setTimeout(done, wait).unref();
      return this;
    }
    _destroy(error, done) {
      if (!this.readableEnded || !this.complete) {
        this.aborted = true;
        this.emit("aborted");
      }
      if (!this.complete) this.req?.destroy();
      // As node has it, an error that nobody listens for is none.
      globalThis.process.nextTick(() => done(this.listenerCount("error") ? error : null));
    }
  }

  function headersOf(pairs) {
    const out = {};
    for (const [name, value] of pairs.map(([name, value]) => [name.toLowerCase(), value])) {
      if (name === "set-cookie") (out[name] ??= []).push(value);
      else if (!(name in out)) out[name] = value;
      else if (!JOINED.has(name)) out[name] += `${name === "cookie" ? ";" : ","} ${value}`;
    }
    return out;
  }

  class OutgoingMessage extends Writable {
    #headers = new Map();
    headersSent = false;
    finished = false;
    setHeader(name, value) {
      this.#headers.set(String(name).toLowerCase(), [name, value]);
      return this;
    }
    getHeader(name) {
      return this.#headers.get(String(name).toLowerCase())?.[1];
    }
    hasHeader(name) {
      return this.#headers.has(String(name).toLowerCase());
    }
    removeHeader(name) {
      this.#headers.delete(String(name).toLowerCase());
    }
    getHeaders() {
      return Object.fromEntries(Array.from(this.#headers, ([key, [, value]]) => [key, value]));
    }
    getHeaderNames() {
      return [...this.#headers.keys()];
    }
    getRawHeaderNames() {
      return Array.from(this.#headers.values(), ([name]) => name);
    }
    flushHeaders() {}
    /** What is sent: the lengths and codings of the body are Python's to say. */
    pairs() {
      const sent = [...this.#headers.values()].filter(([name]) => !["connection", "transfer-encoding"].includes(name.toLowerCase()));
      return sent.flatMap(([name, value]) => [value].flat().map((each) => [name, String(each)]));
    }
  }

  class ClientRequest extends OutgoingMessage {
    #pieces = [];
    #running;
    #timer;
    constructor(options, protocol, done) {
      super({ decodeStrings: true, autoDestroy: false });
      const secure = protocol === "https:";
      const name = options.hostname ?? options.host?.replace(/:\d+$/, "") ?? "localhost";
      const port = Number(options.port || PORTS[protocol]);
      Object.assign(this, { protocol, host: name, method: (options.method ?? "GET").toUpperCase(), path: options.path ?? "/", agent: options.agent, aborted: false, reusedSocket: false, res: null, maxHeadersCount: null });
      this.socket = this.connection = new Connection(secure);
      this.address = `${protocol}//${name.includes(":") ? `[${name}]` : name}:${port}`;
      for (const [key, value] of Array.isArray(options.headers) ? options.headers : Object.entries(options.headers ?? {})) if (value !== undefined) this.setHeader(key, value);
      if (options.auth && !this.hasHeader("authorization")) this.setHeader("Authorization", `Basic ${Buffer.from(options.auth).toString("base64")}`);
      if (done) this.once("response", done);
      if (options.timeout) this.setTimeout(options.timeout);
      options.signal?.addEventListener("abort", () => this.destroy(Object.assign(new Error("The operation was aborted"), { name: "AbortError", code: "ABORT_ERR" })), { once: true });
      globalThis.process.nextTick(() => this.destroyed || this.emit("socket", this.socket));
    }
    _write(chunk, _, done) {
      this.#pieces.push(chunk);
      done();
    }
    _final(done) {
      this.finished = this.headersSent = true;
      const bare = this.#pieces.length === 0 && ["GET", "HEAD", "DELETE", "OPTIONS", "TRACE"].includes(this.method);
      const answer = (what, ...detail) => this.#news[what](...detail);
      this.#running = host.network.request(this.method, this.address + this.path, this.pairs(), bare ? null : Buffer.concat(this.#pieces), parts.bound?.(answer) ?? answer);
      done();
    }
    #news = {
      headers: (status, text, pairs) => {
        const response = new IncomingMessage(this.socket);
        Object.assign(response, { statusCode: status, statusMessage: text, headers: headersOf(pairs), rawHeaders: pairs.flat(), req: this });
        this.res = response;
        if (!this.emit("response", response)) response.resume();
      },
      data: (bytes) => this.res.destroyed || this.res.push(Buffer.from(bytes)),
      end: () => {
        clearTimeout(this.#timer);
        this.#running = undefined;
        this.res.complete = true;
        if (!this.res.destroyed) this.res.push(null);
        this.destroy();
      },
      error: (code, message) => {
        this.#running = undefined;
        const error = Object.assign(new Error(message), { code, ...(code === "ECONNREFUSED" && { errno: -111, syscall: "connect" }) });
        if (this.res) this.res.destroy(error);
        else this.destroy(error);
      },
    };
    _destroy(error, done) {
      clearTimeout(this.#timer);
      if (this.#running !== undefined) host.network.cancel(this.#running);
      if (this.#running !== undefined && this.res && !this.res.complete) this.res.destroy(error ?? Object.assign(new Error("aborted"), { code: "ECONNRESET" }));
      else if (this.#running !== undefined && !error && !this.res) error = Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
      this.#running = undefined;
      done(error);
    }
    abort() {
      if (this.aborted) return;
      this.aborted = true;
      globalThis.process.nextTick(() => this.emit("abort"));
      this.destroy();
    }
    setTimeout(wait, done) {
      clearTimeout(this.#timer);
      if (done) this.once("timeout", done);
      if (wait) this.#timer = setTimeout(() => this.emit("timeout"), wait);
      return this;
    }
    setNoDelay() {}
    setSocketKeepAlive() {}
  }

  /** The client's half of http or https. */
  const of = (protocol) => {
    const request = (first, second, third) => {
      const url = typeof first === "string" ? new URL(first) : first instanceof URL ? first : undefined;
      const [options, done] = url ? (typeof second === "function" ? [{}, second] : [second ?? {}, third]) : [{}, second];
      const asked = { ...(url ? node("url").urlToHttpOptions(url) : first), ...options };
      return new ClientRequest(asked, asked.protocol ?? protocol, done);
    };
    const get = (...args) => request(...args).end();
    return { Agent, ClientRequest, IncomingMessage, OutgoingMessage, globalAgent: new Agent(), request, get };
  };
  return { of };
}
