// Node's built-in modules: small ones here, large ones from the room's packages, the rest say what they are.
(kit) => {
  "use strict";
  const builtins = ({ load, file }) => {
    const cache = new Map();
    const packaged = (name) => load(file(name));

    const make = {
      process: () => globalThis.process,
      console: () => globalThis.console,
      constants: () => ({}),
      module: () => ({ createRequire: () => (name) => find(name, true), builtinModules: NAMES, isBuiltin: (name) => NAMES.includes(name.replace(/^node:/, "")) }),
      timers: () => pick("setTimeout", "setInterval", "setImmediate", "clearTimeout", "clearInterval", "clearImmediate"),
      "timers/promises": () => ({ setTimeout: (wait, value) => new Promise((done) => setTimeout(done, wait, value)) }),
      perf_hooks: () => ({ performance: globalThis.performance }),
      crypto: () => ({
        ...pick("crypto"),
        webcrypto: globalThis.crypto,
        randomUUID: () => globalThis.crypto.randomUUID(),
        getRandomValues: (into) => globalThis.crypto.getRandomValues(into),
        randomBytes: (length) => Buffer.from(globalThis.crypto.getRandomValues(new Uint8Array(length))),
        randomFillSync: (into) => globalThis.crypto.getRandomValues(into),
        randomInt: (low, high) => (high === undefined ? Math.floor(Math.random() * low) : low + Math.floor(Math.random() * (high - low))),
      }),
      url: () => {
        const { URL, URLSearchParams } = packaged("url/standard");
        return { ...packaged("url/legacy"), URL, URLSearchParams, fileURLToPath: (x) => decodeURIComponent(new URL(x).pathname), pathToFileURL: (x) => new URL(`file://${x}`) };
      },
      util: () => {
        const util = packaged("util");
        return { ...util, ...pick("TextEncoder", "TextDecoder"), stripVTControlCharacters: (text) => String(text).replace(/\u001b\[[0-9;]*m/g, ""), types: { ...util.types } };
      },
      "util/types": () => find("util").types,
      path: () => posix(packaged("path")),
      "path/posix": () => find("path"),
      "assert/strict": () => find("assert"),
      tty: () => ({ isatty: () => false }),
      async_hooks: () => ({ AsyncLocalStorage, AsyncResource: class {} }),
    };

    const posix = (path) => ((path.posix = path), path);

    const pick = (...names) => Object.fromEntries(names.map((name) => [name, globalThis[name]]));

    function find(name, certain) {
      if (!cache.has(name)) {
        if (!Object.hasOwn(make, name) && !file(name)) return certain || NAMES.includes(name) ? absent(name) : undefined;
        if (Object.hasOwn(NEEDS, name) && !file(NEEDS[name])) return absent(name);
        cache.set(name, Object.hasOwn(make, name) ? make[name]() : packaged(name));
      }
      return cache.get(name);
    }

    return find;
  };

  // Built-ins made of the room's packages, which come with the first environment: until then they are absent.
  const NEEDS = { url: "url/standard", util: "util", "util/types": "util", path: "path", "path/posix": "path", "assert/strict": "assert" };

  const NAMES =
    "assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns domain events fs fs/promises http http2 https inspector module net os path path/posix path/win32 perf_hooks process punycode querystring readline repl stream stream/promises stream/web string_decoder sys timers timers/promises tls trace_events tty url util util/types v8 vm wasi worker_threads zlib".split(" ");

  class AsyncLocalStorage {
    #store;
    run(store, f, ...args) {
      const before = this.#store;
      this.#store = store;
      try {
        return f(...args);
      } finally {
        this.#store = before;
      }
    }
    getStore() {
      return this.#store;
    }
  }

  /** A built-in that is not here: packages may import and extend it, but to use it is an error. */
  function absent(name) {
    const refuse = () => {
      throw new Error(`node's ${name} is not available in polyhy's own JavaScript runtime`);
    };
    return new Proxy(function () {}, {
      get: (target, key) => (typeof key === "symbol" || key === "then" || key === "__esModule" ? undefined : key === "prototype" ? target.prototype : absent(`${name}.${key}`)),
      apply: refuse,
      construct: refuse,
    });
  }

  return { builtins };
}
