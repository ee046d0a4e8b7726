// The globals that packages expect of a host and the bare engine lacks. Larger ones come from modules.
(kit) => {
  "use strict";
  const { guarded, parts } = kit;
  const jobs = new Map();
  let last = 0;

  const define = (name, value) =>
    name in globalThis || Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });

  const lazy = (name, make) =>
    name in globalThis ||
    Object.defineProperty(globalThis, name, {
      configurable: true,
      get() {
        const value = make();
        Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
        return value;
      },
      set(value) {
        Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
      },
    });

  /** A member of a module; asked each time, for the module may come with a later environment. */
  const moved = (name, get) =>
    name in globalThis ||
    Object.defineProperty(globalThis, name, {
      configurable: true,
      get,
      set: (value) => Object.defineProperty(globalThis, name, { value, writable: true, configurable: true }),
    });

  // --- timers: the number is the host's, the function stays here

  class Timeout {
    constructor(number, idle) {
      this.number = number;
      this.idle = idle;
    }
    ref() {
      this.idle(this.number, false);
      return this;
    }
    unref() {
      this.idle(this.number, true);
      return this;
    }
    refresh() {
      return this;
    }
    [Symbol.toPrimitive]() {
      return this.number;
    }
  }

  const timers = (host) => {
    const later = (job, wait, again) => {
      const number = ++last;
      jobs.set(number, { job, again });
      host.after(number, Math.max(Number(wait) || 0, again ? 1 : 0), again);
      return new Timeout(number, host.idle);
    };
    const cancel = (timer) => {
      const number = Number(timer ?? 0);
      if (jobs.delete(number)) host.cancel(number);
    };
    define("setTimeout", (f, wait, ...args) => later(() => f(...args), wait, false));
    define("setInterval", (f, wait, ...args) => later(() => f(...args), wait, true));
    define("setImmediate", (f, ...args) => later(() => f(...args), 0, false));
    for (const name of ["clearTimeout", "clearInterval", "clearImmediate"]) define(name, cancel);
  };

  function fire(number) {
    const { job, again } = jobs.get(number);
    if (!again) jobs.delete(number);
    job();
  }

  // --- text

  class TextEncoder {
    encoding = "utf-8";
    encode(text = "") {
      const bytes = unescape(encodeURIComponent(String(text).toWellFormed()));
      return Uint8Array.from(bytes, (c) => c.charCodeAt(0));
    }
    encodeInto(text, into) {
      const bytes = this.encode(text).subarray(0, into.length);
      into.set(bytes);
      return { read: text.length, written: bytes.length };
    }
  }

  const decoder = (host) =>
    class TextDecoder {
      constructor(encoding = "utf-8", { fatal = false, ignoreBOM = false } = {}) {
        Object.assign(this, { encoding: String(encoding).toLowerCase(), fatal, ignoreBOM });
      }
      decode(bytes = new Uint8Array()) {
        const view = ArrayBuffer.isView(bytes)
          ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
          : new Uint8Array(bytes);
        return host.decode(view, this.encoding, this.fatal, this.ignoreBOM);
      }
    };

  // --- console

  const format = (x) => (typeof x === "string" ? x : parts.preview(x));
  const LEVELS = { log: 1, info: 1, debug: 1, dir: 1, warn: 2, error: 2, trace: 2 };

  const console = (host) => {
    const out = {};
    for (const [name, stream] of Object.entries(LEVELS)) {
      out[name] = (...xs) => host.write(stream, xs.map(format).join(" ") + "\n");
    }
    out.assert = (ok, ...xs) => ok || out.error("Assertion failed:", ...xs);
    for (const name of ["group", "groupEnd", "time", "timeEnd", "count", "table"]) out[name] = out[name] ?? (() => {});
    return out;
  };

  // --- the rest

  function structuredClone(value, seen = new Map()) {
    if (typeof value === "function" || typeof value === "symbol") throw new TypeError("this value can't be cloned");
    if (typeof value !== "object" || value === null) return value;
    if (seen.has(value)) return seen.get(value);
    return clone(value, seen);
  }

  function clone(value, seen) {
    const again = (x) => structuredClone(x, seen);
    const keep = (copy) => (seen.set(value, copy), copy);
    if (Array.isArray(value)) {
      const copy = keep(new Array(value.length));
      for (const key of Object.keys(value)) copy[key] = again(value[key]);
      return copy;
    }
    if (value instanceof Date) return keep(new Date(value));
    if (value instanceof RegExp) return keep(new RegExp(value));
    if (value instanceof Map) {
      const copy = keep(new Map());
      for (const [k, v] of value) copy.set(again(k), again(v));
      return copy;
    }
    if (value instanceof Set) {
      const copy = keep(new Set());
      for (const v of value) copy.add(again(v));
      return copy;
    }
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return keep(value.slice());
    if (value instanceof Error) return keep(Object.assign(new value.constructor(value.message), { stack: value.stack }));
    const copy = keep({});
    for (const key of Object.keys(value)) copy[key] = again(value[key]);
    return copy;
  }

  const crypto = (host) => ({
    getRandomValues: (into) => {
      const view = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
      view.set(host.random(view.length));
      return into;
    },
    randomUUID: () => host.uuid(),
  });

  const process = (host) => ({
    env: host.env(),
    argv: ["node", "polyhy"],
    execArgv: [],
    platform: host.platform,
    arch: "x64",
    pid: host.pid,
    version: "v22.0.0",
    versions: { node: "22.0.0" },
    release: { name: "node" },
    cwd: () => host.cwd(),
    nextTick: (f, ...args) => queueMicrotask(() => f(...args)),
    hrtime: Object.assign(
      () => {
        const now = host.now();
        return [Math.floor(now), Math.floor((now % 1) * 1e9)];
      },
      { bigint: () => BigInt(Math.floor(host.now() * 1e9)) },
    ),
    uptime: () => host.now(),
    memoryUsage: () => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0 }),
    stdout: { isTTY: false, columns: 80, write: (text) => (host.write(1, String(text)), true) },
    stderr: { isTTY: false, columns: 80, write: (text) => (host.write(2, String(text)), true) },
    stdin: { isTTY: false },
    emitWarning: (text) => host.write(2, `${text}\n`),
    exit: (code = 0) => host.exit(code),
    ...Object.fromEntries(["on", "once", "off", "addListener", "removeListener"].map((name) => [name, () => globalThis.process])),
    listeners: () => [],
    emit: () => false,
    binding: (name) => {
      throw new Error(`process.binding("${name}") is not available in polyhy`);
    },
  });

  function install(host) {
    define("global", globalThis);
    define("queueMicrotask", (f) => void Promise.resolve().then(f));
    define("TextEncoder", TextEncoder);
    define("TextDecoder", decoder(host));
    define("structuredClone", (value) => structuredClone(value));
    define("performance", { now: () => host.now() * 1000, timeOrigin: Date.now(), mark() {}, measure() {} });
    define("console", console(host));
    define("atob", (text) => host.atob(String(text)));
    define("btoa", (text) => host.btoa(String(text)));
    define("crypto", crypto(host));
    define("navigator", { userAgent: "polyhy", language: "en-US", platform: host.platform });
    timers(host);
    lazy("process", () => process(host));
    for (const [name, [module, member]] of Object.entries(host.modules)) {
      moved(name, () => parts.require(module)[member]);
    }
    // A compilation on another thread would report to a loop that may not run then.
    const { Module, Instance } = WebAssembly;
    WebAssembly.compile = async (bytes) => new Module(bytes);
    WebAssembly.instantiate = async (source, imports) => {
      if (source instanceof Module) return new Instance(source, imports);
      const module = new Module(source);
      return { module, instance: new Instance(module, imports) };
    };
  }

  return { install: guarded(install), fire: guarded(fire) };
}
