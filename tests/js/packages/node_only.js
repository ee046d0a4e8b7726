// What only node can do: native addons, sockets, processes, threads. In process each is a clear error.
module.exports = {
  "sharp@^0.33": (sharp) => sharp({ create: { width: 1, height: 1, channels: 3, background: "red" } }).png().toBuffer(),
  "better-sqlite3@^11": (D) => new D(":memory:").prepare("select 1 as x").get(),
  "ws@^8": ({ WebSocketServer }) => new Promise((done) => { const s = new WebSocketServer({ port: 0 }, () => done(s.close() ?? 1)); }),
  "execa@^9": ({ execa }) => execa("node", ["-v"]).then((x) => x.exitCode),
  "chokidar@^4": (c) => new Promise((done) => { const w = c.watch("."); w.on("ready", () => done(w.close() && 1)); w.on("error", (e) => done(String(e))); }),
  "fastify@^5": async (f) => (await f().get("/", async () => ({ a: 1 })).inject("/")).json(),
};
