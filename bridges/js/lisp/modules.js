// What there is of Python's math and functools.

const $math_pi = Math.PI;

const $math_e = Math.E;

const $math_inf = Infinity;

const $math_nan = NaN;

const $math_floor = Math.floor;

const $math_ceil = Math.ceil;

const $math_trunc = Math.trunc;

const $math_sin = Math.sin;

const $math_cos = Math.cos;

const $math_tan = Math.tan;

const $math_atan2 = Math.atan2;

const $math_exp = Math.exp;

const $math_hypot = Math.hypot;

function $math_sqrt(x) {
  if (x < 0) throw new $ValueError("math domain error");
  return Math.sqrt(x);
}

function $math_log(x, base) {
  if (x <= 0) throw new $ValueError("math domain error");
  return base === undefined ? Math.log(x) : Math.log(x) / Math.log(base);
}

function $math_gcd(a, b) {
  [a, b] = [Math.abs(a), Math.abs(b)];
  while (b) [a, b] = [b, a % b];
  return a;
}

function $math_isqrt(x) {
  if (x < 0) throw new $ValueError("isqrt() argument must be nonnegative");
  return Math.floor(Math.sqrt(x));
}

const $math_module = {
  ...{ pi: $math_pi, e: $math_e, inf: $math_inf, nan: $math_nan, floor: $math_floor, ceil: $math_ceil },
  ...{ trunc: $math_trunc, sin: $math_sin, cos: $math_cos, tan: $math_tan, atan2: $math_atan2 },
  ...{ exp: $math_exp, hypot: $math_hypot, sqrt: $math_sqrt, log: $math_log, gcd: $math_gcd },
  ...{ isqrt: $math_isqrt },
};

function $functools_reduce(f, xs, ...start) {
  return [...$iter(xs)].reduce((a, b) => f(a, b), ...start);
}

const $functools_module = { reduce: $functools_reduce };
