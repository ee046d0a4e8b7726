// What the forms of node's fs share: asking the system, its errors, and what is known of files.
"use strict";
({ host, node, packaged }) => {
  const { Buffer } = packaged("buffer");
  const { flags: FLAGS } = host.files;
  const ask = host.files.ask;

  const constants = {
    ...{ F_OK: 0, X_OK: 1, W_OK: 2, R_OK: 4, COPYFILE_EXCL: 1, COPYFILE_FICLONE: 2, COPYFILE_FICLONE_FORCE: 4 },
    ...FLAGS,
    ...{ S_IFMT: 0o170000, S_IFREG: 0o100000, S_IFDIR: 0o040000, S_IFCHR: 0o020000, S_IFBLK: 0o060000, S_IFIFO: 0o010000, S_IFLNK: 0o120000, S_IFSOCK: 0o140000 },
    ...{ S_IRWXU: 0o700, S_IRUSR: 0o400, S_IWUSR: 0o200, S_IXUSR: 0o100, S_IRWXG: 0o70, S_IRGRP: 0o40, S_IWGRP: 0o20, S_IXGRP: 0o10, S_IRWXO: 7, S_IROTH: 4, S_IWOTH: 2, S_IXOTH: 1 },
  };
  const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND, O_EXCL, O_SYNC } = FLAGS;
  const WORDS = {
    ...{ r: O_RDONLY, rs: O_RDONLY | O_SYNC, "r+": O_RDWR, "rs+": O_RDWR | O_SYNC },
    ...{ w: O_WRONLY | O_CREAT | O_TRUNC, wx: O_WRONLY | O_CREAT | O_TRUNC | O_EXCL },
    ...{ "w+": O_RDWR | O_CREAT | O_TRUNC, "wx+": O_RDWR | O_CREAT | O_TRUNC | O_EXCL },
    ...{ a: O_WRONLY | O_CREAT | O_APPEND, ax: O_WRONLY | O_CREAT | O_APPEND | O_EXCL, as: O_WRONLY | O_CREAT | O_APPEND | O_SYNC },
    ...{ "a+": O_RDWR | O_CREAT | O_APPEND, "ax+": O_RDWR | O_CREAT | O_APPEND | O_EXCL },
  };

  // --- asking

  /** Ask the system; its errors look like node's: `ENOENT: no such file or directory, open 'x'`. */
  function call(syscall, operation, names, ...args) {
    const [code, value, text] = ask(operation, ...args);
    if (code === null) return value;
    const places = names.map((name) => `'${name}'`).join(" -> ");
    const message = `${code}: ${text}, ${syscall}${places ? ` ${places}` : ""}`;
    throw Object.assign(new Error(message), { errno: -value, code, syscall }, names[0] && { path: names[0] }, names[1] && { dest: names[1] });
  }

  const on = (syscall, operation, name, ...args) => call(syscall, operation, typeof name === "string" ? [name] : [], name, ...args);

  function wrong(name, expected, got) {
    const shown = got === null || got === undefined ? String(got) : `type ${typeof got} (${node("util").inspect(got)})`;
    return Object.assign(new TypeError(`The "${name}" argument must be ${expected}. Received ${shown}`), { code: "ERR_INVALID_ARG_TYPE" });
  }

  function pathOf(x, name = "path") {
    if (typeof x === "string") return x;
    if (x instanceof Uint8Array) return Buffer.from(x).toString();
    if (x instanceof URL) return node("url").fileURLToPath(x);
    throw wrong(name, "of type string or an instance of Buffer or URL", x);
  }

  const fileOf = (x) => (Number.isInteger(x) ? x : Number.isInteger(x?.fd) ? x.fd : pathOf(x));
  const flagOf = (x, otherwise) => (typeof x === "number" ? x : (WORDS[x ?? otherwise] ?? raise(wrong("flags", "a valid flag", x))));
  const modeOf = (x, otherwise) => (typeof x === "string" ? parseInt(x, 8) : (x ?? otherwise));
  const optionsOf = (x) => (typeof x === "string" ? { encoding: x } : (x ?? {}));
  const encoded = (bytes, encoding) => (encoding && encoding !== "buffer" ? Buffer.from(bytes).toString(encoding) : Buffer.from(bytes));
  const named = (text, encoding) => (encoding === "buffer" ? Buffer.from(text) : text);

  function raise(error) {
    throw error;
  }

  function bytesOf(data, encoding) {
    if (typeof data === "string") return Buffer.from(data, encoding);
    if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    throw wrong("data", "of type string or an instance of Buffer, TypedArray, or DataView", data);
  }

  const seconds = (x) => (x instanceof Date ? x.getTime() / 1000 : Number(x));

  // --- what is known of files

  const KINDS = { isFile: constants.S_IFREG, isDirectory: constants.S_IFDIR, isSymbolicLink: constants.S_IFLNK, isFIFO: constants.S_IFIFO, isSocket: constants.S_IFSOCK, isCharacterDevice: constants.S_IFCHR, isBlockDevice: constants.S_IFBLK };
  const FIELDS = ["dev", "mode", "nlink", "uid", "gid", "rdev", "blksize", "ino", "size", "blocks"];
  const TIMES = ["atime", "mtime", "ctime", "birthtime"];

  class Stats {
    constructor(values, { bigint = false } = {}) {
      const number = bigint ? BigInt : Number;
      FIELDS.forEach((name, i) => (this[name] = number(values[i])));
      TIMES.forEach((name, i) => {
        const nanoseconds = BigInt(values[FIELDS.length + i]);
        this[`${name}Ms`] = bigint ? nanoseconds / 1000000n : Number(nanoseconds) / 1e6;
        if (bigint) this[`${name}Ns`] = nanoseconds;
      });
      TIMES.forEach((name) => (this[name] = new Date(Number(this[`${name}Ms`]))));
    }
  }

  class Dirent {
    #kind;
    constructor(name, kind, parentPath) {
      Object.assign(this, { name, parentPath, path: parentPath });
      this.#kind = kind;
    }
    static kind = (entry) => entry.#kind;
  }

  for (const [name, kind] of Object.entries(KINDS)) {
    Stats.prototype[name] = function () {
      return (Number(this.mode) & constants.S_IFMT) === kind;
    };
    Dirent.prototype[name] = function () {
      return Dirent.kind(this) === kind;
    };
  }

  const stats = (operation) => (path, options) => {
    try {
      return new Stats(on(operation, operation, pathOf(path)), options);
    } catch (error) {
      if (options?.throwIfNoEntry === false && ["ENOENT", "ENOTDIR"].includes(error.code)) return undefined;
      throw error;
    }
  };

  function readdir(path, options) {
    const folder = pathOf(path);
    const { encoding, withFileTypes, recursive } = optionsOf(options);
    const out = [];
    const visit = (at, inner) => {
      for (const [name, kind] of on("scandir", "readdir", at)) {
        const relative = inner ? `${inner}/${name}` : name;
        out.push(withFileTypes ? new Dirent(named(name, encoding), kind, at) : named(relative, encoding));
        if (recursive && kind === KINDS.isDirectory) visit(`${at}/${name}`, relative);
      }
    };
    visit(folder, "");
    return out;
  }

  return { ask, call, on, pathOf, fileOf, flagOf, modeOf, optionsOf, bytesOf, encoded, named, seconds, raise, constants, stats, readdir, Stats, Dirent };
}
