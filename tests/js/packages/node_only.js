// What only node can do: native addons, processes, threads, watching files. In process each is a clear error.
module.exports = {
  "sharp@^0.33": (sharp) => sharp({ create: { width: 1, height: 1, channels: 3, background: "red" } }).png().toBuffer(),
  "better-sqlite3@^11": (D) => new D(":memory:").prepare("select 1 as x").get(),
  "execa@^9": ({ execa }) => execa("node", ["-v"]).then((x) => x.exitCode),
  "chokidar@^4": (c) => new Promise((done) => { const w = c.watch("."); w.on("ready", () => done(w.close() && 1)); w.on("error", (e) => done(String(e))); }),
  "simple-git@^3": async (git) => (await (git.default ?? git)().version()).installed,
  "esbuild-wasm@^0.25": async (e) => (await e.transform("let x: number = 1", { loader: "ts" })).code,
  "workerpool@^9": (w) => w.pool({ workerType: "thread" }).exec((a) => a + 1, [1]),
};
