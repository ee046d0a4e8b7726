// Servers of node's net: sockets that listen, and the connections that they accept.
"use strict";
({ host, node, parts }) => {
  const EventEmitter = node("events");
  const { isIP } = node("net_names");
  const { failure, mistake, normalized, portOf } = node("net_words");
  const Socket = node("net_socket");
  const { sockets } = host;
  const later = (f) => globalThis.setImmediate(f); // not before Python has what it waits for by its name

  class Server extends EventEmitter {
    #number;
    #all = new Set();
    #idle = false;
    #path;
    _connections = 0;

    constructor(options, listener) {
      super();
      const [settings, each] = typeof options === "function" ? [{}, options] : [options ?? {}, listener];
      Object.assign(this, { settings, allowHalfOpen: settings.allowHalfOpen ?? false, pauseOnConnect: Boolean(settings.pauseOnConnect) });
      Object.defineProperty(this, "settings", { enumerable: false });
      if (each) this.on("connection", each);
    }
    get listening() {
      return this.#number !== undefined;
    }
    listen(...args) {
      const [options, done] = normalized(args);
      if (this.#number !== undefined) throw mistake(Error, "ERR_SERVER_ALREADY_LISTEN", "Listen method has been called more than once without closing.");
      if (done) this.once("listening", done);
      const backlog = options.backlog ?? args.find((x, i) => i > 0 && typeof x === "number") ?? 511;
      if (options.path !== undefined) this.#open(0, options.path, undefined, backlog);
      else this.#find(options.host, portOf(options.port ?? 0), backlog);
      return this;
    }
    #find(name, port, backlog) {
      if (!name) return this.#open(6, "::", port, backlog, true);
      const known = isIP(name);
      if (known) return this.#open(known, name, port, backlog);
      node("dns").lookup(name, (error, address, family) => (error ? this.emit("error", error) : this.#open(family, address, port, backlog)));
    }
    #open(family, address, port, backlog, any = false) {
      const accept = (_, number) => this.#accept(number);
      const number = sockets.listen(family, family ? [address, port] : address, backlog, parts.bound?.(accept) ?? accept);
      if (any && ["EAFNOSUPPORT", "EADDRNOTAVAIL", "EINVAL"].includes(number[0])) return this.#open(4, "0.0.0.0", port, backlog); // a machine without IPv6
      if (Array.isArray(number)) return later(() => this.emit("error", failure(["EACCES", "EADDRINUSE", "EADDRNOTAVAIL"].includes(number[0]) ? [number[0], number[1], "listen"] : number, address, port, true)));
      this.#number = number;
      this.#path = family ? undefined : address;
      if (this.#idle) this.unref();
      later(() => this.#number === number && this.emit("listening"));
    }
    #accept(number) {
      if (this.maxConnections && this._connections >= this.maxConnections) return sockets.close(number, false);
      const socket = new Socket({ handle: number, allowHalfOpen: this.allowHalfOpen });
      if (this.settings.noDelay) socket.setNoDelay(true);
      if (this.settings.keepAlive) socket.setKeepAlive(true);
      socket.server = socket._server = this;
      this._connections++;
      this.#all.add(socket);
      if (this.pauseOnConnect) socket.pause();
      else socket.read(0);
      this.emit("connection", socket);
    }
    /** A connection of ours is gone. */
    _left(socket) {
      if (this.#all.delete(socket)) this._connections--;
      this.#closed();
    }
    #closed() {
      if (this.#number === undefined && this._connections === 0) later(() => this.emit("close"));
    }
    close(done) {
      const running = this.#number !== undefined;
      if (done) this.once("close", running ? done : () => done(mistake(Error, "ERR_SERVER_NOT_RUNNING", "Server is not running.")));
      if (running) sockets.close(this.#number, false);
      if (running && this.#path !== undefined) node("fs").rmSync(this.#path, { force: true });
      this.#number = undefined;
      this.#closed();
      return this;
    }
    address() {
      if (this.#number === undefined) return null;
      const [address, port, family] = sockets.names(this.#number)[0];
      return family ? { address, family, port } : address;
    }
    getConnections(done) {
      later(() => done(null, this._connections));
      return this;
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
    [Symbol.asyncDispose ?? Symbol.for("asyncDispose")]() {
      return new Promise((done, fail) => this.close((error) => (error ? fail(error) : done())));
    }
  }

  return Server;
}
