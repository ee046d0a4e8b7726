// Python's objects as scripts see them: an object with attributes, or a container whose changes are Python's.
(kit) => {
  "use strict";
  const { give, live, take, reach, homes, STAND_INS } = kit;
  const CODES = { get: 1n, set: 2n, has: 3n, delete: 4n, keys: 5n, length: 6n, resize: 7n };
  const ask = (number, operation, ...rest) => take(reach(BigInt(number), CODES[operation], ...rest.map(live)));
  const isIndex = (key) => typeof key === "string" && /^(0|[1-9]\d*)$/.test(key);
  const own = (value) => ({ value, writable: true, enumerable: true, configurable: true });

  /** Traps over the operations get, set, has, delete and keys of Python's side. */
  const attributes = (number, target) => ({
    get: (_, key) => (typeof key === "symbol" ? target[key] : ask(number, "get", key)),
    set: (_, key, value) => (ask(number, "set", key, value), true),
    has: (_, key) => typeof key === "string" && ask(number, "has", key),
    deleteProperty: (_, key) => (ask(number, "delete", key), true),
    ownKeys: () => ask(number, "keys"),
    getOwnPropertyDescriptor: (_, key) =>
      typeof key === "string" && ask(number, "has", key) ? own(ask(number, "get", key)) : undefined,
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

  STAND_INS.object = (number) => {
    const target = {};
    return new Proxy(target, attributes(number, target));
  };
  STAND_INS.dict = STAND_INS.object;
  STAND_INS.list = (number) => {
    const target = [];
    return new Proxy(target, elements(number, target));
  };
  return {};
}
