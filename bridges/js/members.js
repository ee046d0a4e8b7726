// What a Proxy asks of an object: members, items, length, iteration, and its end.
// A container found in another stays here, so that it can be changed there; Python's (data x) copies it.
(kit) => {
  "use strict";
  const { objects, guarded, failure, fetch, isAlive, raise, Refusal, take, live, reference } = kit;
  const isArray = Array.isArray;
  const isView = (x) => ArrayBuffer.isView(x) && x.length !== undefined;
  const isSequence = (x) => isArray(x) || isView(x);
  const isBig = (x) => x instanceof BigInt64Array || x instanceof BigUint64Array;
  const isPlain = (x) => [Object.prototype, null].includes(Object.getPrototypeOf(x));

  function get(number, ...names) {
    const x = Object(objects[number]);
    for (const name of names) if (name in x) return objects[number][name];
    const made = names[0].startsWith("_") ? undefined : objects[number][names[0]]; // by a trap that tells nobody
    return made === undefined ? raise("attribute", names[0], similar(x, names[0])) : made;
  }

  /** A function of its own for each name, quicker than `get`: the object's number is in the register. */
  function getter(...given) {
    const names = given.map(take);
    const [name] = names;
    return () => {
      try {
        const number = fetch();
        const value = objects[number][name];
        return value === undefined || value === null ? giveMissing(number, names) : live(value);
      } catch (error) {
        return failure(isAlive() ? error : new Refusal("stopped"));
      }
    };
  }

  const giveMissing = (number, names) => live(get(number, ...names));

  function similar(x, name) {
    const plain = (s) => s.toLowerCase().replace(/[-_]/g, "");
    const all = members(x).map((m) => [m, plain(m)]);
    const wanted = plain(name);
    const found = all.find(([, m]) => m === wanted || m.startsWith(wanted)) ?? all.find(([, m]) => isNear(m, wanted));
    return found?.[0] ?? "";
  }

  /** One letter is wrong, missing or too many, or two have changed places. */
  function isNear(a, b) {
    let [start, end] = [0, 0];
    while (start < a.length && a[start] === b[start]) start++;
    while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
    const [x, y] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
    return a.length > 2 && ((x.length < 2 && y.length < 2) || (x.length === 2 && x === y[1] + y[0]));
  }

  function members(x) {
    const names = new Set();
    for (let o = Object(x); o && o !== Object.prototype && o !== Function.prototype; o = Object.getPrototypeOf(o)) {
      for (const name of Object.getOwnPropertyNames(o)) names.add(name);
    }
    return [...names].filter((name) => /^[\p{ID_Start}$_][\p{ID_Continue}$-]*$/u.test(name));
  }

  function item(number, key) {
    const x = objects[number];
    if (isSequence(x) && Number.isInteger(key)) return x[position(x, key)];
    if (x instanceof Map) return x.has(key) ? x.get(key) : raise("key", key);
    if (typeof key === "string" || typeof key === "number") {
      return key in Object(x) ? x[key] : raise("key", key);
    }
    return raise("key", String(key));
  }

  function position(x, key) {
    const at = key < 0 ? key + x.length : key;
    return at >= 0 && at < x.length ? at : raise("index", key);
  }

  function setItem(number, key, value) {
    const x = objects[number];
    if (isSequence(x) && Number.isInteger(key)) x[position(x, key)] = isBig(x) ? BigInt(value) : value;
    else if (x instanceof Map) x.set(key, value);
    else x[key] = value;
  }

  function deleteItem(number, key) {
    const x = objects[number];
    if (isArray(x) && Number.isInteger(key)) x.splice(position(x, key), 1);
    else if (x instanceof Map || x instanceof Set) x.delete(key) || raise("key", key);
    else if (key in x) delete x[key];
    else raise("key", key);
  }

  function length(number) {
    const x = objects[number];
    if (isSequence(x)) return x.length;
    if (x instanceof Map || x instanceof Set) return x.size;
    if (typeof x === "object" && isPlain(x)) return Object.keys(x).length;
    if (typeof x !== "object") return raise("length");
    const length = x.length ?? (Symbol.iterator in x ? x.size : undefined);
    return Number.isInteger(length) ? length : raise("length");
  }

  function contains(number, key) {
    const x = objects[number];
    if (isSequence(x)) return x.includes(key);
    if (x instanceof Map || x instanceof Set) return x.has(key);
    if (typeof x[Symbol.iterator] === "function") return Array.from(x).includes(key);
    return (typeof key === "string" || typeof key === "number") && key in x;
  }

  function iterate(number) {
    const x = objects[number];
    if (x instanceof Map) return x.keys();
    if (typeof x[Symbol.iterator] === "function") return stepping(x[Symbol.iterator]());
    if (typeof x.next === "function") return x;
    return typeof x === "object" && isPlain(x) ? Object.keys(x).values() : raise("iterate");
  }

  const isObject = (x) => (typeof x === "object" ? x !== null : typeof x === "function");
  const stepping = (x) => (isObject(x) ? x : raise("iterate"));

  /** A step of an iterator, which must be an object: or else it would never be done. */
  function checked(step) {
    if (isObject(step)) return step;
    throw new TypeError(`iterator.next() returned ${String(step)}, which is no object`);
  }

  function next(number) {
    const { done, value } = checked(objects[number].next());
    return done ? raise("stop") : value;
  }

  const dispose = (x, how) => x[how]();

  function iterateAsync(x) {
    if (typeof x[Symbol.asyncIterator] === "function") return stepping(x[Symbol.asyncIterator]());
    return typeof x.next === "function" ? x : raise("iterate");
  }

  return {
    get: guarded(get, live),
    getter,
    set: guarded((number, value, ...names) => {
      const x = objects[number];
      x[names.find((name) => name in x) ?? names[0]] = value;
    }),
    delete: guarded((number, ...names) => {
      const x = objects[number];
      const name = names.find((n) => n in x) ?? raise("attribute", names[0], "");
      delete x[name];
    }),
    item: guarded(item, live),
    setItem: guarded(setItem),
    deleteItem: guarded(deleteItem),
    length: guarded(length),
    contains: guarded(contains),
    iterate: guarded(iterate, reference),
    next: guarded(next, live),
    members: guarded((number) => members(objects[number])),
    dispose: guarded((number) => dispose(objects[number], Symbol.dispose)),
    disposeAsync: guarded((number) => dispose(objects[number], Symbol.asyncDispose)),
    hasDispose: guarded((number, later) => typeof objects[number][later ? Symbol.asyncDispose : Symbol.dispose] === "function"),
    nextAsync: guarded(async (number) => {
      const { done, value } = checked(await objects[number].next());
      return [Boolean(done), value];
    }),
    iterateAsync: guarded((number) => iterateAsync(objects[number]), reference),
  };
}
