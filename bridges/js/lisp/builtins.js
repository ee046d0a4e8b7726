// Python's built-in functions.

class $Named {}

function $named(options) {
  return Object.assign(new $Named(), options);
}

function $named_in(args) {
  return args.at(-1) instanceof $Named ? args.pop() : {};
}

function $options_in(args) {
  return $is_plain(args.at(-1)) ? args.pop() : {};
}

function $len(xs) {
  if (typeof xs === "string" || Array.isArray(xs)) return xs.length;
  const size = xs?.size ?? xs?.__len__?.() ?? ($is_plain(xs) ? Object.keys(xs).length : xs?.length);
  if (size === undefined) throw new $TypeError(`object of type '${$type_name(xs)}' has no len()`);
  return size;
}

// Where a loop begins, if it has a step.
function $start_of(start, step) {
  if (step === 0) throw new $ValueError("range() arg 3 must not be zero");
  return start;
}

function $range(start, stop, step = 1) {
  if (stop === undefined) [start, stop] = [0, start];
  if (step === 0) throw new $ValueError("range() arg 3 must not be zero");
  const made = [];
  for (let i = start; step > 0 ? i < stop : i > stop; i += step) made.push(i);
  return made;
}

function $list(xs = []) {
  return [...$iter(xs)];
}

function $tuple(xs = []) {
  return [...$iter(xs)];
}

function $frozenset(xs = []) {
  return $set(xs);
}

function $print(...args) {
  const { sep = " ", end = "\n" } = $named_in(args);
  const text = args.map($str).join(sep);
  if (end === "\n") console.log(text);
  else process.stdout.write(text + end);
}

function $int(x = 0, base = 10) {
  if (typeof x === "number") {
    if (Number.isFinite(x)) return Math.trunc(x);
    throw new $ValueError("cannot convert float NaN or infinity to integer");
  }
  if (typeof x === "boolean") return Number(x);
  if (typeof x === "bigint") return x;
  if (typeof x !== "string") {
    if (typeof x?.__int__ === "function") return x.__int__();
    throw new $TypeError(`int() argument must be a string or a number, not '${$type_name(x)}'`);
  }
  const digits = x.trim().replaceAll("_", "").replace(/^([+-]?)0[xob]/i, "$1"), made = parseInt(digits, base);
  const bare = digits.replace(/^[+-]?0*(?=.)/, "").toLowerCase();
  if (Number.isNaN(made) || Math.abs(made).toString(base) !== bare) {
    throw new $ValueError(`invalid literal for int() with base ${base}: ${$repr(x)}`);
  }
  return made;
}

function $float(x = 0) {
  if (typeof x !== "string") return Number(x);
  const text = x.trim().toLowerCase(), named = { nan: NaN, inf: Infinity, "+inf": Infinity, "-inf": -Infinity };
  if (text in named) return named[text];
  if (!/^[+-]?(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(text)) {
    throw new $ValueError(`could not convert string to float: ${$repr(x)}`);
  }
  return Number(text.replaceAll("_", ""));
}

function $bool(x) {
  return $truthy(x);
}

function $abs(x) {
  return typeof x?.__abs__ === "function" ? x.__abs__() : Math.abs(x);
}

function $round(x, digits = 0) {
  const scale = 10 ** digits, scaled = x * scale, floor = Math.floor(scaled);
  if (digits > 0) return Number(x.toFixed(digits));
  if (scaled - floor !== 0.5) return Math.round(scaled) / scale;
  return (floor % 2 === 0 ? floor : floor + 1) / scale;
}

function $divmod(a, b) {
  return [$floordiv(a, b), $mod(a, b)];
}

function $pow(a, b, m) {
  if (m === undefined) return $power(a, b);
  let [made, base, rest] = [1n, BigInt(a), BigInt(b)];
  for (; rest > 0n; rest >>= 1n, base = (base * base) % BigInt(m)) {
    if (rest & 1n) made = (made * base) % BigInt(m);
  }
  return $mod(Number(made), m);
}

function $sum(xs, start = 0) {
  let total = start instanceof $Named ? start.start : start;
  for (const x of $iter(xs)) total = $add(total, x);
  return total;
}

function $chosen(name, wins, args) {
  const options = $named_in(args), key = options.key ?? ((x) => x);
  const items = args.length === 1 ? [...$iter(args[0])] : args;
  if (items.length === 0) {
    if ("default" in options) return options.default;
    throw new $ValueError(`${name}() iterable argument is empty`);
  }
  return items.reduce((best, x) => (wins(key(x), key(best)) ? x : best));
}

function $min(...args) {
  return $chosen("min", $lt, args);
}

function $max(...args) {
  return $chosen("max", $gt, args);
}

function $sorted(xs, ...args) {
  const { key = (x) => x, reverse = false } = $named_in(args);
  const made = [...$iter(xs)].map((x) => [key(x), x]);
  made.sort(reverse ? (a, b) => $compare(b[0], a[0]) : (a, b) => ($lt(a[0], b[0]) ? -1 : $lt(b[0], a[0]) ? 1 : 0));
  return made.map(([, x]) => x);
}

function $reversed(xs) {
  return [...$iter(xs)].reverse();
}

function* $enumerate(xs, start = 0) {
  let i = start instanceof $Named ? start.start : start;
  for (const x of $iter(xs)) yield [i++, x];
}

function* $zip(...args) {
  const { strict = false } = $named_in(args);
  const steps = args.map((xs) => $iter(xs)[Symbol.iterator]());
  while (steps.length) {
    const found = steps.map((each) => each.next());
    if (found.some((each) => each.done)) {
      if (strict && !found.every((each) => each.done)) throw new $ValueError("zip() arguments differ in length");
      return;
    }
    yield found.map((each) => each.value);
  }
}

function $map(f, ...lists) {
  return lists.length === 1 ? $mapped(f, lists[0]) : $mapped((xs) => f(...xs), $zip(...lists));
}

function* $mapped(f, xs) {
  for (const x of $iter(xs)) yield f(x);
}

function $mapping(pairs) {
  const made = new Map();
  for (const [key, x] of pairs) made.set($key_in(made, key), x);
  return made;
}

function* $filter(f, xs) {
  for (const x of $iter(xs)) if ($truthy(f === null ? x : f(x))) yield x;
}

function $any(xs) {
  for (const x of $iter(xs)) if ($truthy(x)) return true;
  return false;
}

function $all(xs) {
  for (const x of $iter(xs)) if (!$truthy(x)) return false;
  return true;
}

function $next(steps, ...otherwise) {
  const { done, value } = steps.next();
  if (!done) return value;
  if (otherwise.length) return otherwise[0];
  throw new $StopIteration();
}

function $chr(x) {
  return String.fromCodePoint(x);
}

function $ord(x) {
  return x.codePointAt(0);
}

function $hex(x) {
  return (x < 0 ? "-0x" : "0x") + Math.abs(x).toString(16);
}

function $bin(x) {
  return (x < 0 ? "-0b" : "0b") + Math.abs(x).toString(2);
}

function $oct(x) {
  return (x < 0 ? "-0o" : "0o") + Math.abs(x).toString(8);
}
