// The value rule: what crosses as data, as a copy, and what by reference.
//
// Nothing raw ever crosses. Numbers, booleans and texts do; data goes as one JSON text; everything
// else as its number in the table. The last character of a text from Python says what it is: a
// string, JSON, tagged JSON, an exception. What goes to Python goes by `wire`: slots of memory in
// this process (wire.js), messages in another.
(wire, table, receive) => {
  "use strict";
  const { parse, stringify } = JSON;
  const { getPrototypeOf, getOwnPropertyDescriptor, keys } = Object;
  const { ownKeys } = Reflect;
  const { isArray } = Array;
  const { isSafeInteger } = Number;
  const { objects, keep, goHome, isHome, standIn, lent } = table;
  const { sendInteger, sendIntegers, sendNumber, sendReference, sendShort, sendText, sendTrue } = wire;
  const ObjectPrototype = Object.prototype;
  const ArrayPrototype = Array.prototype;
  const MAX = Number.MAX_SAFE_INTEGER;
  const DEEP = 200;
  const HOLES = 1e6; // of an array that is still copied
  const TAG = "\uE000"; // the only key of a tagged value; data that has this key is tagged itself

  // What a slot of the wire holds.
  const NUMBER = 1;
  const STRING = 2;
  const JSON_TEXT = 3;
  const TAGGED = 4;
  const INTEGERS = 6;
  const OBJECT = 7;
  const FUNCTION = 8;
  const HOME = 9;

  /** What is refused, as Python's errors.py words it. */
  class Refusal {
    constructor(kind, ...detail) {
      this.detail = [kind, ...detail];
    }
  }

  function raise(kind, ...detail) {
    throw new Refusal(kind, ...detail);
  }

  // --- Python → here

  function take(x) {
    if (typeof x !== "string") return x;
    const last = x.charCodeAt(x.length - 1);
    return last < 128 ? parse(x) : TAKES[last & 3](x.slice(0, -2)); // a long JSON text is lent as it is
  }

  const NOTHING = Symbol("nothing");

  /** What lies in the register instead of an argument: NOTHING for a call that has none. */
  const fetch = () => wire.fetch(OTHERS);

  const OTHERS = {
    nothing: () => NOTHING,
    lent: (number) => standIn(number) ?? raise("other"),
    list: (numbers) => numbers ?? raise("other"),
    taken: () => raise("again"),
  };

  const TAKES = [
    (text) => text,
    (text) => parse(text),
    (text) => revive(parse(text)),
    (text) => {
      throw thrown(revive(parse(text)));
    },
  ];

  const thrownAt = new WeakMap(); // where an error that came from Python was thrown here last

  function thrown(error) {
    thrownAt.set(error, new Error().stack);
    return error;
  }

  const REVIVES = {
    number: Number,
    bigint: BigInt,
    date: (at) => new Date(at),
    null: () => null,
    undefined: () => undefined,
    set: (items) => new Set(items.map(revive)),
    map: (pairs) => new Map(pairs.map(revive)),
    object: (pairs) => Object.fromEntries(pairs.map(revive)),
    bytes: ([number, length]) => {
      const bytes = receive(number, length);
      table.copied(number);
      return bytes;
    },
    ours: (number) => objects[number],
    lent: ([number, kind, detail]) => lent(number, kind, detail),
  };

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

  const safe = (x) => x <= MAX && x >= -MAX && (x !== 0 || 1 / x > 0);

  function whole(text) {
    if (!text.isWellFormed()) raise("surrogate");
    return text;
  }

  function give(x) {
    switch (typeof x) {
      case "number":
        return isSafeInteger(x) && (x !== 0 || 1 / x > 0) ? sendInteger(x) : sendNumber(NUMBER, x);
      case "string":
        return giveText(x);
      case "boolean":
        return x ? sendTrue() : false; // true says that the register holds an integer
      case "undefined":
      case "bigint":
        return x;
      case "object":
        return x === null ? undefined : giveObject(x);
      default:
        return reference(x);
    }
  }

  function giveText(x) {
    const short = sendShort(x);
    return short === undefined ? sendText(STRING, whole(x)) : short;
  }

  function giveObject(x) {
    if (isHome(x)) return reference(x);
    if (isPacked(x)) {
      const slot = sendIntegers(INTEGERS, x);
      if (slot) return slot;
    }
    const nature = natureWithin(x);
    if (nature === TEXT) return sendText(JSON_TEXT, stringify(x));
    return nature === MIXED ? sendText(TAGGED, stringify(lower(x))) : reference(x);
  }

  /** An array without holes, names of its own or a class of its own. */
  function isPacked(x) {
    try {
      return isArray(x) && getPrototypeOf(x) === ArrayPrototype && keys(x).length === x.length;
    } catch {
      return false;
    }
  }

  /** As an argument of a callback: containers stay here, to be seen and changed. */
  function live(x) {
    return typeof x === "object" && x !== null && !isValue(x) ? reference(x) : give(x);
  }

  const reference = (x) => sendReference(...referenceTo(x));

  function referenceTo(x) {
    const home = goHome(x);
    return home !== undefined ? [HOME, home] : [typeof x === "function" ? FUNCTION : OBJECT, keep(x)];
  }

  // What a value is on its way out: TEXT goes by JSON as it stands, MIXED needs tags, LIVE by reference.
  const TEXT = 0;
  const MIXED = 1;
  const LIVE = 2;

  const isBytes = (x) => x instanceof Uint8Array || x instanceof ArrayBuffer;

  function isValue(x) {
    try {
      return (x instanceof Date && getPrototypeOf(x) === Date.prototype) || isBytes(x);
    } catch {
      return false; // a proxy that throws
    }
  }

  function natureOf(x, depth) {
    switch (typeof x) {
      case "number":
        return safe(x) ? TEXT : MIXED;
      case "string":
      case "boolean":
        return TEXT;
      case "object":
        if (x === null) return TEXT;
        if (isHome(x)) return MIXED;
        if (depth > DEEP) raise("deep");
        return isArray(x) ? natureOfArray(x, depth) : natureOfObject(x, depth);
      default:
        return MIXED;
    }
  }

  function natureOfArray(x, depth) {
    if (getPrototypeOf(x) !== ArrayPrototype) return LIVE;
    const { length } = x;
    const names = keys(x).length;
    if (names > length || length - names > HOLES) return LIVE; // a match of a RegExp has names too
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

  /** Data that contains itself is behaviour, for it nests without end; so is a proxy that throws. */
  function natureWithin(x) {
    try {
      return natureOf(x, 0);
    } catch {
      return LIVE;
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
    if (isHome(x)) return tagged("reference", referenceTo(x));
    if (isBytes(x)) return tagged("bytes", [keep(x), x.byteLength]);
    if (isValue(x)) return lowerDate(x);
    if (natureWithin(x) === LIVE) return tagged("reference", referenceTo(x));
    return lowerContainer(x);
  }

  const lowerDate = (x) => (isNaN(x) ? tagged("reference", referenceTo(x)) : tagged("date", x.getTime()));

  function lowerContainer(x) {
    if (isArray(x)) return Array.from(x, lower);
    const copy = Object.create(null); // `__proto__` is a key like any other
    for (const key of keys(x)) copy[key] = lower(x[key]);
    return TAG in copy ? tagged("object", Object.entries(copy)) : copy;
  }

  /** Data out of what crosses by reference: Map, Set, typed array, iterable, or an object's fields. */
  function copy(x) {
    if (x instanceof Map) return tagged("map", Array.from(x, ([k, v]) => [lower(k), lower(v)]));
    if (x instanceof Set) return tagged("set", Array.from(x, lower));
    if (ArrayBuffer.isView(x) && x.length !== undefined) return Array.from(x, lower);
    if (typeof x !== "object") raise("behaviour", typeof x);
    if (x[Symbol.iterator] !== undefined && !isArray(x)) return Array.from(x, lower);
    return lowerContainer(x);
  }

  const giveCopy = (x) => sendText(TAGGED, stringify(copy(x)));
  const giveByRef = (x) => (typeof x === "object" && x !== null ? reference(x) : give(x));

  return { NOTHING, Refusal, raise, take, fetch, give, live, lower, reference, referenceTo, giveCopy, giveByRef, tagged, revive, thrownAt };
}
