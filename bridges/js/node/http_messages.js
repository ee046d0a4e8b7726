// What node's http sends and receives: messages, the framing of their bodies, and their headers.
"use strict";
({ node, packaged }) => {
  const { Readable, Writable } = node("stream");
  const { validateHeaderName, validateHeaderValue } = node("http_names");
  const { HTTPParser } = packaged("http-parser-js");
  HTTPParser.encoding = "latin1";
  void HTTPParser.kOnExecute; // from now on it tells what it found one by one, as node's does

  /** What a parser calls when it has read the headers, as an object; `info` of the parser is its own. */
  const headersOf = (act) =>
    function (versionMajor, versionMinor, headers, method, url, statusCode, statusMessage, upgrade, shouldKeepAlive) {
      return act({ versionMajor, versionMinor, headers, method, url, statusCode, statusMessage, upgrade, shouldKeepAlive }, this.info);
    };
  const HEADERS = Symbol("headers");
  const WAITING = Symbol("waiting");
  const ALONE = new Set(["age", "authorization", "content-length", "content-type", "etag", "expires", "from", "host", "if-modified-since", "if-unmodified-since", "last-modified", "location", "max-forwards", "proxy-authorization", "referer", "retry-after", "server", "user-agent"]);

  /**
   * A class that may be called on an object, too, as packages of old do: `ServerResponse.call(this)`.
   * What `start` does, the constructor of a class would.
   */
  function old(type, start) {
    const made = function (...args) {
      const self = this instanceof made ? this : Object.create(made.prototype);
      start.apply(self, args);
      return self;
    };
    Object.setPrototypeOf(made, Object.getPrototypeOf(type));
    made.prototype = type.prototype;
    Object.defineProperty(made.prototype, "constructor", { value: made, writable: true, configurable: true });
    return Object.defineProperty(made, "name", { value: type.name });
  }

  /** The values of headers by name, as node joins those that come twice. */
  function joined(raw) {
    const out = {};
    for (let i = 0; i < raw.length; i += 2) {
      const [name, value] = [raw[i].toLowerCase(), raw[i + 1]];
      if (name === "set-cookie") (out[name] ??= []).push(value);
      else if (!(name in out)) out[name] = value;
      else if (!ALONE.has(name)) out[name] += `${name === "cookie" ? ";" : ","} ${value}`;
    }
    return out;
  }

  const IncomingMessage = old(
    class IncomingMessage extends Readable {
      _read() {
        if (this.socket?.readable) this.socket.resume?.();
      }
      /** Take from a parser what the other side said first. */
      _begin({ versionMajor, versionMinor, headers }) {
        Object.assign(this, { httpVersionMajor: versionMajor, httpVersionMinor: versionMinor, httpVersion: `${versionMajor}.${versionMinor}` });
        Object.assign(this, { rawHeaders: headers, headers: joined(headers) });
        return this;
      }
      get connection() {
        return this.socket;
      }
      set connection(socket) {
        this.socket = socket;
      }
      get headersDistinct() {
        return distinct(this.rawHeaders);
      }
      get trailersDistinct() {
        return distinct(this.rawTrailers);
      }
      setTimeout(wait, done) {
        this.socket?.setTimeout?.(wait, done);
        return this;
      }
      _dump() {
        this.resume();
      }
      _destroy(error, done) {
        if (!this.readableEnded || !this.complete) {
          this.aborted = true;
          this.emit("aborted");
        }
        if (!this.complete && this.socket && !this.socket.destroyed) this.socket.destroy(error);
        // As node has it, an error that nobody listens for is none.
        globalThis.process.nextTick(() => done(this.listenerCount("error") ? error : null));
      }
    },
    function (socket) {
      Readable.call(this, { highWaterMark: socket?.readableHighWaterMark });
      Object.assign(this, { socket, httpVersion: null, httpVersionMajor: null, httpVersionMinor: null, complete: false, aborted: false, headers: {}, rawHeaders: [], trailers: {}, rawTrailers: [], url: "", method: null, statusCode: null, statusMessage: null });
    },
  );

  function distinct(raw) {
    const out = {};
    for (let i = 0; i < raw.length; i += 2) (out[raw[i].toLowerCase()] ??= []).push(raw[i + 1]);
    return out;
  }

  /** The values of a header, a line each; cookies are one line. */
  const listed = (name, value) => (!Array.isArray(value) ? [value] : name.toLowerCase() === "cookie" ? [value.join("; ")] : value);

  const late = (act) => Object.assign(new Error(`Cannot ${act} headers after they are sent to the client`), { code: "ERR_HTTP_HEADERS_SENT" });

  const OutgoingMessage = old(
    class OutgoingMessage extends Writable {
      // --- headers

      setHeader(name, value) {
        if (this.headersSent) throw late("set");
        validateHeaderName(name);
        for (const each of [value].flat()) validateHeaderValue(name, each);
        this[HEADERS].set(String(name).toLowerCase(), [String(name), value]);
        return this;
      }
      setHeaders(headers) {
        for (const [name, value] of headers) this.setHeader(name, value);
        return this;
      }
      appendHeader(name, value) {
        const before = this.getHeader(name);
        return this.setHeader(name, before === undefined ? value : [before, value].flat());
      }
      getHeader(name) {
        return this[HEADERS].get(String(name).toLowerCase())?.[1];
      }
      hasHeader(name) {
        return this[HEADERS].has(String(name).toLowerCase());
      }
      removeHeader(name) {
        if (this.headersSent) throw late("remove");
        this[HEADERS].delete(String(name).toLowerCase());
      }
      getHeaders() {
        return Object.assign(Object.create(null), Object.fromEntries(Array.from(this[HEADERS], ([key, [, value]]) => [key, value])));
      }
      getHeaderNames() {
        return [...this[HEADERS].keys()];
      }
      getRawHeaderNames() {
        return Array.from(this[HEADERS].values(), ([name]) => name);
      }
      addTrailers(trailers) {
        this._trailers = Array.isArray(trailers) ? trailers : Object.entries(trailers);
      }
      flushHeaders() {
        if (!this._header) this._implicitHeader();
        this._send("");
      }
      get headersSent() {
        return Boolean(this._header);
      }
      get connection() {
        return this.socket;
      }
      set connection(socket) {
        this.socket = socket;
      }
      get writableEnded() {
        return Boolean(this.finished);
      }

      /** Settle the first line and the headers: how long the body is, and if more may follow. */
      _storeHeader(line) {
        const pairs = [...this[HEADERS].values()].flatMap(([name, value]) => listed(name, value).map((each) => [name, String(each)]));
        const said = new Map(pairs.map(([name, value]) => [name.toLowerCase(), value.toLowerCase()]));
        if (this.sendDate && !said.has("date")) pairs.push(["Date", new Date().toUTCString()]);
        pairs.push(...this._connectionHeaders(said), ...this._lengthHeaders(said));
        this._header = `${line}\r\n${pairs.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
      }
      /** Whether the connection goes on: it must close where nothing else says how long the body is. */
      _connectionHeaders(said) {
        if (said.has("connection")) {
          this._last = /\bclose\b/.test(said.get("connection")) || !this.shouldKeepAlive;
          return [];
        }
        const known = said.has("content-length") || said.has("transfer-encoding") || this._whole !== undefined || !this._hasBody;
        this._last = !this.shouldKeepAlive || !(known || this._pieces);
        const alive = this._keepAliveFor && !this._last ? [["Keep-Alive", `timeout=${this._keepAliveFor}`]] : [];
        return [["Connection", this._last ? "close" : "keep-alive"], ...alive];
      }
      _lengthHeaders(said) {
        this.chunkedEncoding = this._hasBody && /\bchunked$/.test(said.get("transfer-encoding") ?? "");
        if (!this._hasBody || said.has("transfer-encoding") || said.has("content-length")) return [];
        if (this._whole !== undefined) return this._whole > 0 || !this._bare ? [["Content-Length", this._whole]] : [];
        if (!this._pieces) {
          this._last = true;
          return [];
        }
        this.chunkedEncoding = true;
        return [["Transfer-Encoding", "chunked"]];
      }
      /** True where a body of unknown length may come in pieces. */
      get _pieces() {
        return this.useChunkedEncodingByDefault && !this._old;
      }

      // --- the body

      /** Send, or keep it until there is a connection. */
      _send(data, done = () => {}) {
        const bytes = typeof data === "string" ? Buffer.from(data, "latin1") : data;
        const all = this._header && !this._begun ? Buffer.concat([Buffer.from(this._header, "latin1"), bytes]) : bytes;
        if (this._header) this._begun = true;
        if (this[WAITING]) this[WAITING].push([all, done]);
        else this._put(all, done);
      }
      _put(bytes, done) {
        if (!bytes.length || !this.socket?.writable) return void globalThis.process.nextTick(done);
        this.socket.write(bytes, () => done()); // an error is the connection's to tell
      }
      /** Send what waited for a connection. */
      _flushTo(socket) {
        this.socket = socket;
        const waiting = this[WAITING] ?? [];
        this[WAITING] = undefined;
        for (const [bytes, done] of waiting) this._put(bytes, done);
      }
      _write(chunk, _, done) {
        if (!this._header) this._implicitHeader();
        if (!this._hasBody) return done();
        if (!this.chunkedEncoding) this._send(chunk, done);
        else this._send(Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n")]), done);
      }
      end(chunk, encoding, done) {
        if (this.finished) return this;
        const [body, how, then] = typeof chunk === "function" ? [undefined, undefined, chunk] : typeof encoding === "function" ? [chunk, undefined, encoding] : [chunk, encoding, done];
        if (!this._header) this._whole = body === undefined || body === null ? 0 : typeof body === "string" ? Buffer.byteLength(body, how) : body.length;
        const given = [body ?? null, how, then].filter((x, i) => i === 0 || x !== undefined);
        Writable.prototype.end.apply(this, given);
        this.finished = true;
        return this;
      }
      _final(done) {
        if (!this._header) this._implicitHeader();
        const trailers = (this._trailers ?? []).map(([name, value]) => `${name}: ${value}\r\n`).join("");
        this._send(this.chunkedEncoding ? `0\r\n${trailers}\r\n` : "", () => done());
        globalThis.process.nextTick(() => this._finished?.());
      }
      setTimeout(wait, done) {
        if (done) this.on("timeout", done);
        if (this.socket) this.socket.setTimeout(wait);
        else this.once("socket", (socket) => socket.setTimeout(wait));
        return this;
      }
    },
    function () {
      Writable.call(this, { autoDestroy: false });
      Object.assign(this, { [HEADERS]: new Map(), [WAITING]: [], finished: false, sendDate: false, shouldKeepAlive: true, useChunkedEncodingByDefault: true, chunkedEncoding: false, _hasBody: true, _header: null, socket: null });
    },
  );

  return { IncomingMessage, OutgoingMessage, HTTPParser, WAITING, headersOf, old };
}
