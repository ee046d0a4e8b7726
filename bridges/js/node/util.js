// node's util: inspect and format as node has them, the rest by npm's packages and a few lines.
"use strict";
({ node, packaged, lazily }) => {
  const old = packaged("util");
  const { inspect, format, formatWithOptions, stripVTControlCharacters } = packaged("node-inspect-extracted");

  // The engine's stacks have no first line and a form of their own: errors show node's.
  const shown = new WeakSet();
  const FRAME = /^(?:async\*)?(.*?)@(.*?:\d+:\d+)$/;

  function stackOf(error) {
    const lines = String(error.stack ?? "").split("\n").map((line) => FRAME.exec(line));
    const frames = lines.filter((found) => found && !found[2].startsWith("polyhy/"));
    const head = Error.prototype.toString.call(error);
    return [head, ...frames.map(([, name, place]) => `    at ${name ? `${name.replace(/[/<]+$/, "")} (${place})` : place}`)].join("\n");
  }

  Object.defineProperty(Error.prototype, inspect.custom, {
    configurable: true,
    writable: true,
    value(depth, options, show) {
      if (shown.has(this) || !(this instanceof Error) || String(this.stack).includes("\n    at ")) return this;
      const own = Object.getOwnPropertyDescriptor(this, "stack");
      if (!Object.isExtensible(this) || own?.configurable === false) return this;
      shown.add(this);
      Object.defineProperty(this, "stack", { value: stackOf(this), configurable: true, writable: true });
      try {
        return show(this, options);
      } finally {
        delete this.stack;
        if (own) Object.defineProperty(this, "stack", own);
        shown.delete(this);
      }
    },
  });

  const tag = (x) => Object.prototype.toString.call(x).slice(8, -1);
  const isOf = (name) => (x) => typeof x === "object" && x !== null && tag(x) === name;
  const TYPED = ["Uint8Array", "Uint8ClampedArray", "Uint16Array", "Uint32Array", "Int8Array", "Int16Array", "Int32Array", "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array"];
  const { get: nameOfTyped } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);

  /** True where a method that only the genuine object answers does so. */
  const answers = (f) => (x) => {
    try {
      f(x);
      return true;
    } catch {
      return false;
    }
  };
  const getter = (type, name) => Object.getOwnPropertyDescriptor(type.prototype, name).get;
  const asked = (f) => answers((x) => f.call(x));
  const boxed = { Number: asked(Number.prototype.valueOf), String: asked(String.prototype.valueOf), Boolean: asked(Boolean.prototype.valueOf), BigInt: asked(BigInt.prototype.valueOf), Symbol: asked(Symbol.prototype.valueOf) };
  const isObject = (x) => typeof x === "object" && x !== null;
  const isSlice = { ArrayBuffer: asked(getter(ArrayBuffer, "byteLength")), SharedArrayBuffer: (x) => typeof SharedArrayBuffer === "function" && x instanceof SharedArrayBuffer };

  const types = {
    ...old.types,
    isMap: asked(getter(Map, "size")),
    isSet: asked(getter(Set, "size")),
    isWeakMap: answers((x) => WeakMap.prototype.has.call(x, {})),
    isWeakSet: answers((x) => WeakSet.prototype.has.call(x, {})),
    isDate: asked(Date.prototype.getTime),
    isRegExp: (x) => isOf("RegExp")(x) && asked(getter(RegExp, "source"))(x),
    isPromise: (x) => x instanceof Promise,
    isNativeError: (x) => x instanceof Error,
    isProxy: () => false,
    isExternal: () => false,
    isModuleNamespaceObject: isOf("Module"),
    isArgumentsObject: isOf("Arguments"),
    isMapIterator: isOf("Map Iterator"),
    isSetIterator: isOf("Set Iterator"),
    isGeneratorObject: isOf("Generator"),
    isGeneratorFunction: (x) => typeof x === "function" && /GeneratorFunction$/.test(tag(x)),
    isAsyncFunction: (x) => typeof x === "function" && /^Async(Generator)?Function$/.test(tag(x)),
    isArrayBuffer: (x) => isObject(x) && isSlice.ArrayBuffer(x),
    isSharedArrayBuffer: isSlice.SharedArrayBuffer,
    isAnyArrayBuffer: (x) => isObject(x) && (isSlice.ArrayBuffer(x) || isSlice.SharedArrayBuffer(x)),
    isArrayBufferView: ArrayBuffer.isView,
    isDataView: (x) => ArrayBuffer.isView(x) && nameOfTyped.call(x) === undefined,
    isTypedArray: (x) => nameOfTyped.call(x) !== undefined,
    isBoxedPrimitive: (x) => isObject(x) && Object.values(boxed).some((is) => is(x)),
    isKeyObject: (x) => x instanceof node("crypto").KeyObject,
    isCryptoKey: (x) => typeof CryptoKey === "function" && x instanceof CryptoKey,
  };
  for (const name of TYPED) types[`is${name}`] = (x) => nameOfTyped.call(x) === name;
  for (const [name, is] of Object.entries(boxed)) types[`is${name}Object`] = (x) => isObject(x) && is(x);

  const CODES = { reset: [0, 0], bold: [1, 22], dim: [2, 22], italic: [3, 23], underline: [4, 24], blink: [5, 25], inverse: [7, 27], hidden: [8, 28], strikethrough: [9, 29], black: [30, 39], red: [31, 39], green: [32, 39], yellow: [33, 39], blue: [34, 39], magenta: [35, 39], cyan: [36, 39], white: [37, 39], gray: [90, 39], grey: [90, 39] };

  function styleText(styles, text, { validateStream = true, stream = globalThis.process.stdout } = {}) {
    if (validateStream && !stream.isTTY) return text;
    const codes = [styles].flat().map((name) => CODES[name] ?? inspect.colors[name]);
    return codes.reduce((out, [on]) => `${out}\u001b[${on}m`, "") + text + codes.reduceRight((out, [, off]) => `${out}\u001b[${off}m`, "");
  }

  function promisify(f) {
    if (typeof f !== "function") throw Object.assign(new TypeError(`The "original" argument must be of type function. Received ${f === undefined ? "undefined" : inspect(f)}`), { code: "ERR_INVALID_ARG_TYPE" });
    return f[promisify.custom] ?? old.promisify(f);
  }
  promisify.custom = Symbol.for("nodejs.util.promisify.custom");

  function parseEnv(text) {
    const out = {};
    for (const line of text.split(/\r?\n/)) {
      const found = /^\s*(?:export\s+)?([\w.-]+)\s*=\s*(?:'([^']*)'|"([^"]*)"|`([^`]*)`|([^#]*))/.exec(line);
      if (found) out[found[1]] = found[2] ?? found[3]?.replace(/\\n/g, "\n") ?? found[4] ?? found[5].trim();
    }
    return out;
  }

  class MIMEType {
    constructor(text) {
      const [essence, ...rest] = String(text).split(";");
      [this.type, this.subtype] = essence.trim().toLowerCase().split("/");
      this.params = new Map(rest.map((pair) => pair.trim().split("=")));
    }
    get essence() {
      return `${this.type}/${this.subtype}`;
    }
    toString() {
      return [this.essence, ...Array.from(this.params, ([key, value]) => `${key}=${value}`)].join(";");
    }
  }

  const out = {
    ...old,
    ...{ inspect, format, formatWithOptions, stripVTControlCharacters, styleText, types, promisify, parseEnv, MIMEType },
    TextEncoder: globalThis.TextEncoder,
    TextDecoder: globalThis.TextDecoder,
    isArray: Array.isArray,
    isDeepStrictEqual(a, b) {
      try {
        node("assert").deepStrictEqual(a, b);
        return true;
      } catch {
        return false;
      }
    },
    toUSVString: (text) => String(text).toWellFormed(),
    getSystemErrorName: (number) => Object.entries(node("os").constants.errno).find(([, n]) => n === -number)?.[0],
    aborted: (signal) => new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener("abort", () => resolve(), { once: true }))),
    debug: old.debuglog,
    getCallSites: () => [],
  };
  lazily(out, "parseArgs", () => packaged("@pkgjs/parseargs").parseArgs);
  lazily(out, "transferableAbortController", () => () => new AbortController());
  return out;
}
