// Formats: parsers and writers, text and binary.
module.exports = {
  "yaml@^2": (Y) => [Y.parse("a: [1, {b: c}]\nd: &x 1\ne: *x"), Y.stringify({ a: [1, "x: y"], b: null })],
  "js-yaml@^4": (Y) => [Y.load("a: 2020-01-01\nb: !!binary aGk="), Y.dump({ a: [1], b: "x\ny" })],
  "ini@^5": (ini) => [ini.parse("[a]\nb=1\nc[]=x"), ini.stringify({ a: { b: 1 } })],
  "@iarna/toml@^2": (t) => [t.parse("a=1\n[b]\nc=[1.5]"), t.stringify({ a: { b: 1 } })],
  "smol-toml@^1": (t) => t.parse("a = 1979-05-27T07:32:00Z\nb = {c = 'x'}"),
  "json5@^2": (J) => (J.default ?? J).parse("{a: +1, /* c */ b: 'x',}"),
  "papaparse@^5": (P) => [P.parse("a,b\n1,\"x,y\"\n", { header: true, dynamicTyping: true }).data, P.unparse([{ a: 1, b: 'q"' }])],
  "csv-parse@^5": (_, require) => require("csv-parse/sync").parse("a;b\n1;2", { columns: true, delimiter: ";" }),
  "csv-stringify@^6": (c) => new Promise((done, fail) => c.stringify([[1, "x,y"], [null, true]], (error, out) => (error ? fail(error) : done(out)))),
  "fast-xml-parser@^4": ({ XMLParser, XMLBuilder }) => [new XMLParser({ ignoreAttributes: false }).parse('<a x="1"><b>2</b><b>3</b></a>'), new XMLBuilder().build({ a: { b: [1, 2] } })],
  "xml2js@^0.6": async (x) => [await x.parseStringPromise('<a x="1"><b>2</b></a>'), new x.Builder({ headless: true }).buildObject({ a: { $: { x: 1 }, b: 2 } })],
  "sax@^1": (sax) => {
    const names = [];
    const parser = sax.parser(true);
    parser.onopentag = ({ name }) => names.push(name);
    parser.write("<a><b/>t</a>").close();
    return names;
  },
  "cheerio@^1": (c) => {
    const $ = c.load("<ul><li class=a>1</li><li>2</li></ul>");
    $("li.a").text("x").after("<li>y</li>");
    return [$("li").map((_, e) => $(e).text()).get(), $.html()];
  },
  "parse5@^7": (p) => p.serialize(p.parse("<p>a<p>b<table><td>c")),
  "htmlparser2@^10": (h) => h.parseDocument("<a x=1>b</a>").children[0].attribs,
  "node-html-parser@^7": (n) => n.parse("<div><p class=a>x</p></div>").querySelector(".a").outerHTML,
  "acorn@^8": (a) => a.parse("let x = async () => a?.b ?? 1n", { ecmaVersion: "latest" }).body[0].type,
  "esprima@^4": (e) => e.tokenize("let x = /a/g").map((t) => t.type),
  "escodegen@^2": (g, require) => g.generate(require("esprima").parseScript("const f = (x) => { return x + 1 }")),
  "esquery@^1": (q, require) => (q.default ?? q)(require("acorn").parse("f(1); g(2)", { ecmaVersion: 2020 }), "CallExpression > Literal").map((n) => n.value),
  "@babel/parser@^7": (p) => p.parse("let x: number = 1", { plugins: ["typescript"] }).program.body[0].type,
  "@babel/core@^7": async (b, require) => (await b.transformAsync("const f = (x) => x ?? a?.b; class A { #x = 1 }", { presets: [[require.resolve("@babel/preset-env"), { targets: "ie 11" }]], configFile: false, babelrc: false })).code,
  "typescript@^5": (ts) => [ts.transpile("let x: number = 1; enum E { A }"), ts.version.startsWith("5")],
  "prettier@^3": (p) => p.format("const a={b:1,c:[1,2]};foo( )", { parser: "babel" }),
  "terser@^5": async (t) => (await t.minify("function f(longName) { return longName + 1 + 2 }")).code,
  "uglify-js@^3": (u) => u.minify("function f(longName) { return longName + 1 + 2 }").code,
  "postcss@^8": (p, require) => p([require("autoprefixer")({ overrideBrowserslist: ["chrome 20"] })]).process("a { user-select: none; display: flex }", { from: undefined }).css,
  "sass@^1": (s) => s.compileString("$x: 2px; a { b { width: $x * 2; } }").css,
  "less@^4": async (l) => (await l.render("@x: 2px; a { b { width: (@x * 2); } }")).css,
  "clean-css@^5": (C) => new C().minify("a { color: #ff0000; } b { }").styles,
  "graphql@^16": (g) => g.graphql({ schema: g.buildSchema("type Query { hi(n: Int!): String }"), source: "{ hi(n: 2) }", rootValue: { hi: ({ n }) => "hi".repeat(n) } }),
  "peggy@^4": (p) => p.generate("s = x:[0-9]+ { return +x.join('') }").parse("42"),
  "nearley@^2": (n) => {
    const id = (d) => d[0];
    const grammar = { Lexer: undefined, ParserRules: [{ name: "s", symbols: [/[a-z]/], postprocess: id }], ParserStart: "s" };
    const parser = new n.Parser(n.Grammar.fromCompiled(grammar));
    return parser.feed("q").results;
  },
  "chevrotain@^11": ({ createToken, Lexer }) => new Lexer([createToken({ name: "N", pattern: /\d+/ }), createToken({ name: "W", pattern: /\s+/, group: Lexer.SKIPPED })]).tokenize("1 22").tokens.map((t) => t.image),
  "jsonpath-plus@^10": ({ JSONPath }) => JSONPath({ path: "$..b[?(@.c>1)]", json: { a: { b: [{ c: 1 }, { c: 2 }] } } }),
  "jmespath@^0.16": (j) => j.search({ a: [{ b: 1 }, { b: 2 }] }, "a[?b > `1`].b"),
  "qs@^6": (qs) => [qs.parse("a[b]=1&c[]=2&c[]=3"), qs.stringify({ a: { b: [1, 2] } })],
  "query-string@^9": (q) => (q.default ?? q).stringify({ b: [1, 2], a: "x y" }),
  "url-parse@^1": (U) => new U("https://u:p@a.b:81/c?d=1#e", true).query,
  "normalize-url@^8": (n) => (n.default ?? n)("HTTP://www.Example.com:80/a/../b?z=1&a=2"),
  "protobufjs@^7": (p) => {
    const { root } = p.parse('syntax = "proto3"; message A { int32 x = 1; repeated string s = 2; }');
    const A = root.lookupType("A");
    return [Buffer.from(A.encode({ x: 5, s: ["a"] }).finish()).toString("hex"), A.decode(A.encode({ x: 7 }).finish())];
  },
  "@msgpack/msgpack@^3": (m) => [Buffer.from(m.encode({ a: [1, -1.5, null, "é"] })).toString("hex"), m.decode(m.encode({ x: new Uint8Array([1]) })).x.length],
  "bson@^6": (b) => [Buffer.from(b.serialize({ a: 1, b: [true] })).toString("hex"), b.deserialize(b.serialize({ d: new Date(0), l: b.Long.fromNumber(5) }))],
  "flatted@^3": (f) => {
    const a = { x: [] };
    a.x.push(a);
    return f.stringify(a);
  },
  "superjson@^2": (s) => (s.default ?? s).stringify({ d: new Date(0), s: new Set([1]), u: undefined, n: 1n }),
  "safe-stable-stringify@^2": (s) => s({ b: 1, a: [1n, undefined] }),
  "fast-json-stable-stringify@^2": (s) => s({ b: 1, a: 2 }),
  "dotenv@^16": (d) => d.parse("A=1\nB='x y'\n# c\nC=\"a\\nb\""),
  "content-type@^1": (c) => c.parse("text/html; charset=utf-8"),
  "cookie@^1": (c) => [c.parse("a=1; b=x%20y"), c.serialize("a", "b c", { maxAge: 5, httpOnly: true })],
  "tough-cookie@^5": async ({ CookieJar }) => {
    const jar = new CookieJar();
    await jar.setCookie("a=1; Path=/x", "https://a.com/x");
    return [await jar.getCookieString("https://a.com/x/y"), await jar.getCookieString("https://a.com/")];
  },
  "mime@^4": (m) => (m.default ?? m).getType("a.json"),
  "mime-types@^2": (m) => [m.lookup("a.html"), m.contentType("x.md")],
  "pako@^2": (p) => p.inflate(p.gzip("hello".repeat(50)), { to: "string" }).length,
  "fflate@^0.8": (f) => [f.strFromU8(f.unzipSync(f.zipSync({ "a.txt": f.strToU8("hi") }))["a.txt"]), f.gunzipSync(f.gzipSync(new Uint8Array(99))).length],
  "jszip@^3": async (J) => {
    const zip = new J();
    zip.file("a/b.txt", "hello");
    const again = await J.loadAsync(await zip.generateAsync({ type: "uint8array", compression: "DEFLATE" }));
    return again.file("a/b.txt").async("string");
  },
  "adm-zip@^0.5": (Z) => {
    const zip = new Z();
    zip.addFile("a.txt", Buffer.from("hi".repeat(100)));
    return new Z(zip.toBuffer()).readAsText("a.txt").length;
  },
  "pngjs@^7": ({ PNG }) => {
    const png = new PNG({ width: 2, height: 2 });
    png.data.fill(200);
    return [...PNG.sync.read(PNG.sync.write(png)).data];
  },
  "jpeg-js@^0.4": (j) => j.decode(j.encode({ data: Buffer.alloc(16 * 16 * 4, 128), width: 16, height: 16 }, 50).data).width,
  "qrcode@^1": async (q) => [(await q.toString("hi", { type: "svg" })).length, (await q.toDataURL("hi")).slice(0, 30)],
  "pdf-lib@^1": async ({ PDFDocument }) => {
    const doc = await PDFDocument.create();
    doc.addPage([100, 100]).drawText("hi");
    return (await PDFDocument.load(await doc.save())).getPageCount();
  },
  "pdfkit@^0.16": (P) => new Promise((done) => {
    const doc = new (P.default ?? P)({ info: { CreationDate: new Date(0) } });
    const pieces = [];
    doc.on("data", (piece) => pieces.push(piece)).on("end", () => done(Buffer.concat(pieces).subarray(0, 8).toString()));
    doc.text("hello").end();
  }),
  "xlsx@^0.18": (X) => {
    const book = X.utils.book_new();
    X.utils.book_append_sheet(book, X.utils.aoa_to_sheet([["a", "b"], [1, new Date(0)]]), "s");
    return X.utils.sheet_to_json(X.read(X.write(book, { type: "buffer", bookType: "xlsx" })).Sheets.s);
  },
  "exceljs@^4": async (E) => {
    const book = new (E.default ?? E).Workbook();
    book.addWorksheet("s").addRow([1, "x"]);
    const again = new (E.default ?? E).Workbook();
    await again.xlsx.load(await book.xlsx.writeBuffer());
    return again.getWorksheet("s").getRow(1).values;
  },
  "sql.js@^1": async (init) => {
    const SQL = await init();
    const db = new SQL.Database();
    db.run("create table t (a int); insert into t values (1), (2)");
    return db.exec("select sum(a) as s from t");
  },
};
