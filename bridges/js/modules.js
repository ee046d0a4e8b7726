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
      if (kind === "esm") mark(module);
      const f = compiled;
      f.call(module.exports, module.exports, require, module, path, dirname(path), `file://${encodeURI(path)}`, (x) => esm.has(x));
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

  // Exports stay here, even those that are data: a module is not copied.
  const stay = (x) => (x !== null && (typeof x === "object" || typeof x === "function") ? kit.reference(x) : give(x));

  return {
    modules: guarded((host) => {
      loader = { read: host.read, resolve: host.resolve, packaged: host.packaged, script: host.script };
    }),
    compiled: (f) => {
      compiled = f;
    },
    known: (name) => built().known(name),
    exports: guarded(load, stay),
    default: guarded(fallback, stay),
  };
}
