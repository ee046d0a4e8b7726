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

  /** The lines of the stack below `above`, the function that asks not to be seen. */
  function lines(above) {
    const all = new Error().stack.split("\n").slice(2);
    const at = above?.name ? all.findLastIndex((line) => line.split("@")[0].split(/[/.]/).pop() === above.name) : -1;
    const seen = all.slice(at + 1).filter((line) => line && !line.includes("@polyhy/"));
    return seen.slice(0, Error.stackTraceLimit ?? 10);
  }

  function captureStackTrace(target, above) {
    const kept = lines(above);
    const sites = () => kept.map((line) => FRAME.exec(line)).filter(Boolean).map((found) => new CallSite(found));
    const prepared = typeof Error.prepareStackTrace === "function";
    const value = prepared ? Error.prepareStackTrace(target, sites()) : `${kept.join("\n")}\n`;
    Object.defineProperty(target, "stack", { value, writable: true, configurable: true });
  }

  return { captureStackTrace };
}
