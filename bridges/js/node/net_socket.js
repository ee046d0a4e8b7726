// Sockets of node's net, over Python's, which the runtime's loop serves.
"use strict";
({ host, node, parts }) => {
  const { Duplex } = node("stream");
  const names = node("net_names");
  const { sockets } = host;
  const { failure, mistake, normalized, portOf } = node("net_words");
  const later = (f) => globalThis.setImmediate(f); // not before Python has what it waits for by its name

  class Socket extends Duplex {
    #number;
    #drained;
    #timer;
    #names = [null, null];
    #idle = false;
    connecting = false;
    bytesRead = 0;
    #written = 0;
    timeout = 0;
    server = null;

    constructor(options) {
      const { allowHalfOpen = false, readableHighWaterMark, writableHighWaterMark, signal, handle, fd } = typeof options === "number" ? { fd: options } : (options ?? {});
      if (fd !== undefined) throw mistake(Error, "ERR_POLYHY_ABSENT", `node's net.Socket over a file's number is not available in polyhy's own JavaScript runtime; import the package :in "node"`);
      super({ allowHalfOpen, readableHighWaterMark, writableHighWaterMark });
      this.allowHalfOpen = allowHalfOpen;
      if (handle !== undefined) this.#take(handle);
      signal?.addEventListener("abort", () => this.destroy(Object.assign(new Error("The operation was aborted", { cause: signal.reason }), { name: "AbortError", code: "ABORT_ERR" })), { once: true });
    }

    /** Be what a server accepted. */
    #take(number) {
      this.#number = number;
      this.#names = sockets.names(number);
      sockets.attach(number, this.#answers());
    }
    #answers() {
      const answer = (what, ...detail) => this.#news[what](...detail);
      return parts.bound?.(answer) ?? answer;
    }

    // --- to connect

    connect(...args) {
      const [options, done] = normalized(args);
      if (this.destroyed) this._undestroy();
      if (done) this.once("connect", done);
      this.connecting = true;
      this.#active();
      const ends = (found) => this.connecting && this.#attempt(found, options);
      if (options.path !== undefined) ends([{ address: options.path, family: 0 }]);
      else this.#find(options, portOf(options.port), ends);
      return this;
    }
    #find({ host: name = "localhost", family, hints, lookup = node("dns").lookup }, port, found) {
      this._host = name;
      const known = names.isIP(name);
      if (known) return found([{ address: name, family: known, port }]);
      lookup(name, { family: { IPv4: 4, IPv6: 6 }[family] ?? family ?? 0, hints, all: true }, (error, address, kind) => {
        const all = error ? [] : Array.isArray(address) ? address : [{ address, family: kind ?? names.isIP(address) }];
        const first = all[0] ?? {};
        if (!this.connecting) return;
        this.emit("lookup", error ?? null, first.address, first.family, name);
        if (error) later(() => this.destroy(error));
        else found(all.map((each) => ({ ...each, port })));
      });
    }
    /** Try one address after another. */
    #attempt([first, ...rest], options, failed = []) {
      const { address, family, port } = first;
      const fail = (...reason) => {
        const all = [...failed, failure(reason, address, port)];
        if (!this.connecting) return;
        if (rest.length) return this.#attempt(rest, options, all);
        this.connecting = false;
        this.destroy(all.length > 1 ? Object.assign(new AggregateError(all), { code: all[0].code }) : all[0]);
      };
      const local = options.localAddress || options.localPort ? [options.localAddress ?? (family === 6 ? "::" : "0.0.0.0"), options.localPort ?? 0] : null;
      const answers = this.#answers();
      const number = sockets.connect(family, family ? [address, port] : address, local, (what, ...detail) => {
        if (what === "connect") this.#connected(options);
        else if (what === "error" && this.connecting) this.#close(), fail(...detail);
        else answers(what, ...detail);
      });
      if (Array.isArray(number)) later(() => fail(...number));
      else this.#number = number;
    }
    #connected({ noDelay, keepAlive }) {
      this.connecting = false;
      this.#names = sockets.names(this.#number);
      if (this.#idle) this.unref();
      if (noDelay) this.setNoDelay(true);
      if (keepAlive) this.setKeepAlive(true);
      this.#active();
      this.emit("connect");
      this.emit("ready");
      if (!this.isPaused()) this.read(0);
    }
    /** Go on once there is a connection. */
    #when(act) {
      if (this.connecting) this.once("connect", act);
      else act();
    }

    // --- what comes and goes

    #news = {
      data: (bytes) => {
        this.bytesRead += bytes.length;
        this.#active();
        if (!this.destroyed && !this.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))) sockets.read(this.#number, false);
      },
      end: () => {
        if (this.destroyed) return;
        this.push(null);
        this.read(0);
      },
      drain: () => {
        const done = this.#drained;
        this.#drained = undefined;
        this.#active();
        done?.();
      },
      error: (...reason) => this.destroy(failure(reason)),
    };
    _read() {
      if (this.connecting) this.once("connect", () => this._read());
      else if (this.#number !== undefined) sockets.read(this.#number, true);
    }
    _write(chunk, encoding, done) {
      this.#when(() => this.#send(Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk, encoding), done));
    }
    _writev(chunks, done) {
      this.#when(() => this.#send(Buffer.concat(chunks.map(({ chunk, encoding }) => (Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk, encoding)))), done));
    }
    #send(bytes, done) {
      if (this.#number === undefined) return done(mistake(Error, "ERR_SOCKET_CLOSED", "Socket is closed"));
      this.#written += bytes.length;
      this.#active();
      const sent = sockets.write(this.#number, bytes);
      if (Array.isArray(sent)) done(failure(sent));
      else if (sent) done();
      else this.#drained = done;
    }
    _final(done) {
      this.#when(() => {
        if (this.#number === undefined) return done();
        const ended = sockets.end(this.#number);
        done(Array.isArray(ended) && ended[0] !== "ENOTCONN" ? failure(ended) : null);
      });
    }
    _destroy(error, done) {
      this.connecting = false;
      clearTimeout(this.#timer);
      this.#close();
      done(error);
      const { server } = this;
      this.server = null;
      server?._left(this);
    }
    /** Listeners of `close` are told if an error is why. */
    emit(name, ...args) {
      return name === "close" && args.length === 0 ? super.emit(name, Boolean(this.errored)) : super.emit(name, ...args);
    }
    #close(reset = false) {
      if (this.#number !== undefined) sockets.close(this.#number, reset);
      this.#number = undefined;
    }
    destroySoon() {
      if (this.writable) this.end();
      if (this.writableFinished) this.destroy();
      else this.once("finish", this.destroy);
    }
    resetAndDestroy() {
      this.#when(() => {
        this.#close(true);
        this.destroy();
      });
      return this;
    }

    // --- settings

    setTimeout(wait, done) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.timeout = Number(wait);
      if (done) this[wait ? "once" : "removeListener"]("timeout", done);
      if (wait) this.#timer = setTimeout(() => this.emit("timeout"), wait).unref();
      return this;
    }
    /** Something came or went: its time starts anew. */
    #active() {
      if (this.#timer !== undefined) this.setTimeout(this.timeout);
    }
    _unrefTimer() {
      this.#active();
    }
    #set(name, yes) {
      this.#when(() => this.#number !== undefined && sockets.option(this.#number, name, Boolean(yes)));
      return this;
    }
    setNoDelay(yes = true) {
      return this.#set("nodelay", yes);
    }
    setKeepAlive(yes = false) {
      return this.#set("keepalive", yes);
    }
    ref() {
      return this.#wait(true);
    }
    unref() {
      return this.#wait(false);
    }
    #wait(yes) {
      this.#idle = !yes;
      if (this.#number !== undefined) sockets.idle(this.#number, !yes);
      return this;
    }

    // --- what it is

    get pending() {
      return this.#number === undefined || this.connecting;
    }
    get bytesWritten() {
      return this.#written + this.writableLength;
    }
    get readyState() {
      if (this.connecting) return "opening";
      const [readable, writable] = [this.readable, this.writable];
      return readable && writable ? "open" : readable ? "readOnly" : writable ? "writeOnly" : "closed";
    }
    get _handle() {
      return this.#number === undefined ? null : { fd: -1 };
    }
    get _connecting() {
      return this.connecting;
    }
    /** The address, port and family of this end, and of the other. */
    _ends() {
      return this.#names;
    }
    address() {
      const [address, port, family] = this._ends()[0] ?? [];
      return port === undefined ? {} : { address, family, port };
    }
  }
  for (const [i, end] of ["local", "remote"].entries()) {
    for (const [j, part] of ["Address", "Port", "Family"].entries()) {
      Object.defineProperty(Socket.prototype, end + part, {
        configurable: true,
        get() {
          return this._ends()[i]?.[j] ?? undefined;
        },
      });
    }
  }

  return Socket;
}
