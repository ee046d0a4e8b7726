// node's fs on the real file system: each call once as Sync, by callback, and as a promise.
"use strict";
({ node, packaged }) => {
  const { Buffer } = packaged("buffer");
  const { ask, call, on, pathOf, fileOf, flagOf, modeOf, optionsOf, bytesOf, encoded, named, seconds, raise, constants, stats, readdir, Stats, Dirent } = node("fs_calls");

  // --- the operations, each of which there are three forms of

  const OPERATIONS = {
    access: (path, mode = 0) => on("access", "access", pathOf(path), mode),
    appendFile: (file, data, options) => write(file, data, { flag: "a", ...optionsOf(options) }),
    chmod: (path, mode) => on("chmod", "chmod", pathOf(path), modeOf(mode)),
    chown: (path, uid, gid) => on("chown", "chown", pathOf(path), uid, gid),
    close: (file) => on("close", "close", file),
    copyFile: (from, to, mode = 0) => call("copyfile", "copyFile", [pathOf(from), pathOf(to)], pathOf(from), pathOf(to), mode),
    cp: copyTree,
    fchmod: (file, mode) => on("fchmod", "chmod", file, modeOf(mode)),
    fchown: (file, uid, gid) => on("fchown", "chown", file, uid, gid),
    fdatasync: (file) => on("fdatasync", "fsync", file),
    fstat: (file, options) => new Stats(on("fstat", "stat", file), options),
    fsync: (file) => on("fsync", "fsync", file),
    ftruncate: (file, length = 0) => on("ftruncate", "truncate", file, length),
    futimes: (file, accessed, modified) => on("futime", "utimes", file, seconds(accessed), seconds(modified)),
    link: (from, to) => call("link", "link", [pathOf(from), pathOf(to)], pathOf(from), pathOf(to)),
    lstat: stats("lstat"),
    lutimes: (path, accessed, modified) => on("lutime", "lutimes", pathOf(path), seconds(accessed), seconds(modified)),
    mkdir(path, options) {
      const { recursive, mode } = typeof options === "object" && options !== null ? options : { mode: options };
      return on("mkdir", recursive ? "mkdirs" : "mkdir", pathOf(path), modeOf(mode, 0o777)) ?? undefined;
    },
    mkdtemp: (prefix, options) => named(on("mkdtemp", "mkdtemp", pathOf(prefix, "prefix")), optionsOf(options).encoding),
    open: (path, flag, mode) => on("open", "open", pathOf(path), flagOf(flag, "r"), modeOf(mode, 0o666)),
    opendir: (path) => new Dir(pathOf(path)),
    readdir,
    readFile(file, options) {
      const { encoding, flag } = optionsOf(options);
      const from = fileOf(file);
      const folder = typeof from === "string" && isFolder(from);
      return encoded(call(folder ? "read" : "open", "readFile", typeof from === "string" && !folder ? [from] : [], from, flagOf(flag, "r")), encoding);
    },
    readlink: (path, options) => named(on("readlink", "readlink", pathOf(path)), optionsOf(options).encoding),
    realpath: (path, options) => named(on("realpath", "realpath", pathOf(path)), optionsOf(options).encoding),
    rename: (from, to) => call("rename", "rename", [pathOf(from), pathOf(to)], pathOf(from), pathOf(to)),
    rm(path, { recursive = false, force = false } = {}) {
      const name = pathOf(path);
      if (!recursive && ask("lstat", name)[0] === null && stats("lstat")(name).isDirectory()) {
        const message = `Path is a directory: rm returned EISDIR (is a directory) ${name}`;
        throw Object.assign(new Error(message), { name: "SystemError", code: "ERR_FS_EISDIR", errno: 21, syscall: "rm", path: name });
      }
      return on("rm", "rm", name, recursive, force);
    },
    rmdir: (path, { recursive = false } = {}) => (recursive ? on("rmdir", "rm", pathOf(path), true, false) : on("rmdir", "rmdir", pathOf(path))),
    stat: stats("stat"),
    symlink: (target, path) => call("symlink", "symlink", [pathOf(target), pathOf(path)], pathOf(target), pathOf(path)),
    truncate: (path, length = 0) => on("truncate", "truncate", fileOf(path), length),
    unlink: (path) => on("unlink", "unlink", pathOf(path)),
    utimes: (path, accessed, modified) => on("utime", "utimes", pathOf(path), seconds(accessed), seconds(modified)),
    writeFile: write,
  };

  const isFolder = (path) => ask("stat", path)[0] === null && new Stats(ask("stat", path)[1]).isDirectory();

  function write(file, data, options) {
    const { encoding, flag, mode } = optionsOf(options);
    return on("open", "writeFile", fileOf(file), bytesOf(data, encoding), flagOf(flag, "w"), modeOf(mode, 0o666));
  }

  function copyTree(from, to, options = {}) {
    const [source, target] = [pathOf(from), pathOf(to)];
    if (options.filter && !options.filter(source, target)) return;
    if (!isFolder(source)) {
      if (options.force === false && sync.existsSync(target)) return;
      sync.mkdirSync(node("path").dirname(target), { recursive: true });
      return sync.copyFileSync(source, target);
    }
    if (!options.recursive) throw Object.assign(new Error(`Recursive option not enabled, cannot copy a directory: ${source}`), { code: "ERR_FS_EISDIR" });
    sync.mkdirSync(target, { recursive: true });
    for (const name of readdir(source)) copyTree(`${source}/${name}`, `${target}/${name}`, options);
  }

  /** Read into a buffer: (file, buffer, offset, length, position), or the last three by name. */
  function read(file, buffer, offset, length, position) {
    if (typeof offset === "object" && offset !== null) ({ offset, length, position } = offset);
    const view = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    const start = offset ?? 0;
    const piece = on("read", "read", file, Number(length ?? view.length - start), placeOf(position));
    view.set(piece, start);
    return piece.length;
  }

  /** Write bytes (file, bytes, offset, length, position) or a text (file, text, position, encoding). */
  function writeTo(file, data, offset, length, position) {
    if (typeof data === "string") return on("write", "write", file, Buffer.from(data, length), placeOf(offset));
    if (typeof offset === "object" && offset !== null) ({ offset, length, position } = offset);
    const view = bytesOf(data);
    const start = offset ?? 0;
    return on("write", "write", file, view.subarray(start, start + (length ?? view.length - start)), placeOf(position));
  }

  const placeOf = (x) => (typeof x === "number" && x >= 0 ? x : typeof x === "bigint" && x >= 0n ? Number(x) : null);

  class Dir {
    #entries;
    constructor(path) {
      this.path = path;
      this.#entries = readdir(path, { withFileTypes: true });
    }
    readSync() {
      return this.#entries.shift() ?? null;
    }
    async read() {
      return this.readSync();
    }
    closeSync() {}
    async close() {}
    async *[Symbol.asyncIterator]() {
      for (let entry; (entry = this.readSync()); ) yield entry;
    }
  }

  // --- the forms

  const later = (job) => globalThis.setImmediate(job);

  /** Run now, call back later: (error) or (null, value). */
  function byCallback(f, values = (x) => (x === undefined ? [] : [x])) {
    return (...args) => {
      const done = args.findLast((x) => typeof x === "function");
      if (!done) throw Object.assign(new TypeError('The "cb" argument must be of type function. Received undefined'), { code: "ERR_INVALID_ARG_TYPE" });
      const given = args.slice(0, args.lastIndexOf(done));
      let out;
      try {
        out = [null, ...values(f(...given), given)];
      } catch (error) {
        if (error.code?.startsWith("ERR_")) throw error;
        out = [error];
      }
      later(() => done(...out));
    };
  }

  const promised = (f) => (...args) => new Promise((resolve, reject) => {
    later(() => {
      try {
        resolve(f(...args));
      } catch (error) {
        reject(error);
      }
    });
  });

  const sync = {
    readSync: read,
    writeSync: writeTo,
    existsSync(path) {
      try {
        return ask("stat", pathOf(path))[0] === null;
      } catch {
        return false;
      }
    },
    readvSync: (file, views, at) => views.reduce((sum, view) => sum + read(file, view, 0, view.byteLength, at === undefined || at === null ? null : at + sum), 0),
    writevSync: (file, views, at) => views.reduce((sum, view) => sum + writeTo(file, view, 0, view.byteLength, at === undefined || at === null ? null : at + sum), 0),
  };
  const callbacks = {
    read: byCallback(
      (file, buffer, ...rest) => (buffer instanceof Uint8Array ? [read(file, buffer, ...rest), buffer] : readByName(file, buffer)),
      (x) => x,
    ),
    write: byCallback((file, data, ...rest) => [writeTo(file, data, ...rest), data], (x) => x),
    readv: byCallback((file, views, at) => [sync.readvSync(file, views, at), views], (x) => x),
    writev: byCallback((file, views, at) => [sync.writevSync(file, views, at), views], (x) => x),
    exists: (path, done) => later(() => done(sync.existsSync(path))),
  };
  const promises = { constants };

  function readByName(file, { buffer = Buffer.alloc(16384), ...places } = {}) {
    return [read(file, buffer, places), buffer];
  }

  for (const [name, f] of Object.entries(OPERATIONS)) {
    sync[`${name}Sync`] = f;
    callbacks[name] = byCallback(f);
    promises[name] = promised(f);
  }
  for (const form of [sync.realpathSync, callbacks.realpath]) form.native = form;
  const { custom } = node("util").promisify;
  callbacks.exists[custom] = promised(sync.existsSync);
  callbacks.read[custom] = async (file, ...rest) => handle(file).read(...rest);
  callbacks.write[custom] = async (file, ...rest) => handle(file).write(...rest);

  const { FileHandle, ReadStream, WriteStream } = node("fs_handles")({ OPERATIONS, read, readByName, writeTo });
  const handle = (fd) => new FileHandle(fd);
  promises.open = async (...args) => handle(OPERATIONS.open(...args));
  delete promises.close;

  const absent = (name) => () => raise(new Error(`node's fs.${name} is not available in polyhy's own JavaScript runtime; import the package :in "node"`));

  return {
    ...sync,
    ...callbacks,
    promises,
    constants,
    ...{ F_OK: 0, X_OK: 1, W_OK: 2, R_OK: 4 },
    ...{ Stats, Dirent, Dir, ReadStream, WriteStream, FileReadStream: ReadStream, FileWriteStream: WriteStream },
    createReadStream: (path, options) => new ReadStream(path, options),
    createWriteStream: (path, options) => new WriteStream(path, options),
    openAsBlob: async (path) => new (node("buffer").Blob)([sync.readFileSync(path)]),
    ...{ watch: absent("watch"), watchFile: absent("watchFile"), unwatchFile() {} },
  };
}
