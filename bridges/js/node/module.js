// node's module: `require` for a file of one's own choice.
"use strict";
({ node, names, requireFrom }) => {
  const isBuiltin = (name) => names.includes(String(name).replace(/^node:/, ""));

  function createRequire(from) {
    const path = String(from).startsWith("file:") ? node("url").fileURLToPath(from) : String(from);
    return requireFrom(path);
  }

  class Module {
    constructor(id = "") {
      Object.assign(this, { id, path: node("path").dirname(id), exports: {}, filename: id, loaded: false, children: [], paths: [] });
    }
    require(name) {
      return createRequire(this.filename || `${this.path}/.`)(name);
    }
    _compile(code, filename) {
      const run = new Function("exports", "require", "module", "__filename", "__dirname", `${code}\n//# sourceURL=${filename}`);
      Reflect.apply(run, this.exports, [this.exports, createRequire(filename), this, filename, node("path").dirname(filename)]);
    }
  }

  return Object.assign(Module, {
    ...{ Module, createRequire, isBuiltin, builtinModules: names, _extensions: {}, _cache: {}, _pathCache: {}, globalPaths: [] },
    _nodeModulePaths: (folder) => [`${folder}/node_modules`],
    _resolveFilename: (name, parent) => createRequire(parent?.filename ?? `${node("process").cwd()}/.`).resolve(name),
    _load: (name, parent) => createRequire(parent?.filename ?? `${node("process").cwd()}/.`)(name),
    wrap: (code) => `(function (exports, require, module, __filename, __dirname) { ${code}\n});`,
    syncBuiltinESMExports() {},
    register() {},
    findSourceMap: () => undefined,
    enableCompileCache: () => ({ status: 3 }),
  });
}
