// Identifiers, hashes, ciphers, dates, comparisons and validation.
module.exports = {
  "uuid@^11": (u) => [u.validate(u.v4()), u.v5("hello", u.v5.DNS), u.v3("x", u.v3.URL), u.version(u.v7())],
  "nanoid@^5": (n) => [n.nanoid().length, n.customAlphabet("ab", 5)().length],
  "ulid@^2": (u) => [u.ulid(0).slice(0, 10), u.decodeTime(u.ulid(1e12))],
  "@paralleldrive/cuid2@^2": (c) => [c.isCuid(c.createId()), c.createId().length],
  "object-hash@^3": (hash) => [hash({ a: [1, "x"] }), hash.MD5(new Set([1]))],
  "hash-sum@^2": (sum) => sum({ a: [1, { b: 2 }] }),
  "crypto-js@^4": (C) => [C.SHA256("x").toString(), C.AES.decrypt(C.AES.encrypt("hi", "key"), "key").toString(C.enc.Utf8), C.HmacSHA1("a", "b").toString()],
  "tweetnacl@^1": (nacl) => {
    const pair = nacl.sign.keyPair.fromSeed(new Uint8Array(32));
    return [Buffer.from(pair.publicKey).toString("hex"), nacl.sign.detached.verify(new Uint8Array(3), nacl.sign.detached(new Uint8Array(3), pair.secretKey), pair.publicKey), nacl.randomBytes(5).length];
  },
  "bcryptjs@^3": async (b) => [b.hashSync("x", "$2a$04$abcdefghijklmnopqrstuu"), await b.compare("x", b.hashSync("x", 4))],
  "@noble/hashes@^1/sha3": (sha3, require) => [Buffer.from(sha3.keccak_256("x")).toString("hex"), Buffer.from(require("@noble/hashes/blake3").blake3("x")).toString("hex")],
  "@noble/curves@^1/secp256k1": ({ secp256k1 }) => {
    const key = new Uint8Array(32).fill(7);
    return [Buffer.from(secp256k1.getPublicKey(key)).toString("hex"), secp256k1.verify(secp256k1.sign(key, key), key, secp256k1.getPublicKey(key))];
  },
  "md5@^2": (md5) => md5("hello"),
  "sha.js@^2": (sha) => sha("sha384").update("x").digest("hex"),
  "jsonwebtoken@^9": (jwt) => {
    const token = jwt.sign({ a: 1, iat: 1 }, "secret", { algorithm: "HS512" });
    let failed;
    try {
      jwt.verify(token, "other");
    } catch (error) {
      failed = [error.name, error.message];
    }
    return [token, jwt.verify(token, "secret"), failed];
  },
  "jose@^6": async (jose) => {
    const key = new TextEncoder().encode("a secret of at least thirty-two bytes");
    const token = await new jose.SignJWT({ a: 1 }).setProtectedHeader({ alg: "HS256" }).sign(key);
    return [token, (await jose.jwtVerify(token, key)).payload];
  },
  "elliptic@^6": ({ ec: EC }) => {
    const key = new EC("secp256k1").keyFromPrivate("07".repeat(32));
    return [key.getPublic("hex"), key.verify("aa", key.sign("aa"))];
  },
  "node-forge@^1": (forge) => [forge.md.sha512.create().update("x").digest().toHex(), forge.util.encode64("hi"), forge.random.getBytesSync(4).length],
  "date-fns@^4": (d) => [d.format(d.addDays(new Date(2024, 1, 28), 2), "yyyy-MM-dd EEEE"), d.formatDistance(0, 9e7), d.parseISO("2020-02-30").toString()],
  "dayjs@^1": (dayjs, require) => {
    dayjs.extend(require("dayjs/plugin/utc"));
    dayjs.extend(require("dayjs/plugin/relativeTime"));
    return [dayjs.utc("2024-02-28").add(2, "day").format("YYYY-MM-DD dddd"), dayjs(0).from(dayjs(1e9))];
  },
  "moment@^2": (m) => [m.utc(0).format("LLLL"), m.duration(1e7).humanize(), m("nope", "YYYY").isValid()],
  "moment-timezone@^0.5": (m) => m.tz(0, "America/New_York").format(),
  "luxon@^3": ({ DateTime, Duration }) => [DateTime.fromISO("2024-02-28T00:00Z").setZone("UTC+2").plus({ days: 2 }).toISO(), Duration.fromMillis(1e7).toFormat("hh:mm:ss")],
  "ms@^2": (ms) => [ms("2 days"), ms(60000, { long: true })],
  "cron-parser@^5": ({ CronExpressionParser: C }) => C.parse("*/5 * * * *", { currentDate: new Date(0), tz: "UTC" }).next().toISOString(),
  "rrule@^2": ({ RRule }) => new RRule({ freq: RRule.WEEKLY, count: 3, dtstart: new Date(0) }).all(),
  "chrono-node@^2": (chrono) => chrono.parseDate("tomorrow at 5pm", new Date(2024, 0, 1))?.toISOString(),
  "humanize-duration@^3": (h) => h(3661000),
  "@js-temporal/polyfill@^0.5": ({ Temporal }) => Temporal.PlainDate.from("2024-01-31").add({ months: 1 }).toString(),
  "semver@^7": (s) => [s.inc("1.2.3", "minor"), s.satisfies("1.5.0", "^1.2"), s.sort(["2.0.0", "1.0.0-a"])],
  "fast-deep-equal@^3": (eq) => [eq({ a: [1] }, { a: [1] }), eq(new Date(0), new Date(1))],
  "deep-equal@^2": (eq) => [eq(new Map([[1, { a: 1 }]]), new Map([[1, { a: 1 }]])), eq([1], [2])],
  "deepmerge@^4": (merge) => merge({ a: [1], b: { c: 1 } }, { a: [2], b: { d: 2 } }),
  "validator@^13": (v) => [v.isEmail("a@b.co"), v.isIBAN("DE89370400440532013000"), v.escape("<a>")],
  "email-validator@^2": (v) => [v.validate("a@b.co"), v.validate("a@")],
  "libphonenumber-js@^1": (p) => p.parsePhoneNumber("+49 30 901820").formatInternational(),
  "ajv@^8": (Ajv, require) => {
    const ajv = new (Ajv.default ?? Ajv)({ allErrors: true });
    require("ajv-formats")(ajv);
    const check = ajv.compile({ type: "object", properties: { a: { type: "number" }, d: { format: "date" } }, required: ["b"] });
    return [check({ a: "x", d: "no" }), check.errors];
  },
  "zod@^3": ({ z }) => z.object({ a: z.string().email(), b: z.number().int() }).safeParse({ a: "x", b: 1.5 }).error.issues,
  "joi@^17": (Joi) => Joi.object({ a: Joi.string().email().required() }).validate({ a: "x" }).error.message,
  "yup@^1": (yup) => yup.object({ a: yup.number().required() }).validate({ a: "x" }).catch((e) => e.errors),
  "valibot@^1": (v) => v.safeParse(v.object({ a: v.string() }), { a: 1 }).issues[0].message,
  "superstruct@^2": (s) => s.validate({ a: 1 }, s.object({ a: s.string() }))[0].message,
  "class-validator@^0.14": async (cv) => {
    class A {}
    cv.IsEmail()(A.prototype, "mail");
    return (await cv.validate(Object.assign(new A(), { mail: "x" })))[0].constraints;
  },
  "class-transformer@^0.5": (ct) => {
    class A {}
    return ct.plainToInstance(A, { x: 1 }) instanceof A;
  },
  "reflect-metadata@^0.2": () => (Reflect.defineMetadata("k", 1, Object), Reflect.getMetadata("k", Object)),
  "ip-address@^10": ({ Address4, Address6 }) => [new Address4("10.0.0.1/8").startAddress().address, new Address6("::1").isLoopback()],
  "ipaddr.js@^2": (ip) => [ip.parse("::ffff:1.2.3.4").toIPv4Address().toString(), ip.parse("10.0.0.1").range()],
  "color@^4": (Color) => Color("#336699").lighten(0.5).hsl().string(),
  "tinycolor2@^1": (t) => t("red").spin(120).toHexString(),
  "chroma-js@^3": (chroma) => (chroma.default ?? chroma).scale(["red", "blue"]).colors(3),
  "ua-parser-js@^1": (UA) => new UA("Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0").getResult().browser,
};
