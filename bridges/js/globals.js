// The globals that packages expect of a host and the bare engine lacks. Larger ones come from node/.
(kit) => {
  "use strict";
  const { guarded, parts } = kit;
  const jobs = new Map();
  let last = 0;

  const define = (name, value) =>
    name in globalThis || Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });

  /** A member of a module; asked until there is one, for what it needs may come with a later environment. */
  const moved = (name, make) => {
    if (name in globalThis) return;
    const settle = (value) => Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
    Object.defineProperty(globalThis, name, {
      configurable: true,
      get() {
        try {
          const value = make();
          if (value !== undefined) settle(value);
          return value;
        } catch (error) {
          if (error.code !== "ERR_POLYHY_MISSING") throw error;
          return wanting(error);
        }
      },
      set: settle,
    });
  };

  /** What `typeof` and `instanceof` may look at; any use says what is missing. */
  function wanting(error) {
    const refuse = () => {
      throw error;
    };
    const get = (target, key) => (typeof key === "symbol" || key === "prototype" ? target[key] : refuse());
    return new Proxy(function () {}, { get, apply: refuse, construct: refuse });
  }

  // --- timers: the number is the host's, the function stays here

  class Timeout {
    constructor(number, start, host) {
      Object.defineProperties(this, { number: { value: number }, start: { value: start }, host: { value: host } });
    }
    ref() {
      this.host.idle(this.number, false);
      return this;
    }
    unref() {
      this.host.idle(this.number, true);
      return this;
    }
    hasRef() {
      return jobs.has(this.number);
    }
    refresh() {
      if (jobs.has(this.number)) {
        this.host.cancel(this.number);
        this.start();
      }
      return this;
    }
    close() {
      clearTimeout(this);
      return this;
    }
    [Symbol.toPrimitive]() {
      return this.number;
    }
    [Symbol.dispose ?? Symbol.for("dispose")]() {
      clearTimeout(this);
    }
  }
  class Immediate extends Timeout {}

  const checked = (f) => {
    if (typeof f === "function") return f;
    throw Object.assign(new TypeError(`The "callback" argument must be of type function. Received ${f === null ? "null" : typeof f}`), { code: "ERR_INVALID_ARG_TYPE" });
  };

  const timers = (host) => {
    const later = (f, wait, again, type = Timeout) => {
      const number = ++last;
      const job = parts.bound?.(f) ?? f;
      const start = () => host.after(number, wait, again);
      jobs.set(number, { job, again });
      start();
      return new type(number, start, host);
    };
    const delay = (x) => (Number(x) >= 1 && Number(x) < 2 ** 31 ? Number(x) : 1);
    const cancel = (timer) => {
      const number = Number(timer?.number ?? timer ?? 0);
      if (jobs.delete(number)) host.cancel(number);
    };
    define("setTimeout", (f, wait, ...args) => later(checked(f) && (() => f(...args)), delay(wait), false));
    define("setInterval", (f, wait, ...args) => later(checked(f) && (() => f(...args)), delay(wait), true));
    define("setImmediate", (f, ...args) => later(checked(f) && (() => f(...args)), 0, false, Immediate));
    for (const name of ["clearTimeout", "clearInterval", "clearImmediate"]) define(name, cancel);
  };

  function fire(number) {
    const found = jobs.get(number);
    if (!found) return;
    if (!found.again) jobs.delete(number);
    found.job();
  }

  // --- text

  class TextEncoder {
    get encoding() {
      return "utf-8";
    }
    encode(text = "") {
      const bytes = unescape(encodeURIComponent(String(text).toWellFormed()));
      return Uint8Array.from(bytes, (c) => c.charCodeAt(0));
    }
    encodeInto(text, into) {
      let [read, written] = [0, 0];
      for (const character of String(text).toWellFormed()) {
        const bytes = this.encode(character);
        if (written + bytes.length > into.length) break;
        into.set(bytes, written);
        read += character.length;
        written += bytes.length;
      }
      return { read, written };
    }
    get [Symbol.toStringTag]() {
      return "TextEncoder";
    }
  }

  const decoder = (host) =>
    class TextDecoder {
      #number = 0;
      #started = false;
      constructor(label = "utf-8", { fatal = false, ignoreBOM = false } = {}) {
        const encoding = host.encoding(String(label).trim().toLowerCase());
        if (!encoding) throw Object.assign(new RangeError(`The "${label}" encoding is not supported`), { code: "ERR_ENCODING_NOT_SUPPORTED" });
        for (const [name, value] of Object.entries({ encoding, fatal: Boolean(fatal), ignoreBOM: Boolean(ignoreBOM) })) {
          Object.defineProperty(this, name, { value, enumerable: true });
        }
      }
      decode(bytes = new Uint8Array(), { stream = false } = {}) {
        const view = ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes);
        const first = !this.#started;
        const text = stream || this.#number ? this.#piece(view, stream) : host.decode(view, this.encoding, this.fatal);
        if (typeof text !== "string") throw Object.assign(new TypeError(`The encoded data was not valid for encoding ${this.encoding}`), { code: "ERR_ENCODING_INVALID_ENCODED_DATA" });
        this.#started = stream && (this.#started || text !== "");
        return first && !this.ignoreBOM && text.startsWith("\ufeff") ? text.slice(1) : text;
      }
      #piece(view, stream) {
        this.#number ||= ++last;
        const text = host.decodePiece(this.#number, view, this.encoding, this.fatal, !stream);
        if (!stream) this.#number = 0;
        return text;
      }
      get [Symbol.toStringTag]() {
        return "TextDecoder";
      }
    };

  const base64 = (host, name) => (text) => {
    const out = host[name](String(text));
    if (typeof out === "string") return out;
    throw new DOMException(name === "atob" ? "The string to be decoded is not correctly encoded." : "Invalid character", "InvalidCharacterError");
  };

  function install(host) {
    parts.host = host;
    define("global", globalThis);
    define("queueMicrotask", (f) => void Promise.resolve().then(checked(f)));
    define("TextEncoder", TextEncoder);
    define("TextDecoder", decoder(host));
    for (const name of ["atob", "btoa"]) define(name, base64(host, name));
    define("navigator", { userAgent: "polyhy", language: "en-US", languages: ["en-US"], platform: host.system.platform, hardwareConcurrency: 1 });
    timers(host);
    Error.captureStackTrace ??= (target, above) => parts.known("stack_traces").captureStackTrace(target, above);
    Error.stackTraceLimit ??= 10;
    let prepare;
    Object.defineProperty(Error, "prepareStackTrace", { configurable: true, get: () => prepare, set: (f) => parts.known("stack_traces").prepareWith((prepare = f)) });
    moved("console", () => parts.known("console_of_host"));
    for (const [module, names] of Object.entries(host.modules)) {
      for (const name of names) moved(name, () => (module === name ? parts.known(module) : parts.known(module)?.[name]));
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
