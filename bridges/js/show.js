// A short preview of a value on one line, as node's util.inspect writes it, and what a function's source tells.
(kit) => {
  "use strict";
  const { objects, guarded, isClass, isNative, homes } = kit;
  const source = Function.prototype.toString;
  const ITEMS = 10; // of one container
  const PARTS = 60; // of the whole preview
  const DEPTH = 2;
  const TEXT = 60;
  const { isArray } = Array;
  const isView = (x) => ArrayBuffer.isView(x) && x.length !== undefined;
  const isPlain = (x) => [Object.prototype, null].includes(Object.getPrototypeOf(x));
  const kind = (x) => Object.prototype.toString.call(x).slice(8, -1);

  function quote(s) {
    const short = s.length > TEXT ? s.slice(0, TEXT - 3) + "..." : s;
    const text = JSON.stringify(short).slice(1, -1).replaceAll('\\"', '"');
    return text.includes("'") ? JSON.stringify(short) : `'${text}'`;
  }

  const PRIMITIVES = {
    string: quote,
    bigint: (x) => `${x}n`,
    number: (x) => (Object.is(x, -0) ? "-0" : String(x)),
    function: (x) => (isClass(x) ? `[class ${nameOfFunction(x)}]` : `[Function: ${nameOfFunction(x)}]`),
  };

  function nameOfFunction(f) {
    const name = Object.getOwnPropertyDescriptor(f, "name")?.value;
    return typeof name === "string" && name ? name : "(anonymous)";
  }

  /** The name of a value's class, with its constructor's getters left alone. */
  function nameOf(x) {
    for (let p = Object.getPrototypeOf(x); p; p = Object.getPrototypeOf(p)) {
      const { value } = Object.getOwnPropertyDescriptor(p, "constructor") ?? {};
      if (typeof value === "function") return nameOfFunction(value);
    }
    return Object.getPrototypeOf(x) ? kind(x) : "[Object: null prototype]";
  }

  class Preview {
    left = PARTS;
    above = [];

    show(x) {
      this.left--;
      if ((typeof x !== "object" && typeof x !== "function") || x === null || typeof x === "function") {
        return (PRIMITIVES[typeof x] ?? String)(x);
      }
      if (homes.has(x)) return "[Python object]";
      if (this.above.includes(x)) return "[Circular]";
      const leaf = shownAsLeaf(x);
      if (leaf !== undefined) return leaf;
      if (this.above.length > DEPTH) return isArray(x) ? "[Array]" : `[${nameOf(x)}]`;
      this.above.push(x);
      try {
        return this.container(x);
      } finally {
        this.above.pop();
      }
    }

    container(x) {
      const name = nameOf(x);
      if (isArray(x)) return this.list(name === "Array" ? "" : `${name}(${x.length}) `, "[]", x.length, this.elements(x));
      if (isView(x)) return this.list(`${name}(${x.length}) `, "[]", x.length, this.elements(x));
      if (x instanceof Map) return this.list(`Map(${x.size}) `, "{}", x.size, this.pairs(x));
      if (x instanceof Set) return this.list(`Set(${x.size}) `, "{}", x.size, this.items(x));
      const keys = Object.keys(x);
      return this.list(isPlain(x) && name === "Object" ? "" : `${name} `, "{}", keys.length, this.fields(x, keys));
    }

    *elements(x) {
      for (let i = 0; i < x.length; i++) yield i in x ? this.property(x, i) : "<empty item>";
    }

    *pairs(x) {
      for (const [k, v] of x) yield `${this.show(k)} => ${this.show(v)}`;
    }

    *items(x) {
      for (const v of x) yield this.show(v);
    }

    *fields(x, keys) {
      for (const key of keys) yield `${/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? key : quote(key)}: ${this.property(x, key)}`;
    }

    property(x, key) {
      const { get, set, value } = Object.getOwnPropertyDescriptor(x, key) ?? {};
      return get ? (set ? "[Getter/Setter]" : "[Getter]") : set ? "[Setter]" : this.show(value);
    }

    list(name, [open, close], count, parts) {
      const shown = [];
      for (const part of parts) {
        shown.push(part);
        if (shown.length === ITEMS || this.left <= 0) break;
      }
      if (count > shown.length) shown.push(`... ${count - shown.length} more`);
      return `${name}${open}${shown.length ? ` ${shown.join(", ")} ` : ""}${close}`;
    }
  }

  function shownAsLeaf(x) {
    if (x instanceof Error) return Error.prototype.toString.call(x);
    if (x instanceof RegExp) return RegExp.prototype.toString.call(x);
    if (x instanceof Date) return isNaN(x) ? "Invalid Date" : Date.prototype.toISOString.call(x);
    if (x instanceof Promise) return "Promise {}";
    if (x instanceof ArrayBuffer) return `ArrayBuffer { byteLength: ${x.byteLength} }`;
    return undefined;
  }

  function preview(x) {
    try {
      return new Preview().show(x);
    } catch {
      return `[${typeof x}]`;
    }
  }

  const USUAL = [Object, Function, Array, Symbol].map((each) => each.prototype.toString);

  /** What an object's own toString says; its preview where it has only the language's. */
  function text(x) {
    try {
      const own = typeof x === "object" && !homes.has(x) && !USUAL.includes(x.toString) && String(x);
      if (typeof own === "string" && !own.startsWith("[object ")) return own;
    } catch {} // a preview is better than no text
    return preview(x);
  }

  // --- functions

  const SIGNATURE = /^(?:async\s+)?(?:function\s*\*?\s*[\w$]*\s*)?(?:\*?\s*[\w$]+\s*)?(\([^]*?\))\s*(?:=>|\{)|^(?:async\s+)?([\w$]+)\s*=>/;

  function signature(x) {
    if (typeof x !== "function") return "";
    let text = source.call(x);
    if (isNative(text)) return "(...args)";
    if (isClass(x)) text = "function " + (/\bconstructor\s*(\([^]*?\)\s*\{)/.exec(text)?.[1] ?? "(){");
    const found = SIGNATURE.exec(text);
    return found ? (found[1] ?? `(${found[2]})`) : "";
  }

  let before = () => "";
  const COMMENT = /\/\*\*((?:(?!\*\/)[^])*)\*\/\s*[^;{}\n]*$/;

  /** The JSDoc comment that stands right before a function, without its stars. */
  function comment(x) {
    const found = typeof x === "function" && COMMENT.exec(before(x) ?? "");
    return found ? found[1].replace(/^[ \t]*\*?[ \t]?/gm, "").trim() : "";
  }

  return {
    preview,
    show: guarded((number) => preview(objects[number])),
    text: guarded((number) => text(objects[number])),
    signature: guarded((number) => signature(objects[number])),
    comment: guarded((number) => comment(objects[number])),
    source: guarded((number) => (typeof objects[number] === "function" ? source.call(objects[number]) : "")),
    textBefore: (f) => {
      before = f;
    },
  };
}
