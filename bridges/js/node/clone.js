// structuredClone, of the web, and the DOMException that it throws.
"use strict";
() => {
  const CODES = { IndexSizeError: 1, HierarchyRequestError: 3, WrongDocumentError: 4, InvalidCharacterError: 5, NoModificationAllowedError: 7, NotFoundError: 8, NotSupportedError: 9, InUseAttributeError: 10, InvalidStateError: 11, SyntaxError: 12, InvalidModificationError: 13, NamespaceError: 14, InvalidAccessError: 15, TypeMismatchError: 17, SecurityError: 18, NetworkError: 19, AbortError: 20, URLMismatchError: 21, QuotaExceededError: 22, TimeoutError: 23, InvalidNodeTypeError: 24, DataCloneError: 25 };

  class DOMException extends Error {
    #name;
    constructor(message = "", options = "Error") {
      const { name = "Error", cause } = typeof options === "object" && options !== null ? options : { name: String(options) };
      super(message, cause === undefined ? undefined : { cause });
      this.#name = name;
    }
    get name() {
      return this.#name;
    }
    get code() {
      return CODES[this.#name] ?? 0;
    }
    get [Symbol.toStringTag]() {
      return "DOMException";
    }
  }
  for (const [name, code] of Object.entries(CODES)) {
    const constant = name.replace(/Error$/, "").replace(/(?<=[a-z])[A-Z]/g, "_$&").toUpperCase() + "_ERR";
    for (const where of [DOMException, DOMException.prototype]) Object.defineProperty(where, constant, { value: code, enumerable: true });
  }

  const refuse = (what) => {
    throw new DOMException(`${what} could not be cloned.`, "DataCloneError");
  };
  const nameOf = (x) => Object.prototype.toString.call(x).slice(8, -1);
  const ERRORS = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
  const REFUSED = new Set(["WeakMap", "WeakSet", "WeakRef", "Promise", "Generator", "AsyncGenerator", "FinalizationRegistry"]);

  function structuredClone(value, options) {
    if (arguments.length === 0) throw Object.assign(new TypeError("The \"value\" argument must be specified"), { code: "ERR_MISSING_ARGS" });
    const seen = new Map();
    const given = new Set(options?.transfer ?? []);
    for (const each of given) if (!(each instanceof ArrayBuffer)) if (!moves(each)) refuse("Value in transfer list");
    const copy = clone(value, seen, given);
    for (const each of given) if (each instanceof ArrayBuffer && !each.detached) each.transfer();
    return copy;
  }

  const moves = (x) => ["MessagePort", "ReadableStream", "WritableStream", "TransformStream"].includes(x?.constructor?.name);

  function clone(x, seen, given) {
    if (typeof x === "function") return refuse(String(x));
    if (typeof x === "symbol") return refuse(String(x));
    if (typeof x !== "object" || x === null) return x;
    if (seen.has(x)) return seen.get(x);
    const keep = (copy) => (seen.set(x, copy), copy);
    const again = (y) => clone(y, seen, given);
    if (given.has(x) && moves(x)) return keep(x);
    if (REFUSED.has(nameOf(x)) || moves(x)) return refuse(`#<${nameOf(x)}>`);
    return cloneObject(x, keep, again);
  }

  function cloneObject(x, keep, again) {
    if (Array.isArray(x)) return fields(x, keep(new Array(x.length)), again);
    if (x instanceof Date) return keep(new Date(x.getTime()));
    if (x instanceof RegExp) return keep(new RegExp(x.source, x.flags));
    if (x instanceof Map) {
      const copy = keep(new Map());
      for (const [key, value] of [...x]) copy.set(again(key), again(value));
      return copy;
    }
    if (x instanceof Set) {
      const copy = keep(new Set());
      for (const value of [...x]) copy.add(again(value));
      return copy;
    }
    if (x instanceof ArrayBuffer) return keep(x.slice());
    if (ArrayBuffer.isView(x)) return keep(cloneView(x, again));
    if (x instanceof Error) return cloneError(x, keep, again);
    if (["Number", "String", "Boolean", "BigInt"].includes(nameOf(x)) && typeof x.valueOf() !== "object") return keep(Object(x.valueOf()));
    if (typeof Blob === "function" && x instanceof Blob) return keep(x);
    return fields(x, keep({}), again);
  }

  function cloneView(x, again) {
    const buffer = again(x.buffer);
    if (x instanceof DataView) return new DataView(buffer, x.byteOffset, x.byteLength);
    const type = globalThis[Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get.call(x)];
    return new type(buffer, x.byteOffset, x.length);
  }

  function cloneError(x, keep, again) {
    const type = ERRORS[x.name] ?? Error;
    const copy = keep(Object.create(type.prototype));
    const made = new type(x.message);
    Object.defineProperty(made, "stack", { value: x.stack, writable: true, configurable: true });
    for (const name of ["stack", "message"]) if (Object.hasOwn(x, name)) Object.defineProperty(copy, name, Object.getOwnPropertyDescriptor(made, name));
    if (Object.hasOwn(x, "cause")) Object.defineProperty(made, "cause", { value: again(x.cause), writable: true, configurable: true });
    return keep(made);
  }

  function fields(x, copy, again) {
    for (const key of Object.keys(x)) copy[key] = again(x[key]);
    return copy;
  }

  return { structuredClone, DOMException };
}
