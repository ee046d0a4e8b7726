// What packages written for V8 do with stacks: Error.captureStackTrace and Error.prepareStackTrace.
"use strict";
() => {
  const FRAME = /^(.*?)@(.*?):(\d+):(\d+)$/;

  class CallSite {
    #name;
    #file;
    #line;
    #column;
    constructor([, name, file, line, column]) {
      this.#name = name.split("/").pop().replace(/<+$/, "") || null;
      [this.#file, this.#line, this.#column] = [file, Number(line), Number(column)];
    }
    getFileName() {
      return this.#file;
    }
    getLineNumber() {
      return this.#line;
    }
    getColumnNumber() {
      return this.#column;
    }
    getFunctionName() {
      return this.#name;
    }
    getMethodName() {
      return this.#name?.split(".").pop() ?? null;
    }
    toString() {
      const place = `${this.#file}:${this.#line}:${this.#column}`;
      return this.#name ? `${this.#name} (${place})` : place;
    }
  }
  const nothing = ["getThis", "getFunction", "getTypeName", "getEvalOrigin", "getScriptNameOrSourceURL", "getPromiseIndex"];
  for (const name of nothing) CallSite.prototype[name] = () => null;
  for (const name of ["isNative", "isEval", "isConstructor", "isAsync", "isPromiseAll"]) CallSite.prototype[name] = () => false;
  CallSite.prototype.isToplevel = () => true;
  CallSite.prototype.getScriptNameOrSourceURL = CallSite.prototype.getFileName;

  const foreign = (line) => line && !line.includes("@polyhy/");

  /** The lines of the stack below `above`, the function that asks not to be seen. */
  function lines(above) {
    const all = new Error().stack.split("\n").slice(2);
    const at = above?.name ? all.findLastIndex((line) => line.split("@")[0].split(/[/.]/).pop() === above.name) : -1;
    const seen = all.slice(at + 1).filter(foreign);
    return seen.slice(0, Error.stackTraceLimit ?? 10);
  }

  const sitesOf = (lines) => lines.map((line) => FRAME.exec(line)).filter(Boolean).map((found) => new CallSite(found));

  function captureStackTrace(target, above) {
    const kept = lines(above);
    const value = typeof Error.prepareStackTrace === "function" ? Error.prepareStackTrace(target, sitesOf(kept)) : `${kept.join("\n")}\n`;
    Object.defineProperty(target, "stack", { value, writable: true, configurable: true });
  }

  // --- `new Error().stack`, as what a package sets by Error.prepareStackTrace has it

  const native = Object.getOwnPropertyDescriptor(Error.prototype, "stack");
  const prepared = new WeakMap();
  let busy = false;

  function prepareWith(prepare) {
    if (typeof prepare !== "function") return void Object.defineProperty(Error.prototype, "stack", native);
    const get = function () {
      const raw = native.get.call(this);
      if (busy || typeof raw !== "string" || raw.split("\n", 1)[0].includes("@polyhy/")) return raw; // ours
      busy = true;
      try {
        if (!prepared.has(this)) prepared.set(this, prepare(this, sitesOf(raw.split("\n").filter(foreign))));
      } finally {
        busy = false;
      }
      return prepared.get(this);
    };
    Object.defineProperty(Error.prototype, "stack", { ...native, get });
  }

  return { captureStackTrace, prepareWith };
}
