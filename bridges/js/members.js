// What a Proxy asks of an object: members, items, length, iteration, and a short preview.
// A container found in another stays here, so that it can be changed there; Python's (data x) copies it.
(kit) => {
  "use strict";
  const { objects, guarded, raise, isClass, live, reference } = kit;
  const source = Function.prototype.toString;
  const isArray = Array.isArray;
  const isView = (x) => ArrayBuffer.isView(x) && x.length !== undefined;
  const isSequence = (x) => isArray(x) || isView(x);
  const isPlain = (x) => [Object.prototype, null].includes(Object.getPrototypeOf(x));

  function get(number, ...names) {
    const x = Object(objects[number]);
    for (const name of names) if (name in x) return objects[number][name];
    return raise("attribute", names[0], similar(x, names[0]));
  }

  function similar(x, name) {
    const plain = (s) => s.toLowerCase().replace(/[-_]/g, "");
    return members(x).find((m) => plain(m) === plain(name) || plain(m).startsWith(plain(name))) ?? "";
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
    if (isSequence(x) && Number.isInteger(key)) x[position(x, key)] = value;
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
    return typeof x === "object" && Number.isInteger(x.length) ? x.length : raise("length");
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
    if (typeof x[Symbol.iterator] === "function") return x[Symbol.iterator]();
    if (typeof x.next === "function") return x;
    return typeof x === "object" && isPlain(x) ? Object.keys(x).values() : raise("iterate");
  }

  function next(number) {
    const { done, value } = objects[number].next();
    return done ? raise("stop") : value;
  }

  const SIGNATURE = /^(?:async\s+)?(?:function\s*\*?\s*[\w$]*\s*)?(?:[\w$]+\s*)?(\([^]*?\))\s*(?:=>|\{)|^(?:async\s+)?([\w$]+)\s*=>/;

  function signature(number) {
    const x = objects[number];
    if (typeof x !== "function") return "";
    let text = source.call(x);
    if (isClass(x)) text = "function " + (/\bconstructor\s*(\([^]*?\)\s*\{)/.exec(text)?.[1] ?? "(){");
    const found = SIGNATURE.exec(text);
    return found ? (found[1] ?? `(${found[2]})`) : "";
  }

  const kind = (x) => Object.prototype.toString.call(x).slice(8, -1);
  const quote = (s) => JSON.stringify(s.length > 60 ? s.slice(0, 57) + "..." : s);

  function show(x, depth) {
    if (typeof x === "string") return quote(x);
    if (typeof x === "bigint") return `${x}n`;
    if (typeof x === "function") return `[${isClass(x) ? "class" : "function"} ${x.name || "(anonymous)"}]`;
    if (typeof x !== "object" || x === null) return String(x);
    return depth > 2 ? `[${nameOf(x)}]` : showObject(x, depth);
  }

  // A promise's constructor is how the engine sees that somebody listens: leave it alone.
  const nameOf = (x) => (isPlain(x) ? "Object" : x instanceof Promise ? "Promise" : x.constructor?.name || kind(x));

  function showObject(x, depth) {
    if (x instanceof Error || x instanceof RegExp) return String(x);
    if (x instanceof Date) return isNaN(x) ? "Invalid Date" : x.toISOString();
    if (isSequence(x)) return `${isArray(x) ? "" : nameOf(x)}[${some(x, (v) => show(v, depth + 1))}]`;
    if (x instanceof Map) return `Map {${some(x, ([k, v]) => `${show(k, depth + 1)} => ${show(v, depth + 1)}`)}}`;
    if (x instanceof Set) return `Set {${some(x, (v) => show(v, depth + 1))}}`;
    const fields = some(Object.keys(x), (k) => `${k}: ${showField(x, k, depth + 1)}`);
    return `${isPlain(x) ? "" : nameOf(x) + " "}{${fields}}`;
  }

  function showField(x, key, depth) {
    const property = Object.getOwnPropertyDescriptor(x, key);
    return property?.get ? "[Getter]" : show(property?.value, depth);
  }

  function some(items, text) {
    const out = [];
    for (const item of items) {
      if (out.length === 10) {
        out.push("...");
        break;
      }
      out.push(text(item));
    }
    return out.join(", ");
  }

  return {
    preview: (x) => show(x, 0),
    get: guarded(get, live),
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
    signature: guarded(signature),
    show: guarded((number) => show(objects[number], 0)),
  };
}
