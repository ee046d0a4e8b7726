// Modules as node runs CommonJS: each file once, `require` by what esbuild said each import means.
(kit) => {
  "use strict";
  const { guarded, raise, give, live, parts } = kit;
  const cache = new Map();
  let loader;
  let compiled;

  const dirname = (path) => path.replace(/[\\/][^\\/]*$/, "");

  function load(path) {
    const known = cache.get(path);
    if (known) return known.exports;
    const module = { exports: {}, id: path, filename: path, path: dirname(path), loaded: false, children: [], paths: [] };
    cache.set(path, module);
    try {
      run(module, path);
    } catch (error) {
      cache.delete(path);
      throw error;
    }
    module.loaded = true;
    return module.exports;
  }

  function run(module, path) {
    const [kind, text, imports] = loader.read(path);
    if (kind === "json") module.exports = JSON.parse(text);
    else if (kind === "native") throw new Error(`${path} is a native addon, which only node can load`);
    else {
      const require = requireIn(path, imports);
      if (kind === "esm") mark(module);
      const f = compiled;
      f.call(module.exports, module.exports, require, module, path, dirname(path), `file://${path}`, (x) => esm.has(x));
    }
  }

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
    const resolve = (name) => (Object.hasOwn(imports, name) ? imports[name] : loader.resolve(path, name));
    const require = (name) => {
      if (Object.hasOwn(imports, name)) return load(imports[name]);
      const found = builtin(name);
      if (found !== undefined) return found;
      const file = resolve(name);
      if (file) return load(file);
      throw Object.assign(new Error(`Cannot find module '${name}'\nRequired in ${path}`), { code: "MODULE_NOT_FOUND" });
    };
    return Object.assign(require, { resolve, cache: {}, main: undefined, extensions: {} });
  }

  const BUILTINS = parts.builtins({ load: (file) => load(file), file: (name) => loader.builtin(name) });
  delete parts.builtins;

  const builtin = (name) => BUILTINS(String(name).replace(/^node:/, ""), String(name).startsWith("node:"));

  const isModule = (exports) => exports !== null && typeof exports === "object" && exports.__esModule === true;

  function fallback(exports) {
    return (isModule(exports) || exports?.__esModule) && "default" in exports ? exports.default : exports;
  }

  // Exports stay here, even those that are data: a module is not copied.
  const stay = (x) => (x !== null && (typeof x === "object" || typeof x === "function") ? kit.reference(x) : give(x));

  return {
    modules: guarded((host) => {
      loader = { read: host.read, resolve: host.resolve, builtin: host.builtin };
    }),
    compiled: (f) => {
      compiled = f;
    },
    require: (name) => builtin(name),
    exports: guarded(load, stay),
    default: guarded((path) => fallback(load(path)), stay),
  };
}
