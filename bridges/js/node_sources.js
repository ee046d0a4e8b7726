// Files of the project's own in a Node process: TypeScript and JSX, and the packages that they require.
"use strict";
const fs = require("fs");
const Module = require("module");
const path = require("path");

const LOADERS = { ".ts": "ts", ".mts": "ts", ".cts": "ts", ".tsx": "tsx", ".jsx": "jsx" };
const WRITTEN = { ".js": [".ts", ".tsx"], ".mjs": [".mts"], ".cjs": [".cts"], ".jsx": [".tsx"] };

/** Teach `require` these files, and to look in the folders of `search`; esbuild is in the folder `tools`. */
module.exports = (tools) => {
  let folders = [];
  let esbuild;

  function convert(file) {
    process.setSourceMapsEnabled(true);
    esbuild ??= require(path.join(tools, "esbuild"));
    const settings = settingsOf(path.dirname(file));
    return esbuild.transformSync(fs.readFileSync(file, "utf8"), {
      ...{ format: "cjs", platform: "node", target: `node${process.versions.node}`, loader: LOADERS[path.extname(file)] ?? "js" },
      ...{ sourcefile: file, sourcemap: "inline", sourcesContent: false, logLevel: "silent" },
      define: { "import.meta.url": "__meta_url", "import.meta.dirname": "__dirname", "import.meta.filename": "__filename" },
      banner: 'const __meta_url = require("url").pathToFileURL(__filename).href;',
      ...(settings ? { tsconfigRaw: settings } : { jsx: "automatic" }),
    }).code;
  }

  const converted = (module, file) => module._compile(convert(file), file);
  for (const suffix of Object.keys(LOADERS)) Module._extensions[suffix] = converted;

  // What node itself imports it finds in folders above the file alone; `require` looks in ours, too.
  const native = Module._extensions[".js"];
  Module._extensions[".js"] = (module, file) => {
    try {
      native(module, file);
    } catch (error) {
      if (error.code !== "ERR_MODULE_NOT_FOUND" || file.includes("node_modules")) throw error;
      converted(module, file);
    }
  };

  const resolve = Module._resolveFilename;
  Module._resolveFilename = function (name, parent, isMain, options) {
    const found = (each, how = options) => {
      try {
        return resolve.call(this, each, parent, isMain, how);
      } catch (error) {
        if (each === name && how === options && error.code !== "MODULE_NOT_FOUND") throw error;
        return undefined;
      }
    };
    const suffix = path.extname(name);
    const others = (/^[./]/.test(name) && WRITTEN[suffix]) || []; // `./a.js` is `./a.ts` where there is only that
    const written = () => others.map((other) => found(name.slice(0, -suffix.length) + other)).find(Boolean);
    const packaged = () => (options || /^[./]/.test(name) ? undefined : found(name, { paths: folders }));
    return found(name) ?? written() ?? packaged() ?? resolve.call(this, name, parent, isMain, options);
  };

  return { search: (all) => void (folders = all) };
};

function settingsOf(folder) {
  const file = path.join(folder, "tsconfig.json");
  if (fs.existsSync(file)) return fs.readFileSync(file, "utf8");
  const above = path.dirname(folder);
  return above === folder ? undefined : settingsOf(above);
}
