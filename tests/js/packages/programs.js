// What programs are made of: flow, events, streams, files, arguments, logs, requests, servers without a socket.
module.exports = {
  "async@^3": (a) => a.mapLimit([1, 2, 3], 2, async (x) => x * 2),
  "bluebird@^3": (P) => P.map([1, 2, 3], (x) => P.delay(1).then(() => x * 2), { concurrency: 2 }).then((xs) => [xs, typeof P.promisify]),
  "p-limit@^6": async (p) => Promise.all([1, 2, 3].map((x) => (p.default ?? p)(2)(async () => x * 2))),
  "p-queue@^8": async (p) => {
    const queue = new (p.default ?? p)({ concurrency: 1 });
    const seen = [];
    for (const x of [1, 2, 3]) queue.add(() => seen.push(x));
    await queue.onIdle();
    return seen;
  },
  "p-map@^7": (p) => (p.default ?? p)([1, 2], async (x) => x + 1, { concurrency: 1 }),
  "eventemitter3@^5": (E) => {
    const seen = [];
    const e = new (E.EventEmitter ?? E)();
    e.once("a", (x) => seen.push(x));
    e.emit("a", 1);
    e.emit("a", 2);
    return seen;
  },
  "mitt@^3": (m) => {
    const seen = [];
    const e = (m.default ?? m)();
    e.on("*", (t, x) => seen.push([t, x]));
    e.emit("a", 1);
    return seen;
  },
  "lru-cache@^11": ({ LRUCache }) => {
    const c = new LRUCache({ max: 2, ttl: 1e6 });
    c.set("a", 1).set("b", 2).set("c", 3);
    return [c.has("a"), [...c.keys()]];
  },
  "debug@^4": (d) => [d("x").enabled, d.humanize(5000), typeof d.enable],
  "minimist@^1": (m) => m(["--a=1", "-bc", "x", "--no-d", "--", "y"]),
  "yargs@^17": (y) => y(["--n", "5", "go"]).option("n", { type: "number" }).help(false).version(false).parse()._,
  "yargs-parser@^21": (y) => y("--foo.bar 1 -abc --no-x"),
  "commander@^13": ({ Command }) => {
    const p = new Command("t").option("-n, --num <n>", "a number", Number).argument("<file>").exitOverride();
    p.parse(["-n", "5", "f"], { from: "user" });
    return [p.opts(), p.args, p.helpInformation()];
  },
  "cac@^6": (c) => (c.default ?? c)("t").parse(["node", "t", "--a", "1", "x"], { run: false }),
  "winston@^3": (w, require) => new Promise((done) => {
    const { Writable } = require("stream");
    const lines = [];
    const stream = new Writable({ write: (chunk, _, next) => (lines.push(String(chunk)), next()) });
    const log = w.createLogger({ format: w.format.combine(w.format.splat(), w.format.simple()), transports: [new w.transports.Stream({ stream })] });
    log.on("finish", () => setTimeout(() => done(lines), 10));
    log.warn("a %d", 5);
    log.end();
  }),
  "pino@^9": (pino, require) => {
    const lines = [];
    pino({ base: null, timestamp: false }, { write: (line) => lines.push(line) }).info({ a: 1 }, "hi %s", "x");
    return lines;
  },
  "rimraf@^6": async ({ rimraf }, require) => {
    const fs = require("fs");
    const folder = fs.mkdtempSync(require("path").join(require("os").tmpdir(), "rm-"));
    fs.mkdirSync(`${folder}/a/b`, { recursive: true });
    await rimraf(folder);
    return fs.existsSync(folder);
  },
  "glob@^11": async (g, require) => within(require, ["a/x.js", "a/b/y.js", "z.md"], async (folder) => [g.globSync("**/*.js", { cwd: folder }).sort(), (await g.glob("*", { cwd: folder })).sort()]),
  "fast-glob@^3": async (g, require) => within(require, ["a/x.js", "a/b/y.js", "z.md"], async (folder) => [g.sync("**/*.js", { cwd: folder }).sort(), (await g(["**", "!a/**"], { cwd: folder })).sort()]),
  "globby@^14": async (g, require) => within(require, ["a/x.js", ".gitignore", "z.md"], async (folder) => (await g.globby("**/*", { cwd: folder })).sort()),
  "fs-extra@^11": async (fse, require) => within(require, ["a/x.js"], async (folder) => {
    await fse.outputJson(`${folder}/q/w.json`, { a: 1 });
    await fse.copy(`${folder}/a`, `${folder}/c`);
    await fse.remove(`${folder}/a`);
    return [await fse.readJson(`${folder}/q/w.json`), await fse.pathExists(`${folder}/c/x.js`), fse.existsSync(`${folder}/a`)];
  }),
  "mkdirp@^3": async ({ mkdirp }, require) => within(require, [], async (folder) => (await mkdirp(`${folder}/a/b`)).endsWith("/a")),
  "tmp@^0.2": (tmp, require) => {
    const file = tmp.fileSync({ postfix: ".x" });
    const found = require("fs").existsSync(file.name);
    file.removeCallback();
    return [found, require("fs").existsSync(file.name), file.name.endsWith(".x")];
  },
  "tar@^7": async (tar, require) => within(require, ["a/x.js", "b.md"], async (folder) => {
    await tar.create({ gzip: true, file: `${folder}/t.tgz`, cwd: folder, portable: true }, ["a", "b.md"]);
    const names = [];
    await tar.list({ file: `${folder}/t.tgz`, onReadEntry: (e) => names.push(e.path) });
    return names.sort();
  }),
  "archiver@^7": (archiver, require) => new Promise((done, fail) => {
    const pieces = [];
    const zip = archiver("zip");
    zip.on("data", (piece) => pieces.push(piece)).on("end", () => done(Buffer.concat(pieces).subarray(0, 4).toString("hex"))).on("error", fail);
    zip.append("hello", { name: "a.txt" });
    zip.finalize();
  }),
  "through2@^4": (t, require) => gather(require("stream").Readable.from(["a", "b"]).pipe(t((chunk, _, next) => next(null, String(chunk).toUpperCase())))),
  "readable-stream@^4": (s) => gather(s.Readable.from(["x", "y"]).pipe(new s.PassThrough())),
  "bl@^6": (BufferList) => {
    const list = new (BufferList.BufferList ?? BufferList)(["abc", Buffer.from("def")]);
    return [list.length, list.slice(2, 5).toString(), list.indexOf("de")];
  },
  "concat-stream@^2": (concat, require) => new Promise((done) => require("stream").Readable.from([Buffer.from("a"), Buffer.from("b")]).pipe(concat((all) => done(String(all))))),
  "inherits@^2": (inherits) => {
    function A() {}
    function B() {}
    inherits(B, A);
    return [new B() instanceof A, B.super_ === A];
  },
  "once@^1": (once) => {
    let n = 0;
    const f = once(() => ++n);
    return [f(), f()];
  },
  "tslib@^2": (t) => [typeof t.__awaiter, t.__rest({ a: 1, b: 2 }, ["a"]), t.__spreadArray([1], [2], false)],
  "core-js@^3/actual/array/group-by": (groupBy) => groupBy([1, 2, 3], (x) => x % 2),
  "regenerator-runtime@^0.14": (r) => {
    const it = r.wrap((c) => { for (;;) switch (c.prev = c.next) { case 0: c.next = 2; return 1; case 2: return c.stop(); } });
    return [it.next(), it.next()];
  },
  "axios@^1": async (axios) => [axios.getUri({ url: "/a", params: { b: [1, 2], c: "x y" } }), (await axios.get("/x", { adapter: async (config) => ({ data: '{"q":1}', status: 200, headers: {}, config }), responseType: "json" })).data, axios.isAxiosError(new Error())],
  "node-fetch@^3": (f) => [new f.Headers({ A: "b" }).get("a"), new f.Request("http://a.b/c").url, new f.Response("x").status],
  "form-data@^4": (F) => {
    const form = new F();
    form.setBoundary("xyz");
    form.append("a", "1");
    return form.getBuffer().toString();
  },
  "nodemailer@^6": (n) => n.createTransport({ jsonTransport: true }).sendMail({ from: "a@b.c", to: "d@e.f", subject: "hi", text: "x" }).then((info) => JSON.parse(info.message).subject),
  "express@^5": (express) => {
    const router = express.Router();
    router.get("/a/:id", () => {});
    return [router.stack.length, typeof express.json(), router.stack[0].route.path];
  },
  "koa@^2": (Koa) => typeof new (Koa.default ?? Koa)().use(async () => {}).callback(),
  "knex@^3": (knex) => knex({ client: "pg" })("t").where("a", ">", 1).select("b").toSQL().sql,
  "eslint@^9": ({ Linter }) => new Linter().verify("var x = 1; if (x = 2) {}", { languageOptions: { ecmaVersion: 2022 }, rules: { "no-cond-assign": 2, "no-var": 1 } }).map((m) => [m.ruleId, m.line]),
};

async function gather(stream) {
  const pieces = [];
  for await (const piece of stream) pieces.push(String(piece));
  return pieces.join("");
}

async function within(require, names, act) {
  const fs = require("fs");
  const path = require("path");
  const folder = fs.mkdtempSync(path.join(require("os").tmpdir(), "in-"));
  for (const name of names) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), name);
  }
  try {
    return await act(folder);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
