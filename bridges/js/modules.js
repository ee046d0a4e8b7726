// Modules as node runs CommonJS: each file once, `require` by what esbuild said each import means.
(kit) => {
  "use strict";
  const { guarded, give, parts } = kit;
  const cache = Object.create(null); // by path, and `require.cache`: what is deleted there is loaded anew
  let loader;
  let compiled;

  const dirname = (path) => path.replace(/[\\/][^\\/]*$/, "");

  function load(path) {
    const known = cache[path];
    if (known) return known.exports;
    const module = { exports: {}, id: path, filename: path, path: dirname(path), loaded: false, children: [], paths: [] };
    cache[path] = module;
    try {
      run(module, path);
    } catch (error) {
      delete cache[path];
      throw error;
    }
    module.loaded = true;
    return module.exports;
  }

  function run(module, path) {
    const [kind, text, imports] = loader.read(path);
    if (kind === "json") module.exports = JSON.parse(text);
    else if (kind === "native") throw new Error(`${path} is a native addon, which only node can load; import the package :in "node"`);
    else {
      const require = requireIn(path, imports);
      if (kind !== "script") mark(module);
      const f = compiled;
      const out = f.call(module.exports, module.exports, require, module, path, dirname(path), metaOf(path, require), (x) => esm.has(x));
      if (kind === "awaits") finish(path, out);
    }
  }

  /** Wait for a module that awaits at its top: whoever imports it sees what it exports. */
  function finish(path, promise) {
    let outcome;
    promise.then(
      () => (outcome = {}),
      (error) => (outcome = { error }),
    );
    loader.wait(() => outcome !== undefined);
    if (!outcome) throw new Error(`${path} awaits at its top what nothing can bring any more`);
    if ("error" in outcome) throw outcome.error;
  }

  const urlOf = (path) => (path.startsWith("/") ? `file://${encodeURI(path).replace(/[?#]/g, encodeURIComponent)}` : path);

  const metaOf = (path, require) => ({
    dirname: dirname(path),
    filename: path,
    main: false,
    resolve: (name) => (builtin(name) === undefined ? urlOf(require.resolve(name)) : `node:${name.replace(/^node:/, "")}`),
    url: urlOf(path),
  });

  const esm = new WeakSet(); // the exports of modules that were ESM

  function mark(module) {
    let { exports } = module;
    Object.defineProperty(module, "exports", {
      get: () => exports,
      set: (x) => {
        exports = x;
        esm.add(x);
      },
    });
  }

  function requireIn(path, imports) {
    const find = (name) => (Object.hasOwn(imports, name) ? imports[name] : loader.resolve(path, name));
    const missing = (name) => Object.assign(new Error(`Cannot find module '${name}'\nRequire stack:\n- ${path}`), { code: "MODULE_NOT_FOUND", requireStack: [path] });
    const require = (name) => {
      if (Object.hasOwn(imports, name)) return load(imports[name]);
      const found = builtin(name);
      if (found !== undefined) return found;
      const file = find(name);
      if (file) return load(file);
      throw missing(name);
    };
    const resolve = (name) => {
      if (!Object.hasOwn(imports, name) && builtin(name) !== undefined) return name;
      const file = find(name);
      if (file) return file;
      throw missing(name);
    };
    resolve.paths = () => [];
    return Object.assign(require, { resolve, cache, main: undefined, extensions: {} });
  }

  // --- node's built-ins

  let FOUND;

  function built() {
    FOUND ??= parts.builtins({
      script: (name) => (loader.script(name) ? compiled : undefined),
      file: (name) => loader.packaged(name),
      put: (path, exports) => (cache[path] ??= { exports, id: path, loaded: true }),
      ...{ load, missing, host: parts.host, requireFrom: (path) => requireIn(path, {}), preview: parts.preview },
    });
    return FOUND;
  }

  const builtin = (name) => built().find(String(name).replace(/^node:/, ""), String(name).startsWith("node:"));

  function missing(name) {
    const [bare] = name.split("/");
    const text = `this part of node is made of npm packages (${bare}), which are not installed here; run: polyhy add npm:${bare}, or import the package :in "node"`;
    throw Object.assign(new Error(text), { code: "ERR_POLYHY_MISSING" });
  }

  const isModule = (exports) => exports !== null && typeof exports === "object" && exports.__esModule === true;

  function fallback(exports) {
    return (isModule(exports) || exports?.__esModule) && "default" in exports ? exports.default : exports;
  }

  /** What `import()` gives: a module of CommonJS is the default export, as esbuild has it in files. */
  const namespaceOf = (exports) => (isModule(exports) && esm.has(exports) ? exports : { ...Object(exports), default: exports });

  /** Leave at a place of the global object what a script imported, or why it could not. */
  function imported(name, folder, place) {
    const leave = (value) => Object.defineProperty(globalThis, place, { value, configurable: true, enumerable: false });
    try {
      leave(namespaceOf(requireIn(`${folder}/.`, {})(name)));
      return true;
    } catch (error) {
      leave(error);
      return false;
    }
  }

  // Exports stay here, even those that are data: a module is not copied.
  const stay = (x) => (x !== null && (typeof x === "object" || typeof x === "function") ? kit.reference(x) : give(x));

  return {
    modules: guarded((host) => {
      loader = { read: host.read, resolve: host.resolve, packaged: host.packaged, script: host.script, wait: host.wait, folder: host.folder };
    }),
    namespaceOf,
    /** As node's prompt has it: from the folder that the process works in. */
    requireHere: () => requireIn(`${loader.folder()}/.`, {}),
    compiled: (f) => {
      compiled = f;
    },
    known: (name) => built().known(name),
    imported,
    exports: guarded((name) => (name.startsWith("node:") ? builtin(name) : load(name)), stay),
    default: guarded(fallback, stay),
  };
}
