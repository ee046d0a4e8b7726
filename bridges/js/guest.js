// The guest half of the room: the table of what Python holds, the value rule, and calls.
//
// Nothing raw ever crosses. Numbers, booleans and texts do; data goes as one JSON text; everything
// else as its number in a table. The last character of a text from Python says what it is: a
// string, JSON, tagged JSON, an exception. What goes to Python goes by the wire (wire.js).
(wire, call, reach) => {
  "use strict";
  const { parse, stringify } = JSON;
  const { getPrototypeOf, getOwnPropertyDescriptor, keys } = Object;
  const { apply, construct, ownKeys } = Reflect;
  const { isArray } = Array;
  const { isSafeInteger } = Number;
  const source = Function.prototype.toString;
  const ObjectPrototype = Object.prototype;
  const ArrayPrototype = Array.prototype;
  const MAX = Number.MAX_SAFE_INTEGER;
  const DEEP = 200;
  const TAG = "\uE000"; // the only key of a tagged value; data that has this key is tagged itself

  // What a slot of the wire holds.
  const NUMBER = 1;
  const STRING = 2;
  const JSON_TEXT = 3;
  const TAGGED = 4;
  const FAILURE = 5;
  const INTEGERS = 6;
  const OBJECT = 7;
  const FUNCTION = 8;
  const HOME = 9;
  const { receiveIntegers, sendInteger, sendIntegers, sendText, sendNumber, sendReference } = wire;

  let alive = true;

  // --- the table: numbers for objects that Python holds, with how often each was sent

  const objects = [undefined];
  const sent = [0];
  const free = [];
  const numbers = new WeakMap();
  const symbols = new Map();

  function keep(x) {
    const known = typeof x === "symbol" ? symbols : numbers;
    let number = known.get(x);
    if (number === undefined) {
      number = free.length ? free.pop() : objects.length;
      objects[number] = x;
      sent[number] = 0;
      known.set(x, number);
    }
    sent[number]++;
    return number;
  }

  function release(number, times) {
    sent[number] -= times;
    if (sent[number] > 0) return;
    const x = objects[number];
    (typeof x === "symbol" ? symbols : numbers).delete(x);
    objects[number] = undefined;
    free.push(number);
  }

  // --- Python's objects here: one stand-in each while it is in use, so that identity holds

  const homes = new WeakMap(); // stand-in → Python's number
  const standIns = new Map(); // Python's number → WeakRef of the stand-in
  const dead = [];
  const registry = new FinalizationRegistry((number) => {
    if (!standIns.get(number)?.deref()) dead.push(number);
  });

  function lent(number, kind, detail) {
    const known = standIns.get(number)?.deref();
    if (known) return known;
    const fresh = STAND_INS[kind](number, detail);
    standIns.set(number, new WeakRef(fresh));
    homes.set(fresh, number);
    registry.register(fresh, number);
    return fresh;
  }

  /** The numbers of Python objects that no script holds any more. */
  function swept() {
    const numbers = dead.splice(0).filter((n) => !standIns.get(n)?.deref());
    for (const number of numbers) standIns.delete(number);
    return numbers;
  }

  const STAND_INS = {
    function: (number, places) =>
      function (...args) {
        if (places >= 0 && args.length > places) args.length = places;
        return take(call(BigInt(number), ...args.map(live)));
      },
    error: (number, [name, message]) => Object.assign(new Error(message), { name }),
  };

  // --- Python → here

  function take(x) {
    if (typeof x === "string") {
      const last = x.charCodeAt(x.length - 1);
      return last < 128 ? parse(x) : TAKES[last & 3](x.slice(0, -2)); // a long JSON text is lent as it is
    }
    return typeof x === "bigint" ? (receiveIntegers(Number(x)) ?? raise("again")) : x;
  }

  const TAKES = [
    (text) => text,
    (text) => parse(text),
    (text) => revive(parse(text)),
    (text) => {
      throw revive(parse(text));
    },
  ];

  const REVIVES = {
    number: Number,
    bigint: BigInt,
    date: (at) => new Date(at),
    null: () => null,
    undefined: () => undefined,
    set: (items) => new Set(items.map(revive)),
    map: (pairs) => new Map(pairs.map(revive)),
    object: (pairs) => Object.fromEntries(pairs.map(revive)),
    bytes: ([number, length]) => receive(number, length),
    ours: (number) => objects[number],
    lent: ([number, kind, detail]) => lent(number, kind, detail),
  };

  /** Bytes come through one piece of Python's memory, which the engine sees from the start. */
  function receive(number, length) {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += inbox.length) {
      reach(BigInt(number), READ, BigInt(at));
      bytes.set(inbox.subarray(0, Math.min(inbox.length, length - at)), at);
    }
    dead.push(number);
    return bytes;
  }

  const READ = 0n;
  let inbox;

  function revive(x) {
    if (x === null || typeof x !== "object") return x;
    if (isArray(x)) {
      for (let i = 0; i < x.length; i++) x[i] = revive(x[i]);
      return x;
    }
    const tagged = x[TAG];
    if (tagged !== undefined) return REVIVES[tagged[0]](tagged[1]);
    for (const key in x) x[key] = revive(x[key]);
    return x;
  }

  // --- here → Python

  class Refusal {
    constructor(kind, ...detail) {
      this.detail = [kind, ...detail];
    }
  }

  const safe = (x) => x <= MAX && x >= -MAX && (x !== 0 || 1 / x > 0);

  function whole(text) {
    if (!text.isWellFormed()) throw new Refusal("surrogate");
    return text;
  }

  function give(x) {
    switch (typeof x) {
      case "number":
        return isSafeInteger(x) && (x !== 0 || 1 / x > 0) ? sendInteger(x) : sendNumber(NUMBER, x);
      case "string":
        return sendText(STRING, whole(x));
      case "boolean":
        return x ? null : false; // true says that the register holds an integer
      case "undefined":
      case "bigint":
        return x;
      case "object":
        return x === null ? undefined : giveObject(x);
      default:
        return reference(x);
    }
  }

  function giveObject(x) {
    if (standIns.size && homes.has(x)) return reference(x);
    if (isArray(x) && isPacked(x)) {
      const slot = sendIntegers(INTEGERS, x);
      if (slot) return slot;
    }
    const nature = natureWithin(x);
    if (nature === TEXT) return sendText(JSON_TEXT, stringify(x));
    return nature === MIXED ? sendText(TAGGED, stringify(lower(x))) : reference(x);
  }

  /** An array without holes, names of its own or a class of its own. */
  const isPacked = (x) => getPrototypeOf(x) === ArrayPrototype && keys(x).length === x.length;

  /** As an argument of a callback: containers stay here, to be seen and changed. */
  function live(x) {
    return typeof x === "object" && x !== null && !isValue(x) ? reference(x) : give(x);
  }

  const reference = (x) => sendReference(...referenceTo(x));

  function referenceTo(x) {
    const home = homes.get(x);
    return home !== undefined ? [HOME, home] : [typeof x === "function" ? FUNCTION : OBJECT, keep(x)];
  }

  // What a value is on its way out: TEXT goes by JSON as it stands, MIXED needs tags, LIVE by reference.
  const TEXT = 0;
  const MIXED = 1;
  const LIVE = 2;

  const isBytes = (x) => x instanceof Uint8Array || x instanceof ArrayBuffer;
  const isValue = (x) => (x instanceof Date && getPrototypeOf(x) === Date.prototype) || isBytes(x);

  function natureOf(x, depth) {
    switch (typeof x) {
      case "number":
        return safe(x) ? TEXT : MIXED;
      case "string":
      case "boolean":
        return TEXT;
      case "object":
        if (x === null) return TEXT;
        if (standIns.size && homes.has(x)) return MIXED;
        if (depth > DEEP) throw new Refusal("deep");
        return isArray(x) ? natureOfArray(x, depth) : natureOfObject(x, depth);
      default:
        return MIXED;
    }
  }

  function natureOfArray(x, depth) {
    if (getPrototypeOf(x) !== ArrayPrototype) return LIVE;
    const { length } = x;
    const names = keys(x).length;
    if (names > length) return LIVE; // a match of a RegExp has names too
    let nature = names === length ? TEXT : MIXED;
    for (let i = 0; i < length; i++) if (natureOf(x[i], depth + 1) !== TEXT) nature = MIXED;
    return nature;
  }

  function natureOfObject(x, depth) {
    const prototype = getPrototypeOf(x);
    if (prototype !== ObjectPrototype && prototype !== null) return isValue(x) ? MIXED : LIVE;
    let nature = TEXT;
    const names = ownKeys(x);
    for (let i = 0; i < names.length; i++) {
      const key = names[i];
      if (typeof key === "symbol") return LIVE;
      const { value, enumerable, get, set } = getOwnPropertyDescriptor(x, key);
      if (get || set || !enumerable || typeof value === "function") return LIVE;
      if (key === TAG || natureOf(value, depth + 1) !== TEXT) nature = MIXED;
    }
    return nature;
  }

  /** Data that contains itself is behaviour: it nests without end. */
  function natureWithin(x) {
    try {
      return natureOf(x, 0);
    } catch (error) {
      if (error instanceof Refusal && error.detail[0] === "deep") return LIVE;
      throw error;
    }
  }

  const tagged = (kind, detail) => ({ [TAG]: [kind, detail] });

  function lower(x) {
    switch (typeof x) {
      case "number":
        return safe(x) ? x : tagged("number", Object.is(x, -0) ? "-0" : String(x));
      case "string":
      case "boolean":
        return x;
      case "undefined":
        return null;
      case "bigint":
        return tagged("bigint", String(x));
      case "object":
        return x === null ? null : lowerObject(x);
      default:
        return tagged("reference", referenceTo(x));
    }
  }

  function lowerObject(x) {
    if (homes.has(x)) return tagged("reference", referenceTo(x));
    if (isBytes(x)) return tagged("bytes", [keep(x), x.byteLength]);
    if (isValue(x)) return lowerDate(x);
    if (natureWithin(x) === LIVE) return tagged("reference", referenceTo(x));
    return lowerContainer(x);
  }

  const lowerDate = (x) => (isNaN(x) ? tagged("reference", referenceTo(x)) : tagged("date", x.getTime()));

  function lowerContainer(x) {
    if (isArray(x)) return Array.from(x, lower);
    const copy = {};
    for (const key of Object.keys(x)) copy[key] = lower(x[key]);
    return TAG in copy ? tagged("object", Object.entries(copy)) : copy;
  }

  /** Data out of what crosses by reference: Map, Set, typed array, iterable, or an object's fields. */
  function copy(x) {
    if (x instanceof Map) return tagged("map", Array.from(x, ([k, v]) => [lower(k), lower(v)]));
    if (x instanceof Set) return tagged("set", Array.from(x, lower));
    if (ArrayBuffer.isView(x) && x.length !== undefined) return Array.from(x, lower);
    if (typeof x !== "object") throw new Refusal("behaviour", typeof x);
    if (x[Symbol.iterator] !== undefined && !isArray(x)) return Array.from(x, lower);
    return lowerContainer(x);
  }

  // --- errors

  const fail = (...detail) => sendText(FAILURE, stringify(detail));

  function failure(error) {
    if (error instanceof Refusal) return error.detail[0] === "again" ? 0 : fail(...error.detail);
    if (typeof error === "object" && error !== null && homes.has(error)) return fail("home", homes.get(error));
    return fail("error", ...describe(error));
  }

  function describe(error) {
    const text = (f) => {
      try {
        return String(f()).toWellFormed();
      } catch {
        return "";
      }
    };
    const thrown = error instanceof Error;
    return [
      thrown ? text(() => error.name) : "thrown " + (error === null ? "null" : typeof error),
      thrown ? text(() => error.message) : text(() => error),
      thrown ? text(() => error.stack) : "",
      error instanceof SyntaxError,
      error === null || typeof error !== "object" ? lower(error) : tagged("reference", referenceTo(error)),
    ];
  }

  // --- calls

  const CONSTRUCTORS = new Set(
    ownKeys(globalThis)
      .filter((name) => typeof name === "string" && /^[A-Z]/.test(name) && /Map|Set|Array|Promise|Buffer|View|Ref|Registry|Proxy|Date/.test(name))
      .map((name) => globalThis[name])
  );

  const isClass = (f) => CONSTRUCTORS.has(f) || apply(source, f, []).startsWith("class");

  function target(number) {
    const f = objects[number];
    return isClass(f) ? (_, args) => construct(f, args) : (self, args) => apply(f, self, args);
  }

  /** A function of its own for each function that is called often: the flat path. */
  function lift(number, self) {
    const f = objects[number];
    const receiver = objects[self];
    if (isClass(f) || receiver !== undefined) {
      const run = target(number);
      return guarded((...args) => run(receiver, args));
    }
    return function (a) {
      if (!alive) return fail("stopped");
      try {
        if (arguments.length === 1) return give(f(typeof a === "number" ? a : take(a)));
        const args = [];
        for (let i = 0; i < arguments.length; i++) args.push(take(arguments[i]));
        return give(apply(f, undefined, args));
      } catch (error) {
        return failure(error);
      }
    };
  }

  const guarded = (f, out = give) =>
    function (...args) {
      if (!alive) return fail("stopped");
      try {
        for (let i = 0; i < args.length; i++) args[i] = take(args[i]);
        return out(f(...args));
      } catch (error) {
        return failure(error);
      }
    };

  function raise(kind, ...detail) {
    throw new Refusal(kind, ...detail);
  }

  let rejections;

  const parts = {
    lift,
    invoke: guarded((number, self, ...args) => target(number)(objects[self], args)),
    invokeByRef: guarded((number, self, ...args) => target(number)(objects[self], args), (x) => (typeof x === "object" && x !== null ? reference(x) : give(x))),
    construct: guarded((number, ...args) => construct(objects[number], args)),
    evaluate: guarded((text) => (0, eval)(text)),
    copy: guarded((number) => copy(objects[number]), (x) => sendText(TAGGED, stringify(x))),
    inbox: (memory) => {
      inbox = memory;
    },
    watch: (f) => {
      rejections = f;
    },
    /** Throw the reason of the first rejection that nobody listened to, if there was one. */
    rejected: guarded(() => {
      for (const reason of rejections()) throw reason;
    }),
    // Bytes go out through the inbox too: `at` on of object `number`.
    outbox: (number, at) => {
      const x = objects[number];
      const bytes = new Uint8Array(x.buffer ?? x, x.byteOffset ?? 0, x.byteLength).subarray(at, at + inbox.length);
      inbox.set(bytes);
    },
    release,
    swept: guarded(swept),
    stop: () => {
      alive = false;
      for (const name of ownKeys(globalThis)) if (!born.has(name)) delete globalThis[name];
      objects.length = sent.length = free.length = 1;
      standIns.clear();
    },
  };

  const born = new Set(ownKeys(globalThis));
  const kit = { objects, give, take, live, guarded, raise, reference, isClass, homes, STAND_INS, reach, parts };
  return (name, extension) => (extension ? Object.assign(parts, extension(kit)) && undefined : parts[name]);
}
