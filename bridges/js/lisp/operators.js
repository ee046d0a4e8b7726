// What Lisp means by truth, equality and operators, where JavaScript means something else.

function $truthy(x) {
  if (typeof x !== "object" || x === null) return Boolean(x);
  if (Array.isArray(x)) return x.length > 0;
  if (x instanceof Map || x instanceof Set) return x.size > 0;
  if (typeof x.__bool__ === "function") return x.__bool__();
  if (typeof x.__len__ === "function") return x.__len__() > 0;
  if ($is_plain(x)) for (const _ in x) return true;
  return !$is_plain(x);
}

function $is_plain(x) {
  if (typeof x !== "object" || x === null) return false;
  const prototype = Object.getPrototypeOf(x);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function $same(a, b) {
  return a === b || (a === undefined && b === null) || (a === null && b === undefined);
}

function $eq(a, b) {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object") {
    if (typeof a === "boolean" && typeof b === "number") return Number(a) === b;
    if (typeof b === "boolean" && typeof a === "number") return Number(b) === a;
    return (a ?? null) === (b ?? null);
  }
  if (a === null || b === null) return false;
  if (typeof a.__eq__ === "function") return a.__eq__(b);
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((x, i) => $eq(x, b[i]));
  }
  if (a instanceof Set) return b instanceof Set && a.size === b.size && [...a].every((x) => $contains(b, x));
  const p = $pairs(a), q = $pairs(b);
  if (p === null || q === null || p.length !== q.length) return false;
  return p.every(([k, x]) => $contains(b, k) && $eq(x, $get(b, k)));
}

function $ne(a, b) {
  return !$eq(a, b);
}

function $is_dict(x) {
  return x instanceof Map || $is_plain(x);
}

function $pairs(x) {
  if (x instanceof Map) return [...x];
  return $is_plain(x) ? Object.entries(x) : null;
}


function $add(a, b) {
  if (typeof a === "number" && typeof b === "number") return a + b;
  if (typeof a === "string" && typeof b === "string") return a + b;
  return $add_others(a, b);
}

function $add_others(a, b) {
  if (Array.isArray(a) && Array.isArray(b)) return a.concat(b);
  return $operate("+", "add", a, b, (x, y) => x + y);
}

function $iadd(a, b) {
  if (typeof a === "number" && typeof b === "number") return a + b;
  return $iadd_others(a, b);
}

function $iadd_others(a, b) {
  if (Array.isArray(a)) return a.push(...$iter(b)), a;
  return $add(a, b);
}

function $operate(sign, name, a, b, native) {
  if (typeof a?.[`__${name}__`] === "function") return a[`__${name}__`](b);
  if (typeof b?.[`__r${name}__`] === "function") return b[`__r${name}__`](a);
  if ($is_number(a) && $is_number(b)) return typeof a === typeof b ? native(a, b) : native(Number(a), Number(b));
  throw new $TypeError(`unsupported operand type(s) for ${sign}: '${$type_name(a)}' and '${$type_name(b)}'`);
}

function $is_number(x) {
  return typeof x === "number" || typeof x === "boolean" || typeof x === "bigint";
}

function $type_name(x) {
  if (x === null || x === undefined) return "NoneType";
  if (Array.isArray(x)) return "list";
  if ($is_dict(x)) return "dict";
  if (x instanceof Set) return "set";
  const names = { string: "str", boolean: "bool", bigint: "int", function: "function", symbol: "symbol" };
  if (typeof x === "number") return Number.isInteger(x) ? "int" : "float";
  return names[typeof x] ?? $class_name(x.constructor);
}

function $class_name(f) {
  return (f?.name ?? "object").replace(/^\$/, "");
}

function $sub(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return $sub_others(a, b);
}

function $sub_others(a, b) {
  if (a instanceof Set && b instanceof Set) return $m_difference(a, b);
  return $operate("-", "sub", a, b, (x, y) => x - y);
}

function $mul(a, b) {
  if (typeof a === "number" && typeof b === "number") return a * b;
  return $mul_others(a, b);
}

function $mul_others(a, b) {
  if (typeof b === "string" || Array.isArray(b)) [a, b] = [b, a];
  if (typeof a === "string") return a.repeat(Math.max(0, b));
  if (Array.isArray(a)) return $repeated(a, b);
  return $operate("*", "mul", a, b, (x, y) => x * y);
}

function $repeated(xs, times) {
  if (xs.length === 1) return new Array(Math.max(0, times)).fill(xs[0]);
  const made = [];
  for (let i = 0; i < times; i++) made.push(...xs);
  return made;
}

function $div(a, b) {
  if (typeof a === "number" && typeof b === "number" && b !== 0) return a / b;
  return $div_others(a, b);
}

function $div_others(a, b) {
  $not_zero(b, "division by zero");
  return $operate("/", "truediv", a, b, (x, y) => Number(x) / Number(y));
}

function $floordiv(a, b) {
  if (typeof a === "number" && typeof b === "number" && b !== 0) return Math.floor(a / b);
  return $floordiv_others(a, b);
}

function $floordiv_others(a, b) {
  $not_zero(b, "integer division or modulo by zero");
  return $operate("//", "floordiv", a, b, (x, y) => Math.floor(Number(x) / Number(y)));
}

function $mod(a, b) {
  if (typeof a !== "number" || typeof b !== "number" || b === 0) return $mod_others(a, b);
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

function $mod_others(a, b) {
  $not_zero(b, "integer modulo by zero");
  return $operate("%", "mod", a, b, (x, y) => $mod(Number(x), Number(y)));
}

function $not_zero(b, text) {
  if (b === 0 || b === false) throw new $ZeroDivisionError(text);
}

function $power(a, b) {
  if (typeof a === "number" && typeof b === "number") return a ** b;
  return $power_others(a, b);
}

function $power_others(a, b) {
  return $operate("**", "pow", a, b, (x, y) => x ** y);
}

function $neg(a) {
  return typeof a?.__neg__ === "function" ? a.__neg__() : -a;
}

function $lshift(a, b) {
  return $operate("<<", "lshift", a, b, (x, y) => x * 2 ** y);
}

function $rshift(a, b) {
  return $operate(">>", "rshift", a, b, (x, y) => Math.floor(x / 2 ** y));
}

function $bits(sign, name, a, b, native) {
  return $operate(sign, name, a, b, (x, y) => Number(native(BigInt(x), BigInt(y))));
}

function $band(a, b) {
  if (a instanceof Set && b instanceof Set) return $m_intersection(a, b);
  return $bits("&", "and", a, b, (x, y) => x & y);
}

function $bor(a, b) {
  if (a instanceof Set && b instanceof Set) return $m_union(a, b);
  if ($is_dict(a) && $is_dict(b)) return $merged(a, b);
  return $bits("|", "or", a, b, (x, y) => x | y);
}

function $bxor(a, b) {
  if (a instanceof Set && b instanceof Set) return $m_union($m_difference(a, b), $m_difference(b, a));
  return $bits("^", "xor", a, b, (x, y) => x ^ y);
}

function $bnot(a) {
  return -a - 1;
}

function $matmul(a, b) {
  return $operate("@", "matmul", a, b, () => NaN);
}

function $lt(a, b) {
  if (typeof a === "number" && typeof b === "number") return a < b;
  return $compare(a, b, "<", "lt") < 0;
}

function $gt(a, b) {
  if (typeof a === "number" && typeof b === "number") return a > b;
  return $compare(b, a, ">", "lt") < 0;
}

function $le(a, b) {
  if (typeof a === "number" && typeof b === "number") return a <= b;
  return typeof a?.__le__ === "function" ? a.__le__(b) : $compare(a, b, "<=", "lt") <= 0;
}

function $ge(a, b) {
  if (typeof a === "number" && typeof b === "number") return a >= b;
  return typeof a?.__ge__ === "function" ? a.__ge__(b) : $compare(b, a, ">=", "lt") <= 0;
}

function $compare(a, b, sign = "<") {
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : a > b ? 1 : 0;
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      if (!$eq(a[i], b[i])) return $compare(a[i], b[i], sign);
    }
    return a.length - b.length;
  }
  if (a instanceof Set && b instanceof Set) return $m_issubset(a, b) ? a.size - b.size : 1;
  if (typeof a?.__lt__ === "function") return a.__lt__(b) ? -1 : $eq(a, b) ? 0 : 1;
  if ($is_number(a) && $is_number(b)) return a < b ? -1 : a > b ? 1 : a == b ? 0 : NaN; // biome-ignore lint: a BigInt and a number
  throw new $TypeError(
    `'${sign}' not supported between instances of '${$type_name(a)}' and '${$type_name(b)}'`,
  );
}
