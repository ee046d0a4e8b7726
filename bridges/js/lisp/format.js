// Values as text: str, repr, format.

function $str(x = "") {
  if (typeof x === "string") return x;
  if (x instanceof Error && !x.__str__) return $error_text(x);
  if (typeof x?.__str__ === "function") return x.__str__();
  return $repr(x);
}

function $error_text(error) {
  if (error instanceof $KeyError && error.args.length === 1) return $repr(error.args[0]);
  return error.message;
}

function $repr(x) {
  if (x === null || x === undefined) return "None";
  if (typeof x === "boolean") return x ? "True" : "False";
  if (typeof x === "number") return $number_text(x);
  if (typeof x === "string") return $quoted(x);
  if (typeof x === "bigint") return String(x);
  if (Array.isArray(x)) return `[${x.map($repr).join(", ")}]`;
  if (x instanceof Set) return x.size ? `{${[...x].map($repr).join(", ")}}` : "set()";
  if (typeof x.__repr__ === "function") return x.__repr__();
  if (x instanceof Error) return `${x.name}(${(x.args ?? [x.message]).map($repr).join(", ")})`;
  const pairs = $pairs(x);
  if (pairs) return `{${pairs.map(([k, y]) => `${$repr(k)}: ${$repr(y)}`).join(", ")}}`;
  if (typeof x === "function") return `<function ${$class_name(x)}>`;
  return `<${$type_name(x)} object>`;
}

function $number_text(x) {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x < 0 ? "-inf" : "inf";
  if (Object.is(x, -0)) return "-0.0";
  return String(x).replace(/e([+-])(\d)$/, "e$10$2");
}

function $quoted(x) {
  const mark = x.includes("'") && !x.includes('"') ? '"' : "'";
  const escapes = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", [mark]: `\\${mark}` };
  return mark + x.replace(/[\\\n\r\t'"]/g, (c) => escapes[c] ?? c) + mark;
}

function $format(x, spec) {
  if (typeof x?.__format__ === "function") return x.__format__(spec);
  const parts = /^(?:(.)?([<>=^]))?([+ ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/.exec(spec);
  if (!parts) throw new $ValueError(`Invalid format specifier '${spec}'`);
  let [, fill, align, sign = "", base, zero, width = 0, group, digits, kind] = parts;
  let text = typeof x === "number" ? $format_number(Math.abs(x), kind, digits, group, base) : $str(x);
  if (typeof x !== "number" && digits !== undefined) text = text.slice(0, Number(digits));
  const lead = typeof x !== "number" ? "" : x < 0 || Object.is(x, -0) ? "-" : sign;
  if (zero && !align) [fill, align] = ["0", "="];
  const missing = Math.max(0, Number(width) - text.length - lead.length), pad = fill ?? " ";
  align ??= typeof x === "number" ? ">" : "<";
  if (align === "=") return lead + pad.repeat(missing) + text;
  const before = align === "<" ? 0 : align === ">" ? missing : Math.floor(missing / 2);
  return pad.repeat(before) + lead + text + pad.repeat(missing - before);
}

// `digits` digits, with a power of ten where it is far from 1.
function $general(x, digits) {
  if (!Number.isFinite(x) || x === 0) return $number_text(x);
  const bare = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  const [mantissa, power] = x.toExponential(digits - 1).split("e").map((text, i) => (i ? Number(text) : text));
  if (power >= -4 && power < digits) return bare(x.toFixed(Math.max(digits - 1 - power, 0)));
  return `${bare(mantissa)}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

function $format_number(x, kind, digits, group, base) {
  const radix = { x: 16, X: 16, b: 2, o: 8 }[kind];
  let text;
  if (radix) text = (base ? `0${kind}` : "") + x.toString(radix);
  else if (kind === "e" || kind === "E") text = x.toExponential(Number(digits ?? 6)).replace(/e([+-])(\d)$/, "e$10$2");
  else if (kind === "%") text = `${(x * 100).toFixed(Number(digits ?? 6))}%`;
  else if (kind === "c") return String.fromCodePoint(x);
  else if (kind === "f" || kind === "F") text = x.toFixed(Number(digits ?? 6));
  else if (digits !== undefined || kind === "g" || kind === "G") text = $general(x, Number(digits ?? 6) || 1);
  else text = $number_text(x);
  if (kind === "X" || kind === "E" || kind === "G") text = text.toUpperCase();
  return group ? text.replace(/\d(?=(\d{3})+(?!\d))(?<!\.\d*)/g, `$&${group}`) : text;
}
