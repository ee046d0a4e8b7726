// node's http and https as servers: a parser for each connection, and answers in order.
"use strict";
({ node }) => {
  const { IncomingMessage, OutgoingMessage, HTTPParser, WAITING, headersOf, old } = node("http_messages");
  const { STATUS_CODES } = node("http_names");
  const net = node("net");
  const later = (f) => globalThis.process.nextTick(f);

  const ServerResponse = old(
    class ServerResponse extends OutgoingMessage {
      get statusCode() {
        return this._status;
      }
      set statusCode(x) {
        this._status = x;
      }
      writeHead(status, text, headers) {
        if (this._header) throw Object.assign(new Error("Cannot write headers after they are sent to the client"), { code: "ERR_HTTP_HEADERS_SENT" });
        const code = status | 0;
        if (code < 100 || code > 999) throw Object.assign(new RangeError(`Invalid status code: ${status}`), { code: "ERR_HTTP_INVALID_STATUS_CODE" });
        const more = typeof text === "string" ? headers : (headers ?? text);
        if (typeof text === "string") this.statusMessage = text;
        this.statusCode = code;
        this.statusMessage ??= STATUS_CODES[code] ?? "unknown";
        for (const [name, value] of Array.isArray(more) ? pairs(more) : Object.entries(more ?? {})) this.setHeader(name, value);
        if (code === 204 || code === 304 || code < 200) this._hasBody = false;
        this._storeHeader(`HTTP/1.1 ${code} ${this.statusMessage}`);
        return this;
      }
      writeHeader(...args) {
        return this.writeHead(...args);
      }
      _implicitHeader() {
        this.writeHead(this.statusCode);
      }
      assignSocket(socket) {
        socket._httpMessage = this;
        this.emit("socket", socket);
        this._flushTo(socket);
      }
      detachSocket(socket) {
        if (socket._httpMessage === this) socket._httpMessage = null;
        this.socket = null;
        this[WAITING] = [];
      }
      writeContinue(done) {
        this._say("HTTP/1.1 100 Continue\r\n\r\n", done);
      }
      writeProcessing(done) {
        this._say("HTTP/1.1 102 Processing\r\n\r\n", done);
      }
      writeEarlyHints(hints, done) {
        const lines = Object.entries(hints).map(([name, value]) => `${name}: ${[value].flat().join(", ")}\r\n`);
        this._say(`HTTP/1.1 103 Early Hints\r\n${lines.join("")}\r\n`, done);
      }
      _say(text, done) {
        this.socket?.write(Buffer.from(text, "latin1"), done);
      }
      _destroy(error, done) {
        this.socket?.destroy(error);
        done(null);
      }
    },
    function (request, options) {
      OutgoingMessage.call(this);
      Object.assign(this, { _status: 200, statusMessage: undefined, sendDate: true, req: request, _hasBody: request?.method !== "HEAD", _old: request && (request.httpVersionMajor < 1 || request.httpVersionMinor < 1), _sent: options });
    },
  );
  const pairs = (all) => (Array.isArray(all[0]) ? all : Array.from({ length: all.length / 2 }, (_, i) => [all[2 * i], all[2 * i + 1]]));

  /** Read requests of a connection, and answer them in order. */
  function serve(server, socket) {
    const parser = new HTTPParser(HTTPParser.REQUEST);
    const answers = [];
    let incoming;
    let upgraded;
    let served = false;
    const { IncomingMessage: Message = IncomingMessage, ServerResponse: Response = ServerResponse } = server._types;

    parser[HTTPParser.kOnHeadersComplete] = headersOf((info, own) => {
      const request = new Message(socket)._begin(info);
      Object.assign(request, { method: HTTPParser.methods[info.method], url: info.url, upgrade: info.upgrade });
      if (info.upgrade && server.listenerCount(request.method === "CONNECT" ? "connect" : "upgrade")) {
        upgraded = request;
        return 2;
      }
      if (request.method === "CONNECT") socket.destroy();
      own.upgrade = request.upgrade = false;
      incoming = request;
      answer(request, info.shouldKeepAlive);
      return 0;
    });
    parser[HTTPParser.kOnBody] = (bytes) => {
      if (!incoming.destroyed && !incoming._readableState.ended && !incoming.push(Buffer.from(bytes))) socket.pause();
    };
    parser[HTTPParser.kOnHeaders] = (raw) => Object.assign(incoming, { rawTrailers: raw, trailers: Object.fromEntries(pairs(raw).map(([name, value]) => [name.toLowerCase(), value])) });
    parser[HTTPParser.kOnMessageComplete] = () => {
      if (upgraded || !incoming) return;
      incoming.complete = true;
      if (!incoming.destroyed) incoming.push(null);
    };

    function answer(request, alive) {
      const response = new Response(request);
      response.shouldKeepAlive = alive;
      response._keepAliveFor = Math.floor(server.keepAliveTimeout / 1000);
      answers.push(response);
      if (answers.length === 1) response.assignSocket(socket);
      response.on("finish", () => done(request, response));
      socket.setTimeout(server.timeout);
      if (!/^100-continue$/i.test(request.headers.expect ?? "")) return void server.emit("request", request, response);
      if (server.listenerCount("checkContinue")) return void server.emit("checkContinue", request, response);
      response.writeContinue();
      server.emit("request", request, response);
    }
    function done(request, response) {
      answers.shift();
      served = true;
      if (!request.complete || !request.readableEnded) request._dump();
      response.detachSocket(socket);
      later(() => response.destroyed || response.destroy());
      if (response._last || !server.listening) return socket.destroySoon();
      if (answers[0]) answers[0].assignSocket(socket);
      else socket.setTimeout(server.keepAliveTimeout);
    }

    const listeners = {
      data(bytes) {
        const used = parser.execute(Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes));
        if (used instanceof Error) return wrong(used, bytes);
        if (!upgraded) return;
        for (const [name, listener] of Object.entries(listeners)) socket.off(name, listener);
        socket.readableFlowing = null; // until somebody listens
        socket.setTimeout(0);
        server._idle.delete(socket);
        upgraded.complete = true;
        server.emit(upgraded.method === "CONNECT" ? "connect" : "upgrade", upgraded, socket, bytes.subarray(used));
      },
      end() {
        if (!answers.length) socket.end();
      },
      close() {
        if (incoming && !incoming.complete && !incoming.destroyed) incoming.destroy(Object.assign(new Error("aborted"), { code: "ECONNRESET" }));
        for (const each of answers.splice(0)) if (!each.destroyed) each.destroy();
        server._idle.delete(socket);
      },
      error(error) {
        if (!server.emit("clientError", error, socket)) socket.destroy();
      },
      timeout() {
        const heard = [answers[0]?.req, answers[0], server].map((each) => each?.emit("timeout", socket)).some(Boolean);
        if (!heard) socket.destroy();
      },
    };
    function wrong(error, bytes) {
      Object.assign(error, { code: error.code ?? "HPE_INVALID_CONSTANT", rawPacket: bytes });
      if (server.emit("clientError", error, socket)) return;
      if (socket.writable) socket.write("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
      socket.destroySoon();
    }
    for (const [name, listener] of Object.entries(listeners)) socket.on(name, listener);
    server._idle.set(socket, () => served && answers.length === 0);
  }

  /** A server of requests, over a class of connections' servers. */
  const serverOver = (Base, event) =>
    class Server extends Base {
      constructor(options, listener) {
        const [settings, each] = typeof options === "function" ? [{}, options] : [options ?? {}, listener];
        super({ allowHalfOpen: true, noDelay: true, ...settings });
        Object.assign(this, { timeout: 0, keepAliveTimeout: settings.keepAliveTimeout ?? 5000, headersTimeout: settings.headersTimeout ?? 60000, requestTimeout: settings.requestTimeout ?? 300000, maxHeadersCount: null, maxRequestsPerSocket: 0, httpAllowHalfOpen: false });
        Object.defineProperties(this, { _idle: { value: new Map() }, _types: { value: settings } });
        if (each) this.on("request", each);
        this.on(event, (socket) => serve(this, socket));
      }
      setTimeout(wait, done) {
        this.timeout = wait;
        if (done) this.on("timeout", done);
        return this;
      }
      close(done) {
        super.close(done);
        this.closeIdleConnections();
        return this;
      }
      closeIdleConnections() {
        for (const [socket, idle] of [...this._idle]) if (idle()) socket.destroy();
      }
      closeAllConnections() {
        for (const [socket] of [...this._idle]) socket.destroy();
      }
    };

  /** The server's half of http or https; called without `new`, too. */
  const of = (protocol) => {
    const type = protocol === "https:" ? serverOver(node("tls").Server, "secureConnection") : serverOver(net.Server, "connection");
    const Server = new Proxy(type, { apply: (target, _, args) => new target(...args) });
    const createServer = (...args) => new type(...args);
    return protocol === "https:" ? { Server, createServer } : { Server, createServer, ServerResponse, _connectionListener: serve };
  };
  return { of };
}
