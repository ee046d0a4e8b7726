// node's vm, within this one realm: a context's names stand before the global ones.
"use strict";
() => {
  const contexts = new WeakSet();
  const evaluate = globalThis.eval;
  const named = (code, options) => {
    const name = typeof options === "string" ? options : options?.filename;
    return name ? `${code}\n//# sourceURL=${name}` : code;
  };

  const HIDDEN = new Set(["global", "process", "Buffer", "console", "navigator", "fetch", "crypto", "performance", "structuredClone", "queueMicrotask", "atob", "btoa", "setTimeout", "setInterval", "setImmediate", "clearTimeout", "clearInterval", "clearImmediate"]);

  /** The sandbox before the globals; what the code assigns lands in the sandbox. */
  const scope = (sandbox) =>
    new Proxy(sandbox, {
      has: (target, key) => key !== "eval" && key !== "arguments" && key !== Symbol.unscopables,
      get: (target, key) => (key === Symbol.unscopables ? undefined : key in target ? target[key] : key === "globalThis" ? target : HIDDEN.has(key) ? undefined : globalThis[key]),
    });

  // Declarations become the sandbox's own, as in a context of node.
  const declared = (code) => code.replace(/^(?:var|function)\s+/gm, (word) => (word.startsWith("var") ? "" : word));

  function runInContext(code, sandbox = {}, options) {
    const run = new Function("with (arguments[0]) { return eval(arguments[1]); }");
    return Reflect.apply(run, sandbox, [scope(sandbox), named(declared(code), options)]);
  }

  class Script {
    #code;
    constructor(code, options) {
      new Function(code.replace(/^#!.*/, "").includes("return") ? "" : code);
      this.#code = named(code, options);
    }
    runInThisContext() {
      return evaluate(this.#code);
    }
    runInContext(sandbox) {
      return runInContext(this.#code, sandbox);
    }
    runInNewContext(sandbox) {
      return runInContext(this.#code, sandbox);
    }
  }

  return {
    Script,
    runInContext,
    runInNewContext: runInContext,
    runInThisContext: (code, options) => evaluate(named(code, options)),
    createContext: (sandbox = {}) => (contexts.add(sandbox), sandbox),
    isContext: (x) => contexts.has(x),
    compileFunction: (code, names = []) => new Function(...names, code),
  };
}
