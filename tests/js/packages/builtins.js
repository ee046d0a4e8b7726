// Node's built-in modules and globals: a sample each of what packages do with them.
const tried = (f) => {
  try {
    return f();
  } catch (error) {
    return [error.name, error.code, error.message];
  }
};
const failed = (promise) => promise.then((x) => ["fulfilled", x], (error) => [error.name, error.code, error.message]);

async function within(require, act) {
  const fs = require("fs");
  const folder = fs.realpathSync(fs.mkdtempSync(`${require("os").tmpdir()}/node-`));
  try {
    return JSON.parse(JSON.stringify((await act(folder, (name) => `${folder}/${name}`)) ?? null).replaceAll(folder, "DIR"));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

async function gather(stream) {
  const pieces = [];
  for await (const piece of stream) pieces.push(String(piece));
  return pieces.join("|");
}

module.exports = {
  "fs sync": (fs, require) => within(require, (folder, at) => {
    fs.writeFileSync(at("a"), "héllo");
    fs.appendFileSync(at("a"), Buffer.from("!"));
    fs.mkdirSync(at("d/e"), { recursive: true });
    fs.copyFileSync(at("a"), at("d/b"));
    fs.renameSync(at("d/b"), at("d/c"));
    fs.symlinkSync("a", at("l"));
    fs.chmodSync(at("a"), 0o640);
    fs.utimesSync(at("a"), 1, 2);
    fs.truncateSync(at("d/c"), 2);
    const s = fs.statSync(at("a"));
    return [fs.readFileSync(at("a"), "utf8"), fs.readFileSync(at("a")).length, fs.readdirSync(folder).sort(), fs.readdirSync(folder, { withFileTypes: true }).map((e) => [e.name, e.isDirectory(), e.isSymbolicLink()]).sort(), fs.readdirSync(folder, { recursive: true }).sort(), [s.size, s.mode.toString(8), s.isFile(), s.mtimeMs, s.mtime], fs.lstatSync(at("l")).isSymbolicLink(), fs.readlinkSync(at("l")), fs.realpathSync(at("l")), fs.readFileSync(at("d/c"), "latin1"), fs.existsSync(at("zz")), fs.statSync(at("zz"), { throwIfNoEntry: false }) === undefined, typeof fs.statSync(at("a"), { bigint: true }).size, fs.mkdirSync(at("q/r"), { recursive: true })];
  }),
  "fs errors": (fs, require) => within(require, (folder, at) => [tried(() => fs.readFileSync(at("no"))), tried(() => fs.mkdirSync(folder)), tried(() => fs.rmdirSync(at("no"))), tried(() => fs.readdirSync(at("no"))), tried(() => fs.renameSync(at("no"), at("x"))), tried(() => fs.accessSync(at("no"))), tried(() => fs.readFileSync(folder)), tried(() => fs.unlinkSync(at("no"))), tried(() => fs.openSync(at("no"), "r")), tried(() => fs.rmSync(folder)).slice(0, 2), tried(() => fs.readFileSync(5.5)).slice(0, 1)]),
  "fs descriptors": (fs, require) => within(require, (folder, at) => {
    const fd = fs.openSync(at("a"), "w+");
    const n = [fs.writeSync(fd, "hello"), fs.writeSync(fd, Buffer.from("xyz"), 1, 2, 0)];
    const buffer = Buffer.alloc(5);
    const read = fs.readSync(fd, buffer, 0, 5, 0);
    fs.ftruncateSync(fd, 3);
    const size = fs.fstatSync(fd).size;
    fs.closeSync(fd);
    return [n, read, buffer.toString(), size, tried(() => fs.closeSync(fd)).slice(0, 2)];
  }),
  "fs callbacks": (fs, require) => within(require, (folder, at) => new Promise((done) => {
    const seen = [];
    fs.writeFile(at("a"), "x", (error) => {
      seen.push(error);
      fs.readFile(at("a"), "utf8", (none, text) => {
        seen.push(none, text);
        fs.stat(at("no"), (error, s) => {
          seen.push(error.code, s === undefined);
          fs.exists(at("a"), (yes) => done([...seen, yes]));
        });
      });
    });
    seen.push("first");
  })),
  "fs streams": (fs, require) => within(require, async (folder, at) => {
    const { pipeline } = require("stream/promises");
    fs.writeFileSync(at("a"), "0123456789".repeat(3000));
    await pipeline(fs.createReadStream(at("a"), { highWaterMark: 1000 }), require("zlib").createGzip(), fs.createWriteStream(at("b")));
    await pipeline(fs.createReadStream(at("b")), require("zlib").createGunzip(), fs.createWriteStream(at("c")));
    return [fs.readFileSync(at("c"), "utf8") === fs.readFileSync(at("a"), "utf8"), await gather(fs.createReadStream(at("a"), { start: 2, end: 5, encoding: "utf8" })), await failed(gather(fs.createReadStream(at("no"))))];
  }),
  "fs/promises": (fs, require) => within(require, async (folder, at) => {
    await fs.mkdir(at("d"));
    await fs.writeFile(at("d/a"), "line 1\nline 2");
    const handle = await fs.open(at("d/a"), "r+");
    const { bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    const size = (await handle.stat()).size;
    await handle.close();
    const dir = [];
    for await (const entry of await fs.opendir(at("d"))) dir.push(entry.name);
    await fs.cp(at("d"), at("e"), { recursive: true });
    await fs.rm(at("d"), { recursive: true });
    return [bytesRead, size, dir, await fs.readdir(at("e")), await failed(fs.access(at("d"))), await failed(fs.readFile(at("d/a")))];
  }),
  path: (p) => [p.join("a", "..", "/b", "c/"), p.resolve("/a", "../b"), p.relative("/a/b/c", "/a/d"), p.parse("/x/y.tar.gz"), p.format({ dir: "/a", base: "b" }), p.extname(".a.b"), p.basename("/a/b.js", ".js"), p.isAbsolute("a"), p.normalize("/a/./b//../c"), p.sep, p.win32.join("a", "..", "b\\c"), p.win32.basename("C:\\a\\b.txt"), p.posix === p],
  "util inspect": (util) => {
    class A {
      #p = 1;
      x = [1, { y: { z: { w: 1 } } }];
      get g() {
        return 1;
      }
    }
    const loop = { a: 1 };
    loop.self = loop;
    return [new A(), loop, new Map([[{ a: 1 }, new Set([1, "x"])]]), [undefined, null, -0, 1n, Symbol("s")], function f() {}, class B extends A {}, new Date(0), /a/g, "it's", [1, , 3], Object.create(null), new Uint8Array(3), Buffer.from("hi"), new WeakMap(), [..."x".repeat(120)], { "a-b": 1, f() {} }, new Error("boom").message, async () => {}, new (class M2 extends Map {})(), Object.assign(() => {}, { a: 1 })].map((x) => util.inspect(x)).concat(util.inspect({ a: { b: { c: {} } } }, { depth: 0 }), util.inspect("x", { colors: true }), util.inspect({ [util.inspect.custom]: () => "mine" }));
  },
  "util format": (util) => [util.format("%s %d %i %f %j %o %O %% %c", "a", 1.5, 1.5, "2.5", { a: 1 }, [1], { b: 2 }, "css"), util.format("a", 1, { x: 1 }), util.format("%s", null, undefined, 1n, Symbol("x")), util.format("%d", "0x10")],
  "util rest": async (util, require) => [await util.promisify((a, done) => done(null, a + 1))(1), await failed(util.promisify((done) => done(new TypeError("x")))()), util.isDeepStrictEqual({ a: [1, new Map([[1, 2]])] }, { a: [1, new Map([[1, 2]])] }), util.types.isRegExp(/a/), util.types.isTypedArray(new Uint8Array()), util.types.isPromise(Promise.resolve()), util.parseArgs({ args: ["-f", "--bar", "b", "p"], options: { f: { type: "boolean", short: "f" }, bar: { type: "string" } }, allowPositionals: true }), util.stripVTControlCharacters("\u001b[31mx\u001b[0m"), util.styleText("red", "x"), util.inherits.length, util.deprecate(() => 5, "old")(), new util.TextEncoder().encode("é").length, util.types.isGeneratorFunction(function* () {}), util.types.isDate(new Date()), util.types.isBoxedPrimitive(Object(1)), await new Promise((done) => util.callbackify(async (x) => x * 2)(4, (e, x) => done([e, x])))],
  events: async (EventEmitter) => {
    const e = new EventEmitter();
    const seen = [];
    e.on("a", (...x) => seen.push(["on", ...x]));
    e.once("a", (...x) => seen.push(["once", ...x]));
    e.prependListener("a", () => seen.push("first"));
    e.on("newListener", (name) => seen.push(`new ${String(name)}`));
    e.on(Symbol.for("s"), () => {});
    const all = [e.emit("a", 1, 2), e.emit("a"), e.emit("nobody"), e.listenerCount("a"), e.eventNames().map(String), e.rawListeners("a").length];
    setTimeout(() => e.emit("b", 42));
    const [once] = await EventEmitter.once(e, "b");
    setTimeout(() => (e.emit("c", 1), e.emit("c", 2)));
    const on = [];
    for await (const [x] of EventEmitter.on(e, "c")) if (on.push(x) === 2) break;
    return [seen, all, once, on, tried(() => e.emit("error", new Error("boom"))), tried(() => e.emit("error", 5)).slice(0, 2), EventEmitter.defaultMaxListeners, typeof EventEmitter.EventEmitter, EventEmitter.getEventListeners(e, "a").length];
  },
  "stream pipes": async (stream, require) => {
    const { Readable, Writable, Transform, PassThrough, pipeline, finished, Duplex } = stream;
    const upper = new Transform({ transform: (chunk, _, done) => done(null, String(chunk).toUpperCase()) });
    const seen = [];
    await require("stream/promises").pipeline(Readable.from(["a", "b"]), upper, async function* (source) {
      for await (const chunk of source) yield `<${chunk}>`;
    }, new Writable({ write: (chunk, _, done) => (seen.push(String(chunk)), done()) }));
    const order = [];
    const r = new Readable({ read() {} });
    r.on("data", (x) => order.push(`data ${x}`)).on("end", () => order.push("end")).on("close", () => order.push("close"));
    r.push("x");
    r.push(null);
    await new Promise((done) => finished(r, done));
    const bad = new Readable({ read() { this.destroy(new Error("bad")); } });
    return [seen, order, await failed(gather(bad)), await Readable.from([1, 2, 3, 4]).filter((x) => x % 2).map((x) => x * 10).toArray(), new PassThrough({ highWaterMark: 5 }).write("123456"), Duplex.from(Promise.resolve("q")) instanceof Duplex, Readable.from("abc").readableObjectMode, await new Promise((done) => pipeline(Readable.from(["z"]), new PassThrough(), (error) => done(String(error)))), await require("stream/consumers").json(Readable.from(['{"a":', "1}"])), stream.Stream === stream];
  },
  "stream/web": async (web) => {
    const { ReadableStream, TransformStream, CompressionStream, DecompressionStream, TextEncoderStream, TextDecoderStream } = web;
    const out = [];
    const source = new ReadableStream({ start: (c) => (c.enqueue("hé"), c.enqueue("llo"), c.close()) });
    for await (const x of source.pipeThrough(new TextEncoderStream()).pipeThrough(new CompressionStream("gzip")).pipeThrough(new DecompressionStream("gzip")).pipeThrough(new TextDecoderStream())) out.push(x);
    const [a, b] = new ReadableStream({ start: (c) => (c.enqueue(1), c.close()) }).tee();
    const t = new TransformStream({ transform: (x, c) => c.enqueue(x * 2) });
    const w = t.writable.getWriter();
    w.write(21);
    return [out.join(""), (await a.getReader().read()).value, (await b.getReader().read()).value, (await t.readable.getReader().read()).value];
  },
  "crypto hashes": (c) => ["md5", "sha1", "sha256", "sha512", "sha3-256", "sha512-256", "RSA-SHA256", "ripemd160", "blake2b512"].map((name) => tried(() => c.createHash(name).update("héllo").update(Buffer.from("x")).digest("hex"))).concat([tried(() => c.createHash("nope")).slice(0, 1), c.createHmac("sha256", "k").update("x").digest("base64url"), c.createHash("shake128", { outputLength: 5 }).update("x").digest("hex"), tried(() => { const h = c.createHash("md5"); h.digest(); h.digest(); }), c.createHash("md5").copy().digest("hex")]),
  "crypto keys": async (c, require) => [c.pbkdf2Sync("p", "s", 10, 16, "sha512").toString("hex"), c.scryptSync("p", "s", 16, { N: 16 }).toString("hex"), Buffer.from(c.hkdfSync("sha256", "k", "s", "i", 20)).toString("hex"), (await require("util").promisify(c.pbkdf2)("p", "s", 1, 8, "sha1")).toString("hex"), c.randomBytes(8).length, c.randomUUID().length, c.randomInt(5, 6), c.timingSafeEqual(Buffer.from("a"), Buffer.from("a")), tried(() => c.timingSafeEqual(Buffer.from("a"), Buffer.from("ab"))), c.createSecretKey(Buffer.from("k")).type, c.getHashes().includes("sha256")],
  "crypto ciphers": (c) => {
    const key = Buffer.alloc(32, 7);
    const iv = Buffer.alloc(16, 1);
    const cipher = c.createCipheriv("aes-256-cbc", key, iv);
    const text = cipher.update("hello", "utf8", "hex") + cipher.final("hex");
    const back = c.createDecipheriv("aes-256-cbc", key, iv);
    const gcm = c.createCipheriv("aes-256-gcm", key, iv.subarray(0, 12));
    const sealed = gcm.update("x", "utf8", "hex") + gcm.final("hex") + gcm.getAuthTag().toString("hex");
    return [text, back.update(text, "hex", "utf8") + back.final("utf8"), sealed];
  },
  "crypto subtle": async ({ webcrypto: { subtle } }) => {
    const hex = (x) => Buffer.from(x).toString("hex");
    const data = new TextEncoder().encode("hello");
    const key = await subtle.importKey("raw", new Uint8Array(32), { name: "HMAC", hash: "SHA-256" }, true, ["sign", "verify"]);
    const tag = await subtle.sign("HMAC", key, data);
    const aes = await subtle.importKey("raw", new Uint8Array(16), "AES-GCM", false, ["encrypt", "decrypt"]);
    const box = await subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, aes, data);
    const pass = await subtle.importKey("raw", data, "PBKDF2", false, ["deriveBits"]);
    return [hex(await subtle.digest("SHA-384", data)), hex(tag), await subtle.verify("HMAC", key, tag, data), (await subtle.exportKey("jwk", key)).k.length, hex(box), hex(await subtle.decrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, aes, box)), hex(await subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: data, iterations: 5 }, pass, 128)), (await failed(subtle.digest("MD4", data)))[0], key.algorithm, aes.extractable];
  },
  zlib: async (z, require) => {
    const data = Buffer.from("hello".repeat(100));
    const { promisify } = require("util");
    return [z.inflateSync(z.deflateSync(data)).equals(data), z.gunzipSync(z.gzipSync(data, { level: 9 })).equals(data), z.inflateRawSync(z.deflateRawSync(data)).equals(data), z.unzipSync(z.deflateSync(data)).length, (await promisify(z.gunzip)(await promisify(z.gzip)("x"))).toString(), tried(() => z.gunzipSync(Buffer.from("nonsense"))), tried(() => z.inflateSync(z.deflateSync(data).subarray(0, 8))), z.deflateSync(data).toString("hex"), z.constants.Z_BEST_SPEED, z.gunzipSync(Buffer.concat([z.gzipSync("a"), z.gzipSync("b")])).toString()];
  },
  "url old and new": (url) => [url.parse("http://u:p@a.b:8080/c/d?e=f#g", true), url.resolve("/one/two/three", "four"), url.format({ protocol: "http", host: "a.b", pathname: "/c", query: { d: 1 } }), url.fileURLToPath(new URL("/a%20b/c", "file:")), url.pathToFileURL("/a b/#c?").href, tried(() => url.fileURLToPath("http://a")), url.domainToASCII("español.com"), url.urlToHttpOptions(new URL("https://a:b@c.d/e?f")).auth],
  "url globals": () => {
    const u = new URL("../x?a=1&b=2#h", "https://user:pw@例え.jp:443/p/q");
    u.searchParams.append("c", "d e");
    u.port = "99";
    return [u.href, u.origin, u.host, [...u.searchParams], String(new URLSearchParams({ a: "1 2", b: "é" })), new URLSearchParams("?a=1&a=2").getAll("a"), URL.canParse("nope"), tried(() => new URL("nope")).slice(0, 1), new URLSearchParams("a=1&b").size, JSON.stringify(new URL("http://a/%zz"))];
  },
  querystring: (q) => [q.parse("a=1&b=2&a=3&c=%20x"), q.stringify({ a: [1, 2], b: "x y", c: true }), q.escape("ü&"), q.unescape("%C3%BC")],
  string_decoder: ({ StringDecoder }) => {
    const d = new StringDecoder("utf8");
    return [d.write(Buffer.from([0xe2, 0x82])), d.write(Buffer.from([0xac])), d.end(), new StringDecoder("base64").write(Buffer.from("abcd"))];
  },
  assert: async (a) => [tried(() => a.strictEqual(1, 2)).slice(0, 2), tried(() => a.deepStrictEqual({ a: [1] }, { a: ["1"] })).slice(0, 2), tried(() => a.deepEqual({ a: 1 }, { a: "1" })), tried(() => a(0)).slice(0, 2), tried(() => a.throws(() => { throw new TypeError("bad"); }, /bad/)), tried(() => a.throws(() => {})).slice(0, 2), (await failed(a.rejects(Promise.reject(new Error("x")), /x/)))[0], tried(() => a.match("abc", /b/)), tried(() => a.deepStrictEqual(new Map([[1, new Set([2])]]), new Map([[1, new Set([2])]]))), tried(() => a.strict.equal(1, "1")).slice(0, 2), tried(() => a.fail("no")), tried(() => a.notDeepStrictEqual([1], [1])).slice(0, 2), tried(() => a.ifError(null))],
  "timers/promises": async (t) => {
    const seen = [];
    for await (const x of t.setInterval(1, "v")) if (seen.push(x) === 2) break;
    const c = new AbortController();
    setTimeout(() => c.abort(), 2);
    return [await t.setTimeout(1, "a"), await t.setImmediate("b"), seen, await failed(t.setTimeout(1000, 0, { signal: c.signal }))];
  },
  "process order": (process) => new Promise((done) => setTimeout(() => {
    const seen = [];
    setTimeout(() => seen.push("timeout"), 0);
    setTimeout(() => setImmediate(() => done(seen)), 5);
    setImmediate(() => seen.push("immediate"));
    process.nextTick(() => seen.push("tick"));
    queueMicrotask(() => seen.push("microtask"));
    Promise.resolve().then(() => (seen.push("then"), process.nextTick(() => seen.push("tick in then")))).then(() => seen.push("then 2"));
    process.nextTick((x) => (seen.push(x), process.nextTick(() => seen.push("tick in tick"))), "tick 2");
    seen.push("sync");
  })).then((seen) => seen.filter((x) => !["timeout", "immediate"].includes(x))),
  process: (process) => {
    process.env.POLYHY_TEST = 5;
    const env = [process.env.POLYHY_TEST, "POLYHY_TEST" in process.env, Object.keys(process.env).includes("POLYHY_TEST"), delete process.env.POLYHY_TEST, process.env.POLYHY_TEST];
    const t = process.hrtime();
    return [env, typeof t[0], process.hrtime(t)[0], typeof process.hrtime.bigint(), typeof process.memoryUsage().rss, process.cwd() === require("path").resolve("."), process.platform, process.argv.length > 1, typeof process.pid, process.versions.node.split(".").length, process.release.name, Object.prototype.toString.call(process), typeof process.on("x", () => {}).emit, process.emit("x"), typeof process.uptime(), process.exitCode, tried(() => process.nextTick(5)).slice(0, 2), process.stdout.fd];
  },
  "buffer": ({ Buffer, Blob, File, isUtf8, transcode }) => {
    const b = Buffer.from("héllo wörld");
    return [b.toString("hex"), b.toString("base64"), b.toString("base64url"), b.toString("latin1"), Buffer.from("_-8", "base64url").toString("hex"), b.slice(1, 4).toString(), Buffer.concat([b, Buffer.alloc(2)]).length, b.indexOf("w"), b.readUInt32BE(0), Buffer.compare(Buffer.from("a"), Buffer.from("b")), Buffer.byteLength("é"), b.toJSON().data.length, b.equals(Buffer.from(b)), Buffer.isBuffer(b), Buffer.alloc(4, "ab").toString(), Buffer.from([1, 2, 3]).swap16 !== undefined, (() => { const x = Buffer.alloc(8); x.writeDoubleLE(1.5); x.writeBigInt64BE; return x.toString("hex"); })(), tried(() => Buffer.alloc(2).readUInt32LE(0))[0], Buffer.from("ff", "hex")[0], b.subarray(0, 2) instanceof Buffer, [...Buffer.from("ab").entries()], isUtf8(Buffer.from([0xff])), transcode(Buffer.from("é"), "utf8", "latin1").length, Buffer.from("zz", "hex").length, b.includes("llo"), b.lastIndexOf("l"), b.readInt8(1), Buffer.from(new Uint16Array([1, 256]).buffer).length, Buffer.from("a").fill("z").toString()];
  },
  "buffer blob": async (_, require) => {
    const blob = new Blob(["hé", new Uint8Array([33]), new Blob(["x"])], { type: "text/PLAIN" });
    const file = new File(["abc"], "a.txt", { type: "text/plain", lastModified: 5 });
    return [blob.size, blob.type, await blob.text(), await blob.slice(1, 3).arrayBuffer().then((x) => x.byteLength), file.name, file.lastModified, (await require("stream/consumers").text(blob.stream())), Object.prototype.toString.call(file)];
  },
  "util structuredClone": () => {
    const x = { d: new Date(0), r: /a/g, m: new Map([[1, { a: 1 }]]), s: new Set([1]), e: new RangeError("bad", { cause: 5 }), b: new Uint8Array([1, 2]).subarray(1), n: Object(5), u: undefined, big: 1n, a: [1, , 3] };
    x.self = x;
    const y = structuredClone(x);
    const buffer = new ArrayBuffer(8);
    const moved = structuredClone(buffer, { transfer: [buffer] });
    return [y.self === y, y.d.getTime(), String(y.r), y.m.get(1), [...y.s], y.e.name, y.e instanceof RangeError, y.e.cause, [...y.b], typeof y.n, "u" in y, String(y.big), 1 in y.a, moved.byteLength, buffer.byteLength, tried(() => structuredClone(() => {}))[0], tried(() => structuredClone(Symbol("x")))[1], structuredClone(Object.create({ a: 1 }, { b: { value: 2, enumerable: true } }))];
  },
  "events of the web": async () => {
    const seen = [];
    const target = new EventTarget();
    target.addEventListener("a", (e) => seen.push([e.type, e.target === target, e.detail, e.bubbles]), { once: true });
    target.addEventListener("a", { handleEvent: (e) => (seen.push("object"), e.preventDefault(), e.stopImmediatePropagation()) });
    target.addEventListener("a", () => seen.push("never"));
    const out = [target.dispatchEvent(new CustomEvent("a", { detail: 5, cancelable: true })), target.dispatchEvent(new Event("a"))];
    const c = new AbortController();
    c.signal.onabort = (e) => seen.push(e.type);
    const any = AbortSignal.any([c.signal, AbortSignal.timeout(10000)]);
    c.abort();
    const late = await new Promise((done) => { const s = AbortSignal.timeout(1); s.addEventListener("abort", () => done([s.reason.name, s.reason.code])); setTimeout(() => {}, 20); });
    const { port1, port2 } = new MessageChannel();
    const message = await new Promise((done) => { port2.onmessage = (e) => (done(e.data), port2.close()); port1.postMessage({ a: new Map([[1, 2]]) }); });
    return [seen, out, any.aborted, any.reason.name, any.reason.code, late, [...message.a], tried(() => AbortSignal.abort().throwIfAborted())[0], tried(() => new DOMException("m", "NotFoundError").code), DOMException.NOT_FOUND_ERR];
  },
  "util text": () => [new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 0x61])), new TextDecoder("utf-16le").decode(new Uint8Array([0x61, 0])), new TextDecoder("latin1").encoding, new TextDecoder("shift_jis").decode(new Uint8Array([0x82, 0xa0])), tried(() => new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([255]))).slice(0, 2), tried(() => new TextDecoder("nope")).slice(0, 2), (() => { const d = new TextDecoder(); return [d.decode(new Uint8Array([0xe2, 0x82]), { stream: true }), d.decode(new Uint8Array([0xac]), { stream: true }), d.decode()]; })(), [...new TextEncoder().encode("\ud800é")], new TextEncoder().encodeInto("aé€", new Uint8Array(4)), atob("aGk="), btoa("hi"), tried(() => atob("*"))[0], tried(() => btoa("€"))[0], atob(" aG k ")],
  "util web requests": async () => {
    const form = new FormData();
    form.append("a", "1");
    form.append("f", new File(["x"], "f.txt"));
    const request = new Request("http://a.b/c", { method: "POST", body: JSON.stringify({ a: 1 }), headers: { "X-Y": "z" } });
    const response = new Response("hé", { status: 201, headers: [["A", "1"], ["a", "2"]] });
    const text = await new Response(form).text();
    return [request.method, await request.json(), request.headers.get("x-y"), request.headers.get("content-type"), response.status, response.ok, response.headers.get("a"), await response.clone().text(), (await response.arrayBuffer()).byteLength, response.bodyUsed, text.includes('name="f"; filename="f.txt"'), [...new Headers({ b: "1", A: "2" })], tried(() => new Headers({ "bad name": "x" }))[0], await Response.json({ q: 1 }).json(), Response.error().type, (await (await fetch("data:text/plain;base64,aGk=")).text()), (await new Response(new URLSearchParams({ a: "b c" })).text())];
  },
  perf_hooks: ({ performance }) => {
    performance.mark("a");
    const m = performance.measure("m", "a");
    return [typeof performance.now(), m.entryType, performance.getEntriesByName("a").length, typeof performance.timeOrigin, tried(() => performance.measure("q", "none"))[0]];
  },
  async_hooks: ({ AsyncLocalStorage, AsyncResource }) => {
    const s = new AsyncLocalStorage();
    const bound = s.run(5, () => AsyncLocalStorage.bind(() => s.getStore()));
    return [s.run({ a: 1 }, () => s.getStore()), s.getStore() ?? null, bound(), new AsyncResource("x").runInAsyncScope((x) => x + 1, null, 1), s.run(1, () => s.exit(() => s.getStore()) ?? null)];
  },
  "async_hooks over await": async ({ AsyncLocalStorage, AsyncResource }) => {
    const store = new AsyncLocalStorage();
    const other = new AsyncLocalStorage();
    const sleep = (wait) => new Promise((done) => setTimeout(done, wait));
    const work = async (name) => {
      const seen = [store.getStore()];
      const see = () => void seen.push(store.getStore());
      await null;
      see();
      await Promise.all([sleep(2).then(see), sleep(1).then(() => see())]);
      await new Promise((done) => process.nextTick(() => done(see())));
      await new Promise((done) => setImmediate(() => done(see())));
      await new Promise((done) => queueMicrotask(() => done(see())));
      for await (const x of (async function* () { await sleep(1); yield store.getStore(); })()) seen.push(x);
      await other.run(1, async () => { await sleep(1); seen.push([store.getStore(), other.getStore()]); });
      await Promise.reject(1).catch(see).finally(see);
      return [name, seen, other.getStore() ?? null];
    };
    let settle;
    const pending = new Promise((done) => (settle = done));
    const early = store.run("early", () => pending.then(() => store.getStore()));
    const all = await Promise.all(["a", "b"].map((name) => store.run(name, work, name)));
    store.run("late", settle);
    const { EventEmitter, once } = require("events");
    const emitter = new EventEmitter();
    const resource = store.run("r", () => new AsyncResource("x"));
    return [all, await early, store.getStore() ?? null, await store.run("e", async () => { setTimeout(() => emitter.emit("x")); await once(emitter, "x"); return store.getStore(); }), resource.runInAsyncScope(() => store.getStore()), await (async () => { store.enterWith("in"); await sleep(1); return store.getStore(); })()];
  },
  diagnostics_channel: (d) => {
    const seen = [];
    d.subscribe("a", (message, name) => seen.push([message, name]));
    d.channel("a").publish(5);
    return [seen, d.channel("a").hasSubscribers, d.hasSubscribers("b")];
  },
  vm: (vm) => [vm.runInThisContext("1 + 1"), vm.runInNewContext("a + b", { a: 1, b: 2 }), new vm.Script("x = 5").runInContext(vm.createContext({})), (() => { const box = vm.createContext({ y: 1 }); vm.runInContext("var z = y + 1; y = 10", box); return box; })(), tried(() => vm.runInThisContext("}{"))[0], tried(() => new vm.Script("let 5"))[0]],
  "vm contexts": (vm) => {
    const box = vm.createContext({ start: 1, log: [] });
    const run = (code) => vm.runInContext(code, box);
    const seen = [
      run("function next() { return later() + start } function later() { return hidden + 1 } var v, w = 2; let hidden = 5, { p, q: [r] } = { p: 1, q: [2] }; const K = 7; class A { #x = 1; get x() { return this.#x } }\nnext()"),
      run("hidden += p + r; undeclared = new A().x; log.push(K, next(), typeof nothing, typeof process, typeof require, typeof Buffer); log.length"),
      tried(() => run("nothing + 1")).slice(0, 2),
      run("this === globalThis && globalThis.start === 1 && typeof globalThis.Array"),
      run("globalThis.byGlobal = 3; this.byThis = 4; byGlobal + byThis"),
      run("'use strict'; var strictly = 1; for (var i = 0; i < 3; i++) log.push(i); strictly"),
      run("if (true) { var deep = 1 } [deep, delete globalThis.byThis, typeof byThis]"),
      run("(() => { var local = 1; assignedInside = local + 1 })(); assignedInside"),
      run("[undefined, NaN, Infinity, isNaN('x'), JSON.stringify([1]), new Date(0).getTime()].join()"),
      run("[1, 2].map((x) => x * start)"),
      run("let declared; declared"),
      run("try { null.x } catch (error) { error instanceof TypeError }"),
    ];
    box.start = 100;
    return [seen, run("next()"), Object.keys(box), box.undeclared, box.v === undefined, "v" in box, box.strictly, box.deep, box.log, "hidden" in box, typeof globalThis.undeclared, vm.isContext(box), vm.isContext({}), tried(() => vm.runInContext("1", {})).slice(0, 2)];
  },
  "vm functions": (vm) => {
    const box = vm.createContext({ n: 2 });
    const late = tried(() => vm.runInNewContext("for (;;) {}", {}, { timeout: 30 }));
    return [late, vm.compileFunction("return a + b", ["a", "b"])(1, 2), vm.compileFunction("return a * n", ["a"], { parsingContext: box })(4), new vm.Script("n * 3", "file.js").runInContext(box), vm.runInNewContext("n + 1", { n: 1 }, { filename: "x.js", timeout: 1000 }), new vm.Script("globalThis.fromScript = 1").runInThisContext(), delete globalThis.fromScript];
  },
  readline: async (rl, require) => {
    const lines = [];
    for await (const line of rl.createInterface({ input: require("stream").Readable.from(["a\nb\r\nc", "d\n\ne"]) })) lines.push(line);
    return lines;
  },
  module: (m, require) => [m.isBuiltin("node:fs"), m.builtinModules.includes("fs"), m.createRequire("/tmp/x.js")("path").sep, typeof m._extensions, tried(() => m.createRequire("/tmp/x.js")("./none"))[1]],
  net: (net) => [net.isIP("1.2.3.4"), net.isIPv6("::1"), net.isIP("1.2.3"), net.isIPv6("fe80::1%eth0"), net.isIPv6("1:2:3:4:5:6:7"), net.isIPv4("256.1.1.1")],
  http: (http) => [http.STATUS_CODES[404], http.METHODS.includes("PATCH"), tried(() => http.validateHeaderName("a b")).slice(0, 2)],
  os: (os) => [os.EOL, os.platform(), os.endianness(), typeof os.hostname(), typeof os.totalmem(), os.tmpdir(), os.homedir(), os.cpus().length > 0, os.constants.signals.SIGINT, os.userInfo().username.length > 0, os.arch()],
  "console": (_, require) => {
    const lines = [];
    const { Console } = require("console");
    const { Writable } = require("stream");
    const out = new Console(new Writable({ write: (chunk, _, done) => (lines.push(String(chunk)), done()) }));
    out.log("a %s", { b: 1 });
    out.group("g");
    out.warn([1, 2]);
    out.groupEnd();
    out.table([{ a: 1, b: "x" }, { a: 2 }]);
    out.assert(false, "no %d", 5);
    out.count();
    out.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 });
    return lines;
  },
  punycode: (p) => [p.encode("ü"), p.toUnicode("xn--maana-pta.com")],
  "worker_threads": (w) => [w.isMainThread, w.parentPort, w.threadId],
  "tty": (t) => t.isatty(99),
  "util stacks": () => {
    const o = {};
    Error.captureStackTrace(o);
    return [typeof o.stack, typeof Error.stackTraceLimit];
  },
  "tty colours": ({ WriteStream: { prototype: tty } }) => [{}, { TERM: "xterm-256color" }, { COLORTERM: "truecolor", TERM: "x" }, { FORCE_COLOR: "3" }, { TERM: "dumb" }].map((env) => [tty.getColorDepth(env), tty.hasColors(256, env)]),
  "crypto keys of bits": (c) => [c.generateKeySync("aes", { length: 128 }).export().length, typeof c.generateKeyPair, typeof c.X509Certificate],
  "events call sites": () => {
    const before = Error.prepareStackTrace;
    Error.prepareStackTrace = (_, sites) => sites;
    const { stack } = new Error("x");
    Error.prepareStackTrace = before;
    return [stack[0].getFileName().split("/").pop(), stack[0].getLineNumber() > 1, typeof new Error("y").stack];
  },
  "net conversation": (net) =>
    new Promise((done) => {
      const said = [];
      const server = net.createServer((c) => c.end("hello"));
      server.listen(0, "127.0.0.1", () => {
        const c = net.connect(server.address().port, "127.0.0.1");
        for (const name of ["connect", "ready", "end", "close"]) c.on(name, (...args) => said.push([name, ...args]));
        c.on("data", (x) => said.push(["data", String(x)])).on("close", () => server.close(() => done([said, c.readyState, c.bytesRead, c.destroyed])));
      });
    }),
  "http conversation": (http) =>
    new Promise((done) => {
      const server = http.createServer((q, s) => s.writeHead(201, "Made", { "X-A": ["1", "2"] }).end(`${q.method} ${q.url}`));
      server.listen(0, "127.0.0.1", () => {
        const asked = http.request({ port: server.address().port, host: "127.0.0.1", path: "/x?y", method: "PUT", agent: false }, (r) => {
          const all = [r.statusCode, r.statusMessage, r.headers["x-a"], r.headers.connection, r.httpVersion];
          r.setEncoding("utf8").on("data", (x) => all.push(x)).on("end", () => server.close(() => done([all, asked.writableEnded, r.complete])));
        });
        asked.end("body");
      });
    }),
};
