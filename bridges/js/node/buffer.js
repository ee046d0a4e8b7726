// node's buffer: npm's package, with base64url, Blob and File.
"use strict";
({ node, packaged, lazily }) => {
  const module = packaged("buffer");
  const { Buffer } = module;
  const { from, isEncoding, byteLength } = Buffer;
  const { toString, write, fill } = Buffer.prototype;
  const isUrl = (encoding) => typeof encoding === "string" && encoding.toLowerCase() === "base64url";
  const plain = (encoding) => (isUrl(encoding) ? "base64" : encoding);

  Buffer.from = function (x, encoding, length) {
    return from.call(this, x, plain(encoding), length);
  };
  Buffer.isEncoding = (encoding) => isUrl(encoding) || isEncoding(encoding);
  Buffer.byteLength = (x, encoding) => byteLength(x, plain(encoding));
  Buffer.prototype.toString = function (encoding, ...rest) {
    if (!isUrl(encoding)) return toString.call(this, encoding, ...rest);
    return toString.call(this, "base64", ...rest).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  Buffer.prototype.write = function (...args) {
    return write.apply(this, args.map(plain));
  };
  Buffer.prototype.fill = function (...args) {
    return fill.apply(this, args.map(plain));
  };
  Buffer.copyBytesFrom = (view, offset = 0, length = view.length - offset) => Buffer.from(view.slice(offset, offset + length).buffer);
  Buffer.poolSize = 8192;
  for (const encoding of ["ascii", "base64", "base64url", "hex", "latin1", "ucs2", "utf8"]) {
    Buffer.prototype[`${encoding}Slice`] = function (start, end) {
      return this.toString(encoding, start, end);
    };
    Buffer.prototype[`${encoding}Write`] = function (text, offset = 0, length = this.length - offset) {
      return this.write(text, offset, length, encoding);
    };
  }
  for (const name of Object.getOwnPropertyNames(Buffer.prototype)) {
    if (name.includes("UInt")) Buffer.prototype[name.replace("UInt", "Uint")] ??= Buffer.prototype[name];
  }

  const decodes = (bytes, encoding) => {
    try {
      new TextDecoder(encoding, { fatal: true }).decode(bytes);
      return true;
    } catch {
      return false;
    }
  };

  const out = {
    ...module,
    Buffer,
    constants: { MAX_LENGTH: module.kMaxLength, MAX_STRING_LENGTH: 2 ** 29 - 24 },
    kStringMaxLength: 2 ** 29 - 24,
    atob: globalThis.atob,
    btoa: globalThis.btoa,
    isUtf8: (bytes) => decodes(bytes, "utf-8"),
    isAscii: (bytes) => new Uint8Array(bytes.buffer ?? bytes, bytes.byteOffset ?? 0, bytes.byteLength).every((x) => x < 128),
    transcode: (bytes, one, other) => Buffer.from(Buffer.from(bytes).toString(one), other),
    resolveObjectURL: () => undefined,
  };
  lazily(out, "Blob", () => node("blob").Blob);
  lazily(out, "File", () => node("blob").File);
  return out;
}
