// node's tls: Python's, over sockets or whatever stream a package brings.
"use strict";
({ host, node, partly, parts }) => {
  const net = node("net");
  const { mistake, normalized } = node("net_words");
  const { secure } = host;
  const VERSIONS = { DEFAULT_MIN_VERSION: "TLSv1.2", DEFAULT_MAX_VERSION: "TLSv1.3" };

  const text = (x) => (x === undefined || x === null ? undefined : typeof x === "string" ? x : Array.isArray(x) ? x.map((each) => text(each?.pem ?? each)).join("\n") : Buffer.from(x).toString());
  const protocolsOf = (x) => (x === undefined ? undefined : Array.isArray(x) ? x.map(String) : [...wired(x)]);

  /** The names in ALPN's own form: a length before each. */
  function* wired(bytes) {
    for (let i = 0; i < bytes.length; i += bytes[i] + 1) yield Buffer.from(bytes.subarray(i + 1, i + 1 + bytes[i])).toString("latin1");
  }

  class SecureContext {
    constructor(options = {}) {
      Object.defineProperty(this, "options", { value: options });
      this.context = {};
    }
  }
  const createSecureContext = (options) => new SecureContext(options);

  /** Python's, for one kind of connection. */
  function contextOf(options, server, verify, named) {
    if (options.pfx || options.crl) throw mistake(Error, "ERR_POLYHY_ABSENT", `node's tls with ${options.pfx ? "pfx" : "crl"} is not available in polyhy's own JavaScript runtime; import the package :in "node"`);
    const all = { ...options.secureContext?.options, ...options };
    const settings = { ca: text(all.ca), cert: text(all.cert), key: text(all.key), passphrase: all.passphrase, verify, named, least: all.minVersion, most: all.maxVersion, ciphers: all.ciphers && all.ciphers.split(":").some((x) => !x.startsWith("TLS_")) ? all.ciphers : undefined, protocols: protocolsOf(all.ALPNProtocols) };
    const made = secure.context(server, JSON.stringify(settings));
    if (Array.isArray(made)) throw mistake(Error, ...made);
    return made;
  }

  class TLSSocket extends net.Socket {
    #under;
    #session;
    #server;
    #options;
    #agreed = false;
    #ended = false;
    #waiting = [];
    encrypted = true;
    authorized = false;
    authorizationError = null;
    alpnProtocol = null;

    constructor(under, options = {}) {
      super({ allowHalfOpen: under?.allowHalfOpen ?? options.allowHalfOpen, signal: options.signal });
      this.#under = under ?? new net.Socket(options);
      this.#server = Boolean(options.isServer);
      this.#options = options;
      this.servername = options.servername ?? null;
      const raw = this.#under;
      raw.on("data", (bytes) => this.#take(Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes)));
      raw.on("end", () => this.#take(null));
      raw.on("error", (error) => this.destroy(error));
      raw.on("close", () => this.#lost());
      for (const name of ["lookup", "timeout"]) raw.on(name, (...args) => this.emit(name, ...args));
      if (this.#server) this._begin();
      else if (raw.connecting) {
        this.connecting = true;
        raw.once("connect", () => {
          this.connecting = false;
          this.emit("connect");
          this.emit("ready");
        });
      }
    }

    /** Start to agree on keys: as soon as there is a connection. */
    _begin() {
      const start = () => this.destroyed || this.#start();
      if (this.#under.connecting) this.#under.once("connect", start);
      else start();
    }
    #start() {
      const { checkServerIdentity, rejectUnauthorized, requestCert } = this.#options;
      this.#strict = rejectUnauthorized ?? globalThis.process.env.NODE_TLS_REJECT_UNAUTHORIZED !== "0";
      const verify = this.#server ? Boolean(requestCert && this.#strict) : this.#strict;
      const name = this.servername || this.#options.host || undefined;
      try {
        const context = contextOf(this.#options, this.#server, verify, verify && !this.#server && !checkServerIdentity && Boolean(name));
        this.#session = secure.start(context, this.#server, this.#server ? null : (name ?? null));
      } catch (error) {
        return globalThis.process.nextTick(() => this.destroy(error));
      }
      this.#take(Buffer.alloc(0));
    }
    #strict = true;

    /** What the other side sent; null is its end. */
    #take(bytes) {
      if (this.#session === undefined || this.destroyed) return bytes === null ? this.#lost() : undefined;
      const [agreed, plain, ended, out, error] = this.#session.take(bytes);
      if (out.length && this.#under.writable) this.#under.write(Buffer.from(out));
      if (error) return this.#refused(error);
      if (agreed && !this.#agreed) this.#agree();
      if (this.destroyed) return;
      if (plain.length) {
        this.bytesRead += plain.length;
        if (!this.push(Buffer.from(plain))) this.#under.pause();
      }
      if (ended && !this.#agreed) return this.#lost();
      if (ended && !this.#ended) {
        this.#ended = true;
        this.push(null);
        this.read(0);
      }
    }
    #refused([code, reason]) {
      if (code !== "ERR_TLS_CERT_ALTNAME_INVALID") return this.destroy(mistake(Error, code, reason));
      const name = this.servername || this.#options.host;
      this.destroy(Object.assign(mistake(Error, code, `Hostname/IP does not match certificate's altnames: ${reason}`), { reason, host: name }));
    }
    #agree() {
      this.#agreed = true;
      const [, , protocol] = this.#session.facts();
      this.alpnProtocol = protocol ?? false;
      this.authorized = this.#server ? Boolean(this.#options.requestCert && this.#strict) : this.#strict;
      if (!this.authorized && !this.#server) this.authorizationError = "UNVERIFIED";
      const check = this.#options.checkServerIdentity;
      const wrong = !this.#server && check && this.#strict ? check(this.servername || this.#options.host, this.getPeerCertificate()) : undefined;
      if (wrong) {
        this.authorized = false;
        return this.destroy(wrong);
      }
      for (const go of this.#waiting.splice(0)) go();
      this.secureConnecting = false;
      this.emit("secure");
      if (!this.#server) this.emit("secureConnect");
      this.read(0);
    }
    /** The stream below is gone. */
    #lost() {
      if (this.destroyed) return;
      if (!this.#agreed) return this.destroy(Object.assign(mistake(Error, "ECONNRESET", "Client network socket disconnected before secure TLS connection was established"), { host: this.#options.host, port: this.#options.port, path: undefined, localAddress: undefined }));
      if (!this.#ended) {
        this.#ended = true;
        this.push(null);
        this.read(0);
      }
      if (this.#under.destroyed) this.destroy();
    }
    #when(act) {
      if (this.#agreed) act();
      else this.#waiting.push(act);
    }

    connect(...args) {
      const [options, done] = normalized(args);
      if (done) this.once("secureConnect", done);
      this.#under.connect(options);
      return this;
    }
    _read() {
      this.#under.resume();
    }
    _write(chunk, encoding, done) {
      this.#when(() => this.#send(Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk, encoding), done));
    }
    _writev(chunks, done) {
      this.#when(() => this.#send(Buffer.concat(chunks.map(({ chunk, encoding }) => (Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk, encoding)))), done));
    }
    #send(bytes, done) {
      const [out, error] = this.#session.give(bytes);
      if (error) return done(mistake(Error, ...error));
      this.#under.write(Buffer.from(out), done);
    }
    _final(done) {
      this.#when(() => {
        const out = this.#session.end();
        if (this.#under.writable) this.#under.end(out.length ? Buffer.from(out) : undefined, () => done());
        else done();
      });
    }
    _destroy(error, done) {
      this.#under.destroy();
      this.#waiting.length = 0;
      super._destroy(error, done);
    }

    // --- what it is

    getPeerCertificate() {
      const found = this.#session?.certificate();
      if (!found) return this.#agreed ? {} : null;
      return { ...found[0], ca: false, raw: Buffer.from(found[1]) };
    }
    getPeerX509Certificate() {}
    getProtocol() {
      return this.#session?.facts()[0] ?? null;
    }
    getCipher() {
      const cipher = this.#session?.facts()[1];
      return cipher ? { name: cipher[0], standardName: cipher[0], version: this.getProtocol() } : {};
    }
    getSession() {}
    getTLSTicket() {}
    getFinished() {}
    getPeerFinished() {}
    isSessionReused() {
      return false;
    }
    setServername(name) {
      this.servername = name;
    }
    setSession() {}
    setMaxSendFragment() {
      return true;
    }
    disableRenegotiation() {}
    enableTrace() {}
    setNoDelay(yes) {
      this.#under.setNoDelay?.(yes);
      return this;
    }
    setKeepAlive(...args) {
      this.#under.setKeepAlive?.(...args);
      return this;
    }
    ref() {
      this.#under.ref?.();
      return this;
    }
    unref() {
      this.#under.unref?.();
      return this;
    }
    address() {
      return this.#under.address?.() ?? {};
    }
    get pending() {
      return this.connecting;
    }
    get _handle() {
      return this.destroyed ? null : { _parentWrap: this.#under };
    }
    _ends() {
      return this.#under._ends?.() ?? [null, null];
    }
  }

  function connect(...args) {
    const [first, done] = normalized(args);
    const more = args.find((x, i) => i > 0 && x !== null && typeof x === "object");
    const options = { ...first, ...more };
    const name = options.servername ?? (options.host && !net.isIP(options.host) ? options.host : undefined);
    const under = options.socket ?? new net.Socket({ signal: options.signal }).connect(options);
    const socket = new TLSSocket(under, { ...options, signal: undefined, host: options.host ?? (options.socket ? undefined : "localhost"), servername: name, isServer: false });
    socket.secureConnecting = true;
    if (done) socket.once("secureConnect", done);
    if (options.timeout) socket.setTimeout(options.timeout);
    socket._begin();
    return socket;
  }

  class Server extends net.Server {
    #shared;
    constructor(options, listener) {
      const [settings, each] = typeof options === "function" ? [{}, options] : [options ?? {}, listener];
      super(settings);
      this.#shared = settings;
      if (each) this.on("secureConnection", each);
      this.on("connection", (raw) => this.#agree(raw));
    }
    #agree(raw) {
      const socket = new TLSSocket(raw, { ...this.#shared, isServer: true });
      let agreed = false;
      socket.once("secure", () => {
        agreed = true;
        this.emit("secureConnection", socket);
      });
      socket.on("error", (error) => agreed || this.emit("tlsClientError", error, socket));
    }
    setSecureContext(options) {
      this.#shared = { ...this.#shared, ...options };
    }
    addContext() {}
    getTicketKeys() {}
    setTicketKeys() {}
  }

  /** Nothing, or the error that the name is none of the certificate's. */
  function checkServerIdentity(name, { subject, subjectaltname } = {}) {
    const names = subjectaltname ? subjectaltname.split(", ").map((each) => each.replace(/^(DNS|IP Address):/, "")) : [subject?.CN].flat().filter(Boolean);
    const fits = (pattern) => {
      const [wanted, given] = [pattern.toLowerCase(), String(name).toLowerCase().replace(/\.$/, "")];
      return wanted.startsWith("*.") ? given.slice(given.indexOf(".")) === wanted.slice(1) : wanted === given;
    };
    if (names.some(fits)) return undefined;
    const reason = net.isIP(name) ? `IP: ${name} is not in the cert's list: ${names.join(", ")}` : `Host: ${name}. is not in the cert's altnames: ${subjectaltname}`;
    return Object.assign(mistake(Error, "ERR_TLS_CERT_ALTNAME_INVALID", `Hostname/IP does not match certificate's altnames: ${reason}`), { reason, host: name });
  }

  return partly("tls", { rootCertificates: [], ...VERSIONS, DEFAULT_ECDH_CURVE: "auto", DEFAULT_CIPHERS: "", TLSSocket, Server, SecureContext, connect, checkServerIdentity, createSecureContext, createServer: (...args) => new Server(...args) });
}
