// Python's objects as scripts see them: functions, errors, objects with attributes, live containers.
(kit) => {
  "use strict";
  const { table, wire, objects, guarded, raise, give, live, take, call, reach, receive, revive, homes, STAND_INS } = kit;
  // The operations of reach.py, by their places there.
  const OPERATIONS = ["read", "get", "set", "has", "delete", "keys", "length", "resize", "iterate", "next", "close"];
  OPERATIONS.push("await", "aiterate", "anext", "aclose", "text", "number", "exit", "aexit", "cancel", "ended");
  const CODES = Object.fromEntries(OPERATIONS.map((name, i) => [name, i]));
  const ask = (number, operation, ...rest) => take(reach(number, CODES[operation], ...liveAll(rest)));

  /** What goes to Python for arguments; if one can't, those before it don't either. */
  function liveAll(args) {
    const given = [];
    try {
      for (const x of args) given.push(live(x));
      return given;
    } catch (error) {
      for (const x of given) wire.drop(x);
      throw error;
    }
  }

  for (const name of ["dispose", "asyncDispose"]) {
    if (!Symbol[name]) Object.defineProperty(Symbol, name, { value: Symbol(`Symbol.${name}`) });
  }

  // What an object can do, as abilities.py says it in bits.
  const CAN = { call: 1, construct: 2, iterate: 4, next: 8, aiterate: 16, await: 32, exit: 64, aexit: 128 };

  const isIndex = (key) => typeof key === "string" && /^(0|[1-9]\d*)$/.test(key);
  const own = (value) => ({ value, writable: true, enumerable: true, configurable: true });

  // --- functions and errors

  STAND_INS.function = (number, [places, name]) => {
    const f = function (...args) {
      if (places >= 0 && args.length > places) args.length = places;
      const result = take(args.length === 1 ? call(number, live(args[0])) : call(number, ...liveAll(args)));
      if (args.length && typeof result === "object" && homes.has(result)) follow(result, args);
      return result;
    };
    if (places > 0) Object.defineProperty(f, "length", { value: places, configurable: true });
    return Object.defineProperty(f, "name", { value: name, configurable: true });
  };

  STAND_INS.error = (number, [name, message, cause]) =>
    Object.assign(new Error(message, cause ? { cause: revive(cause) } : {}), { name });

  /** A copy, where the memory itself can't be reached: see buffers.js. */
  STAND_INS.buffer = (number, [kind, size]) => new globalThis[kind](receive(number, size).buffer);

  // --- iterators and promises of Python's

  class Steps extends (globalThis.Iterator ?? Object) {
    #inner;
    constructor(number) {
      super();
      this.#inner = ask(number, "iterate");
    }
    next() {
      const [done, value] = ask(homes.get(this.#inner), "next");
      return { done, value };
    }
    return(value) {
      ask(homes.get(this.#inner), "close");
      return { done: true, value };
    }
  }

  class AsyncSteps {
    #inner;
    constructor(number) {
      this.#inner = ask(number, "aiterate");
    }
    async next() {
      const [done, value] = await ask(homes.get(this.#inner), "anext");
      return { done, value };
    }
    async return(value) {
      await ask(homes.get(this.#inner), "aclose");
      return { done: true, value };
    }
    [Symbol.asyncIterator]() {
      return this;
    }
  }

  const promises = new WeakMap();

  /** The one promise of what Python can await: a coroutine may be awaited only once. */
  function promiseOf(number, target) {
    const standIn = table.standIn(number);
    if (!promises.has(target)) {
      const settled = new Promise((resolve, reject) => {
        ask(number, "await", resolve, reject);
        if (signals.has(standIn)) cancelBy(signals.get(standIn), number, reject);
      });
      promises.set(target, settled);
    }
    return promises.get(target);
  }

  // --- cancellation: an AbortSignal here is the cancelling of a task there

  const signals = new WeakMap(); // what Python can await → the signal that it was called with
  const isSignal = (x) => typeof x === "object" && x !== null && typeof x.addEventListener === "function" && "aborted" in x;

  function follow(result, args) {
    const signal = args.find(isSignal) ?? args.find((x) => isSignal(x?.signal))?.signal;
    if (signal && !homes.has(signal)) signals.set(result, signal);
  }

  function cancelBy(signal, number, reject) {
    const cancel = () => {
      ask(number, "cancel");
      reject(signal.reason);
    };
    if (signal.aborted) cancel();
    else signal.addEventListener("abort", cancel, { once: true });
  }

  /** A task is a promise, and a signal that is aborted when the task is cancelled. */
  STAND_INS.task = (number, detail) => {
    if (typeof AbortController !== "function") return STAND_INS.object(number, detail);
    const controller = new AbortController();
    const { signal } = controller;
    ask(number, "ended", () => controller.abort());
    const then = (...listeners) => promiseOf(number, signal).then(...listeners);
    return Object.defineProperties(signal, { then: { value: then }, cancel: { value: () => ask(number, "cancel") } });
  };

  // --- objects

  const PROTOCOL = {
    [Symbol.iterator]: [CAN.iterate, (number) => () => new Steps(number)],
    [Symbol.asyncIterator]: [CAN.aiterate, (number) => () => new AsyncSteps(number)],
    [Symbol.dispose]: [CAN.exit, (number) => () => ask(number, "exit")],
    [Symbol.asyncDispose]: [CAN.aexit, (number) => () => ask(number, "aexit")],
    [Symbol.toPrimitive]: [0, (number) => (hint) => ask(number, hint === "number" ? "number" : "text")],
    next: [CAN.next, (number) => () => new Steps(number).next()],
    then: [CAN.await, (number, target) => (...listeners) => promiseOf(number, target).then(...listeners)],
    toString: [0, (number) => () => ask(number, "text")],
  };

  /** Traps over the operations get, set, has, delete and keys of Python's side. */
  const attributes = (number, target, can) => ({
    get: (_, key) => {
      const protocol = Object.hasOwn(PROTOCOL, key) && PROTOCOL[key];
      if (protocol && (protocol[0] & can) === protocol[0]) return protocol[1](number, target);
      if (typeof key === "symbol" || key === "prototype") return target[key];
      const found = ask(number, "get", key);
      return found === undefined && typeof target === "function" ? target[key] : found; // bind, name, …
    },
    set: (_, key, value) => typeof key === "string" && (ask(number, "set", key, value), true),
    has: (_, key) => (typeof key === "symbol" ? key in target : ask(number, "has", key)),
    deleteProperty: (_, key) => (ask(number, "delete", key), true),
    ownKeys: () => [...new Set([...Reflect.ownKeys(target), ...ask(number, "keys")])],
    getOwnPropertyDescriptor: (_, key) => {
      const fixed = Object.getOwnPropertyDescriptor(target, key);
      if (fixed && !fixed.configurable) return fixed;
      return typeof key === "string" && ask(number, "has", key) ? own(ask(number, "get", key)) : fixed;
    },
    apply: (_, __, args) => target(...args),
    construct: (_, args) => Object(target(...args)),
  });

  /** A list: an array to Array.isArray, whose elements and length are Python's. */
  const elements = (number, target) => ({
    get: (_, key) => {
      if (key === "length") return ask(number, "length");
      return isIndex(key) ? ask(number, "get", Number(key)) : target[key];
    },
    set: (_, key, value) => {
      if (key === "length") ask(number, "resize", value);
      else if (isIndex(key)) ask(number, "set", Number(key), value);
      else return false;
      return true;
    },
    has: (_, key) => (isIndex(key) ? Number(key) < ask(number, "length") : key in target),
    deleteProperty: (_, key) => (isIndex(key) && ask(number, "set", Number(key), undefined), true),
    ownKeys: () => [...Array(ask(number, "length")).keys()].map(String).concat("length"),
    getOwnPropertyDescriptor: (_, key) => {
      if (key === "length") return { value: ask(number, "length"), writable: true, enumerable: false, configurable: false };
      return isIndex(key) && Number(key) < ask(number, "length") ? own(ask(number, "get", Number(key))) : undefined;
    },
  });

  STAND_INS.object = (number, [can, places, name]) => {
    const target = can & CAN.call ? STAND_INS.function(number, [places, name]) : {};
    return new Proxy(target, attributes(number, target, can));
  };
  STAND_INS.dict = (number) => {
    const target = {};
    const { apply, construct, ...traps } = attributes(number, target, 0);
    const get = (_, key) => (typeof key === "symbol" || !ask(number, "has", key) ? target[key] : ask(number, "get", key));
    return new Proxy(target, { ...traps, get });
  };
  STAND_INS.list = (number) => {
    const target = [];
    return new Proxy(target, elements(number, target));
  };
  /** Tell Python what a promise is fulfilled with, as the result of a call; or why it is rejected. */
  function settle(x, resolve, reject) {
    if (typeof x?.then !== "function") raise("await");
    const tell = (value) => take(call(homes.get(resolve), give(value)));
    Promise.resolve(x).then(tell).catch(reject);
  }

  return { settle: guarded((number, resolve, reject) => settle(objects[number], resolve, reject)) };
}
