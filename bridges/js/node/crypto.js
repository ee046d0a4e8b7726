// node's crypto: hashes, hmac, derived keys and random by Python; ciphers, signatures by npm's packages.
"use strict";
({ host, node, packaged, lazily }) => {
  const { Buffer } = packaged("buffer");
  const { Transform } = packaged("readable-stream");
  const { hashes } = host;
  const { random, uuid } = host;

  /** What packages may ask for when they are loaded, and is an error when it is used. */
  const ABSENT = "X509Certificate checkPrime checkPrimeSync diffieHellman generateKeyPair generateKeyPairSync generatePrime generatePrimeSync".split(" ");

  const failed = (type, code, text) => Object.assign(new type(text), { code });
  const invalidDigest = (name) => failed(TypeError, "ERR_CRYPTO_INVALID_DIGEST", `Invalid digest: ${name}`);

  function bytesOf(x, encoding) {
    if (typeof x === "string") return Buffer.from(x, encoding === "buffer" ? "utf8" : encoding);
    if (x instanceof KeyObject) return x.export();
    if (x instanceof ArrayBuffer) return new Uint8Array(x);
    if (ArrayBuffer.isView(x)) return new Uint8Array(x.buffer, x.byteOffset, x.byteLength);
    throw failed(TypeError, "ERR_INVALID_ARG_TYPE", `The "data" argument must be of type string or an instance of Buffer, TypedArray, or DataView. Received ${x === null ? "null" : typeof x}`);
  }

  const encoded = (bytes, encoding) => (encoding && encoding !== "buffer" ? Buffer.from(bytes).toString(encoding) : Buffer.from(bytes));

  // --- hashes

  class Digest extends Transform {
    #running;
    #length;
    #done = false;
    constructor(running, options) {
      super(options);
      this.#running = running;
      this.#length = options?.outputLength ?? null;
    }
    update(data, encoding) {
      if (this.#done) throw failed(Error, "ERR_CRYPTO_HASH_FINALIZED", "Digest already called");
      hashes.update(this.#running, bytesOf(data, encoding));
      return this;
    }
    digest(encoding) {
      if (this.#done) throw failed(Error, "ERR_CRYPTO_HASH_FINALIZED", "Digest already called");
      this.#done = true;
      return encoded(hashes.digest(this.#running, this.#length), encoding);
    }
    copy(options) {
      if (this.#done) throw failed(Error, "ERR_CRYPTO_HASH_FINALIZED", "Digest already called");
      return new this.constructor(hashes.copy(this.#running), options);
    }
    _transform(chunk, encoding, done) {
      this.update(chunk, encoding);
      done();
    }
    _flush(done) {
      done(null, this.digest());
    }
  }
  class Hash extends Digest {}
  class Hmac extends Digest {}

  function createHash(algorithm, options) {
    const running = hashes.start(String(algorithm), null);
    if (!running) throw failed(Error, "ERR_OSSL_EVP_UNSUPPORTED", "Digest method not supported");
    return new Hash(running, options);
  }

  function createHmac(algorithm, key, options) {
    const running = hashes.start(String(algorithm), bytesOf(key, options?.encoding));
    if (!running) throw failed(Error, "ERR_CRYPTO_INVALID_DIGEST", `Invalid digest: ${algorithm}`);
    return new Hmac(running, options);
  }

  const hash = (algorithm, data, encoding = "hex") => createHash(algorithm).update(data).digest(encoding);

  // --- keys

  class KeyObject {
    #bytes;
    constructor(type, bytes) {
      this.type = type;
      this.#bytes = bytes;
    }
    get symmetricKeySize() {
      return this.#bytes.length;
    }
    export({ format } = {}) {
      const bytes = Buffer.from(this.#bytes);
      return format === "jwk" ? { kty: "oct", k: bytes.toString("base64url") } : this.type === "secret" ? bytes : bytes.toString();
    }
    equals(other) {
      return this.type === other.type && Buffer.compare(this.#bytes, bytesOf(other)) === 0;
    }
    get [Symbol.toStringTag]() {
      return "KeyObject";
    }
  }

  const createSecretKey = (key, encoding) => new KeyObject("secret", Buffer.from(bytesOf(key, encoding)));
  const createPem = (type) => (key) => {
    const text = String(key?.key ?? key);
    if (!text.includes("-----BEGIN")) throw failed(Error, "ERR_OSSL_UNSUPPORTED", "error:1E08010C:DECODER routines::unsupported");
    return new KeyObject(type, Buffer.from(text));
  };

  function pbkdf2Sync(password, salt, rounds, length, digest) {
    return Buffer.from(hashes.pbkdf2(String(digest), bytesOf(password), bytesOf(salt), rounds, length) ?? raise(invalidDigest(digest)));
  }

  function scryptSync(password, salt, length, options = {}) {
    const { N, r, p, cost = N ?? 16384, blockSize = r ?? 8, parallelization = p ?? 1, maxmem = 0 } = options;
    return Buffer.from(hashes.scrypt(bytesOf(password), bytesOf(salt), cost, blockSize, parallelization, maxmem, length));
  }

  function hkdfSync(digest, key, salt, info, length) {
    const out = hashes.hkdf(String(digest), bytesOf(key), bytesOf(salt), bytesOf(info), length) ?? raise(invalidDigest(digest));
    return out.buffer.slice(out.byteOffset, out.byteOffset + out.byteLength);
  }

  function raise(error) {
    throw error;
  }

  /** The form with a callback of a function that takes `count` arguments. */
  const later = (f) => (...args) => {
    const done = args.pop();
    let out;
    try {
      out = [null, f(...args)];
    } catch (error) {
      out = [error];
    }
    globalThis.setImmediate(() => done(...out));
  };

  /** A function of `count` arguments, to which a callback may be given besides. */
  const either = (f, count) => (...args) => (typeof args[count] === "function" ? later(f)(...args) : f(...args));

  /** The digest to sign by; keys that bring their own (Ed25519) are node's alone. */
  const asked = (algorithm) => algorithm ?? node("crypto.sign of keys without a digest")();

  // --- random

  function randomBytes(length, done) {
    const bytes = Buffer.from(random(length));
    if (!done) return bytes;
    globalThis.setImmediate(() => done(null, bytes));
  }

  function randomFillSync(into, offset = 0, size) {
    const view = ArrayBuffer.isView(into) ? new Uint8Array(into.buffer, into.byteOffset, into.byteLength) : new Uint8Array(into);
    view.set(random(size ?? view.length - offset), offset);
    return into;
  }

  function randomInt(low, high, done) {
    if (typeof high === "function" || high === undefined) [low, high, done] = [0, low, high];
    const range = high - low;
    if (!(Number.isSafeInteger(low) && Number.isSafeInteger(high) && range > 0 && range < 2 ** 48)) {
      throw failed(RangeError, "ERR_OUT_OF_RANGE", `The value of "max" is out of range. It must be greater than the value of "min" (${low}). Received ${high}`);
    }
    const most = 2 ** 48 - (2 ** 48 % range);
    let x;
    do x = Buffer.from(random(6)).readUIntBE(0, 6);
    while (x >= most);
    if (!done) return low + (x % range);
    globalThis.setImmediate(() => done(null, low + (x % range)));
  }

  function timingSafeEqual(a, b) {
    const [x, y] = [bytesOf(a), bytesOf(b)];
    if (x.length !== y.length) throw failed(RangeError, "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH", "Input buffers must have the same byte length");
    return hashes.equal(x, y);
  }

  const out = {
    ...{ createHash, createHmac, hash, Hash, Hmac, getHashes: () => hashes.names() },
    ...{ KeyObject, createSecretKey, createPublicKey: createPem("public"), createPrivateKey: createPem("private") },
    ...{ pbkdf2Sync, scryptSync, hkdfSync, pbkdf2: later(pbkdf2Sync), scrypt: later(scryptSync), hkdf: later(hkdfSync) },
    ...{ randomBytes, randomFillSync, randomInt, timingSafeEqual, randomUUID: () => uuid(), pseudoRandomBytes: randomBytes, rng: randomBytes, prng: randomBytes },
    randomFill: (into, ...rest) => later((x, ...places) => randomFillSync(x, ...places))(into, ...rest),
    getRandomValues: (into) => globalThis.crypto.getRandomValues(into),
    constants: {},
    getCurves: () => ["prime256v1", "secp192r1", "secp224r1", "secp256k1", "secp384r1", "secp521r1"],
    getFips: () => 0,
    setEngine() {},
  };
  const sign = (algorithm, data, key) => out.createSign(asked(algorithm)).update(data).sign(key);
  const verify = (algorithm, data, key, signature) => out.createVerify(asked(algorithm)).update(data).verify(key, signature);
  const generateKeySync = (_, { length }) => createSecretKey(Buffer.from(random(length >> 3)));
  Object.assign(out, { sign: either(sign, 3), verify: either(verify, 4), generateKeySync, generateKey: later(generateKeySync) });
  const browserify = () => packaged("crypto-browserify");
  const OF_PACKAGES =
    "createCipheriv createDecipheriv getCiphers createSign createVerify Sign Verify createECDH createDiffieHellman createDiffieHellmanGroup getDiffieHellman DiffieHellman publicEncrypt privateDecrypt privateEncrypt publicDecrypt".split(" ");
  for (const name of OF_PACKAGES) lazily(out, name, () => plain(browserify()[name]));
  for (const name of ABSENT) lazily(out, name, () => node(`crypto.${name}`));
  lazily(out, "webcrypto", () => globalThis.crypto);
  lazily(out, "subtle", () => globalThis.crypto.subtle);

  /** The packages take keys as PEM text or bytes. */
  function plain(f) {
    if (typeof f !== "function") return f;
    const bare = (x) => (x instanceof KeyObject ? x.export() : x?.key instanceof KeyObject ? { ...x, key: x.key.export() } : x);
    return new Proxy(f, { apply: (target, self, args) => wrap(Reflect.apply(target, self, args.map(bare)), bare) });
  }

  function wrap(made, bare) {
    for (const name of ["sign", "verify"]) {
      const f = made?.[name];
      if (typeof f === "function") made[name] = (key, ...rest) => f.call(made, bare(key), ...rest);
    }
    return made;
  }

  return out;
}
