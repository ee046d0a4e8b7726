"""Crates of the registry of many kinds, each with a call and its answer; `m` is the module."""

from __future__ import annotations

from typing import NamedTuple


class Call(NamedTuple):
    """A crate as a spec, an expression of Python's, and what it gives."""

    spec: str
    text: str
    answer: object


CALLS = [
    # text
    Call("regex", "m.Regex(r'(\\w+)@(\\w+)').replace_all('a@b c@d', '$2')", "b d"),
    Call("aho-corasick", "m.AhoCorasick.new([b'ab', b'c']).find('xxc').start()", 2),
    Call("memchr", "m.memchr(ord('l'), b'hello')", 2),
    Call("heck", "m.ToSnakeCase.to_snake_case('helloWorld')", "hello_world"),
    Call("textwrap", "m.wrap('a few words here', 6)", ["a few", "words", "here"]),
    Call("unicode-width", "m.UnicodeWidthStr.width('文字')", 4),
    Call(
        "unicode-segmentation",
        "list(m.UnicodeSegmentation.unicode_words('The (\"brown\") fox'))",
        ["The", "brown", "fox"],
    ),
    Call("similar", "m.TextDiff.from_lines('a\\nb\\n', 'a\\nc\\n').ratio()", 0.5),
    Call(
        "whatlang",
        "m.detect_lang('There is no reason not to learn Esperanto.').eng_name()",
        "English",
    ),
    Call(
        "scraper",
        "[''.join(e.text()) for e in m.Html.parse_fragment('<li>a<li>b')"
        ".select(m.Selector.parse('li'))]",
        ["a", "b"],
    ),
    Call("strsim", "m.levenshtein('kitten', 'sitting')", 3),
    Call("percent-encoding", "m.percent_decode_str('a%20b').decode_utf8()", "a b"),
    Call("roman", "m.to(1990)", "MCMXC"),
    Call("globset", "m.Glob.new('*.rs').compile_matcher().is_match('a.rs')", True),
    Call("pulldown-cmark", "len(list(m.Parser.new('# a *b*')))", 6),
    Call("semver", "m.Version.parse('1.2.3') < m.Version.parse('1.10.0')", True),
    Call("unicode-ident", "m.is_xid_start('a')", True),
    Call("deunicode", "m.deunicode('Æneid')", "AEneid"),
    Call("slug", "m.slugify('Hello World')", "hello-world"),
    Call(
        "fuzzy-matcher",
        "m.skim.SkimMatcherV2.default().fuzzy_match('axbyc', 'abc') > 0",
        True,
    ),
    Call("shell-words", "m.split('a \\'b c\\'')", ["a", "b c"]),
    Call("wildmatch", "m.WildMatch('a*c').matches('abc')", True),
    Call("html-escape", "m.encode_text('a<b')", "a&lt;b"),
    Call("htmlescape", "m.encode_minimal('a<b')", "a&lt;b"),
    Call("ammonia", "m.clean('<b>x<script>y</script></b>')", "<b>x</b>"),
    Call("comrak", "m.markdown_to_html('*a*', m.Options.default())", "<p><em>a</em></p>\n"),
    # data
    Call("serde_json", "m.from_str('[1, {\"a\": null}]')", [1, {"a": None}]),
    Call("csv", "[r.get(1) for r in m.Reader.from_reader(b'a,b\\n1,2\\n').records()]", ["2"]),
    Call("toml", "m.from_str('a = 1')", {"a": 1}),
    Call("serde_yaml", "m.from_str('a: [1, 2]')", {"a": [1, 2]}),
    Call("ron", "m.from_str('(1, 2)')", [1, 2]),
    Call("json5", "m.from_str('{a: 1}')", {"a": 1}),
    Call("bincode@1", "m.serialize([1.5])[:1]", b"\x01"),
    Call("rmp-serde", "m.to_vec([1, 2])", b"\x92\x01\x02"),
    Call("serde_urlencoded", "m.to_string({'a': 1})", "a=1"),
    Call("base64", "m.encode(b'hi')", "aGk="),
    Call("hex", "m.encode(b'hi')", "6869"),
    Call("base32", "m.encode(m.Alphabet.Crockford(), b'a')", "C4"),
    Call("bs58", "m.encode(b'hi').into_string()", "8wr"),
    Call("data-encoding", "m.BASE64.encode(b'hi')", "aGk="),
    Call("leb128", "m.read.unsigned(b'\\xe5\\x8e\\x26')", 624485),
    Call("roxmltree", "m.Document.parse('<a><b/></a>').root_element().tag_name().name()", "a"),
    Call("quick-xml", "m.escape.escape('a<b')", "a&lt;b"),
    # time and names
    Call("chrono", "str(m.NaiveDate.from_ymd_opt(2024, 2, 29).succ_opt())", "2024-03-01"),
    Call("time", "str(m.Date.from_ordinal_date(2024, 60))", "2024-02-29"),
    Call("humantime", "str(m.format_duration(3661))", "1h 1m 1s"),
    Call(
        "uuid[v4,v5]",
        "str(m.Uuid.parse_str('67E55044-10B1-426F-9247-BB680E5FE0C8'))[:8]",
        "67e55044",
    ),
    Call("url", "m.Url.parse('https://a.b/c?d=1').query()", "d=1"),
    Call("mime", "str(m.TEXT_PLAIN)", "text/plain"),
    Call("mime_guess", "m.from_path('a.png').first_raw()", "image/png"),
    Call("http", "m.StatusCode.from_u16(404).canonical_reason()", "Not Found"),
    Call("ulid", "len(str(m.Ulid.generate()))", 26),
    Call("nanoid", "len(m.format(m.rngs.default, list('ab'), 5))", 5),
    Call("petname", "m.petname(2, '-').count('-')", 1),
    # numbers
    Call("num-bigint", "str(m.BigInt.from_str('9' * 30) + m.BigInt.from_str('1'))", "1" + "0" * 30),
    Call("num-rational", "str(m.Ratio.new(2, 4) + m.Ratio.new(1, 4))", "3/4"),
    Call("num-complex", "m.Complex(3.0, 4.0).norm()", 5.0),
    Call("num-integer", "m.gcd(12, 18)", 6),
    Call("rust_decimal", "str(m.Decimal.from_str('0.1') + m.Decimal.from_str('0.2'))", "0.3"),
    Call("ordered-float", "m.OrderedFloat(1.5) < m.OrderedFloat(2.5)", True),
    Call("itoa", "m.Buffer.new().format(128)", "128"),
    Call("ryu", "m.Buffer.new().format(1.5)", "1.5"),
    Call("fastrand", "m.Rng.with_seed(7).u8(range(3, 4))", 3),
    Call("rand", "0 <= m.random() < 1", True),
    Call("statrs", "round(m.function.gamma.gamma(5.0), 9)", 24.0),
    Call("libm", "m.cbrt(27.0)", 3.0),
    Call("primal", "m.is_prime(97)", True),
    Call("geo", "m.Point.new(3.0, 4.0).x()", 3.0),
    Call("nalgebra", "m.Vector3.new(1.0, 2.0, 2.0).norm()", 3.0),
    Call("ndarray", "m.Array1.from_vec([1.0, 2.0]).sum()", 3.0),
    # containers and algorithms
    Call("indexmap", "list(m.IndexMap.from_iter([('b', 1), ('a', 2)]).keys())", ["b", "a"]),
    Call("petgraph", "(lambda g: (g.add_node('a'), g.node_count())[1])(m.Graph.new())", 1),
    Call("smallvec", "m.SmallVec.from_vec([1, 2]).len()", 2),
    Call("bytes", "m.Bytes.copy_from_slice(b'abc').len()", 3),
    Call("bit-set", "(lambda s: (s.insert(3), s.contains(3))[1])(m.BitSet.new())", True),
    Call("fixedbitset", "m.FixedBitSet.with_capacity(9).len()", 9),
    Call("fst", "m.Map.from_iter([('a', 1), ('b', 2)]).get('b')", 2),
    Call(
        "roaring", "list(m.RoaringBitmap.from_iter([1, 2]) & m.RoaringBitmap.from_iter([2]))", [2]
    ),
    Call(
        "rstar",
        "m.RTree.bulk_load([(0.0, 0.0), (3.0, 4.0)]).nearest_neighbor((3.0, 3.0))",
        (3.0, 4.0),
    ),
    Call("slab", "(lambda s: s.insert('x'))(m.Slab.new())", 0),
    Call("lru", "(lambda c: (c.put('a', 1), c.get('a'))[1])(m.LruCache.new(2))", 1),
    Call(
        "priority-queue",
        "(lambda q: (q.push('a', 1), q.push('b', 2), q.pop())[2])(m.PriorityQueue())",
        ("b", 2),
    ),
    Call("pathfinding", "m.prelude.dfs(1, lambda n: [n + 1], lambda n: n == 4)", [1, 2, 3, 4]),
    Call("itertools", "list(m.Itertools.sorted([3, 1, 2]))", [1, 2, 3]),
    Call("rayon", "m.current_num_threads() >= 1", True),
    Call("either", "m.Either.Left(1).left()", 1),
    Call("typed-arena", "(lambda a: (a.alloc(7), a.len())[1])(m.Arena.new())", 1),
    # hashes and packing
    Call("sha2", "bytes(m.Sha256.digest(b'abc'))[:2].hex()", "ba78"),
    Call("md5", "m.compute(b'abc')._0[:2].hex()", "9001"),
    Call("blake3", "str(m.hash(b'abc'))[:4]", "6437"),
    Call("crc32fast", "m.hash(b'abc')", 891568578),
    Call("adler2", "m.adler32_slice(b'abc')", 38600999),
    Call("xxhash-rust[xxh3]", "m.xxh3.xxh3_64(b'abc')", 8696274497037089104),
    Call("seahash", "m.hash(b'to be or not to be')", 1988685042348123509),
    Call("siphasher", "m.sip.SipHasher.new().hash(b'') != 0", True),
    Call(
        "flate2",
        "(lambda r, c: r.GzDecoder.new(r.GzEncoder.new(b'abc', c.fast()).read_to_end())"
        ".read_to_string())(m.read, m.Compression)",
        "abc",
    ),
    Call("zstd", "m.decode_all(m.encode_all(b'abc' * 9, 3))", b"abc" * 9),
    Call("lz4_flex", "m.decompress_size_prepended(m.compress_prepend_size(b'abc'))", b"abc"),
    Call(
        "snap",
        "m.raw.Decoder.new().decompress_vec(m.raw.Encoder.new().compress_vec(b'abc'))",
        b"abc",
    ),
    Call(
        "brotli",
        "m.Decompressor.new(m.CompressorReader.new(b'abc' * 9, 4096, 5, 20), 4096).read_to_end()",
        b"abc" * 9,
    ),
    # files, pictures, search
    Call("walkdir", "type(next(iter(m.WalkDir.new('/'))).path()).__name__", "str"),
    Call("same-file", "m.is_same_file('/', '/tmp/..')", True),
    Call("lopdf", "m.Document.with_version('1.5').add_object(m.Object.Integer(3))", (1, 0)),
    Call("tempfile", "(lambda f: (f.write(b'ab'), f.seek(0), f.read())[2])(m.tempfile())", b"ab"),
    Call("image", "m.RgbImage.new(2, 3).dimensions()", (2, 3)),
    Call("qrcode", "m.QrCode.new(b'a').width()", 21),
    Call("syntect", "len(m.parsing.SyntaxSet.load_defaults_newlines().syntaxes()) > 50", True),
    Call("tantivy", "m.schema.Schema.builder().build().num_fields()", 0),
    Call("tree-sitter", "type(m.Parser.new()).__name__", "Parser"),
    Call("which", "m.which('sh')[-2:]", "sh"),
    Call("dirs", "m.home_dir() is None or m.home_dir().startswith('/')", True),
    Call("hostname", "isinstance(m.get(), str)", True),
    Call("ipnet", "m.IpNet.from_str('10.0.0.0/8').prefix_len()", 8),
    Call("evalexpr", "m.eval_int('1 + 2')", 3),
    Call("meval", "m.eval_str('1 + 2')", 3.0),
    Call("rhai", "type(m.Engine.new()).__name__", "Engine"),
    Call("phonenumber", "m.parse(None, '+16502530000').is_valid()", True),
    Call("colored", "'31' in m.Color.from_str('red').to_fg_str()", True),
    Call("palette", "round(m.Srgb.new(1.0, 0.5, 0.0).into_linear().green, 4)", 0.214),
    Call("handlebars", "m.Handlebars.new().render_template('{{a}}', {'a': 'x'})", "x"),
    Call("tera", "m.Tera.one_off('{{ 1 + 1 }}', m.Context.new(), False)", "2"),
    Call(
        "minijinja",
        "m.Environment.new().render_str('{{ 1 + a }}',"
        " m.Value.from_pairs([(m.Value.from_str('a'), m.Value.from_u64(1))]))",
        "2",
    ),
]
