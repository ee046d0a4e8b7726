// Text: case, colour, search, markup and templates.
module.exports = {
  "slugify@^1": (slugify) => slugify("Hello, Wörld & Co"),
  "chalk@^5": ({ Chalk }) => new Chalk({ level: 3 }).red.bold("x") + new Chalk({ level: 2 }).hex("#336699")("y"),
  "ansi-colors@^4": (c) => c.bold.red("x").length,
  "kleur@^4": (k) => (k.default ?? k).bold().green("x").length > 0,
  "picocolors@^1": (p) => p.createColors(true).bgRed("x"),
  "strip-ansi@^7": (s) => (s.default ?? s)("\u001b[1mx\u001b[0m"),
  "string-width@^7": (s) => [(s.default ?? s)("古é"), (s.default ?? s)("👩‍👩‍👦")],
  "wrap-ansi@^9": (w) => (w.default ?? w)("the quick brown fox", 10),
  "camelcase@^8": (c) => (c.default ?? c)("foo-bar_baz"),
  "change-case@^5": (c) => [c.snakeCase("fooBar"), c.pascalCase("foo bar")],
  "pluralize@^8": (p) => [p("mouse"), p("person", 3, true), p.singular("geese")],
  "leven@^4": (l) => (l.default ?? l)("kitten", "sitting"),
  "fuse.js@^7": (Fuse) => new (Fuse.default ?? Fuse)(["apple", "orange"], { includeScore: true }).search("aple"),
  "he@^1": (he) => [he.encode("<é>"), he.decode("&amp;&#x41;&nbsp;")],
  "entities@^6": (e) => [e.decodeHTML("&eacute;&lt;"), e.encodeXML("<ü>")],
  "escape-html@^1": (e) => e('<a href="x">'),
  "iconv-lite@^0.6": (i) => [i.encode("ü€", "win1252").toString("hex"), i.decode(Buffer.from([0x82, 0xa0]), "shift_jis"), i.encodingExists("gbk")],
  "diff@^8": (d) => [d.diffWords("a b c", "a x c"), d.createPatch("f", "a\nb\n", "a\nc\n")],
  "minimatch@^10": ({ minimatch }) => [minimatch("a/b/c.js", "**/*.js"), minimatch("x", "{y,z}")],
  "micromatch@^4": (m) => m(["a.js", "b.ts", "c/d.js"], ["**/*.js", "!c/**"]),
  "picomatch@^4": (p) => [p("*.{js,ts}")("a.ts"), p.makeRe("a/**").source],
  "path-to-regexp@^8": ({ match, compile }) => [match("/a/:id")("/a/5"), compile("/x/:y")({ y: "z" })],
  "cli-table3@^0.6": (Table) => {
    const table = new Table({ head: ["a", "b"], style: { head: [], border: [] } });
    table.push([1, "x"]);
    return table.toString();
  },
  "boxen@^8": (b) => (b.default ?? b)("hi", { padding: 1 }),
  "figlet@^1": (f) => (f.default ?? f).textSync("Hi"),
  "marked@^15": ({ marked }) => marked("# a\n\n| x | y |\n|---|---|\n| 1 | **2** |"),
  "markdown-it@^14": (M) => new (M.default ?? M)({ linkify: true, html: true }).render("**b** https://a.b\n\n1. x"),
  "showdown@^2": (s) => new s.Converter({ tables: true }).makeHtml("# a *b*"),
  "commonmark@^0.31": (c) => new c.HtmlRenderer().render(new c.Parser().parse("> a\n\n`b`")),
  "unified@^11": async ({ unified }, require) => String(await unified().use(require("remark-parse").default).use(require("remark-html").default).process("# *a*\n\n- b")),
  "turndown@^7": (T) => new (T.default ?? T)({ headingStyle: "atx" }).escape("*a* _b_ #"),
  "highlight.js@^11": (h) => [h.highlight("const x = `a`;", { language: "js" }).value, h.listLanguages().length > 100],
  "prismjs@^1": (p) => p.highlight("var a = 1;", p.languages.javascript, "javascript"),
  "katex@^0.16": (k) => (k.default ?? k).renderToString("c = \\sqrt{a^2}"),
  "handlebars@^4": (H) => H.compile("{{#each xs}}<b>{{this}}</b>{{/each}}{{{y}}}")({ xs: ["<", 2], y: "<i>" }),
  "mustache@^4": (M) => M.render("{{#xs}}{{.}},{{/xs}}{{^no}}none{{/no}}", { xs: [1, 2] }),
  "ejs@^3": (ejs) => ejs.render("<% for (const x of xs) { %><%= x %>;<% } %>", { xs: ["<", 2] }),
  "nunjucks@^3": (n) => n.renderString("{% for x in xs %}{{ x | upper }}{% endfor %}", { xs: ["a", "b"] }),
  "pug@^3": (pug) => pug.render("ul\n  each x in xs\n    li.a(id=x)= x", { xs: [1, 2] }),
  "liquidjs@^10": ({ Liquid }) => new Liquid().parseAndRender("{% for x in xs %}{{ x | upcase }}{% endfor %}", { xs: ["a"] }),
  "eta@^3": ({ Eta }) => new Eta().renderString("<% it.xs.forEach(x => { %><%= x %><% }) %>", { xs: [1, "<"] }),
  "lunr@^2": (lunr) => {
    const index = lunr(function () {
      this.ref("id");
      this.field("t");
      this.add({ id: 1, t: "hello world" });
    });
    return index.search("world").map((x) => x.ref);
  },
  "flexsearch@^0.7": (F) => {
    const index = new F.Index();
    index.add(1, "hello world");
    return index.search("world");
  },
  "minisearch@^7": (M) => {
    const index = new (M.default ?? M)({ fields: ["t"] });
    index.addAll([{ id: 1, t: "hello world" }]);
    return index.search("wrld", { fuzzy: 0.3 })[0].id;
  },
  "compromise@^14": (nlp) => (nlp.default ?? nlp)("she sells seashells").verbs().toPastTense().all().text(),
  "i18next@^24": async (i) => {
    const t = await i.createInstance().init({ lng: "en", resources: { en: { translation: { hi: "hi {{name}}", n_one: "one", n_other: "{{count}}" } } } });
    return [t("hi", { name: "x" }), t("n", { count: 1 }), t("n", { count: 5 })];
  },
  "intl-messageformat@^10": ({ IntlMessageFormat }) => new IntlMessageFormat("{n, plural, one {# item} other {# items}}", "en").format({ n: 3 }),
  "classnames@^2": (c) => c("a", { b: true, c: false }, ["d"]),
  "clsx@^2": (c) => (c.clsx ?? c)("a", { b: 1 }),
  "sanitize-html@^2": (s) => s('<b onclick="x">a</b><script>b</script>'),
  "xss@^1": (xss) => xss('<a href="javascript:x" title="t">a</a><script>'),
  "punycode@^2": (p) => [p.toASCII("mañana.com"), p.decode("maana-pta")],
};
