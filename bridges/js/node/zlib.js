// node's zlib, by Python's: at once, by callback, and as streams.
"use strict";
({ host, packaged }) => {
  const { Buffer } = packaged("buffer");
  const { Transform } = packaged("readable-stream");
  const { compression } = host;
  const start = compression.start;
  const step = compression.step;

  const constants = {
    ...{ Z_NO_FLUSH: 0, Z_PARTIAL_FLUSH: 1, Z_SYNC_FLUSH: 2, Z_FULL_FLUSH: 3, Z_FINISH: 4, Z_BLOCK: 5, Z_TREES: 6 },
    ...{ Z_OK: 0, Z_STREAM_END: 1, Z_NEED_DICT: 2, Z_ERRNO: -1, Z_STREAM_ERROR: -2, Z_DATA_ERROR: -3, Z_MEM_ERROR: -4, Z_BUF_ERROR: -5, Z_VERSION_ERROR: -6 },
    ...{ Z_NO_COMPRESSION: 0, Z_BEST_SPEED: 1, Z_BEST_COMPRESSION: 9, Z_DEFAULT_COMPRESSION: -1, Z_DEFAULT_LEVEL: -1 },
    ...{ Z_FILTERED: 1, Z_HUFFMAN_ONLY: 2, Z_RLE: 3, Z_FIXED: 4, Z_DEFAULT_STRATEGY: 0 },
    ...{ Z_MIN_WINDOWBITS: 8, Z_MAX_WINDOWBITS: 15, Z_DEFAULT_WINDOWBITS: 15, Z_MIN_CHUNK: 64, Z_MAX_CHUNK: Infinity, Z_DEFAULT_CHUNK: 16384 },
    ...{ Z_MIN_MEMLEVEL: 1, Z_MAX_MEMLEVEL: 9, Z_DEFAULT_MEMLEVEL: 8, Z_MIN_LEVEL: -1, Z_MAX_LEVEL: 9 },
    ...{ DEFLATE: 1, INFLATE: 2, GZIP: 3, GUNZIP: 4, DEFLATERAW: 5, INFLATERAW: 6, UNZIP: 7, BROTLI_DECODE: 8, BROTLI_ENCODE: 9 },
    ...{ BROTLI_OPERATION_PROCESS: 0, BROTLI_OPERATION_FLUSH: 1, BROTLI_OPERATION_FINISH: 2, BROTLI_PARAM_MODE: 0, BROTLI_PARAM_QUALITY: 1, BROTLI_PARAM_LGWIN: 2, BROTLI_PARAM_SIZE_HINT: 5 },
    ...{ BROTLI_MODE_GENERIC: 0, BROTLI_MODE_TEXT: 1, BROTLI_MIN_QUALITY: 0, BROTLI_MAX_QUALITY: 11, BROTLI_DEFAULT_QUALITY: 11 },
    ...{ ZSTD_c_compressionLevel: 100, ZSTD_CLEVEL_DEFAULT: 3 },
  };
  const KINDS = ["Deflate", "Inflate", "Gzip", "Gunzip", "DeflateRaw", "InflateRaw", "Unzip"];

  const bytesOf = (x) => (typeof x === "string" ? Buffer.from(x) : x instanceof ArrayBuffer ? new Uint8Array(x) : new Uint8Array(x.buffer, x.byteOffset, x.byteLength));

  const coder = (kind, { level = -1, memLevel = 8, strategy = 0, dictionary } = {}) => start(kind, level, memLevel, strategy, dictionary ? bytesOf(dictionary) : null);

  function pass(running, data, last) {
    const [code, out, text] = step(running, data, last);
    if (code !== null) throw Object.assign(new Error(text), { code, errno: out });
    return Buffer.from(out);
  }

  const whole = (kind) => (data, options = {}) => {
    const out = pass(coder(kind, options), bytesOf(data), options.finishFlush !== constants.Z_SYNC_FLUSH);
    if (out.length > (options.maxOutputLength ?? Infinity)) {
      throw Object.assign(new RangeError(`Cannot create a Buffer larger than ${options.maxOutputLength} bytes`), { code: "ERR_BUFFER_TOO_LARGE" });
    }
    return out;
  };

  const CODECS = { Brotli: { level: "BROTLI_PARAM_QUALITY", usual: 11, python: "brotli" }, Zstd: { level: "ZSTD_c_compressionLevel", usual: 3, python: "backports.zstd" } };

  /** Codecs that packages of Python's have: all the data at once. */
  function packed(codec, back) {
    const { level, usual, python } = CODECS[codec];
    return (data, { params = {} } = {}) => {
      const out = compression.packed(codec, bytesOf(data), params[constants[level]] ?? usual, back);
      if (!out) throw new Error(`node's ${codec.toLowerCase()} needs the Python package ${python} here; run: pip install ${python}, or import the package :in "node"`);
      const [code, value, text] = out;
      if (code) throw Object.assign(new Error("Decompression failed", { cause: text }), { code, errno: value });
      return Buffer.from(value);
    };
  }

  const later = (f) => (data, options, done = options) => {
    let out;
    try {
      out = [null, f(data, typeof options === "function" ? {} : (options ?? {}))];
    } catch (error) {
      out = [error];
    }
    globalThis.setImmediate(() => done(...out));
  };

  // The classes are functions, for packages call them on objects of their own; some reach for what
  // node keeps in them (`_handle`, `_processChunk`).
  const { Z_FINISH, Z_DEFAULT_CHUNK } = constants;

  function Zlib(kind, options = {}) {
    Transform.call(this, options);
    const chunk = options.chunkSize ?? Z_DEFAULT_CHUNK;
    Object.assign(this, { bytesWritten: 0, _finishFlushFlag: options.finishFlush ?? Z_FINISH, _chunkSize: chunk, _outBuffer: Buffer.alloc(chunk), _outOffset: 0, _hadError: false, _writeState: [0, 0] });
    this._coder = coder(kind, options);
    this._handle = { close() {}, reset: () => (this._coder = coder(kind, options)), writeSync: (...args) => writeSync(this, ...args) };
  }
  Object.setPrototypeOf(Zlib, Transform);
  Object.setPrototypeOf(Zlib.prototype, Transform.prototype);

  Object.assign(Zlib.prototype, {
    _transform(chunk, encoding, done) {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk, encoding) : bytesOf(chunk);
      this.bytesWritten += bytes.length;
      send(this, bytes, false, done);
    },
    _flush(done) {
      send(this, new Uint8Array(), true, done);
    },
    _processChunk(chunk, flush, done) {
      if (done) return send(this, bytesOf(chunk), flush === Z_FINISH, done);
      const out = pass(this._coder, bytesOf(chunk), flush === Z_FINISH);
      return flush === constants.Z_NO_FLUSH || flush === Z_FINISH ? out : Buffer.concat([out, Buffer.from(compression.flush(this._coder))]);
    },
    flush(kind, done = kind) {
      const out = Buffer.from(compression.flush(this._coder));
      if (out.length) this.push(out);
      if (typeof done === "function") globalThis.setImmediate(done);
    },
    reset() {
      this._handle.reset();
    },
    close(done) {
      if (done) this.once("close", done);
      this.destroy();
    },
    params(level, strategy, done) {
      globalThis.setImmediate(done);
    },
  });

  function send(stream, bytes, last, done) {
    try {
      const out = pass(stream._coder, bytes, last);
      done(null, out.length ? out : undefined);
    } catch (error) {
      done(error);
    }
  }

  /** As node's binding: fill `out` with what is ready, and say what room and input are left. */
  function writeSync(stream, flush, chunk, at, length, out, to, room) {
    try {
      if (length) stream._ready = Buffer.concat([stream._ready ?? Buffer.alloc(0), pass(stream._coder, chunk.subarray(at, at + length), flush === Z_FINISH)]);
    } catch (error) {
      stream._hadError = true;
      stream.emit("error", error);
      return;
    }
    const ready = stream._ready ?? Buffer.alloc(0);
    const count = Math.min(room, ready.length);
    out.set(ready.subarray(0, count), to);
    stream._ready = ready.subarray(count);
    stream._writeState = [room - count, 0];
    // Old callers expect what is left of the input first.
    return [0, room - count];
  }

  class Collected extends Transform {
    constructor(f, options) {
      super(options);
      Object.assign(this, { f, options: options ?? {}, pieces: [] });
    }
    _transform(chunk, encoding, done) {
      this.pieces.push(Buffer.from(chunk, encoding));
      done();
    }
    _flush(done) {
      try {
        done(null, this.f(Buffer.concat(this.pieces), this.options));
      } catch (error) {
        done(error);
      }
    }
  }

  const out = { constants, codes: {}, ...constants, crc32: (data, from = 0) => compression.crc32(bytesOf(data), from) };
  for (const kind of KINDS) {
    const name = kind[0].toLowerCase() + kind.slice(1);
    const type = {
      [kind]: function (options) {
        if (!(this instanceof type)) return new type(options);
        Zlib.call(this, kind, options);
      },
    }[kind];
    Object.setPrototypeOf(type, Zlib);
    Object.setPrototypeOf(type.prototype, Zlib.prototype);
    out[kind] = type;
    out[`create${kind}`] = (options) => new type(options);
    out[`${name}Sync`] = whole(kind);
    out[name] = later(whole(kind));
  }
  for (const codec of Object.keys(CODECS)) {
    for (const back of [false, true]) {
      const kind = `${codec}${back ? "Decompress" : "Compress"}`;
      const name = kind[0].toLowerCase() + kind.slice(1);
      const type = class extends Collected {
        constructor(options) {
          super(packed(codec, back), options);
        }
      };
      out[kind] = callable(type, kind);
      out[`create${kind}`] = (options) => new type(options);
      out[`${name}Sync`] = packed(codec, back);
      out[name] = later(packed(codec, back));
    }
  }

  function callable(type, name) {
    Object.defineProperty(type, "name", { value: name });
    return new Proxy(type, { apply: (target, _, args) => new target(...args) });
  }

  return out;
}
