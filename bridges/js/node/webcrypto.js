// crypto of the web: random numbers, digests, HMAC, AES and derived keys.
"use strict";
({ host, node, lazily }) => {
  const TYPES = ["Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array", "BigInt64Array", "BigUint64Array"];
  const HASHES = { "SHA-1": ["sha1", 64], "SHA-256": ["sha256", 64], "SHA-384": ["sha384", 128], "SHA-512": ["sha512", 128] };
  const making = Symbol("making");

  const fail = (name, message) => {
    throw new DOMException(message, name);
  };
  const nameOf = (x) => String(x?.name ?? x).toUpperCase();
  const hashOf = (x) => HASHES[nameOf(x)] ?? fail("NotSupportedError", `Unrecognized algorithm name: ${x?.name ?? x}`);
  const bytesOf = (x) => (ArrayBuffer.isView(x) ? new Uint8Array(x.buffer, x.byteOffset, x.byteLength) : new Uint8Array(x));
  const plain = (x) => Uint8Array.from(x).buffer;

  class CryptoKey {
    #bytes;
    constructor(key, bytes, type, algorithm, extractable, usages) {
      if (key !== making) throw new TypeError("Illegal constructor");
      this.#bytes = bytes;
      Object.assign(this, { type, extractable, algorithm, usages });
    }
    get [Symbol.toStringTag]() {
      return "CryptoKey";
    }
    static bytes = (key, usage) => {
      if (usage && !key.usages.includes(usage)) fail("InvalidAccessError", `The requested operation is not valid for the provided key`);
      return key.#bytes;
    };
  }
  const secret = CryptoKey.bytes;
  delete CryptoKey.bytes;

  const secretKey = (bytes, algorithm, extractable, usages) => new CryptoKey(making, Uint8Array.from(bytes), "secret", algorithm, extractable, [...usages]);

  function described(algorithm, bytes) {
    const name = nameOf(algorithm);
    const length = bytes.length * 8;
    if (name === "HMAC") return { name, hash: { name: nameOf(algorithm.hash) }, length };
    if (name.startsWith("AES-")) return { name, length };
    if (["PBKDF2", "HKDF"].includes(name)) return { name };
    return fail("NotSupportedError", `${name} is not available in polyhy's own JavaScript runtime; import the package :in "node"`);
  }

  // --- AES, by node's crypto

  function cipher(algorithm, key, data, back) {
    const { createCipheriv, createDecipheriv } = node("crypto");
    const name = nameOf(algorithm);
    const mode = { "AES-CBC": "cbc", "AES-CTR": "ctr", "AES-GCM": "gcm" }[name] ?? fail("NotSupportedError", `Unrecognized algorithm name: ${name}`);
    const iv = Buffer.from(bytesOf(algorithm.iv ?? algorithm.counter));
    const make = back ? createDecipheriv : createCipheriv;
    const running = make(`aes-${key.length * 8}-${mode}`, Buffer.from(key), iv);
    if (mode !== "gcm") return plain(Buffer.concat([running.update(Buffer.from(data)), running.final()]));
    const size = (algorithm.tagLength ?? 128) / 8;
    if (algorithm.additionalData) running.setAAD(Buffer.from(bytesOf(algorithm.additionalData)));
    if (back) running.setAuthTag(Buffer.from(data.subarray(data.length - size)));
    const out = Buffer.concat([running.update(Buffer.from(back ? data.subarray(0, data.length - size) : data)), running.final()]);
    return plain(back ? out : Buffer.concat([out, running.getAuthTag().subarray(0, size)]));
  }

  function sealed(algorithm, key, data, back) {
    try {
      return cipher(algorithm, key, data, back);
    } catch (error) {
      return error instanceof DOMException ? fail(error.name, error.message) : fail("OperationError", "The operation failed for an operation-specific reason");
    }
  }

  const hmac = (key, data) => node("crypto").createHmac(hashOf(key.algorithm.hash)[0], secret(key)).update(bytesOf(data)).digest();

  function derive(algorithm, key, length) {
    const { pbkdf2Sync, hkdfSync } = node("crypto");
    const [hash] = hashOf(algorithm.hash);
    if (nameOf(algorithm) === "PBKDF2") return plain(pbkdf2Sync(secret(key), bytesOf(algorithm.salt), algorithm.iterations, length / 8, hash));
    return hkdfSync(hash, secret(key), bytesOf(algorithm.salt), bytesOf(algorithm.info), length / 8);
  }

  class SubtleCrypto {
    async digest(algorithm, data) {
      return plain(node("crypto").createHash(hashOf(algorithm)[0]).update(bytesOf(data)).digest());
    }
    async generateKey(algorithm, extractable, usages) {
      const length = algorithm.length ?? hashOf(algorithm.hash ?? fail("NotSupportedError", `${nameOf(algorithm)} keys can't be made in polyhy's own JavaScript runtime; import the package :in "node"`))[1] * 8;
      const bytes = host.random(length / 8);
      return secretKey(bytes, described(algorithm, bytes), extractable, usages);
    }
    async importKey(format, data, algorithm, extractable, usages) {
      if (format !== "raw" && !(format === "jwk" && data.kty === "oct")) fail("NotSupportedError", `Keys of format ${format} are not available in polyhy's own JavaScript runtime; import the package :in "node"`);
      const bytes = format === "jwk" ? Buffer.from(data.k, "base64url") : bytesOf(data);
      return secretKey(bytes, described(typeof algorithm === "string" ? { name: algorithm } : algorithm, bytes), extractable, usages);
    }
    async exportKey(format, key) {
      if (!key.extractable) fail("InvalidAccessError", "key is not extractable");
      if (format === "raw") return plain(secret(key));
      const { name, hash, length } = key.algorithm;
      const alg = name === "HMAC" ? `HS${hash.name.slice(4)}` : `A${length}${name.slice(4)}`;
      return { key_ops: key.usages, ext: true, kty: "oct", k: Buffer.from(secret(key)).toString("base64url"), alg };
    }
    async sign(algorithm, key, data) {
      secret(key, "sign");
      return plain(hmac(key, data));
    }
    async verify(algorithm, key, signature, data) {
      secret(key, "verify");
      const [a, b] = [hmac(key, data), bytesOf(signature)];
      return a.length === b.length && node("crypto").timingSafeEqual(a, b);
    }
    async encrypt(algorithm, key, data) {
      return sealed(algorithm, secret(key, "encrypt"), bytesOf(data), false);
    }
    async decrypt(algorithm, key, data) {
      return sealed(algorithm, secret(key, "decrypt"), bytesOf(data), true);
    }
    async deriveBits(algorithm, key, length) {
      return derive(algorithm, key, length);
    }
    async deriveKey(algorithm, key, wanted, extractable, usages) {
      const length = wanted.length ?? hashOf(wanted.hash)[1] * 8;
      return this.importKey("raw", derive(algorithm, key, length), wanted, extractable, usages);
    }
    async wrapKey(format, key, wrapping, algorithm) {
      const data = await this.exportKey(format, key);
      return sealed(algorithm, secret(wrapping, "wrapKey"), format === "raw" ? bytesOf(data) : Buffer.from(JSON.stringify(data)), false);
    }
    async unwrapKey(format, data, key, algorithm, wanted, extractable, usages) {
      const bytes = sealed(algorithm, secret(key, "unwrapKey"), bytesOf(data), true);
      return this.importKey(format, format === "raw" ? bytes : JSON.parse(Buffer.from(bytes)), wanted, extractable, usages);
    }
    get [Symbol.toStringTag]() {
      return "SubtleCrypto";
    }
  }

  class Crypto {
    getRandomValues(into) {
      const type = into?.[Symbol.toStringTag];
      if (!TYPES.includes(type)) fail("TypeMismatchError", "The data argument must be an integer-type TypedArray");
      if (into.byteLength > 65536) fail("QuotaExceededError", `The requested length exceeds 65,536 bytes`);
      new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(host.random(into.byteLength));
      return into;
    }
    randomUUID() {
      return host.uuid();
    }
    get [Symbol.toStringTag]() {
      return "Crypto";
    }
  }

  const crypto = new Crypto();
  lazily(crypto, "subtle", () => new SubtleCrypto());
  return { crypto, Crypto, CryptoKey, SubtleCrypto };
}
