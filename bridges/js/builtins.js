// Node's built-in modules: a file each in node/, members of those, and what is not here, which says so.
(kit) => {
  "use strict";

  const NAMES =
    "_http_agent _http_client _http_common _http_incoming _http_outgoing _http_server _stream_duplex _stream_passthrough _stream_readable _stream_transform _stream_wrap _stream_writable _tls_common _tls_wrap assert assert/strict async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns dns/promises domain events fs fs/promises http http2 https inspector module net os path path/posix path/win32 perf_hooks process punycode querystring readline readline/promises repl stream stream/consumers stream/promises stream/web string_decoder sys timers timers/promises tls trace_events tty url util util/types v8 vm wasi worker_threads zlib".split(
      " ",
    );

  const TIMERS = ["setTimeout", "setInterval", "setImmediate", "clearTimeout", "clearInterval", "clearImmediate"];

  /** Modules of a line or two; `partly` are those of which the rest is absent. */
  const members = (node, packaged) => ({
    assert: () => packaged("assert"),
    "assert/strict": () => node("assert").strict,
    console: () => globalThis.console,
    constants: () => ({ ...node("os").constants.errno, ...node("os").constants.signals, ...node("fs").constants }),
    "dns/promises": () => node("dns").promises,
    "fs/promises": () => node("fs").promises,
    path: () => both(packaged("path-browserify"), packaged("path")),
    "path/posix": () => node("path"),
    "path/win32": () => node("path").win32,
    punycode: () => packaged("punycode"),
    querystring: () => ({ escape: encodeURIComponent, unescape: decodeURIComponent, ...packaged("querystring-es3") }),
    "readline/promises": () => node("readline").promises,
    "stream/consumers": () => node("consumers"),
    "stream/promises": () => node("stream").promises,
    "stream/web": () => node("streams"),
    string_decoder: () => packaged("string_decoder"),
    sys: () => node("util"),
    timers: () => ({ ...pick(...TIMERS), promises: node("timers/promises") }),
    tty: () => partly("tty", { WriteStream: node("tty_stream"), isatty: (fd) => Boolean(globalThis.process[["stdin", "stdout", "stderr"][fd]]?.isTTY) }),
    "util/types": () => node("util").types,
    v8: () => partly("v8", { getHeapStatistics: () => ({ heap_size_limit: 2 ** 32, total_heap_size: 0, used_heap_size: 0 }), setFlagsFromString() {}, cachedDataVersionTag: () => 0 }),
    ...Object.fromEntries(["Duplex", "PassThrough", "Readable", "Transform", "Writable"].map((name) => [`_stream_${name.toLowerCase()}`, () => node("stream")[name]])),
    ...Object.fromEntries(["agent", "client", "incoming", "outgoing", "server"].map((part) => [`_http_${part}`, () => node("http")])),
    _http_common: () => ({ methods: node("http").METHODS, HTTPParser: node("http_messages").HTTPParser }),
    child_process: () => partly("child_process", {}),
    http: () => merged(node("http_names"), node("http_client").of("http:"), node("http_server").of("http:")),
    https: () => merged(node("http_client").of("https:"), node("http_server").of("https:")),
    worker_threads: () => partly("worker_threads", { isMainThread: true, parentPort: null, workerData: null, threadId: 0, resourceLimits: {}, markAsUncloneable() {}, markAsUntransferable() {}, ...pick("MessageChannel", "MessagePort", "BroadcastChannel") }),
  });

  const both = (posix, { win32 }) => {
    for (const path of [posix, win32]) Object.assign(path, { posix, win32, matchesGlob: absent("path.matchesGlob"), toNamespacedPath: (x) => x });
    return posix;
  };
  const merged = (...all) => Object.defineProperties({}, Object.assign({}, ...all.map(Object.getOwnPropertyDescriptors)));
  const pick = (...names) => Object.fromEntries(names.map((name) => [name, globalThis[name]]));

  /** What node has besides in modules that are here in part: to be imported and extended, not used. */
  const ABSENT = {
    child_process: "ChildProcess exec execFile execFileSync execSync fork spawn spawnSync",
    dns: "Resolver lookupService resolve resolve4 resolve6 resolveCname resolveMx resolveNs resolveSrv resolveTxt reverse setServers getServers",
    net: "BlockList SocketAddress",
    tls: "createSecurePair getCiphers",
    tty: "ReadStream",
    v8: "Deserializer Serializer deserialize serialize getHeapSnapshot writeHeapSnapshot",
    worker_threads: "SHARE_ENV Worker getEnvironmentData moveMessagePortToContext receiveMessageOnPort setEnvironmentData",
  };

  /** What there is of a module; whatever else is asked of it is absent. */
  const partly = (name, known) => {
    for (const each of ABSENT[name].split(" ")) known[each] ??= absent(`${name}.${each}`);
    const own = (target, key) => key in target || typeof key === "symbol" || ["default", "then", "__esModule"].includes(key);
    return new Proxy(known, { get: (target, key) => (own(target, key) ? target[key] : absent(`${name}.${key}`)) });
  };

  /** A built-in that is not here: packages may import and extend it, but to use it is an error. */
  function absent(name) {
    const refuse = () => {
      throw Object.assign(new Error(`node's ${name} is not available in polyhy's own JavaScript runtime; import the package :in "node"`), { code: "ERR_POLYHY_ABSENT" });
    };
    return new Proxy(function () {}, {
      get: (target, key) => (typeof key === "symbol" || key === "then" || key === "__esModule" ? undefined : key === "prototype" ? target.prototype : absent(`${name}.${key}`)),
      apply: refuse,
      construct: refuse,
    });
  }

  /** Define a member that is made when it is first asked for. */
  const lazily = (target, name, make) =>
    Object.defineProperty(target, name, {
      configurable: true,
      enumerable: true,
      get() {
        const value = make();
        Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: true });
        return value;
      },
      set: (value) => void Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: true }),
    });

  /**
   * The function that finds a built-in: `script(name)` is the text of node/ that makes it, `file(name)`
   * where the room's own package `name` is, `load(file)` its exports.
   */
  const builtins = ({ script, file, load, put, missing, host, requireFrom, preview }) => {
    const cache = new Map();
    const making = new Set();
    const packaged = (name) => {
      // What it takes for node's process would have ticks that are timers.
      const process = name === "readable-stream" && file("process") ? known("process") : undefined;
      if (process) put(file("process"), process);
      return load(file(name) ?? missing(name));
    };
    const optional = (name) => (file(name) ? packaged(name) : undefined);
    const tools = { host, packaged, optional, lazily, requireFrom, preview, parts: kit.parts, names: NAMES, partly, node: (name) => known(name) ?? absent(name) };
    const small = members(tools.node, packaged);

    /** Undefined while it is made, too: a package may look if there is one to stand in for. */
    function known(name) {
      if (!cache.has(name) && !making.has(name)) {
        making.add(name);
        try {
          const made = script(name)?.(tools) ?? (Object.hasOwn(small, name) ? small[name]() : undefined);
          if (made !== undefined) cache.set(name, made);
        } finally {
          making.delete(name);
        }
      }
      return cache.get(name);
    }

    /** For scripts: undefined where node has no such module, unless they are `certain` by `node:`. */
    const find = (name, certain) => {
      if (!NAMES.includes(name)) return certain ? absent(name) : undefined;
      return known(name) ?? (making.has(name) ? {} : absent(name));
    };
    return { find, known };
  };

  return { builtins };
}
