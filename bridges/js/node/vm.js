// node's vm, within this one realm: a context's names stand before the language's own, and hide all others.
"use strict";
({ host, packaged }) => {
  const evaluate = globalThis.eval;
  const LANGUAGE = new Set(
    "AggregateError Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Boolean DataView Date Error EvalError FinalizationRegistry Float16Array Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array Intl Iterator JSON Map Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set SharedArrayBuffer String Symbol SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly console decodeURI decodeURIComponent encodeURI encodeURIComponent escape isFinite isNaN parseFloat parseInt undefined unescape".split(
      " ",
    ),
  );

  // --- contexts

  /** By sandbox: the `globalThis` of its scripts, what `let`, `const` and `class` made at their tops, names of `var`s. */
  const contexts = new WeakMap();

  function createContext(sandbox = {}) {
    if (typeof sandbox !== "object" || sandbox === null) throw Object.assign(new TypeError('The "contextObject" argument must be of type object.'), { code: "ERR_INVALID_ARG_TYPE" });
    if (!contexts.has(sandbox)) {
      const get = (target, key) => (key in target ? target[key] : key === "globalThis" ? global : LANGUAGE.has(key) ? globalThis[key] : undefined);
      const has = (target, key) => key in target || LANGUAGE.has(key) || key === "globalThis";
      const global = new Proxy(sandbox, { get, has });
      contexts.set(sandbox, { global, own: Object.create(null), vars: new Set() });
    }
    return sandbox;
  }

  /** What a script's names mean; `hoist` takes the functions that it declares, which nobody hides until then. */
  function scopeOf({ global, own, vars }, { assigned, functions }) {
    let hoisted = false;
    const hoist = (all) => {
      hoisted = true;
      Object.assign(global, all);
    };
    const hidden = (key) => key in globalThis && !["eval", "arguments"].includes(key);
    return new Proxy(own, {
      has: (_, key) => typeof key === "string" && (hoisted || !functions.includes(key)) && (key === "__hoist" || key in own || key in global || vars.has(key) || assigned.has(key) || hidden(key)),
      get: (_, key) => (key === Symbol.unscopables ? undefined : key === "__hoist" && !hoisted ? hoist : key in own ? own[key] : global[key]),
      set: (_, key, value) => Reflect.set(key in own ? own : global, key, value),
      deleteProperty: (_, key) => Reflect.deleteProperty(global, key),
    });
  }

  // --- scripts

  const NAMES = {
    Identifier: (p) => [p.name],
    ObjectPattern: (p) => p.properties.flatMap((each) => namesOf(each.value ?? each.argument)),
    ArrayPattern: (p) => p.elements.flatMap((each) => (each ? namesOf(each) : [])),
    AssignmentPattern: (p) => namesOf(p.left),
    RestElement: (p) => namesOf(p.argument),
  };
  const namesOf = (pattern) => NAMES[pattern.type]?.(pattern) ?? [];
  const TARGETS = { AssignmentExpression: "left", UpdateExpression: "argument", ForInStatement: "left", ForOfStatement: "left" };

  /** All names that a script assigns to, and those that its `var`s declare outside of functions. */
  function look(node, found, inside) {
    if (Array.isArray(node)) for (const each of node) look(each, found, inside);
    if (!node?.type) return;
    if (TARGETS[node.type]) for (const name of namesOf(node[TARGETS[node.type]])) found.assigned.add(name);
    if (node.type === "VariableDeclaration" && node.kind === "var" && !inside) found.vars.push(...node.declarations.flatMap(({ id }) => namesOf(id)));
    const inner = inside || /Function|^PropertyDefinition|^StaticBlock/.test(node.type);
    for (const key of Object.keys(node)) if (typeof node[key] === "object") look(node[key], found, inner);
  }

  /** How what stands at a script's top becomes the context's: the lines stay where they are. */
  const EDITS = {
    ClassDeclaration: ({ id, start, end }) => [[end, 0, ";"], [start, 0, `var ${id.name}=`]],
    VariableDeclaration: ({ kind, start }) => (kind === "var" ? [] : [[start, kind.length, "var".padEnd(kind.length)]]),
    ExpressionStatement: ({ directive, start, end }) => (directive === "use strict" ? [[start, end - start, " ".repeat(end - start)]] : []),
  };

  function compile(code, filename) {
    const { body } = packaged("acorn").parse(code, { ecmaVersion: "latest", allowHashBang: true });
    const found = { assigned: new Set(), vars: [], own: [], functions: [] };
    look(body, found, false);
    for (const node of body) {
      if (node.type === "ClassDeclaration") found.own.push(node.id.name);
      else if (node.type === "FunctionDeclaration") found.functions.push(node.id.name);
      else if (node.type === "VariableDeclaration" && node.kind !== "var") found.own.push(...node.declarations.flatMap(({ id }) => namesOf(id)));
    }
    let text = code.replace(/^#!/, "//");
    const edits = body.flatMap((node) => EDITS[node.type]?.(node) ?? []);
    for (const [start, length, other] of edits.sort(([a], [b]) => b - a)) text = text.slice(0, start) + other + text.slice(start + length);
    return { ...found, text: `__hoist({${found.functions}});${text}\n//# sourceURL=${filename}` };
  }

  function run(script, sandbox, options) {
    const context = contexts.get(sandbox);
    if (!context) throw Object.assign(new TypeError('The "contextifiedObject" argument must be an vm.Context.'), { code: "ERR_INVALID_ARG_TYPE" });
    for (const name of script.own) context.own[name] ??= undefined;
    for (const name of script.vars) context.vars.add(name);
    const within = new Function("with (arguments[0]) return eval(arguments[1]);");
    return timed(() => Reflect.apply(within, context.global, [scopeOf(context, script), script.text]), options);
  }

  function timed(f, { timeout } = {}) {
    if (timeout === undefined) return f();
    let value;
    if (host.inTime(() => void (value = f()), timeout / 1000)) return value;
    throw Object.assign(new Error(`Script execution timed out after ${timeout}ms`), { code: "ERR_SCRIPT_EXECUTION_TIMEOUT" });
  }

  // --- what node has

  const settings = (options) => (typeof options === "string" ? { filename: options } : (options ?? {}));
  const named = (code, { filename }) => (filename ? `${code}\n//# sourceURL=${filename}` : code);

  class Script {
    #code;
    #compiled;
    #settings;
    constructor(code, options) {
      this.#code = String(code);
      this.#settings = settings(options);
      this.#compiled = compile(this.#code, this.#settings.filename ?? "evalmachine.<anonymous>");
      this.cachedDataRejected = this.#settings.cachedData ? true : undefined;
    }
    runInThisContext(options) {
      return timed(() => evaluate(named(this.#code, this.#settings)), options);
    }
    runInContext(sandbox, options) {
      return run(this.#compiled, sandbox, options);
    }
    runInNewContext(sandbox, options) {
      return run(this.#compiled, createContext(sandbox), options);
    }
    createCachedData() {
      return globalThis.Buffer.alloc(0);
    }
  }

  function compileFunction(code, names = [], options = {}) {
    const { parsingContext } = options;
    if (!parsingContext) return evaluate(named(`(function (${names}) {${code}\n})`, options));
    return runInContext(`(function (${names}) {${code}\n})`, parsingContext, options);
  }

  const runInContext = (code, sandbox, options) => new Script(code, options).runInContext(sandbox, settings(options));
  return {
    ...{ Script, compileFunction, createContext, isContext: (x) => contexts.has(x), runInContext },
    runInNewContext: (code, sandbox, options) => runInContext(code, createContext(sandbox), options),
    runInThisContext: (code, options) => new Script(code, options).runInThisContext(settings(options)),
    constants: { USE_MAIN_CONTEXT_DEFAULT_LOADER: Symbol("vm_dynamic_import_main_context_default"), DONT_CONTEXTIFY: Symbol("vm_context_no_contextify") },
  };
}
