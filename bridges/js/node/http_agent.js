// node's http.Agent: which connection a request goes over, and who may have it next.
"use strict";
({ node }) => {
  const EventEmitter = node("events");
  const { old } = node("http_messages");

  const Agent = old(
    class Agent extends EventEmitter {
      createConnection(options, done) {
        return node("net").createConnection(options, done);
      }
      getName({ host = "localhost", port = "", localAddress = "", family, socketPath } = {}) {
        return `${host}:${port}:${localAddress}${family === 4 || family === 6 ? `:${family}` : ""}${socketPath ? `:${socketPath}` : ""}`;
      }
      /** Give a request a connection: a free one, a new one, or the next. */
      addRequest(request, options) {
        const asked = { ...options, ...this.options, ...(options.socketPath && { path: options.socketPath }) };
        if (!options.socketPath) delete asked.path;
        const name = this.getName(asked);
        const free = this.freeSockets[name] ?? [];
        while (free.length && free[0].destroyed) free.shift();
        const socket = this.scheduling === "fifo" ? free.shift() : free.pop();
        if (free.length === 0) delete this.freeSockets[name];
        if (socket) {
          this.reuseSocket(socket, request);
          (this.sockets[name] ??= []).push(socket);
          request.onSocket(socket);
        } else if ((this.sockets[name]?.length ?? 0) < this.maxSockets && this.totalSocketCount < this.maxTotalSockets) {
          this.createSocket(request, asked, (error, made) => request.onSocket(made, error));
        } else {
          request._asked = asked;
          (this.requests[name] ??= []).push(request);
        }
      }
      createSocket(request, options, done) {
        const asked = { ...options, ...this.options };
        if (options.socketPath) asked.path = options.socketPath;
        asked.servername ??= servernameOf(asked, request);
        const name = this.getName(asked);
        asked.encoding = null;
        let told = false;
        const created = (error, socket) => {
          if (told) return;
          told = true;
          if (error) return done(error);
          (this.sockets[name] ??= []).push(socket);
          this.totalSocketCount++;
          listen(this, socket, asked, name);
          done(null, socket);
        };
        const socket = this.createConnection(asked, created);
        if (socket) created(null, socket);
      }
      keepSocketAlive(socket) {
        socket.setKeepAlive(true, this.keepAliveMsecs);
        socket.unref();
        socket.setTimeout(this.options.timeout ?? 0);
        return true;
      }
      reuseSocket(socket, request) {
        request.reusedSocket = true;
        socket.ref();
      }
      removeSocket(socket) {
        socket.emit("agentRemove");
      }
      destroy() {
        for (const all of [this.freeSockets, this.sockets]) for (const each of Object.values(all).flat()) each.destroy();
      }
    },
    function (options = {}) {
      EventEmitter.call(this);
      const given = { ...options };
      if (given.noDelay === undefined) given.noDelay = true;
      Object.assign(this, { options: given, defaultPort: 80, protocol: "http:", keepAlive: options.keepAlive ?? false, keepAliveMsecs: options.keepAliveMsecs ?? 1000, maxSockets: options.maxSockets ?? Infinity, maxFreeSockets: options.maxFreeSockets ?? 256, maxTotalSockets: options.maxTotalSockets ?? Infinity, scheduling: options.scheduling ?? "lifo", sockets: {}, freeSockets: {}, requests: {}, totalSocketCount: 0 });
    },
  );
  Agent.defaultMaxSockets = Infinity;

  /** Have a connection of an agent's go to the next request when it is free. */
  function listen(agent, socket, options, name) {
    const next = () => {
      const waiting = agent.requests[name];
      const first = waiting?.shift();
      if (waiting?.length === 0) delete agent.requests[name];
      return first;
    };
    const free = () => {
      if (!socket.writable || socket.destroyed) return;
      const request = next();
      if (request) {
        agent.reuseSocket(socket, request);
        return request.onSocket(socket);
      }
      const kept = agent.freeSockets[name]?.length ?? 0;
      if (!agent.keepAlive || kept >= agent.maxFreeSockets || !agent.keepSocketAlive(socket)) return socket.destroySoon();
      remove(agent.sockets, name, socket);
      (agent.freeSockets[name] ??= []).push(socket);
    };
    const gone = () => {
      if (remove(agent.sockets, name, socket) || remove(agent.freeSockets, name, socket)) agent.totalSocketCount--;
      const request = next();
      if (request) agent.createSocket(request, request._asked, (error, made) => request.onSocket(made, error));
    };
    socket.on("free", free).on("close", gone);
    socket.once("agentRemove", () => {
      socket.off("free", free).off("close", gone);
      gone();
    });
    socket.on("error", () => {}); // an error that no request hears of is none
    socket.on("timeout", () => agent.freeSockets[name]?.includes(socket) && socket.destroy());
    if (options.timeout) socket.setTimeout(options.timeout);
  }

  function remove(all, name, socket) {
    const at = all[name]?.indexOf(socket) ?? -1;
    if (at < 0) return false;
    all[name].splice(at, 1);
    if (all[name].length === 0) delete all[name];
    return true;
  }

  /** The name that a server's certificate must have. */
  function servernameOf(options, request) {
    const header = request.getHeader?.("host");
    const name = header ? (String(header).startsWith("[") ? String(header).slice(1).split("]")[0] : String(header).split(":")[0]) : options.host;
    return node("net").isIP(name) ? "" : name;
  }

  const SecureAgent = old(
    class SecureAgent extends Agent {
      createConnection(options, done) {
        return node("tls").connect(options, done);
      }
      getName(options = {}) {
        const parts = ["ca", "cert", "ciphers", "key", "pfx", "rejectUnauthorized", "servername", "minVersion", "maxVersion"];
        return [Agent.prototype.getName.call(this, options), ...parts.map((part) => options[part] ?? "")].join(":");
      }
    },
    function (options) {
      Agent.call(this, options);
      Object.assign(this, { defaultPort: 443, protocol: "https:" });
    },
  );

  return { Agent, SecureAgent };
}
