// What Python asks of any object: its type, its attributes, what it is in `with` and in a pattern.

function $callable(x) {
  return typeof x === "function" || typeof x?.__call__ === "function";
}

function $type(x) {
  return x?.constructor;
}

function $getattr(x, name, ...otherwise) {
  const value = x[name];
  if (value !== undefined || name in Object(x)) return value;
  if (otherwise.length) return otherwise[0];
  throw new $AttributeError(`'${$type_name(x)}' object has no attribute '${name}'`);
}

function $hasattr(x, name) {
  return name in Object(x);
}

function $setattr(x, name, value) {
  x[name] = value;
}

function $isinstance(x, kind) {
  if (Array.isArray(kind)) return kind.some((each) => $isinstance(x, each));
  const own = $OWN_TYPES.get(kind);
  if (own) return own(x);
  if (typeof kind === "function" && x instanceof kind) return true;
  if (!(x instanceof Error) || !$ERRORS[$class_name(kind)]) return kind === $Exception;
  const known = $ERRORS[x.name];
  return $class_name(kind) === "Exception" || (known !== undefined && (known === kind || known.prototype instanceof kind));
}

const $OWN_TYPES = new Map([
  [$int, (x) => Number.isInteger(x) || typeof x === "bigint" || typeof x === "boolean"],
  [$float, (x) => typeof x === "number" && !Number.isInteger(x)],
  [$str, (x) => typeof x === "string"],
  [$bool, (x) => typeof x === "boolean"],
  [$list, (x) => Array.isArray(x)],
  [$tuple, (x) => Array.isArray(x)],
  [$dict, $is_dict],
  [$set, (x) => x instanceof Set],
]);

function $issubclass(a, b) {
  return a === b || a?.prototype instanceof b;
}

function $construct(f, ...args) {
  if (typeof f !== "function") return $called(f, ...args);
  if (!$CLASSES.has(f)) $CLASSES.set(f, $is_class(f));
  return $CLASSES.get(f) ? new f(...args) : f(...args);
}

const $CLASSES = new WeakMap();

function $is_class(f) {
  const text = Function.prototype.toString.call(f);
  return /^class\b/.test(text) || (/\[native code\]/.test(text) && $NATIVE_CLASS.test(f.name));
}

const $NATIVE_CLASS = /^((Weak)?(Map|Set|Ref)|Promise|Proxy|Date|\w*Error|RegExp|URL|\w*Array|DataView|Array)$/;

function $called(f, ...args) {
  if (typeof f?.__call__ === "function") return f.__call__(...args);
  return f(...args);
}

function $enter(x) {
  return typeof x?.__enter__ === "function" ? x.__enter__() : x;
}

function $exit(x, error) {
  if (typeof x?.__exit__ === "function") return $truthy(x.__exit__(error?.constructor ?? null, error, null));
  (x?.close ?? x?.[Symbol.dispose])?.call(x);
  return false;
}

function $is_sequence(x, least, exact) {
  return Array.isArray(x) && (exact ? x.length === least : x.length >= least);
}

function $has_keys(x, keys) {
  return $is_dict(x) && keys.every((key) => $contains(x, key));
}

function $match_arg(x, i) {
  return x[x.constructor.__match_args__[i]];
}

function $attributes(f, values) {
  Object.assign(f.prototype, values);
  return Object.assign(f, values);
}
