// The guest half of the room: calls, and what they throw. What crosses is values.js, who holds it table.js.
//
// It is the same in this process and in a Node child. A home gives it `wire` (what goes to Python),
// `call(number, ...args)` (a Python function), `reach(number, operation, ...args)` (a Python object),
// and the room's scripts table.js and values.js.
(wire, call, reach, tableOf, valuesOf) => {
  "use strict";
  const { apply, construct, getPrototypeOf, ownKeys } = Reflect;
  const { stringify } = JSON;
  const source = Function.prototype.toString;
  const FAILURE = 5;
  const BYTES = 10;
  const READ = 0;
  const DEEP = 8; // causes of causes
  let alive = true;

  const STAND_INS = {};
  const table = tableOf(STAND_INS);
  const { objects, homes } = table;
  const values = valuesOf(wire, table, receive);
  const { NOTHING, Refusal, raise, take, fetch, give, live, lower, reference, referenceTo, giveCopy, giveByRef, tagged, thrownAt } = values;

  // --- bytes come and go piece by piece

  function receive(number, length) {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; ) at += wire.receiveBytes(take(reach(number, READ, BigInt(at))), at, bytes);
    return bytes;
  }

  const bytesOf = (x) => new Uint8Array(x.buffer ?? x, x.byteOffset ?? 0, x.byteLength);

  // --- errors

  const AGAIN = { again: 0, other: 1 }; // what lay in the register is gone, or went the wrong way
  const fail = (...detail) => wire.sendText(FAILURE, stringify(detail));

  function failure(error) {
    if (error instanceof Refusal) return AGAIN[error.detail[0]] ?? fail(...error.detail);
    return fail(...described(error, DEEP));
  }

  const text = (f) => {
    try {
      return String(f()).toWellFormed();
    } catch {
      return "";
    }
  };

  const described = (error, depth) =>
    homes.has(error) ? ["home", table.goHome(error), thrownAt.get(error) ?? ""] : ["error", ...describe(error, depth)];

  /** Where it was thrown here last, its cause, and the errors that it gathers. */
  function more(error, depth) {
    const found = { at: thrownAt.get(error) ?? "" };
    if (depth > 0 && Object.hasOwn(error, "cause")) found.cause = described(error.cause, depth - 1);
    if (depth > 0 && error instanceof AggregateError) found.errors = error.errors.map((each) => described(each, depth - 1));
    return found;
  }

  function describe(error, depth) {
    const thrown = error instanceof Error;
    return [
      thrown ? text(() => error.name) : "thrown " + (error === null ? "null" : typeof error),
      thrown ? text(() => error.message) : text(() => error),
      thrown ? text(() => error.stack) : "",
      error instanceof SyntaxError,
      error === null || typeof error !== "object" ? lower(error) : tagged("reference", referenceTo(error)),
      thrown ? more(error, depth) : {},
    ];
  }

  // --- calls

  const CONSTRUCTORS = new Set(
    ownKeys(globalThis)
      .filter((name) => typeof name === "string" && /^[A-Z]/.test(name) && /Map|Set|Array|Promise|Buffer|View|Ref|Registry|Proxy|Date/.test(name))
      .map((name) => Object.getOwnPropertyDescriptor(globalThis, name).value)
  );

  /** What `test` says of a function, asked once of each. */
  function remembered(test) {
    const known = new WeakMap();
    return (f) => {
      if (!known.has(f)) known.set(f, test(f));
      return known.get(f);
    };
  }

  const isNative = (text) => /\{\s*\[native code\]\s*\}$/.test(text);
  const isClass = remembered((f) => CONSTRUCTORS.has(f) || apply(source, f, []).startsWith("class"));
  /** A class, also one made by hand: a function with a capital letter whose prototype was filled, or inherits. */
  const makes = remembered((f) => isClass(f) || isMadeByHand(f));

  function isMadeByHand(f) {
    try {
      const { name, prototype } = f;
      if (!/^[A-Z]/.test(name) || !Object.hasOwn(Object(prototype), "constructor")) return false;
      const plain = ownKeys(prototype).length === 1 && getPrototypeOf(getPrototypeOf(prototype) ?? {}) === null;
      return !plain && !isNative(apply(source, f, []));
    } catch {
      return false; // a Proxy's traps may throw
    }
  }

  const run = (f, self, args) => (makes(f) ? construct(f, args) : apply(f, self, args));

  /** A function of its own for each function that is called often: the flat path. */
  function lift(number, self) {
    const f = objects[number];
    const receiver = objects[self];
    if (makes(f) || receiver !== undefined) return (...args) => invoke(number, self, ...args);
    return function (a) {
      if (!alive) return fail("stopped");
      try {
        if (arguments.length === 0) {
          const x = fetch();
          return give(x === NOTHING ? f() : f(x));
        }
        if (arguments.length === 1) return give(f(take(a)));
        const args = [];
        for (let i = 0; i < arguments.length; i++) args.push(take(arguments[i]));
        return give(apply(f, undefined, args));
      } catch (error) {
        return failure(error);
      }
    };
  }

  /** Call what was not lifted, with a `this`. */
  function invoke(number, self, ...args) {
    if (!alive) return fail("stopped");
    try {
      if (args.length === 0) {
        const x = fetch();
        if (x !== NOTHING) args[0] = x;
      } else for (let i = 0; i < args.length; i++) args[i] = take(args[i]);
      return give(run(objects[number], objects[self], args));
    } catch (error) {
      return failure(error);
    }
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

  let rejections;

  const parts = {
    lift,
    invoke,
    invokeByRef: guarded((number, self, ...args) => run(objects[number], objects[self], args), giveByRef),
    construct: guarded((number, ...args) => construct(objects[number], args)),
    evaluate: guarded((text) => (0, eval)(text)),
    throw: guarded((reason) => {
      throw reason;
    }),
    copy: guarded((number) => objects[number], giveCopy),
    watch: (f) => {
      rejections = f;
      parts.textBefore(f.before);
    },
    /** Throw the reason of the first rejection that nobody listened to, if there was one. */
    rejected: guarded(() => {
      for (const reason of rejections()) throw reason;
    }),
    bytes: guarded((number, at) => bytesOf(objects[number]).subarray(at), (bytes) => wire.sendBytes(BYTES, bytes)),
    discard: guarded(() => undefined),
    release: table.release,
    swept: guarded(table.swept),
    stop: () => {
      alive = false;
      for (const name of ownKeys(globalThis)) if (!born.has(name)) delete globalThis[name];
      table.clear();
    },
  };

  const born = new Set(ownKeys(globalThis));
  const kit = { ...values, wire, table, objects, homes, receive, guarded, failure, isAlive: () => alive, isClass, isNative, STAND_INS, call, reach, parts };
  return (name, extension) => (extension ? Object.assign(parts, extension(kit)) && undefined : parts[name]);
}
