-- What there is of Python's math and functools.

L.math_pi = math.pi

L.math_e = math.exp(1)

L.math_inf = math.huge

L.math_nan = 0 / 0

L.math_floor = math.floor

L.math_ceil = math.ceil

L.math_sin = math.sin

L.math_cos = math.cos

L.math_tan = math.tan

L.math_exp = math.exp

function L.math_atan2(y, x)
  return (math.atan2 or math.atan)(y, x)
end

function L.math_trunc(x)
  return x < 0 and math.ceil(x) or math.floor(x)
end

function L.math_hypot(x, y)
  return math.sqrt(x * x + y * y)
end

function L.math_sqrt(x)
  if x < 0 then L.raise(L.ValueError("math domain error")) end
  return math.sqrt(x)
end

function L.math_log(x, base)
  if x <= 0 then L.raise(L.ValueError("math domain error")) end
  return base and math.log(x) / math.log(base) or math.log(x)
end

function L.math_gcd(a, b)
  a, b = math.abs(a), math.abs(b)
  while b ~= 0 do a, b = b, a % b end
  return a
end

function L.math_isqrt(x)
  if x < 0 then L.raise(L.ValueError("isqrt() argument must be nonnegative")) end
  return math.floor(math.sqrt(x))
end

L.math_module = {
  pi = L.math_pi, e = L.math_e, inf = L.math_inf, nan = L.math_nan, floor = L.math_floor, ceil = L.math_ceil,
  trunc = L.math_trunc, sin = L.math_sin, cos = L.math_cos, tan = L.math_tan, atan2 = L.math_atan2,
  exp = L.math_exp, hypot = L.math_hypot, sqrt = L.math_sqrt, log = L.math_log, gcd = L.math_gcd,
  isqrt = L.math_isqrt,
}

function L.functools_reduce(f, xs, ...)
  local step = L.iter(xs)
  local made = ...
  if select("#", ...) == 0 then made = step() end
  for x in step do made = f(made, x) end
  return made
end

L.functools_module = { reduce = L.functools_reduce }
