// node's process: this process, its environment and its streams.
"use strict";
({ host, node, names, optional, lazily, parts }) => {
  const { system } = host;
  const VERSION = "22.0.0";

  const env = new Proxy(
    {},
    {
      get: (target, key) => (typeof key === "string" ? (system.variable(key) ?? (key === "NODE_ENV" ? "production" : target[key])) : undefined),
      set: (_, key, value) => (system.setVariable(String(key), String(value)), true),
      has: (_, key) => typeof key === "string" && system.variable(key) !== null && system.variable(key) !== undefined,
      deleteProperty: (_, key) => (system.deleteVariable(String(key)), true),
      ownKeys: () => system.variables(),
      getOwnPropertyDescriptor(_, key) {
        const value = typeof key === "string" ? system.variable(key) : undefined;
        return value === undefined || value === null ? undefined : { value, writable: true, enumerable: true, configurable: true };
      },
      defineProperty: (_, key, { value }) => (system.setVariable(String(key), String(value)), true),
    },
  );

  function output(fd) {
    const [isTTY, columns, rows] = system.terminal(fd);
    const put = (chunk) => (typeof chunk === "string" ? system.write(fd, chunk) : system.writeBytes(fd, chunk));
    const stream = optional("readable-stream");
    const out = stream
      ? new stream.Writable({ decodeStrings: false, write: (chunk, _, done) => (put(chunk), done()), final: (done) => done(), emitClose: false })
      : { writable: true, write: (chunk) => (put(String(chunk)), true), end() {}, on: () => out, once: () => out, emit: () => false };
    const own = { fd, columns, rows, getColorDepth: () => (isTTY ? 8 : 1), hasColors: () => isTTY, getWindowSize: () => [columns, rows], _isStdio: true, destroySoon() {}, _type: isTTY ? "tty" : "pipe" };
    if (isTTY) own.isTTY = true;
    else for (const name of ["columns", "rows", "getColorDepth", "hasColors", "getWindowSize"]) delete own[name];
    return Object.assign(out, own);
  }

  function input() {
    const { Readable } = optional("readable-stream") ?? {};
    const [isTTY] = system.terminal(0);
    if (!Readable) return { fd: 0, isTTY };
    const { Buffer } = node("buffer");
    const read = function (size) {
      const piece = system.read(size);
      this.push(piece.length ? Buffer.from(piece) : null);
    };
    return Object.assign(new Readable({ read, highWaterMark: 65536 }), { fd: 0, setRawMode() {}, ref() {}, unref() {} }, isTTY && { isTTY });
  }

  // --- ticks run before the jobs of promises

  const ticks = [];
  let awaited = false;
  function nextTick(f, ...args) {
    if (typeof f !== "function") throw Object.assign(new TypeError('The "callback" argument must be of type function.'), { code: "ERR_INVALID_ARG_TYPE" });
    const tick = () => f(...args);
    ticks.push(parts.bound?.(tick) ?? tick);
    if (!awaited) host.tick();
    awaited = true;
  }
  host.ticks(() => {
    try {
      while (ticks.length) ticks.shift()();
    } finally {
      awaited = ticks.length > 0;
      if (awaited) host.tick(); // one of them threw
    }
  });

  const hrtime = (since) => {
    const now = hrtime.bigint();
    const seconds = Number(now / 1000000000n);
    const nanoseconds = Number(now % 1000000000n);
    if (!since) return [seconds, nanoseconds];
    const borrow = nanoseconds < since[1] ? 1 : 0;
    return [seconds - since[0] - borrow, nanoseconds - since[1] + borrow * 1e9];
  };
  hrtime.bigint = () => BigInt(host.nanoseconds());

  const absent = (name) => () => {
    throw new Error(`node's process.${name} is not available in polyhy's own JavaScript runtime; import the package :in "node"`);
  };

  function memoryUsage() {
    const rss = system.usage()[2];
    return { rss, heapTotal: rss, heapUsed: rss, external: 0, arrayBuffers: 0 };
  }
  memoryUsage.rss = () => system.usage()[2];

  function cpuUsage(since = { user: 0, system: 0 }) {
    const [user, kernel] = system.usage().map((x) => Math.round(x * 1e6));
    return { user: user - since.user, system: kernel - since.system };
  }

  function emitWarning(warning, type = "Warning", code) {
    const { type: kind = typeof type === "string" ? type : "Warning", code: number = code } = typeof type === "object" ? type : {};
    const error = typeof warning === "string" ? Object.assign(new Error(warning), { name: kind, code: number }) : warning;
    if (process.noDeprecation && error.name === "DeprecationWarning") return;
    if (!process.emit("warning", error)) system.write(2, `(node:${system.pid}) ${error.code ? `[${error.code}] ` : ""}${error.name}: ${error.message}\n`);
  }

  class Process {}
  const process = Object.create(Process.prototype);
  const { argv } = system;
  Object.assign(process, {
    ...{ env, argv, argv0: "node", execArgv: [], execPath: argv[0], title: "node", platform: system.platform, arch: system.arch },
    ...{ pid: system.pid, ppid: system.ppid, version: `v${VERSION}`, versions: { node: VERSION, modules: "127" }, release: { name: "node" } },
    ...{ config: { variables: {}, target_defaults: {} }, features: {}, allowedNodeEnvironmentFlags: new Set(), exitCode: undefined, report: {} },
    cwd: () => system.cwd(),
    chdir: (folder) => system.chdir(folder),
    umask: (mask) => system.umask(mask ?? null),
    getuid: () => node("os").userInfo().uid,
    geteuid: () => node("os").userInfo().uid,
    getgid: () => node("os").userInfo().gid,
    getegid: () => node("os").userInfo().gid,
    ...{ nextTick, hrtime, memoryUsage, cpuUsage, emitWarning },
    resourceUsage: () => ({ userCPUTime: cpuUsage().user, systemCPUTime: cpuUsage().system, maxRSS: memoryUsage.rss() / 1024 }),
    uptime: () => host.now() / 1000,
    exit(code) {
      process.exitCode = code ?? process.exitCode ?? 0;
      process.emit("exit", process.exitCode);
      system.exit(process.exitCode);
    },
    abort: absent("abort"),
    kill: absent("kill"),
    binding: absent("binding"),
    dlopen: absent("dlopen"),
    getActiveResourcesInfo: () => [],
    getBuiltinModule(name) {
      const bare = String(name).replace(/^node:/, "");
      return names.includes(bare) ? node(bare) : undefined;
    },
    setUncaughtExceptionCaptureCallback() {},
    setSourceMapsEnabled() {},
    loadEnvFile(path = ".env") {
      for (const [name, value] of Object.entries(node("util").parseEnv(node("fs").readFileSync(path, "utf8")))) env[name] ??= value;
    },
  });
  lazily(process, "stdout", () => output(1));
  lazily(process, "stderr", () => output(2));
  lazily(process, "stdin", () => input());
  lazily(process, "mainModule", () => undefined);

  const EventEmitter = optional("events") && node("events");
  if (EventEmitter) {
    Object.setPrototypeOf(Process.prototype, EventEmitter.prototype);
    EventEmitter.call(process);
    process.setMaxListeners(0);
  } else {
    const chained = () => process;
    const names = ["on", "once", "off", "addListener", "prependListener", "prependOnceListener", "removeListener", "removeAllListeners", "setMaxListeners"];
    Object.assign(Process.prototype, Object.fromEntries(names.map((name) => [name, chained])), { listeners: () => [], listenerCount: () => 0, emit: () => false });
  }
  Object.defineProperty(Process.prototype, Symbol.toStringTag, { value: "process", configurable: true });
  return process;
}
